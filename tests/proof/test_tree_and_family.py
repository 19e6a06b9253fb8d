"""The tree's interval holds the enumerated optimum; a family's evaluated bounds hold at right-hand sides it never saw."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio.program import Program
from portfolio.proof.certificate import tree_of
from portfolio.proof.family import Family, _moving, workshop
from portfolio.proof.leaves import Leaf
from portfolio.proof.workers import Tree
from portfolio.solvers.outcome import Ask
from tests.support.random_programs import enumerated, random_program
from tests.support.zones import deepest

NOWHERE = np.zeros(0)
RANGES = (5, 7)
CLOSE = 1e-6
"""Relative: both sides are LP solvers with tolerances of 1e-7."""


def covers(program: Program, leaves: list[Leaf], point: dict[int, int]) -> int:
    """How many leaves hold this assignment of the integer columns."""
    boxes = [one.box for one in leaves]
    return sum(all(low <= point[j] <= high for j, (low, high) in box.items()) for box in boxes)


@pytest.mark.parametrize("block", range(3))
def test_the_interval_of_a_tree_holds_the_enumerated_optimum(block: int) -> None:
    for seed in range(20 * block, 20 * block + 20):
        program = random_program(seed)
        cost = program.criteria[0]
        tree = Tree(program, cost, Ask(gap=0.0))
        outcome = tree.minimise()
        best = enumerated(program, cost)
        slack = CLOSE * max(1.0, abs(outcome.objective)) if outcome.x is not None else CLOSE
        assert outcome.bound <= best + slack or outcome.bound == best, (seed, outcome, best)
        if best == np.inf:
            assert outcome.verdict == "infeasible", (seed, outcome)
        else:
            assert outcome.verdict == "optimal" and abs(outcome.objective - best) <= slack, (seed, outcome, best)
            assert best - outcome.bound <= 1e-4, (seed, outcome, best)


def test_leaves_partition_the_box() -> None:
    draw = np.random.default_rng(1)
    for seed in range(20):
        program = random_program(seed, integers=7)
        tree = Tree(program, program.criteria[0], Ask())
        tree.minimise()
        ids = np.flatnonzero(program.integer)
        for _ in range(50):
            point = {int(j): int(draw.integers(program.col_lower[j], program.col_upper[j] + 1)) for j in ids}
            assert covers(program, tree.leaves, point) == 1


def test_a_node_limit_leaves_a_weaker_valid_bound() -> None:
    for seed in range(12):
        program = random_program(seed, integers=7)
        cost, best = program.criteria[0], enumerated(program, program.criteria[0])
        last = -np.inf
        for nodes in (0, 1, 3, 8, 1000):
            tree = Tree(program, cost, Ask(), nodes=nodes)
            outcome = tree.minimise()
            assert outcome.bound <= best + CLOSE * max(1, abs(best)) or best == np.inf
            assert outcome.verdict != "infeasible" or best == np.inf
            assert nodes not in (0, 1000) or outcome.bound >= last - 1e-9
            last = outcome.bound


@pytest.mark.parametrize("block", range(2))
def test_a_family_bounds_right_hand_sides_it_never_saw(block: int) -> None:
    for seed in range(8 * block, 8 * block + 8):
        program = random_program(seed, criteria=2, integers=4, continuous=2, rows=4)
        wide, rows, cost = deepest(program, RANGES, 0.0, 2.0)
        lp = workshop(wide, cost, rows)
        family = Family(lp.frame)
        draw = np.random.default_rng(seed)
        relations = [family]
        for step in range(5):
            u = draw.integers(-10, 20, 2) / np.array(RANGES)
            family = relations[int(draw.integers(len(relations)))].child()
            high = wide.row_upper.copy()
            high[rows] = u
            best = enumerated(wide, cost, high)
            assert family.bound(u) <= best + CLOSE, (seed, step, family.bound(u), best)
            cutoff = -float(draw.random()) if step % 2 else np.inf
            outcome = family.improve(lp, u, Ask(cutoff=cutoff))
            assert outcome.bound <= best + CLOSE and outcome.bound == family.bound(u)
            assert outcome.bound >= min(cutoff, best) - CLOSE, (seed, step, outcome, best)
            if outcome.x is not None:
                assert outcome.objective >= best - CLOSE
            elif outcome.verdict == "infeasible":
                assert best == np.inf
            relations.append(family)


def test_a_tree_that_follows_another_bounds_all_right_hand_sides_and_partitions_the_box() -> None:
    draw = np.random.default_rng(4)
    gained = 0
    for seed in range(28):
        program = random_program(seed, criteria=2, integers=6, continuous=2, rows=4)
        wide, rows, cost = deepest(program, RANGES, 0.0, 2.0)
        lp = workshop(wide, cost, rows)
        here, there, elsewhere = (draw.integers(0, 20, 2) / np.array(RANGES) for _ in range(3))
        first, root, second = Family(lp.frame), Family(lp.frame), Family(lp.frame)
        first.improve(lp, here, Ask(), nodes=12, dives=False)
        root.follow(lp, there, [], Ask())
        splits = tree_of(first.leaves)[0]
        solved = second.follow(lp, there, splits, Ask())
        assert 1 <= solved <= 2 * len(splits) + 1 and len(second.leaves) <= len(splits) + 1
        ids = np.flatnonzero(wide.integer)
        for _ in range(20):
            point = {int(j): int(draw.integers(wide.col_lower[j], wide.col_upper[j] + 1)) for j in ids}
            assert covers(wide, list(second.leaves), point) == 1
        for u in (there, elsewhere):
            high = wide.row_upper.copy()
            high[rows] = u
            assert second.bound(u) <= enumerated(wide, cost, high) + CLOSE, seed
        assert second.bound(there) >= root.bound(there) - CLOSE
        gained += second.bound(there) > root.bound(there) + 1e-3
    assert gained >= 4, gained


@pytest.mark.parametrize(("value", "place"), [(0.0, -1), (0.5, 0), (1.0, -2), (1.5, 1), (2.0, -3), (2.5, -3)])
def test_a_split_that_does_not_cut_the_solution_off_is_passed(value: float, place: int) -> None:
    """x_0 <= 0 or more, and of the upper half x_0 <= 1 or more: a fractional value beside a split is not moved by it."""
    assert _moving([[0, 0, -1, 1], [0, 1, -2, -3]], 0, np.array([value])) == place


def test_following_stops_where_the_bound_is_enough() -> None:
    program = random_program(3, criteria=2, integers=8, rows=6)
    wide, rows, cost = deepest(program, RANGES, 0.0, 3.0)
    lp = workshop(wide, cost, rows)
    u = np.array([4.0, 9.0]) / np.array(RANGES)
    first = Family(lp.frame)
    first.improve(lp, u, Ask(), nodes=30, dives=False)
    splits = tree_of(first.leaves)[0]
    enough, nothing, alone = Family(lp.frame), Family(lp.frame), Family(lp.frame)
    assert enough.follow(lp, u, splits, Ask(cutoff=-10.0)) == 1 and len(enough.leaves) == 1
    assert alone.follow(lp, u, [], Ask()) == 1
    # no time: the tree stays what it was, and its bound is valid
    nothing.follow(lp, u, splits, Ask(seconds=0.0))
    assert nothing.bound(u) <= first.bound(u) + CLOSE


def test_a_child_leaves_its_parent_as_it_was() -> None:
    program = random_program(3, integers=8, rows=6)
    wide, rows, cost = deepest(program, RANGES, 0.0, 3.0)
    lp = workshop(wide, cost, rows)
    parent = Family(lp.frame)
    u = np.array([4.0, 9.0]) / np.array(RANGES)
    parent.improve(lp, u, Ask(), nodes=2)
    before, child = parent.bounds(u), parent.child()
    child.improve(lp, u, Ask())
    assert np.array_equal(parent.bounds(u), before)
    assert child.bound(u) >= parent.bound(u)
    assert len(child.leaves) >= len(parent.leaves)


def test_a_branch_that_is_empty_here_is_open_again_elsewhere() -> None:
    """A Farkas cut is evaluated at the right-hand side asked about, not remembered as a verdict."""
    for seed in range(12):
        program = random_program(seed, criteria=2, integers=4, continuous=2, rows=3)
        wide, rows, cost = deepest(program, RANGES, 0.0, 2.0)
        lp = workshop(wide, cost, rows)
        family = Family(lp.frame)
        tight, loose = np.array([-60.0, -60.0]) / np.array(RANGES), np.array([60.0, 60.0]) / np.array(RANGES)
        assert family.improve(lp, tight, Ask()).verdict == "infeasible"
        assert family.bound(tight) == np.inf
        high = wide.row_upper.copy()
        high[rows] = loose
        assert family.bound(loose) <= enumerated(wide, cost, high) + CLOSE


def test_several_threads_find_the_same_bound_and_the_same_tree_every_time() -> None:
    for seed in range(8):
        program = random_program(seed, integers=9, rows=7)
        cost = program.criteria[0]
        outcomes, leaves = [], []
        for threads in (1, 3, 3):
            tree = Tree(program, cost, Ask(), threads=threads)
            outcomes.append(tree.minimise())
            leaves.append([sorted(one.box.items()) for one in tree.leaves])
        assert {o.verdict for o in outcomes} == {outcomes[0].verdict}
        assert outcomes[0].bound == pytest.approx(outcomes[1].bound, abs=1e-6) or outcomes[0].verdict == "infeasible"
        assert leaves[1] == leaves[2] and outcomes[1].bound == outcomes[2].bound
