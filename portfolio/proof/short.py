"""Multipliers of a zone as they are written down: over the Program's rows and a row per criterion, with only the digits that a bound on alpha needs.

    max alpha with f_i(x) + alpha r_i <= u_i is below A    if    L(y) > 0 with c = 0 and sides f_i(x) <= u_i - A r_i

The multipliers of the zone's own LP serve: its row f_i / r_i + alpha <= u_i / r_i has y_i, the row f_i <= u_i - A r_i then y_i / r_i.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from scipy.sparse import csr_array

from portfolio.numerics import FARKAS_MARGIN, FRONTIER_MARGIN, SUM_SAFETY
from portfolio.program import Floats, Program
from portfolio.proof.certificate import Question, asked
from portfolio.proof.forest import Multipliers
from portfolio.proof.multipliers import Cut, Lagrangian

LEAST_DIGITS, MOST_DIGITS = 8, 64
REMEMBERED = 4_000
"""Cuts whose short form is kept at hand; trees that inherit from each other share them."""


class Shortener:
    """For zones of one Program along ranges r. Not thread-safe."""

    def __init__(self, program: Program, scale: Sequence[Fraction]) -> None:
        zero = Question((Fraction(0),) * program.q, tuple((i, Fraction(float(v))) for i, v in enumerate(program.offsets)))
        limited, cost, sizes = asked(program, zero)
        self.rows, self._sizes, self.scale = program.m, np.array(sizes), np.array([float(v) for v in scale])
        self._frame = Lagrangian(limited, cost, range(program.m, limited.m))
        self.offsets = program.offsets
        self.units = self._frame.units.copy()
        """(m + q,) exponents of the rows as they are written: criteria in their own units."""
        self.units[program.m :] -= np.round(np.log2(self._sizes)).astype(np.int64)
        self.room = _room(limited)
        """(m + q,) how far L(y) moves at most per unit of y, on any box."""
        self._known: dict[int, tuple[Cut, Multipliers]] = {}

    def cut(self, cut: Cut) -> Multipliers:
        """A cut of a zone's tree; bounds on alpha from it rise by less than FRONTIER_MARGIN, an empty box stays empty."""
        if id(cut) not in self._known:
            y = np.zeros(self.rows + len(self._sizes))
            y[cut.rows] = cut.y
            y[self.rows :] *= self._sizes / self.scale
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[id(cut)] = cut, self._shortened(y, FARKAS_MARGIN / 2 if cut.farkas else float(FRONTIER_MARGIN) / 2)[0]
        return self._known[id(cut)][1]

    def half_space(self, normalised: Floats, y: Floats) -> tuple[Multipliers, tuple[Fraction, ...], Fraction]:
        """(short multipliers, w (q,), a proven B with w.f(x) >= B) of row multipliers y (m,) for weights w_i about normalised_i / r_i."""
        full = np.append(y, -normalised / self.scale * self._sizes)
        short, rounded = self._shortened(full, float(FRONTIER_MARGIN) / 2)
        weights = [Fraction(0)] * len(normalised)
        for row, k in zip(short.rows, short.k, strict=True):
            if row >= self.rows:
                weights[row - self.rows] = -k * Fraction(2) ** (int(self.units[row]) - short.digits)
        constant = float(np.array([float(w) for w in weights]) @ self.offsets)
        bound = self._frame.cut_of(rounded, farkas=True).base + constant
        return short, tuple(weights), Fraction(repr(bound - SUM_SAFETY * (abs(bound) + abs(constant))))

    def _shortened(self, y: Floats, loss: float) -> tuple[Multipliers, Floats]:
        """(the fewest digits with which L(y) cannot fall by more than `loss` on any box at any sides, the multipliers they make)."""
        y = self._frame._legal(y)
        rows = np.flatnonzero(y)
        units, used = self._frame.units[rows], y[rows]
        for digits in range(LEAST_DIGITS, MOST_DIGITS):
            whole = np.round(used * 2.0 ** (digits - units))
            rounded = whole * 2.0 ** (units - digits)
            if digits == MOST_DIGITS - 1 or float(np.abs(rounded - used) @ self.room[rows]) <= loss:
                break
        kept = whole != 0
        short = np.zeros_like(y)
        short[rows[kept]] = rounded[kept]
        return Multipliers(digits, tuple(rows[kept].tolist()), tuple(int(k) for k in whole[kept])), short


def _room(program: Program) -> Floats:
    """(m,) largest distance between a row and the side that counts, over the columns' bounds; twice the row's reach where the side moves."""
    a = csr_array((program.data, program.indices, program.indptr), shape=(program.m, program.n))
    up, down = a.maximum(0), a.minimum(0)
    most = up @ program.col_upper + down @ program.col_lower
    least = up @ program.col_lower + down @ program.col_upper
    low = np.where(np.isfinite(program.row_lower), most - program.row_lower, 0.0)
    high = np.where(np.isfinite(program.row_upper), program.row_upper - least, 0.0)
    return np.asarray(np.maximum(np.maximum(np.abs(low), np.abs(high)), 2 * (most - least)))
