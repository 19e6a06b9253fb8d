"""A Program's arrays into a HiGHS object, checked first: what HiGHS would take without a word."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
from highspy import HighsStatus

from portfolio.errors import SolverFailure
from portfolio.numerics import LARGEST_COEFFICIENT
from portfolio.program import Program

_ROWWISE, _MINIMISE = int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize)


def check_finite(program: Program) -> None:
    """NaN passes HiGHS as kOk and is solved as something else; 1e20 is dropped silently."""
    for name in ("data", "criteria", "offsets", "col_lower", "col_upper"):
        values = getattr(program, name)
        if not np.isfinite(values).all() or (values.size and np.abs(values).max() > LARGEST_COEFFICIENT):
            raise SolverFailure(f"{name} of the program holds values that are not finite or above {LARGEST_COEFFICIENT:g}")
    sides = np.concatenate([program.row_lower, program.row_upper])
    if np.isnan(sides).any() or (np.abs(sides[np.isfinite(sides)]) > LARGEST_COEFFICIENT).any():
        raise SolverFailure("a row side of the program is not a number or too large")
    # HiGHS reads as many entries as it is told, whatever the arrays hold.
    n, m, held = program.n, program.m, len(program.data)
    sizes = {"col_upper": n, "integer": n, "row_upper": m, "indptr": m + 1, "indices": held}
    if any(getattr(program, name).shape != (size,) for name, size in sizes.items()) or program.indptr[-1] != held:
        raise SolverFailure("the program's arrays do not fit together")


def hand_over(highs: Any, program: Program, relaxed: bool = False) -> HighsStatus:
    """Give a HiGHS object the Program's arrays as they are (row-wise, objective zero); relaxed: without integrality.

    As arrays and not as an HighsLp object, whose every assignment copies entry by entry.
    """
    integer = np.zeros(program.n, dtype=np.int32) if relaxed else program.integer.astype(np.int32)
    status: HighsStatus = highs.passModel(
        program.n, program.m, len(program.data), _ROWWISE, _MINIMISE, 0.0, np.zeros(program.n), program.col_lower, program.col_upper,
        program.row_lower, program.row_upper, program.indptr, program.indices, program.data, integer,
    )  # fmt: skip
    return status
