"""Plans from a relaxation: fix the columns nearest to integers, batch by batch, until the LP is integral or hopeless."""

from __future__ import annotations

import time

import numpy as np

from portfolio.program import Floats
from portfolio.proof.boxed import BoxedLp
from portfolio.proof.multipliers import Box

ROUNDS = 200
"""Most LPs of one dive."""
SHARE = 0.6
"""Share of the fractional columns that is fixed at a time. Both ways: columns that are nearly left out go down (plans lie a third less far behind the
relaxation than where only nearly taken ones go up)."""


def dive(lp: BoxedLp, box: Box, x: Floats, cutoff: float, seconds: float = float("inf"), share: float = SHARE) -> Floats | None:
    """An integral x inside the box whose LP value is below cutoff; None when the dive fails, or ends after `seconds`. Leaves the LP in another box."""
    frame, inside = lp.frame, dict(box)
    deadline = time.perf_counter() + seconds
    for _ in range(ROUNDS):
        candidates = lp.fractional(x)
        if not len(candidates):
            return x
        nearest = candidates[np.argsort(np.abs(x[candidates] - np.round(x[candidates])), kind="stable")]
        chosen = [int(j) for j in nearest[: max(1, int(share * len(nearest)))]]
        before = {j: inside.get(j, (float(frame.lower[j]), float(frame.upper[j]))) for j in chosen}
        inside.update({j: _half(before[j], float(x[j]), x[j] % 1 >= 0.5) for j in chosen})
        lp.move_to(inside)
        answer = lp.solve(seconds=deadline - time.perf_counter())
        if not answer.finished or answer.value >= cutoff:
            # The batch went too far: its first member goes the other way instead, the others are free again.
            inside.update(before)
            first = chosen[0]
            inside[first] = _half(before[first], float(x[first]), x[first] % 1 < 0.5)
            lp.move_to(inside)
            answer = lp.solve(seconds=deadline - time.perf_counter())
            if not answer.finished or answer.value >= cutoff:
                return None
        x = lp.x
    return None


def _half(bounds: tuple[float, float], value: float, upper: bool) -> tuple[float, float]:
    """The part of the bounds above, or below, a fractional value."""
    return (float(np.floor(value)) + 1, bounds[1]) if upper else (bounds[0], float(np.floor(value)))
