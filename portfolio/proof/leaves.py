"""Leaves of a branching tree: boxes of integer columns that partition the Program's box, each with the multipliers that bound it.

A leaf never changes: a search replaces leaves by new ones, so that trees may share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.numerics import FARKAS_MARGIN
from portfolio.program import Floats
from portfolio.proof.multipliers import Box, Cut, Lagrangian

_INF = float("inf")
Flags = NDArray[np.bool_]
MOST_CUTS = 4
"""Cuts kept by a leaf: the newest are those of the nearest right-hand sides."""


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """One branching: x_column <= at (down) or x_column >= at + 1 (up), below `parent`'s side."""

    parent: tuple[Split, bool] | None
    column: int
    at: int


@dataclass(frozen=True, eq=False, slots=True)
class Leaf:
    """path: the last split and its side (True = up), None for the root · box: bounds that the path leaves · cuts: newest first
    bases, slopes: (cuts,), (cuts, moving): each cut's affine bound on this box · basis: opaque, where an LP of this box starts
    gained: (column, side, distance, bound before) of the branching that made it, for pseudocosts."""

    path: tuple[Split, bool] | None
    box: Box
    cuts: tuple[Cut, ...]
    bases: Floats
    slopes: Floats
    basis: Any = None
    gained: tuple[int, int, float, float] | None = None
    farkas: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def bound(self, u: Floats) -> float:
        """The best of the leaf's bounds at right-hand sides u; inf when one of them proves it empty."""
        if not self.cuts:
            return -_INF
        values = self.bases + self.slopes @ u if len(u) else self.bases
        if (values[self.farkas] > FARKAS_MARGIN).any():
            return _INF
        return float(np.max(values[~self.farkas], initial=-_INF))

    def best_cut(self, u: Floats) -> Cut | None:
        """The cut that gives `bound(u)`."""
        values = self.bases + self.slopes @ u if len(u) else self.bases
        order = sorted(range(len(self.cuts)), key=lambda k: -values[k])
        empty = [k for k in order if self.farkas[k] and values[k] > FARKAS_MARGIN]
        chosen = empty or [k for k in order if not self.farkas[k]]
        return self.cuts[chosen[0]] if chosen else None


def leaf(
    frame: Lagrangian, path: tuple[Split, bool] | None, box: Box, cuts: Sequence[Cut], basis: Any, gained: Any = None, most: int = MOST_CUTS
) -> Leaf:
    """A leaf with its affine bounds worked out."""
    kept = tuple(cuts[:most])
    bases = np.array([c.base + frame.shift(c, box) for c in kept])
    slopes = np.array([c.slope for c in kept]).reshape(len(kept), len(frame.moving))
    return Leaf(path, box, kept, bases, slopes, basis, gained, np.array([c.farkas for c in kept], dtype=np.bool_))


def root(frame: Lagrangian) -> Leaf:
    """The whole box, with the bound that needs no rows: y = 0."""
    nothing = frame.cut(np.zeros(frame.program.m), {}, np.zeros(len(frame.moving)), -_INF, 0.0)
    return leaf(frame, None, {}, [] if nothing is None else [nothing], None)


def children(
    frame: Lagrangian, parent: Leaf, column: int, at: int, cuts: Sequence[Sequence[Cut]], basis: Any, part: float, bound: float
) -> tuple[Leaf, Leaf]:
    """The two halves of a leaf: x_column <= at, x_column >= at + 1. cuts: further cuts of each half, before those of the parent."""
    split = Split(parent.path, column, at)
    low, high = parent.box.get(column, (float(frame.lower[column]), float(frame.upper[column])))
    down = leaf(frame, (split, False), {**parent.box, column: (low, float(at))}, [*cuts[0], *parent.cuts], basis, (column, 0, part, bound))
    up = leaf(frame, (split, True), {**parent.box, column: (at + 1.0, high)}, [*cuts[1], *parent.cuts], basis, (column, 1, 1 - part, bound))
    return down, up
