"""An earlier plan under other data: the same ways and payments, scales and criteria derived anew, and the rules it then breaks."""

from __future__ import annotations

from dataclasses import dataclass

from portfolio.audit import audit_plan
from portfolio.audit.verdict import Violation
from portfolio.ledger.publish import publish
from portfolio.results import Plan
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec


@dataclass(frozen=True)
class Carried:
    """plan: None when a way is not there any more · gone: programmes whose way that is · violations: what the audit finds."""

    plan: Plan | None
    gone: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()

    @property
    def breaks(self) -> tuple[str, ...]:
        """Places of broken rules, each once: `ceiling[cash,2026]`, `programmes.x`."""
        return tuple(dict.fromkeys([*(f"programmes.{p}" for p in self.gone), *(v.place for v in self.violations)]))


def carry(plan: Plan, instance: Instance, spec: ModelSpec) -> Carried:
    """The plan's ways and payments, read under the instance's numbers."""
    ways = {(w.programme, w.option, w.start): w for w in instance.ways}
    gone = tuple(c.programme for c in plan.choices if (c.programme, c.option, c.start) not in ways)
    if gone:
        return Carried(None, gone)
    chosen = [(ways[c.programme, c.option, c.start], c.units, {(p.fund, p.year): p.amount for p in c.payments}) for c in plan.choices]
    there = publish(instance, spec, chosen)
    return Carried(there, (), audit_plan(instance, spec, there).violations)
