"""Whether a solution satisfies a Program once its integer columns are rounded: exactly where the rows hold integer columns only."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from portfolio.numerics import INTEGRALITY, PUBLISHED_FEASIBILITY
from portfolio.program import Floats, Program
from portfolio.schema.exact import to_fraction


class Feasible:
    """The rows of a Program as whole numbers (each times its common denominator); rows with continuous columns stay floats."""

    def __init__(self, program: Program) -> None:
        self.program = program
        exact = program.exact if program.exact_form is not None else program
        self._rows: list[tuple[list[int], list[int], int | None, int | None]] = []
        self._mixed: list[int] = []
        for i in range(program.m):
            inside = slice(program.indptr[i], program.indptr[i + 1])
            columns = program.indices[inside]
            if not program.integer[columns].all():
                self._mixed.append(i)
                continue
            values = [_exact(v) for v in exact.data[inside]]
            sides = [
                None if np.isinf(v) else _exact(e)
                for v, e in ((program.row_lower[i], exact.row_lower[i]), (program.row_upper[i], exact.row_upper[i]))
            ]
            bottom = math.lcm(*(v.denominator for v in [*values, *(s for s in sides if s is not None)]))
            low, high = (None if s is None else int(s * bottom) for s in sides)
            self._rows.append((columns.tolist(), [int(v * bottom) for v in values], low, high))

    def rounded(self, x: Floats) -> Floats | None:
        """x (n,) with its integers rounded, if that satisfies every row and bound; else None."""
        program = self.program
        whole = np.where(program.integer, np.round(x), x)
        if np.abs(whole - x).max(initial=0.0) > 10 * INTEGRALITY:
            return None
        wide = np.where(program.integer, 0.0, PUBLISHED_FEASIBILITY * np.maximum(1.0, np.abs(whole)))
        if (whole < program.col_lower - wide).any() or (whole > program.col_upper + wide).any():
            return None
        entries = [int(v) if k else 0 for v, k in zip(whole, program.integer, strict=True)]
        for columns, values, low, high in self._rows:
            total = sum(v * entries[j] for j, v in zip(columns, values, strict=True))
            if (low is not None and total < low) or (high is not None and total > high):
                return None
        return whole if all(self._holds(i, whole) for i in self._mixed) else None

    def _holds(self, i: int, x: Floats) -> bool:
        program = self.program
        inside = slice(program.indptr[i], program.indptr[i + 1])
        terms = program.data[inside] * x[program.indices[inside]]
        room = PUBLISHED_FEASIBILITY * max(1.0, float(np.abs(terms).sum()))
        return bool(program.row_lower[i] - room <= terms.sum() <= program.row_upper[i] + room)


def _exact(value: object) -> Fraction:
    return value if isinstance(value, Fraction) else to_fraction(float(value))  # type: ignore[arg-type]
