"""Plans from a relaxation: fix the most nearly taken columns, batch by batch, until the LP is integral or hopeless."""

from __future__ import annotations

import time

import numpy as np

from portfolio.program import Floats
from portfolio.proof.boxed import BoxedLp
from portfolio.proof.multipliers import Box

ROUNDS = 200
"""Most LPs of one dive."""
BATCH = 8
"""One in so many fractional columns is fixed at a time."""


def dive(lp: BoxedLp, box: Box, x: Floats, cutoff: float, seconds: float = float("inf"), batch: int = BATCH) -> Floats | None:
    """An integral x inside the box whose LP value is below cutoff; None when the dive fails, or ends after `seconds`. Leaves the LP in another box.

    batch: one in so many fractional columns is fixed at a time.
    """
    frame, inside = lp.frame, dict(box)
    deadline = time.perf_counter() + seconds
    for _ in range(ROUNDS):
        candidates = lp.fractional(x)
        if not len(candidates):
            return x
        part = x[candidates] - np.floor(x[candidates])
        order = candidates[np.argsort(-part, kind="stable")]
        chosen = [int(j) for j in order[: max(1, len(order) // batch)] if x[j] % 1 >= 0.5] or [int(order[0])]
        before = {j: inside.get(j, (float(frame.lower[j]), float(frame.upper[j]))) for j in chosen}
        inside.update({j: (float(np.floor(x[j])) + 1, high) for j, (_, high) in before.items()})
        lp.move_to(inside)
        answer = lp.solve(seconds=deadline - time.perf_counter())
        if not answer.finished or answer.value >= cutoff:
            # The batch went too far: its first member goes down instead, the others are free again.
            inside.update(before)
            first = chosen[0]
            inside[first] = (before[first][0], float(np.floor(x[first])))
            lp.move_to(inside)
            answer = lp.solve(seconds=deadline - time.perf_counter())
            if not answer.finished or answer.value >= cutoff:
                return None
        x = lp.x
    return None
