"""Ceilings and floors inside a fund or across funds, per year and over a period.

commitment  min <= sum x_okt <= max                           over the selected ways and funds
outlay      min <= legacy_t + sum_u<=t profile_k,t-u x_oku <= max
burden      legacy_t + sum_u<=t (1 - P_k,t-u) x_oku <= max     (committed, not yet paid at the end of year t; P cumulative)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Any

import numpy as np

from portfolio.formulation.build import INF, Array, Build
from portfolio.schema.fund import Ceiling, Fund
from portfolio.schema.quantity import Quantity


def add(b: Build) -> None:
    """Rows ceiling[id,t] and ceiling_total[id]."""
    for ceiling in b.instance.ceilings:
        pays = selected_payments(b, ceiling)
        for year, band in ceiling.years.items():
            # What earlier commitments take counts in cash and in the burden, not against new commitments.
            legacy = Fraction(0) if ceiling.basis == "commitment" else _number(band.legacy)
            legacy += _owed(b, ceiling, [year]) if ceiling.basis == "outlay" else 0
            _row(b, "ceiling", (ceiling.id, year), ceiling, pays, [year], (band.min, band.max), legacy)
        if ceiling.min is not None or ceiling.max is not None:
            first = b.instance.years[0] if ceiling.first_year is None else ceiling.first_year
            last = b.instance.years[-1] if ceiling.last_year is None else ceiling.last_year
            years = list(range(first, last + 1))
            legacy = Fraction(0)
            if ceiling.basis == "outlay":
                legacy = _owed(b, ceiling, years) + sum(_number(ceiling.years[t].legacy) for t in years if t in ceiling.years)
            _row(b, "ceiling_total", (ceiling.id,), ceiling, pays, years, (ceiling.min, ceiling.max), legacy)


def funds_of(b: Build, ceiling: Ceiling) -> list[tuple[int, Fund]]:
    """The funds a ceiling speaks of (none named: all)."""
    return [(k, f) for k, f in enumerate(b.instance.funds) if not ceiling.funds or f.id in ceiling.funds]


def selected_payments(b: Build, ceiling: Ceiling) -> Array:
    """Positions in the payment arrays that the ceiling speaks of."""
    if not len(b.at.pay_way):
        return np.empty(0, dtype=int)
    ways = np.array([ceiling.select.admits(w) for w in b.at.ways], dtype=bool)
    funds = np.zeros(len(b.instance.funds), dtype=bool)
    funds[[k for k, _ in funds_of(b, ceiling)]] = True
    return np.flatnonzero(ways[b.at.pay_way] & funds[b.at.pay_fund])


def _owed(b: Build, ceiling: Ceiling, years: Sequence[int]) -> Fraction:
    return sum((_number(f.legacy_outlay.get(t)) for _, f in funds_of(b, ceiling) for t in years), Fraction(0))


def _number(quantity: Quantity | None) -> Fraction:
    return Fraction(0) if quantity is None else quantity.number


def _row(
    b: Build, name: str, key: tuple[Any, ...], ceiling: Ceiling, pays: Array, years: list[int],
    band: tuple[Quantity | None, Quantity | None], legacy: Fraction,
) -> None:  # fmt: skip
    low, high = band
    lower = -INF if low is None else b.money([low.number - legacy])[0]
    upper = INF if high is None else b.money([high.number - legacy])[0]
    row = b.rows(name, [key], lower, upper, f"{ceiling.basis} of the selection between min and max", [ceiling.id])
    share = {(k, t): _share(ceiling.basis, fund, t, years) for k, fund in funds_of(b, ceiling) for t in b.instance.years}
    if ceiling.select.is_everything and b.at.use.size:
        places = [(k, t - b.instance.years[0], v) for (k, t), v in share.items() if v]
        b.enter(row[0], [b.at.use[k, n] for k, n, _ in places], b.numbers(v for _, _, v in places))
        return
    values = [share[int(k), int(t)] for k, t in zip(b.at.pay_fund[pays], b.at.pay_year[pays], strict=True)]
    kept = [n for n, v in enumerate(values) if v]
    if kept:
        b.enter(row[0], b.at.pay_col[pays[kept]], b.numbers(values[n] for n in kept))


def _share(basis: str, fund: Fund, made: int, years: list[int]) -> Fraction:
    """What a commitment made in year `made` counts for."""
    if basis == "commitment":
        return Fraction(made in years)
    shares = [q.number for q in fund.outlay_profile]
    if basis == "outlay":
        return sum((shares[t - made] for t in years if 0 <= t - made < len(shares)), Fraction(0))
    paid = list(accumulate(shares))
    lag = years[0] - made
    return Fraction(0) if lag < 0 else 1 - paid[min(lag, len(paid) - 1)]
