"""A solver that fails, times out or lies: the complete search claims nothing that the evidence does not carry. Tier: test."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from portfolio.errors import SolverFailure
from portfolio.pareto.complete import Complete, complete
from portfolio.pareto.epsilon_constraint import epsilon_constraint
from portfolio.pareto.problem import problem
from portfolio.pareto.subproblem import Answer, Subproblems, Task
from portfolio.pareto.zones import Limits
from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Outcome
from tests.pareto.test_complete_random import random_problem

Trick = Callable[[int, Outcome], Outcome]


def knapsack(n: int = 8) -> Program:
    gains = [[3, 9, 4, 7, 5, 8, 2, 6][:n], [8, 2, 7, 3, 6, 1, 9, 4][:n], [5, 5, 1, 9, 2, 7, 3, 8][:n]]
    return problem(gains, [[4, 6, 5, 7, 3, 8, 5, 6][:n]], ["<="], [20], [0] * n, [1] * n, [True] * n, "max")


TRUE = {point.counts for point in complete(knapsack()).points}


class Double:
    """HiGHS, with every answer passed through a trick; calls are counted over all objects of a run."""

    def __init__(self, trick: Trick, only: Callable[[dict[str, Any]], bool] = lambda _: True) -> None:
        self.trick, self.only, self.calls, self.lock = trick, only, 0, threading.Lock()

    def __call__(self, program: Program, seed: int, options: dict[str, Any]) -> Any:
        double, honest = self, not self.only(options)

        class Liar(Highs):
            def minimise(self, cost: Floats, ask: Ask) -> Outcome:
                outcome = super().minimise(cost, ask)
                with double.lock:
                    double.calls += 1
                return outcome if honest else double.trick(double.calls, outcome)

        return Liar(program, seed, options)


def nothing_false(found: Complete) -> None:
    """Complete only with the true set; otherwise some zone is open and the status says so."""
    counts = {point.counts for point in found.points}
    if found.status == "complete":
        assert counts == TRUE
    else:
        assert found.open > 0
        assert found.status == ("limit" if counts else "no_plan")
        # What is reported is nondominated among itself, and every missing point lies in a zone that is listed as open.
        for missing in TRUE - counts:
            zones = [z for z in found.zones if all(a < u for a, u in zip(missing, z.upper))]
            assert zones and all(z.evidence is None for z in zones)


FAILED = Outcome("failed", None, float("inf"), -float("inf"), note="out of order")
TRICKS: dict[str, Trick] = {
    "fails always": lambda _, outcome: FAILED,
    "fails often": lambda call, outcome: FAILED if call % 3 else outcome,
    "times out": lambda call, outcome: Outcome("limit", None, float("inf"), -float("inf")),
    "times out with a plan": lambda call, outcome: replace(outcome, verdict="limit", bound=outcome.objective - 50),
    "times out without a bound, late": lambda call, outcome: (
        outcome if call < 9 else replace(outcome, verdict="limit", bound=-float("inf"))
    ),
    "interrupted with a bound of infinity": lambda call, outcome: replace(outcome, verdict="interrupted", bound=float("inf")),
    "bound above its own plan": lambda call, outcome: replace(outcome, bound=outcome.bound + 5),
    "bound below its own plan": lambda call, outcome: replace(outcome, bound=outcome.bound - 5),
    "optimal without a plan": lambda call, outcome: replace(outcome, x=None),
    "infeasible although known points lie there": lambda call, outcome: (
        outcome if call < 5 else Outcome("infeasible", None, float("inf"), float("inf"))
    ),
    "a plan that breaks the rows": lambda call, outcome: replace(outcome, x=np.ones(8)),
    "a plan with halves": lambda call, outcome: replace(outcome, x=None if outcome.x is None else outcome.x * 0.5),
    "a plan outside the box": lambda call, outcome: outcome if call < 4 else replace(outcome, x=np.zeros(8), objective=0.0, bound=0.0),
}


CHECKED = [name for name in TRICKS if name != "infeasible although known points lie there"]
"""Without those that no check can find where no point is known yet."""


@pytest.mark.parametrize("name", TRICKS)
def test_nothing_false_is_claimed(name: str) -> None:
    nothing_false(complete(knapsack(), opener=Double(TRICKS[name])))


@pytest.mark.parametrize("name", [name for name in TRICKS if name != "fails often"])
def test_other_settings_save_the_day(name: str) -> None:
    """Only the first way through the solver misbehaves: the second question settles every zone."""
    found = complete(knapsack(), opener=Double(TRICKS[name], lambda options: options.get("presolve") != "off"))
    assert found.status == "complete" and {p.counts for p in found.points} == TRUE


def test_a_refusing_solver_object_proves_nothing() -> None:
    def refuse(program: Program, seed: int, options: dict[str, Any]) -> Any:
        raise SolverFailure("no")

    found = complete(knapsack(), opener=refuse)
    assert (found.status, found.points, found.open) == ("no_plan", (), 1) and found.troubles


def test_a_lie_that_later_points_expose_is_withdrawn() -> None:
    """One optimum is called optimal although it is not: points found elsewhere contradict its bound, and its zones are searched again."""
    program = knapsack()
    worst = np.zeros(8)
    exposed = 0
    for liar in range(1, 30):

        def trick(call: int, outcome: Outcome, liar: int = liar) -> Outcome:
            # Dominated, but feasible and consistent with itself.
            return replace(outcome, x=worst, objective=0.0, bound=0.0) if call == liar else outcome

        found = complete(program, opener=Double(trick))
        nothing_false(found)
        exposed += found.status == "complete" and bool(found.troubles)
    assert exposed


def test_a_time_limit_leaves_zones_open_and_says_so() -> None:
    begun = time.perf_counter()
    found = complete(knapsack(), Limits(deadline=begun))
    assert (found.status, found.open > 0) == ("no_plan", True)
    done = complete(knapsack(), Limits(deadline=begun + 3600))
    assert done.status == "complete"


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_keeps_what_is_proven(workers: int) -> None:
    stop = threading.Event()
    found = complete(knapsack(), Limits(stop=stop), workers=workers, watch=lambda search: stop.set() if len(search.points) >= 4 else None)
    assert found.status == "interrupted" and found.open > 0
    assert 4 <= len(found.points) < len(TRUE) and {p.counts for p in found.points} <= TRUE


def test_the_baseline_says_when_it_did_not_finish() -> None:
    found = epsilon_constraint(knapsack(), opener=Double(TRICKS["times out without a bound, late"]))
    assert not found.finished and len(found.points) < len(TRUE)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_answers_come_changes_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = complete(knapsack())
    rng, lock, solve = random.Random(seed), threading.Lock(), Subproblems.solve

    def late(self: Subproblems, task: Task, limits: Limits) -> Answer:
        answer = solve(self, task, limits)
        with lock:
            pause = rng.uniform(0, 0.02)
        time.sleep(pause)
        return answer

    monkeypatch.setattr(Subproblems, "solve", late)
    found = complete(knapsack(), workers=2)
    assert [p.counts for p in found.points] == [p.counts for p in expected.points]
    assert (found.zones, found.evidence, found.solves) == (expected.zones, expected.evidence, expected.solves)


@pytest.mark.parametrize("block", [0, *(pytest.param(b, marks=pytest.mark.fuzz) for b in range(1, 12))])
def test_tricks_at_random_calls_of_random_problems(block: int) -> None:
    """Half of all calls misbehave in some way, or one in five: complete is said only of the true set, and only points of it are closed in."""
    settled = 0
    for seed in range(15 * block, 15 * block + 15):
        program, expected = random_problem(seed)
        rng = random.Random(seed)
        often = rng.choice((0.5, 0.2))

        def trick(call: int, outcome: Outcome, seed: int = seed, often: float = often) -> Outcome:
            own = random.Random(f"{seed}/{call}")
            if own.random() > often:
                return outcome
            changed = TRICKS[own.choice(CHECKED)](99, outcome)
            # Plans made for the knapsack fit no other problem.
            return FAILED if changed.x is not None and len(changed.x) == 8 else changed

        found = complete(program, opener=Double(trick), workers=1 + seed % 2)
        values = {point.values for point in found.points}
        if found.status in ("complete", "infeasible"):
            settled += 1
            assert values == expected, seed
        steps = found.steps
        for missing in expected - values:
            counts = [(v - o) / g for v, o, g in zip(missing, steps.offset, steps.step)]
            inside = [zone for zone in found.zones if all(c < u for c, u in zip(counts, zone.upper))]
            assert inside and all(zone.evidence is None for zone in inside), seed
    assert settled
