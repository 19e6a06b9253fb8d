"""The elementary solves of a zone against enumeration: bounds are never too low, plans within a choice keep it. Tier: test."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from portfolio.pareto.certified import frame_of, publisher
from portfolio.pareto.integrate import Search
from portfolio.pareto.lattice import shortened
from portfolio.pareto.zone_solves import SHARES, Setting, ZoneSolves
from portfolio.pareto.zones import Choice, Limits, Published, depth
from portfolio.payoff import payoff
from portfolio.program import Floats, Program
from tests.support.mixed_problems import deepest, mixed

EPSILON = Fraction(1, 20)


def solves_of(problem: Program) -> tuple[ZoneSolves, Floats]:
    """The solves, and (2, q) ideal and far end."""
    spans = payoff(problem, 0, 60.0)
    assert not isinstance(spans, str)
    ranges = tuple(shortened(span.width) for span in spans)
    ends = np.array([[span.ideal for span in spans], [span.nadir for span in spans]])
    reach = float(frame_of(problem, ranges, EPSILON).reach)
    return ZoneSolves(Setting(problem, ranges, reach, float(EPSILON), publisher(problem), ends)), ends


def zones_in(ends: Floats, draw: random.Random, count: int) -> list[Floats]:
    """Upper bounds across the ranges, some without a limit in one criterion."""
    found = []
    for n in range(count):
        upper = ends[0] + np.array([draw.uniform(0.2, 1.0) for _ in ends[0]]) * (ends[1] - ends[0])
        if n % 4 == 3:
            upper[draw.randrange(len(upper))] = np.inf
        found.append(upper)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_what_a_relaxation_proves_is_never_below_the_deepest_plan(seed: int) -> None:
    draw = random.Random(seed)
    problem = mixed(draw, q=3, binaries=4, reals=2)
    solves, ends = solves_of(problem)
    for upper in zones_in(ends, draw, 8):
        bound, weights, space = solves.relax(upper)
        best = deepest(problem, upper, solves.r)
        assert bound >= best - 1e-7
        assert weights.min() >= 0
        assert space is None or not any(w and not np.isfinite(v) for w, v in zip(space.weights, upper, strict=True))


def test_paying_for_all_criteria_costs_the_bound_nothing() -> None:
    draw = random.Random(3)
    problem = mixed(draw, q=3, binaries=5, reals=3)
    solves, ends = solves_of(problem)
    for upper in zones_in(ends, draw, 3):
        bound = solves.relax(upper)[0]
        solves.lp.move_to({})
        solves.lp.put(solves.finite_sides(upper))
        alone = -solves.lp.solve().value
        assert bound == pytest.approx(alone, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_within_a_choice_is_the_deepest_that_keeps_it(seed: int) -> None:
    draw = random.Random(seed)
    problem = mixed(draw, q=2, binaries=3, reals=2)
    solves, ends = solves_of(problem)
    upper = zones_in(ends, draw, 1)[0]
    solves.relax(upper)
    integers = [int(j) for j in solves.integers]
    for values in product((0.0, 1.0), repeat=len(integers)):
        low, high = problem.col_lower.copy(), problem.col_upper.copy()
        low[integers] = high[integers] = values
        choice = Choice(0, {j: v for j, v in zip(integers, values, strict=True) if v})
        x, basis = solves.within(choice, Limits())
        best = _best(problem, low, high, upper, solves.r)
        assert (x is None) == (best is None)
        if x is None or best is None:
            continue
        assert x[integers] == pytest.approx(values)
        # What is paid for all criteria may cost so much alpha, no more.
        assert best - 0.2 <= depth(upper, problem.values(x), solves.r) <= best + 1e-7
        again, _ = solves.within(Choice(0, choice.integers, basis), Limits())
        assert again is not None
        assert depth(upper, problem.values(again), solves.r) == pytest.approx(depth(upper, problem.values(x), solves.r), abs=1e-7)


def test_a_first_dive_that_fails_is_tried_again_more_slowly_from_the_relaxation(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = mixed(random.Random(4), q=2, binaries=6, reals=2)
    solves, _ = solves_of(problem)
    tried: list[tuple[float, Floats]] = []

    def failing(lp: Any, box: Any, x: Floats, cutoff: float, seconds: float, share: float) -> Floats | None:
        tried.append((share, lp.x))
        lp.move_to({int(lp.frame.integers[0]): (1.0, 1.0)})
        return None if len(tried) == 1 else x

    monkeypatch.setattr("portfolio.pareto.zone_solves.dive", failing)
    x, space = solves.supported(np.full(2, 0.5), Limits())
    assert [share for share, _ in tried] == list(SHARES) and space is not None
    assert x == pytest.approx(tried[0][1][:-1])


@pytest.mark.parametrize("seed", range(6))
def test_a_crossing_keeps_what_the_choices_agree_on(seed: int) -> None:
    """Where they agree on everything it is the deepest plan within them, where on nothing a dive."""
    draw = random.Random(seed)
    problem = mixed(draw, q=3, binaries=6, reals=2)
    solves, ends = solves_of(problem)
    integers = [int(j) for j in solves.integers]
    kept = 0
    for upper in zones_in(ends, draw, 4):
        if not np.isfinite(upper).all():
            continue
        solves.relax(upper)
        choices = [Choice(k, {j: 1.0 for j in integers if draw.random() < 0.5}) for k in range(3)]
        agreed = {j: v for j in integers for v in (choices[0].integers.get(j, 0.0),) if all(c.integers.get(j, 0.0) == v for c in choices)}
        x = solves.cross(choices, Limits())
        if x is not None:
            kept += len(agreed)
            assert [x[j] for j in agreed] == pytest.approx(list(agreed.values()))
            assert x[integers] == pytest.approx(np.round(x[integers]), abs=1e-6)
        alone, (within, _) = solves.cross(choices[:1], Limits()), solves.within(choices[0], Limits())
        assert (alone is None) == (within is None)
        if alone is not None and within is not None:
            assert alone == pytest.approx(within, abs=1e-6)
    assert kept > 0


def _best(problem: Program, low: Floats, high: Floats, upper: Floats, scale: Floats) -> float | None:
    """max alpha with the integers fixed, by scipy."""
    from scipy.optimize import linprog

    dense = np.zeros((problem.m, problem.n))
    for i in range(problem.m):
        at = slice(problem.indptr[i], problem.indptr[i + 1])
        dense[i, problem.indices[at]] = problem.data[at]
    rows = np.vstack([np.hstack([dense, np.zeros((problem.m, 1))]), np.hstack([problem.criteria, scale[:, None]])])
    above = np.append(problem.row_upper, upper - problem.offsets)
    below = np.append(problem.row_lower, np.full(problem.q, -np.inf))
    kept, under = np.isfinite(above), np.isfinite(below)
    found = linprog(
        np.append(np.zeros(problem.n), -1.0),
        np.vstack([rows[kept], -rows[under]]),
        np.append(above[kept], -below[under]),
        bounds=[*zip(low, high, strict=True), (None, None)],
    )
    return -float(found.fun) if found.status == 0 else None


def test_the_nearest_choices_are_named_once_each_nearest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portfolio.pareto.integrate.NEAREST", 3)
    problem = mixed(random.Random(1), q=2)
    spans = payoff(problem, 0, 60.0)
    assert not isinstance(spans, str)
    search = Search(frame_of(problem, tuple(shortened(s.width) for s in spans), EPSILON), ())
    far, near = spans[0].nadir, spans[1].nadir
    step = [span.width / 10 for span in spans]
    for k, integers in enumerate(({0: 1.0}, {1: 1.0}, {0: 1.0}, {})):
        raw = np.array([far - (k + 1) * step[0], near - (5 - k) * step[1]])
        assert search.add_point(Published(tuple(Fraction(float(v)) for v in raw), None, raw, integers), always=True)
    zone = max(search.known, key=lambda z: search.upper(z)[0] if np.isfinite(search.upper(z)).all() else -np.inf)
    places = search.nearest(zone)
    assert sorted(places) == [0, 1, 3]
    distances = [
        max(depth(search.upper(zone), p.raw, search.frame.r) for p in search.points if p.integers == search.points[k].integers)
        for k in places
    ]
    assert distances == sorted(distances, reverse=True)
    monkeypatch.setattr("portfolio.pareto.integrate.NEAREST", 2)
    assert search.nearest(zone) == places[:2]


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_is_polished_within_its_own_choices_where_a_dive_fails(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = mixed(random.Random(seed), q=3, binaries=4, reals=3)
    solves, _ = solves_of(problem)
    monkeypatch.setattr("portfolio.pareto.zone_solves.dive", lambda *_: None)
    whole = np.zeros(problem.n)
    better = solves.polish(whole, Limits())
    assert better[problem.integer] == pytest.approx(0.0)
    before, after = problem.values(whole), problem.values(better)
    assert (after <= before + 1e-5 * solves.r).all()
    # By linprog: the best sum that the continuous columns alone can reach below the plan's criteria.
    reals = np.flatnonzero(~problem.integer)
    rows = problem.data.reshape(problem.m, problem.n)[:, reals]
    weights = (1 / solves.r) @ problem.criteria[:, reals]
    found = linprog(
        weights, np.vstack([rows, problem.criteria[:, reals]]), np.append(problem.row_upper, np.zeros(3)), bounds=[(0, 2)] * len(reals)
    )
    assert ((after - before) / solves.r).sum() == pytest.approx(found.fun, abs=1e-5)
