"""Reference-point aims: one more column and one row per criterion on an existing Program.

minimise  t + c * sum_i g_i   subject to   g_i <= t,   g_i = (f_i - reference_i) / range_i      (Wierzbicki 1980, doi:10.1007/978-3-642-48782-8_32)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.program import Block, Program
from portfolio.results import Range

SUM_SHARE = Fraction(1, 1000)


def with_achievement(program: Program, point: Mapping[str, Fraction], ranges: Mapping[str, Range]) -> Program:
    """The Program with column `achievement` and a further criterion of that name (the last one) to be minimised; its exact form likewise."""
    used = [q for q, name in enumerate(program.names) if name in point and name in ranges]
    # Object arrays hold exact rationals: the same lines serve both forms.
    number: Callable[[Fraction], Any] = Fraction if program.data.dtype == object else float
    rows, offsets = [], []
    for q in used:
        name = program.names[q]
        wide = number(abs(ranges[name].worst - ranges[name].best))
        rows.append(program.criteria[q] / wide)
        offsets.append((program.offsets[q] - number(program.signs[q] * point[name])) / wide)
    most = [np.where(r > 0, r * program.col_upper, r * program.col_lower).sum() + o for r, o in zip(rows, offsets, strict=True)]
    least = [np.where(r > 0, r * program.col_lower, r * program.col_upper).sum() + o for r, o in zip(rows, offsets, strict=True)]
    indices, data, indptr = [program.indices], [program.data], [program.indptr]
    end = int(program.indptr[-1])
    for row in rows:
        at = np.flatnonzero(row)
        indices.append(np.append(at, program.n).astype(np.int32))
        data.append(np.append(row[at], number(Fraction(-1))))
        end += len(at) + 1
        indptr.append(np.array([end], dtype=np.int32))
    dtype, share = program.data.dtype, number(SUM_SHARE)
    wider = np.hstack([program.criteria, np.full((program.q, 1), number(Fraction(0)), dtype=dtype)])
    aim = np.append(share * sum(rows, start=np.full(program.n, number(Fraction(0)), dtype=dtype)), number(Fraction(1)))
    return replace(
        program,
        indptr=np.concatenate(indptr),
        indices=np.concatenate(indices),
        data=np.concatenate(data),
        row_lower=np.concatenate([program.row_lower, np.full(len(rows), -np.inf, dtype=dtype)]),
        row_upper=np.concatenate([program.row_upper, np.array([-o for o in offsets], dtype=dtype)]),
        col_lower=np.append(program.col_lower, min(least, default=number(Fraction(0)))),
        col_upper=np.append(program.col_upper, max(most, default=number(Fraction(0)))),
        integer=np.append(program.integer, False),
        criteria=np.vstack([wider, aim]),
        offsets=np.append(program.offsets, share * sum(offsets)),
        signs=(*program.signs, 1),
        names=(*program.names, "achievement"),
        columns=(*program.columns, Block("achievement", program.n, [()], "t: largest normalised distance beyond the reference point")),
        rows=(*program.rows, Block("achievement", program.m, [(program.names[q],) for q in used], "g_i <= t")),
        exact_form=None if program.exact_form is None else lambda: with_achievement(program.exact, point, ranges),
    )
