"""What stands against a programme: rules that break when it is added to the reported plan, and limits used up in the best plan with it.

Everything here is read from the instance and from plans, without a solve: what a rule costs is for the solves to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from portfolio.audit.binding import Binding, binding
from portfolio.results import Plan
from portfolio.results.explanation import Hindrance
from portfolio.schema.instance import Instance
from portfolio.schema.rules import Excludes, Focus, Requires
from portfolio.schema.way import Way

ZERO = Fraction(0)


def hindrances(instance: Instance, name: str, plan: Plan, best: Plan | None) -> tuple[Hindrance, ...]:
    """plan: the reported one · best: the best that contains the programme (None: there is none)."""
    ways = [w for w in instance.ways if w.programme == name]
    found = [*_barred(instance, name, ways), *_logic(instance, name, ways, plan), *_money(instance, name, ways, plan)]
    if best is not None:
        found += _used_up(instance, ways, best)
    return tuple(found)


def _barred(instance: Instance, name: str, ways: list[Way]) -> Iterator[Hindrance]:
    if any(w.forbidden for w in ways):
        yield Hindrance(place=f"programmes.{name}.forbidden", kind="forbidden")
    if all(w.public_cost and not payers(instance, w) for w in ways):
        yield Hindrance(place=f"programmes.{name}", kind="eligible")


def payers(instance: Instance, way: Way) -> list[str]:
    """Funds that may pay a way in some year."""
    return [f.id for f in instance.funds if instance.may_pay(way, f) and instance.open_years(way, f)]


def _logic(instance: Instance, name: str, ways: list[Way], plan: Plan) -> Iterator[Hindrance]:
    """Requires, excludes and focus, when the programme is added to the plan as it stands."""
    held = {(c.programme, c.option, c.start) for c in plan.choices}
    taken = [w for w in instance.ways if (w.programme, w.option, w.start) in held and w.programme != name]

    def funded(member: str) -> bool:
        return any(is_member(w, member) for w in taken)

    for rule in instance.rules:
        place, owner = f"rules.{rule.id}", rule.owner.get("en") if rule.owner else ""
        if isinstance(rule, Requires) and any(is_member(w, rule.if_) for w in ways):
            missing = tuple(m for m in rule.of if not funded(m))
            if missing:
                yield Hindrance(place=place, kind="requires", owner=owner, others=missing)
        elif isinstance(rule, Excludes) and any(is_member(w, m) for w in ways for m in rule.of):
            present = tuple(m for m in rule.of if funded(m))
            if present:
                yield Hindrance(place=place, kind="excludes", owner=owner, others=present)
        elif isinstance(rule, Focus):
            before = {_member(w, rule.group) for w in taken if rule.select.admits(w)} - {None}
            mine = {_member(w, rule.group) for w in ways if rule.select.admits(w)} - {None}
            inside = all(rule.select.admits(w) for w in ways)
            if inside and mine and not mine & before and len(before) >= rule.max:
                yield Hindrance(place=place, kind="full", owner=owner, used=Fraction(len(before)), limit=Fraction(rule.max))


def is_member(way: Way, member: str) -> bool:
    """Does `programme` or `programme,option` mean this way?"""
    programme, _, option = (part.strip() for part in member.partition(","))
    return way.programme == programme and option in ("", way.option, way.name)


def _member(way: Way, group: str) -> tuple[str, ...] | None:
    parts = (way.field, way.archetype) if group == "cell" else (getattr(way, group),)
    return tuple(p for p in parts if p is not None) if None not in parts else None


def _money(instance: Instance, name: str, ways: list[Way], plan: Plan) -> Iterator[Hindrance]:
    """Unspent money of the funds that may pay, against the least the programme needs (a bound: years are not looked at)."""
    grid = instance.header.grid
    if any(not w.public_cost for w in ways):
        return
    lapsed = {f.id: grid * sum(line.lapsed for line in plan.ledger if line.fund == f.id) for f in instance.funds}
    short: list[tuple[Fraction, Fraction, list[str]]] = []
    for way in ways:
        able = payers(instance, way)
        if any(f.basis == "outlay" for f in instance.funds if f.id in able):
            return
        least, left = way.public_cost * way.curve[0][0], sum((lapsed[k] for k in able), ZERO)
        if left >= least:
            return
        short.append((least - left, left, able))
    if short:
        by, left, able = min(short, key=lambda entry: entry[0])
        yield Hindrance(place="funds", kind="no_money", used=left, limit=left + by, short=by, money=True, others=tuple(able))


def _used_up(instance: Instance, ways: list[Way], best: Plan) -> Iterator[Hindrance]:
    """Limits at their end in the best plan with the programme, of those that speak of it."""
    owners = {("fund", f.id): f.owner for f in instance.funds} | {("ceiling", c.id): c.owner for c in instance.ceilings}
    for one in binding(instance, best, "en"):
        if _concerns(instance, ways, one):
            owner = owners.get((one.kind, one.id))
            years = tuple(map(str, one.years))
            yield Hindrance(
                place=f"{PLACES[one.kind]}.{one.id}",
                kind="used_up",
                owner=owner.get("en") if owner else "",
                used=one.used,
                limit=one.limit,
                money=one.money,
                others=years,
            )


PLACES = {"fund": "funds", "ceiling": "ceilings", "match": "match_groups", "capacity": "capacities"}


def _concerns(instance: Instance, ways: list[Way], one: Binding) -> bool:
    if one.kind == "fund":
        return any(one.id in payers(instance, w) for w in ways)
    if one.kind == "ceiling":
        ceiling = next(c for c in instance.ceilings if c.id == one.id)
        return any(ceiling.select.admits(w) and (not ceiling.funds or set(ceiling.funds) & set(payers(instance, w))) for w in ways)
    if one.kind == "match":
        group = next(g for g in instance.match_groups if g.id == one.id)
        return any(group.select.admits(w) and w.rate < 1 for w in ways)
    return any(w.uses.get((one.id, t)) for w in ways for t in one.years)


def dominated_by(instance: Instance, name: str) -> tuple[str, ...]:
    """Programmes of its own field with a way that brings at least as much of everything as each of its ways, for no more public money and no more of any
    capacity, and something better."""
    mine = [w for w in instance.ways if w.programme == name]
    field = mine[0].field
    others: dict[str, list[Way]] = {}
    for way in instance.ways:
        if way.programme != name and way.field == field and field is not None and not way.forbidden:
            others.setdefault(way.programme, []).append(way)
    senses = {c.id: 1 if c.sense == "max" else -1 for c in instance.criteria}
    return tuple(p for p, ways in others.items() if all(any(_dominates(o, w, senses) for o in ways) for w in mine))


def _dominates(other: Way, way: Way, senses: dict[str, int]) -> bool:
    def sides(mine: dict[str, Fraction], theirs: dict[str, Fraction], sign: dict[str, int]) -> list[Fraction]:
        return [sign.get(k, 1) * (theirs.get(k, ZERO) - mine.get(k, ZERO)) for k in {*mine, *theirs}]

    differences = [
        *sides(way.contributes, other.contributes, senses),
        *sides(way.mitigates, other.mitigates, {}),
        *sides(way.covers, other.covers, {}),
        *sides(way.provides, other.provides, {}),
        way.public_cost * way.units - other.public_cost * other.units,
        way.private_cost * way.units - other.private_cost * other.units,
        *(way.uses.get(k, ZERO) - other.uses.get(k, ZERO) for k in {*way.uses, *other.uses}),
    ]
    return min(differences) >= 0 and max(differences) > 0
