"""Why a programme is not in the plan, or why it is: the best plan with it, or without it, against the best of all.

Let z* lie in [b, v] (the result's bound and value) and the best value with (without) the programme in [b', v']. Insisting then costs between
max(0, b' - v) and v' - b. Within x of the best there is such a plan for certain when v' <= b + x, and none when b' > v + x.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from portfolio.explain.against import dominated_by, hindrances
from portfolio.explain.break_even import break_even, break_evens
from portfolio.explain.changes import Change, changes, effect_change
from portfolio.explain.effort import Effort
from portfolio.explain.known import known_programme
from portfolio.explain.moves import funded as funded_in
from portfolio.explain.moves import shift
from portfolio.explain.question import Found, Question, exact
from portfolio.results import Frontier
from portfolio.results.explanation import Answer, BreakEven, Interval, Presence, SearchStatus

RANKED = "ranked"
"""Note of an answer whose break-evens are not sought: a criterion decides that others follow, so that none of its sizes would settle the matter."""
SHARES = (Fraction(1, 100), Fraction(2, 100), Fraction(5, 100))
"""Shares of the aim's range within which the issue is looked at."""


def explain_programme(
    question: Question, name: str, effort: Effort, kinds: Sequence[str] = ("effect",), frontier: Frontier | None = None
) -> Presence:
    """The answer for one programme, funded or not. kinds: break-evens to find (`effect`, `cost`, `success`, `money`).

    Raises UsageError: no such programme, no plan in the result.
    """
    known_programme(question.result, name)
    begun = time.perf_counter()
    funded = name in question.funded
    on, without = ((), (name,)) if funded else ((name,), ())
    question, found, decided = _deciding(question, effort, on, without)
    update = _measured(question, found)
    update["held"] = dict(question.claim.within) if question.claim is not None else {}
    if found.plan is not None:
        update["shift"] = shift(question.plan, found.plan)
    if not funded:
        update["hindrances"] = hindrances(question.instance, name, question.plan, found.plan)
        update["dominated"] = dominated_by(question.instance, name)
    if decided:
        update["break_evens"] = _break_evens(question, name, effort, kinds, funded, found)
    else:
        update["note"] = RANKED
    answer = Presence(
        topic="why" if funded else "why_not", programme=name, of=question.of, seconds=round(time.perf_counter() - begun, 3), **update
    )
    return answer if frontier is None else on_frontier(answer, frontier)


def _deciding(question: Question, effort: Effort, on: tuple[str, ...], without: tuple[str, ...]) -> tuple[Question, Found, bool]:
    """The question that decides, its best plan, is it the last? Under an aim that ranks criteria: the first criterion in which no such plan keeps up
    with the reported one, those before it held at what the result admits."""
    for stage in question.stages():
        asked = replace(effort, gap=effort.gap * stage.unit / question.unit)
        found = stage.best(asked.ask(), on, without, known=question.plan)
        admitted = stage.admitted
        if admitted is None or found.outcome.x is None or found.outcome.objective > admitted:
            break
    if found.outcome.verdict != "infeasible":
        # What holds for every plan holds for these.
        found = replace(found, bound=min(max(found.bound, stage.bound), found.value))
    return stage, found, stage is question


def on_frontier(answer: Presence, frontier: Frontier) -> Presence:
    """With the points of a frontier that do otherwise than the reported plan: fund an unfunded programme, leave out a funded one."""
    other = tuple(p.id for p in frontier.points if (answer.programme in funded_in(p.plan)) == (answer.topic == "why_not"))
    return answer.model_copy(update={"frontier": other, "frontier_size": len(frontier.points)})


def _measured(question: Question, found: Found) -> dict[str, object]:
    """Status, value, bound, loss and what is within which share."""
    if found.outcome.verdict == "infeasible":
        return {"status": "infeasible", "within": {_percent(x): "no" for x in SHARES}}
    statuses: dict[str, SearchStatus] = {"optimal": "proven", "limit": "limit", "interrupted": "interrupted"}
    status = statuses.get(found.outcome.verdict, "failed")
    low = max(found.bound - question.value, 0.0)
    high = max(found.value - question.bound, 0.0)
    within: dict[str, Answer] = {}
    for x in SHARES:
        room = float(x) * question.unit
        if found.value <= question.bound + room:
            within[_percent(x)] = "yes"
        elif found.bound > question.value + room:
            within[_percent(x)] = "no"
        else:
            within[_percent(x)] = "open"
    there = found.plan is not None or found.outcome.x is not None
    return {
        "status": status,
        "value": exact(found.value) if there else None,
        "bound": exact(found.bound) if found.bound > -float("inf") else None,
        "gap": exact(found.value - found.bound) if there and found.bound > -float("inf") else None,
        "loss": Interval(low=exact(low) if low < float("inf") else None, high=exact(high) if high < float("inf") else None),
        "plan": found.plan,
        "within": within,
    }


def _break_evens(question: Question, name: str, effort: Effort, kinds: Sequence[str], funded: bool, found: Found) -> tuple[BreakEven, ...]:
    """Towards the reported plan for an unfunded programme; for a funded one, how far its effects may fall (towards the best plan without it)."""
    if funded:
        if "effect" not in kinds or found.plan is None or _has_floors(question):
            return ()
        falling = effect_change(question, name, effort.tolerance)
        other = _Without(question, found.value)
        change = Change("effect", Fraction(0), Fraction(1), falling.tolerance, falling.apply, keeps=True)
        return (break_even(other, name, change, effort, Found(found.outcome, question.plan, question.value, -float("inf"))),)
    if not question.fundable(name) or (found.plan is None and found.outcome.verdict != "infeasible"):
        return ()
    wanted = [c for c in changes(question, name, effort.tolerance) if c.kind in kinds]
    # Where no plan obeys the rules with it, benefits change nothing; money or a lower cost may.
    return break_evens(question, name, [c for c in wanted if found.plan is not None or not c.keeps], effort, found)


def _has_floors(question: Question) -> bool:
    """Does a rule or the aim ask for a least benefit? Then a plan whose effects fall may break it before its value says so."""
    instance = question.instance
    return (
        bool(question.limits)
        or any(n.floor is not None for n in instance.needs)
        or any(r.kind == "criterion_bound" for r in instance.rules)
    )


class _Without(Question):
    """The same question with another goal: the value of the best plan without the programme."""

    def __init__(self, question: Question, value: float) -> None:
        self.__dict__.update(question.__dict__)
        self.value = value


def _percent(share: Fraction) -> str:
    return f"{int(share * 100)}%"
