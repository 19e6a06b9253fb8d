"""The PuLP door says what the solver proved, not what PuLP says."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pulp
import pytest

from portfolio.errors import SolverFailure, UsageError
from portfolio.program import Block, Program
from portfolio.solvers.door import heeded, open_door
from portfolio.solvers.goal import Goal
from portfolio.solvers.outcome import Ask
from portfolio.solvers.pulp_door import cbc_verdict, start_text
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


def test_highs_inside_pulp_can_be_stopped() -> None:
    program = knapsack(250, 12)
    ask = Ask(seconds=60)
    timer = threading.Timer(0.5, ask.stop.set)
    timer.start()
    outcome = open_door("pulp:highs", program).minimise(program.criteria[0], ask)
    timer.join()
    assert outcome.verdict == "interrupted" and outcome.seconds < 30
    assert outcome.bound <= outcome.objective and outcome.bound < float("inf")


def test_highs_inside_pulp_heeds_target_and_cutoff() -> None:
    program = knapsack(40, 3)
    best = open_door("highs", program).minimise(program.criteria[0], Ask(seconds=30)).objective
    for ask in (Ask(seconds=30, target=best * 0.5), Ask(seconds=30, cutoff=best * 2)):
        outcome = open_door("pulp:highs", program).minimise(program.criteria[0], ask)
        assert outcome.verdict in ("interrupted", "optimal") and outcome.bound <= best + 1e-6
        assert outcome.objective <= ask.target or outcome.bound >= ask.cutoff


@pytest.mark.parametrize("name", ["pulp:highs", "pulp:cbc"])
def test_a_start_is_handed_over_and_a_wrong_one_does_no_harm(name: str) -> None:
    program = knapsack(30, 2)
    native = open_door("highs", program).minimise(program.criteria[0], Ask())
    assert native.x is not None
    partial = np.where(np.arange(program.n) % 2 == 0, native.x, np.nan)
    for start in (native.x, partial, np.ones(program.n)):
        outcome = open_door(name, program).minimise(program.criteria[0], Ask(start=start))
        assert outcome.verdict == "optimal" and outcome.objective == pytest.approx(native.objective)


def test_cbc_knows_the_names_of_a_start(tmp_path: Path) -> None:
    """The names in the file of the start are those that PuLP writes into its MPS file."""
    program = knapsack(12, 1)
    problem = build_pulp(program, Goal(program.criteria[0], 0.0))
    _, names, _, _ = problem.writeMPS(str(tmp_path / "model.mps"), rename=1)
    given = {problem.order[j].name: float(j) for j in (1, 7)}
    lines = start_text(problem, given).splitlines()[1:]
    assert {line.split()[1]: float(line.split()[2]) for line in lines} == {names[name]: value for name, value in given.items()}


def test_what_a_door_heeds_is_known_by_its_name() -> None:
    assert {"start", "stop", "target", "cutoff"} <= heeded("highs") & heeded("pulp:highs")
    assert heeded("pulp:cbc") == {"start"} and not heeded("pyomo:highs") and not heeded("pulp:glpk")


@pytest.mark.parametrize("relax", [False, True])
@pytest.mark.parametrize("name", DOORS)
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
