"""The frontier around a plan: knee, neighbours, and what one more unit of a criterion costs between neighbours.

All on criteria normalised by the frozen ranges, f_i = (value - best) / (worst - best), so 0 is the best bound and smaller is better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from portfolio.results import Frontier, Plan, Range

ZERO = Fraction(0)
Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class Exchange:
    """Moving to the plan `point` gains `gain` of `criterion` (natural unit, as improvement) and loses `losses` of the others (negative: gains)."""

    criterion: str
    point: str
    gain: Fraction
    losses: Mapping[str, Fraction]


def counted(ranges: Mapping[str, Range]) -> list[str]:
    """Criteria whose range is not 0."""
    return [c for c, r in ranges.items() if r.worst != r.best]


def normalised(plan: Plan, ranges: Mapping[str, Range]) -> Vector:
    """f in the order of `counted`."""
    return tuple((plan.criteria[c] - ranges[c].best) / (ranges[c].worst - ranges[c].best) for c in counted(ranges))


def knee(frontier: Frontier) -> str:
    """The point farthest below the plane through the ends (Das 1999, doi:10.1007/s001580050111); ties: the first found.

    With ends e_1..e_q (the point best in each criterion) the plane is approximated by the normal that weights each criterion by the inverse of
    its spread over the points, so that only spreads are needed and every number of criteria works.
    """
    vectors = {p.id: normalised(p.plan, frontier.ranges) for p in frontier.points}
    if not next(iter(vectors.values()), ()):
        return frontier.points[0].id
    low = [min(v[i] for v in vectors.values()) for i in range(len(next(iter(vectors.values()))))]
    high = [max(v[i] for v in vectors.values()) for i in range(len(low))]
    width = [b - a or Fraction(1) for a, b in zip(low, high, strict=True)]
    return min(vectors, key=lambda p: sum(((x - a) / w for x, a, w in zip(vectors[p], low, width, strict=True)), ZERO))


def neighbours(frontier: Frontier, plan: Plan, most: int = 4) -> list[str]:
    """Ids of the nearest other points, by the largest normalised difference."""
    own = normalised(plan, frontier.ranges)
    away = {
        p.id: max((abs(a - b) for a, b in zip(normalised(p.plan, frontier.ranges), own, strict=True)), default=ZERO)
        for p in frontier.points
    }
    return sorted((p for p, d in away.items() if d), key=lambda p: (away[p], p))[:most]


def exchanges(frontier: Frontier, plan: Plan, senses: Mapping[str, str]) -> list[Exchange]:
    """For each criterion the point that improves it at the least normalised loss per normalised gain; none where no point improves it."""
    ranges = frontier.ranges
    names = counted(ranges)
    own = normalised(plan, ranges)
    found = []
    for i, criterion in enumerate(names):
        best: tuple[Fraction, str] | None = None
        for point in frontier.points:
            vector = normalised(point.plan, ranges)
            gain = own[i] - vector[i]
            if gain <= 0:
                continue
            lost = sum((max(b - a, ZERO) for j, (a, b) in enumerate(zip(own, vector, strict=True)) if j != i), ZERO)
            if best is None or (lost / gain, point.id) < best:
                best = (lost / gain, point.id)
        if best is not None:
            to = next(p.plan for p in frontier.points if p.id == best[1])
            moved = {c: (to.criteria[c] - plan.criteria[c]) * (1 if senses[c] == "max" else -1) for c in names}
            found.append(Exchange(criterion, best[1], moved[criterion], {c: -v for c, v in moved.items() if c != criterion}))
    return found
