"""What solves have proven about a search region of whole steps, and which zones are empty because of it.

A piece of evidence says: every feasible x whose counts lie below `box` (strictly, in every criterion) has weights . counts(x) >= bound; without a bound
there is no such x at all. A zone u' <= box is empty when even its best corner misses that: weights . (u' - 1) < bound. With a large weight on
one criterion this is the closing rule of Tamby and Vanderpooten (2021, doi:10.1287/ijoc.2020.0953); any weights do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from portfolio.pareto.steps import Counts

FREE = 2**62
"""Entry of a box that limits nothing."""
Basis = Literal["mip", "relaxation"]


@dataclass(frozen=True)
class Evidence:
    """weights: (q,) whole, >= 0 · box: (q,) whole, FREE where nothing is limited · bound: whole, None for an empty box
    basis: the kind of solve whose dual bound (or infeasibility) it rests on."""

    weights: tuple[int, ...]
    box: tuple[int, ...]
    bound: int | None
    basis: Basis = "mip"

    def empties(self, zone: Sequence[int]) -> bool:
        """Whether a zone (q,) is empty by this evidence; exact."""
        if any(u > b for u, b in zip(zone, self.box, strict=True)):
            return False
        return self.bound is None or sum(w * (u - 1) for w, u in zip(self.weights, zone, strict=True)) < self.bound

    def denies(self, point: Sequence[int]) -> bool:
        """Whether a feasible point (q,) proves it false."""
        if any(z >= b for z, b in zip(point, self.box, strict=True)):
            return False
        return self.bound is None or sum(w * z for w, z in zip(self.weights, point, strict=True)) < self.bound


class Archive:
    """All evidence of a run. Pieces that a point proved false are withdrawn and never used again."""

    def __init__(self) -> None:
        self.pieces: list[Evidence] = []
        self.withdrawn: set[int] = set()

    def add(self, piece: Evidence) -> int:
        """Its number."""
        self.pieces.append(piece)
        return len(self.pieces) - 1

    def first_for(self, zone: Sequence[int]) -> int | None:
        """Number of a piece that empties a zone; the latest, which is the likeliest."""
        for number in range(len(self.pieces) - 1, -1, -1):
            if number not in self.withdrawn and self.pieces[number].empties(zone):
                return number
        return None

    def withdraw(self, point: Sequence[int]) -> set[int]:
        """Take back what a feasible point proves false; their numbers."""
        false = {n for n, piece in enumerate(self.pieces) if n not in self.withdrawn and piece.denies(point)}
        self.withdrawn |= false
        return false


def emptied(piece: Evidence, zones: Counts) -> NDArray[np.bool_]:
    """Which of the zones (k, q) a piece empties: the same as `empties`, for many at once."""
    weights, box = np.array(piece.weights, dtype=np.int64), np.array(piece.box, dtype=np.int64)
    inside = np.all(zones <= box, axis=1)
    if piece.bound is None:
        return np.asarray(inside)
    return np.asarray(inside & ((zones - 1) @ weights < piece.bound))
