"""Every guard of the HiGHS door: each test fails when the guard is taken out (docs/traps.md, numbers in brackets)."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import highspy
import numpy as np
import pytest

from portfolio.api.generate import generate
from portfolio.errors import SolverFailure
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.program import Program
from portfolio.solvers import highs as door
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Progress

INF = float("inf")


def program(rows: list[list[float]], lower: list[float], upper: list[float], top: list[float], integer: list[bool]) -> Program:
    """A dense hand-made Program with columns in [0, top]."""
    a = np.array(rows, dtype=float).reshape(len(rows), len(top))
    r, c = np.nonzero(a)
    return Program(
        indptr=np.concatenate([[0], np.cumsum(np.count_nonzero(a, axis=1))]).astype(np.int32),
        indices=c.astype(np.int32),
        data=a[r, c],
        row_lower=np.array(lower, dtype=float),
        row_upper=np.array(upper, dtype=float),
        col_lower=np.zeros(len(top)),
        col_upper=np.array(top, dtype=float),
        integer=np.array(integer),
        criteria=np.zeros((0, len(top))),
        offsets=np.zeros(0),
        signs=(),
        names=(),
    )


@pytest.fixture
def knapsack() -> Program:
    """Weights 3, 4, 2 within 6: values 5, 6, 3 give 9 (second and third); the relaxation gives 9.5."""
    return program([[3, 4, 2]], [-INF], [6], [1, 1, 1], [True] * 3)


VALUES = np.array([-5.0, -6.0, -3.0])


@pytest.fixture(scope="module")
def hard() -> Program:
    """A mid-size instance that HiGHS does not close in a second."""
    return assemble(generate(150, seed=5), load_model())


def aim(of: Program) -> Any:
    return np.sum([row / max(np.abs(row).max(), 1e-9) for row in of.criteria], axis=0)


# -- before: what is handed over ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("array", ["data", "col_lower", "col_upper", "criteria", "offsets"])
@pytest.mark.parametrize("value", [float("nan"), INF, -INF, 1e20, -1e16])
def test_a_value_that_is_not_finite_or_too_large_is_refused(knapsack: Program, array: str, value: float) -> None:
    """[3] NaN passes HiGHS as kOk, 1e20 drops a row silently."""
    spoiled = replace(knapsack, criteria=np.ones((1, 3)), offsets=np.zeros(1), signs=(1,), names=("c",))
    values = np.array(getattr(spoiled, array), dtype=float)
    values.flat[0] = value
    with pytest.raises(SolverFailure, match=array):
        Highs(replace(spoiled, **{array: values}))


@pytest.mark.parametrize(
    ("side", "value"), [("row_lower", float("nan")), ("row_upper", float("nan")), ("row_upper", 1e20), ("row_lower", -1e17)]
)
def test_a_row_side_may_be_infinite_but_not_nan_nor_huge(knapsack: Program, side: str, value: float) -> None:
    """[3] A NaN side makes passModel fail, and run() then solves the empty model."""
    with pytest.raises(SolverFailure, match="row side"):
        Highs(replace(knapsack, **{side: np.array([value])}))


@pytest.mark.parametrize(
    "change",
    [
        {"indptr": np.array([0], dtype=np.int32)},
        {"indices": np.array([0, 1], dtype=np.int32)},
        {"col_upper": np.ones(2)},
        {"row_lower": np.array([-INF, -INF])},
        {"indices": np.array([0, 1, 7], dtype=np.int32)},
    ],
)
def test_arrays_of_wrong_length_are_refused(knapsack: Program, change: dict[str, Any]) -> None:
    """[3] Wrong lengths are a kError that run() forgets."""
    with pytest.raises(SolverFailure):
        Highs(replace(knapsack, **change))


def test_a_model_that_highs_holds_only_in_part_is_refused(knapsack: Program) -> None:
    """[3] Counts are compared after passModel: here a nonzero that HiGHS drops because it is tiny."""
    with pytest.raises(SolverFailure, match="instead of"):
        Highs(replace(knapsack, data=np.array([3.0, 4.0, 1e-12])))


@pytest.mark.parametrize("cost", [float("nan"), INF])
def test_a_cost_that_is_not_finite_is_refused(knapsack: Program, cost: float) -> None:
    with pytest.raises(SolverFailure, match="not finite"):
        Highs(knapsack).minimise(np.array([cost, 0, 0]), Ask())


def test_an_option_that_highs_does_not_know_is_refused(knapsack: Program) -> None:
    with pytest.raises(SolverFailure, match="option"):
        Highs(knapsack, options={"no_such_option": 1})


# -- after: what comes back --------------------------------------------------------------------------------------------
def test_the_knapsack_and_its_relaxation_are_what_a_hand_computes(knapsack: Program) -> None:
    solver = Highs(knapsack)
    outcome = solver.minimise(VALUES, Ask())
    assert (outcome.verdict, outcome.objective, outcome.bound) == ("optimal", -9.0, -9.0)
    assert outcome.x is not None and np.allclose(outcome.x, [0, 1, 1]) and outcome.duals is None
    relaxed = solver.minimise(VALUES, Ask(relax=True))
    assert relaxed.objective == pytest.approx(-9.5) and relaxed.duals is not None


@pytest.mark.parametrize("status", list(highspy.HighsModelStatus.__members__.values()))
def test_only_expected_statuses_are_believed(knapsack: Program, status: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever HiGHS may say: a status the code does not expect is `failed`, without plan or bound."""
    solver = Highs(knapsack)
    real = solver._highs
    fake = SimpleNamespace(**{name: getattr(real, name) for name in dir(real) if not name.startswith("__")})
    fake.getModelStatus = lambda: status
    monkeypatch.setattr(solver, "_highs", fake)
    outcome = solver.minimise(VALUES, Ask())
    known = door.VERDICTS.get(status)
    assert outcome.verdict == (known or "failed")
    if known is None:
        assert outcome.x is None and outcome.bound == -INF
    if outcome.verdict == "infeasible":
        assert outcome.x is None and outcome.bound == INF
    assert (
        status.name not in ("kNotset", "kLoadError", "kModelError", "kPresolveError", "kSolveError", "kPostsolveError", "kUnknown")
        or known is None
    )


