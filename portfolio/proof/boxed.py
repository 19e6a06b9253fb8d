"""The relaxation with the box of a leaf: only bounds that differ are moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from portfolio.numerics import FRACTIONAL
from portfolio.program import Floats
from portfolio.proof.multipliers import Box, Cut, Lagrangian
from portfolio.proof.pseudocosts import Ids
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")


@dataclass(frozen=True, slots=True)
class Answer:
    """An LP's value [objective units; inf: infeasible; None: stopped at an iteration limit, `value` then is what was reached]."""

    value: float
    finished: bool

    @property
    def empty(self) -> bool:
        """Did the LP end as infeasible?"""
        return self.value == _INF


class BoxedLp:
    """One LP object that moves from box to box. The objective is handed over with a largest coefficient near 1: dual tolerances of the
    simplex are absolute."""

    def __init__(self, frame: Lagrangian, lp: Relaxation) -> None:
        self.frame, self.lp = frame, lp
        largest = float(np.abs(frame.cost).max(initial=0.0))
        self.size = 2.0 ** float(np.frexp(largest)[1]) if largest > 0 else 1.0
        self.sides = np.zeros(len(frame.moving))
        self._low, self._high = frame.lower.copy(), frame.upper.copy()
        lp.cost(frame.cost / self.size)
        lp.bound_columns(list(range(frame.program.n)), frame.lower, frame.upper)

    def put(self, u: Floats) -> None:
        """Right-hand sides of the moving rows."""
        if len(self.frame.moving):
            self.lp.bound_rows([int(i) for i in self.frame.moving], np.full(len(u), -_INF), u)
        self.sides = u

    def move_to(self, box: Box) -> None:
        """Bounds of the integer columns: the Program's, but for the box."""
        integers = self.frame.integers
        low, high = self.frame.lower[integers].copy(), self.frame.upper[integers].copy()
        for j, (least, most) in box.items():
            k = self.frame.place[j]
            low[k], high[k] = least, most
        changed = np.flatnonzero((low != self._low[integers]) | (high != self._high[integers]))
        ids = integers[changed]
        self.lp.bound_columns(list(ids), low[changed], high[changed])
        self._low[ids], self._high[ids] = low[changed], high[changed]

    def bound(self, column: int, low: float, high: float) -> None:
        """Bounds of one column, until the next move."""
        self.lp.bound_columns([column], np.array([low]), np.array([high]))
        self._low[column], self._high[column] = low, high

    def bounds(self, column: int) -> tuple[float, float]:
        """Bounds of one column as they are now."""
        return float(self._low[column]), float(self._high[column])

    def start(self, basis: Any) -> None:
        """Begin the next solve from a basis."""
        self.lp.restart(basis)

    def solve(self, iterations: int | None = None, seconds: float = _INF, presolve: bool = False) -> Answer:
        """The LP in its present box."""
        value = self.lp.solve(iterations, presolve=presolve, seconds=seconds)
        if presolve and value == _INF:
            # Presolve leaves no dual ray behind.
            value = self.lp.solve(iterations, seconds=seconds)
        if value is None:
            return Answer(self.lp.reached * self.size, False)
        return Answer(value * self.size if value < _INF else _INF, True)

    def cut(self, answer: Answer, box: Box, enough: float, loss: float) -> Cut | None:
        """What the last solve proves about the box; None when that is nothing."""
        return self.cut_by(self.multipliers(answer), answer, box, enough, loss)

    def multipliers(self, answer: Answer) -> Floats | None:
        """(m,) of the last solve: duals, or the ray of one that is empty; None when there is none."""
        return self.lp.ray if answer.empty else self.lp.duals * self.size

    def cut_by(self, multipliers: Floats | None, answer: Answer, box: Box, enough: float, loss: float) -> Cut | None:
        """What the multipliers of a solve at the present right-hand sides prove about its box; None when that is nothing."""
        if multipliers is None:
            return None
        if answer.empty:
            return self.frame.infeasible(multipliers, box, self.sides)
        return self.frame.cut(multipliers, box, self.sides, enough, loss)

    @property
    def x(self) -> Floats:
        """(n,) the last solution."""
        return self.lp.x

    @property
    def basis(self) -> Any:
        """The last basis, opaque."""
        return self.lp.basis

    def fractional(self, x: Floats) -> Ids:
        """Integer columns that are not integral in x."""
        values = x[self.frame.integers]
        return np.asarray(self.frame.integers[np.abs(values - np.round(values)) > FRACTIONAL])
