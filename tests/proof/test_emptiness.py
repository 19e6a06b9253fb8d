"""That nothing is feasible is proven also where the relaxation has points: the row that cannot be kept becomes the objective. Tier: test, fuzz."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import portfolio
from portfolio.api.allocate import Effort, allocate
from portfolio.api.proving import INFEASIBLE, check_proofs
from portfolio.library import load_model
from portfolio.program import Program
from portfolio.proof.certificate import Question, certificate
from portfolio.proof.emptiness import empty_leaves, tightest_sides
from portfolio.proof.verify import digest
from portfolio.schema.aim import Weighted
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.solvers.outcome import Ask
from tests.support.proof_reference import reference
from tests.support.random_programs import enumerated, from_dense, random_program

INF = float("inf")
NOTHING = Question((Fraction(0), Fraction(0)))


def with_most(program: Program, most: float) -> Program:
    """The random Program with one more row: its first criterion is at most this."""
    dense = np.zeros((program.m + 1, program.n))
    for i in range(program.m):
        inside = slice(program.indptr[i], program.indptr[i + 1])
        dense[i, program.indices[inside]] = program.data[inside]
    dense[-1] = program.criteria[0]
    low, high = np.append(program.row_lower, -INF), np.append(program.row_upper, most)
    return from_dense(dense, low, high, program.col_lower, program.col_upper, program.integer, program.criteria)


def campaign(seeds: range) -> tuple[int, int]:
    """(proven empty, feasible). The bound on the criterion lies a little below its least value, or at it."""
    empty = feasible = 0
    for seed in seeds:
        program = random_program(seed, integers=6)
        best = enumerated(program, program.criteria[0])
        if best == INF or not program.criteria[0].any():
            continue
        below = with_most(program, best - 2.0**-8)
        found = empty_leaves(below, Ask(seconds=60.0))
        assert found is not None, seed
        proof = certificate(below, NOTHING, *found)
        assert reference(below, proof, digest(below)) == (None, len(found[1])), seed
        empty += 1
        assert empty_leaves(with_most(program, best + 2.0**-8), Ask(seconds=60.0)) is None, seed
        feasible += 1
    return empty, feasible


def test_a_bound_just_below_the_least_value_is_proven_to_admit_nothing() -> None:
    empty, feasible = campaign(range(30))
    assert empty == feasible > 15


@pytest.mark.fuzz
def test_a_bound_just_below_the_least_value_is_proven_to_admit_nothing_a_thousand_times() -> None:
    empty, feasible = campaign(range(10_000, 11_200))
    assert empty == feasible > 800


def too_much(programmes: int, seed: int) -> Instance:
    """A generated instance that must bring a little more growth than its best plan does."""
    instance = portfolio.generate(programmes=programmes, options=1, seed=seed)
    best = allocate(instance, load_model(), Weighted(weights={"growth": Fraction(1)}), Effort(gap=Fraction(1, 10**5)))
    assert best.plan is not None
    raw, most = instance.canonical(), round(float(best.plan.criteria["growth"]) * 1.002, 3)
    raw["rules"] = [*raw["rules"], {"id": "much", "kind": "criterion_bound", "criterion": "growth", "min": most}]
    return parse_instance(raw)


def test_a_rule_that_only_the_relaxation_can_keep_is_proven_to_be_too_much() -> None:
    """A search without an objective proves this in no reasonable time."""
    result = allocate(too_much(12, 1), load_model(), None, Effort(prove=Fraction(0)))
    assert result.status == "infeasible" and [p.of for p in result.proofs] == [INFEASIBLE]
    (checked,) = check_proofs(result)
    assert checked.fault is None and checked.shown is not None and checked.shown.bound is None and checked.shown.leaves > 1


def test_the_row_that_others_clear_by_the_least_comes_first() -> None:
    """x + y + z over {0, 1}: at most 9/2 is cleared by a third, at least 5/2 by a sixth of what the row can move; 2 x <= 3 by a half."""
    dense = np.array([[1.0, 1.0, 1.0], [2.0, 0.0, 0.0]])
    program = from_dense(
        dense, np.array([2.5, -INF]), np.array([INF, 1.5]), np.zeros(3), np.ones(3), np.ones(3, dtype=bool), np.zeros((2, 3))
    )
    assert tightest_sides(program) == [(0, 1), (1, -1)]


def test_both_sides_of_a_row_may_be_the_one() -> None:
    """2 x + 4 y = 5 has points, none of them whole; the equation is left out on either side."""
    dense = np.array([[2.0, 4.0]])
    sides = np.array([5.0])
    program = from_dense(dense, sides, sides, np.zeros(2), np.full(2, 3.0), np.ones(2, dtype=bool), np.zeros((2, 2)))
    found = empty_leaves(program, Ask(seconds=10.0))
    assert found is not None
    assert reference(program, certificate(program, NOTHING, *found), digest(program))[0] is None


def test_no_time_proves_nothing() -> None:
    program = with_most(random_program(3, integers=6), -1e6)
    assert empty_leaves(program, Ask(seconds=0.0)) is None
