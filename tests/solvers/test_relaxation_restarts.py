"""Bases travel as text, and an LP that loses its way is solved once more from nothing. Tier: test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from highspy import HighsModelStatus

from portfolio.errors import SolverFailure
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.program import Program
from portfolio.schema.validate import parse_instance
from portfolio.solvers.basis import packed, unpacked
from portfolio.solvers.relaxation import Relaxation
from tests.support.small_instances import small


@pytest.fixture
def program() -> Program:
    return assemble(parse_instance(small(3)), load_model())


class NeverClear:
    """HiGHS, but every solve ends with a status that says nothing."""

    def __init__(self, highs: Any) -> None:
        self._highs = highs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)

    def getModelStatus(self) -> HighsModelStatus:  # noqa: N802 (HiGHS' own name)
        return HighsModelStatus.kUnknown


def solved(program: Program) -> tuple[Relaxation, float]:
    lp = Relaxation(program)
    lp.cost(program.criteria.sum(axis=0))
    value = lp.solve()
    assert value is not None and np.isfinite(value)
    return lp, value


def test_a_basis_is_the_same_after_a_journey_as_text(program: Program) -> None:
    lp, value = solved(program)
    text = packed(lp.basis)
    back = unpacked(text)
    assert [int(s) for s in back.col_status] == [int(s) for s in lp.basis.col_status]
    assert [int(s) for s in back.row_status] == [int(s) for s in lp.basis.row_status]
    assert packed(back) == text
    other = Relaxation(program)
    other.cost(program.criteria.sum(axis=0))
    other.restart(back)
    assert other.solve(iterations=0) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "3:", "3:abc", "x:eJwDAAAAAAE=", "3:!!"])
def test_text_that_is_no_basis_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        unpacked(text)


def test_a_simplex_that_turns_in_circles_is_helped_by_perturbed_costs(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thought so after STALLED iterations per row and column. The next solve is without perturbation again; a limit that was asked for is a limit."""
    value = solved(program)[1]
    monkeypatch.setattr("portfolio.solvers.relaxation.STALLED", 0)
    lp, again = solved(program)
    assert again == pytest.approx(value)
    assert lp._highs.getOptionValue("dual_simplex_cost_perturbation_multiplier")[1] == 0.0
    lp.forget()
    assert lp.solve(iterations=1) is None


def test_an_unclear_status_is_asked_again_from_nothing(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    lp, value = solved(program)
    asked: list[bool] = []
    once = Relaxation._solve

    def lost(self: Relaxation, iterations: int | None, presolve: bool, seconds: float, primal: bool) -> float | None:
        asked.append(presolve)
        if len(asked) == 1:
            raise SolverFailure("lost")
        return once(self, iterations, presolve, seconds, primal)

    monkeypatch.setattr(Relaxation, "_solve", lost)
    assert lp.solve() == pytest.approx(value) and asked == [False, True]


def test_twice_unclear_is_a_failure(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    lp, _ = solved(program)
    monkeypatch.setattr(lp, "_highs", NeverClear(lp._highs))
    with pytest.raises(SolverFailure, match="kUnknown to a relaxation"):
        lp.solve()


def test_a_solution_suggests_the_basis_to_begin_from(program: Program) -> None:
    """From the optimum itself next to nothing is left to do."""
    lp, value = solved(program)
    steps = lp._highs.getInfo().simplex_iteration_count
    other = Relaxation(program)
    other.cost(program.criteria.sum(axis=0))
    other.restart_near(program, lp.x)
    assert other.solve(primal=True) == pytest.approx(value)
    assert other._highs.getInfo().simplex_iteration_count < steps / 2


def test_the_optimum_does_not_depend_on_the_solution_that_was_suggested(program: Program) -> None:
    """No solution at all, one that breaks rows, or every column at a bound: HiGHS mends what is no basis."""
    _, value = solved(program)
    draw = np.random.default_rng(4)
    low, high = program.col_lower, program.col_upper
    for x in (low, high, *(low + draw.random(program.n) * (high - low) for _ in range(20))):
        for primal in (True, False):
            lp = Relaxation(program)
            lp.cost(program.criteria.sum(axis=0))
            lp.restart_near(program, x)
            assert lp.solve(primal=primal) == pytest.approx(value)
