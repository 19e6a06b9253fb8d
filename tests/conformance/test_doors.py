"""One Program through every door: same sizes, same optimum, same coefficients; and after the grid the same exact value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import highspy
import numpy as np
import pyomo.environ as pyo
import pytest

import portfolio
from portfolio.api.aimed import aimed
from portfolio.formulation.assemble import assemble
from portfolio.library import instance_names, load_model
from portfolio.program import Program
from portfolio.schema.validate import parse_instance
from portfolio.solvers.door import open_door
from portfolio.solvers.files import lp_text, mps_text
from portfolio.solvers.goal import Goal
from portfolio.solvers.outcome import Ask
from portfolio.solvers.pulp_model import build_pulp
from portfolio.solvers.pyomo_model import build_pyomo, columns_of, rows_of
from portfolio.solvers.sides import one_sided
from tests.support.small_instances import small

SEEDS = range(200)
SOLVED_SEEDS = range(60)
PYOMO_CBC_SEEDS = range(60, 75)
DOORS = ("pulp:highs", "pulp:cbc", "pyomo:highs")
OPTIMUM = 1e-6
"""Relative difference of two optima that counts as one: the solvers' own tolerance."""
LARGEST_TO_SOLVE = 2_500
"""Columns: of larger bundled instances `make test` compares the optimum of the relaxation, `make fuzz` that of the program."""


@cache
def bundled(name: str) -> Program:
    return assemble(portfolio.load(name), load_model())


@cache
def drawn(seed: int) -> Program:
    return assemble(parse_instance(small(seed)), load_model())


def programs() -> Iterator[tuple[str, Program]]:
    yield from ((name, bundled(name)) for name in instance_names())
    yield from ((f"seed {seed}", drawn(seed)) for seed in SEEDS)


def cost_of(program: Program) -> np.ndarray:
    size = np.abs(program.criteria).sum(axis=1)
    return (program.criteria / np.where(size > 0, size, 1.0)[:, None]).sum(axis=0) * 100


def two_rows(program: Program) -> int:
    """Rows whose two sides both matter: PuLP and LP files hold them as two."""
    lower, upper = one_sided(program)
    return int((np.isfinite(lower) & np.isfinite(upper) & (lower < upper)).sum())


def reread(text: str, kind: str, tmp_path: Path) -> highspy.HighsLp:
    path = tmp_path / f"model.{kind}"
    path.write_text(text, encoding="utf-8")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    return highs.getLp()


