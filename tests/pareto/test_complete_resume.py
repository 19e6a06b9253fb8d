"""A complete search that is stopped anywhere goes on to the same end. Tier: test."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from portfolio.errors import UsageError
from portfolio.pareto.complete import Complete, complete
from portfolio.pareto.complete_state import restored, written
from portfolio.pareto.zones import Limits
from portfolio.program import Program
from tests.pareto.test_complete_doubles import FAILED, Double, knapsack
from tests.pareto.test_complete_random import random_problem


def same(a: Complete, b: Complete, spent: bool = True) -> bool:
    """Everything but the time. spent: also what it took; a run that is stopped when all is proven leaves a last task out."""
    solutions = all(np.array_equal(p.x, r.x) for p, r in zip(a.points, b.points, strict=True))
    names = ("status", "zones", "evidence", "start", "troubles", *(("solves", "nodes") if spent else ()))
    return solutions and [p.counts for p in a.points] == [p.counts for p in b.points] and all(getattr(a, n) == getattr(b, n) for n in names)


def stopped_after(program: Program, answers: int, **more: Any) -> Complete:
    """A run that is interrupted after so many answers."""
    stop, seen = threading.Event(), 0

    def watch(_: object) -> None:
        nonlocal seen
        seen += 1
        if seen >= answers:
            stop.set()

    return complete(program, Limits(stop=stop), watch=watch, **more)


def through_a_file(program: Program, found: Complete) -> list[Any]:
    return list(restored(program, json.loads(json.dumps(written(found.answers)))))


@pytest.mark.parametrize("answers", [1, 3, 8])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_run_goes_on_to_the_same_end(answers: int, workers: int) -> None:
    program = knapsack()
    whole, part = complete(program), stopped_after(program, answers, workers=workers)
    assert part.status == "interrupted" and part.open > 0
    assert same(complete(program, workers=workers, earlier=through_a_file(program, part)), whole)


def test_stopped_again_and_again_it_still_ends_the_same() -> None:
    for seed in range(8):
        program, _ = random_problem(seed)
        whole, earlier = complete(program), []
        for _ in range(200):
            part = stopped_after(program, len(earlier) + 2, earlier=earlier)
            assert len(part.answers) >= len(earlier)
            if part.status in ("complete", "infeasible"):
                break
            earlier = through_a_file(program, part)
        assert same(part, whole, spent=False), seed


def test_troubles_of_the_first_run_are_not_forgotten() -> None:
    """Where no solve could settle a zone, going on does not make it settled."""
    program = knapsack()

    def open_() -> Double:
        return Double(lambda call, outcome: FAILED if call in (3, 4, 5) else outcome)

    whole, part = complete(program, opener=open_()), stopped_after(program, 6, opener=open_())
    assert part.troubles and whole.status == "limit"
    assert same(complete(program, earlier=through_a_file(program, part)), whole)


def test_answers_that_a_limit_cut_off_are_asked_again() -> None:
    program = knapsack()
    stop = threading.Event()

    def trick(call: int, outcome: Any) -> Any:
        if call >= 9:
            stop.set()
            return FAILED
        return outcome

    part = complete(program, Limits(stop=stop), opener=Double(trick))
    assert part.status == "interrupted" and same(complete(program, earlier=through_a_file(program, part)), complete(program))


def test_what_was_saved_on_the_way_is_enough() -> None:
    """As after a crash: only the last state that was handed out is left."""
    program, states = knapsack(), []
    whole = complete(program, save=lambda ask: states.append(ask()))
    for state in states[:: max(len(states) // 5, 1)]:
        assert state.status in ("limit", "complete", "no_plan") and (state.open > 0) == (state.status != "complete")
        assert same(complete(program, earlier=through_a_file(program, state)), whole)


Damage = Callable[[dict[str, Any]], object]
DAMAGES: dict[str, Damage] = {
    "no answers": lambda data: data.pop("answers"),
    "a vector too short": lambda data: data["answers"][0]["evidence"][0][1].pop(),
    "a solution of another problem": lambda data: data["answers"][0].update(x={str(j): "1" for j in range(8)}),
    "a column that is not there": lambda data: data["answers"][0]["x"].update({"99": "1"}),
    "a number that is none": lambda data: data["answers"][0]["x"].update({"0": "many"}),
    "counts of another solution": lambda data: data["answers"][0]["counts"].__setitem__(0, 5),
    "another zone's answer": lambda data: data["answers"].pop(0),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_states_are_refused(name: str) -> None:
    program = knapsack()
    data = json.loads(json.dumps(written(stopped_after(program, 6).answers)))
    DAMAGES[name](data)
    with pytest.raises(UsageError):
        complete(program, earlier=restored(program, data))
