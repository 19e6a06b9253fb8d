"""Every tolerance: name, unit, why that value."""

from __future__ import annotations

from fractions import Fraction

LARGEST_MONEY_DIGITS = 2
"""The largest amount has this many digits before the last (100..999) in Program money: HiGHS' absolute row tolerance of 1e-6 is then 1e-9 of it."""

SOLVER_FEASIBILITY = 1e-7
"""HiGHS' row and bound tolerance [Program units]: ten times tighter than its default, because amounts are rounded to the grid afterwards."""

SCALED_FEASIBILITY = 1e-9
"""The same where columns are counted in widths of their boxes and rows by their largest entry (solvers/scaling.py): tighter, for a unit there may be thousands."""

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

FLOAT_ROOM = 1e-9
"""Room for the rounding of float64 sums where a row is set aside as out of reach [share of the sum of absolute terms]: far above 1e-16 times 10,000 terms."""

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

SUM_SAFETY = 1e-12
"""Taken off a dual bound evaluated in floats, as a share of the sum of its absolute terms: above n eps / 2 for sums of 10,000 terms."""

FARKAS_MARGIN = 1e-9
"""How far a combination of rows must miss to call a box empty [largest reach of one weighted row = 1]: a hundred times its rounding."""

MULTIPLIER_DIGITS = (8, 12, 16, 20, 24, 28, 32, 36, 40, 48)
"""Binary digits tried for multipliers, in steps of 2^-digits of the objective's reach; 48 is as good as a float64."""

MULTIPLIER_LOSS = 0.02
"""Share of the gap that shortened multipliers may cost a bound: a tree then needs about 1 % more leaves."""

FRONTIER_MARGIN = Fraction(1, 10**6)
"""Added to every bound on alpha that comes from a floating-point solver [share of a criterion's range]: rows of a zone are divided by the range, so
HiGHS' feasibility tolerance of 1e-7 and its dual tolerance of 1e-7 move alpha by less than this."""

FRONTIER_DIGITS = 9
"""Decimal digits of the range to which the vectors of a search region are rounded, outward: far below any epsilon, and whole numbers of steps stay
exact in float64 (below 2^53) up to values of a million ranges."""

SCALE_ROUNDING = Fraction(1, 10**5)
"""How far a certificate's scale may exceed the range that it stands for [share]: scales are written with six digits."""

ZONE_DEPTH = Fraction(1, 20)
"""How deep a published point must lie in a zone to count for it [epsilon]: points on a zone's edge would split it without end."""

CONTRADICTION = 1e-5
"""How far a plan may lie beyond a bound before the bound is called false [alpha]: ten times the margin that every such bound is given."""

PUBLISHED_FEASIBILITY = 1e-6
"""How far a solution of a bare Program may break a row [share of the row's absolute terms, at least 1]: ten times what the solver was asked for."""

RUN_DIGITS = 9
"""Significant digits of the values of a sweep's runs: a solver's answer repeats to its feasibility tolerance of 1e-7, not to the last bit."""

BREAK_EVEN_TOLERANCE = Fraction(1, 20)
"""Width at which a break-even interval is narrow enough [share of the programme's effect, cost or chance]: judged inputs are not known to five per cent."""

BREAK_EVEN_AIM = 1.2
"""Distance from the goal at which a bound is sought first [gap of the solves]: a solve to the gap just proves it; nearer ones cost far more."""

SWEEP_GAP = Fraction(1, 200)
"""Gap of a sweep's runs [normalised aim, range = 1]: judgements move the aim by whole percents, so 0.5 % tells them apart at a fraction of the time."""

LARGEST_STEP_COEFFICIENT = 2**20
"""Largest coefficient of a criterion in steps of its own grid: one step is then told apart from none by HiGHS' dual tolerance."""

LARGEST_COUNT = 2**31
"""Most steps between a criterion's zero and its column bounds: weighted sums of them stay exact in 64-bit integers."""

LARGEST_WEIGHTED = 2**30
"""Largest coefficient of a weighted objective in grid steps: sums over points stay exact in 64-bit integers."""

DUAL_ROOM = 10.0
"""A grid step of a weighted objective over what the solver's dual tolerance can add up to on all columns; weights are cut to keep it."""

COST_REACH = 2.0**16
"""Largest coefficient handed to HiGHS for an objective in grid steps: with weights up to 2^30 one step is then at least 2^-14."""

STEP_ROOM = 1e-3
"""Room given to limits on criteria in grid steps [steps]: whole numbers do not move, HiGHS' row tolerance cannot cut a point off."""

STEP_DOUBT = 0.25
"""Taken off a bound before it is rounded up to whole steps [steps]; solves are asked for a gap of half a step."""

SLACK_ZERO = 1e-6
"""Below this a slack is the solver's tolerance, not a change of a rule [share of the rule's reference amount, or of a step]."""

LARGEST_EXPONENT = 4_000
"""Of powers of two in a proof: a float64 needs 1,074, and larger ones would only cost memory."""

PROVEN_DECIMALS = 12
"""Decimals of a proven bound as a claim states it, rounded to the safe side: its exact form has hundreds of digits."""

SOLVER_DUAL = 1e-10
"""HiGHS' dual tolerance in MIPs, its least: at the default of 1e-7 columns that reach 1e4 hid 0.9 ranges behind a criterion whose range is 0.0005 of
its value (generated instance, 100 programmes). Half-spaces and trees do not rest on it: their bounds are evaluated from multipliers."""
