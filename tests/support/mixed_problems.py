"""Small mixed-integer problems with several criteria, and an oracle for certificates: every assignment of the integers, an LP for each zone."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from portfolio.program import Program


def mixed(draw: random.Random, q: int, binaries: int = 5, reals: int = 2, rows: int = 3) -> Program:
    """min C x with fractional coefficients over A x <= b, x in [0, 1] (binaries) and [0, 2] (reals); x = 0 is feasible."""
    n = binaries + reals
    cost = [[-round(draw.uniform(0, 10), 1) if draw.random() < 0.8 else round(draw.uniform(0, 3), 2) for _ in range(n)] for _ in range(q)]
    used = [[round(draw.uniform(0.2, 5), 1) for _ in range(n)] for _ in range(rows)]
    limit = [sum(row) * draw.uniform(0.3, 0.6) for row in used]
    return program(cost, used, limit, [1.0] * binaries + [2.0] * reals, [True] * binaries + [False] * reals)


def program(cost: list[list[float]], rows: list[list[float]], limit: list[float], upper: list[float], integer: list[bool]) -> Program:
    """Dense arrays as a Program: rows x <= limit, 0 <= x <= upper."""
    m, n, q = len(rows), len(upper), len(cost)
    return Program(
        indptr=np.arange(0, m * n + 1, n, dtype=np.int32),
        indices=np.tile(np.arange(n, dtype=np.int32), m),
        data=np.array(rows, dtype=float).reshape(-1),
        row_lower=np.full(m, -np.inf),
        row_upper=np.array(limit, dtype=float),
        col_lower=np.zeros(n),
        col_upper=np.array(upper, dtype=float),
        integer=np.array(integer),
        criteria=np.array(cost, dtype=float),
        offsets=np.zeros(q),
        signs=(1,) * q,
        names=tuple(f"f{i}" for i in range(q)),
    )


def deepest(problem: Program, upper: np.ndarray, scale: np.ndarray) -> float:
    """max {alpha : f(x) + alpha r <= u} over all assignments of the integers; -inf when none is feasible."""
    n, whole = problem.n, np.flatnonzero(problem.integer)
    table = np.zeros((problem.m, n))
    for i in range(problem.m):
        inside = slice(problem.indptr[i], problem.indptr[i + 1])
        table[i, problem.indices[inside]] = problem.data[inside]
    zone = np.isfinite(upper)
    left = np.vstack([np.hstack([table, np.zeros((problem.m, 1))]), np.hstack([problem.criteria, scale[:, None]])[zone]])
    right = np.concatenate([problem.row_upper, upper[zone] - problem.offsets[zone]])
    best = -np.inf
    for values in itertools.product(*(range(int(problem.col_upper[j]) + 1) for j in whole)):
        box = [(0.0, float(u)) for u in problem.col_upper] + [(-1e3, 1e3)]
        for j, v in zip(whole, values, strict=True):
            box[j] = (v, v)
        found = linprog(np.append(np.zeros(n), -1.0), A_ub=left, b_ub=right, bounds=box)
        if found.status == 0:
            best = max(best, -found.fun)
    return best


def zones_of(points: list[tuple[Fraction, ...]], start: tuple[Fraction, ...]) -> set[tuple[Fraction, ...]]:
    """U(N) from scratch: split every zone that holds a point, keep the maximal ones."""
    zones = {start}
    for point in points:
        split = {u for u in zones if all(p < c for p, c in zip(point, u, strict=True))}
        parts = {(*u[:i], point[i], *u[i + 1 :]) for u in split for i in range(len(u))}
        every = (zones - split) | parts
        zones = {u for u in every if not any(v != u and all(a <= b for a, b in zip(u, v, strict=True)) for v in every)}
    return zones
