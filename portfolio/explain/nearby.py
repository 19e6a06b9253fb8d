"""A good plan near a known one: only the programmes on which that plan and the relaxation disagree are left free, and a small MIP searches them.

Danna, Rothberg, Le Pape 2005 (relaxation induced neighbourhood search, doi:10.1007/s10107-004-0518-7). What it finds is a plan, never a bound on all plans.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from portfolio.numerics import FRACTIONAL, LP_SAFETY
from portfolio.results import Plan
from portfolio.solvers.outcome import Ask, Outcome

if TYPE_CHECKING:
    from portfolio.explain.question import Question

COARSE = 2
"""Gap of the small MIP as a multiple of the gap asked for: the plan that it leaves is a start."""
MOST_NODES = 50
"""Nodes of the small MIP."""


def nearby(question: Question, plan: Plan, ask: Ask, free: Iterable[str]) -> Outcome:
    """The best plan near `plan` as things stand in the question's solver, with the relaxation's bound on all plans, as a solve that was stopped early;
    infeasible where the relaxation is. free: programmes that may change besides those on which plan and relaxation disagree."""
    begun = time.monotonic()
    relaxed = question.solve(Ask(relax=True, seconds=ask.seconds, stop=ask.stop))
    if relaxed.verdict != "optimal" or relaxed.x is None:
        return relaxed if relaxed.verdict == "infeasible" else Outcome("limit", None, float("inf"), -float("inf"))
    bound = relaxed.bound - LP_SAFETY * max(1.0, abs(relaxed.bound))
    known = replace(relaxed, verdict="limit", x=None, objective=float("inf"), bound=bound, duals=None)
    take = question.program.block("take")
    if take is None or bound >= ask.cutoff:
        return known
    held = question.session.start_from(plan)
    ids = np.arange(take.start, take.start + take.size)
    open_ = {*free, *(key[0] for key, n in zip(take.index, ids, strict=True) if abs(relaxed.x[n] - held[n]) > FRACTIONAL)}
    fixed = [int(n) for key, n in zip(take.index, ids, strict=True) if key[0] not in open_]
    solver, program = question.asked.solver, question.program
    solver.bound_columns(fixed, held[fixed], held[fixed])
    try:
        left = max(ask.seconds - (time.monotonic() - begun), 0.0) / 2
        small = question.solve(replace(ask, gap=COARSE * ask.gap, nodes=MOST_NODES, seconds=left))
    finally:
        solver.bound_columns(fixed, program.col_lower[fixed], program.col_upper[fixed])
    return known if small.x is None else replace(known, x=small.x, objective=small.objective)
