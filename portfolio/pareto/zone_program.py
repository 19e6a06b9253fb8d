"""The Program of a zone: one more column, alpha, and one more row per criterion.

    f_i(x) / r_i + alpha <= u_i / r_i        (Pascoletti, Serafini 1984, doi:10.1007/BF00934564, along the direction r)

Rows are divided by the ranges, so that the solver's tolerances are shares of a range. Without finite u_i a row says nothing.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from portfolio.program import Block, Floats, Program


def subset(program: Program, kept: list[int]) -> Program:
    """The same feasible set with these criteria only."""
    if kept == list(range(program.q)):
        return program
    return replace(
        program,
        criteria=program.criteria[kept],
        offsets=program.offsets[kept],
        signs=tuple(program.signs[i] for i in kept),
        names=tuple(program.names[i] for i in kept),
        exact_form=None if program.exact_form is None else lambda: subset(program.exact, kept),
    )


def zone_program(program: Program, scale: tuple[Fraction, ...], reach: float) -> Program:
    """Columns (n + 1), rows (m + q); the criteria stay as they are. reach: bounds of alpha are [-reach, reach]."""
    r = np.array([float(v) for v in scale])
    rows = program.criteria / r[:, None]
    used = [np.flatnonzero(row) for row in rows]
    ends = program.indptr[-1] + np.cumsum([len(at) + 1 for at in used])
    return replace(
        program,
        indptr=np.concatenate([program.indptr, ends]).astype(np.int32),
        indices=np.concatenate([program.indices, *(np.append(at, program.n) for at in used)]).astype(np.int32),
        data=np.concatenate([program.data, *(np.append(row[at], 1.0) for row, at in zip(rows, used, strict=True))]),
        row_lower=np.concatenate([program.row_lower, np.full(program.q, -np.inf)]),
        row_upper=np.concatenate([program.row_upper, np.full(program.q, np.inf)]),
        col_lower=np.append(program.col_lower, -reach),
        col_upper=np.append(program.col_upper, reach),
        integer=np.append(program.integer, False),
        criteria=np.hstack([program.criteria, np.zeros((program.q, 1))]),
        columns=(*program.columns, Block("alpha", program.n, [()], "alpha: distance to the zone's upper bound along the ranges")),
        rows=(*program.rows, Block("zone", program.m, [(name,) for name in program.names], "f_i / r_i + alpha <= u_i / r_i")),
        exact_form=None,
    )


def sides(program: Program, scale: Floats, upper: Floats, start: Floats) -> Floats:
    """Right-hand sides (q,) of the zone rows for u; infinite where u_i is still the start."""
    return np.where(upper >= start, np.inf, (upper - program.offsets) / scale)
