"""The payoff table: ideal points from LP bounds, far ends from efficient LP optima.

Each criterion is minimised alone over the LP relaxation (its optimum is a bound: no plan is better), then the scaled sum of the others while it stays (nearly)
there, so that the table holds efficient points. On a large Program two LPs run at a time.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from portfolio.numerics import RANGE_SLACK, RANGE_ZERO
from portfolio.program import Floats, Program
from portfolio.solvers.outcome import Verdict
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")
LARGE = 2_000
"""Columns above which a second thread pays for itself."""


@dataclass(frozen=True)
class Span:
    """Ideal (a bound: no plan is below it) and far end of one criterion, minimised. duals: (m,) row multipliers that show the ideal."""

    ideal: float
    nadir: float
    duals: Floats | None = field(default=None, compare=False, repr=False)

    @property
    def width(self) -> float:
        """range_i; 0 when the criterion does not move."""
        wide = self.nadir - self.ideal
        return wide if wide > RANGE_ZERO * max(1.0, abs(self.ideal), abs(self.nadir)) else 0.0


def payoff(program: Program, seed: int, seconds: float) -> list[Span] | Verdict:
    """One Span per criterion; `infeasible` when the relaxation is, `limit` when time ran out."""
    deadline = time.perf_counter() + seconds
    with ThreadPoolExecutor(max_workers=2 if program.n >= LARGE else 1) as pool:
        rows = list(pool.map(lambda i: _row(program, seed, i, deadline), range(program.q)))
    for row in rows:
        if isinstance(row, str):
            return row
    found = [row for row in rows if not isinstance(row, str)]
    table = np.array([found[i][1] for i in range(program.q)])
    return [Span(found[i][0], max(float(table[:, i].max()), found[i][0]), found[i][2]) for i in range(program.q)]


def _row(program: Program, seed: int, i: int, deadline: float) -> tuple[float, Floats, Floats] | Verdict:
    """(ideal bound of criterion i, all criteria at an efficient LP optimum of it, row multipliers of the bound)."""
    lp = Relaxation(program, seed)
    size = max(float(np.abs(program.criteria[i]).max(initial=0.0)), 1e-9)
    limit = lp.add_row(program.criteria[i] / size, -_INF, _INF)
    lp.cost(program.criteria[i] / size)
    alone = lp.solve(presolve=True, seconds=deadline - time.perf_counter())
    if alone is None or alone == _INF:
        return "infeasible" if alone == _INF else "limit"
    x, duals = lp.x, lp.duals[: program.m] * size
    if program.q > 1:
        # The others are weighed against their own coefficients: only efficiency matters here, not their balance.
        others = np.delete(np.arange(program.q), i)
        room = RANGE_SLACK * max(1.0, abs(alone))
        lp.bound_rows([limit], np.array([-_INF]), np.array([alone + room]))
        total = np.abs(program.criteria).sum(axis=1)
        lp.cost((program.criteria[others] / np.maximum(total[others], 1e-9)[:, None]).sum(axis=0) * 1e3)
        second = lp.solve(primal=True, seconds=deadline - time.perf_counter())
        x = lp.x if second is not None and second < _INF else x
    return float(alone * size + program.offsets[i]), program.values(x), duals
