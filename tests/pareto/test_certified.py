"""What a certificate promises holds against an oracle that tries every assignment of the integers; doubles cannot make it promise more. Tier: test."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from portfolio.pareto.certified import Certified, certified
from portfolio.pareto.mip_zones import MipZones
from portfolio.pareto.running import Effort
from portfolio.pareto.zones import Answer, Limits, Task
from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Outcome
from tests.support.mixed_problems import deepest, mixed, program, zones_of

EPSILON = Fraction(1, 20)


def zones(found: Certified) -> dict[tuple[Fraction, ...], Fraction]:
    assert found.frame is not None
    return {found.frame.lattice.exact(z): known.alpha for z, known in found.zones}


def assert_promise(problem: Program, found: Certified, tolerance: float = 1e-6) -> None:
    """The zones are U(N) of the points, and no feasible x lies deeper in one than its bound."""
    assert found.frame is not None and found.epsilon is not None
    lattice, start = found.frame.lattice, found.frame.lattice.exact(found.frame.start)
    points = [lattice.exact(lattice.outward(p.values)) for p in found.points]
    listed = zones(found)
    assert set(listed) == zones_of(points, start)
    assert found.epsilon == max(listed.values())
    kept = replace(
        problem,
        criteria=problem.criteria[list(found.kept)],
        offsets=problem.offsets[list(found.kept)],
        names=tuple(problem.names[i] for i in found.kept),
        signs=tuple(problem.signs[i] for i in found.kept),
    )
    for upper, alpha in listed.items():
        u = np.array([np.inf if v == s else float(v) for v, s in zip(upper, start, strict=True)])
        assert deepest(kept, u, found.frame.r) <= float(alpha) + tolerance


@pytest.mark.parametrize("seed", range(8))
def test_no_plan_is_better_than_a_reported_point_by_more_than_epsilon(seed: int) -> None:
    draw = random.Random(seed)
    q = 4 if seed == 0 else 2 + seed % 2
    problem = mixed(draw, q, binaries=3 if q == 4 else 4, reals=2)
    target = EPSILON if q < 4 else Fraction(1, 8)
    found = certified(problem, target)
    assert found.status == "certified"
    assert found.epsilon is not None and found.epsilon <= target
    assert_promise(problem, found)


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(100, 300))
def test_the_promise_holds_for_many_problems(seed: int) -> None:
    draw = random.Random(seed)
    problem = mixed(draw, q=draw.choice((2, 3, 4)), binaries=draw.choice((3, 5, 6)), reals=draw.choice((0, 2, 3)))
    found = certified(problem, draw.choice((Fraction(1, 10), EPSILON, Fraction(1, 50))))
    assert found.status == "certified"
    assert_promise(problem, found)


def test_points_are_nondominated_and_feasible() -> None:
    problem = mixed(random.Random(5), q=3)
    values = [p.values for p in certified(problem, EPSILON).points]
    assert len(values) > 2
    assert not any(a != b and all(x <= y for x, y in zip(a, b)) for a in values for b in values)


def test_a_criterion_that_does_not_move_is_left_out_of_the_claim() -> None:
    problem = program([[-1, -2], [0, 0], [3, 1]], [[1, 1]], [1.5], [1, 1], [True, True])
    found = certified(problem, EPSILON)
    assert found.kept == (0, 2)
    assert found.status == "certified"
    assert_promise(problem, found)


def test_an_infeasible_problem_is_called_that() -> None:
    problem = program([[1.0, 0.0], [0.0, 1.0]], [[1, 1], [-1, -1]], [0.6, -0.4], [1, 1], [True, True])
    assert certified(problem, EPSILON).status == "infeasible"


# -- workers, order, limits -----------------------------------------------------------------------------------------
def shape(found: Certified) -> object:
    return [p.values for p in found.points], zones(found)


def test_the_number_of_workers_changes_nothing() -> None:
    problem = mixed(random.Random(8), q=3, binaries=6, reals=3)
    assert shape(certified(problem, EPSILON, effort=Effort(workers=2))) == shape(certified(problem, EPSILON))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_tasks_end_changes_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = mixed(random.Random(8), q=3)
    expected = shape(certified(problem, EPSILON))
    draw = random.Random(seed)
    lock = threading.Lock()
    solve = MipZones.solve

    def late(self: MipZones, task: Task, limits: Limits) -> Answer:
        answer = solve(self, task, limits)
        with lock:
            pause = draw.uniform(0, 0.03)
        time.sleep(pause)
        return answer

    monkeypatch.setattr(MipZones, "solve", late)
    assert shape(certified(problem, EPSILON, effort=Effort(workers=4))) == expected


def test_a_run_that_is_stopped_carries_a_weaker_certificate() -> None:
    problem = mixed(random.Random(8), q=3, binaries=6, reals=3)
    effort = Effort()
    seen: list[Fraction] = []

    def watch(search: Any) -> None:
        seen.append(search.certified)
        if len(search.points) >= 4:
            effort.stop.set()

    found = certified(problem, Fraction(1, 200), effort=replace(effort, watch=watch))
    assert found.status == "interrupted"
    assert found.epsilon is not None and found.epsilon > Fraction(1, 200)
    assert_promise(problem, found)
    assert seen == sorted(seen, reverse=True)


def test_without_any_time_there_is_no_claim() -> None:
    found = certified(mixed(random.Random(1), q=2), EPSILON, effort=Effort(seconds=0.0))
    assert found.status in ("no_plan", "limit")
    assert found.epsilon is None or found.epsilon > EPSILON


# -- doubles --------------------------------------------------------------------------------------------------------
Change = Callable[[Outcome, int], Outcome]


def double(change: Change, honest: int = 3) -> Callable[[Program, int, dict[str, Any]], Any]:
    """HiGHS whose MIP answers, after some honest ones, are changed."""
    calls = [0]

    class Double(Highs):
        def minimise(self, cost: Floats, ask: Ask) -> Outcome:
            outcome = super().minimise(cost, ask)
            calls[0] += 1
            return outcome if calls[0] <= honest else change(outcome, calls[0])

    return lambda problem, seed, options: Double(problem, seed, options)


DOUBLES: dict[str, Change] = {
    "always fails": lambda o, n: Outcome("failed", None, float("inf"), -float("inf")),
    "fails every second time": lambda o, n: Outcome("failed", None, float("inf"), -float("inf")) if n % 2 else o,
    "runs into limits": lambda o, n: replace(o, verdict="limit", x=None, objective=float("inf"), bound=-float("inf")),
    "knows no bound": lambda o, n: replace(o, verdict="limit", bound=-float("inf")),
    "calls everything infeasible": lambda o, n: Outcome("infeasible", None, float("inf"), float("inf")),
    "answers with a plan that breaks the rows": lambda o, n: replace(o, x=None if o.x is None else np.ones_like(o.x)),
    "returns nothing but the first plan's zeros": lambda o, n: replace(o, x=None if o.x is None else np.zeros_like(o.x)),
}


@pytest.mark.parametrize("name", list(DOUBLES))
def test_no_double_makes_the_certificate_say_more_than_is_true(name: str) -> None:
    for seed in (8, 21):
        problem = mixed(random.Random(seed), q=3, binaries=4)
        found = certified(problem, EPSILON, effort=Effort(open=double(DOUBLES[name])))
        if found.epsilon is not None:
            assert_promise(problem, found)
        assert (found.status == "certified") == (found.epsilon is not None and found.epsilon <= EPSILON)


def test_a_bound_that_a_plan_contradicts_is_withdrawn() -> None:
    """The first weighted solves claim far too much; points found later show it."""
    problem = mixed(random.Random(8), q=3, binaries=6, reals=3)
    calls = [0]

    def lying(outcome: Outcome, n: int) -> Outcome:
        calls[0] += 1
        return replace(outcome, x=np.append(np.zeros(problem.n), 0.0), objective=0.0, bound=-1e-9) if calls[0] == 1 else outcome

    found = certified(problem, EPSILON, effort=Effort(open=double(lying, honest=0)))
    assert found.search is not None and found.search.counts["withdrawn"] > 0
    assert found.status != "certified"


# -- trees ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(4))
def test_inherited_trees_keep_the_promise(seed: int) -> None:
    problem = mixed(random.Random(40 + seed), q=2 + seed % 2, binaries=5)
    found = certified(problem, EPSILON, effort=Effort(zones="tree"))
    assert found.status == "certified"
    assert_promise(problem, found)


def test_trees_too_are_the_same_with_two_workers() -> None:
    problem = mixed(random.Random(8), q=3, binaries=8, reals=3)
    alone, two = (certified(problem, Fraction(1, 50), effort=Effort(zones="tree", workers=n)) for n in (1, 2))
    assert shape(alone) == shape(two)
    assert any(known.proof == "tree" for _, known in alone.zones)


def test_zone_solvers_race() -> None:
    problem = mixed(random.Random(8), q=2, binaries=8, reals=3)
    found = certified(problem, EPSILON, effort=Effort(zones="race"))
    assert found.search is not None and found.search.zones in ("mip", "tree")
    assert found.status == "certified"
    assert_promise(problem, found)
