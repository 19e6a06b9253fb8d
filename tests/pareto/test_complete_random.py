"""The complete set of random small problems equals brute force; its certificate holds by arithmetic alone. Tier: test (thousands in fuzz)."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest

from portfolio.errors import UsageError
from portfolio.pareto.complete import Complete, complete
from portfolio.pareto.epsilon_constraint import epsilon_constraint
from portfolio.pareto.problem import problem
from portfolio.pareto.steps import steps_of
from portfolio.program import Program

Vector = tuple[Fraction, ...]


def random_problem(seed: int) -> tuple[Program, set[Vector]]:
    """2 to 4 criteria, integer boxes, coefficients in thirds, tenths, ...; with the minimised nondominated set by enumeration."""
    rng = random.Random(seed)
    q, n, m = rng.randint(2, 4), rng.randint(3, 6), rng.randint(1, 3)
    unit = [Fraction(1, rng.choice((1, 1, 2, 3, 10, 7))) for _ in range(q)]
    costs = [[rng.randint(-8, 8) * unit[i] for _ in range(n)] for i in range(q)]
    if seed % 9 == 0:
        costs[0] = [Fraction(0)] * n
    lower = [rng.choice((0, 0, 0, -1)) for _ in range(n)]
    upper = [low + rng.choice((1, 1, 1, 2)) for low in lower]
    rows = [[rng.choice((0, 1, 2, 3, Fraction(5, 2), -1)) for _ in range(n)] for _ in range(m)]
    senses = [rng.choice(("<=", ">=", "<=", "=")) for _ in range(m)]
    inside = [rng.randint(low, high) for low, high in zip(lower, upper)]
    sides = [sum(a * x for a, x in zip(row, inside)) for row in rows]
    if seed % 23 == 0:
        senses[0], sides[0] = ">=", 1000
    sense = rng.choice(("min", "max"))
    sign = 1 if sense == "min" else -1
    values = set()
    for x in itertools.product(*(range(low, high + 1) for low, high in zip(lower, upper))):
        activity = [sum(a * v for a, v in zip(row, x)) for row in rows]
        if all({"<=": a <= b, ">=": a >= b, "=": a == b}[s] for a, s, b in zip(activity, senses, sides)):
            values.add(tuple(sign * sum((c * v for c, v in zip(row, x)), Fraction(0)) for row in costs))
    best = {v for v in values if not any(w != v and all(a <= b for a, b in zip(w, v)) for w in values)}
    return problem(costs, rows, senses, sides, lower, upper, [True] * n, sense), best


def certificate_holds(found: Complete) -> None:
    """Every zone of U(N) lies in a box in which the weighted bound leaves nothing, and U(N) is that of the points."""
    counts = [point.counts for point in found.points]
    for zone in found.zones:
        assert zone.evidence is not None
        piece = found.evidence[zone.evidence]
        assert all(u <= b for u, b in zip(zone.upper, piece.box))
        assert piece.bound is None or sum(w * (u - 1) for w, u in zip(piece.weights, zone.upper)) < piece.bound
    for corner in itertools.product(*(sorted({c[i] - 1 for c in counts} | {found.start[i] - 1}) for i in range(len(found.start)))):
        dominated = any(all(a <= b for a, b in zip(c, corner)) for c in counts)
        assert dominated or any(all(a < u for a, u in zip(corner, zone.upper)) for zone in found.zones)


@pytest.mark.parametrize("block", [*range(6), *(pytest.param(b, marks=pytest.mark.fuzz) for b in range(6, 60))])
def test_the_complete_set_equals_brute_force(block: int) -> None:
    for seed in range(50 * block, 50 * block + 50):
        program, expected = random_problem(seed)
        found = complete(program)
        assert found.status == ("complete" if expected else "infeasible"), seed
        assert {point.values for point in found.points} == expected, seed
        if seed % 5 == 0:
            certificate_holds(found)


def test_the_plain_epsilon_constraint_method_finds_the_same_sets() -> None:
    for seed in range(40):
        program, expected = random_problem(seed)
        found = epsilon_constraint(program)
        assert found.finished and found.infeasible == (not expected), seed
        assert {point.values for point in found.points} == expected, seed


def test_points_come_with_their_solutions_in_order() -> None:
    program, _ = random_problem(4)
    found = complete(program)
    assert [p.counts for p in found.points] == sorted(p.counts for p in found.points)
    for point in found.points:
        assert steps_of(program).values(steps_of(program).counts(point.x)) == point.values
        assert np.allclose(program.values(point.x), [float(v) for v in point.values])


def test_one_and_two_workers_give_the_same_answer() -> None:
    for seed in range(12):
        program, _ = random_problem(seed)
        one, two = (complete(program, workers=workers) for workers in (1, 2))
        assert [p.counts for p in one.points] == [p.counts for p in two.points]
        assert all((a.x == b.x).all() for a, b in zip(one.points, two.points))
        assert (one.zones, one.evidence, one.solves, one.nodes) == (two.zones, two.evidence, two.solves, two.nodes)


def test_the_grid_is_found_from_the_data() -> None:
    third, fifth = Fraction(1, 3), Fraction(1, 5)
    program = problem([[third, 2 * third], [fifth * 4, fifth * 6]], [[1, 1]], [">="], [1], [0, 0], [3, 3], [True, True])
    assert steps_of(program).step == (third, 2 * fifth)


def test_a_criterion_without_a_grid_is_refused_with_the_reason() -> None:
    program = problem([[1, 1], [1, -1]], [[1, 1]], [">="], [1], [0, 0], [3, 3], [True, False])
    with pytest.raises(UsageError, match="continuous"):
        complete(program)
    fine = problem([["1", "0.00000001"], [1, -1]], [[1, 1]], [">="], [1], [0, 0], [3, 3], [True, True])
    with pytest.raises(UsageError, match="too fine"):
        complete(fine)


@pytest.mark.parametrize("block", [0, *(pytest.param(b, marks=pytest.mark.fuzz) for b in range(1, 10))])
def test_counts_so_large_that_weights_are_cut(block: int) -> None:
    """A weight that would put the free criterion before all others is too large for the solver: zones then need a solve inside their limits."""
    for seed in range(15 * block, 15 * block + 15):
        rng = random.Random(seed)
        q, n, top = rng.choice((3, 4)), rng.randint(6, 9), rng.choice((10**4, 10**5, 10**6))
        gains = np.array([[rng.randint(1, top) for _ in range(n)] for _ in range(q)])
        weights = np.array([rng.randint(1, 9) for _ in range(n)])
        limit = int(weights.sum()) // 2
        program = problem(gains.tolist(), [weights.tolist()], ["<="], [limit], [0] * n, [1] * n, [True] * n, "max")
        choices = np.array(list(itertools.product((0, 1), repeat=n)))
        values = np.unique(-(choices[choices @ weights <= limit] @ gains.T), axis=0)
        best = {tuple(v.tolist()) for v in values if not ((values <= v).all(axis=1) & (values < v).any(axis=1)).any()}
        found = complete(program, workers=1 + seed % 2)
        assert found.status == "complete" and {point.counts for point in found.points} == best, seed
