"""Runs many chunks of work: threads or Dask, a sqlite store, resume."""
