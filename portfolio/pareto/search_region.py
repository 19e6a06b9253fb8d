"""The search region: what the points found so far leave open, as a set of local upper bounds.

For criteria that are minimised and a finite set N of points, U(N) is the smallest set of vectors u such that a vector strictly below `start` is weakly
dominated by no point of N if and only if it lies strictly below some u. Each u spans a zone {v : v < u}.

Source: Klamroth, Lacour, Vanderpooten (2015), On the representation of the search region in multi-objective optimization, European Journal of
Operational Research 245(3): 767-778, doi:10.1016/j.ejor.2015.03.031: the update with redundancy elimination, which needs no general position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portfolio.program import Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Upper:
    """A local upper bound. vector: (q,) · parent: id of the bound that it replaced first (-1 for the start)."""

    id: int
    vector: tuple[float, ...]
    parent: int


class SearchRegion:
    """U(N) for a growing N. Ids count up and are never used twice; the order of insertion decides them and nothing else does."""

    def __init__(self, start: Floats | Sequence[float]) -> None:
        """start: (q,) strictly above every point that may come. Raises ValueError for a start that is no vector of finite numbers."""
        first = _vector(start)
        self.q = len(first)
        self.start = tuple(float(v) for v in first)
        self.uppers: dict[int, Upper] = {0: Upper(0, self.start, -1)}
        self._last = 0
        self._ids = np.zeros(1, dtype=np.int64)
        self._table = first[None, :]

    def insert(self, point: Floats | Sequence[float]) -> tuple[list[Upper], list[int]]:
        """Add a point (q,) to N: (new bounds, ids of the bounds they replace); two empty lists when the point lies in no zone.

        Raises ValueError for a point of another length or with values that are not numbers.
        """
        z = _vector(point)
        if len(z) != self.q:
            raise ValueError(f"a point of {len(z)} criteria in a search region of {self.q}")
        below = z < self._table
        split: Flags = np.all(below, axis=1)
        if not split.any():
            return [], []
        added = [upper for k in range(self.q) for upper in self._children(z, k, split, below)]
        removed = [int(i) for i in self._ids[split]]
        self._replace(split, added)
        return added, removed

    def preview(self, point: Floats | Sequence[float]) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]], list[tuple[float, ...]]]:
        """(bounds that the insertion of a point would bring, the bound that each would replace first, the bounds it would take away)."""
        z = _vector(point)
        below = z < self._table
        split: Flags = np.all(below, axis=1)
        last = self._last
        added = [upper for k in range(self.q) for upper in self._children(z, k, split, below)] if split.any() else []
        self._last = last
        gone = self._vectors(split)
        return [u.vector for u in added], [self.uppers[u.parent].vector for u in added], gone

    def holds(self, vector: Floats | Sequence[float]) -> bool:
        """Whether a vector (q,) lies in some zone, so that no point of N weakly dominates it."""
        return bool((_vector(vector) < self._table).all(axis=1).any())

    def zones_with(self, point: Floats | Sequence[float]) -> list[Upper]:
        """The bounds whose zones hold a point (q,): those that its insertion replaces."""
        return [self.uppers[int(i)] for i in self._ids[(_vector(point) < self._table).all(axis=1)]]

    def zones_in(self, vector: Floats | Sequence[float]) -> list[tuple[float, ...]]:
        """The bounds whose zones lie in that of a vector (q,)."""
        inside: Flags = np.all(self._table <= _vector(vector), axis=1)
        return self._vectors(inside)

    def _vectors(self, chosen: Flags) -> list[tuple[float, ...]]:
        return [self.uppers[int(i)].vector for i in self._ids[chosen]]

    def _children(self, z: Floats, k: int, split: Flags, below: Flags) -> list[Upper]:
        """The bounds (z_k, u_-k) of the split zones u that no other bound makes redundant."""
        # Only its siblings of the same k, and bounds that touch z in k and contain it otherwise, can lie above such a child.
        others = np.delete(below, k, axis=1).all(axis=1)
        touching = self._table[others & (self._table[:, k] == z[k])]
        children = self._table[split].copy()
        children[:, k] = z[k]
        rest = np.delete(children, k, axis=1)
        kept: list[Upper] = []
        for place, parent in enumerate(self._ids[split]):
            over = (rest[place] <= rest).all(axis=1)
            equal = (rest[place] == rest).all(axis=1)
            # Equal siblings count once: the first stays.
            if (over & ~equal).any() or equal[:place].any() or (children[place] <= touching).all(axis=1).any():
                continue
            kept.append(Upper(self._take_id(), tuple(float(v) for v in children[place]), int(parent)))
        return kept

    def _take_id(self) -> int:
        self._last += 1
        return self._last

    def _replace(self, split: Flags, added: Sequence[Upper]) -> None:
        for i in self._ids[split]:
            del self.uppers[int(i)]
        self.uppers.update((upper.id, upper) for upper in added)
        self._ids = np.concatenate([self._ids[~split], [u.id for u in added]]).astype(np.int64)
        self._table = np.concatenate([self._table[~split], np.array([u.vector for u in added]).reshape(-1, self.q)])


def _vector(values: Floats | Sequence[float]) -> Floats:
    vector = np.array(values, dtype=np.float64)
    if vector.ndim != 1 or not len(vector) or not np.isfinite(vector).all():
        raise ValueError(f"not a vector of finite numbers: {values!r}")
    return vector
