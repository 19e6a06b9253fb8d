"""Dominance and hypervolume of points that are minimised, from the moocore package (dominance is a comparison: floats decide it exactly for counts)."""

from __future__ import annotations

from collections.abc import Sequence

import moocore
import numpy as np
from numpy.typing import NDArray

from portfolio.program import Floats


def nondominated(points: Floats | Sequence[Sequence[float]]) -> NDArray[np.bool_]:
    """Which of the points (k, q) no other point weakly dominates; of equal points the first stays."""
    table = _table(points)
    return np.asarray(moocore.is_nondominated(table), dtype=bool) if len(table) else np.zeros(0, dtype=bool)


def hypervolume(points: Floats | Sequence[Sequence[float]], reference: Floats | Sequence[float]) -> float:
    """Volume that the points (k, q) weakly dominate below the reference (q,), in the product of the criteria's units."""
    table = _table(points)
    return float(moocore.hypervolume(table, ref=np.asarray(reference, dtype=np.float64))) if len(table) else 0.0


def _table(points: Floats | Sequence[Sequence[float]]) -> Floats:
    table = np.asarray(points, dtype=np.float64)
    return np.ascontiguousarray(table) if table.ndim == 2 else np.zeros((0, 0))
