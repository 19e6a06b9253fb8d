"""The Program whose criteria counts lie in a union of boxes: one binary column per box after the first, one row per criterion.

    c_i(x) + sum_g (first_i - box^g_i) y_g <= first_i,   sum_g y_g <= 1,   y binary

With y = 0 this is the first box, with y_g = 1 box g; fractional y give boxes between their corners, which is all that the relaxation can know
of a union (Balas 1985, doi:10.1137/0606047, for boxes that differ in their right-hand sides only). One integer program then searches several zones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from portfolio.numerics import STEP_ROOM
from portfolio.pareto.evidence import FREE
from portfolio.pareto.steps import Steps
from portfolio.program import Block, Floats, Program


def company_of(q: int) -> int:
    """Boxes besides the first: 0, 1, 3, 6 for two to five criteria. Nearly every program of two criteria finds a point; the more criteria, the more zones are
    empty, and several empty ones cost little more than one. Measured on published problems: processor time stays what it was without company."""
    return (q - 1) * (q - 2) // 2


class Union:
    """program: n + company_of(q) columns, m + q + 1 rows; its numbers change with every union."""

    def __init__(self, program: Program, steps: Steps) -> None:
        self._n, self._m, self._company = program.n, program.m, company_of(program.q)
        self._costs = steps.coefficients.astype(np.float64)
        largest = np.abs(self._costs).max(axis=1, initial=1.0)
        self._scale = np.array([2.0 ** max(0, math.frexp(v)[1] - 13) for v in largest])
        self._far = steps.most.astype(np.float64) + 1.0
        self.program = self._extended(program)

    def enter(self, door: Any, boxes: Sequence[Sequence[int]]) -> None:
        """Put a union of boxes (q,) into a solver object that holds `program`."""
        q = len(self._scale)
        first, *others = (np.where(np.array(box) == FREE, self._far, np.array(box, dtype=np.float64) - 1.0) for box in boxes)
        rows, columns = np.arange(self._m, self._m + q), np.arange(self._n, self._n + self._company)
        for column, other in zip(columns, others, strict=False):
            door.enter(rows, np.full(q, column), (first - other) / self._scale)
        unlimited = np.logical_and(np.array(boxes[0]) == FREE, not others)
        door.bound_rows(rows, np.full(q, -np.inf), np.where(unlimited, np.inf, (first + STEP_ROOM) / self._scale))
        door.bound_columns(columns, np.zeros(self._company), (np.arange(self._company) < len(others)).astype(np.float64))

    def cost(self, weights: Sequence[int]) -> Floats:
        """Objective (n + company_of(q),)."""
        return np.concatenate([np.array(weights) @ self._costs, np.zeros(self._company)])

    def start(self, x: Floats | None) -> Floats | None:
        """A solution (n,) in the first box, with the other columns."""
        return None if x is None else np.concatenate([x, np.zeros(self._company)])

    def _extended(self, program: Program) -> Program:
        (q, n), g = self._costs.shape, self._company
        boxes = np.arange(n, n + g)
        rows = [
            (np.append(np.flatnonzero(cost), boxes), np.append(cost[cost != 0], np.ones(g)) / scale)
            for cost, scale in zip(self._costs, self._scale, strict=True)
        ]
        rows.append((boxes, np.ones(g)))
        ends = program.indptr[-1] + np.cumsum([len(at) for at, _ in rows])
        return replace(
            program,
            indptr=np.concatenate([program.indptr, ends]).astype(np.int32),
            indices=np.concatenate([program.indices, *(at for at, _ in rows)]).astype(np.int32),
            data=np.concatenate([program.data, *(values for _, values in rows)]),
            row_lower=np.concatenate([program.row_lower, np.full(q + 1, -np.inf)]),
            row_upper=np.concatenate([program.row_upper, np.full(q, np.inf), [1.0]]),
            col_lower=np.concatenate([program.col_lower, np.zeros(g)]),
            col_upper=np.concatenate([program.col_upper, np.ones(g)]),
            integer=np.concatenate([program.integer, np.ones(g, dtype=bool)]),
            criteria=np.hstack([program.criteria, np.zeros((q, g))]),
            columns=(*program.columns, Block("box", n, [(i,) for i in range(g)], "whether another box is searched")),
            rows=(*program.rows, Block("limit", self._m, [(name,) for name in program.names]), Block("boxes", self._m + q, [()])),
            exact_form=None,
        )
