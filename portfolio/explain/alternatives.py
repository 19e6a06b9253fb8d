"""Plans close to the best that differ as much as possible, one after another.

    maximise D  subject to  D <= distance(x, plan_j) for every plan so far,  aim(x) <= bound + share
    distance = programmes funded in one and not in the other (Hamming distance of the funded sets)
Each step is one MIP with a proven bound: no plan within the share is farther from all plans before it. (Sequential search for diverse solutions: Danna,
Fenelon, Gu, Wunderling 2007, doi:10.1007/978-3-540-72792-7_22; the k plans are each farthest from those before, not jointly optimal.)
"""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from math import floor

import numpy as np

from portfolio.explain.effort import Effort
from portfolio.explain.moves import funded
from portfolio.explain.question import Question, exact
from portfolio.program import Block, Floats, Program
from portfolio.results import Plan
from portfolio.results.explanation import Alternatives, Variant
from portfolio.solvers.door import open_door
from portfolio.solvers.outcome import Ask

TRIES = 3
"""Solves spent on a plan that stays within the share on whole units as well."""


def alternatives(question: Question, k: int, within: Fraction, effort: Effort) -> Alternatives:
    """The reported plan and up to k - 1 others. complete: False when a search ended at a limit · exhausted: no other set of programmes is within the
    share (proven)."""
    begun = time.perf_counter()
    limit = question.bound + float(within) * question.unit
    found = [Variant(plan=question.plan, value=exact(question.value), distance=0, bound=0)]
    complete, exhausted = question.value <= limit, False
    while complete and not exhausted and len(found) < k:
        variant = _farthest(question, [v.plan for v in found], limit, effort)
        exhausted = variant is not None and variant.bound == 0
        complete = exhausted or (variant is not None and variant.distance > 0)
        if variant is not None and variant.distance > 0:
            found.append(variant)
    sets = [funded(v.plan) for v in found]
    shared = frozenset.intersection(*sets)
    anywhere = frozenset.union(*sets)
    names = [p.id for p in question.instance.programmes]
    return Alternatives(
        within=within,
        variants=tuple(found),
        shared=tuple(p for p in names if p in shared),
        never=tuple(p for p in names if p not in anywhere),
        complete=complete,
        exhausted=exhausted,
        seconds=round(time.perf_counter() - begun, 3),
    )


def _farthest(question: Question, plans: list[Plan], limit: float, effort: Effort) -> Variant | None:
    room = limit
    for _ in range(TRIES):
        program, cost = _spread(question, plans, room)
        solver = open_door("highs", program, question.seed)
        asked = effort.ask()
        # Distances are whole numbers: a gap below 1 is none.
        outcome = solver.minimise(cost, Ask(gap=0.999, seconds=asked.seconds, stop=asked.stop))
        if outcome.x is None:
            return None
        plan = question.published(outcome.x)
        if plan is None:
            return None
        value = float(question.worth(plan.criteria))
        if value <= limit + 1e-9 * max(1.0, abs(limit)):
            sets = [funded(p) for p in plans]
            distance = min(len(funded(plan) ^ s) for s in sets)
            return Variant(plan=plan, value=exact(value), distance=distance, bound=max(floor(-outcome.bound + 1e-6), distance))
        room -= 2 * (value - limit)
    return None


def _spread(question: Question, plans: list[Plan], limit: float) -> tuple[Program, Floats]:
    """The Program with the column D, a row per plan and a row for the aim; the cost is -D."""
    p = question.asked.program
    columns_of = _funded_columns(question)
    n = p.n
    aim = question.cost @ p.criteria
    rows: list[tuple[Floats, Floats, float, float]] = []
    used = np.flatnonzero(aim)
    size = max(float(np.abs(aim).max(initial=0.0)), 1e-12)
    top = limit + question.origin - float(question.cost @ p.offsets)
    rows.append((used.astype(float), aim[used] / size, -np.inf, top / size))
    for q, value in question.limits.items():
        inside = np.flatnonzero(p.criteria[q])
        rows.append((inside.astype(float), p.criteria[q][inside], -np.inf, value - float(p.offsets[q])))
    for plan in plans:
        held = funded(plan)
        columns, values = [n], [1.0]
        for name, own in columns_of.items():
            columns += own
            values += [(1.0 if name in held else -1.0)] * len(own)
        # D <= sum over its programmes of (1 - f) + sum over the others of f
        rows.append((np.array(columns, dtype=float), np.array(values), -np.inf, float(len(held & columns_of.keys()))))
    indptr = list(p.indptr)
    indices, data = [p.indices], [p.data]
    for columns_, values_, _, _ in rows:
        indices.append(columns_.astype(np.int32))
        data.append(values_)
        indptr.append(indptr[-1] + len(columns_))
    program = replace(
        p,
        indptr=np.array(indptr, dtype=np.int32),
        indices=np.concatenate(indices).astype(np.int32),
        data=np.concatenate(data),
        row_lower=np.append(p.row_lower, [r[2] for r in rows]),
        row_upper=np.append(p.row_upper, [r[3] for r in rows]),
        col_lower=np.append(p.col_lower, 0.0),
        col_upper=np.append(p.col_upper, float(len(columns_of))),
        integer=np.append(p.integer, False),
        criteria=np.hstack([p.criteria, np.zeros((p.q, 1))]),
        columns=(*p.columns, Block("distance", n, [()], "D: least distance to the plans so far")),
        exact_form=None,
    )
    cost = np.zeros(n + 1)
    cost[n] = -1.0
    return program, cost


def _funded_columns(question: Question) -> dict[str, list[int]]:
    """programme -> columns whose sum is 1 when it is funded."""
    program = question.program
    take, chosen = program.block("take"), program.block("chosen")
    assert take is not None
    flag = {} if chosen is None else {key: chosen.start + n for n, key in enumerate(chosen.index)}
    found: dict[str, list[int]] = {}
    for n, key in enumerate(take.index):
        found.setdefault(key[0], []).append(flag.get(key, take.start + n))
    return found
