"""What the plain methods return: points, effort, and whether every solve ended - no certificate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from portfolio.pareto.quality import nondominated
from portfolio.program import Floats


@dataclass(frozen=True)
class BasePoint:
    """values: (q,) exact, minimised · x: (n,) with rounded integers."""

    values: tuple[Fraction, ...]
    x: Floats


@dataclass(frozen=True)
class Baseline:
    """points: nondominated among each other, in lexicographic order · finished: every integer program was solved to its end
    infeasible: the first one was, with nothing limited."""

    points: tuple[BasePoint, ...]
    finished: bool
    infeasible: bool
    solves: int
    seconds: float


def listed(found: Iterable[BasePoint]) -> tuple[BasePoint, ...]:
    """Without repetitions and dominated points, in lexicographic order."""
    points = sorted({point.values: point for point in found}.values(), key=lambda p: p.values)
    keep = nondominated([[float(v) for v in p.values] for p in points])
    return tuple(point for point, kept in zip(points, keep, strict=True) if kept)
