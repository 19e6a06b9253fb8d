"""Hundreds of small random problems against every feasible solution there is: the certificate's claim, word for word. Tier: test (a few), fuzz.

The binaries are enumerated; what is left for the continuous columns is a polytope, whose vertices are computed and between which points are drawn.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from portfolio.pareto.certified import Effort, certified
from portfolio.pareto.problem import problem
from portfolio.program import Floats, Program

DRAWN = 60
"""Points drawn between the vertices of one polytope."""
CLOSE = 1e-6
"""Solver's feasibility tolerance, in ranges of a criterion."""
BLOCK = 20
TARGETS = {2: ("1/20", "1/50", "1/100"), 3: ("1/8", "1/20"), 4: ("1/5", "1/8")}
"""Targets for epsilon by the number of criteria: the pieces of a frontier have up to q - 1 dimensions, and its cover grows with them."""


@dataclass(frozen=True)
class Drawn:
    """A problem, the target for epsilon, and minimised values (k, q) of its feasible solutions."""

    program: Program
    epsilon: Fraction
    values: Floats


def drawn(seed: int) -> Drawn:
    """2 to 4 criteria, 3 to 6 binaries, 0 to 3 continuous columns; coefficients in thirds, sevenths, tenths; both senses; some infeasible."""
    rng = random.Random(seed)
    q = rng.randint(2, 4)
    binaries, reals, m = rng.randint(3, 6), rng.choice((0, 0, 1, 2, 3) if q < 4 else (0, 0, 1, 2)), rng.randint(1, 3)
    n, sense = binaries + reals, rng.choice(("min", "max"))
    costs = [[Fraction(rng.randint(-30, 30), rng.choice((1, 3, 7, 10))) for _ in range(n)] for _ in range(q)]
    upper = [1] * binaries + [rng.choice((1, 2, Fraction(5, 2))) for _ in range(reals)]
    rows = [[Fraction(rng.choice((0, 1, 2, 3, 5, -1)), rng.choice((1, 2, 3))) for _ in range(n)] for _ in range(m)]
    inside = [rng.randint(0, 1) for _ in range(binaries)] + [Fraction(rng.randint(0, 4), 4) * u for u in upper[binaries:]]
    senses = [rng.choice(("<=", "<=", ">=")) for _ in range(m)]
    sides = [sum((a * x for a, x in zip(row, inside)), Fraction(0)) for row in rows]
    if seed % 29 == 0:
        senses[0], sides[0] = ">=", Fraction(100)
    made = problem(costs, rows, senses, sides, [0] * n, upper, [True] * binaries + [False] * reals, sense)
    sign = 1.0 if sense == "min" else -1.0
    matrix = np.array([[float(a) for a in row] for row in rows])
    flip = np.array([1.0 if s == "<=" else -1.0 for s in senses])
    solutions = feasible(matrix * flip[:, None], np.array([float(s) for s in sides]) * flip, [float(u) for u in upper], binaries, seed)
    values = solutions @ (sign * np.array([[float(c) for c in row] for row in costs])).T
    return Drawn(made, Fraction(rng.choice(TARGETS[q])), values)


def feasible(matrix: Floats, sides: Floats, upper: list[float], binaries: int, seed: int) -> Floats:
    """Solutions (k, n) of matrix @ x <= sides: for every choice of the binaries the vertices of the rest and points between them."""
    generator, n = np.random.default_rng(seed), len(upper)
    reals = n - binaries
    found = [np.zeros((0, n))]
    for choice in itertools.product((0.0, 1.0), repeat=binaries):
        left = sides - matrix[:, :binaries] @ np.array(choice)
        rest = (
            between(vertices(matrix[:, binaries:], left, upper[binaries:]), generator)
            if reals
            else np.zeros((int((left >= -1e-9).all()), 0))
        )
        found.append(np.hstack([np.tile(choice, (len(rest), 1)), rest]))
    return np.vstack(found)


def vertices(matrix: Floats, sides: Floats, upper: list[float]) -> Floats:
    """Of {y : matrix @ y <= sides, 0 <= y <= upper}: every set of as many tight constraints as there are columns."""
    k = len(upper)
    rows = np.vstack([matrix, np.eye(k), -np.eye(k)])
    right = np.concatenate([sides, upper, np.zeros(k)])
    sets = np.array(list(itertools.combinations(range(len(rows)), k)))
    regular = np.abs(np.linalg.det(rows[sets])) > 1e-9
    points = np.linalg.solve(rows[sets[regular]], right[sets[regular]][..., None])[..., 0]
    return np.unique(np.round(points[(points @ rows.T <= right + 1e-9).all(axis=1)], 9), axis=0)


def between(corners: Floats, generator: np.random.Generator) -> Floats:
    """The corners, points on edges between two of them, and points of the inside."""
    if len(corners) < 2:
        return corners
    pairs = generator.integers(len(corners), size=(DRAWN, 2))
    share = generator.random((DRAWN, 1))
    edges = share * corners[pairs[:, 0]] + (1 - share) * corners[pairs[:, 1]]
    return np.vstack([corners, edges, generator.dirichlet(np.full(len(corners), 0.3), DRAWN) @ corners])


def holds(seed: int) -> int:
    """Check one problem; returns the number of points reported."""
    case = drawn(seed)
    found = certified(case.program, case.epsilon, effort=Effort(zones=("mip", "tree")[seed % 2]))
    if not len(case.values):
        assert found.status == "infeasible", seed
        return 0
    assert found.status == "certified" and found.epsilon is not None and found.frame is not None, seed
    assert found.epsilon <= case.epsilon, seed
    points = np.array([[float(v) for v in p.values] for p in found.points])
    missing = (points[None, :, :] - case.values[:, list(found.kept)][:, None, :]) / found.frame.r
    assert missing.max(axis=2).min(axis=1).max() <= float(found.epsilon) + CLOSE, seed
    # What is reported is there: the published solution is feasible, and its values are its own.
    for point in found.points:
        assert np.allclose(case.program.values(point.plan)[list(found.kept)], [float(v) for v in point.values], atol=1e-9), seed
    return len(points)


@pytest.mark.parametrize("block", [0, *(pytest.param(b, marks=pytest.mark.fuzz) for b in range(1, 20))])
def test_for_every_feasible_solution_there_is_a_point_within_epsilon(block: int) -> None:
    assert sum(holds(seed) for seed in range(BLOCK * block, BLOCK * block + BLOCK)) > BLOCK


def test_the_oracle_knows_a_polytope() -> None:
    """The triangle y1 + y2 <= 1 within the unit square has three vertices, with a binary that halves it twice as many."""
    solutions = feasible(np.array([[0.5, 1.0, 1.0]]), np.array([1.0]), [1.0, 1.0, 1.0], 1, 0)
    for binary, most in ((0.0, 1.0), (1.0, 0.5)):
        part = solutions[solutions[:, 0] == binary][:, 1:]
        corners = {tuple(row) for row in part.tolist()}
        assert {(0.0, 0.0), (most, 0.0), (0.0, most)} <= corners and (part.sum(axis=1) <= most + 1e-9).all()
