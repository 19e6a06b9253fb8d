"""The aggregate view: one divisible programme per cell of field and archetype (Instance -> Instance).

A cell's programme costs what the largest option of each of its programmes costs, and earns their effects in full proportion; funds may pay as far as they may pay
for some member: rules that speak of single programmes are dropped.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.programme import Option, Programme
from portfolio.schema.quantity import Quantity, plain
from portfolio.schema.record import Text
from portfolio.schema.rules import CriterionBound, Diversify, Focus
from portfolio.schema.selector import EVERYTHING
from portfolio.schema.way import Way

_POINTS = ((plain(0), plain(0)), (plain(1), plain(1)))


def as_view(instance: Instance, spec: ModelSpec) -> Instance:
    """The instance as the model looks at it."""
    return cells(instance) if spec.view == "cells" else instance


def cells(instance: Instance) -> Instance:
    """One programme per cell that has programmes; ids `field__archetype`."""
    members: dict[tuple[str | None, str | None], dict[str, Way]] = defaultdict(dict)
    for way in instance.ways:
        best = members[way.field, way.archetype].get(way.programme)
        if not way.forbidden and (best is None or way.public_cost > best.public_cost):
            members[way.field, way.archetype][way.programme] = way
    merged = [_merge(instance, key, list(ways.values())) for key, ways in members.items()]
    kept = [
        r for r in instance.rules
        if isinstance(r, CriterionBound) or (isinstance(r, (Focus, Diversify)) and r.group in ("field", "archetype") and r.select == EVERYTHING)
    ]  # fmt: skip
    funds = tuple(
        f.model_copy(update={"eligible": EVERYTHING, "project_cap": None, "ticket_min": None, "subsidy_rate": None}) for f in instance.funds
    )
    ceilings = tuple(
        c for c in instance.ceilings if not (c.select.tags or c.select.programmes or c.select.instruments or c.select.without_tags)
    )
    groups = tuple(g for g in instance.match_groups if g.select.is_everything)
    update: dict[str, Any] = {
        "programmes": tuple(merged), "rules": tuple(kept), "funds": funds, "ceilings": ceilings, "match_groups": groups, "reference": (),
    }  # fmt: skip
    return Instance.model_validate(instance.model_copy(update=update).canonical(), context={"quantities": instance.quantities})


def _merge(instance: Instance, key: tuple[str | None, str | None], ways: list[Way]) -> Programme:
    field, archetype = key
    allowed = [f.id for f in instance.funds if any(instance.may_pay(w, f) for w in ways)]
    cost, public = (sum(parts, Fraction(0)) for parts in ([w.cost for w in ways], [w.public_cost for w in ways]))
    option = Option(
        id="base",
        cost=plain(cost),
        subsidy_rate=plain(public / cost) if cost and public else plain(1),
        curve=_POINTS,
        funds=tuple(allowed),
        effects=_sum(ways, "contributes"),
        mitigates={k: plain(min(q.number, Fraction(1))) for k, q in _sum(ways, "mitigates").items()},
        covers=_sum(ways, "covers"),
        provides={k: plain(min(q.number, Fraction(1))) for k, q in _sum(ways, "provides").items()},
    )
    label = f"{field or 'none'}__{archetype or 'none'}"
    return Programme(id=label, name=Text(en=label, ja=label), field=field, archetype=archetype, options=(option,))


def _sum(ways: list[Way], name: str) -> dict[str, Quantity]:
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for way in ways:
        for target, value in getattr(way, name).items():
            totals[target] += value
    return {target: plain(value) for target, value in totals.items()}
