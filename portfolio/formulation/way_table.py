"""The ways of an instance as parallel arrays: what the components compute with.

Every number of a way is turned into the build's arithmetic once, when a component first asks for it; ways stay in file order, so that the
ways of a programme lie side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np

from portfolio.formulation.arithmetic import Arithmetic, Array
from portfolio.program import Keys
from portfolio.schema.fund import Fund
from portfolio.schema.instance import Instance
from portfolio.schema.selector import Selector

_LISTS = {"field": "fields", "archetype": "archetypes", "instrument": "instruments", "region": "regions", "programme": "programmes"}
"""Attribute of a way -> the selector's list of it."""


def spread(first: Array, which: Array) -> tuple[Array, Array]:
    """Members of groups side by side. first: (groups + 1,) where each group begins · which: groups -> (place in `which`, member) of each."""
    counts = first[which + 1] - first[which]
    ends = np.cumsum(counts)
    place = np.repeat(np.arange(len(which)), counts)
    return place, np.arange(len(place)) + np.repeat(first[which] - (ends - counts), counts)


def starts(counts: Any) -> Array:
    """Where groups of these sizes begin, and the end: (groups + 1,)."""
    return np.concatenate(([0], np.cumsum(counts, dtype=np.intp)))


@dataclass(frozen=True)
class Coded:
    """An attribute: its distinct values in order of appearance, and each way's place among them."""

    words: list[Any]
    code: Array

    @classmethod
    def of(cls, values: Iterable[Any]) -> Coded:
        given = list(values)
        words = list(dict.fromkeys(given))
        place = {word: n for n, word in enumerate(words)}
        return cls(words, np.fromiter(map(place.__getitem__, given), dtype=np.intp, count=len(given)))

    def where(self, wanted: Iterable[bool]) -> Array:
        """(ways,) is the value wanted? wanted: one answer per distinct value."""
        return np.fromiter(wanted, dtype=bool, count=len(self.words))[self.code]


@dataclass(frozen=True)
class Amounts:
    """What ways do to targets (criteria, exposures, needs ...): entries that are not 0, by target."""

    place: dict[Any, int]
    first: Array
    way: Array
    value: Array

    def of(self, target: Any) -> tuple[Array, Array]:
        """(ways, values) of one target, in file order."""
        n = self.place.get(target)
        span = slice(0, 0) if n is None else slice(self.first[n], self.first[n + 1])
        return self.way[span], self.value[span]


