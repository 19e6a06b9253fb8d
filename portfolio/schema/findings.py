"""What `portfolio check` says about an instance that is well formed: arithmetic that no plan can satisfy, and quality of the data.

Severity `error`: no plan exists (each one is a proof, see impossible.py) · `warning`: probably not meant · `note`: a hint.
Paths follow the grammar of docs/tables.md: `collection.id.field`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic import BaseModel

from portfolio.schema.criterion import Contribution, Coverage, Risk
from portfolio.schema.exact import exact_text
from portfolio.schema.impossible import impossible
from portfolio.schema.instance import Instance
from portfolio.schema.money import all_terms, places, published
from portfolio.schema.problem import Problem, shown
from portfolio.schema.quantity import Quantity
from portfolio.schema.rules import Requires
from portfolio.schema.selector import Selector

_ORDER = {"error": 0, "warning": 1, "note": 2}


FEW = 10
"""Unused sources up to which each is named."""


def findings(instance: Instance) -> list[Problem]:
    """All findings, errors first, each kind in file order."""
    warnings = [
        *_cycles(instance),
        *_off_grid(instance),
        *_annotations(instance),
        *_unused(instance),
        *_idle(instance),
        *_selections(instance),
        *_cells(instance),
    ]
    listed = [*impossible(instance), *(p if p.severity == "note" else replace(p, severity="warning") for p in warnings)]
    return sorted(listed, key=lambda p: _ORDER[p.severity])


def knowledge(instance: Instance) -> dict[str, int | Fraction]:
    """How many numbers are stated, derived, judgement, unannotated, in total; and the share of judgement among all.

    This counts numbers as written. How much of a plan's criteria rests on judgement is a property of the plan, not of the instance.
    """
    kinds = Counter(quantity.kind or "unannotated" for _, quantity in instance.quantities_in_use())
    total = kinds.total()
    counts: dict[str, int | Fraction] = {kind: kinds[kind] for kind in ("stated", "derived", "judgement", "unannotated")}
    return {**counts, "total": total, "share_of_judgement": Fraction(kinds["judgement"], total or 1)}


def _cycles(instance: Instance) -> Iterator[Problem]:
    """Programmes that require each other in a circle. One circle is shown for each rule that closes one."""
    graph: dict[str, set[str]] = {}
    for path, rule in places(instance, "rules"):
        if not isinstance(rule, Requires):
            continue
        start, needs = _programme(rule.if_), {_programme(member) for member in rule.of}
        before = graph.get(start, set())
        graph[start] = before | needs
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            yield Problem("requirement_cycle", path, shown(" - ".join(error.args[1])))
            # Without this rule the search goes on: the next circle is another one.
            graph[start] = before


def _programme(member: str) -> str:
    return member.partition(",")[0].strip()


def _off_grid(instance: Instance) -> Iterator[Problem]:
    grid = instance.header.grid
    for path, amount in published(instance):
        if amount.number % grid:
            yield Problem("off_grid", path, exact_text(amount.number), {"grid": exact_text(grid)})


# -- annotations -------------------------------------------------------------------------------------------------------
def _annotations(instance: Instance) -> Iterator[Problem]:
    for path, quantity in instance.quantities_in_use():
        if quantity.kind == "judgement":
            if quantity.low is None or quantity.high is None:
                yield Problem("no_range", path, exact_text(quantity.number))
            if not quantity.note:
                yield Problem("no_reason", path, exact_text(quantity.number))
        elif quantity.kind is not None and not quantity.source:
            yield Problem("no_source", path, exact_text(quantity.number))
    known = knowledge(instance)
    if known["unannotated"]:
        yield Problem("unannotated", "$", "", {"count": known["unannotated"], "total": known["total"]}, severity="note")


# -- what nothing refers to --------------------------------------------------------------------------------------------
def _unused(instance: Instance) -> Iterator[Problem]:
    quantities = list(_quantities(instance))
    cited = {source for quantity in quantities for source in quantity.source}
    referred = {quantity.ref for quantity in quantities}
    idle = [path for path, source in places(instance, "sources") if source.id not in cited]
    if len(idle) > FEW:
        # A library of quoted facts is no fault: one line says how many of them no number rests on.
        yield Problem(
            "unused_sources", "sources", "", {"count": len(idle), "first": ", ".join(p.partition(".")[2] for p in idle[:3])}, "note"
        )
    else:
        yield from (Problem("unused", path) for path in idle)
    yield from (Problem("unused", f"quantities.{name}") for name in instance.quantities if name not in referred)
    cut = {key for scenario in instance.scenarios for key, severity in scenario.severities.items() if severity.number}
    risks = [c for c in instance.criteria if isinstance(c, Risk)]
    watched = {e.id for e in instance.exposures if any(not c.exposures or e.id in c.exposures for c in risks)}
    for path, exposure in places(instance, "exposures"):
        if exposure.id not in cut & watched:
            yield Problem("unused", path)
        elif not any(way.mitigates.get(exposure.id) for way in instance.ways):
            yield Problem("zero_use", path)
    yield from _unused_needs(instance)
    for path, capacity in places(instance, "capacities"):
        if not any(key == capacity.id and amount for way in instance.ways for (key, _), amount in way.uses.items()):
            yield Problem("zero_use", path)
    for path, criterion in places(instance, "criteria"):
        if isinstance(criterion, Contribution) and not any(way.contributes.get(criterion.id) for way in instance.ways):
            yield Problem("zero_use", path)


def _unused_needs(instance: Instance) -> Iterator[Problem]:
    criteria = [c for c in instance.criteria if isinstance(c, Coverage)]
    provided = {key for way in instance.ways for key, amount in way.provides.items() if amount}
    shared = {need for c in instance.capabilities if c.id in provided for need, amount in c.covers.items() if amount.number}
    for path, need in places(instance, "needs"):
        if need.floor is None and not any(not c.needs or need.id in c.needs for c in criteria):
            yield Problem("unused", path)
        elif need.id not in shared and not any(way.covers.get(need.id) for way in instance.ways):
            yield Problem("zero_use", path)
    for path, capability in places(instance, "capabilities"):
        if not any(amount.number for amount in capability.covers.values()):
            yield Problem("unused", path)
        elif capability.id not in provided:
            yield Problem("zero_use", path)


def _quantities(thing: Any) -> Iterator[Quantity]:
    """Every quantity with its factors, references included (each carries its own source)."""
    if isinstance(thing, Quantity):
        yield thing
        yield from _quantities(thing.factors)
    elif isinstance(thing, BaseModel):
        for name in type(thing).model_fields:
            yield from _quantities(getattr(thing, name))
    elif isinstance(thing, (dict, tuple)):
        for entry in thing.values() if isinstance(thing, dict) else thing:
            yield from _quantities(entry)


# -- what has no effect ------------------------------------------------------------------------------------------------
def _idle(instance: Instance) -> Iterator[Problem]:
    default = {a.id: a.curve for a in instance.archetypes}
    archetype = {p.id: p.archetype for p in instance.programmes}
    own = {p.id: p for p in instance.programmes}
    for path, terms in all_terms(instance):
        programme = own[path.split(".")[1]]
        curve = terms.curve or programme.curve or default.get(archetype[programme.id] or "")
        if terms.min_scale is not None and curve and terms.min_scale.number < curve[0][0].number:
            first = exact_text(curve[0][0].number)
            yield Problem("min_scale_idle", f"{path}.min_scale", exact_text(terms.min_scale.number), {"first": first})
        if terms.duration is not None and not (terms.start_years or programme.start_years or any(o.start_years for o in programme.options)):
            yield Problem("duration_idle", f"{path}.duration", str(terms.duration))
    for way in instance.ways:
        prescribed = way.profile is not None or way.payments is not None
        if way.ramp is not None and not prescribed and way.public_cost and not way.forbidden:
            most = way.ramp * sum((instance.weight(t) for t in way.years), Fraction(0))
            if most < 1:
                yield Problem("ramp_short", f"programmes.{way.programme}", way.name, {"most": f"{float(most):.3g}"})
    for path, fund in places(instance, "funds"):
        if not any(instance.may_pay(way, fund) and instance.open_years(way, fund) for way in instance.ways if not way.forbidden):
            yield Problem("idle_fund", path)


def _selections(instance: Instance) -> Iterator[Problem]:
    for collection, name in (("ceilings", "select"), ("match_groups", "select"), ("rules", "select"), ("rules", "of")):
        for path, entry in places(instance, collection):
            selection = getattr(entry, name, None)
            if isinstance(selection, Selector) and not any(selection.admits(way) for way in instance.ways):
                yield Problem("selects_nothing", f"{path}.{name}")


def _cells(instance: Instance) -> Iterator[Problem]:
    filled: dict[tuple[str | None, str | None], list[str]] = {}
    for programme in instance.programmes:
        filled.setdefault((programme.field, programme.archetype), []).append(programme.id)
    explained = {(cell.field, cell.archetype) for cell in instance.empty_cells}
    for path, cell in places(instance, "empty_cells"):
        if (cell.field, cell.archetype) in filled:
            names = ", ".join(filled[cell.field, cell.archetype])
            yield Problem("cell_not_empty", path, f"{cell.field}, {cell.archetype}", {"programmes": names})
    for field in instance.fields:
        for archetype in instance.archetypes:
            if (field.id, archetype.id) not in filled.keys() | explained:
                yield Problem("cell_unexplained", "empty_cells", f"{field.id}, {archetype.id}")