def test_infeasible_is_asked_twice_and_a_contradiction_is_no_verdict(knapsack: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """[1] Presolve has called feasible models infeasible: the second run has it off, and its plan wins."""
    solver, runs = Highs(knapsack), []
    real = Highs._run

    def lying(self: Highs, ask: Ask) -> Any:
        runs.append(self._highs.getOptionValue("presolve")[1])
        outcome = real(self, ask)
        return replace(outcome, verdict="infeasible", x=None, objective=INF, bound=INF) if len(runs) == 1 else outcome

    monkeypatch.setattr(Highs, "_run", lying)
    outcome = solver.minimise(VALUES, Ask())
    assert runs == ["choose", "off"] and outcome.verdict == "optimal" and outcome.objective == -9.0
    assert solver._highs.getOptionValue("presolve")[1] == "choose"


def test_an_infeasible_verdict_that_cannot_be_confirmed_is_no_verdict(knapsack: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    solver = Highs(knapsack)
    answers = iter([("infeasible", INF), ("limit", -INF)])

    def scripted(_self: Highs, _ask: Ask) -> Any:
        verdict, bound = next(answers)
        return door.Outcome(verdict, None, INF, bound)  # type: ignore[arg-type]

    monkeypatch.setattr(Highs, "_run", scripted)
    outcome = solver.minimise(VALUES, Ask())
    assert outcome.verdict == "failed" and outcome.bound == -INF


def test_truly_infeasible_has_an_infinite_bound_and_leaves_the_object_usable(knapsack: Program) -> None:
    solver = Highs(knapsack)
    row = solver.add_rows([(np.ones(3), -INF, INF)])
    solver.bound_rows(row, np.array([4.0]), np.array([INF]))
    outcome = solver.minimise(VALUES, Ask())
    assert (outcome.verdict, outcome.x, outcome.bound) == ("infeasible", None, INF)
    solver.bound_rows(row, np.array([-INF]), np.array([INF]))
    assert solver.minimise(VALUES, Ask()).objective == -9.0


# -- money -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1e-9, 1.0, 1e12])
def test_the_size_of_the_objective_changes_nothing(size: float) -> None:
    """[1] HiGHS' dual tolerance is absolute: an objective of 1e-9 looked optimal anywhere, one of 1e12 never."""
    model = program([[3, 4, 2, 1]], [-INF], [6], [1, 1, 1, 5], [True, True, True, False])
    values = np.array([-5.0, -6.0, -3.0, -1.0]) * size
    outcome = Highs(model).minimise(values, Ask())
    assert outcome.verdict == "optimal" and outcome.objective == pytest.approx(-9.0 * size) and outcome.bound == pytest.approx(-9.0 * size)
    relaxed = Highs(model).minimise(values, Ask(relax=True))
    assert relaxed.duals is not None and relaxed.duals[0] == pytest.approx(-1.5 * size)


# -- time, stops, starts -----------------------------------------------------------------------------------------------
def test_gaps_are_set_on_purpose(knapsack: Program) -> None:
    """[7] HiGHS' own relative gap of 1e-4 would count beside ours."""
    solver = Highs(knapsack)
    solver.minimise(VALUES, Ask(gap=0.5))
    # The gap stands in units of the objective as it was handed over (divided by a power of two).
    assert solver._highs.getOptionValue("mip_rel_gap")[1] == 0.0
    assert 0 < solver._highs.getOptionValue("mip_abs_gap")[1] <= 0.5
    solver.minimise(VALUES, Ask())
    assert solver._highs.getOptionValue("mip_abs_gap")[1] == 0.0


def test_the_time_limit_of_an_lp_does_not_count_earlier_mips(hard: Program) -> None:
    """[7b] A re-used object answered an LP in 0.0 s with kTimeLimit and objective 0 when its MIPs had used the limit up."""
    solver = Highs(hard)
    solver.minimise(aim(hard), Ask(seconds=3.0))
    assert solver._highs.getRunTime() > 1.5
    outcome = solver.minimise(hard.criteria[0], Ask(relax=True, seconds=solver._highs.getRunTime() * 0.9))
    assert outcome.verdict == "optimal" and outcome.objective < 0


def test_a_time_limit_leaves_no_objective_without_a_plan(hard: Program) -> None:
    outcome = Highs(hard).minimise(aim(hard), Ask(seconds=0.01))
    assert outcome.verdict == "limit"
    assert (outcome.x is None) == (outcome.objective == INF) and outcome.bound <= outcome.objective


def test_a_stop_in_one_solve_does_not_stop_the_next(hard: Program, knapsack: Program) -> None:
    """[9b] The interrupt flag persists in HiGHS; a certificate was once false because of it."""
    solver, stop = Highs(hard), threading.Event()
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        stop.set()

    first = solver.minimise(aim(hard), Ask(seconds=60, stop=stop, watch=watch))
    assert first.verdict == "interrupted" and seen and first.seconds < 30
    begun = time.perf_counter()
    again = solver.minimise(aim(hard), Ask(seconds=2))
    assert again.verdict in ("optimal", "limit") and (again.verdict == "optimal" or time.perf_counter() - begun > 1)
    assert np.isfinite(again.bound)


def test_the_bound_after_an_interrupt_is_the_callbacks(hard: Program) -> None:
    """[9b] getInfo's bound after an interrupt is not to be trusted: ours never passes what the callback has seen."""
    stop, seen = threading.Event(), []

    def watch(progress: Progress) -> None:
        seen.append(progress.bound)
        if np.isfinite(progress.bound):
            stop.set()

    outcome = Highs(hard).minimise(aim(hard), Ask(seconds=60, stop=stop, watch=watch))
    if outcome.verdict == "interrupted":
        assert outcome.bound <= max(seen) + 1e-9 and outcome.bound <= outcome.objective


def test_target_and_cutoff_end_a_solve_early(hard: Program) -> None:
    cost = aim(hard)
    loose = Highs(hard).minimise(cost, Ask(seconds=60, gap=5.0))
    assert loose.verdict == "optimal"
    stopped = Highs(hard).minimise(cost, Ask(seconds=60, target=loose.objective + 1.0))
    assert stopped.verdict in ("interrupted", "optimal") and stopped.objective <= loose.objective + 1.0 + 1e-6


@pytest.mark.parametrize("start", [[np.nan] * 3, [1.0, np.nan, np.nan], [1.0, 1.0, 1.0], [INF, 0.5, -7.0]])
def test_a_start_that_is_partial_infeasible_or_not_finite_does_no_harm(knapsack: Program, start: list[float]) -> None:
    """[12] setSolution ignores bad starts silently: only finite entries are handed over, and the answer is the same."""
    outcome = Highs(knapsack).minimise(VALUES, Ask(start=np.array(start)))
    assert outcome.verdict == "optimal" and outcome.objective == -9.0


def test_an_lp_has_duals_and_a_mip_has_none(knapsack: Program) -> None:
    """[11] MIP duals are empty, not an error."""
    assert Highs(knapsack).minimise(VALUES, Ask()).duals is None
    duals = Highs(knapsack).minimise(VALUES, Ask(relax=True)).duals
    assert duals is not None and len(duals) == 1 and duals[0] == pytest.approx(-1.5)


def test_of_a_partial_start_only_what_is_known_is_handed_over(knapsack: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """[12] One NaN among the values and HiGHS throws the whole start away without a word."""
    solver, given = Highs(knapsack), []
    real = solver._highs
    fake = SimpleNamespace(**{name: getattr(real, name) for name in dir(real) if not name.startswith("__")})
    fake.setSolution = lambda count, index, values: given.append((count, list(index), list(values)))
    monkeypatch.setattr(solver, "_highs", fake)
    solver.minimise(VALUES, Ask(start=np.array([np.nan, 1.0, INF])))
    assert given == [(1, [1], [1.0])]


def test_a_solver_that_nobody_holds_is_freed() -> None:
    held = Highs(assemble(generate(3), load_model()))
    held.minimise(np.ones(held.program.n), Ask(relax=True))
    freed = weakref.ref(held._highs)
    del held
    gc.collect()
    assert freed() is None
