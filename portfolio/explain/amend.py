"""Changes of rules as edits of the instance: what a slack means in the rule's own words, and the instance after it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from portfolio.explain.named_rules import AIM, NamedRule
from portfolio.explain.variants import with_parts
from portfolio.numerics import SLACK_ZERO
from portfolio.results.explanation import RuleChange
from portfolio.schema.instance import Instance
from portfolio.schema.quantity import plain

if TYPE_CHECKING:
    from portfolio.explain.elastic import Elastic, Slack
    from portfolio.explain.feasible import Rulebook
    from portfolio.program import Floats

COUNTED = frozenset(("focus", "diversify", "at_least", "max_funds", "persistence"))
"""Rules with a whole number that may move; other rules of logic are given up."""
_NUMBER = {"focus": "max", "diversify": "min", "at_least": "min", "max_funds": "max", "persistence": "max_changed"}
FINE = Fraction(1, 10**6)
"""Step of amounts that are no money [own unit, relative to 1]: finer than anybody writes a capacity or a share."""


def given_up(instance: Instance, rule: NamedRule) -> RuleChange:
    """The rule as a whole: what it says, and that all of it would go."""
    before = _number_of(instance, rule)
    return RuleChange(place=rule.place, side=rule.side, kind=rule.kind, owner=rule.owner, amount=Fraction(1), before=before)


def _number_of(instance: Instance, rule: NamedRule) -> Fraction | None:
    name = rule.place.split(".")[1]
    if rule.kind == "budget":
        return sum((q.number for f in instance.funds if f.id == name for q in f.years.values()), Fraction(0))
    if rule.kind in ("ceiling", "floor"):
        quantity = next(getattr(c, rule.side) for c in instance.ceilings if c.id == name)
        return None if quantity is None else quantity.number
    if rule.kind == "match":
        return next(g.capacity.number for g in instance.match_groups if g.id == name)
    if rule.kind == "need":
        floor = next(n.floor for n in instance.needs if n.id == name)
        return None if floor is None else floor.number
    if rule.kind in COUNTED:
        value = getattr(next(r for r in instance.rules if r.id == name), _NUMBER[rule.kind])
        return None if value is None else Fraction(value)
    return None


def change_of(book: Rulebook, question: Elastic, slack: Slack, size: float, x: Floats) -> RuleChange | None:
    """One slack of a solution in the rule's own unit, rounded up so that the change suffices."""
    instance, rule = book.instance, slack.rule
    name, grid = rule.place.split(".")[1], instance.header.grid
    unit, key = question.program.money_unit, slack.key

    def made(place: str, before: Fraction | None, step: Fraction, money: bool, amount: float = size, side: str = slack.side) -> RuleChange:
        # What lies above a multiple of the step by less than the solver's tolerance is that multiple.
        whole = Fraction(ceil(amount * (float(unit) if money else 1.0) / float(step) - SLACK_ZERO)) * step
        after = None if before is None else before + (whole if side == "max" else -whole)
        return RuleChange(
            place=place, side=side, kind=rule.kind, owner=rule.owner, amount=whole, before=before, after=after, money=money
        )  # fmt: skip

    if rule.kind == "budget":
        fund = next(f for f in instance.funds if f.id == name)
        year = int(str(key[1]))
        return made(f"funds.{name}.years.{year}", fund.years[year].number if year in fund.years else Fraction(0), grid, True)
    if rule.kind in ("ceiling", "floor"):
        ceiling = next(c for c in instance.ceilings if c.id == name)
        band = ceiling if len(key) == 1 else ceiling.years[int(str(key[1]))]
        place = f"ceilings.{name}" if len(key) == 1 else f"ceilings.{name}.years.{key[1]}"
        return made(f"{place}.{slack.side}", getattr(band, slack.side).number, grid, True)
    if rule.kind == "capacity":
        year = int(str(key[1]))
        limit = next(c for c in instance.capacities if c.id == name).years[year].number
        return made(f"capacities.{name}.years.{year}", limit, FINE, False)
    if rule.kind == "match":
        return made(f"match_groups.{name}.capacity", _number_of(instance, rule), grid, True)
    if rule.kind == "need":
        return made(rule.place, _number_of(instance, rule), FINE, False)
    if rule.kind == "aim_floor":
        return _criterion(book, rule, size, rule.place, book.floors[str(key[0])], question, str(key[0]))
    if rule.kind in ("mandatory", "forbidden"):
        return given_up(instance, rule)
    return _of_rule(book, question, slack, size, x)


