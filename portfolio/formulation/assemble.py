"""Instance + ModelSpec -> Program. A component is one file with `add(build)` and one line in the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from portfolio.errors import UsageError
from portfolio.formulation import (
    ceilings,
    choice,
    contribution,
    coverage,
    curve,
    demand,
    fund_terms,
    groups,
    interactions,
    ledger_rows,
    limits,
    linear,
    risk,
)
from portfolio.formulation.build import Build
from portfolio.program import Program
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.references import hint

Component = Callable[[Build], None]
REGISTRY: dict[str, Component] = {
    "choice": choice.add,
    "curve": curve.add,
    "demand": demand.add,
    "fund_ledger": ledger_rows.add,
    "fund_terms": fund_terms.add,
    "ceilings": ceilings.add,
    "limits": limits.add,
    "contribution": contribution.add,
    "risk": risk.add,
    "coverage": coverage.add,
    "interactions": interactions.add,
    "groups": groups.add,
    "linear": linear.add,
}
BUNDLED = frozenset(REGISTRY)
"""Components that every process knows; those registered by a script are known to that process alone."""


def register(name: str, component: Component) -> None:
    """Add a component of your own under a new name; a model file may then list it."""
    if name in REGISTRY:
        raise UsageError(f"component `{name}` exists already", f"部品 `{name}` は既に登録されています")
    REGISTRY[name] = component


def component(name: str) -> Component:
    """The component of that name; the error lists the known ones."""
    if name not in REGISTRY:
        near = hint(name, list(REGISTRY))
        known = ", ".join(REGISTRY)
        raise UsageError(
            f"no component `{name}`{near['hint']}; known: {known}",
            f"部品 `{name}` はありません{near['hint_ja']}。使える部品: {known}",
        )
    return REGISTRY[name]


def assemble(instance: Instance, spec: ModelSpec, exact: bool = False, tight: bool = False) -> Program:
    """The Program of an instance under a model. Its `exact` form is assembled by the same components in rationals when asked for.

    tight: the same feasible plans, fewer in the relaxation (docs/adr/0010): for searches that live on relaxations.
    """
    build = Build(instance, spec, exact, tight)
    for name in spec.components:
        component(name)(build)
    return replace(build.finish(), exact_form=lambda: assemble(instance, spec, exact=True, tight=tight))