def entries_of(lp: highspy.HighsLp) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row, column, value) sorted by row and column."""
    matrix = lp.a_matrix_
    outer = np.repeat(np.arange(len(matrix.start_) - 1), np.diff(matrix.start_))
    inner, values = np.array(matrix.index_, dtype=int), np.array(matrix.value_)
    rows, cols = (outer, inner) if matrix.format_ == highspy.MatrixFormat.kRowwise else (inner, outer)
    order = np.lexsort((cols, rows))
    return rows[order], cols[order], values[order]


def test_mps_read_by_highs_equals_the_arrays_coefficient_by_coefficient(tmp_path: Path) -> None:
    for name, program in programs():
        lp = reread(mps_text(program, Goal(cost_of(program), 1.5)), "mps", tmp_path)
        assert (lp.num_col_, lp.num_row_) == (program.n, program.m), name
        rows, cols, values = entries_of(lp)
        expected = np.repeat(np.arange(program.m), np.diff(program.indptr))
        for mine, read in (
            (expected, rows),
            (program.indices, cols),
            (program.data, values),
            (program.row_lower, lp.row_lower_),
            (program.row_upper, lp.row_upper_),
            (program.col_lower, lp.col_lower_),
            (program.col_upper, lp.col_upper_),
            (cost_of(program), lp.col_cost_),
            (program.integer, [k == highspy.HighsVarType.kInteger for k in lp.integrality_] or np.zeros(program.n, bool)),
        ):
            assert np.array_equal(mine, read), name
        assert lp.offset_ == 1.5


def test_lp_read_by_highs_has_the_same_columns_costs_and_rows(tmp_path: Path) -> None:
    for name, program in programs():
        lp = reread(lp_text(program, Goal(cost_of(program), -2.5)), "lp", tmp_path)
        assert (lp.num_col_, lp.num_row_) == (program.n, program.m + two_rows(program)), name
        assert np.array_equal(cost_of(program), lp.col_cost_) and lp.offset_ == -2.5, name
        assert np.array_equal(program.col_upper, lp.col_upper_) and np.array_equal(program.col_lower, lp.col_lower_), name
        if not two_rows(program):
            assert np.array_equal(program.data, entries_of(lp)[2]), name


def test_pulp_and_pyomo_hold_every_column_and_row_under_its_label() -> None:
    for name, program in programs():
        goal = Goal(cost_of(program), 0.0)
        problem, model = build_pulp(program, goal), build_pyomo(program, goal)
        assert (len(problem.variables()), problem.numConstraints()) == (program.n, program.m + two_rows(program)), name
        # Pyomo sets a part of a key in quotes when it looks like a number.
        assert [v.name.replace("'", "") for v in columns_of(model, program)] == [program.col_label(j) for j in range(program.n)], name
        assert [c.name.replace("'", "") for c in rows_of(model, program)] == [program.row_label(i) for i in range(program.m)], name
        objectives = list(model.component_data_objects(pyo.Objective, active=True))
        assert len(objectives) == 1, name


def check_optimum(name: str, program: Program, doors: tuple[str, ...], relax: bool = False) -> None:
    cost = cost_of(program)
    native = open_door("highs", program).minimise(cost, Ask(relax=relax))
    for door in doors:
        other = open_door(door, program).minimise(cost, Ask(relax=relax))
        assert other.verdict == native.verdict, (name, door)
        if native.verdict == "optimal":
            room = OPTIMUM * max(1.0, abs(native.objective))
            assert abs(other.objective - native.objective) <= room, (name, door)
            assert other.bound <= native.objective + room and other.objective - other.bound <= room, (name, door)


@pytest.mark.parametrize("name", instance_names())
def test_every_door_finds_the_optimum_of_a_bundled_instance(name: str) -> None:
    program = bundled(name)
    check_optimum(name, program, (*DOORS, "pyomo:cbc"), relax=program.n > LARGEST_TO_SOLVE)


def test_every_door_finds_the_optimum_of_generated_instances() -> None:
    for seed in SOLVED_SEEDS:
        check_optimum(f"seed {seed}", drawn(seed), DOORS)
    for seed in PYOMO_CBC_SEEDS:
        check_optimum(f"seed {seed}", drawn(seed), ("pyomo:cbc",))


@pytest.mark.fuzz
def test_every_door_finds_the_optimum_of_many_generated_instances() -> None:
    for seed in range(200, 500):
        check_optimum(f"seed {seed}", drawn(seed), (*DOORS, "pyomo:cbc"))


@pytest.mark.fuzz
@pytest.mark.parametrize("name", [n for n in instance_names() if n == "japan-2026"])
def test_no_door_contradicts_another_on_the_flagship(name: str) -> None:
    """Every plan found is at least as costly as every bound claimed; a proven answer is within its gap of all the others."""
    exported = aimed(portfolio.load(name))
    ask = Ask(gap=1e-3, seconds=90)
    found = {door: open_door(door, exported.program).minimise(exported.goal.cost, ask) for door in ("highs", *DOORS, "pyomo:cbc")}
    assert all(outcome.x is not None for outcome in found.values())
    assert max(o.bound for o in found.values()) <= min(o.objective for o in found.values()) + OPTIMUM
    proven = [o.objective for o in found.values() if o.verdict == "optimal"]
    assert len(proven) >= 3 and max(proven) - min(proven) <= ask.gap + OPTIMUM


@pytest.mark.parametrize("solver", DOORS)
@pytest.mark.parametrize("name", ["toy", "lorie-savage", "classics/weing1"])
def test_after_the_grid_every_door_publishes_the_same_exact_value(name: str, solver: str) -> None:
    instance = portfolio.load(name)
    native, other = portfolio.solve(instance, gap=0), portfolio.solve(instance, gap=0, solver=solver)
    assert native.status == other.status == "proven"
    assert native.plan is not None and other.plan is not None
    assert other.plan.criteria == native.plan.criteria
    assert portfolio.audit_result(other).violations == ()


def test_answers_of_foreign_solvers_come_back_as_audited_plans(tmp_path: Path) -> None:
    """Model out, solved by the package's own means, plan in: what `solve` publishes."""
    import pulp

    for name in ("toy", "classics/weing1"):
        instance = portfolio.load(name)
        native = portfolio.solve(instance, gap=0).plan
        assert native is not None
        model = portfolio.to_pyomo(instance)
        pyo.SolverFactory("appsi_highs").solve(model)
        problem = portfolio.to_pulp(instance)
        problem.solve(pulp.HiGHS(msg=False))
        answers = [portfolio.plan_from_pyomo(instance, model), portfolio.plan_from_pulp(instance, problem)]
        for kind in ("mps", "lp"):
            path = tmp_path / f"model.{kind}"
            portfolio.export(instance, path)
            highs = highspy.Highs()
            highs.setOptionValue("output_flag", False)
            highs.readModel(str(path))
            highs.run()
            highs.writeSolution(str(tmp_path / "model.sol"), 0)
            answers.append(portfolio.plan_from_solution_file(instance, tmp_path / "model.sol"))
        for result in answers:
            assert result.plan is not None and result.plan.criteria == native.criteria
            assert portfolio.audit_result(result).violations == ()


def test_an_exported_aim_is_worth_what_solve_claims() -> None:
    """The objective of the exported model at its optimum is the normalised aim."""
    for seed in range(8):
        instance = parse_instance(small(seed))
        exported = aimed(instance)
        outcome = open_door("highs", exported.program).minimise(exported.goal.cost, Ask())
        native = portfolio.solve(instance, gap=0)
        if native.status == "infeasible":
            assert outcome.verdict == "infeasible"
            continue
        claim = native.claims[0]
        sign = 1 if claim.of == "aim" or instance.criteria[[c.id for c in instance.criteria].index(claim.of)].sense == "min" else -1
        assert outcome.objective + exported.goal.constant == pytest.approx(sign * float(claim.bound), abs=1e-5, rel=1e-5)
