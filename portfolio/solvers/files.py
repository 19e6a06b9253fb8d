"""MPS and LP files of a Program, written from its arrays with every digit of every float.

What HiGHS reads back equals the arrays coefficient by coefficient. Two-sided rows stand in RANGES in MPS; the LP format has none that every
reader understands, so a two-sided row is written as two (`name` and `name~upper`) unless the column bounds imply one of its sides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from portfolio.errors import UsageError
from portfolio.program import Floats, Ints, Program
from portfolio.solvers.goal import Goal
from portfolio.solvers.naming import codes, labels
from portfolio.solvers.sides import one_sided

OBJECTIVE = "aim"
_TERMS_PER_LINE = 6


def mps_text(program: Program, goal: Goal) -> str:
    """Free MPS, minimised. The objective's constant is the negative right-hand side of its row, as in CPLEX, HiGHS and Gurobi."""
    return "\n".join([*_notes(program, goal, "*", "mps"), *_mps(program, goal), ""])


def lp_text(program: Program, goal: Goal) -> str:
    """CPLEX LP format, minimised."""
    return "\n".join([*_notes(program, goal, "\\", "lp"), *_lp(program, goal), ""])


def _notes(program: Program, goal: Goal, mark: str, kind: str) -> Iterator[str]:
    """Comment lines: format (by it a later export knows what it may replace), units, and the equation of every family of columns and rows."""
    yield f'{mark} "format": "portfolio-{kind}"'
    yield f"{mark} {_plain(goal.title)}: minimise {_plain(goal.says)}; money in units of {_plain(goal.money)}"
    for part, blocks in (("column", program.columns), ("row", program.rows)):
        docs = {block.name: block.doc for block in blocks if block.size}
        for name, doc in docs.items():
            yield f"{mark} {part} {_plain(name)}: {_plain(goal.doc(doc))}"


def _plain(text: str) -> str:
    return " ".join(text.encode("ascii", "replace").decode().split())


# -- MPS ---------------------------------------------------------------------------------------------------------------
def _mps(program: Program, goal: Goal) -> Iterator[str]:
    columns, rows = codes(labels(program.columns), "mps"), codes(labels(program.rows), "mps")
    if OBJECTIVE in rows:
        raise UsageError(f"a row must not be called `{OBJECTIVE}`: that is the objective's name")
    lower, upper = program.row_lower, program.row_upper
    kinds = [_kind(low, high) for low, high in zip(lower, upper, strict=True)]
    yield "NAME portfolio FREE"
    yield "ROWS"
    yield f" N {OBJECTIVE}"
    yield from (f" {kind} {name}" for kind, name in zip(kinds, rows, strict=True))
    yield "COLUMNS"
    yield from _mps_columns(program, goal.cost, columns, rows)
    yield "RHS"
    if goal.constant:
        yield f" RHS {OBJECTIVE} {-goal.constant!r}"
    right = [_right(kind, float(low), float(high)) for kind, low, high in zip(kinds, lower, upper, strict=True)]
    yield from (f" RHS {name} {side!r}" for name, side in zip(rows, right, strict=True) if side)
    two = np.flatnonzero(np.isfinite(lower) & np.isfinite(upper) & (lower < upper))
    if len(two):
        yield "RANGES"
        yield from (f" RNG {rows[i]} {_width(float(lower[i]), float(upper[i]))!r}" for i in two)
    yield "BOUNDS"
    for name, low, high in zip(columns, program.col_lower.tolist(), program.col_upper.tolist(), strict=True):
        if low == high:
            yield f" FX BND {name} {low!r}"
        else:
            if low:
                yield f" LO BND {name} {low!r}"
            yield f" UP BND {name} {high!r}"
    yield "ENDATA"


def _kind(low: float, high: float) -> str:
    """E, L or G; a two-sided row is the one of L and G from which its width leads back exactly to the other side."""
    if low == high:
        return "E"
    if math.isinf(low):
        return "L"
    return "L" if math.isfinite(high) and low + _width(low, high) != high else "G"


def _right(kind: str, low: float, high: float) -> float:
    if kind == "L":
        # A free row has no kind of its own: readers take 1e30 for infinity.
        return high if math.isfinite(high) else 1e30
    return low


