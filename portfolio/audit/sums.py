"""Rule 15, sums: min <= sum of coef (units | scale | money) <= max · min <= criterion <= max · programmes changed <= max_changed."""

from __future__ import annotations

from fractions import Fraction

from portfolio.audit.facts import Facts
from portfolio.audit.selection import Selection, Taken
from portfolio.audit.verdict import Tally
from portfolio.schema.quantity import Quantity
from portfolio.schema.rules import CriterionBound, Linear, Persistence, Term


def _between(tally: Tally, rule: str, place: str, found: Fraction, least: Quantity | None, most: Quantity | None) -> None:
    if least is not None:
        tally.at_least(rule, place, found, least.number)
    if most is not None:
        tally.at_most(rule, place, found, most.number)


def _measured(term: Term, taken: Taken, grid: Fraction) -> Fraction:
    if term.on == "taken":
        return Fraction(taken.units)
    if term.on == "scale":
        return taken.scale
    wanted = (x for (k, t), x in taken.paid.items() if term.fund in (None, k) and term.year in (None, t))
    return grid * sum(wanted)


def linear(rule: Linear, facts: Facts, tally: Tally) -> None:
    """Terms whose programme (and option) is not taken count 0."""
    grid = facts.selection.instance.header.grid
    total = Fraction(0)
    for term in rule.terms:
        for taken in facts.selection.taken:
            if taken.way.programme == term.programme and term.option in (None, taken.way.option):
                total += term.coef.number * _measured(term, taken, grid)
    _between(tally, "linear", f"linear[{rule.id}]", total, rule.min, rule.max)


def criterion_bound(rule: CriterionBound, facts: Facts, tally: Tally) -> None:
    """In the criterion's natural sense."""
    _between(
        tally, "criterion_bound", f"criterion_bound[{rule.id},{rule.criterion}]", facts.outcome.criteria[rule.criterion], rule.min, rule.max
    )


def changed(selection: Selection) -> set[str]:
    """Programmes funded in only one of plan and reference, or by another way: the reference names `option` or `option@start` exactly."""
    before = {r.programme: r.option for r in selection.instance.reference}
    now = {t.way.programme: t.way.name for t in selection.taken}
    switched = {p for p in before.keys() & now.keys() if before[p] != now[p]}
    return (before.keys() ^ now.keys()) | switched


def persistence(rule: Persistence, facts: Facts, tally: Tally) -> None:
    """The price is part of the criterion (outcome.moving)."""
    if rule.max_changed is not None:
        tally.at_most("persistence", f"persistence[{rule.id}]", len(changed(facts.selection)), rule.max_changed)
