"""What a plan takes: the ways with their payments, scale and effect, all derived from the payments.

T = sum w_t x u (flexible) or sum x u (years prescribed)
s = T / (rho C) down to SCALE_STEP, at most units, not below units b_1 when the money reaches it; units when rho C = 0
e = units v(s / units)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from portfolio.audit.curve import response
from portfolio.numerics import SCALE_STEP
from portfolio.results import Choice
from portfolio.schema.instance import Instance
from portfolio.schema.selector import Selector
from portfolio.schema.way import Way


@dataclass(frozen=True)
class Taken:
    """A way with its payments.

    paid: (fund, year) -> grid units · total: T in money · scale, effect: s and e · worth: w_t of flexible ways.
    """

    way: Way
    units: int
    claim: Choice
    paid: Mapping[tuple[str, int], int]
    total: Fraction
    scale: Fraction
    effect: Fraction
    worth: Mapping[int, Fraction]

    @cached_property
    def amount(self) -> int:
        """Grid units committed over the horizon."""
        return sum(self.paid.values())

    @cached_property
    def by_year(self) -> dict[int, int]:
        """Grid units per year in which something is paid."""
        totals: dict[int, int] = {}
        for (_, year), amount in self.paid.items():
            totals[year] = totals.get(year, 0) + amount
        return totals

    @cached_property
    def by_fund(self) -> dict[str, int]:
        """Grid units per fund that pays."""
        totals: dict[str, int] = {}
        for (fund, _), amount in self.paid.items():
            totals[fund] = totals.get(fund, 0) + amount
        return totals

    def worth_by(self, fund: str) -> Fraction:
        """Grid units of one fund at base-year value (nominal where the years are prescribed)."""
        return sum((amount * self.worth.get(year, Fraction(1)) for (name, year), amount in self.paid.items() if name == fund), Fraction(0))

    def counts(self, coefficient: Fraction, harm: bool) -> Fraction:
        """A benefit counts with the effect, a harm with the scale."""
        return coefficient * (self.scale if harm else self.effect)


def take(way: Way, claim: Choice, paid: Mapping[tuple[str, int], int], grid: Fraction, weights: Mapping[int, Fraction]) -> Taken:
    """Derive total, scale and effect from the payments."""
    prescribed = way.profile is not None or way.payments is not None
    by_year: dict[int, int] = {}
    for (_, year), amount in paid.items():
        by_year[year] = by_year.get(year, 0) + amount
    total = grid * sum((x if prescribed else x * weights[t] for t, x in by_year.items()), Fraction(0))
    units = max(1, claim.units)  # zero or fewer units are a violation of rule 1; the curve needs one to be read at all
    scale = _scale(way, units, total)
    worth = {} if prescribed else dict(weights)
    return Taken(way, units, claim, paid, total, scale, units * response(way.curve, scale / units), worth)


def _scale(way: Way, units: int, total: Fraction) -> Fraction:
    """Rule 3: down to the step, at most the units, not below the smallest scale when the money reaches it."""
    if not way.public_cost:
        return Fraction(units)
    exact, smallest = total / way.public_cost, units * way.curve[0][0]
    if exact >= units:
        return Fraction(units)
    stepped = SCALE_STEP * (exact // SCALE_STEP)
    return smallest if stepped < smallest <= exact else stepped


@dataclass(frozen=True)
class Selection:
    """Everything that a plan takes from an instance."""

    instance: Instance
    taken: tuple[Taken, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """`programme`, `programme,option` and `programme,option@start` of everything taken."""
        ways = [t.way for t in self.taken]
        return frozenset(n for w in ways for n in (w.programme, f"{w.programme},{w.option}", w.label))

    def has(self, member: str) -> bool:
        """f_r: is the member of a rule (`programme` or `programme,option`) chosen?"""
        programme, _, option = member.partition(",")
        return (f"{programme},{option.strip()}" if option.strip() else programme) in self.names

    def within(self, select: Selector) -> Iterator[Taken]:
        """What a selection speaks of."""
        return (t for t in self.taken if select.admits(t.way))

    def money(self, select: Selector) -> Fraction:
        """M(select): money committed over the horizon."""
        return self.instance.header.grid * sum(t.amount for t in self.within(select))
