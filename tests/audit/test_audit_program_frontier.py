"""The audit of a bare problem's frontier: it holds as computed, and no tampering passes. Tier: test."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from portfolio.api.program_frontier import Effort, program_frontier
from portfolio.audit import audit_program_frontier
from portfolio.formats.moo_json import moo_of
from portfolio.formats.result_text import record_of
from portfolio.results.program_frontier import ProgramFrontier
from portfolio.schema.instance import content_hash

KNAPSACK: dict[str, Any] = {
    "name": "knapsack",
    "sense": "max",
    "objectives": [[3, 9, 4, 7, 5], [8, 2, "7/2", 3, 6], [5, 5, 1, 9, 2]],
    "constraints": {"A": [[4, 6, 5, 7, 3]], "sense": ["<="], "rhs": [14]},
    "bounds": {"lower": [0] * 5, "upper": [1] * 5},
    "integrality": ["B"] * 5,
}
FOUND = program_frontier(moo_of(KNAPSACK))
RAW = FOUND.model_dump(mode="json")
Tamper = Callable[[dict[str, Any]], Any]


def test_a_complete_set_holds() -> None:
    verdict = audit_program_frontier(FOUND)
    assert FOUND.status == "complete" and verdict.holds and verdict.checks > 60 and not verdict.unaudited


def test_a_stopped_set_holds_with_open_zones() -> None:
    effort = Effort()
    effort_stopping = Effort(stop=effort.stop, watch=lambda p: effort.stop.set() if p.points >= 3 else None)
    stopped = program_frontier(moo_of(KNAPSACK), effort=effort_stopping)
    assert stopped.status == "interrupted" and audit_program_frontier(stopped).holds
    assert not audit_program_frontier(stopped.model_copy(update={"status": "complete"})).holds


def test_mixed_points_hold_within_the_solvers_tolerance() -> None:
    mixed = {**KNAPSACK, "integrality": ["B", "B", "B", "C", "C"]}
    found = program_frontier(moo_of(mixed), "certified", Effort(epsilon=Fraction(1, 20)))
    assert found.status == "certified"
    verdict = audit_program_frontier(found)
    assert verdict.holds and verdict.unaudited == ("zones of an epsilon-certificate",)


def drop_a_point(raw: dict[str, Any]) -> None:
    raw["points"].pop()


def relabel(raw: dict[str, Any]) -> None:
    raw["problem"]["objectives"][0][0] = 4


def relabel_and_rehash(raw: dict[str, Any]) -> None:
    relabel(raw)
    raw["problem_hash"] = content_hash(raw["problem"])


TAMPERING: dict[str, Tamper] = {
    "a point is dropped": drop_a_point,
    "a value is changed": lambda raw: raw["points"][0]["values"].__setitem__(0, 99),
    "a solution is changed": lambda raw: raw["points"][0]["x"].__setitem__(0, 1 - raw["points"][0]["x"][0]),
    "a solution is fractional": lambda raw: raw["points"][0]["x"].__setitem__(0, 0.5),
    "a point is repeated": lambda raw: raw["points"].append(raw["points"][0]),
    "a zone is dropped": lambda raw: raw["zones"].pop(),
    "a zone is opened": lambda raw: raw["zones"][0].__setitem__("evidence", None),
    "a zone names evidence that does not exist": lambda raw: raw["zones"][0].__setitem__("evidence", 99),
    "a bound is raised": lambda raw: raw["evidence"][0].__setitem__("bound", 10**6),
    "evidence forgets its bound": lambda raw: raw["evidence"][0].__setitem__("bound", None),
    "a bound is lowered": lambda raw: [e.__setitem__("bound", -(10**6)) for e in raw["evidence"]],
    "evidence loses a weight": lambda raw: raw["evidence"][0]["weights"].pop(),
    "the start is lowered": lambda raw: raw["start"].__setitem__(0, -1),
    "the grid is coarser": lambda raw: raw["step"].__setitem__(0, 2),
    "the problem is another": relabel,
    "the problem is another, with its hash": relabel_and_rehash,
    "the sense is flipped": lambda raw: raw.__setitem__("signs", [1, 1, 1]),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found(name: str) -> None:
    raw = copy.deepcopy(RAW)
    TAMPERING[name](raw)
    assert not audit_program_frontier(record_of(raw, ProgramFrontier, ("points",))).holds
