"""A good plan before the solver begins: one dive over the relaxation, then the best plan of its neighbourhood.

The neighbourhood leaves free only the programmes on which plan and relaxation disagree (Danna, Rothberg, Le Pape 2005, doi:10.1007/s10107-004-0518-7);
a small MIP searches it. What it finds is a start, never a bound.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from portfolio.numerics import FRACTIONAL, LP_SAFETY
from portfolio.program import Floats, Program
from portfolio.proof.boxed import BoxedLp
from portfolio.proof.dive import dive
from portfolio.proof.multipliers import Lagrangian
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Outcome
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")
SHARE_OF_GAP = 0.7
"""Gap of the small MIP as a share of the gap asked for: what is left over is for the proof over all plans."""
MOST_NODES = 50
"""Nodes spent on the neighbourhood."""


def first_plan(program: Program, cost: Floats, ask: Ask, seed: int = 0) -> Outcome | None:
    """A plan of low cost with the relaxation's bound, as a solve that was stopped early; None when the dive finds none. Deterministic unless a
    limit or a stop ends it; at most about half of ask.seconds is spent."""
    begun = time.perf_counter()
    lp = BoxedLp(Lagrangian(program, cost), Relaxation(program, seed))
    root = lp.solve(presolve=True, seconds=ask.seconds)
    if not root.finished or root.empty:
        return None
    relaxed = lp.x
    plan = dive(lp, {}, relaxed, _INF, ask.seconds)
    if plan is None:
        return None
    bound = root.value - LP_SAFETY * max(1.0, abs(root.value))
    known = Outcome("limit", plan, float(cost @ plan), bound, time.perf_counter() - begun)
    left = (ask.seconds - known.seconds) / 2
    if ask.stop.is_set() or left <= 0:
        return known
    fixed = _agreed(program, relaxed, plan)
    low, high = program.col_lower.copy(), program.col_upper.copy()
    low[fixed] = high[fixed] = np.round(plan[fixed])
    small = Highs(replace(program, col_lower=low, col_upper=high), seed)
    close = replace(ask, seconds=left, gap=SHARE_OF_GAP * ask.gap, start=plan, nodes=MOST_NODES, watch=None)
    found = small.minimise(cost, close)
    better = found.x is not None and found.objective < known.objective
    return replace(known, x=found.x, objective=found.objective) if better else known


def _agreed(program: Program, relaxed: Floats, plan: Floats) -> NDArray[np.int64]:
    """Integer columns of the programmes (other integer columns: each by itself) on which relaxation and plan agree."""
    apart = np.abs(relaxed - plan) > FRACTIONAL
    group = np.arange(program.n)
    take = program.block("take")
    if take is not None:
        first: dict[object, int] = {}
        group[take.span] = [first.setdefault(key[0], take.start + n) for n, key in enumerate(take.index)]
    free = np.zeros(program.n, dtype=bool)
    free[group[program.integer & apart]] = True
    return np.flatnonzero(program.integer & ~free[group])
