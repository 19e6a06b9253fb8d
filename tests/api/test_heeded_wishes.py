"""What a door cannot do is said where the user sees it: in the result's notices."""

from __future__ import annotations

from fractions import Fraction

import portfolio
from portfolio.api.allocate import Effort, allocate
from portfolio.library import load_model


def test_an_earlier_plan_that_a_door_cannot_begin_from_is_named() -> None:
    instance, spec = portfolio.load("toy"), load_model()
    first = allocate(instance, spec)
    told = {
        solver: allocate(instance, spec, None, Effort(gap=Fraction(0), start=first.plan, solver=solver))
        for solver in ("highs", "pulp:cbc", "pyomo:highs")
    }
    assert {solver: [n for n in result.notices if "no start" in n] for solver, result in told.items()} == {
        "highs": [],
        "pulp:cbc": [],
        "pyomo:highs": ["pyomo:highs takes no start: the earlier plan was not used"],
    }
    assert len({result.plan.criteria["growth"] for result in told.values() if result.plan is not None}) == 1
