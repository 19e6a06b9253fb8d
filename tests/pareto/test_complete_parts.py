"""The parts of the complete search: bounds from rows, exact feasibility, evidence, starts. Tier: test."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from portfolio.errors import UsageError
from portfolio.pareto.evidence import FREE, Archive, Evidence, denied, emptied
from portfolio.pareto.exchange import Exchange
from portfolio.pareto.feasible import Feasible
from portfolio.pareto.problem import problem
from tests.pareto.test_complete_random import random_problem

HUGE = 1e30


def test_missing_bounds_come_from_the_rows_exactly() -> None:
    program = problem([[1, 1, 1]], [[2, 3, 0], [0, -1, 3]], ["<=", "<="], [10, 1], [0, 0, 0], [HUGE, HUGE, HUGE], [True, False, False])
    assert program.exact.col_upper.tolist() == [5, Fraction(10, 3), Fraction(13, 9)]
    lower = problem([[1]], [[-2]], ["<="], [6], [-HUGE], [4], [True])
    assert lower.col_lower.tolist() == [-3.0]


def test_bounds_of_integers_are_rounded_inward_and_contradictions_refused() -> None:
    program = problem([[1]], [[1]], ["<="], [9], ["-1/2"], ["7/2"], [True])
    assert (program.col_lower[0], program.col_upper[0]) == (0.0, 3.0)
    with pytest.raises(UsageError, match="contradict"):
        problem([[1]], [[1]], ["<="], [9], ["1/4"], ["3/4"], [True])
    with pytest.raises(UsageError, match="fit together"):
        problem([[1, 2]], [[1]], ["<="], [9], [0], [1], [True])
    with pytest.raises(UsageError, match="sense"):
        problem([[1]], [[1]], ["<"], [9], [0], [1], [True])


def test_a_hundred_millionth_too_much_is_infeasible() -> None:
    program = problem([[1, 1]], [["0.50000001", "0.5"]], ["<="], [1], [0, 0], [1, 1], [True, True])
    feasible = Feasible(program)
    assert feasible.rounded(np.array([1.0, 1.0])) is None
    assert feasible.rounded(np.array([1.0, 1e-9])).tolist() == [1.0, 0.0]  # type: ignore[union-attr]
    assert feasible.rounded(np.array([0.5, 0.0])) is None
    assert feasible.rounded(np.array([2.0, 0.0])) is None


def test_evidence_says_the_same_one_by_one_and_in_arrays() -> None:
    rng = random.Random(1)
    for _ in range(60):
        archive = Archive(3)
        for _ in range(rng.randint(1, 90)):
            box = tuple(rng.choice((FREE, rng.randint(0, 9))) for _ in range(3))
            archive.add(Evidence(tuple(rng.randint(0, 4) for _ in range(3)), box, rng.choice((None, rng.randint(-5, 30)))))
        zones = np.array([[rng.randint(0, 9) for _ in range(3)] for _ in range(20)], dtype=np.int64)
        for piece in archive.pieces[:20]:
            assert emptied(piece, zones).tolist() == [piece.empties(z) for z in zones.tolist()]
            assert denied(piece, zones) == any(piece.denies(z) for z in zones.tolist())
        for zone in zones.tolist():
            first = next((n for n, piece in enumerate(archive.pieces) if piece.empties(zone)), None)
            assert archive.first_for(zone) == first
        false = archive.withdraw(zones[0].tolist())
        assert false == {n for n, piece in enumerate(archive.pieces) if piece.denies(zones[0].tolist())}
        assert archive.first_for(zones[1].tolist()) not in false


def test_exchange_stays_inside_rows_bounds_and_limits() -> None:
    rng = random.Random(2)
    moved = 0
    for seed in range(120):
        program, _ = random_problem(seed)
        exchange = Exchange(program, program.criteria)
        x = np.array([rng.randint(int(low), int(high)) for low, high in zip(program.col_lower, program.col_upper)], dtype=float)
        limits = program.criteria @ x + np.array([rng.choice((-1.0, 0.0, 2.0, np.inf)) for _ in range(program.q)])
        cost = np.ones(program.q) @ program.criteria
        found = exchange.fit(x, limits, cost)
        if found is None:
            continue
        moved += 1
        assert Feasible(program).rounded(found[1]) is not None
        assert (program.criteria @ found[1] <= limits + 1e-6).all()
        assert found[0] == pytest.approx(cost @ found[1])
    assert moved > 20
