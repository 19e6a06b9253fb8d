"""The version fuzz: the installed HiGHS against enumeration on tiny mixed MIPs (1.14.0 is wrong on several within seconds)."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from portfolio.solvers import fuzz
from portfolio.solvers.fuzz import Disagreement, disagreements, enumerate_points, models
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Outcome


def test_highs_agrees_with_enumeration_for_four_seconds() -> None:
    assert disagreements(4.0, seed=1) == []


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(2, 12))
def test_highs_agrees_with_enumeration_for_long(seed: int) -> None:
    assert disagreements(60.0, seed) == []


@pytest.mark.parametrize("number", [1919, 2146])
def test_a_model_whose_bound_becomes_infinite_is_infeasible_and_not_interrupted(number: int) -> None:
    """HiGHS calls back once more with the bound inf: that is no cutoff reached when none was asked for."""
    program, cost = next(islice(models(3), number, None))
    assert enumerate_points(program, cost) == float("inf")
    assert Highs(program, seed=number).minimise(cost, Ask()).verdict == "infeasible"


def test_models_are_reproducible_mixed_and_mostly_feasible() -> None:
    first, again = list(islice(models(3), 40)), list(islice(models(3), 40))
    for (a, c), (b, d) in zip(first, again, strict=True):
        assert (c == d).all() and (a.data == b.data).all() and a.integer.any() and not a.integer.all()
    truths = [enumerate_points(p, c) for p, c in first]
    assert sum(t < float("inf") for t in truths) > 0


def test_a_wrong_solver_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fuzz itself is tested with a solver that lies: worse by one, or false infeasible."""
    real = fuzz.Highs.minimise

    def liar(self: fuzz.Highs, cost: np.ndarray, ask: Ask) -> Outcome:
        outcome = real(self, cost, ask)
        if ask.relax or outcome.x is None:
            return outcome
        return Outcome("optimal", outcome.x, outcome.objective + 1.0, outcome.bound)

    monkeypatch.setattr(fuzz.Highs, "minimise", liar)
    found = disagreements(30.0, seed=1, most=10)
    assert found and all(isinstance(d, Disagreement) and d.answer == pytest.approx(d.truth + 1.0) for d in found)
