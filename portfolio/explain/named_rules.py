"""The rules of an instance by name: what a conflict can be told in, and what can be dropped or given way.

    budget       funds.ID                   what a fund holds, in all years          ceiling, floor   ceilings.ID (max side, min side)
    terms        funds.ID.project_cap, .ticket_min, .subsidy_rate
    capacity     capacities.ID              match   match_groups.ID                  need     needs.ID.floor
    mandatory    programmes.ID.mandatory    forbidden   programmes.ID.forbidden      rules    rules.ID          aim   aim.floors.CRITERION
What a programme is - cost, curve, window, ramp - is not a rule, nor is what a fund is for: its eligibility, opening and sunset.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portfolio.explain.variants import with_parts
from portfolio.schema.fund import Band, Ceiling, Fund
from portfolio.schema.instance import Instance
from portfolio.schema.quantity import plain
from portfolio.schema.record import Text
from portfolio.schema.rules import Synergy

AIM = "aim.floors"
TERMS = ("project_cap", "ticket_min", "subsidy_rate")


@dataclass(frozen=True)
class NamedRule:
    """place: path in the instance · side: max, min or empty · kind: budget, ceiling, floor, ... or the kind of an entry of `rules`."""

    place: str
    kind: str
    side: str = ""
    owner: str = ""

    @property
    def key(self) -> str:
        """Unique in the instance."""
        return f"{self.place}:{self.side}" if self.side else self.place


def named_rules(instance: Instance, floors: Collection[str] = ()) -> list[NamedRule]:
    """Every rule, hard ones included. floors: criteria that the aim keeps a floor on."""
    return [
        *_funds(instance),
        *_limits(instance),
        *_programmes(instance),
        *_rules(instance),
        *(NamedRule(f"{AIM}.{c}", "aim_floor") for c in floors),
    ]


def _owner(text: Text | None) -> str:
    return "" if text is None else text.get("en")


def _funds(instance: Instance) -> Iterator[NamedRule]:
    for fund in instance.funds:
        owner = _owner(fund.owner)
        yield NamedRule(f"funds.{fund.id}", "budget", owner=owner)
        for term in TERMS:
            if getattr(fund, term) is not None:
                yield NamedRule(f"funds.{fund.id}.{term}", term, owner=owner)


def _limits(instance: Instance) -> Iterator[NamedRule]:
    for ceiling in instance.ceilings:
        bands = ceiling.years.values()
        for side, kind in (("max", "ceiling"), ("min", "floor")):
            if getattr(ceiling, side) is not None or any(getattr(b, side) is not None for b in bands):
                yield NamedRule(f"ceilings.{ceiling.id}", kind, side, _owner(ceiling.owner))
    yield from (NamedRule(f"capacities.{c.id}", "capacity") for c in instance.capacities)
    yield from (NamedRule(f"match_groups.{g.id}", "match") for g in instance.match_groups)
    yield from (NamedRule(f"needs.{n.id}.floor", "need") for n in instance.needs if n.floor is not None)


def _programmes(instance: Instance) -> Iterator[NamedRule]:
    for programme in instance.programmes:
        if programme.mandatory:
            yield NamedRule(f"programmes.{programme.id}.mandatory", "mandatory")
        if programme.forbidden:
            yield NamedRule(f"programmes.{programme.id}.forbidden", "forbidden")


def _rules(instance: Instance) -> Iterator[NamedRule]:
    for rule in instance.rules:
        if not isinstance(rule, Synergy):
            yield NamedRule(f"rules.{rule.id}", rule.kind, owner=_owner(rule.owner))


def only(instance: Instance, kept: Collection[str], rules: Collection[NamedRule]) -> Instance:
    """The instance with every rule of `rules` gone but those whose key is in `kept`."""
    gone = {rule.key for rule in rules} - set(kept)
    parts: dict[str, Any] = {
        "funds": tuple(_fund(instance, f, gone) for f in instance.funds),
        "ceilings": tuple(_ceiling(c, gone) for c in instance.ceilings),
        "capacities": tuple(c for c in instance.capacities if f"capacities.{c.id}" not in gone),
        "match_groups": tuple(g for g in instance.match_groups if f"match_groups.{g.id}" not in gone),
        "needs": tuple(n.model_copy(update={"floor": None}) if f"needs.{n.id}.floor" in gone else n for n in instance.needs),
        "rules": tuple(r for r in instance.rules if f"rules.{r.id}" not in gone),
    }
    if any(key.startswith("programmes.") for key in gone):
        parts["programmes"] = tuple(
            p.model_copy(
                update={
                    "mandatory": p.mandatory and f"programmes.{p.id}.mandatory" not in gone,
                    "forbidden": p.forbidden and f"programmes.{p.id}.forbidden" not in gone,
                }
            )
            if p.mandatory or p.forbidden
            else p
            for p in instance.programmes
        )
    return with_parts(instance, **parts)


def plenty(instance: Instance) -> Fraction:
    """More money in one year than everything together can ask for."""
    least = min(instance.weights.values())
    prescribed = sum((amount * w.units for w in instance.ways for amount in (w.payments or {}).values()), Fraction(0))
    whole = sum((w.public_cost * w.units for w in instance.ways), Fraction(0)) / least + prescribed
    grid = instance.header.grid
    return (whole // grid + 2) * grid


def _fund(instance: Instance, fund: Fund, gone: set[str]) -> Fund:
    update: dict[str, Any] = {}
    if f"funds.{fund.id}" in gone:
        update["years"] = dict.fromkeys(instance.years, plain(plenty(instance)))
    for term in TERMS:
        if f"funds.{fund.id}.{term}" in gone:
            update[term] = None
    return fund.model_copy(update=update) if update else fund


def _ceiling(ceiling: Ceiling, gone: set[str]) -> Ceiling:
    sides = [side for side in ("min", "max") if f"ceilings.{ceiling.id}:{side}" in gone]
    if not sides:
        return ceiling
    bands = {t: Band.model_construct(**{**dict(band), **dict.fromkeys(sides)}) for t, band in ceiling.years.items()}
    return ceiling.model_copy(update={**dict.fromkeys(sides), "years": bands})
