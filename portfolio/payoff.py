"""The payoff table: ideal points from LP bounds, far ends from efficient LP optima.

Each criterion is minimised alone over the LP relaxation (its optimum is a bound: no plan is better), then the scaled sum of the others while it stays (nearly)
there, so that the table holds efficient points. Two LP objects share the criteria.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from portfolio.numerics import RANGE_SLACK
from portfolio.program import Floats, Program
from portfolio.solvers.outcome import Verdict
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")
LARGE = 2_000
"""Columns above which a second LP object pays for itself."""


@dataclass(frozen=True)
class Span:
    """Ideal (a bound: no plan is below it) and far end of one criterion, minimised."""

    ideal: float
    nadir: float

    @property
    def width(self) -> float:
        """range_i; 0 when the criterion does not move."""
        wide = self.nadir - self.ideal
        return wide if wide > RANGE_SLACK * max(1.0, abs(self.ideal), abs(self.nadir)) else 0.0


def payoff(program: Program, seed: int, seconds: float) -> list[Span] | Verdict:
    """One Span per criterion; `infeasible` when the relaxation is, `limit` when time ran out."""
    workers = 2 if program.n >= LARGE and program.q > 1 else 1
    deadline = time.perf_counter() + seconds
    with ThreadPoolExecutor(max_workers=workers) as pool:
        shares = [list(range(n, program.q, workers)) for n in range(workers)]
        parts = list(pool.map(lambda share: _rows(program, seed, share, deadline), shares))
    found = {}
    for part in parts:
        if isinstance(part, str):
            return part
        found.update(part)
    table = np.array([found[i][1] for i in range(program.q)])
    return [Span(found[i][0], max(float(table[:, i].max()), found[i][0])) for i in range(program.q)]


def _rows(program: Program, seed: int, share: list[int], deadline: float) -> dict[int, tuple[float, Floats]] | Verdict:
    lp = Relaxation(program, seed)
    size = np.maximum(np.abs(program.criteria).max(axis=1, initial=0.0), 1e-9)
    limits = {i: lp.add_row(program.criteria[i] / size[i], -_INF, _INF) for i in share}
    found = {}
    for i in share:
        lp.cost(program.criteria[i] / size[i])
        alone = lp.solve(presolve=True, seconds=deadline - time.perf_counter())
        if alone is None or alone == _INF:
            return "infeasible" if alone == _INF else "limit"
        x = lp.x
        if program.q > 1:
            # The others are weighed against their own coefficients: only efficiency matters here, not their balance.
            others = np.delete(np.arange(program.q), i)
            room = RANGE_SLACK * max(1.0, abs(alone))
            lp.bound_rows([limits[i]], np.array([-_INF]), np.array([alone + room]))
            total = np.abs(program.criteria).sum(axis=1)
            lp.cost((program.criteria[others] / np.maximum(total[others], 1e-9)[:, None]).sum(axis=0) * 1e3)
            second = lp.solve(presolve=True, seconds=deadline - time.perf_counter())
            x = lp.x if second is not None and second < _INF else x
            lp.bound_rows([limits[i]], np.array([-_INF]), np.array([_INF]))
        found[i] = (float(alone * size[i] + program.offsets[i]), program.values(x))
    return found
