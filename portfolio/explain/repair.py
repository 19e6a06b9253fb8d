"""The smallest change of rules after which a plan exists, and others that leave one of its rules alone; each checked on the changed instance."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

import numpy as np

from portfolio.errors import AuditFailed
from portfolio.explain.amend import amended, change_of, given_up, wider
from portfolio.explain.elastic import HARD, Elastic, elastic
from portfolio.explain.feasible import Rulebook
from portfolio.numerics import SLACK_ZERO
from portfolio.program import Floats
from portfolio.results.explanation import Repair, RuleChange
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

REPAIR_GAP = 1e-6
"""Absolute gap of a repair's cost: a millionth of all money."""
ROOM = (0, 1, 5, 50)
"""Steps (grid units, or the finest step of an amount) added to every change until whole units fit."""


def shortfalls(book: Rulebook, kept: Collection[str]) -> dict[str, RuleChange]:
    """For each rule of a conflict: the least by which it must give way while the others stand; rules without an amount are given up."""
    found = {}
    for key in kept:
        rule = book.by_key[key]
        change = given_up(book.instance, rule)
        if rule.kind not in HARD:
            question = elastic(book, kept, [key])
            outcome = question.solve(book, book.seconds)
            if outcome.x is not None:
                parts = changes_of(book, question, outcome.x)
                if len(parts) == 1:
                    change = parts[0]
                elif parts:
                    total = sum((p.amount for p in parts), Fraction(0))
                    change = change.model_copy(update={"amount": total, "money": parts[0].money})
        found[key] = change
    return found


def repairs(book: Rulebook, conflict: Collection[str], most: int) -> tuple[Repair, ...]:
    """The cheapest repair of the whole book, then the cheapest ones that leave alone a rule which that one changes."""
    every = [rule.key for rule in book.rules]
    # With the rules outside this conflict all standing, a repair answers every conflict at once.
    soft = [k for k in every if book.by_key[k].kind not in HARD]
    first = _cheapest(book, every, soft, ())
    if first is None:
        return ()
    found = [first]
    touched = [c.place for c in first.changes]
    for key in soft:
        if len(found) >= most:
            break
        if any(_belongs(place, book.by_key[key].place) for place in touched):
            other = _cheapest(book, every, [k for k in soft if k != key], (key,))
            if other is not None and {c.place for c in other.changes} not in [{c.place for c in r.changes} for r in found]:
                found.append(other)
    return tuple(sorted(found, key=lambda r: r.cost))


def _belongs(place: str, rule: str) -> bool:
    return place == rule or place.startswith(f"{rule}.")


def _cheapest(book: Rulebook, every: Collection[str], soft: Collection[str], without: tuple[str, ...]) -> Repair | None:
    question = elastic(book, every, soft)
    outcome = question.solve(book, book.seconds, REPAIR_GAP)
    if outcome.x is None:
        return None
    changes = tuple(changes_of(book, question, outcome.x))
    cost, bound = (Fraction(repr(round(v, 12))) for v in (outcome.objective, max(outcome.bound, 0.0)))
    for room in ROOM:
        roomier = tuple(wider(change, room, book.instance.header.grid) for change in changes)
        if _holds(book, roomier):
            return Repair(changes=roomier, cost=cost, bound=min(bound, cost), checked=True, without=without)
    return Repair(changes=changes, cost=cost, bound=min(bound, cost), checked=False, without=without)


def changes_of(book: Rulebook, question: Elastic, x: Floats) -> list[RuleChange]:
    """What the slacks of a solution mean for the rules, amounts rounded up to what can be written down."""
    found = []
    for slack in question.slacks:
        size = float(x[slack.column])
        # A slack far below what a rule is counted in is the solver's tolerance.
        if size > SLACK_ZERO * max(slack.reference, 1.0):
            change = change_of(book, question, slack, size, x)
            if change is not None:
                found.append(change)
    return found


def _holds(book: Rulebook, changes: tuple[RuleChange, ...]) -> bool:
    """Is there an audited plan once the changes are made?"""
    instance, floors = amended(book.instance, dict(book.floors), changes)
    session = Session(instance, book.spec, book.seed)
    names, signs = session.program.names, session.program.signs
    limits = {names.index(c): signs[names.index(c)] * float(v) for c, v in floors.items()}
    weights = np.zeros(session.program.q)
    outcome = session.minimise(weights, Ask(seconds=book.seconds, stop=book.stop), limits)
    if outcome.x is None:
        return False
    try:
        session.publish(outcome.x, weights)
    except AuditFailed:
        return False
    return True
