"""The local upper bounds of any set of points are the ones of their definition, in any order of insertion, ties included. Tier: test."""

from __future__ import annotations

import itertools
import random

import pytest

from portfolio.pareto.search_region import SearchRegion

SIDE = 4
"""Points have integer coordinates 0 .. SIDE - 1; the start is at SIDE."""


def by_definition(points: list[tuple[int, ...]], q: int) -> set[tuple[float, ...]]:
    """U(N) from scratch: the maximal corners whose open lower cone holds no point of N. Corners have coordinates among the points' and the start's."""
    axes = [sorted({p[i] for p in points} | {SIDE}) for i in range(q)]
    free = [u for u in itertools.product(*axes) if not any(all(p[i] < u[i] for i in range(q)) for p in points)]
    kept = set()
    for u in free:
        if not any(v != u and all(a <= b for a, b in zip(u, v)) for v in free):
            kept.add(tuple(float(c) for c in u))
    return kept


def region_of(points: list[tuple[int, ...]], q: int) -> SearchRegion:
    region = SearchRegion([float(SIDE)] * q)
    for point in points:
        region.insert([float(v) for v in point])
    return region


@pytest.mark.parametrize("q", [2, 3, 4])
def test_the_bounds_are_those_of_the_definition(q: int) -> None:
    rng = random.Random(q)
    for _ in range({2: 300, 3: 200, 4: 60}[q]):
        points = [tuple(rng.randrange(SIDE) for _ in range(q)) for _ in range(rng.randrange(0, 9))]
        uppers = [u.vector for u in region_of(points, q).uppers.values()]
        assert len(uppers) == len(set(uppers))
        assert set(uppers) == by_definition(points, q)


@pytest.mark.parametrize("q", [2, 3, 5])
def test_a_vector_lies_in_a_zone_exactly_when_no_point_weakly_dominates_it(q: int) -> None:
    rng = random.Random(10 + q)
    for _ in range(20):
        points = [tuple(rng.randrange(SIDE) for _ in range(q)) for _ in range(6)]
        region = region_of(points, q)
        for vector in itertools.product(range(SIDE), repeat=q):
            dominated = any(all(a <= b for a, b in zip(p, vector)) for p in points)
            assert region.holds([float(v) for v in vector]) == (not dominated)


@pytest.mark.parametrize("q", [2, 3])
def test_zones_are_found_by_what_they_hold_and_by_what_holds_them(q: int) -> None:
    """Those that hold a point are those that its insertion takes away; ids are theirs."""
    rng = random.Random(20 + q)
    for _ in range(10):
        region = region_of([tuple(rng.randrange(SIDE) for _ in range(q)) for _ in range(6)], q)
        vectors = {u.vector for u in region.uppers.values()}
        for asked in itertools.product(range(SIDE + 1), repeat=q):
            vector = [float(v) for v in asked]
            inside = [u for u in vectors if all(a <= b for a, b in zip(u, vector))]
            assert sorted(region.zones_in(vector)) == sorted(inside)
            over = [u for u in region.uppers.values() if all(a < b for a, b in zip(vector, u.vector))]
            assert region.zones_with(vector) == over
    point = [1.0] * q
    over = region.zones_with(point)
    assert [u.id for u in over] == region.insert(point)[1]


def test_the_order_of_insertion_does_not_matter() -> None:
    rng = random.Random(3)
    points = [tuple(rng.randrange(SIDE) for _ in range(3)) for _ in range(7)]
    expected = {u.vector for u in region_of(points, 3).uppers.values()}
    for _ in range(50):
        rng.shuffle(points)
        assert {u.vector for u in region_of(points, 3).uppers.values()} == expected


def test_insert_reports_what_it_changes() -> None:
    rng = random.Random(5)
    region = SearchRegion([float(SIDE)] * 3)
    seen = set(region.uppers)
    for _ in range(12):
        before = dict(region.uppers)
        point = [float(rng.randrange(SIDE)) for _ in range(3)]
        added, removed = region.insert(point)
        assert set(removed) == {i for i, u in before.items() if all(a < b for a, b in zip(point, u.vector))}
        assert [u.id for u in added] == sorted({u.id for u in added} - seen)
        assert all(u.parent in removed and all(a <= b for a, b in zip(u.vector, before[u.parent].vector)) for u in added)
        assert set(region.uppers) == (set(before) - set(removed)) | {u.id for u in added}
        seen |= set(region.uppers)


def test_a_point_in_no_zone_changes_nothing() -> None:
    region = SearchRegion([4.0, 4.0])
    region.insert([1.0, 2.0])
    before = dict(region.uppers)
    for point in ([1.0, 2.0], [3.0, 3.0], [1.0, 3.0], [4.0, 0.0], [9.0, 9.0]):
        assert region.insert(point) == ([], [])
    assert region.uppers == before


def test_what_is_no_vector_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        SearchRegion([1.0, float("inf")])
    with pytest.raises(ValueError, match="criteria"):
        SearchRegion([1.0, 2.0]).insert([0.0, 0.0, 0.0])
