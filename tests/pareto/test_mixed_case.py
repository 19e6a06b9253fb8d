"""The epsilon-certificate on a published mixed problem whose frontier is made of segments. Tier: test."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.pareto.certified import certified
from portfolio.pareto.quality import hypervolume, nondominated
from portfolio.pareto.weighted import weighted
from tests.pareto.published import case

DIGITS = 1e-5
"""The vertices are published with six decimals."""


def test_published_vertices_lie_within_epsilon_of_a_point_and_none_is_beaten() -> None:
    published, program = case("bomip_hadi_1")
    found = certified(program, Fraction(2, 100))
    assert found.status == "certified" and found.frame is not None and found.epsilon is not None and found.epsilon <= Fraction(2, 100)
    scale = np.array([float(r) for r in found.frame.scale])
    points = np.array([[float(v) for v in p.values] for p in found.points])
    assert published.expected_frontier_vertices is not None
    vertices = np.array([[float(v) for v in vertex] for vertex in published.expected_frontier_vertices])
    for vertex in vertices:
        worst = ((points - vertex) / scale).max(axis=1)
        assert worst.min() <= float(found.epsilon) + DIGITS
        # Nothing feasible lies below the true frontier: no point dominates a vertex by more than its digits.
        assert not (points < vertex - DIGITS * scale).all(axis=1).any()


def test_dominance_and_hypervolume_of_known_points() -> None:
    points = [[1.0, 3.0], [2.0, 2.0], [2.0, 3.0], [3.0, 1.0], [2.0, 2.0]]
    assert nondominated(points).tolist() == [True, True, False, True, False]
    assert hypervolume(points, [4.0, 4.0]) == 6.0
    assert hypervolume([], [4.0, 4.0]) == 0.0 and nondominated([]).tolist() == []


def test_weighted_sums_find_supported_points_only() -> None:
    published, program = case("vopt_2KP50-11")
    found = weighted(program, divisions=20)
    assert published.expected_points is not None
    natural = {tuple(s * v for s, v in zip(program.signs, point.values)) for point in found.points}
    assert found.finished and natural < set(published.expected_points)