def _width(low: float, high: float) -> float:
    """R such that low + R == high or high - R == low in floating point: the difference or one of its neighbours."""
    width = high - low
    for tried in (width, math.nextafter(width, math.inf), math.nextafter(width, 0.0)):
        if low + tried == high or high - tried == low:
            return tried
    raise UsageError(f"the sides {low!r} and {high!r} of a row cannot be written as an MPS range; export to LP instead")


def _mps_columns(program: Program, cost: Floats, columns: list[str], rows: list[str]) -> Iterator[str]:
    start, row_of, values = _by_column(program)
    inside = False
    starts, costs = start.tolist(), cost.tolist()
    for j, (name, whole) in enumerate(zip(columns, program.integer.tolist(), strict=True)):
        if whole != inside:
            yield f" MARKER 'MARKER' '{'INTORG' if whole else 'INTEND'}'"
            inside = whole
        begin, end = starts[j], starts[j + 1]
        if costs[j] or begin == end:
            yield f" {name} {OBJECTIVE} {costs[j]!r}"
        yield from (f" {name} {rows[i]} {v!r}" for i, v in zip(row_of[begin:end].tolist(), values[begin:end].tolist(), strict=True))
    if inside:
        yield " MARKER 'MARKER' 'INTEND'"


def _by_column(program: Program) -> tuple[Ints, Ints, Floats]:
    """CSR -> CSC: (start (n+1,), row of each entry, value)."""
    rows = np.repeat(np.arange(program.m, dtype=np.int32), np.diff(program.indptr))
    order = np.argsort(program.indices, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(program.indices, minlength=program.n))]).astype(np.int32)
    return start, rows[order], program.data[order]


# -- LP ----------------------------------------------------------------------------------------------------------------
def _lp(program: Program, goal: Goal) -> Iterator[str]:
    columns, rows = codes(labels(program.columns), "lp"), codes(labels(program.rows), "lp")
    lower, upper = one_sided(program)
    yield "Minimize"
    # Every column, with a zero where it costs nothing: readers number columns by first sight.
    terms = [_term(v, name) for v, name in zip(goal.cost.tolist(), columns, strict=True)]
    yield from _wrapped(
        f" {OBJECTIVE}:", [*terms, f"{'-' if goal.constant < 0 else '+'} {abs(goal.constant)!r}"] if goal.constant else terms
    )
    yield "Subject To"
    indptr, indices, data = program.indptr.tolist(), program.indices.tolist(), program.data.tolist()
    for i, name in enumerate(rows):
        begin, end = indptr[i], indptr[i + 1]
        body = [_term(data[k], columns[indices[k]]) for k in range(begin, end)] or [f"0 {columns[0]}"]
        for tail, side in _sides(float(lower[i]), float(upper[i])):
            yield from _wrapped(f" {name}{tail}:", [*body, side])
    yield "Bounds"
    bounds = zip(columns, program.col_lower.tolist(), program.col_upper.tolist(), strict=True)
    yield from (f" {low!r} <= {name} <= {high!r}" for name, low, high in bounds)
    if program.integer.any():
        yield "General"
        yield from (f" {columns[j]}" for j in np.flatnonzero(program.integer))
    yield "End"


def _sides(low: float, high: float) -> list[tuple[str, str]]:
    if low == high:
        return [("", f"= {low!r}")]
    both = math.isfinite(low) and math.isfinite(high)
    sides = [("", f">= {low!r}")] if math.isfinite(low) else []
    if math.isfinite(high):
        sides.append(("~upper" if both else "", f"<= {high!r}"))
    return sides or [("", "<= 1e+30")]


def _term(value: float, name: str) -> str:
    return f"- {-value!r} {name}" if value < 0 else f"+ {value!r} {name}"


def _wrapped(head: str, parts: list[str]) -> Iterator[str]:
    """Lines of a few terms: old readers stop at 510 characters."""
    for first in range(0, len(parts), _TERMS_PER_LINE):
        line = " ".join(parts[first : first + _TERMS_PER_LINE])
        yield f"{head} {line}" if first == 0 else f"  {line}"
