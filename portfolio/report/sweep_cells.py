"""Cells of a sweep's report: scores, points of 100, spans, and the bar of a tornado."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from portfolio.report.blocks import Cell
from portfolio.report.numbers import NONE, percent, significant
from portfolio.results.sweep import Swing

BAR = 25
"""Cells of a tornado's bar, the middle being the base."""


def bar(swing: Swing, base: float, widest: float) -> str:
    """The span of scores around the base: `<` where the low end stands, `>` the high end, `|` the base."""
    middle = BAR // 2
    places = {v: middle - round((v - base) / widest * middle) for v in (swing.low, swing.high, base) if v is not None}
    line = [" "] * BAR
    for place in range(min(places.values()), max(places.values()) + 1):
        line[place] = "-"
    line[middle] = "|"
    for value, mark in ((swing.low, "<"), (swing.high, ">")):
        if value is not None and places[value] != middle:
            line[places[value]] = mark
    return "".join(line)


def moves(swing: Swing) -> str:
    """Programmes that enter and leave, at the end where more do."""
    ends = ((swing.entered_low, swing.left_low), (swing.entered_high, swing.left_high))
    entered, left = max(ends, key=lambda end: len(end[0]) + len(end[1]))
    return f"{len(entered)}/{len(left)}" if entered or left else NONE


def swing_cell(swing: Swing) -> Cell:
    """Points of 100; `*`: certain."""
    points = exact(swing.swing) * 100
    return Cell(significant(points, 3) + ("*" if swing.resolved else ""), points)


def end_cell(value: float | None, status: str, say: Callable[..., str]) -> Cell:
    """The score at an end, or why there is none."""
    return Cell(say(f"status_{status}")) if value is None else score_cell(value)


def score_cell(aim: float | None) -> Cell:
    """A normalised aim as a score of 100."""
    if aim is None:
        return Cell(NONE)
    score = (1 - exact(aim)) * 100
    return Cell(significant(score, 4), score)


def points_cell(part: float | None) -> Cell:
    """A part of the aim's range in points of 100."""
    return Cell(NONE) if part is None else Cell(significant(exact(part) * 100, 3), exact(part) * 100)


def between_cell(low: float | None, high: float | None) -> Cell:
    """Two bounds of a part of the aim's range, in points of 100."""
    if low is None or high is None:
        return Cell(NONE)
    return Cell(f"{significant(exact(low) * 100, 3)} - {significant(exact(high) * 100, 3)}", exact(high) * 100)


def share_cell(value: float | None) -> Cell:
    """A share in percent."""
    return Cell(NONE) if value is None else Cell(percent(exact(value)), exact(value))


def number_cell(value: float | None) -> Cell:
    """A value of a criterion."""
    return Cell(NONE) if value is None else Cell(significant(exact(value)), exact(value))


def exact(value: float) -> Fraction:
    """A float as the decimal it prints as."""
    return Fraction(repr(float(value)))
