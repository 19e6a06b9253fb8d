"""Figures as PNG and SVG at slide and print sizes, with a Japanese font from a package: nothing has to be installed."""

from portfolio.report.writers.figures.draw import SIZES, drawings, write_figure

__all__ = ["SIZES", "drawings", "write_figure"]
