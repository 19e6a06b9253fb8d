"""Rules 11 to 14: what a plan achieves, from its selection alone.

contribution: sum_p g_p e_p (a harm: g_p s_p) + sum of bonus_q over synergies whose members are all chosen
a persistence price counts price sum_p |money_p - reference money_p| against its criterion
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from portfolio.audit import coverage, risk
from portfolio.audit.selection import Selection
from portfolio.audit.verdict import Tally
from portfolio.results import Plan
from portfolio.schema.criterion import Contribution, Criterion, Risk
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.problem import shown
from portfolio.schema.rules import Persistence, Synergy


@dataclass(frozen=True)
class Outcome:
    """Everything in natural sense, as in results.Plan."""

    criteria: dict[str, Fraction]
    residuals: dict[str, Fraction]
    losses: dict[str, Fraction]
    coverage: dict[str, Fraction]


def outcome(selection: Selection, model: ModelSpec, tally: Tally) -> Outcome:
    """Compute it all."""
    instance = selection.instance
    worth, residual = risk.values(instance, tally), risk.residuals(selection)
    covered = coverage.coverage(selection)

    def of(criterion: Criterion) -> Fraction:
        if isinstance(criterion, Contribution):
            return contribution(selection, criterion)
        if isinstance(criterion, Risk):
            loss = risk.losses(instance, worth, residual, criterion.exposures)
            return risk.measure(criterion, model, [(s.probability.number, loss[s.id]) for s in instance.scenarios], tally)
        return coverage.value(instance, covered, criterion.needs)

    criteria = {c.id: of(c) + moving(selection, c) for c in instance.criteria}
    return Outcome(criteria, residual, risk.losses(instance, worth, residual, ()), covered)


def contribution(selection: Selection, criterion: Contribution) -> Fraction:
    """Effects with their harms, and bonuses."""
    total = Fraction(0)
    for taken in selection.taken:
        effect = taken.way.contributes.get(criterion.id)
        if effect is not None:
            total += taken.counts(effect, harm=effect < 0 if criterion.sense == "max" else effect > 0)
    for rule in selection.instance.rules:
        if isinstance(rule, Synergy) and criterion.id in rule.bonus and all(map(selection.has, rule.of)):
            total += rule.bonus[criterion.id].number
    return total


def moving(selection: Selection, criterion: Criterion) -> Fraction:
    """Price of the money that moved since the reference plan; negative where more is better."""
    prices = [r.price.number for r in selection.instance.rules if isinstance(r, Persistence) and r.price and r.criterion == criterion.id]
    if not prices:
        return Fraction(0)
    moved = {r.programme: -r.money.number for r in selection.instance.reference}
    for taken in selection.taken:
        money = selection.instance.header.grid * taken.amount
        moved[taken.way.programme] = moved.get(taken.way.programme, Fraction(0)) + money
    cost = sum(prices) * sum(map(abs, moved.values()))
    return Fraction(cost if criterion.sense == "min" else -cost)


def check_outcome(selection: Selection, plan: Plan, found: Outcome, tally: Tally) -> None:
    """The plan says exactly this, and no need is below its floor."""
    _same("criterion", plan.criteria, found.criteria, tally)
    _same("residual", plan.residuals, found.residuals, tally)
    _same("loss", plan.losses, found.losses, tally)
    _same("coverage", plan.coverage, found.coverage, tally)
    for need in selection.instance.needs:
        if need.floor is not None:
            tally.at_least("need_floor", f"need_floor[{need.id}]", found.coverage[need.id], need.floor.number)


def _same(rule: str, said: Mapping[str, Fraction], found: Mapping[str, Fraction], tally: Tally) -> None:
    for name in sorted(said.keys() ^ found.keys()):
        where = "extra" if name in said else "missing"
        tally.says(False, rule, f"{rule}[{shown(name)}]", where, "none" if name in said else "one")
    for name in found:
        if name in said:
            tally.equal(rule, f"{rule}[{name}]", said[name], found[name])
