"""A plan against its instance: the published rules 1 to 15, each in its own file, in the order of docs/published-rules.md."""

from __future__ import annotations

from portfolio.audit.cash import streams
from portfolio.audit.ceilings import check_ceilings
from portfolio.audit.choices import read_choices
from portfolio.audit.facts import Facts
from portfolio.audit.interactions import check_strangers
from portfolio.audit.ledger import check_ledger
from portfolio.audit.limits import check_limits
from portfolio.audit.outcome import Outcome, check_outcome, outcome
from portfolio.audit.registry import check_rules
from portfolio.audit.scale import check_scales
from portfolio.audit.verdict import Tally, Verdict
from portfolio.results import Plan
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec


def audit_plan(instance: Instance, model: ModelSpec, plan: Plan) -> Verdict:
    """Re-derive everything in the plan from its payments, in exact rationals, and compare.

    instance: as validated by parse_instance, with the model's view already applied.
    """
    tally = Tally()
    check_plan(instance, model, plan, tally)
    return tally.verdict()


def check_plan(instance: Instance, model: ModelSpec, plan: Plan, tally: Tally) -> Outcome:
    """The same into a running tally; returns what the plan really achieves."""
    selection = read_choices(instance, plan, tally)
    check_scales(selection, tally)
    flows = streams(selection)
    check_ledger(instance, plan, flows, tally)
    check_ceilings(instance, flows, tally)
    check_limits(selection, tally)
    achieved = outcome(selection, model, tally)
    check_outcome(selection, plan, achieved, tally)
    facts = Facts(plan, selection, achieved)
    check_rules(facts, tally)
    check_strangers(facts, tally)
    return achieved
