"""Who pays is a matter of taste: where the solver has no answer, payments stay as they are. Tier: test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from portfolio.errors import SolverFailure
from portfolio.formulation.assemble import assemble
from portfolio.ledger import payers
from portfolio.ledger.finish import Finisher
from portfolio.library import load_model
from portfolio.schema.validate import parse_instance
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask
from tests.support.small_instances import small


class Failing:
    """Answers nothing: raises, or says that there is no solution, from the given solve on."""

    def __init__(self, real: Any, last: int, raises: bool) -> None:
        self._real, self._left, self._raises = real, last, raises

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def solve(self, **more: Any) -> float | None:
        self._left -= 1
        if self._left >= 0:
            return self._real.solve(**more)  # type: ignore[no-any-return]
        if self._raises:
            raise SolverFailure("no answer")
        return np.inf


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize("last", [0, 1])
def test_payments_stay_as_the_solver_had_them(monkeypatch: pytest.MonkeyPatch, raises: bool, last: int) -> None:
    instance, spec = parse_instance(small(3)), load_model()
    program = assemble(instance, spec)
    x = Highs(program).minimise(program.criteria.sum(axis=0), Ask()).x
    assert x is not None
    system = Finisher(instance, spec, program)._rows.fixed(x)
    assert len(system.pay)
    real = payers.Relaxation
    monkeypatch.setattr(payers, "Relaxation", lambda *a, **k: Failing(real(*a, **k), last, raises))
    assert payers.settle_payers(system) is system.now
