"""Several zones in one integer program: its optimum is the best of the union, its bound holds for each. Tier: test."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from portfolio.pareto.complete_search import Search
from portfolio.pareto.evidence import FREE
from portfolio.pareto.steps import steps_of
from portfolio.pareto.subproblem import Subproblems, Task
from portfolio.pareto.union import company_of
from portfolio.pareto.zones import Limits
from portfolio.program import Program
from portfolio.solvers.highs import Highs
from tests.pareto.test_complete_random import random_problem

Box = tuple[int, ...]


def every_count(program: Program) -> list[Box]:
    """Counts of all feasible solutions."""
    ranges = (range(int(low), int(high) + 1) for low, high in zip(program.col_lower, program.col_upper))
    steps, found = steps_of(program), []
    matrix = np.zeros((program.m, program.n))
    for i in range(program.m):
        inside = slice(program.indptr[i], program.indptr[i + 1])
        matrix[i, program.indices[inside]] = program.data[inside]
    for x in itertools.product(*ranges):
        rows = matrix @ np.array(x)
        if (rows >= program.row_lower - 1e-9).all() and (rows <= program.row_upper + 1e-9).all():
            found.append(tuple(int(c) for c in steps.counts(np.array(x, dtype=float))))
    return found


def random_box(rng: random.Random, counts: list[Box], q: int) -> Box:
    return tuple(rng.choice((FREE, rng.choice(counts)[i], rng.choice(counts)[i] + 1)) for i in range(q))


@pytest.mark.parametrize("block", range(4))
def test_the_optimum_is_the_best_of_the_union_and_its_bound_holds_for_each_box(block: int) -> None:
    found = empty = 0
    for seed in range(100 + 30 * block, 130 + 30 * block):
        program, best = random_problem(seed)
        if not best or company_of(program.q) == 0:
            continue
        rng, counts = random.Random(seed), every_count(program)
        subproblems = Subproblems(program, steps_of(program), Highs, 0)
        for _ in range(4):
            first, *others = (random_box(rng, counts, program.q) for _ in range(1 + rng.randint(0, company_of(program.q))))
            weights = tuple(rng.randint(1, 9) for _ in range(program.q))
            known = np.zeros((0, program.q), dtype=np.int64)
            answer = subproblems.solve(Task(0, first, weights, None, known, tuple(enumerate(others))), Limits())
            inside = [c for c in counts if any(all(a < b for a, b in zip(c, box)) for box in (first, *others))]
            values = [sum(w * a for w, a in zip(weights, c)) for c in inside]
            assert answer.trouble == "" and [piece.box for piece in answer.evidence] == [first, *others]
            assert not any(piece.denies(c) for piece in answer.evidence for c in counts)
            if inside:
                found += 1
                assert answer.counts in inside and sum(w * a for w, a in zip(weights, answer.counts or ())) == min(values)
                assert {piece.bound for piece in answer.evidence} == {min(values)}
            else:
                empty += 1
                assert answer.counts is None and {piece.bound for piece in answer.evidence} == {None}
    assert found > 10 and empty > 2


def test_companions_are_other_open_zones_whose_free_limit_is_no_larger() -> None:
    seen = 0
    for seed in range(40):
        program, best = random_problem(seed)
        if not best:
            continue
        search, subproblems = Search(program, steps_of(program)), Subproblems(program, steps_of(program), Highs, 0)
        while (task := search.next_task(())) is not None:
            k = int(np.argmax(task.weights))
            for zone, box in task.company:
                seen += 1
                assert zone != task.zone and box[k] <= search.region.uppers[task.zone].vector[k]
                assert box == tuple(int(v) for v in search.region.uppers[zone].vector)
            search.integrate(task, subproblems.solve(task, Limits()))
        assert {search.steps.values(c) for c, _ in search.certificate()[0]} == best
    assert seen > 50
