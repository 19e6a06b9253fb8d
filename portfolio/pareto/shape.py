"""What a set of nondominated points looks like: trade-off rates between neighbours, the knee. Criteria are minimised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portfolio.program import Floats


@dataclass(frozen=True)
class Rates:
    """What one unit of improvement in one criterion costs in another, seen from each point to its nearest neighbour that trades one for the other.

    better, worse: indices of the criteria · least, median, most: worsening of `worse` per unit of improvement of `better` · pairs: neighbours seen.
    """

    better: int
    worse: int
    least: float
    median: float
    most: float
    pairs: int


def rates(values: Floats, scale: Floats) -> list[Rates]:
    """For every ordered pair of criteria between which neighbours trade. values: (k, q) · scale: (q,) ranges, for distances."""
    found = []
    q = values.shape[1]
    normal = values / scale
    distance = np.sqrt(((normal[:, None, :] - normal[None, :, :]) ** 2).sum(axis=2))
    for better in range(q):
        for worse in range(q):
            seen = [] if better == worse else _neighbours(values, distance, better, worse)
            if seen:
                found.append(Rates(better, worse, min(seen), float(np.median(seen)), max(seen), len(seen)))
    return found


def _neighbours(values: Floats, distance: Floats, better: int, worse: int) -> list[float]:
    """Worsening per improvement from each point to the nearest one that is better there and worse here."""
    seen = []
    for k, point in enumerate(values):
        gain, loss = point[better] - values[:, better], values[:, worse] - point[worse]
        able = (gain > 0) & (loss > 0)
        if able.any():
            n = int(np.argmin(np.where(able, distance[k], np.inf)))
            seen.append(float(loss[n] / gain[n]))
    return seen


def knee(values: Floats) -> int | None:
    """Index of the point farthest towards the ideal from the hyperplane through the points that are best in one criterion each
    (Das 1999, doi:10.1007/s001580050111), criteria scaled to their span over the points; None where the ends span no plane.
    """
    low, span = values.min(axis=0), np.ptp(values, axis=0)
    if len(values) < 3 or (span <= 0).any():
        return None
    normal = (values - low) / span
    ends: NDArray[np.intp] = np.argmin(normal + 1e-6 * normal.sum(axis=1, keepdims=True), axis=0)
    if np.linalg.matrix_rank(normal[ends]) < values.shape[1]:
        return None
    direction = np.linalg.solve(normal[ends], np.ones(values.shape[1]))
    if (direction <= 0).any():
        return None
    return int(np.argmin(normal @ direction))
