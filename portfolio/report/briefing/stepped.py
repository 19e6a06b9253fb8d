"""Waterfalls: how one amount becomes another, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import floor, log10

from portfolio.report.briefing.parts import Axis, Bars, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.palette import GAIN, GREY, LOSS

ZERO = Fraction(0)


def stepped(
    key: str, title: str, axis: Axis, labels: tuple[str, str], start: Fraction, moves: Sequence[tuple[str, Fraction]], lang: str
) -> Bars:
    """start, a bar for each move where the one before ended, end; all in the axis's unit."""
    levels = [start]
    for _, step in moves:
        levels.append(levels[-1] + step)
    feet = [ZERO, *(min(a, b) for a, b in pairwise(levels)), ZERO]
    totals = [start, *([ZERO] * len(moves)), levels[-1]]
    ups = [ZERO, *(max(step, ZERO) for _, step in moves), ZERO]
    downs = [ZERO, *(max(-step, ZERO) for _, step in moves), ZERO]
    low = beginning([float(v) for v in levels])
    series = (
        Series("foot", "", tuple(map(float, feet)), "#FFFFFF", True),
        Series("total", axis.title, tuple(map(float, totals)), GREY),
        Series("more", say("more", lang), tuple(map(float, ups)), GAIN),
        Series("less", say("less", lang), tuple(map(float, downs)), LOSS),
    )
    caption = "" if low is None else say("cut_axis", lang, low=f"{low:,g}", unit=axis.unit)
    categories = (labels[0], *(name for name, _ in moves), labels[1])
    return Bars(key, title, replace(axis, low=low), Axis(""), categories, series, lying=True, caption=caption)


def beginning(levels: list[float]) -> float | None:
    """Where the axis begins so that steps which are small against the totals can be seen; None: at 0."""
    least, most = min(levels), max(levels)
    if least <= 0 or most - least > least / 2:
        return None
    step = 10.0 ** floor(log10(max(most - least, least * 1e-6)))
    return floor((least - (most - least) / 3) / step) * step
