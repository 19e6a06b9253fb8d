"""Random small mixed-integer Programs from arrays alone, with the optimum found by enumeration."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
from scipy.optimize import linprog

from portfolio.program import Block, Floats, Program

INF = float("inf")


def random_program(seed: int, criteria: int = 2, integers: int = 5, continuous: int = 3, rows: int = 5) -> Program:
    """Integer coefficients in halves, a mix of <=, >=, ranges and equalities; about one in six is infeasible."""
    draw = np.random.default_rng(seed)
    n = integers + continuous
    dense = draw.integers(-6, 9, (rows, n)) * (draw.random((rows, n)) < 0.6) / 2
    upper = np.array([1 + (draw.random() < 0.2) if j < integers else draw.integers(1, 6) for j in range(n)], dtype=float)
    lower = np.where(draw.random(n) < 0.15, -1.0, 0.0)
    inside = np.round(lower + draw.random(n) * (upper - lower))
    middle = dense @ inside
    kind = draw.integers(0, 4, rows)
    shift = draw.integers(0, 4, rows) * (draw.random(rows) < 0.9)
    hard = np.where(draw.random(rows) < 0.08, 8.0, 0.0)
    low = np.where(kind == 0, -INF, middle - shift + hard)
    high = np.where(kind == 1, INF, np.where(kind == 3, low, middle + shift))
    high = np.maximum(high, low)
    costs = draw.integers(-9, 10, (criteria, n)) / 2.0
    return from_dense(dense, low, high, lower, upper, np.arange(n) < integers, costs)


def from_dense(dense: Floats, low: Floats, high: Floats, lower: Floats, upper: Floats, integer: Floats, costs: Floats) -> Program:
    """A Program of arrays; its exact form holds the same numbers as fractions."""
    counts = [int(np.count_nonzero(row)) for row in dense]
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    indices = np.concatenate([np.flatnonzero(row) for row in dense] or [[]]).astype(np.int32)
    data = np.concatenate([row[np.flatnonzero(row)] for row in dense] or [[]]).astype(float)
    q, m, n = len(costs), len(dense), dense.shape[1]
    floats = Program(
        indptr, indices, data, low, high, lower, upper, np.asarray(integer, bool), costs, np.zeros(q), (1,) * q,
        tuple(f"f{i}" for i in range(q)), (Block("x", 0, [(j,) for j in range(n)]),), (Block("r", 0, [(i,) for i in range(m)]),),
    )  # fmt: skip

    def exact() -> Program:
        def fractions(values: Floats) -> Floats:
            out = np.empty(np.shape(values), dtype=object)
            out[...] = (
                np.vectorize(lambda v: Fraction(v) if np.isfinite(v) else float(v), otypes=[object])(values) if np.size(values) else out
            )
            return out

        names = ("data", "row_lower", "row_upper", "col_lower", "col_upper", "criteria", "offsets")
        return replace(floats, exact_form=None, **{name: fractions(getattr(floats, name)) for name in names})

    return replace(floats, exact_form=exact)


def enumerated(program: Program, cost: Floats, row_upper: Floats | None = None) -> float:
    """min cost'x by an LP per assignment of the integer columns; inf when none is feasible."""
    dense = np.zeros((program.m, program.n))
    for i in range(program.m):
        part = slice(program.indptr[i], program.indptr[i + 1])
        dense[i, program.indices[part]] = program.data[part]
    high = program.row_upper if row_upper is None else row_upper
    ids = np.flatnonzero(program.integer)
    rest = np.flatnonzero(~program.integer)
    best = INF
    for values in product(*(range(int(np.ceil(program.col_lower[j])), int(np.floor(program.col_upper[j])) + 1) for j in ids)):
        fixed = dense[:, ids] @ np.array(values, float)
        low_side, high_side = program.row_lower - fixed, high - fixed
        if not len(rest):
            if (low_side <= 1e-9).all() and (high_side >= -1e-9).all():
                best = min(best, float(cost[ids] @ values))
            continue
        a = np.vstack([dense[:, rest][np.isfinite(high_side)], -dense[:, rest][np.isfinite(low_side)]])
        b = np.concatenate([high_side[np.isfinite(high_side)], -low_side[np.isfinite(low_side)]])
        bounds = list(zip(program.col_lower[rest], program.col_upper[rest], strict=True))
        found = linprog(cost[rest], A_ub=a if len(a) else None, b_ub=b if len(b) else None, bounds=bounds, method="highs")
        if found.status == 0:
            best = min(best, float(found.fun + cost[ids] @ values))
    return best