def _of_rule(book: Rulebook, question: Elastic, slack: Slack, size: float, x: Floats) -> RuleChange | None:
    rule = slack.rule
    entry: Any = next(r for r in book.instance.rules if r.id == rule.place.split(".")[1])
    if rule.kind in COUNTED:
        amount = Fraction(ceil(size - 1e-6))
        before = Fraction(getattr(entry, _NUMBER[rule.kind]))
        after = before + (amount if _NUMBER[rule.kind] != "min" else -amount)
        return RuleChange(
            place=f"{rule.place}.{_NUMBER[rule.kind]}", side=slack.side, kind=rule.kind, owner=rule.owner, amount=amount, before=before, after=after
        )  # fmt: skip
    if rule.kind == "share":
        side = slack.side
        before = getattr(entry, side).number
        whole = _money_of(question, x, entry.of)
        # The slack is money; as a share it is counted on what the solution spends on the whole.
        amount = _up(size / whole, FINE) if whole > 0 else Fraction(1)
        after = before + amount if side == "max" else max(before - amount, Fraction(0))
        return RuleChange(
            place=f"{rule.place}.{side}", side=side, kind="share", owner=rule.owner, amount=amount, before=before, after=after
        )
    if rule.kind == "linear":
        before = getattr(entry, slack.side).number
        amount = _up(size, FINE)
        after = before + (amount if slack.side == "max" else -amount)
        return RuleChange(
            place=f"{rule.place}.{slack.side}", side=slack.side, kind="linear", owner=rule.owner, amount=amount, before=before, after=after
        )
    if rule.kind == "criterion_bound":
        side = "min" if entry.min is not None else "max"
        return _criterion(book, rule, size, f"{rule.place}.{side}", getattr(entry, side).number, question, entry.criterion)
    return given_up(book.instance, rule)


def _criterion(book: Rulebook, rule: NamedRule, size: float, place: str, before: Fraction, question: Elastic, criterion: str) -> RuleChange:
    """Floors on criteria: the row stands minimised, the floor in natural sense."""
    step = FINE * max(Fraction(ceil(abs(before))), Fraction(1))
    amount = _up(size, step)
    sign = question.program.signs[question.program.names.index(criterion)]
    return RuleChange(
        place=place, side="min" if sign < 0 else "max", kind=rule.kind, owner=rule.owner, amount=amount, before=before, after=before + sign * amount
    )  # fmt: skip


def _up(value: float, step: Fraction) -> Fraction:
    return Fraction(ceil(value / float(step) - SLACK_ZERO)) * step


def _money_of(question: Elastic, x: Floats, select: Any) -> float:
    """Money of the selection in a solution (Program units)."""
    pay = question.program.block("pay")
    if pay is None:
        return 0.0
    ways = {(w.programme, w.name): select.admits(w) for w in question.instance.ways}
    inside = np.array([ways[key[0], key[1]] for key in pay.index], dtype=bool)
    return float(x[pay.span][inside].sum())


def wider(change: RuleChange, steps: int, grid: Fraction) -> RuleChange:
    """A change that gives so many steps more; a rule of logic gives no more than it does."""
    if not steps or change.before is None or change.after is None or change.kind in COUNTED:
        return change
    step = grid if change.money else FINE * max(Fraction(ceil(abs(change.before))), Fraction(1))
    more = steps * step
    after = change.after + (more if change.after >= change.before else -more)
    return change.model_copy(update={"amount": change.amount + more, "after": after})


def amended(instance: Instance, floors: dict[str, Fraction], changes: Sequence[RuleChange]) -> tuple[Instance, dict[str, Fraction]]:
    """The instance (and the aim's floors) after the changes."""
    parts: dict[str, Any] = {
        name: getattr(instance, name) for name in ("funds", "ceilings", "capacities", "match_groups", "needs", "programmes", "rules")
    }
    floors = dict(floors)
    for change in changes:
        collection, name, *rest = change.place.split(".")
        if change.place.startswith(AIM):
            floors[rest[0]] = change.after if change.after is not None else floors[rest[0]]
            continue
        entries = []
        for entry in parts[collection]:
            edited = _edited(entry, change, rest) if entry.id == name else entry
            entries += [] if edited is None else [edited]
        parts[collection] = tuple(entries)
    return with_parts(instance, **parts), floors


def _edited(entry: Any, change: RuleChange, rest: list[str]) -> Any:
    """The entry after the change; None when all of it is given up."""
    if change.kind in ("mandatory", "forbidden"):
        return entry.model_copy(update={change.kind: False})
    if change.after is None:
        return None
    if change.kind in COUNTED:
        return entry.model_copy(update={rest[0]: int(change.after)})
    if rest and rest[0] == "years":
        year = int(rest[1])
        old = entry.years.get(year)
        new = plain(change.after) if len(rest) == 2 else old.model_copy(update={rest[2]: plain(change.after)})
        return entry.model_copy(update={"years": {**entry.years, year: new}})
    return entry.model_copy(update={rest[0]: plain(change.after)})
