"""Amounts on the publication grid: a small MIP whose rows are exact residuals.

With ways fixed, find integers X (grid units) near the solver's amounts such that every money row holds, demand within one unit and
prescribed years within one unit (docs/published-rules.md 3-6). Variables are the shifts d = X - floor(x) and e = (s - s_now) in
units of money, so that every coefficient is near 1 whatever the size of the money; residuals are computed in rationals first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import numpy as np

from portfolio.ledger.reduced import Reduced
from portfolio.numerics import FLOAT_ROOM, GRID_MARGIN, SOLVER_FEASIBILITY
from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask

CASH_BLOCKS = frozenset(("fund_ledger", "ceiling", "ceiling_total"))
"""Blocks whose rows may speak of cash (recognised by shares of a commitment that are not whole)."""
_UP_TO_ONE_UNIT = frozenset(("ramp", "fund_rate"))
_WITHIN_ONE_UNIT = frozenset(("profile", "payment"))

ROUNDING = {"mip_max_nodes": 2_000, "mip_heuristic_run_feasibility_jump": False, "presolve": "off"}
"""A rounding MIP nearly always ends at the root, where feasibility jump brings nothing; one that does not is better asked again with a wider window.
Without presolve the plans lose less and the slowest take a fifth of the time."""

LOSS_PER_WAY, LOSS_OF_MONEY = 0.05, 1e-6
"""Scale that the rounding MIP may give away unasked: grid units per way, or a share of all money, whichever is more."""


@dataclass(frozen=True)
class EarnedRow:
    """A limit on what the plan earns: coefficients . shifts of scale (k,), in grid units of money, >= least."""

    coefficients: Floats
    least: float


@dataclass(frozen=True)
class GridWindow:
    """How far amounts may move: units below and above the solver's amount (reach), extra margin per Program row (from failed audits), and
    what a unit of scale of each way is worth to the aim. flowing: payments that are nothing stay nothing · earned: limits missed before
    spare: rows of cash keep room for what published outlays wander, those of discounted demand for the rounding of floats."""

    reach: int
    margin: dict[int, Fraction]
    worth: Floats
    flowing: bool = False
    earned: tuple[EarnedRow, ...] = ()
    spare: bool = True


def round_payments(system: Reduced, values: Floats, per_unit: Fraction, window: GridWindow) -> list[int] | None:
    """Integer grid units of the payments, or None when this window holds no solution. per_unit: Program money per grid unit."""
    paying, carrying, scaled = len(system.pay), len(system.carry), len(system.scale)
    if not paying:
        return []
    unit = float(per_unit)
    amounts, limits = values[: paying + carrying] / unit, system.most[: paying + carrying] / unit
    nearest = np.rint(amounts)
    base = np.maximum(np.where(np.abs(amounts - nearest) < float(GRID_MARGIN), nearest, np.floor(amounts)), 0).astype(int).tolist()
    # A payment may be rounded up beyond the way's own need (less than one unit: the demand row says so); a carry limit may not.
    up = np.repeat([1 - float(GRID_MARGIN), float(GRID_MARGIN)], [paying, carrying])
    most = np.floor(limits + up).astype(int).tolist()
    # Units of money per unit of scale, from the way's own demand, profile or payment rows.
    price = price_of_scale(system, unit)
    rows = _Rows(system, per_unit, base, values[paying + carrying :], price)
    width = paying + carrying + scaled
    lower, upper = np.empty(width), np.empty(width)
    for n in range(paying + carrying):
        reach = window.reach if n < paying else 10 * window.reach
        lower[n] = -min(base[n], reach)
        upper[n] = max(min(most[n] - base[n], reach), lower[n]) if amounts[n] > 0 or n >= paying else min(most[n], not window.flowing)
    now = values[paying + carrying :]
    for k in range(scaled):
        n = paying + carrying + k
        lower[n] = max((system.scale_floor[k] - now[k]) * price[k], -(window.reach + 2.0) * 8)
        upper[n] = min((system.most[n] - now[k]) * price[k], (window.reach + 2.0) * 8)
        lower[n] = min(lower[n], upper[n])
    program = rows.program(lower, upper, window)
    lost = np.zeros(width)
    # Every way keeps what it can of its scale; a way that matters more to the aim keeps more.
    per_unit_of_money = window.worth / price
    lost[paying + carrying :] = -0.01 - per_unit_of_money / max(float(per_unit_of_money.max(initial=0.0)), 1e-30)
    lost[:paying] = 1e-4
    gap = max(LOSS_PER_WAY * max(1, scaled), LOSS_OF_MONEY * sum(base[:paying]))
    outcome = Highs(program, options=ROUNDING).minimise(lost, Ask(gap=gap))
    if outcome.x is None:
        return None
    return [base[n] + round(outcome.x[n]) for n in range(paying)]


def price_of_scale(system: Reduced, unit: float) -> Floats:
    """Grid units of public money per unit of scale; 1 for a way that costs the public nothing."""
    offset = len(system.pay) + len(system.carry)
    prices = np.isin(system.block, ("demand", "profile", "payment"))[system.entry_row] & (system.entry_col >= offset)
    price = np.bincount(system.entry_col[prices] - offset, -system.entry_value[prices] / unit, len(system.scale))
    price[price <= 0] = 1.0
    return np.asarray(price, dtype=np.float64)


class _Rows:
    """The rows in shifted variables. Residuals are exact and made only for rows that a shift might break; coefficients are floats, as the solver
    has them."""

    def __init__(self, system: Reduced, per_unit: Fraction, base: list[int], scale: Floats, price: Floats) -> None:
        self.system, self.base, self.per_unit = system, base, per_unit
        shift = len(base)
        # Below full scale every unit paid is scale (published rule 3): demand is then an equality.
        top = system.most[shift:]
        self.partial = {key for key, now, most in zip(system.scale, scale, top, strict=True) if now < most - SOLVER_FEASIBILITY}
        order = np.argsort(system.entry_row, kind="stable")
        self.row, self.col, self.value = system.entry_row[order], system.entry_col[order], system.entry_value[order]
        self.ends = np.searchsorted(self.row, np.arange(len(system.lower) + 1))
        self.coefficient = self.value * np.concatenate([np.ones(shift), 1 / (float(per_unit) * price)])[self.col]
        self.now = scale
        # Coefficients as whole multiples of 2^-shift; few differ.
        different, self.kind = np.unique(self.value, return_inverse=True)
        self.whole, self.shift = _dyadic(different.tolist())
        self.scale, self.scale_shift = _dyadic([float(v) for v in scale])
        # A payment that is made and whose cash is split over years, or weighs other than 1.
        self.split = (self.col < shift) & (self.value != np.floor(self.value))

    def entries(self, row: int) -> slice:
        """Where a row's entries lie."""
        return slice(int(self.ends[row]), int(self.ends[row + 1]))

    def residuals(self, row: int) -> tuple[Fraction | None, Fraction | None]:
        """What base amounts and present scales leave of both sides of the row [grid units]; None where a side is open.

        (side - sum of scales) / per_unit - sum of amounts, in whole multiples of a power of two until the last division.
        """
        at, width = self.entries(row), len(self.base)
        paid = scaled = 0
        for col, kind in zip(self.col[at].tolist(), self.kind[at].tolist(), strict=True):
            if col < width:
                paid += self.whole[kind] * self.base[col]
            else:
                scaled += self.whole[kind] * self.scale[col - width]

        unit, per = self.per_unit.numerator, self.per_unit.denominator

        def residual(side: float) -> Fraction | None:
            if np.isinf(side):
                return None
            top, under = side.as_integer_ratio()
            shift = max(under.bit_length() - 1, self.shift + self.scale_shift)
            left = (top << (shift + 1 - under.bit_length())) - (scaled << (shift - self.shift - self.scale_shift))
            return Fraction(left * per - (paid << (shift - self.shift)) * unit, unit << shift)

        return residual(float(self.system.lower[row])), residual(float(self.system.upper[row]))

    def in_reach(self, lower: Floats, upper: Floats, margin: dict[int, Fraction]) -> list[int]:
        """Rows that shifts between lower and upper might break, by floats with room to spare; those with a margin; and those that add up to a
        way's total."""
        system, unit, size = self.system, float(self.per_unit), len(self.system.lower)
        at = np.concatenate([np.array(self.base, dtype=float), self.now / unit])[self.col]
        activity = np.bincount(self.row, self.value * at, size)
        moved = np.bincount(self.row, np.abs(self.coefficient) * np.maximum(np.abs(lower), np.abs(upper))[self.col], size)
        spared = (1.0 + FLOAT_ROOM) * moved + FLOAT_ROOM * np.bincount(self.row, np.abs(self.value * at), size)
        spared += 2.0 * np.sqrt(np.bincount(self.row, minlength=size)) + 2.0  # cash_noise and slack
        far = (system.lower / unit < activity - spared) & (system.upper / unit > activity + spared)
        asked = np.isin(system.block, tuple(_WITHIN_ONE_UNIT)) | np.isin(system.program_row, list(margin))
        return [int(row) for row in np.flatnonzero(~far | asked) if self.coefficient[self.entries(int(row))].any()]

    def sides(self, row: int, window: GridWindow) -> tuple[Fraction | None, Fraction | None]:
        """Residual sides in grid units; a float side that is infinite stays open."""
        system, block = self.system, self.system.block[row]
        lower, upper = self.residuals(row)
        slack = 1 - 2 * GRID_MARGIN
        if block == "demand" and lower is not None and upper is not None:
            return (lower, upper) if system.index[row] in self.partial else (lower + self.safety(row) * window.spare, upper + slack)
        if block in _WITHIN_ONE_UNIT and lower is not None and upper is not None:
            return lower - slack, upper + slack
        if block in _UP_TO_ONE_UNIT and upper is not None:
            return lower, upper + slack
        extra = window.margin.get(int(system.program_row[row]), Fraction(0))
        if extra and block not in ("fund_ledger", "ceiling", "ceiling_total", "project_cap"):
            extra *= Fraction(self.largest(row))
        extra += self.cash_noise(row) if window.spare else 0
        return (None if lower is None else lower + extra), (None if upper is None else upper - extra)

    def largest(self, row: int) -> float:
        """Largest absolute coefficient."""
        return float(np.abs(self.coefficient[self.entries(row)]).max())

    def cash_noise(self, row: int) -> Fraction:
        """Room for published outlays: each payment's cash is rounded by up to half a unit, so a sum of n of them wanders by about sqrt(n)."""
        if self.system.block[row] not in CASH_BLOCKS:
            return Fraction(0)
        at = self.entries(row)
        return Fraction(2 * isqrt(sum(1 for col in self.col[at][self.split[at]].tolist() if self.base[col])))

    def safety(self, row: int) -> Fraction:
        """Margin of a demand row: none where whole units count in full, so that exact amounts stay exact."""
        return GRID_MARGIN if self.split[self.entries(row)].any() else Fraction(0)

    def program(self, lower: Floats, upper: Floats, window: GridWindow) -> Program:
        """Rows that the window could break, each scaled to a largest coefficient of 1; the others are dropped."""
        cols, values, lows, highs = [], [], [], []
        near = self.in_reach(lower, upper, window.margin)
        known = {row: self.sides(row, window) for row in near}
        for row, (low, high) in known.items():
            at, largest = self.entries(row), self.largest(row)
            cols.append(self.col[at])
            values.append(self.coefficient[at] / largest)
            lows.append(-np.inf if low is None else float(low) / largest)
            highs.append(np.inf if high is None else float(high) / largest)
        slack = 1 - 2 * GRID_MARGIN
        for rows, partial in self._totals(near):
            columns, place = np.unique(np.concatenate([self.col[self.entries(row)] for row in rows]), return_inverse=True)
            cols.append(columns)
            values.append(np.bincount(place, np.concatenate([self.coefficient[self.entries(row)] for row in rows])))
            # sides() has opened each year's row by the slack on both sides.
            low = sum((side + slack for side, _ in (known[row] for row in rows) if side is not None), Fraction(0))
            lows.append(float(low))
            highs.append(float(low) + float(slack) * (not partial))
        width = len(lower)
        for earned in window.earned:
            largest = float(np.abs(earned.coefficients).max(initial=0.0)) or 1.0
            # What weighs less than the solver's tolerance against the largest is not in its matrix either.
            moved = np.flatnonzero(np.abs(earned.coefficients) > SOLVER_FEASIBILITY * largest)
            cols.append(width - len(earned.coefficients) + moved)
            values.append(earned.coefficients[moved] / largest)
            lows.append(earned.least / largest + float(GRID_MARGIN))
            highs.append(np.inf)
        integer = np.zeros(width, dtype=bool)
        integer[: len(self.base)] = True
        return Program(
            indptr=np.concatenate([[0], np.cumsum([len(c) for c in cols])]).astype(np.int32),
            indices=np.concatenate([np.zeros(0), *cols]).astype(np.int32),
            data=np.concatenate([np.zeros(0), *values]),
            row_lower=np.array(lows, dtype=float),
            row_upper=np.array(highs, dtype=float),
            col_lower=lower,
            col_upper=upper,
            integer=integer,
            criteria=np.zeros((0, width)),
            offsets=np.zeros(0),
            signs=(),
            names=(),
        )

    def _totals(self, near: list[int]) -> list[tuple[list[int], bool]]:
        """Rows of all prescribed years of a way, and whether it is at partial scale: 0 <= sum x - rho C s < 1, equal to 0 where partial."""
        ways: dict[tuple[str, ...], list[int]] = {}
        for row in near:
            if self.system.block[row] in _WITHIN_ONE_UNIT:
                ways.setdefault(self.system.index[row][:2], []).append(row)
        return [(rows, key in self.partial) for key, rows in ways.items()]


def _dyadic(values: Sequence[float]) -> tuple[list[int], int]:
    """Floats as whole multiples of 2^-shift, and shift."""
    ratios = [value.as_integer_ratio() for value in values]
    shift = max((under.bit_length() - 1 for _, under in ratios), default=0)
    return [top << (shift + 1 - under.bit_length()) for top, under in ratios], shift
