"""The parts a certificate is made of: vectors rounded outward, half-spaces, two ways to a search region, knee and rates with known answers. Tier: test."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from portfolio.audit.zones import search_region
from portfolio.errors import SolverFailure
from portfolio.pareto.half_space import HalfSpace, HalfSpaces
from portfolio.pareto.lattice import Lattice, order, reach, rounded_up, shortened
from portfolio.pareto.search_region import SearchRegion
from portfolio.pareto.shape import knee, rates
from portfolio.pareto.zone_program import sides, subset, zone_program
from tests.support.mixed_problems import mixed

F = Fraction


# -- vectors --------------------------------------------------------------------------------------------------------
def test_steps_never_lie_below_a_value_and_by_less_than_a_step_above() -> None:
    draw = random.Random(1)
    for _ in range(200):
        scale = (F(draw.randint(1, 10**6), draw.randint(1, 1000)), F(draw.randint(1, 10**6), draw.randint(1, 1000)))
        lattice = Lattice.of(scale, np.array([1e6, 1e6]))
        values = tuple(F(draw.randint(-(10**9), 10**9), draw.randint(1, 1000)) for _ in scale)
        exact = lattice.exact(lattice.outward(values))
        for value, found, step in zip(values, exact, lattice.step, strict=True):
            assert value <= found < value + step
        assert (lattice.upper(lattice.outward(values)) >= [float(v) for v in values]).all()


def test_a_range_that_vanishes_beside_its_values_is_refused() -> None:
    with pytest.raises(SolverFailure):
        Lattice.of((F(1, 10**9),), np.array([1e12]))


@pytest.mark.parametrize(("value", "expected"), [(F(1), 0), (F(999), 2), (F(1000), 3), (F(1, 1000), -3), (F(2, 3), -1), (F(1001, 1000), 0)])
def test_orders_of_magnitude(value: Fraction, expected: int) -> None:
    assert order(value) == expected


def test_rounding_up_and_shortening() -> None:
    assert rounded_up(F(1, 3), 2) == F(34, 100)
    assert rounded_up(F(-1, 3), 2) == F(-33, 100)
    assert shortened(0.123456789) == F("0.123457")


# -- half-spaces ----------------------------------------------------------------------------------------------------
def test_a_half_space_bounds_a_zone_by_its_formula_and_leaves_unlimited_criteria_alone() -> None:
    scale, start = (F(2), F(4)), (F(100), F(100))
    spaces = HalfSpaces(scale, start)
    spaces.add(HalfSpace((F(1), F(1)), F(3)))
    spaces.add(HalfSpace((F(1), F(0)), F(1)))
    alpha, space = spaces.best((F(5), F(100))) or (None, None)
    assert space == spaces.listed[1] and alpha == F(2)  # (5 - 1) / 2
    alpha, space = spaces.best((F(5), F(4))) or (None, None)
    assert space == spaces.listed[0] and alpha == F(1)  # (9 - 3) / 6
    assert spaces.best((F(100), F(100))) is None


@pytest.mark.parametrize("weights", [(F(-1), F(2)), (F(0), F(0))])
def test_weights_that_prove_nothing_are_refused(weights: tuple[Fraction, ...]) -> None:
    with pytest.raises(ValueError, match="half-space"):
        HalfSpaces((F(1), F(1)), (F(9), F(9))).add(HalfSpace(weights, F(0)))


def test_a_half_space_that_a_plan_contradicts_can_be_withdrawn() -> None:
    spaces = HalfSpaces((F(1), F(1)), (F(9), F(9)))
    spaces.add(HalfSpace((F(1), F(1)), F(3)))
    wrong = spaces.contradicted(np.array([1.0, 1.0]), 1e-6)
    assert wrong == spaces.listed
    assert not spaces.contradicted(np.array([2.0, 1.0]), 1e-6)
    spaces.withdraw(wrong)
    assert spaces.listed == []


# -- zones ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("q", [2, 3, 4])
def test_the_audit_and_the_search_agree_on_the_search_region(q: int) -> None:
    draw = random.Random(q)
    for _ in range({2: 60, 3: 40, 4: 15}[q]):
        points = [tuple(F(draw.randint(0, 6)) for _ in range(q)) for _ in range(draw.randint(0, 10))]
        region = SearchRegion([9.0] * q)
        for point in points:
            region.insert([float(v) for v in point])
        assert {u.vector for u in region.uppers.values()} == {tuple(map(float, u)) for u in search_region(points, (F(9),) * q)}


def test_the_zone_program_adds_alpha_and_a_row_per_criterion() -> None:
    problem = mixed(random.Random(3), q=3)
    wide = zone_program(problem, (F(2), F(4), F(5)), 7.0)
    assert (wide.n, wide.m) == (problem.n + 1, problem.m + 3)
    assert (wide.col_lower[-1], wide.col_upper[-1]) == (-7.0, 7.0)
    last = slice(wide.indptr[-2], wide.indptr[-1])
    row = np.zeros(wide.n)
    row[wide.indices[last]] = wide.data[last]
    assert np.allclose(row, [*(problem.criteria[2] / 5.0), 1.0])
    assert sides(problem, np.array([2.0, 4.0, 5.0]), np.array([1.0, 9.0, 3.0]), np.array([9.0, 9.0, 9.0])).tolist() == [0.5, np.inf, 0.6]
    assert subset(problem, [0, 2]).names == ("f0", "f2")


def test_column_bounds_reach_at_least_as_far_as_any_plan() -> None:
    draw = random.Random(4)
    problem = mixed(draw, q=3)
    least, most = reach(problem)
    for _ in range(50):
        x = np.array([draw.uniform(0, u) for u in problem.col_upper])
        assert (least <= problem.values(x) + 1e-9).all() and (problem.values(x) <= most + 1e-9).all()


# -- shape ----------------------------------------------------------------------------------------------------------
def test_the_knee_is_the_point_that_bulges_most() -> None:
    assert knee(np.array([[0.0, 10.0], [2.0, 2.0], [4.0, 1.5], [10.0, 0.0]])) == 1
    assert knee(np.array([[0.0, 1.0], [1.0, 0.0]])) is None
    assert knee(np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0]])) is None


def test_rates_are_worsening_per_improvement_between_neighbours() -> None:
    found = {(r.better, r.worse): r for r in rates(np.array([[0.0, 10.0], [1.0, 4.0], [3.0, 3.0]]), np.array([1.0, 1.0]))}
    assert (found[0, 1].least, found[0, 1].most, found[0, 1].pairs) == (0.5, 6.0, 2)
    assert found[1, 0].least == pytest.approx(1 / 6)
