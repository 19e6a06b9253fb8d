"""Bounds by trees that were grown for one zone and hold for all: the same as half-spaces (half_space.py), where the hull of what the relaxation admits is too wide.

A tree's leaves partition X, and each has a multiplier bound that is affine in the right-hand sides:

    alpha(u) <= max over leaves of -(base + slope . u)        for every zone u, by evaluation; margins of the multipliers' digits included

Near the zone for which a tree was grown this lies below what any relaxation proves; two or three per cent of the ranges away it no longer does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portfolio.numerics import FRONTIER_MARGIN
from portfolio.program import Floats
from portfolio.proof.forest import Multipliers

_INF = float("inf")
Flags = NDArray[np.bool_]
AT_A_TIME = 100
"""Zones compared with all leaves of all trees at a time: some 10 MB of numbers."""


@dataclass(frozen=True, eq=False)
class Grown:
    """A tree as it bounds zones. bases (leaves,), slopes (leaves, q): in the criteria's own units · empty: leaves that hold no x at all

    splits, multipliers: its proof, as Forest.tree takes it.
    """

    bases: Floats
    slopes: Floats
    empty: Flags
    splits: Sequence[Sequence[int]] = ()
    multipliers: Sequence[Multipliers] = ()


class TreeBounds:
    """All trees of a search, in the order in which they were grown; root: place of each in the search's forest."""

    def __init__(self, listed: Sequence[tuple[int, Grown]] = ()) -> None:
        self.listed: list[tuple[int, Grown]] = []
        self._starts = np.zeros(0, dtype=np.int64)
        self._bases, self._slopes, self._empty = np.zeros(0), np.zeros((0, 0)), np.zeros(0, dtype=np.bool_)
        for root, tree in listed:
            self.add(root, tree)

    def add(self, root: int, tree: Grown) -> None:
        """One more."""
        self.listed.append((root, tree))
        self._starts = np.append(self._starts, len(self._bases))
        self._bases, self._empty = np.append(self._bases, tree.bases), np.append(self._empty, tree.empty)
        self._slopes = np.vstack([self._slopes.reshape(-1, tree.slopes.shape[1]), tree.slopes])

    def alphas(self, uppers: Floats) -> Floats:
        """(zones,) the least bound of each zone (zones, q), inf where there is none; in floats."""
        least: Floats = self._each(uppers).min(axis=0, initial=_INF)
        return least

    def best(self, upper: Floats) -> tuple[float, int] | None:
        """(the least bound for a zone (q,), place in `listed` of the tree that gives it); None where there is none."""
        alphas = self._each(upper[None, :])[:, 0]
        if not len(alphas) or not np.isfinite(alphas.min()):
            return None
        k = int(np.argmin(alphas))
        return float(alphas[k]), k

    def weights(self, upper: Floats) -> Floats:
        """(q,) how the least bound moves with each criterion's limit, per unit: the slopes of the leaf that gives it."""
        tree = self.listed[int(np.argmin(self._each(upper[None, :])[:, 0]))][1]
        values = np.where(tree.empty, _INF, tree.bases + tree.slopes @ upper)
        return np.asarray(-tree.slopes[int(np.argmin(values))])

    def contradicted(self, values: Floats, tolerance: float) -> list[int]:
        """Places in `listed` of trees that a feasible f (q,) shows to be false: x itself lies in the zone f(x), with alpha 0."""
        if not self.listed:
            return []
        return [int(k) for k in np.flatnonzero(self._each(values[None, :])[:, 0] < -tolerance)]

    def without(self, places: Sequence[int]) -> TreeBounds:
        """The others."""
        gone = set(places)
        return TreeBounds([entry for k, entry in enumerate(self.listed) if k not in gone]) if gone else self

    def serving(self, uppers: Floats) -> TreeBounds:
        """Those that say most about one of these zones (zones, q)."""
        if not self.listed:
            return self
        best: set[int] = set()
        for part in np.array_split(uppers, -(-len(uppers) // AT_A_TIME)):
            alphas = self._each(part)
            best |= set(np.argmin(alphas, axis=0)[np.isfinite(alphas.min(axis=0))].tolist())
        return self.without([k for k in range(len(self.listed)) if k not in best])

    def _each(self, uppers: Floats) -> Floats:
        """(trees, zones)"""
        if not self.listed:
            return np.zeros((0, len(uppers)))
        free = np.isinf(uppers)
        values = self._bases[:, None] + self._slopes @ np.where(free, 0.0, uppers).T
        if free.any():
            values[(self._slopes < 0).astype(float) @ free.T.astype(float) > 0] = -_INF
        values[self._empty] = _INF
        return np.asarray(float(FRONTIER_MARGIN) - np.minimum.reduceat(values, self._starts, axis=0))
