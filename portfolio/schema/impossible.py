"""Arithmetic that no plan can satisfy, found without a solver. Every bound is one that holds for all plans, so a finding is a proof.

What is not found here may still be impossible: `portfolio solve` then answers "infeasible".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from portfolio.schema.exact import exact_text
from portfolio.schema.fund import Ceiling, Fund
from portfolio.schema.instance import Instance
from portfolio.schema.money import places
from portfolio.schema.problem import Problem
from portfolio.schema.quantity import Quantity
from portfolio.schema.rules import AtLeast, CriterionBound, Diversify, Excludes, Focus, Linear, Requires, Share
from portfolio.schema.selector import Selector
from portfolio.schema.way import Way

ZERO = Fraction(0)
Cell = tuple[str, str]
Ways = Mapping[str, list[Way]]
"""programme -> its ways."""


def impossible(instance: Instance) -> Iterator[Problem]:
    """Findings of severity `error` (and two warnings next to them: dead ends, and shares that only the empty plan satisfies)."""
    by = ways_by_programme(instance)
    yield from _ceilings(instance)
    yield from _sides(instance)
    yield from _shares(instance)
    yield from _needs(instance)
    yield from _counts(instance, by)
    yield from _mandatory_money(instance, by)
    yield from _mandatory_capacity(instance, by)
    yield from _forbidden(instance, by)


def ways_by_programme(instance: Instance) -> Ways:
    """The instance's ways in groups; looked up many times below."""
    by: dict[str, list[Way]] = {p.id: [] for p in instance.programmes}
    for way in instance.ways:
        by[way.programme].append(way)
    return by


def _above(code: str, path: str, low: Fraction, high: Fraction, name: str = "high") -> Iterator[Problem]:
    if low > high:
        yield Problem(code, path, "", {"low": exact_text(low), name: exact_text(high)})


def _both_sides(path: str, low: Quantity | None, high: Quantity | None) -> Iterator[Problem]:
    if low is not None and high is not None:
        yield from _above("floor_above_ceiling", path, low.number, high.number)


# -- ceilings ----------------------------------------------------------------------------------------------------------
def _ceilings(instance: Instance) -> Iterator[Problem]:
    for path, ceiling in places(instance, "ceilings"):
        period = period_of(instance, ceiling)
        yield from _both_sides(path, ceiling.min, ceiling.max)
        for year, band in ceiling.years.items():
            yield from _both_sides(f"{path}.years.{year}", band.min, band.max)
        bands = [ceiling.years[t] for t in period if t in ceiling.years]
        floors = sum((b.min.number for b in bands if b.min is not None), ZERO)
        tops = [b.max.number for b in bands if b.max is not None]
        # Floors of single years add up because money is never negative; so do ceilings, where every year has one.
        if ceiling.max is not None:
            yield from _above("floor_above_ceiling", path, floors, ceiling.max.number)
        if ceiling.min is not None and len(tops) == len(period):
            yield from _above("floor_above_ceiling", path, ceiling.min.number, sum(tops, ZERO))
        yield from _legacy(instance, path, ceiling)
        yield from _floor_above_money(instance, path, ceiling)


def period_of(instance: Instance, ceiling: Ceiling) -> tuple[int, ...]:
    """Years over which min and max of a ceiling count; by default the horizon."""
    first = instance.header.first_year if ceiling.first_year is None else ceiling.first_year
    last = instance.header.last_year if ceiling.last_year is None else ceiling.last_year
    return tuple(range(first, last + 1))


def _payers(instance: Instance, ceiling: Ceiling) -> list[Fund]:
    return [f for f in instance.funds if not ceiling.funds or f.id in ceiling.funds]


def _owed(instance: Instance, ceiling: Ceiling, years: Iterable[int]) -> Fraction:
    """What earlier commitments already take of a ceiling."""
    total = ZERO
    for year in years:
        band = ceiling.years.get(year)
        if ceiling.basis != "commitment" and band is not None and band.legacy is not None:
            total += band.legacy.number
        if ceiling.basis == "outlay":
            total += sum((f.legacy_outlay[year].number for f in _payers(instance, ceiling) if year in f.legacy_outlay), ZERO)
    return total


def _legacy(instance: Instance, path: str, ceiling: Ceiling) -> Iterator[Problem]:
    sides = [(f"{path}.years.{t}", band.max, [t]) for t, band in ceiling.years.items()]
    if ceiling.basis == "outlay":
        sides.append((path, ceiling.max, list(period_of(instance, ceiling))))
    for place, top, years in sides:
        owed = _owed(instance, ceiling, years)
        if top is not None and owed > top.number:
            yield Problem("legacy_above_ceiling", place, "", {"legacy": exact_text(owed), "high": exact_text(top.number)})


