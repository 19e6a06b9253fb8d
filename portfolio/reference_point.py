"""Reference-point aims: one more column and one row per criterion on an existing Program.

minimise  t + c * sum_i g_i   subject to   g_i <= t,   g_i = (f_i - reference_i) / range_i      (Wierzbicki 1980, doi:10.1007/978-3-642-48782-8_32)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from portfolio.program import Block, Program
from portfolio.results import Range

SUM_SHARE = 1e-3


def with_achievement(program: Program, point: Mapping[str, Fraction], ranges: Mapping[str, Range]) -> Program:
    """The Program with column `achievement` and a further criterion of that name (the last one) to be minimised."""
    used = [q for q, name in enumerate(program.names) if name in point and name in ranges]
    rows, offsets = [], []
    for q in used:
        name = program.names[q]
        wide = abs(float(ranges[name].worst - ranges[name].best))
        rows.append(program.criteria[q] / wide)
        offsets.append((program.offsets[q] - program.signs[q] * float(point[name])) / wide)
    most = [np.where(r > 0, r * program.col_upper, r * program.col_lower).sum() + o for r, o in zip(rows, offsets, strict=True)]
    least = [np.where(r > 0, r * program.col_lower, r * program.col_upper).sum() + o for r, o in zip(rows, offsets, strict=True)]
    indices, data, indptr = [program.indices], [program.data], [program.indptr]
    end = int(program.indptr[-1])
    for row in rows:
        at = np.flatnonzero(row)
        indices.append(np.append(at, program.n).astype(np.int32))
        data.append(np.append(row[at], -1.0))
        end += len(at) + 1
        indptr.append(np.array([end], dtype=np.int32))
    wider = np.hstack([program.criteria, np.zeros((program.q, 1))])
    aim = np.append(SUM_SHARE * np.sum(rows, axis=0), 1.0)
    return replace(
        program,
        indptr=np.concatenate(indptr),
        indices=np.concatenate(indices),
        data=np.concatenate(data),
        row_lower=np.concatenate([program.row_lower, np.full(len(rows), -np.inf)]),
        row_upper=np.concatenate([program.row_upper, [-o for o in offsets]]),
        col_lower=np.append(program.col_lower, min(least)),
        col_upper=np.append(program.col_upper, max(most)),
        integer=np.append(program.integer, False),
        criteria=np.vstack([wider, aim]),
        offsets=np.append(program.offsets, SUM_SHARE * sum(offsets)),
        signs=(*program.signs, 1),
        names=(*program.names, "achievement"),
        columns=(*program.columns, Block("achievement", program.n, [()], "t: largest normalised distance beyond the reference point")),
        rows=(*program.rows, Block("achievement", program.m, [(program.names[q],) for q in used], "g_i <= t")),
        exact_form=None,
    )
