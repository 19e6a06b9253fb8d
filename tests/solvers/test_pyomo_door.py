"""The Pyomo model: named, indexed components that a user can build on. (What the door must do stands in test_pulp_door.py, for all doors.)"""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest

import portfolio
from portfolio.api.aimed import as_aim
from portfolio.errors import AuditFailed, UsageError
from portfolio.program import Block, Program
from portfolio.schema.aim import Floor, Lexicographic, Reference, Weighted
from portfolio.schema.validate import parse_instance
from portfolio.solvers.goal import Goal
from portfolio.solvers.pyomo_model import build_pyomo, columns_of, read_pyomo, rows_of
from tests.support.small_instances import small


def odd() -> Program:
    """Names that collide with Pyomo's and with each other, keys of several lengths, an empty row, a scalar."""
    return Program(
        indptr=np.array([0, 1, 1, 3, 4], dtype=np.int32),
        indices=np.array([0, 1, 2, 3], dtype=np.int32),
        data=np.ones(4),
        row_lower=np.array([-np.inf, -np.inf, 1.0, 0.5]),
        row_upper=np.array([1.0, 1.0, 1.0, 2.0]),
        col_lower=np.zeros(4),
        col_upper=np.array([1.0, 1.0, 3.0, 2.0]),
        integer=np.array([True, True, True, False]),
        criteria=np.zeros((1, 4)),
        offsets=np.zeros(1),
        signs=(1,),
        names=("cost",),
        columns=(Block("open", 0, [("a", "b", "c")]), Block("open", 1, [("a", "b")]), Block("index", 2, [("i",)]), Block("aim", 3, [()])),
        rows=(Block("open", 0, [("a",), ("b",)]), Block("name", 2, [(2026,)]), Block("level", 3, [()])),
    )


def test_awkward_names_get_an_underscore_and_are_found_again() -> None:
    program = odd()
    model = build_pyomo(program, Goal(np.ones(4), 0.0))
    assert [v.name for v in columns_of(model, program)] == ["open[a,b,c]", "open[a,b]", "index_[i]", "aim"]
    assert [c.name for c in rows_of(model, program)] == ["open_[a]", "open_[b]", "name_[2026]", "level"]
    assert model.aim_.active
    pyo.SolverFactory("appsi_highs").solve(model)
    assert read_pyomo(model, program) == pytest.approx([0, 0, 1, 0.5]) or read_pyomo(model, program) == pytest.approx([0, 1, 0, 0.5])


def test_integers_keep_their_kind() -> None:
    model = build_pyomo(odd(), Goal(np.ones(4), 0.0))
    assert model.open["a", "b"].is_binary() and model.index_["i"].is_integer() and model.aim.is_continuous()


def test_docs_hold_equation_and_unit() -> None:
    model = portfolio.to_pyomo(portfolio.load("toy"))
    assert "x_okt" in model.pay.doc and "money, unit: 0.1 JPY bn" in model.pay.doc
    assert "fund_ledger" in {c.name for c in model.component_objects(pyo.Constraint)} and "B_kt" in model.fund_ledger.doc
    assert "more is better" in model.criterion.doc


@pytest.mark.parametrize(
    "aim",
    [
        None,
        Lexicographic(kind="lexicographic", order=("growth", "public")),
        Reference(kind="reference", point={"growth": 50, "public": 30}),
        Weighted(weights={"growth": 1}),
        Weighted(floors=(Floor(criterion="growth", share_of_best="0.9"),)),
        {"kind": "weighted", "weights": {"growth": 2, "public": 1}},
    ],
    ids=["default", "lexicographic", "reference", "one criterion", "floor", "plain data"],
)
def test_every_kind_of_aim_gives_one_objective_whose_optimum_is_the_native_one(aim: object) -> None:
    instance = parse_instance(small(2))
    model = portfolio.to_pyomo(instance, aim=aim)  # type: ignore[arg-type]
    assert len(list(model.component_data_objects(pyo.Objective, active=True))) == 1
    pyo.SolverFactory("appsi_highs").solve(model, options={"mip_rel_gap": 0})
    native = portfolio.solve(instance, aim=as_aim(aim), gap=0)  # type: ignore[arg-type]
    came_back = portfolio.plan_from_pyomo(instance, model)
    first = native.claims[0]
    sign = 1 if first.of != "growth" else -1
    assert pyo.value(model.aim) == pytest.approx(sign * float(first.bound), abs=1e-5, rel=1e-5)
    assert portfolio.audit_result(came_back).violations == ()


def test_the_model_survives_pickling_and_cloning() -> None:
    instance = portfolio.load("toy")
    model = pickle.loads(pickle.dumps(portfolio.to_pyomo(instance))).clone()
    pyo.SolverFactory("appsi_highs").solve(model)
    assert portfolio.plan_from_pyomo(instance, model).audit.violated == 0


def test_a_model_of_another_instance_or_without_solution_is_refused() -> None:
    toy, other = portfolio.load("toy"), portfolio.load("lorie-savage")
    with pytest.raises(UsageError, match="not made from this instance"):
        portfolio.plan_from_pyomo(other, portfolio.to_pyomo(toy))
    with pytest.raises(UsageError, match="not made from this instance"):
        portfolio.plan_from_pyomo(toy, pyo.ConcreteModel())
    with pytest.raises(UsageError, match="solve it first"):
        portfolio.plan_from_pyomo(toy, portfolio.to_pyomo(toy))


def test_a_plan_that_breaks_a_rule_does_not_come_back() -> None:
    instance = portfolio.load("toy")
    model = portfolio.to_pyomo(instance)
    model.fund_ledger.deactivate()
    pyo.SolverFactory("appsi_highs").solve(model)
    with pytest.raises(AuditFailed):
        portfolio.plan_from_pyomo(instance, model)


def test_a_relaxation_is_no_plan() -> None:
    instance = portfolio.load("lorie-savage")
    model = portfolio.to_pyomo(instance)
    pyo.TransformationFactory("core.relax_integer_vars").apply_to(model)
    pyo.SolverFactory("appsi_highs").solve(model)
    with pytest.raises(AuditFailed, match="not a whole number"):
        portfolio.plan_from_pyomo(instance, model)


def test_a_missing_variable_is_named() -> None:
    program = odd()
    model = build_pyomo(program, Goal(np.ones(4), 0.0))
    longer = replace(program, columns=(*program.columns[:3], Block("gone", 3, [("z",)])))
    with pytest.raises(UsageError, match="gone"):
        columns_of(model, longer)
