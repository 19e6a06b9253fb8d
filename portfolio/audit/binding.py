"""Which limits a plan uses up, from its own published numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from portfolio.audit.cash import streams
from portfolio.audit.ceilings import series
from portfolio.audit.choices import read_choices
from portfolio.audit.selection import Selection
from portfolio.audit.verdict import Tally
from portfolio.results import Plan
from portfolio.schema.instance import Instance

NEARLY = Fraction(999, 1000)
"""Share of a limit from which it is called used up: payments are whole units, so the last one often does not fit."""


@dataclass(frozen=True)
class Binding:
    """kind: fund, ceiling, match, capacity · years: where it binds, empty for the whole period · money: is the limit an amount of money?"""

    kind: str
    id: str
    name: str
    years: tuple[int, ...]
    used: Fraction
    limit: Fraction
    money: bool = True


def binding(instance: Instance, plan: Plan, lang: str) -> list[Binding]:
    """Funds used to the last unit, ceilings, private money and capacities used to 99.9 % or more."""
    selection = read_choices(instance, plan, Tally())
    return [*_funds(instance, plan, lang), *_ceilings(instance, selection, lang), *_match(selection, lang), *_capacities(selection, lang)]


def _funds(instance: Instance, plan: Plan, lang: str) -> Iterator[Binding]:
    grid = instance.header.grid
    for fund in instance.funds:
        lines = [line for line in plan.ledger if line.fund == fund.id]
        authority = sum(line.authority for line in lines)
        if authority and not any(line.lapsed for line in lines):
            yield Binding("fund", fund.id, fund.name.get(lang), (), grid * authority, grid * authority)


def _ceilings(instance: Instance, selection: Selection, lang: str) -> Iterator[Binding]:
    flows = streams(selection)
    for ceiling in instance.ceilings:
        money = series(instance, ceiling, flows)
        name = ceiling.name.get(lang)
        tight = {t: b.max.number for t, b in ceiling.years.items() if b.max is not None and t in money and _full(money[t], b.max.number)}
        if tight:
            yield Binding(
                "ceiling",
                ceiling.id,
                name,
                tuple(sorted(tight)),
                sum((money[t] for t in tight), Fraction(0)),
                sum(tight.values(), Fraction(0)),
            )
        if ceiling.max is not None and ceiling.basis != "burden":
            first = instance.years[0] if ceiling.first_year is None else ceiling.first_year
            last = instance.years[-1] if ceiling.last_year is None else ceiling.last_year
            total = sum((amount for t, amount in money.items() if first <= t <= last), Fraction(0))
            if _full(total, ceiling.max.number):
                yield Binding("ceiling", ceiling.id, name, (), total, ceiling.max.number)


def _match(selection: Selection, lang: str) -> Iterator[Binding]:
    for group in selection.instance.match_groups:
        private = sum((t.way.private_cost * t.scale for t in selection.within(group.select)), Fraction(0))
        if _full(private, group.capacity.number):
            yield Binding("match", group.id, group.name.get(lang), (), private, group.capacity.number)


def _capacities(selection: Selection, lang: str) -> Iterator[Binding]:
    used: dict[tuple[str, int], Fraction] = {}
    for taken in selection.taken:
        for key, amount in taken.way.uses.items():
            used[key] = used.get(key, Fraction(0)) + amount * taken.scale
    for capacity in selection.instance.capacities:
        tight = {t: q.number for t, q in capacity.years.items() if _full(used.get((capacity.id, t), Fraction(0)), q.number)}
        if tight:
            total = sum((used[capacity.id, t] for t in tight), Fraction(0))
            yield Binding(
                "capacity", capacity.id, capacity.name.get(lang), tuple(sorted(tight)), total, sum(tight.values(), Fraction(0)), False
            )


def _full(used: Fraction, limit: Fraction) -> bool:
    return limit > 0 and used >= NEARLY * limit
