"""Does the installed HiGHS solve tiny mixed MIPs? Asked by drawing some and enumerating their integer points.

HiGHS 1.14.0 answered 4 % of such models wrongly, 1.15.1 none: a few seconds of this separate them. The referee is HiGHS' simplex on LPs
without presolve, one for each integer point; the models are of the kind the toolkit builds (money times a choice, curves, ledgers).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask

TOLERANCE = 1e-5
"""Relative difference of two objectives that counts as a wrong answer; HiGHS' own tolerances leave 1e-7."""


@dataclass(frozen=True)
class Disagreement:
    """A model on which HiGHS was wrong.

    number: of the model under this seed · verdict, answer: HiGHS' · truth: by enumeration (inf: infeasible).
    """

    seed: int
    number: int
    verdict: str
    answer: float
    truth: float


def disagreements(seconds: float, seed: int = 0, most: int | None = None) -> list[Disagreement]:
    """Every wrong answer found within `seconds` (or on the first `most` models)."""
    found: list[Disagreement] = []
    begun = time.perf_counter()
    for number, (program, cost) in enumerate(models(seed)):
        if time.perf_counter() - begun >= seconds or number == most:
            break
        truth = enumerate_points(program, cost)
        outcome = Highs(program, seed=number).minimise(cost, Ask())
        answer = outcome.objective if outcome.verdict == "optimal" else float("inf")
        agree = truth == answer or abs(truth - answer) <= TOLERANCE * max(1.0, abs(truth))
        if outcome.verdict not in ("optimal", "infeasible") or not agree:
            found.append(Disagreement(seed, number, outcome.verdict, answer, truth))
    return found
    return found


def models(seed: int) -> Iterator[tuple[Program, Floats]]:
    """An endless, reproducible series of tiny mixed models and their costs (minimised)."""
    draw = np.random.default_rng(seed)
    while True:
        choices, amounts = int(draw.integers(2, 7)), int(draw.integers(2, 8))
        n, m = choices + amounts, int(draw.integers(3, 9))
        a = np.where(draw.random((m, n)) < 0.5, np.round(draw.normal(0, 10, (m, n)), int(draw.integers(0, 3))), 0.0)
        top = np.concatenate([draw.integers(1, 3, choices), draw.integers(1, 30, amounts)]).astype(float)
        inside = np.concatenate([draw.integers(0, 2, choices), draw.random(amounts) * top[choices:]])
        level, room = a @ inside, draw.integers(0, 20, m).astype(float)
        kind = draw.integers(0, 4, m)
        lower = np.where(kind == 1, -np.inf, np.where(kind == 0, np.round(level), np.round(level - room, 1)))
        upper = np.where(kind == 2, np.inf, np.where(kind == 0, np.round(level), np.round(level + room, 1)))
        cost = np.round(draw.normal(0, 10, n), 1)
        yield _program(a, lower, upper, top, np.arange(n) < choices), cost


def _program(a: Floats, lower: Floats, upper: Floats, top: Floats, integer: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Program:
    rows, cols = np.nonzero(a)
    return Program(
        indptr=np.concatenate([[0], np.cumsum(np.count_nonzero(a, axis=1))]).astype(np.int32),
        indices=cols.astype(np.int32),
        data=a[rows, cols],
        row_lower=lower,
        row_upper=upper,
        col_lower=np.zeros(len(top)),
        col_upper=top,
        integer=integer,
        criteria=np.zeros((0, len(top))),
        offsets=np.zeros(0),
        signs=(),
        names=(),
    )


def enumerate_points(program: Program, cost: Floats) -> float:
    """The optimum by one LP per integer point; inf when none is feasible."""
    ids = np.flatnonzero(program.integer)
    simplex = Highs(program, options={"presolve": "off", "solver": "simplex"})
    best = float("inf")
    for point in product(*(range(int(program.col_lower[j]), int(program.col_upper[j]) + 1) for j in ids)):
        values = np.array(point, dtype=float)
        simplex.bound_columns(list(ids), values, values)
        outcome = simplex.minimise(cost, Ask(relax=True))
        if outcome.verdict == "optimal":
            best = min(best, outcome.objective)
    return best
