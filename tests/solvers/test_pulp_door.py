"""The PuLP door says what the solver proved, not what PuLP says."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from portfolio.errors import SolverFailure, UsageError
from portfolio.program import Block, Program
from portfolio.solvers.door import open_door
from portfolio.solvers.goal import Goal
from portfolio.solvers.outcome import Ask
from portfolio.solvers.pulp_door import cbc_verdict
from portfolio.solvers.pulp_model import build_pulp, read_pulp
from portfolio.solvers.sides import box_bound

DOORS = ("pulp:cbc", "pulp:highs", "pyomo:highs", "pyomo:cbc")


def knapsack(n: int, rows: int, seed: int = 1) -> Program:
    """Several dense knapsacks at once: hard beyond 60 columns, feasible at 0."""
    draw = np.random.default_rng(seed)
    weights = draw.integers(5, 100, (rows, n)).astype(float)
    return Program(
        indptr=np.arange(rows + 1, dtype=np.int32) * n,
        indices=np.tile(np.arange(n, dtype=np.int32), rows),
        data=weights.ravel(),
        row_lower=np.full(rows, -np.inf),
        row_upper=weights.sum(axis=1) / 3,
        col_lower=np.zeros(n),
        col_upper=np.ones(n),
        integer=np.ones(n, dtype=bool),
        criteria=-draw.integers(5, 100, (1, n)).astype(float),
        offsets=np.zeros(1),
        signs=(-1,),
        names=("worth",),
        columns=(Block("take", 0, [(f"p{j}",) for j in range(n)], "taken"),),
        rows=(Block("knapsack", 0, [(i,) for i in range(rows)], "weight <= room"),),
    )


HARD = knapsack(240, 25)
EASY = knapsack(12, 2)


@pytest.mark.parametrize("name", ["pulp:cbc", "pulp:highs", "pyomo:highs", "pyomo:cbc"])
def test_a_time_limit_is_never_called_optimal(name: str) -> None:
    """Trap 13: PuLP's status of this very solve is `Optimal`."""
    outcome = open_door(name, HARD).minimise(HARD.criteria[0], Ask(seconds=0.5))
    assert outcome.verdict == "limit"
    assert outcome.x is not None and outcome.bound < outcome.objective
    assert outcome.bound >= box_bound(HARD, HARD.criteria[0])


def test_pulp_itself_calls_it_optimal() -> None:
    problem = build_pulp(HARD, Goal(HARD.criteria[0], 0.0))
    problem.solve(pulp.HiGHS(msg=False, timeLimit=0.5, threads=1))
    assert pulp.LpStatus[problem.status] == "Optimal"


@pytest.mark.parametrize("name", DOORS)
def test_bounds_and_verdicts_of_a_solved_model(name: str) -> None:
    cost = EASY.criteria[0]
    native = open_door("highs", EASY).minimise(cost, Ask())
    outcome = open_door(name, EASY).minimise(cost, Ask())
    assert outcome.verdict == "optimal"
    assert outcome.objective == pytest.approx(native.objective)
    assert native.objective - 1e-6 <= outcome.bound <= outcome.objective
    relaxed = open_door(name, EASY).minimise(cost, Ask(relax=True))
    assert relaxed.verdict == "optimal" and relaxed.objective < outcome.objective


@pytest.mark.parametrize("name", DOORS)
def test_rows_and_columns_move_and_come_back(name: str) -> None:
    door, cost = open_door(name, EASY), EASY.criteria[0]
    best = door.minimise(cost, Ask()).objective
    infinite = np.array([np.inf])
    (row,) = door.add_rows([(cost, -np.inf, np.inf)])
    assert door.minimise(cost, Ask()).objective == pytest.approx(best)
    door.bound_rows([row], np.array([best / 2]), infinite)
    held = door.minimise(cost, Ask())
    assert best < held.objective and held.objective >= best / 2 - 1e-6
    door.bound_rows([row], -infinite, infinite)
    door.bound_rows([0], np.array([-np.inf]), np.array([0.0]))
    assert door.minimise(cost, Ask()).objective == pytest.approx(0.0)
    door.bound_rows([0], EASY.row_lower[:1], EASY.row_upper[:1])
    door.bound_columns([0, 1], np.zeros(2), np.zeros(2))
    outcome = door.minimise(cost, Ask())
    assert outcome.x is not None and outcome.x[0] == outcome.x[1] == 0
    door.bound_columns([0, 1], np.zeros(2), np.ones(2))
    assert door.minimise(cost, Ask()).objective == pytest.approx(best)


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("relax", [False, True])
def test_infeasible_is_a_verdict(name: str, relax: bool) -> None:
    door = open_door(name, EASY)
    door.add_rows([(np.ones(12), 100.0, np.inf)])
    outcome = door.minimise(EASY.criteria[0], Ask(relax=relax))
    assert (outcome.verdict, outcome.x, outcome.bound) == ("infeasible", None, np.inf)


@pytest.mark.parametrize("name", DOORS)
def test_a_cost_that_is_not_finite_is_refused(name: str) -> None:
    with pytest.raises(SolverFailure):
        open_door(name, EASY).minimise(np.full(12, np.nan), Ask())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pulp:glpk", "apt-get install glpk-utils"),
        ("pulp:mosek", "pip install mosek"),
        ("pulp:nothing", "PuLP knows"),
        ("pyomo:scip", "conda install -c conda-forge scip"),
        ("pyomo:nothing", "Pyomo finds no solver"),
        ("gurobi", "pulp:SOLVER and pyomo:SOLVER"),
        ("highs:simplex", "pulp:SOLVER and pyomo:SOLVER"),
        ("plup:cbc", "pulp:cbc"),
    ],
)
def test_a_solver_that_is_not_there_is_named_with_what_to_install(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match=said):
        open_door(name, EASY)


@pytest.mark.parametrize(
    ("log", "status", "solved", "expected"),
    [
        ("Result - Optimal solution found\n", 1, True, ("optimal", 5.0 - 1e-9)),
        ("Result - Stopped on time limit\nLower bound:                    3.5\n", 1, False, ("limit", 3.5)),
        ("Result - Stopped on time limit\nLower bound:                    3.5\n", 1, True, ("limit", 3.5)),
        ("Result - Optimal solution found (within gap tolerance)\nLower bound:   4.9\n", 1, True, ("optimal", 4.9)),
        ("Result - Problem proven infeasible\n", -1, False, ("infeasible", np.inf)),
        ("", 0, False, ("limit", -np.inf)),
    ],
)
def test_cbcs_log_decides(log: str, status: int, solved: bool, expected: tuple[str, float]) -> None:
    assert cbc_verdict(log, status, solved, False, 5.0, 0.0) == expected


def test_an_unsolved_problem_has_no_plan() -> None:
    problem = build_pulp(EASY, Goal(EASY.criteria[0], 0.0))
    with pytest.raises(UsageError, match="solve it first"):
        read_pulp(problem, EASY)


def test_parts_are_found_by_family_and_key_and_by_name() -> None:
    problem = build_pulp(EASY, Goal(EASY.criteria[0], 0.0))
    assert problem.columns["take"]["p3"].name == "take(p3)"
    assert problem.rows["knapsack"][1].name == "knapsack(1)"
    assert problem.docs["take"] == "taken" and problem.docs["criterion worth"] == "worth, more is better"
    problem += problem.columns["take"]["p3"] == 1, "mine"
    problem.solve(pulp.HiGHS(msg=False))
    assert read_pulp(problem, EASY)[3] == 1
    assert problem.criteria["worth"].value() == pytest.approx(-problem.objective.value())
