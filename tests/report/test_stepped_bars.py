"""Waterfalls: every bar begins where the one before ended, and the axis is cut only where nothing would be seen otherwise."""

from __future__ import annotations

from fractions import Fraction

import pytest

from portfolio.report.briefing.parts import Axis
from portfolio.report.briefing.stepped import beginning, stepped


def test_bars_hang_together_and_add_up() -> None:
    moves = [("a", Fraction(5)), ("b", Fraction(-8)), ("c", Fraction(1))]
    figure = stepped("k", "t", Axis("money", "yen"), ("now", "then"), Fraction(10), moves, "en")
    held = {s.key: s.values for s in figure.series}
    assert figure.categories == ("now", "a", "b", "c", "then")
    assert held["foot"] == (0, 10, 7, 7, 0)
    assert held["more"] == (0, 5, 0, 1, 0) and held["less"] == (0, 0, 8, 0, 0)
    assert held["total"] == (10, 0, 0, 0, 8)
    assert figure.value_axis.low is None and figure.caption == ""


def test_small_steps_on_a_large_amount_cut_the_axis_and_say_so() -> None:
    figure = stepped("k", "t", Axis("money", "yen"), ("now", "then"), Fraction(1000), [("a", Fraction(-30)), ("b", Fraction(20))], "en")
    low = figure.value_axis.low
    assert low is not None and 900 <= low < 970
    assert f"{low:g} yen" in figure.caption


@pytest.mark.parametrize(
    ("levels", "cut"), [([0.0, 5.0], False), ([-1.0, 2.0], False), ([10.0, 16.0], False), ([10.0, 11.0], True), ([7.0, 7.0], True)]
)
def test_the_axis_is_cut_only_when_steps_are_small(levels: list[float], cut: bool) -> None:
    low = beginning(levels)
    assert (low is not None) == cut
    assert low is None or 0 < low <= min(levels)