class WayTable:
    """Arrays of shape (ways,) unless said otherwise; money in Program money."""

    def __init__(self, instance: Instance, arithmetic: Arithmetic) -> None:
        self.instance, self.arithmetic, self.ways = instance, arithmetic, instance.ways
        self.coded = cache(self._coded)
        self.amounts = cache(self._amounts)

    # -- names and attributes --------------------------------------------------------------------------------------
    @cached_property
    def keys(self) -> Keys:
        """(programme, name) of each way."""
        return Keys(([w.programme for w in self.ways], np.arange(len(self.ways))), ([w.name for w in self.ways], np.arange(len(self.ways))))

    @cached_property
    def position(self) -> dict[str, int]:
        """Number of each programme."""
        return {p.id: n for n, p in enumerate(self.instance.programmes)}

    @cached_property
    def owner(self) -> Array:
        """Number of the way's programme."""
        return np.array([self.position[w.programme] for w in self.ways], dtype=np.intp)

    @cached_property
    def first_of(self) -> Array:
        """(programmes + 1,) first way of each programme."""
        return starts(np.bincount(self.owner, minlength=len(self.instance.programmes)))

    def ways_of(self, programme: str) -> range:
        """Numbers of the ways of one programme; none when there is no such programme."""
        n = self.position.get(programme)
        return range(0) if n is None else range(self.first_of[n], self.first_of[n + 1])

    def _coded(self, attribute: str) -> Coded:
        return Coded.of(map(attrgetter(attribute), self.ways))

    def admitted(self, select: Selector) -> Array:
        """Which ways the selection admits: `Selector.admits`, attribute by attribute over the distinct values."""
        admitted = np.ones(len(self.ways), dtype=bool)
        for attribute, name in _LISTS.items():
            if wanted := set(getattr(select, name)):
                coded = self.coded(attribute)
                admitted &= coded.where(word in wanted for word in coded.words)
        if select.tags:
            admitted &= self._tagged(select.tags)
        if select.without_tags:
            admitted &= ~self._tagged(select.without_tags)
        return admitted

    def _tagged(self, tags: Sequence[str]) -> Array:
        coded = self.coded("tags")
        return coded.where(not own.isdisjoint(tags) for own in coded.words)

    def payable(self, fund: Fund) -> Array:
        """Which ways the fund may pay: `Instance.may_pay`."""
        named = self.coded("funds")
        return self.admitted(fund.eligible) & named.where(not funds or fund.id in funds for funds in named.words)

    # -- numbers ---------------------------------------------------------------------------------------------------
    @cached_property
    def rate(self) -> list[tuple[int, int]]:
        """rho_o as numerator and denominator: rates are compared exactly in either arithmetic."""
        return [w.rate.as_integer_ratio() for w in self.ways]

    @cached_property
    def total(self) -> list[tuple[int, int]]:
        """C_o in instance money, as numerator and denominator."""
        return [w.cost.as_integer_ratio() for w in self.ways]

    @cached_property
    def public_part(self) -> list[tuple[int, int]]:
        """rho_o C_o in instance money, as numerator and denominator (not reduced)."""
        return [(rn * cn, rd * cd) for (rn, rd), (cn, cd) in zip(self.rate, self.total, strict=True)]

    @cached_property
    def paid(self) -> Array:
        """Does the way cost the public anything?"""
        return np.array([n != 0 for n, _ in self.public_part], dtype=bool)

    @cached_property
    def cost(self) -> Array:
        """C_o."""
        return self.arithmetic.money_ratios(self.total)

    @cached_property
    def public(self) -> Array:
        """rho_o C_o."""
        return self.arithmetic.money_ratios(self.public_part)

    def part_of(self, ratios: list[tuple[int, int]], which: Iterable[int], shares: Iterable[Fraction]) -> Array:
        """share * money of some ways (`total` or `public_part`), rounded once: amounts on the publication grid stay on it."""
        parts = ((ratios[i], s) for i, s in zip(which, shares, strict=True))
        return self.arithmetic.money_ratios([(n * s.numerator, d * s.denominator) for (n, d), s in parts])

    @cached_property
    def private(self) -> Array:
        """(1 - rho_o) C_o; taken from the rationals, because in floats the difference of nearly equal numbers loses digits."""
        pairs = zip(self.rate, self.total, strict=True)
        return self.arithmetic.money_ratios([((rd - rn) * cn, rd * cd) for (rn, rd), (cn, cd) in pairs])

    @cached_property
    def units(self) -> Array:
        """Most units that may be taken, in the build's arithmetic."""
        return np.array([w.units for w in self.ways], dtype=self.arithmetic.dtype)

    @cached_property
    def forbidden(self) -> Array:
        """May the way not be taken at all?"""
        return np.array([w.forbidden for w in self.ways], dtype=bool)

    @cached_property
    def flexible(self) -> Array:
        """May the years be chosen inside the window?"""
        return np.array([w.is_flexible for w in self.ways], dtype=bool)

    @cached_property
    def window(self) -> Array:
        """(ways, years) does the year lie in the way's window?"""
        coded, years = self.coded("years"), self.instance.years
        inside = np.array([[t in window for t in years] for window in coded.words], dtype=bool).reshape(-1, len(years))
        return inside[coded.code]

    def _amounts(self, attribute: str) -> Amounts:
        """`contributes`, `mitigates`, `covers`, `provides` or `uses` by target."""
        given: list[dict[Any, Any]] = [getattr(w, attribute) for w in self.ways]
        coded = Coded.of(chain.from_iterable(given))
        value = self.arithmetic.numbers(chain.from_iterable(d.values() for d in given))
        way = np.repeat(np.arange(len(given)), [len(d) for d in given])
        kept = np.flatnonzero(value != 0)
        order = kept[np.argsort(coded.code[kept], kind="stable")]
        first = starts(np.bincount(coded.code[order], minlength=len(coded.words)))
        return Amounts({word: n for n, word in enumerate(coded.words)}, first, way[order], value[order])
