"""Rows with two different sides, for formats that know only one: a side that the column bounds imply already can be left out."""

from __future__ import annotations

import numpy as np

from portfolio.program import Floats, Program


def one_sided(program: Program) -> tuple[Floats, Floats]:
    """(row_lower, row_upper) with the implied side of a two-sided row made infinite; equations stay as they are."""
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    rows = np.repeat(np.arange(program.m), np.diff(program.indptr))
    at_low, at_high = program.data * program.col_lower[program.indices], program.data * program.col_upper[program.indices]
    least = np.bincount(rows, weights=np.minimum(at_low, at_high), minlength=program.m)
    most = np.bincount(rows, weights=np.maximum(at_low, at_high), minlength=program.m)
    two = np.isfinite(lower) & np.isfinite(upper) & (lower < upper)
    lower[two & (least >= lower)] = -np.inf
    upper[two & np.isfinite(lower) & (most <= upper)] = np.inf
    return lower, upper


def box_bound(program: Program, cost: Floats) -> float:
    """min cost @ x over the column bounds alone: the bound that always holds."""
    return float(np.minimum(cost * program.col_lower, cost * program.col_upper).sum())