def _floor_above_money(instance: Instance, path: str, ceiling: Ceiling) -> Iterator[Problem]:
    floors = [(f"{path}.years.{t}", band.min, [t]) for t, band in ceiling.years.items()]
    floors.append((path, ceiling.min, list(period_of(instance, ceiling))))
    paying = [f for f in _payers(instance, ceiling) if _may_draw(instance, f, ceiling.select)]
    for place, floor, years in floors:
        if floor is None or ceiling.basis == "burden":
            continue
        held = [_held(instance, fund, ceiling.basis, years[0], years[-1]) for fund in paying]
        if None not in held:
            have = sum((h for h in held if h is not None), ZERO) + _owed(instance, ceiling, years)
            yield from _above("floor_above_money", place, floor.number, have, "have")


def _may_draw(instance: Instance, fund: Fund, select: Selector) -> bool:
    return any(select.admits(way) and not way.forbidden and instance.may_pay(way, fund) for way in instance.ways)


def authority(fund: Fund, first: int, last: int) -> Fraction:
    """New budget authority of the years first..last."""
    return sum((amount.number for year, amount in fund.years.items() if first <= year <= last), ZERO)


def _held(instance: Instance, fund: Fund, basis: str, first: int, last: int) -> Fraction | None:
    """Most money of one basis that a fund can show in first..last; None = no bound (an outlay budget does not bound commitments)."""
    before = authority(fund, instance.header.first_year, first - 1)
    if fund.basis == "outlay" and basis == "commitment":
        return None
    if fund.basis == "commitment" and basis == "outlay":
        # Cash of these years comes from everything committed so far.
        return before + authority(fund, first, last)
    return min(before, fund.carry_limit.number) + authority(fund, first, last)


# -- rules -------------------------------------------------------------------------------------------------------------
def _sides(instance: Instance) -> Iterator[Problem]:
    for path, rule in places(instance, "rules"):
        if isinstance(rule, (Share, CriterionBound, Linear)):
            yield from _both_sides(path, rule.min, rule.max)


def _shares(instance: Instance) -> Iterator[Problem]:
    """Shares of one whole, of parts that have no way in common, cannot add up to more than 1 unless no money is spent."""
    wholes: dict[Selector, list[tuple[str, Share, frozenset[int]]]] = {}
    for path, rule in places(instance, "rules"):
        if isinstance(rule, Share) and rule.min is not None and rule.min.number:
            part = frozenset(i for i, way in enumerate(instance.ways) if rule.select.admits(way))
            if all(rule.of.admits(instance.ways[i]) for i in part):
                wholes.setdefault(rule.of, []).append((path, rule, part))
    for listed in wholes.values():
        disjoint: list[tuple[str, Share, frozenset[int]]] = []
        # Largest share first: parts that overlap one already taken are passed over, so this may miss a case, never invent one.
        for entry in sorted(listed, key=lambda e: -_floor(e[1])):
            if all(entry[2].isdisjoint(other[2]) for other in disjoint):
                disjoint.append(entry)
        total = sum((_floor(rule) for _, rule, _ in disjoint), ZERO)
        if total > 1:
            params = {"total": exact_text(total), "rules": ", ".join(rule.id for _, rule, _ in disjoint)}
            yield Problem("shares_above_one", disjoint[-1][0], "", params, severity="warning")


def _floor(rule: Share) -> Fraction:
    return ZERO if rule.min is None else rule.min.number


def _member_ways(by: Ways, member: str) -> list[Way]:
    programme, _, option = (part.strip() for part in member.partition(","))
    return [w for w in by[programme] if option in ("", w.option, w.name) and not w.forbidden]


def _is_whole(by: Ways, member: str) -> bool:
    """Does the member mean every way of its programme?"""
    ways = _member_ways(by, member)
    return bool(ways) and len(ways) == len(by[ways[0].programme])


def _counts(instance: Instance, by: Ways) -> Iterator[Problem]:
    for path, rule in places(instance, "rules"):
        if isinstance(rule, AtLeast):
            possible = sum(bool(_member_ways(by, member)) for member in rule.of)
            yield from _above("floor_above_reach", path, Fraction(rule.min), Fraction(possible), "have")
        elif isinstance(rule, Excludes):
            certain = sum(_is_whole(by, member) and _member_ways(by, member)[0].mandatory for member in rule.of)
            if certain > 1:
                yield Problem("mandatory_above_limit", path, "", {"need": certain, "have": 1})
        elif isinstance(rule, Diversify):
            groups = {group_of(w, rule.group) for w in instance.ways if rule.select.admits(w) and not w.forbidden} - {None}
            yield from _above("floor_above_reach", path, Fraction(rule.min), Fraction(len(groups)), "have")
        elif isinstance(rule, Focus):
            need = len(_certain_groups(instance, by, rule))
            if need > rule.max:
                yield Problem("mandatory_above_limit", path, "", {"need": need, "have": rule.max})


def _certain_groups(instance: Instance, by: Ways, rule: Focus) -> set[Any]:
    """Groups that mandatory programmes occupy whichever of their ways is taken."""
    found = set()
    for programme in instance.programmes:
        ways = by[programme.id]
        groups = {group_of(w, rule.group) for w in ways}
        if programme.mandatory and len(groups) == 1 and None not in groups and all(rule.select.admits(w) for w in ways):
            found |= groups
    return found


