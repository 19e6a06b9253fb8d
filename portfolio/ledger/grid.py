"""Amounts on the publication grid: a small MIP whose rows are exact residuals.

With ways fixed, find integers X (grid units) near the solver's amounts such that every money row holds, demand within one unit and
prescribed years within one unit (docs/published-rules.md 3-6). Variables are the shifts d = X - floor(x) and e = (s - s_now) in
units of money, so that every coefficient is near 1 whatever the size of the money; residuals are computed in rationals first.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import numpy as np

from portfolio.ledger.reduced import Reduced
from portfolio.numerics import GRID_MARGIN, SOLVER_FEASIBILITY
from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask

CASH_BLOCKS = frozenset(("fund_ledger", "ceiling", "ceiling_total"))
"""Blocks whose rows may speak of cash (recognised by shares of a commitment that are not whole)."""
_UP_TO_ONE_UNIT = frozenset(("ramp", "fund_rate"))
_WITHIN_ONE_UNIT = frozenset(("profile", "payment"))

MOST_NODES = 2_000
"""Nodes of a rounding MIP: it nearly always ends at the root, and one that does not is better asked again with a wider window."""


@dataclass(frozen=True)
class GridWindow:
    """How far amounts may move: units below and above the solver's amount (reach), extra margin per Program row (from failed audits), and
    what a unit of scale of each way is worth to the aim."""

    reach: int
    margin: dict[int, Fraction]
    worth: Floats


def round_payments(system: Reduced, values: Floats, per_unit: Fraction, window: GridWindow) -> list[int] | None:
    """Integer grid units of the payments, or None when this window holds no solution. per_unit: Program money per grid unit."""
    paying, carrying, scaled = len(system.pay), len(system.carry), len(system.scale)
    if not paying:
        return []
    unit = float(per_unit)
    amounts = [Fraction(float(v)) / per_unit for v in values[: paying + carrying]]
    base = [max(round(a) if abs(a - round(a)) < GRID_MARGIN else a.__floor__(), 0) for a in amounts]
    # A payment may be rounded up beyond the way's own need (less than one unit: the demand row says so); a carry limit may not.
    up = [1 - GRID_MARGIN] * paying + [GRID_MARGIN] * carrying
    most = [(Fraction(float(v)) / per_unit + u).__floor__() for v, u in zip(system.most[: paying + carrying], up, strict=True)]
    # Units of money per unit of scale, from the way's own demand, profile or payment rows.
    price = _price_of_scale(system, unit)
    rows = _Rows(system, per_unit, base, values[paying + carrying :], price)
    width = paying + carrying + scaled
    lower, upper = np.empty(width), np.empty(width)
    for n in range(paying + carrying):
        reach = window.reach if n < paying else 10 * window.reach
        lower[n] = -min(base[n], reach)
        upper[n] = max(min(most[n] - base[n], reach), lower[n]) if amounts[n] > 0 or n >= paying else min(most[n], 1)
    now = values[paying + carrying :]
    for k in range(scaled):
        n = paying + carrying + k
        lower[n] = max((system.scale_floor[k] - now[k]) * price[k], -(window.reach + 2.0) * 8)
        upper[n] = min((system.most[n] - now[k]) * price[k], (window.reach + 2.0) * 8)
        lower[n] = min(lower[n], upper[n])
    program = rows.program(lower, upper, window.margin)
    lost = np.zeros(width)
    # Every way keeps what it can of its scale; a way that matters more to the aim keeps more.
    per_unit_of_money = window.worth / price
    lost[paying + carrying :] = -0.01 - per_unit_of_money / max(float(per_unit_of_money.max(initial=0.0)), 1e-30)
    lost[:paying] = 1e-4
    outcome = Highs(program, options={"mip_max_nodes": MOST_NODES}).minimise(lost, Ask(gap=0.05 * max(1, scaled)))
    if outcome.x is None:
        return None
    return [base[n] + round(outcome.x[n]) for n in range(paying)]


def _price_of_scale(system: Reduced, unit: float) -> Floats:
    """Grid units of public money per unit of scale; 1 for a way that costs the public nothing."""
    offset = len(system.pay) + len(system.carry)
    price = np.zeros(len(system.scale))
    for row, col, value in zip(system.entry_row, system.entry_col, system.entry_value, strict=True):
        if col >= offset and system.block[row] in ("demand", "profile", "payment"):
            price[col - offset] += -value / unit
    price[price <= 0] = 1.0
    return price


class _Rows:
    """The rows in shifted variables, as exact residuals."""

    def __init__(self, system: Reduced, per_unit: Fraction, base: list[int], scale: Floats, price: Floats) -> None:
        self.system, self.base = system, base
        shift = len(base)
        # Below full scale every unit paid is scale (published rule 3): demand is then an equality.
        top = system.most[len(base) :]
        self.partial = {key for key, now, most in zip(system.scale, scale, top, strict=True) if now < most - SOLVER_FEASIBILITY}
        columns: list[list[tuple[int, Fraction]]] = [[] for _ in system.lower]
        activity = [Fraction(0)] * len(system.lower)
        for row, col, value in zip(system.entry_row.tolist(), system.entry_col.tolist(), system.entry_value.tolist(), strict=True):
            exact = Fraction(value)
            if col < shift:
                activity[row] += exact * base[col]
                columns[row].append((col, exact))
            else:
                per_scale = exact / per_unit
                activity[row] += per_scale * Fraction(float(scale[col - shift]))
                columns[row].append((col, per_scale / Fraction(float(price[col - shift]))))
        self.columns, self.activity = columns, activity
        self.per_unit = per_unit

    def sides(self, row: int, margin: dict[int, Fraction]) -> tuple[Fraction | None, Fraction | None]:
        """Residual sides in grid units; a float side that is infinite stays open."""
        system, block = self.system, self.system.block[row]
        low, high = system.lower[row], system.upper[row]
        lower = None if np.isinf(low) else Fraction(float(low)) / self.per_unit - self.activity[row]
        upper = None if np.isinf(high) else Fraction(float(high)) / self.per_unit - self.activity[row]
        slack = 1 - 2 * GRID_MARGIN
        if block == "demand" and lower is not None and upper is not None:
            return (lower, upper) if system.index[row] in self.partial else (lower + self.safety(row), upper + slack)
        if block in _WITHIN_ONE_UNIT and lower is not None and upper is not None:
            return lower - slack, upper + slack
        if block in _UP_TO_ONE_UNIT and upper is not None:
            return lower, upper + slack
        largest = (
            Fraction(1)
            if block in ("fund_ledger", "ceiling", "ceiling_total", "project_cap")
            else max((abs(v) for c, v in self.columns[row]), default=Fraction(1))
        )
        extra = margin.get(int(system.program_row[row]), Fraction(0)) * largest + self.cash_noise(row)
        return (None if lower is None else lower + extra), (None if upper is None else upper - extra)

    def cash_noise(self, row: int) -> Fraction:
        """Room for published outlays: each payment's cash is rounded by up to half a unit, so a sum of n of them wanders by about sqrt(n)."""
        if self.system.block[row] not in CASH_BLOCKS:
            return Fraction(0)
        split = sum(1 for c, v in self.columns[row] if c < len(self.base) and self.base[c] and v.denominator != 1)
        return Fraction(2 * isqrt(split))

    def safety(self, row: int) -> Fraction:
        """Margin of a demand row: none where whole units count in full, so that exact amounts stay exact."""
        shift = len(self.base)
        whole = all(v.denominator == 1 for c, v in self.columns[row] if c < shift)
        return Fraction(0) if whole else GRID_MARGIN

    def program(self, lower: Floats, upper: Floats, margin: dict[int, Fraction]) -> Program:
        """Rows that the window could break, each scaled to a largest coefficient of 1; the others are dropped."""
        kept: list[tuple[list[tuple[int, Fraction]], float, float]] = []
        reach = np.maximum(np.abs(lower), np.abs(upper))
        for row, entries in enumerate(self.columns):
            largest = max((abs(v) for _, v in entries), default=Fraction(0))
            if not largest:
                continue
            low, high = self.sides(row, margin)
            most = sum(abs(float(v)) * reach[c] for c, v in entries)
            low = None if low is not None and float(low) < -most else low
            high = None if high is not None and float(high) > most else high
            if low is not None or high is not None:
                sides = (-np.inf if low is None else float(low / largest), np.inf if high is None else float(high / largest))
                kept.append(([(c, v / largest) for c, v in entries], *sides))
        kept += self._totals()
        width = len(lower)
        integer = np.zeros(width, dtype=bool)
        integer[: len(self.base)] = True
        return Program(
            indptr=np.concatenate([[0], np.cumsum([len(e) for e, _, _ in kept])]).astype(np.int32),
            indices=np.array([c for e, _, _ in kept for c, _ in e], dtype=np.int32),
            data=np.array([float(v) for e, _, _ in kept for _, v in e]),
            row_lower=np.array([low for _, low, _ in kept], dtype=float),
            row_upper=np.array([high for _, _, high in kept], dtype=float),
            col_lower=lower,
            col_upper=upper,
            integer=integer,
            criteria=np.zeros((0, width)),
            offsets=np.zeros(0),
            signs=(),
            names=(),
        )

    def _totals(self) -> list[tuple[list[tuple[int, Fraction]], float, float]]:
        """0 <= sum x - rho C s < 1 over all prescribed years of a way."""
        total: dict[tuple[str, ...], dict[int, Fraction]] = {}
        residual: dict[tuple[str, ...], Fraction] = {}
        for row, block in enumerate(self.system.block):
            if block in _WITHIN_ONE_UNIT:
                key = self.system.index[row][:2]
                side = Fraction(float(self.system.lower[row])) / self.per_unit - self.activity[row]
                residual[key] = residual.get(key, Fraction(0)) + side
                sums = total.setdefault(key, {})
                for col, value in self.columns[row]:
                    sums[col] = sums.get(col, Fraction(0)) + value
        top = 1 - 2 * float(GRID_MARGIN)
        return [(list(sums.items()), float(r := residual[key]), float(r) + top * (key not in self.partial)) for key, sums in total.items()]
