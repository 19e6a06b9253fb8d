"""Flip analysis: planted rules are found by tree and by PRIM, with their true density and coverage; noise is not told as a rule."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio.results.sweep import Flip
from portfolio.sensitivity.flips import best_rule, prim_boxes, tree_boxes, within

DRAW = np.random.default_rng(5)
LEVELS = DRAW.random((600, 6))
NAMES = [f"f{n}" for n in range(6)]


def told(outcome: np.ndarray) -> Flip | None:
    return best_rule(LEVELS, outcome, NAMES, "p", True)


def test_a_planted_threshold_is_found_where_it_stands() -> None:
    flip = told(LEVELS[:, 2] >= 0.4)
    assert flip is not None
    (side,) = flip.sides
    assert (side.factor, side.high) == ("f2", None)
    assert side.low == pytest.approx(0.4, abs=0.03)
    assert flip.density >= 0.97
    assert flip.coverage >= 0.97


def test_a_planted_box_of_two_factors_is_found() -> None:
    outcome = (LEVELS[:, 1] >= 0.5) & (LEVELS[:, 4] <= 0.6)
    flip = told(outcome)
    assert flip is not None
    assert {s.factor for s in flip.sides} == {"f1", "f4"}
    assert flip.density >= 0.95
    assert flip.coverage >= 0.9
    assert flip.support == within(LEVELS, {1: (flip.sides[0].low, None), 4: (None, flip.sides[1].high)}).sum()


def test_an_inner_band_is_found_by_prim() -> None:
    outcome = (LEVELS[:, 3] >= 0.3) & (LEVELS[:, 3] <= 0.7)
    boxes = prim_boxes(LEVELS, outcome)
    best = max(boxes, key=lambda box: outcome[within(LEVELS, box)].mean() * outcome[within(LEVELS, box)].sum())
    low, high = best[3]
    assert low == pytest.approx(0.3, abs=0.06)
    assert high == pytest.approx(0.7, abs=0.06)


def test_both_methods_describe_a_simple_split_alike() -> None:
    outcome = LEVELS[:, 0] <= 0.3
    dense = [b for b in tree_boxes(LEVELS, outcome) if outcome[within(LEVELS, b)].mean() > 0.95]
    assert any(set(b) == {0} and b[0][1] == pytest.approx(0.3, abs=0.02) for b in dense)
    assert outcome[within(LEVELS, prim_boxes(LEVELS, outcome)[-1])].mean() > 0.95


def test_density_and_coverage_are_those_of_the_runs_with_noise_in_them() -> None:
    outcome = (LEVELS[:, 2] >= 0.4) ^ (DRAW.random(600) < 0.1)
    flip = told(outcome)
    assert flip is not None
    side = next(s for s in flip.sides if s.factor == "f2")
    assert side.low == pytest.approx(0.4, abs=0.1)
    inside = np.ones(600, dtype=bool)
    for s in flip.sides:
        column = LEVELS[:, NAMES.index(s.factor)]
        inside &= (column >= (s.low or 0)) & (column <= (1 if s.high is None else s.high))
    assert flip.density == pytest.approx(outcome[inside].mean())
    assert flip.coverage == pytest.approx(outcome[inside].sum() / outcome.sum())


def test_pure_noise_and_constant_outcomes_give_no_rule() -> None:
    assert told(DRAW.random(600) < 0.5) is None
    assert told(np.ones(600, dtype=bool)) is None
    assert told(np.zeros(600, dtype=bool)) is None


def test_few_distinct_levels_of_a_grid_are_peeled_one_by_one() -> None:
    levels = np.array([[a / 4, b / 4] for a in range(5) for b in range(5) for _ in range(2)])
    outcome = levels[:, 0] >= 0.5
    flip = best_rule(levels, outcome, ["a", "b"], "p", True)
    assert flip is not None
    assert flip.density == flip.coverage == 1