def group_of(way: Way, group: str) -> str | Cell | None:
    """The group a way falls into; None where it has no such attribute."""
    if group == "cell":
        return (way.field, way.archetype) if way.field and way.archetype else None
    name: str | None = getattr(way, group)
    return name


# -- needs -------------------------------------------------------------------------------------------------------------
def _needs(instance: Instance) -> Iterator[Problem]:
    for path, need in places(instance, "needs"):
        if need.floor is not None:
            reach = _most(instance, lambda way, key=need.id: way.covers.get(key, ZERO))
            for capability in instance.capabilities:
                brought = _most(instance, lambda way, key=capability.id: way.provides.get(key, ZERO))
                covers = capability.covers.get(need.id)
                reach += min(Fraction(1), brought) * covers.number if covers is not None else ZERO
            yield from _above("floor_above_reach", f"{path}.floor", need.floor.number, reach / need.target.number, "have")


def _most(instance: Instance, effect: Any) -> Fraction:
    """Most of an effect that all programmes together can have, each in its best way."""
    best: dict[str, Fraction] = {}
    for way in instance.ways:
        if not way.forbidden:
            best[way.programme] = max(best.get(way.programme, ZERO), way.units * effect(way))
    return sum(best.values(), ZERO)


# -- mandatory programmes ----------------------------------------------------------------------------------------------
def _least(instance: Instance, way: Way) -> Fraction:
    """Least money of this way in any plan: b_1 of the public cost; a year whose weight exceeds 1 needs less than a unit."""
    prescribed = way.profile is not None or way.payments is not None
    weight = Fraction(1) if prescribed else max([Fraction(1), *(instance.weight(t) for t in way.years)])
    return way.curve[0][0] * way.public_cost / weight


def _committed(instance: Instance, fund: Fund) -> Fraction | None:
    """Most a fund can commit over the horizon; None = no bound."""
    first, last = instance.header.first_year, instance.header.last_year
    held = authority(fund, first, last)
    if fund.basis == "commitment":
        return held
    # A cash budget bounds commitments only where they are paid at once; otherwise cash may fall due after the horizon.
    return held if fund.outlay_profile[0].number == 1 else None


def _mandatory_money(instance: Instance, by: Ways) -> Iterator[Problem]:
    needs: dict[frozenset[str], list[tuple[str, Fraction]]] = {}
    for programme in instance.programmes:
        ways = by[programme.id]
        if programme.mandatory and ways:
            payers = frozenset(f.id for f in instance.funds if any(instance.may_pay(w, f) and instance.open_years(w, f) for w in ways))
            needs.setdefault(payers, []).append((programme.id, min(_least(instance, w) for w in ways)))
    everybody: frozenset[str] = frozenset().union(*needs)
    for payers in {**needs, everybody: None} if needs else ():
        inside = [entry for group, entries in needs.items() if group <= payers for entry in entries]
        held = [_committed(instance, f) for f in instance.funds if f.id in payers]
        need, have = sum((least for _, least in inside), ZERO), sum((h for h in held if h is not None), ZERO)
        if None not in held and need > have:
            path = f"programmes.{inside[0][0]}" if len(inside) == 1 else "programmes"
            params = {"need": exact_text(need), "have": exact_text(have)}
            yield Problem("mandatory_above_budget", path, ", ".join(name for name, _ in inside), params)


def _mandatory_capacity(instance: Instance, by: Ways) -> Iterator[Problem]:
    for path, capacity in places(instance, "capacities"):
        for year, amount in capacity.years.items():
            need = ZERO
            for programme in instance.programmes:
                ways = by[programme.id]
                if programme.mandatory and ways:
                    need += min(w.uses.get((capacity.id, year), ZERO) * w.curve[0][0] for w in ways)
            if need > amount.number:
                params = {"need": exact_text(need), "have": exact_text(amount.number)}
                yield Problem("mandatory_above_limit", f"{path}.years.{year}", "", params)


def _forbidden(instance: Instance, by: Ways) -> Iterator[Problem]:
    """Follow `requires` from the mandatory programmes; a forbidden one on the way is a contradiction, elsewhere a dead end."""
    rules = [(path, rule) for path, rule in places(instance, "rules") if isinstance(rule, Requires)]
    certain = {p.id for p in instance.programmes if p.mandatory}
    known = {p.id: p.forbidden for p in instance.programmes}
    while True:
        followed = {
            member.partition(",")[0].strip()
            for _, rule in rules
            if rule.if_.partition(",")[0].strip() in certain and _is_whole(by, rule.if_)
            for member in rule.of
        }
        if followed <= certain:
            break
        certain |= followed
    for path, rule in rules:
        start = rule.if_.partition(",")[0].strip()
        for i, member in enumerate(rule.of):
            if known.get(member.partition(",")[0].strip()) and not known.get(start):
                sure = start in certain and _is_whole(by, rule.if_)
                code, severity = ("forbidden_required", "error") if sure else ("cannot_be_funded", "warning")
                yield Problem(code, f"{path}.of.{i}", f"{rule.if_} -> {member}", severity=severity)
