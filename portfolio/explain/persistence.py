"""Planning again close to the last plan: at most d programmes changed, or a price on money moved - and what that closeness costs.

Persistence in plans that are made again and again: Brown, Dell, Wood 1997, doi:10.1287/inte.27.5.15. Values are those of the plan itself: a price on moving counts
while solving and not in what is reported.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from portfolio.explain.carried import carry
from portfolio.explain.effort import Effort
from portfolio.explain.moves import money, shift, way
from portfolio.explain.question import Question
from portfolio.explain.variants import with_parts
from portfolio.results import Plan, Result
from portfolio.results.explanation import SearchStatus, Stability, StabilityPoint
from portfolio.schema.instance import Instance, ReferenceChoice
from portfolio.schema.quantity import plain
from portfolio.schema.rules import Persistence
from portfolio.solvers.outcome import Ask

RULE = "stay_close"
STATUS: dict[str, SearchStatus] = {"optimal": "proven", "limit": "limit", "interrupted": "interrupted", "infeasible": "infeasible"}


def stability(
    result: Result,
    instance: Instance,
    changed: Sequence[int],
    prices: Sequence[Fraction],
    effort: Effort,
    watch: Callable[[int, int], None] | None = None,
) -> Stability:
    """The curve: best plan with at most d changes for each d, at each price, and free. instance: after the change (may be the result's own).

    Rules of persistence that the instance holds speak of an older plan and are left out.
    """
    begun = time.perf_counter()
    free = Question(result, with_parts(instance, rules=tuple(r for r in instance.rules if not isinstance(r, Persistence))))
    old = free.plan
    asked: list[tuple[int | None, Fraction | None]] = [
        *((d, None) for d in sorted(set(changed))),
        *((None, p) for p in sorted(set(prices))),
        (None, None),
    ]
    points = []
    start: Plan | None = old
    for n, (d, price) in enumerate(asked):
        question = free if d is None and price is None else free.changed(bound_to(free.instance, old, d, price, _counted(free)))
        ask = effort.ask()
        known = None if start is None else question.start(start)
        found = question.best(Ask(gap=ask.gap, seconds=ask.seconds, stop=ask.stop, start=known))
        points.append(_point(free, old, d, price, found))
        start = found.plan or start
        if watch is not None:
            watch(n + 1, len(asked))
    points = [_best_of(point, points) for point in points]
    there = carry(old, free.instance, free.spec)
    return Stability(
        points=tuple(points), breaks=there.breaks, old_value=None if there.plan is None else free.worth(there.plan.criteria),
        seconds=round(time.perf_counter() - begun, 3),
    )  # fmt: skip


def _best_of(point: StabilityPoint, points: Sequence[StabilityPoint]) -> StabilityPoint:
    """A plan found elsewhere on the curve counts here too when it changes no more: whole units may have cost this one more."""
    if point.price is not None:
        return point
    near = [p for p in points if p.value is not None and (point.changed is None or p.moved <= point.changed)]
    best = min(near, key=lambda p: p.value or Fraction(0), default=point)
    if best.value is None or (point.value is not None and point.value <= best.value):
        return point
    kept = ("value", "moved", "money_moved", "shift")
    found = {name: getattr(best, name) for name in kept}
    bound = None if point.bound is None else min(point.bound, best.value)
    return point.model_copy(update={**found, "bound": bound})


def _counted(question: Question) -> str:
    """The criterion that a price on moving counts against: the first one that the aim weighs."""
    weights = getattr(question.aim, "weights", {})
    return next(
        (c.id for c in question.instance.criteria if weights.get(c.id) and c.id in question.ranges), question.instance.criteria[0].id
    )


def bound_to(instance: Instance, plan: Plan, changed: int | None, price: Fraction | None, criterion: str) -> Instance:
    """The instance with the plan as its reference and one rule of persistence."""
    grid = instance.header.grid
    known = {w.programme for w in instance.ways}
    reference = tuple(
        ReferenceChoice(programme=c.programme, option=way(c), money=plain(grid * money(c))) for c in plan.choices if c.programme in known
    )
    terms: dict[str, Any] = {"id": RULE, "kind": "persistence"}
    if changed is not None:
        terms["max_changed"] = changed
    if price is not None:
        terms |= {"price": plain(price), "criterion": criterion}
    return with_parts(instance, reference=reference, rules=(*instance.rules, Persistence(**terms)))


def _point(free: Question, old: Plan, d: int | None, price: Fraction | None, found: Any) -> StabilityPoint:
    status = STATUS.get(found.outcome.verdict, "failed")
    if found.plan is None:
        return StabilityPoint(changed=d, price=price, status=status)
    moved = shift(old, found.plan)
    value = free.worth(free.carried(found.plan))
    bound = None if price is not None or found.bound == -float("inf") else Fraction(repr(float(found.bound)))
    return StabilityPoint(
        changed=d, price=price, status=status, value=value, bound=bound, moved=sum(m.before != m.after for m in moved.moves),
        money_moved=sum(abs(m.money_after - m.money_before) for m in moved.moves), shift=moved,
    )  # fmt: skip
