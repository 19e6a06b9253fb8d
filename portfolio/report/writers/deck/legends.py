"""What a legend says, and whether several charts can share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.report.briefing.parts import Bars, Figure, Points
from portfolio.report.naming import clean

SIGNS = {"circle": "\u25cf", "square": "\u25a1", "diamond": "\u25c7", "triangle": "\u25b3", "cross": "\u00d7", "none": "\u2015"}
"""Marker -> a sign that fonts have; a line is a dash."""
FILLED = "\u25a0"
"""A bar's."""


@dataclass(frozen=True)
class Entry:
    """One series: sign and name, in the series' colour."""

    sign: str
    name: str
    colour: str


def entries(figure: Figure) -> list[Entry]:
    """What the figure's legend lists, in drawing order."""
    if isinstance(figure, Bars):
        return [Entry(FILLED, clean(s.name), s.colour) for s in figure.series if not s.hidden and any(s.values)]
    if isinstance(figure, Points):
        return [Entry(SIGNS[g.marker], clean(g.name), g.colour) for g in figure.groups if g.xs]
    return []


def common(figures: Sequence[Figure]) -> list[Entry]:
    """One list for all of two or more figures, empty where one of them has something of its own to explain."""
    lists = [entries(f) for f in figures]
    longest = max(lists, key=len, default=[])
    alike = len(figures) > 1 and len(longest) > 1 and all(e in longest for found in lists for e in found)
    return longest if alike else []
