"""The staircase of a budget: equal to brute force on capital budgeting, and honest about what it knows between its levels."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction as F
from itertools import combinations
from typing import Any

import pytest

from portfolio.api.generate import generate
from portfolio.errors import UsageError
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.results.sweep import Staircase
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.sensitivity.sweep import Todo, run_sweep
from portfolio.sensitivity.tree_levels import nested

LOW, HIGH = F(1, 2), F(3, 2)


def knapsack(costs: list[int], values: list[int], money: int) -> Instance:
    raw: dict[str, Any] = {
        "header": {"id": "knapsack", "first_year": 1, "last_year": 1},
        "criteria": [{"id": "value", "kind": "contribution"}],
        "funds": [{"id": "f", "years": {"1": money}}],
        "programmes": [
            {"id": f"p{n}", "payments": {"f": {"1": cost}}, "effects": {"value": value}}
            for n, (cost, value) in enumerate(zip(costs, values))
        ],
    }
    return parse_instance(raw)


def best_sets(costs: list[int], values: list[int], money: F) -> tuple[int, set[frozenset[str]]]:
    """(best value, all optimal sets) by trying every set."""
    found: dict[int, set[frozenset[str]]] = {}
    for size in range(len(costs) + 1):
        for some in combinations(range(len(costs)), size):
            if sum(costs[n] for n in some) <= money:
                found.setdefault(sum(values[n] for n in some), set()).add(frozenset(f"p{n}" for n in some))
    best = max(found)
    return best, found[best]


def stairs(instance: Instance, tolerance: F = F(1, 200), gap: F = F(1, 10**6), tree: bool = False) -> Staircase:
    todo = Todo(kind="staircase", budget="f", span=(LOW, HIGH), tolerance=tolerance, gap=gap, tree=tree)
    sweep = run_sweep(instance, load_model(), None, todo)
    assert sweep.status == "complete"
    assert sweep.answers.staircase is not None
    return sweep.answers.staircase


@pytest.mark.parametrize("tree", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_steps_are_those_of_brute_force(seed: int, tree: bool) -> None:
    draw = random.Random(seed)
    costs, values = [draw.randint(3, 30) for _ in range(8)], [draw.randint(3, 30) for _ in range(8)]
    money = sum(costs) // 2
    found = stairs(knapsack(costs, values, money), tree=tree)
    assert found.monotone
    assert found.today == money
    at_ends = [(best_sets(costs, values, F(repr(s.low))), best_sets(costs, values, F(repr(s.high)))) for s in found.steps]
    for step, ((low_value, low_sets), (high_value, _)) in zip(found.steps, at_ends, strict=True):
        assert frozenset(step.programmes) in low_sets, "optimal where the step begins"
        assert low_value == high_value, "and nothing better becomes possible before it ends"
        assert step.proven
    # Every budget at which the best value jumps lies in a switch, and every switch is no wider than the tolerance.
    jumps = [m for m in range(1, 2 * money) if best_sets(costs, values, F(m))[0] > best_sets(costs, values, F(m) - F(1, 10**6))[0]]
    for jump in jumps:
        if money * LOW < jump <= money * HIGH:
            assert any(a < jump <= b + 1e-9 for a, b in found.switches), jump
    assert all(b - a <= found.tolerance + 1e-9 for a, b in found.switches)


def test_programmes_that_leave_although_there_is_more_money_are_flagged() -> None:
    # With 10 the two small ones are best (11), with 12 the big one (15) alone.
    found = stairs(knapsack([5, 5, 12], [6, 5, 15], 10), F(1, 50))
    sets = [s.programmes for s in found.steps]
    assert sets == [("p0",), ("p0", "p1"), ("p2",)]
    assert [s.nested for s in found.steps] == [True, True, False]
    assert found.steps[2].left == ("p0", "p1")
    assert found.steps[2].entered == ("p2",)


def test_divisible_programmes_give_a_marginal_value_on_each_step() -> None:
    raw = knapsack([10], [10], 8).canonical()
    raw["programmes"] = [{"id": "p0", "cost": 20, "effects": {"value": 10}, "curve": [["0.01", "0.01"], [1, 1]]}]
    found = stairs(parse_instance(raw), F(1, 20), F(1, 100))
    (step,) = found.steps
    best = 8 / 20 * 10
    assert step.marginal == pytest.approx(0.5 / best, rel=0.02), "half a unit of value per unit of money, as a share of today's best"


def test_a_wide_gap_needs_few_solves_and_says_so() -> None:
    costs, values = [4, 7, 9, 12, 15], [5, 8, 9, 13, 15]
    fine, coarse = stairs(knapsack(costs, values, 24)), stairs(knapsack(costs, values, 24), gap=F(1, 5))
    assert coarse.solves < fine.solves
    assert len(coarse.steps) < len(fine.steps)


@pytest.mark.parametrize("tree", [False, True])
def test_infeasible_budgets_are_steps_without_programmes(tree: bool) -> None:
    raw = knapsack([6, 3], [5, 4], 8).canonical()
    raw["programmes"][0]["mandatory"] = True
    found = stairs(parse_instance(raw), F(1, 50), tree=tree)
    assert found.steps[0].aim_low is None
    assert found.steps[0].programmes == ()
    assert found.steps[1].programmes == ("p0",)
    assert found.switches[0][0] < 6 <= found.switches[0][1]


def test_unknown_funds_and_empty_spans_are_usage_errors() -> None:
    instance = knapsack([1], [1], 1)
    with pytest.raises(UsageError, match="no fund"):
        run_sweep(instance, load_model(), None, Todo(kind="staircase", budget="g"))
    with pytest.raises(UsageError, match="0 < low < high"):
        run_sweep(instance, load_model(), None, Todo(kind="staircase", span=(F(1), F(1))))


def test_one_tree_and_single_runs_agree_on_every_level_within_the_gap() -> None:
    instance = generate(programmes=10, options=1, funds=3, years=3, scenarios=4, exposures=4, needs=3, fields=4, archetypes=2)
    gap = F(1, 200)
    todo = Todo(kind="staircase", span=(F(4, 5), F(6, 5)), tolerance=F(1, 20), gap=gap)
    one, other = (run_sweep(instance, load_model(), None, replace(todo, tree=tree)).answers.staircase for tree in (False, True))
    assert one is not None and other is not None and one.monotone and other.monotone
    for a, b in ((s, t) for s in one.steps for t in other.steps if s.low == t.low and None not in (s.aim_low, t.aim_low)):
        assert abs(float(a.aim_low or 0) - float(b.aim_low or 0)) <= float(gap) + 1e-6


def test_a_level_that_is_more_than_tighter_ledgers_is_not_answered_by_the_tree() -> None:
    high, low = (assemble(knapsack([5, 5, 12], [6, 5, 15], money), load_model()) for money in (12, 10))
    assert nested(low, high) and nested(high, high) and not nested(high, low)
    other = assemble(knapsack([5, 5, 12], [6, 5, 16], 10), load_model())
    assert not nested(other, high)
    assert not nested(assemble(knapsack([5, 5], [6, 5], 10), load_model()), high)
