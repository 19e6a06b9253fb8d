"""Row multipliers as proofs: weak duality turns any y into a bound, optimal or not.

    L(y) = sum_i (y_i > 0 ? y_i row_lower_i : y_i row_upper_i) + sum_j min over lower_j <= x_j <= upper_j of (c_j - (A'y)_j) x_j   <=   min c'x

A side that is infinite takes y_i = 0 first. With c = 0 and L(y) > 0 no x obeys the rows (Farkas). The bound is affine in the right-hand
sides while y stays. Neumaier and Shcherbina 2004, Math. Programming 99: 283-296, doi:10.1007/s10107-003-0433-3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from portfolio.numerics import FARKAS_MARGIN, MULTIPLIER_DIGITS, SUM_SAFETY
from portfolio.program import Floats, Ints, Program

Box = Mapping[int, tuple[float, float]]
"""Bounds of integer columns that differ from the Program's."""


@dataclass(frozen=True, eq=False, slots=True)
class Cut:
    """One y with what its bound needs on any box and at any right-hand side; shared by the leaves that use it.

    rows, y: nonzero multipliers · base: L over the Program's own box without the moving sides, rounded against float error
    slope: (moving,) how the bound moves with each moving side · reduced: (integers,) c_j - (A'y)_j of the integer columns
    farkas: c = 0, the bound says infeasible when positive.
    """

    rows: Ints
    y: Floats
    base: float
    slope: Floats
    reduced: Floats
    farkas: bool


class Lagrangian:
    """min cost'x over a Program whose rows `moving` have right-hand sides row_upper = u that change; row_lower of those is -inf.

    Evaluates L(y) in floats (the tree's own arithmetic, safe side; proof/verify.py repeats it exactly).
    """

    def __init__(self, program: Program, cost: Floats, moving: Sequence[int] = ()) -> None:
        self.program, self.cost = program, np.asarray(cost, dtype=np.float64)
        self.moving = np.asarray(moving, dtype=np.int64)
        self.integers = np.flatnonzero(program.integer)
        self.place = {int(j): k for k, j in enumerate(self.integers)}
        self.lower, self.upper = program.col_lower, program.col_upper
        self._columns = csr_array((program.data, program.indices, program.indptr), shape=(program.m, program.n)).T.tocsr()
        self._low = np.where(np.isfinite(program.row_lower), program.row_lower, 0.0)
        self._high = np.where(np.isfinite(program.row_upper), program.row_upper, 0.0)
        self._low_open, self._high_open = np.isneginf(program.row_lower), np.isposinf(program.row_upper)
        # A moving row has an upper side, whatever the Program says of it now.
        self._low[self.moving], self._high[self.moving] = 0.0, 0.0
        self._low_open[self.moving], self._high_open[self.moving] = True, False
        width = self.upper - self.lower
        reach = abs(csr_array((program.data, program.indices, program.indptr), shape=(program.m, program.n))) @ width
        self.units = np.where(reach > 0, -np.ceil(np.log2(np.maximum(reach, 1e-300))), 0).astype(np.int64)
        """(m,) exponents: one step of 2^units in y_i moves L by at most 1."""
        self.size = float(np.abs(self.cost) @ width) or 1.0
        """How far the objective can move over the box: the scale of losses."""

    # -- from multipliers to cuts ----------------------------------------------------------------------------------
    def cut(self, y: Floats, box: Box, u: Floats, enough: float, loss: float) -> Cut | None:
        """The cut of LP duals y with as few binary digits as keep its bound on `box` above `enough` or within `loss` of the full one;
        None where not even the full y bounds."""
        return self._shortest(y, box, u, enough, loss, self.size, farkas=False)

    def cut_of(self, y: Floats, farkas: bool) -> Cut:
        """The cut of these multipliers as they are."""
        return self._cut(y, np.zeros_like(self.cost) if farkas else self.cost, farkas)

    def infeasible(self, ray: Floats, box: Box, u: Floats) -> Cut | None:
        """The cut of a dual ray that proves the box empty; None when neither sign of the ray does."""
        for sign in (1.0, -1.0):
            y = self._legal(sign * ray)
            reach = float(np.max(np.abs(y) * 2.0**-self.units, initial=0.0))
            if reach <= 0.0:
                continue
            y = y * 2.0 ** -np.ceil(np.log2(reach))
            full = self._cut(y, np.zeros_like(self.cost), farkas=True)
            value = self.value(full, box, u)
            if value > FARKAS_MARGIN:
                return self._shortest(y, box, u, np.inf, value / 2, 1.0, farkas=True)
        return None

    def value(self, cut: Cut, box: Box, u: Floats) -> float:
        """L(y) on the box at right-hand sides u."""
        return cut.base + self.shift(cut, box) + (float(cut.slope @ u) if len(u) else 0.0)

    def shift(self, cut: Cut, box: Box) -> float:
        """What the box adds to the bound over the Program's own box."""
        total = 0.0
        for j, (low, high) in box.items():
            r = float(cut.reduced[self.place[j]])
            total += r * (low - self.lower[j]) if r > 0 else r * (high - self.upper[j])
        return total

    def _shortest(self, y: Floats, box: Box, u: Floats, enough: float, loss: float, size: float, farkas: bool) -> Cut | None:
        cost = np.zeros_like(self.cost) if farkas else self.cost
        full = self._cut(y, cost, farkas)
        value = self.value(full, box, u)
        if not np.isfinite(value):
            return None
        need = min(enough, value - loss)
        scale = 2.0 ** np.ceil(np.log2(size))
        # Hundreds of multipliers, each off by half a step, never cost less than a few steps together.
        slack = value - need
        hopeless = np.log2(size / slack) - 4 if 0.0 < slack < np.inf else -np.inf if slack > 0 else np.inf
        for digits in MULTIPLIER_DIGITS:
            if digits < hopeless:
                continue
            step = scale * 2.0 ** (self.units - digits)
            short = self._cut(np.round(y / step) * step, cost, farkas)
            if self.value(short, box, u) >= need:
                return short
        return full

    def _legal(self, y: Floats) -> Floats:
        return np.where((y > 0) & self._low_open | (y < 0) & self._high_open, 0.0, y)

    def _cut(self, y: Floats, cost: Floats, farkas: bool) -> Cut:
        y = self._legal(y)
        reduced = cost - self._columns @ y
        sides = np.where(y > 0, y * self._low, y * self._high)
        least = np.where(reduced > 0, reduced * self.lower, reduced * self.upper)
        spread = float(np.abs(sides).sum() + np.abs(least).sum())
        rows = np.flatnonzero(y).astype(np.int32)
        base = float(sides.sum() + least.sum()) - SUM_SAFETY * spread
        return Cut(rows, y[rows], base, y[self.moving], reduced[self.integers], farkas)
