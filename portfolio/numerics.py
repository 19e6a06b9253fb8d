"""Every tolerance: name, unit, why that value."""

from __future__ import annotations

from fractions import Fraction

LARGEST_MONEY_DIGITS = 2
"""The largest amount has this many digits before the last (100..999) in Program money: HiGHS' absolute row tolerance of 1e-6 is then 1e-9 of it."""

SOLVER_FEASIBILITY = 1e-7
"""HiGHS' row and bound tolerance [Program units]: ten times tighter than its default, because amounts are rounded to the grid afterwards."""

INTEGRALITY = 1e-7
"""How far HiGHS may leave an integer column from an integer: money rows multiply it by up to 1e3."""

LARGEST_COEFFICIENT = 1e15
"""Above this a float64 loses whole units, and HiGHS drops rows silently at 1e20."""
