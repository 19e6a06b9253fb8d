"""Where the next point is looked for: the numbers that lone zones need, and places that leave no more than the deepest point does. Tier: test."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from portfolio.pareto.half_space import HalfSpace
from portfolio.pareto.integrate import Frame, Known, Search
from portfolio.pareto.lattice import Lattice
from portfolio.pareto.placing import STEPS, missed_by, needed, place, table
from portfolio.pareto.search_region import SearchRegion
from portfolio.pareto.tree_bounds import Grown
from portfolio.pareto.zones import Published

EPSILON = Fraction(1, 50)


def count(alpha: float, delta: float, q: int) -> float:
    """N(alpha), alpha and delta in units of epsilon."""
    return float(table(delta, q)[0][math.ceil(alpha * STEPS - 1e-9)])


@pytest.mark.parametrize(("alpha", "points"), [(0.5, 0), (1.0, 0), (1.5, 1), (1.9, 1), (2.4, 2), (2.9, 2), (3.9, 3)])
def test_two_criteria_need_one_point_per_epsilon(alpha: float, points: int) -> None:
    """A point at u - a closes the zone on either side of it when alpha - b_i <= 1, and b_1 + b_2 = alpha: each one takes away 1."""
    assert count(alpha, 0.0, 2) == points


@pytest.mark.parametrize(("alpha", "points"), [(1.0, 0), (1.2, 1), (1.45, 1), (1.6, 2), (1.7, 2), (1.9, 3)])
def test_three_criteria_by_hand(alpha: float, points: int) -> None:
    """All three are closed where 3 (alpha - 1) <= alpha; two where 2 (alpha - 1) < alpha, and the third, at 2 alpha - 2, by another point up to 1.75: 2, and 3 beyond."""
    assert count(alpha, 0.0, 3) == points


def test_deeper_zones_and_points_that_miss_need_more() -> None:
    for q in (2, 3):
        for delta in (0.0, 0.3, 0.6):
            counts = table(delta, q)[0]
            assert (np.diff(counts) >= 0).all() and counts[: STEPS + 1].max() == 0
            assert (table(delta + 0.3, q)[0] >= counts).all()


def test_needed_grows_with_the_square_beyond_the_table() -> None:
    top = float(table(0.5, 3)[0][-1])
    assert needed(np.array([0.06, 0.12]), 0.01, 0.5, 3) == pytest.approx(top + 4 * top)


def flat_search(points: list[tuple[float, float, float]], weights: list[tuple[int, int, int]]) -> Search:
    """A search over [0, 1]^3 whose half-spaces all touch (1/3, 1/3, 1/3); ranges 1."""
    one = Fraction(1)
    frame = Frame(Lattice((Fraction(1, 10**9),) * 3), (one,) * 3, np.ones(3), (10**10,) * 3, Fraction(9), EPSILON)
    search = Search(frame, [HalfSpace(tuple(Fraction(v, sum(w)) for v in w), Fraction(1, 3)) for w in weights])
    for point in points:
        values = tuple(Fraction(v).limit_denominator(10**9) for v in point)
        search.add_point(Published(values, None, np.array(point), {}), always=True)
    return search


EVERYWHERE = np.full(3, np.inf)


def test_what_points_miss_of_half_spaces_alone() -> None:
    """All points half of epsilon above x + y + z = 1; a tree says that nothing is better than 0.3 of epsilon above."""
    search = flat_search([(0.2, 0.3, 0.53), (0.3, 0.53, 0.2), (0.53, 0.2, 0.3)], [(1, 1, 1)])
    search.grown.add(0, Grown(np.array([1 / 3 + 0.006]), np.full((1, 3), -1 / 3), np.array([False])))
    assert missed_by(search, EVERYWHERE, trees=False) == 0.5 and missed_by(search, EVERYWHERE) == 0.2


def test_what_points_miss_is_asked_of_the_nearest() -> None:
    """Eight points on the plane around (0.2, 0.2, 0.6), eight that lie 0.6 of epsilon behind it around (0.6, 0.2, 0.2)."""
    close = [(0.2 + 0.001 * k, 0.2 - 0.001 * k, 0.6) for k in range(8)]
    behind = [(0.6 + 0.036, 0.2 + 0.001 * k, 0.2 - 0.001 * k) for k in range(8)]
    search = flat_search(close + behind, [(1, 1, 1)])
    # deepest places of these zones: 0.01 better than their corners
    assert missed_by(search, np.array([0.21, 0.21, 0.61])) == 0.0
    assert missed_by(search, np.array([0.61, 0.21, 0.21])) == 0.6
    # unlimited in one criterion: the others tell
    assert missed_by(search, np.array([0.61, 0.21, np.inf])) == 0.6


def after(search: Search, zone: np.ndarray, point: np.ndarray) -> float:
    """sum of N over all zones once a point is in, by inserting it, with what points miss in a zone."""
    other = SearchRegion(search.region.start)
    for steps in [*search.steps, search.frame.lattice.outward([Fraction(float(v)) for v in point])]:
        other.insert([float(k) for k in steps])
    alphas = search.spaces.alphas(np.array([search.upper(u.vector) for u in other.uppers.values()]))
    return needed(np.minimum(alphas, 9.0), float(EPSILON), missed_by(search, zone), 3)


def test_a_place_leaves_no_more_than_the_deepest_point_would() -> None:
    draw = random.Random(5)
    moved = better = 0
    for _ in range(40):
        behind = 0.01
        points = []
        for _ in range(draw.randrange(3, 8)):
            a, b = sorted((draw.uniform(0.2, 0.45), draw.uniform(0.2, 0.45)))
            points.append((a + behind, b + behind, 1 - a - b + behind))
        search = flat_search(points, [(1, 1, 1)])
        for zone, known in list(search.known.items()):
            upper = search.upper(zone)
            if not np.isfinite(upper).all() or known.alpha <= EPSILON:
                assert place(search, zone) == zone
                continue
            aim = place(search, zone)
            assert all(a <= z for a, z in zip(aim, zone, strict=True))
            if aim == zone:
                continue
            moved += 1
            delta = missed_by(search, upper) * float(EPSILON)
            depth = float(known.alpha) - delta
            part = search.upper(aim)
            chosen = part - ((part.sum() / 3 - 1 / 3) - delta)
            assert (chosen < upper).all()
            here, there = after(search, upper, chosen), after(search, upper, upper - depth)
            assert here <= there + 1e-9
            better += here < there
    assert moved > 20 and better > 10


def test_what_is_not_limited_or_not_flat_enough_is_left_as_it_is() -> None:
    search = flat_search([(0.34, 0.34, 0.34)], [(1, 1, 0)])
    assert all(place(search, zone) == zone for zone in search.known)


@pytest.mark.parametrize("q", [2, 3, 4])
def test_a_preview_is_what_the_insertion_does(q: int) -> None:
    draw = random.Random(q)
    for _ in range(60):
        region = SearchRegion([5.0] * q)
        for _ in range(draw.randrange(8)):
            region.insert([float(draw.randrange(5)) for _ in range(q)])
        before = {u.id: u.vector for u in region.uppers.values()}
        point = [float(draw.randrange(5)) for _ in range(q)]
        brought, parents, gone = region.preview(point)
        assert before == {u.id: u.vector for u in region.uppers.values()}
        added, removed = region.insert(point)
        assert brought == [u.vector for u in added] and parents == [before[u.parent] for u in added]
        assert gone == [before[i] for i in removed]


def test_a_zone_that_needs_mips_waits_for_the_others() -> None:
    search = flat_search([(0.34, 0.34, 0.34)], [(1, 1, 1)])
    first, second, *_ = search.open
    search.known = {z: Known(Fraction(1, 10)) for z in search.known}
    search.known[first] = Known(Fraction(12, 100), hard=True)
    assert search.next_zone() not in (None, first)
    search.known[first] = Known(Fraction(13, 100), hard=True)
    assert search.next_zone() == first
    search.busy = set(search.known) - {first}
    search.known[first] = Known(Fraction(3, 100), hard=True)
    assert search.next_zone() == first
    assert second != first
