"""Runs many chunks of work: a thread, processes or Dask, a sqlite store, resume."""
