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

    def __init__(self, q: int) -> None:
        self.pieces: list[Evidence] = []
        self.withdrawn: set[int] = set()
        self._boxes = np.zeros((0, q), dtype=np.int64)
        self._weights = np.zeros((0, q), dtype=np.int64)
        self._bounds = np.zeros(0, dtype=np.int64)

    def add(self, piece: Evidence) -> int:
        """Its number."""
        number = len(self.pieces)
        self.pieces.append(piece)
        if number == len(self._bounds):
            room = max(number, 64)
            self._boxes = np.concatenate([self._boxes, np.zeros((room, self._boxes.shape[1]), dtype=np.int64)])
            self._weights = np.concatenate([self._weights, np.zeros((room, self._weights.shape[1]), dtype=np.int64)])
            self._bounds = np.concatenate([self._bounds, np.zeros(room, dtype=np.int64)])
        self._boxes[number], self._weights[number] = piece.box, piece.weights
        self._bounds[number] = FREE if piece.bound is None else piece.bound
        return number

    def first_for(self, zone: Sequence[int]) -> int | None:
        """Number of a piece that empties a zone; the earliest."""
        corner = np.array(zone, dtype=np.int64)
        numbers = self._matching(np.all(corner <= self._boxes, axis=1) & (self._weights @ (corner - 1) < self._bounds))
        return next((n for n in numbers if n not in self.withdrawn and self.pieces[n].empties(zone)), None)

    def withdraw(self, point: Sequence[int]) -> set[int]:
        """Take back what a feasible point proves false; their numbers."""
        z = np.array(point, dtype=np.int64)
        numbers = self._matching(np.all(z < self._boxes, axis=1) & (self._weights @ z < self._bounds))
        false = {n for n in numbers if n not in self.withdrawn and self.pieces[n].denies(point)}
        self.withdrawn |= false
        return false

    def _matching(self, flags: NDArray[np.bool_]) -> list[int]:
        return [int(n) for n in np.flatnonzero(flags) if n < len(self.pieces)]


def emptied(piece: Evidence, zones: Counts) -> NDArray[np.bool_]:
    """Which of the zones (k, q) a piece empties: the same as `empties`, for many at once."""
    weights, box = np.array(piece.weights, dtype=np.int64), np.array(piece.box, dtype=np.int64)
    inside = np.all(zones <= box, axis=1)
    if piece.bound is None:
        return np.asarray(inside)
    return np.asarray(inside & ((zones - 1) @ weights < piece.bound))


def denied(piece: Evidence, known: Counts) -> bool:
    """Whether any of the feasible points (k, q) proves a piece false: the same as `denies`, for many at once."""
    weights, box = np.array(piece.weights, dtype=np.int64), np.array(piece.box, dtype=np.int64)
    inside = known[np.all(known < box, axis=1)]
    return bool(len(inside)) and (piece.bound is None or bool((inside @ weights < piece.bound).any()))
