"""Rule 9: money of a selection of programmes and funds between floors and ceilings.

    commitment: u sum x ·  outlay: u sum of published outlays + legacy of the band + legacy_outlay of the funds
    burden: u (payments up to the end of t - outlays up to then) + legacy of the band
Per year, and (commitment, outlay) summed over first_year..last_year, by default the horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from portfolio.audit.cash import Stream, add_up
from portfolio.audit.verdict import Tally
from portfolio.schema.fund import Ceiling
from portfolio.schema.instance import Instance
from portfolio.schema.quantity import Quantity


def check_ceilings(instance: Instance, flows: Sequence[Stream], tally: Tally) -> None:
    """Every band of every ceiling."""
    for ceiling in instance.ceilings:
        money = series(instance, ceiling, flows)
        for year, band in ceiling.years.items():
            _between(tally, f"ceiling[{ceiling.id},{year}]", money[year], band.min, band.max)
        if ceiling.basis != "burden" and (ceiling.min is not None or ceiling.max is not None):
            first = instance.years[0] if ceiling.first_year is None else ceiling.first_year
            last = instance.years[-1] if ceiling.last_year is None else ceiling.last_year
            total = sum((money[t] for t in instance.years if first <= t <= last), Fraction(0))
            _between(tally, f"ceiling_total[{ceiling.id}]", total, ceiling.min, ceiling.max)


def series(instance: Instance, ceiling: Ceiling, flows: Sequence[Stream]) -> dict[int, Fraction]:
    """Year -> money that the ceiling speaks of."""
    years, grid = instance.years, instance.header.grid
    admitted: dict[str, bool] = {}
    rows = []
    for stream in flows:
        label = stream.way.label
        if label not in admitted:
            admitted[label] = ceiling.select.admits(stream.way)
        if admitted[label] and (not ceiling.funds or stream.fund in ceiling.funds):
            rows.append(stream)
    committed = add_up([s.committed for s in rows], len(years)) if ceiling.basis != "outlay" else []
    outlay = add_up([s.outlay for s in rows], len(years)) if ceiling.basis != "commitment" else []
    if ceiling.basis == "commitment":
        return {t: grid * x for t, x in zip(years, committed, strict=True)}
    amounts = outlay if ceiling.basis == "outlay" else [c - o for c, o in zip(accumulate(committed), accumulate(outlay), strict=True)]
    return {t: grid * x + _legacy(instance, ceiling, t) for t, x in zip(years, amounts, strict=True)}


def _legacy(instance: Instance, ceiling: Ceiling, year: int) -> Fraction:
    band = ceiling.years.get(year)
    owed = Fraction(0) if band is None or band.legacy is None else band.legacy.number
    if ceiling.basis == "outlay":
        for fund in instance.funds:
            if year in fund.legacy_outlay and (not ceiling.funds or fund.id in ceiling.funds):
                owed += fund.legacy_outlay[year].number
    return owed


def _between(tally: Tally, place: str, money: Fraction, least: Quantity | None, most: Quantity | None) -> None:
    if least is not None:
        tally.at_least("ceiling_floor", place, money, least.number)
    if most is not None:
        tally.at_most("ceiling", place, money, most.number)
