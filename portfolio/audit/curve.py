"""Piecewise linear curves, read off exactly.

v: response curve on [b_1, 1]; below b_1 there is no effect to speak of (the scale is a violation already): v_1 is kept.
phi: value of coverage on (-inf, inf); flat after its last point, the first slope continued below 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

Points = Sequence[tuple[Fraction, Fraction]]


def response(points: Points, at: Fraction) -> Fraction:
    """v(at)."""
    return points[0][1] if at <= points[0][0] else _inside(points, at)


def coverage_value(points: Points | None, at: Fraction) -> Fraction:
    """phi(at); min(1, at) without points."""
    if points is None:
        return min(Fraction(1), at)
    (b0, v0), (b1, v1) = points[0], points[1]
    return v0 + (v1 - v0) * (at - b0) / (b1 - b0) if at < b0 else _inside(points, at)


def _inside(points: Points, at: Fraction) -> Fraction:
    for (b0, v0), (b1, v1) in pairwise(points):
        if at <= b1:
            return v0 + (v1 - v0) * (at - b0) / (b1 - b0)
    return points[-1][1]
