"""What branching on a column has gained so far, per unit of distance, in each direction (Achterberg, Koch, Martin 2005,
doi:10.1016/j.orl.2004.04.002)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portfolio.program import Floats

Ids = NDArray[np.int64]
RELIABLE = 3
"""Observations per direction after which a pseudocost is trusted."""
LEAST_GAIN = 1e-9
"""Stands for no gain in a product of gains [objective]."""


class Pseudocosts:
    """Sums and counts of gains, (2, n): row 0 down, row 1 up."""

    def __init__(self, n: int) -> None:
        self.gains = np.zeros((2, n))
        self.seen = np.zeros((2, n), dtype=int)

    def copy(self) -> Pseudocosts:
        """An independent copy."""
        other = Pseudocosts(self.gains.shape[1])
        other.gains, other.seen = self.gains.copy(), self.seen.copy()
        return other

    def record(self, column: int, direction: int, gain: float, distance: float) -> None:
        """One observation: the bound rose by `gain` when the column moved by `distance`."""
        self.gains[direction][column] += max(gain, 0.0) / max(distance, 1e-6)
        self.seen[direction][column] += 1

    def reliable(self, column: int) -> bool:
        """Enough observations in both directions?"""
        return bool(min(self.seen[0][column], self.seen[1][column]) >= RELIABLE)

    def scores(self, candidates: Ids, part: Floats) -> Floats:
        """(candidates,) product of the expected gains; a column never seen counts as the average one. part: fractional parts."""
        mean = [self.gains[d].sum() / max(int(self.seen[d].sum()), 1) for d in (0, 1)]
        guess = [
            np.where(self.seen[d][candidates] > 0, self.gains[d][candidates] / np.maximum(self.seen[d][candidates], 1), mean[d])
            for d in (0, 1)
        ]
        return np.asarray(np.maximum(guess[0] * part, LEAST_GAIN) * np.maximum(guess[1] * (1 - part), LEAST_GAIN))
