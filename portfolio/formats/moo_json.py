"""Multi-objective problems as JSON files: the form of published benchmark problems (docs: `sense`, `objectives`, `constraints`, `bounds`, `integrality`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from portfolio.errors import InvalidInput
from portfolio.formats.json_text import read_text
from portfolio.formats.result_text import raw_record, record_of
from portfolio.schema.exact import Exact
from portfolio.schema.problem import Problem
from portfolio.schema.record import Record

Kind = Literal["B", "I", "C"]


class Constraints(Record):
    """A: (m, n) · sense: (m,) · rhs: (m,)."""

    A: tuple[tuple[Exact, ...], ...]
    sense: tuple[Literal["<=", ">=", "=", "=="], ...]
    rhs: tuple[Exact, ...]


class Bounds(Record):
    """(n,) each; 1e20 and more stands for none."""

    lower: tuple[Exact, ...]
    upper: tuple[Exact, ...]


class MooProblem(Record):
    """sense: of all objectives · objectives: (q, n) · integrality: (n,) B binary, I integer, C continuous · names: (q,) of the criteria
    expected_*: what was published about the nondominated set; not used for solving."""

    name: str = "problem"
    source: str = ""
    sense: Literal["min", "max"]
    objectives: tuple[tuple[Exact, ...], ...] = Field(min_length=1)
    constraints: Constraints
    bounds: Bounds
    integrality: tuple[Kind, ...] = Field(min_length=1)
    names: tuple[str, ...] = ()
    expected_nondominated_count: int | None = None
    expected_points: tuple[tuple[Exact, ...], ...] | None = None
    expected_frontier_vertices: tuple[tuple[Exact, ...], ...] | None = None
    expected_frontier_flag: tuple[int, ...] | None = None
    expected_frontier_lines: int | None = None


def parse_moo(text: str) -> MooProblem:
    """Raises InvalidInput with every problem: of form, or else of lengths that do not fit."""
    return moo_of(raw_record(text))


def moo_of(raw: dict[str, Any]) -> MooProblem:
    """The problem in raw data. Raises InvalidInput."""
    found = record_of(raw, MooProblem, ())
    wrong = list(_lengths(found))
    if wrong:
        raise InvalidInput(wrong)
    return found


def read_moo(path: Path | str) -> MooProblem:
    """The problem in a file. Raises UsageError (missing, folder, no permission), InvalidInput."""
    return parse_moo(read_text(Path(path)))


def _lengths(found: MooProblem) -> Iterator[Problem]:
    n, m = len(found.integrality), len(found.constraints.A)
    rows = [(f"objectives[{i}]", row) for i, row in enumerate(found.objectives)]
    rows += [(f"constraints.A[{i}]", row) for i, row in enumerate(found.constraints.A)]
    rows += [("bounds.lower", found.bounds.lower), ("bounds.upper", found.bounds.upper)]
    for path, entries in rows:
        if len(entries) != n:
            yield _length(path, len(entries), n)
    for path, listed in (("constraints.sense", found.constraints.sense), ("constraints.rhs", found.constraints.rhs)):
        if len(listed) != m:
            yield _length(path, len(listed), m)
    if found.names and len(found.names) != len(found.objectives):
        yield _length("names", len(found.names), len(found.objectives))
    for j, (low, high) in enumerate(zip(found.bounds.lower, found.bounds.upper)):
        if low > high:
            expected = {"expected": f"a bound >= {low}", "expected_ja": f"{low} 以上の上限"}
            yield Problem("wrong_type", f"bounds.upper[{j}]", str(high), expected)


def _length(path: str, found: int, wanted: int) -> Problem:
    return Problem("wrong_type", path, str(found), {"expected": f"a list of {wanted} entries", "expected_ja": f"{wanted}件のリスト"})
