"""The published problems of cases/ (each file names its source) and their known sets."""

from __future__ import annotations

from pathlib import Path

from portfolio.formats.moo_json import MooProblem, read_moo
from portfolio.pareto.problem import problem_of
from portfolio.program import Program

CASES = Path(__file__).parent / "cases"


def case(name: str) -> tuple[MooProblem, Program]:
    """File and Program of a case."""
    found = read_moo(CASES / f"{name}.json")
    return found, problem_of(found)
