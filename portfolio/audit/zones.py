"""The search region of a set of points, from its definition: what no point weakly dominates.

    U(N): the maximal vectors u <= M such that no point of N lies strictly below u.

Exact, and by another way than the search itself: every zone is split by every point inside it, and what another zone holds is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

Vector = tuple[Fraction, ...]


def rounded_outward(values: Sequence[Fraction], step: Sequence[Fraction]) -> Vector:
    """step * ceil(value / step)."""
    return tuple(-((-v) // s) * s for v, s in zip(values, step, strict=True))


def dominates(a: Vector, b: Vector) -> bool:
    """a <= b in every criterion."""
    return all(x <= y for x, y in zip(a, b, strict=True))


def search_region(points: Iterable[Vector], start: Vector) -> set[Vector]:
    """U(N); start is M."""
    zones = {start}
    for point in points:
        split = {u for u in zones if all(p < c for p, c in zip(point, u, strict=True))}
        parts = {(*u[:i], point[i], *u[i + 1 :]) for u in split for i in range(len(u))}
        rest = zones - split
        zones = rest | {u for u in parts if not _inside_another(u, parts) and not any(dominates(u, v) for v in rest)}
    return zones


def _inside_another(zone: Vector, others: set[Vector]) -> bool:
    return any(other != zone and dominates(zone, other) for other in others)
