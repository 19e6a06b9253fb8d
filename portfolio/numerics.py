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

SAME_AMOUNT = Fraction(1, 10**12)
"""Relative difference of two amounts that the rounding of float64 can explain (a few units of 1e-16): both arithmetics then write the same rows."""

BOUND_TOLERANCE = Fraction(1, 10**6)
"""How much better than its bound a plan may look [normalised aim, range = 1; criterion: share of max(|value|, 1)]: bounds come from a floating-point
solver; a plan that beats one by more than this makes it a false claim."""

GRID_MARGIN = Fraction(1, 1000)
"""Grid units kept free inside open limits ("less than one unit"): above the rounding of float64 coefficients (1e-16) times the largest amounts (1e12 units)."""

GRID_REACH = 2
"""Grid units by which rounding may move an amount at first; widened when that is not enough."""

TIE_ROUNDS = 3
"""LPs spent on fewer fund-programme pairs: the reweighting settles within three rounds on the bundled instances."""

YEAR_PRICE = 0.1
"""Price of paying one year later as a share of the price of using a pair: below 1, so that pairs come first."""

RANGE_SLACK = 1e-7
"""Relative room given to a criterion while the others are optimised at its best value."""

RANGE_ZERO = 1e-5
"""Relative width below which a range counts as 0: a hundred times the room above, so that noise is never blown up to a criterion."""

PROOF_TOLERANCE = Fraction(1, 10**6)
"""Smallest gap that can be claimed from a floating-point bound [share of the aim's range, or relative]: HiGHS' own feasibility tolerance is of this size."""

DEFAULT_GAP = Fraction(1, 1000)
"""Gap at which `solve` stops unless told otherwise: 0.1 % of the aim's range."""

GAP_SAVED_FOR_GRID = Fraction(1, 50)
"""Share of the gap kept back while solving, so that what the publication grid costs still fits under the target."""

SCALE_STEP = Fraction(1, 10**12)
"""Published scales are rounded down to this step, so that exact values stay short; the money it hides (cost x 1e-12) is far below any grid unit."""

GRID_ATTEMPTS = 4
"""Solves spent on fitting whole units: the first, and up to three with limits tightened by what was missed."""

FRACTIONAL = 1e-6
"""Distance from an integer below which a tree calls a column integral [1]: ten times HiGHS' feasibility tolerance."""

LP_SAFETY = 1e-9
"""Taken off every LP bound of a tree [relative]: the optimum of a floating-point simplex may lie this much above the true one."""

GRID_SHARE_LIMIT = Fraction(1, 20)
"""Most that whole units may cost a plan that is still called proven [gap's unit]; above it the grid is too coarse for the amounts."""
