"""Zone Programs for tests of trees: alpha between bounds of the test's choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from portfolio.pareto.zone_program import zone_program
from portfolio.program import Floats, Program


def deepest(program: Program, ranges: Sequence[int | Fraction], least: float, most: float) -> tuple[Program, list[int], Floats]:
    """(Program with a column alpha in [least, most], its zone rows, the cost of max alpha)."""
    wide = zone_program(program, tuple(Fraction(r) for r in ranges), most)
    wide = replace(wide, col_lower=np.append(program.col_lower, least))
    cost = np.zeros(wide.n)
    cost[-1] = -1.0
    return wide, list(range(program.m, wide.m)), cost
