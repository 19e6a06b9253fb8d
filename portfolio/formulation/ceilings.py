"""Ceilings and floors inside a fund or across funds, per year and over a period.

commitment  min <= sum x_okt <= max                           over the selected ways and funds
outlay      min <= legacy_t + sum_u<=t profile_k,t-u x_oku <= max
burden      legacy_t + sum_u<=t (1 - P_k,t-u) x_oku <= max     (committed, not yet paid at the end of year t; P cumulative)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import INF, Build
from portfolio.schema.fund import Ceiling, Fund
from portfolio.schema.quantity import Quantity

ZERO = Fraction(0)


def add(b: Build) -> None:
    """Rows ceiling[id,t] and ceiling_total[id]."""
    profile = _profiles(b)
    for ceiling in b.instance.ceilings:
        pays = np.empty(0, dtype=np.intp) if _on_use(b, ceiling) else selected_payments(b, ceiling)
        for year, band in ceiling.years.items():
            # What earlier commitments take counts in cash and in the burden, not against new commitments.
            legacy = ZERO if ceiling.basis == "commitment" else _number(band.legacy)
            legacy += _owed(b, ceiling, [year]) if ceiling.basis == "outlay" else 0
            _row(b, "ceiling", (ceiling.id, year), ceiling, pays, [year], (band.min, band.max), legacy, profile)
        if ceiling.min is not None or ceiling.max is not None:
            first = b.instance.years[0] if ceiling.first_year is None else ceiling.first_year
            last = b.instance.years[-1] if ceiling.last_year is None else ceiling.last_year
            years = list(range(first, last + 1))
            legacy = ZERO
            if ceiling.basis == "outlay":
                legacy = _owed(b, ceiling, years) + sum(_number(ceiling.years[t].legacy) for t in years if t in ceiling.years)
            _row(b, "ceiling_total", (ceiling.id,), ceiling, pays, years, (ceiling.min, ceiling.max), legacy, profile)


def funds_of(b: Build, ceiling: Ceiling) -> list[tuple[int, Fund]]:
    """The funds a ceiling speaks of (none named: all)."""
    return [(k, f) for k, f in enumerate(b.instance.funds) if not ceiling.funds or f.id in ceiling.funds]


def selected_payments(b: Build, ceiling: Ceiling) -> Array:
    """Positions in the payment arrays that the ceiling speaks of."""
    funds = np.zeros(len(b.instance.funds), dtype=bool)
    funds[[k for k, _ in funds_of(b, ceiling)]] = True
    return np.flatnonzero(b.table.admitted(ceiling.select)[b.at.pay_way] & funds[b.at.pay_fund])


def _on_use(b: Build, ceiling: Ceiling) -> bool:
    """Does it speak of whole funds, so that it can be written on what they commit in a year?"""
    return ceiling.select.is_everything and b.at.use.size > 0


def _owed(b: Build, ceiling: Ceiling, years: Sequence[int]) -> Fraction:
    return sum((_number(f.legacy_outlay.get(t)) for _, f in funds_of(b, ceiling) for t in years), ZERO)


def _number(quantity: Quantity | None) -> Fraction:
    return ZERO if quantity is None else quantity.number


def _row(
    b: Build, name: str, key: tuple[Any, ...], ceiling: Ceiling, pays: Array, years: list[int],
    band: tuple[Quantity | None, Quantity | None], legacy: Fraction, profile: Array,
) -> None:  # fmt: skip
    low, high = band
    lower = -INF if low is None else b.money([low.number - legacy])[0]
    upper = INF if high is None else b.money([high.number - legacy])[0]
    row = b.rows(name, [key], lower, upper, f"{ceiling.basis} of the selection between min and max", [ceiling.id])
    share = _shares(b, ceiling, years, profile)
    if _on_use(b, ceiling):
        b.enter(row[0], b.at.use.ravel(), share.ravel())
    else:
        b.enter(row[0], b.at.pay_col[pays], share[b.at.pay_fund[pays], b.at.pay_year[pays] - b.instance.years[0]])


def _profiles(b: Build) -> Array:
    """(funds, lags) share of a commitment that is paid so many years after it was made; zero beyond a fund's own profile."""
    lags = max((len(f.outlay_profile) for f in b.instance.funds), default=0)
    padded = [q for f in b.instance.funds for q in (*(q.number for q in f.outlay_profile), *[ZERO] * (lags - len(f.outlay_profile)))]
    return b.numbers(padded).reshape(len(b.instance.funds), lags)


def _shares(b: Build, ceiling: Ceiling, years: list[int], profile: Array) -> Array:
    """(funds, years) what a commitment made by a fund in a year counts for; zero for funds that the ceiling does not speak of."""
    share = b.zeros((len(profile), len(b.instance.years)))
    named = [k for k, _ in funds_of(b, ceiling)]
    for column, made in enumerate(b.instance.years):
        if ceiling.basis == "commitment":
            share[named, column] = b.number(int(made in years))
        elif ceiling.basis == "outlay":
            lags = [t - made for t in years if 0 <= t - made < profile.shape[1]]
            share[named, column] = profile[named][:, lags].sum(axis=1)
        elif made <= years[0]:
            share[named, column] = 1 - profile[named, : years[0] - made + 1].sum(axis=1)
    return share
