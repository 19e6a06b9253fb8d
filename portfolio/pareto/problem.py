"""Any multi-objective mixed-integer problem from plain arrays: published benchmark problems become Programs unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.errors import UsageError
from portfolio.formats.moo_json import MooProblem
from portfolio.pareto.column_bounds import with_bounds
from portfolio.program import Block, Program
from portfolio.schema.exact import to_fraction

INFINITE = Fraction(10) ** 20
"""A side or bound of this size or more says that there is none."""
Number = int | float | str | Fraction
Row = Sequence[Number]
SENSES = {"<=": (False, True), ">=": (True, False), "=": (True, True), "==": (True, True)}
"""Sense of a constraint -> whether it has a lower and an upper side."""


def problem(
    objectives: Sequence[Row],
    matrix: Sequence[Row],
    senses: Sequence[str],
    sides: Row,
    lower: Row,
    upper: Row,
    integer: Sequence[bool],
    sense: str = "min",
    names: Sequence[str] = (),
) -> Program:
    """The Program  min (or max) objectives @ x  subject to  matrix @ x (senses) sides,  lower <= x <= upper.

    Shapes: objectives (q, n), matrix (m, n), senses and sides (m,), lower, upper and integer (n,). Numbers are taken exactly as written
    (a float as its shortest decimal). Bounds that are missing (1e20 or more) are derived from the rows. Raises UsageError: lengths that do
    not fit, an unknown sense, a column whose bounds cannot be derived, contradicting bounds.

    >>> problem([[1, 2]], [[1, 1]], [">="], [1], [0, 0], [1, 1], [True, True]).names
    ('f1',)
    """
    n = len(lower)
    lengths = [len(row) for row in [*objectives, *matrix]] + [len(upper), len(integer)]
    if not objectives or not n or set(lengths) != {n} or not len(matrix) == len(senses) == len(sides):
        raise UsageError("the arrays of the problem do not fit together", "問題の配列の長さが合いません")
    unknown = sorted({s for s in senses if s not in SENSES} | ({sense} - {"min", "max"}))
    if unknown:
        raise UsageError(f"unknown sense {', '.join(unknown)}", f"不明な向き {', '.join(unknown)}")
    sign = 1 if sense == "min" else -1
    rows = [[(j, v) for j, v in enumerate(map(to_fraction, row)) if v] for row in matrix]
    values = list(map(to_fraction, sides))
    exact = _program(
        [[sign * to_fraction(v) for v in row] for row in objectives],
        rows,
        [v if SENSES[s][0] else -INFINITE for s, v in zip(senses, values, strict=True)],
        [v if SENSES[s][1] else INFINITE for s, v in zip(senses, values, strict=True)],
        list(map(to_fraction, lower)),
        list(map(to_fraction, upper)),
        np.array(integer, dtype=bool),
        sign,
        tuple(names) or tuple(f"f{i + 1}" for i in range(len(objectives))),
    )
    exact = with_bounds(exact, INFINITE)
    numbers = ("data", "row_lower", "row_upper", "col_lower", "col_upper", "criteria", "offsets")
    floats = {name: _floats(getattr(exact, name)) for name in numbers}
    return replace(exact, exact_form=lambda: exact, **floats)


def _program(
    costs: list[list[Fraction]],
    rows: list[list[tuple[int, Fraction]]],
    low: list[Fraction],
    high: list[Fraction],
    lower: list[Fraction],
    upper: list[Fraction],
    integer: Any,
    sign: int,
    names: tuple[str, ...],
) -> Program:
    return Program(
        np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32),
        np.array([j for row in rows for j, _ in row], dtype=np.int32),
        _objects([v for row in rows for _, v in row]),
        _objects(low),
        _objects(high),
        _objects(lower),
        _objects(upper),
        integer,
        _objects([v for row in costs for v in row]).reshape(len(costs), len(lower)),
        _objects([Fraction(0)] * len(costs)),
        (sign,) * len(costs),
        names,
        (Block("x", 0, [(j,) for j in range(len(lower))]),),
        (Block("c", 0, [(i,) for i in range(len(rows))]),),
    )


def _objects(values: Sequence[Fraction]) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _floats(exact: Any) -> Any:
    flat = [float(v) if abs(v) < INFINITE else float("inf") * (1 if v > 0 else -1) for v in exact.ravel()]
    return np.array(flat, dtype=np.float64).reshape(exact.shape)


def problem_of(found: MooProblem) -> Program:
    """The Program of a problem file. Raises UsageError as `problem` does."""
    rows = found.constraints
    kinds = [kind != "C" for kind in found.integrality]
    lower = [max(v, Fraction(0)) if k == "B" else v for v, k in zip(found.bounds.lower, found.integrality, strict=True)]
    upper = [min(v, Fraction(1)) if k == "B" else v for v, k in zip(found.bounds.upper, found.integrality, strict=True)]
    return problem(found.objectives, rows.A, rows.sense, rows.rhs, lower, upper, kinds, found.sense, found.names)
