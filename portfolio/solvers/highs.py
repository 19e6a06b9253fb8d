"""HiGHS through highspy: one persistent object, arrays handed over once; for a Program only costs, bounds and right-hand sides move.

Guards against what was measured (docs/traps.md): every array is finite before, the model's counts and every status are checked after,
gaps are set on purpose, the interrupt flag is reset in each callback, bounds after an interrupt come from the callback, LP time
limits count from the object's run time, and "infeasible" is believed only when a second run with other settings agrees.
"""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
from highspy import HighsModelStatus, HighsStatus, cb
from numpy.typing import NDArray

from portfolio.errors import SolverFailure
from portfolio.numerics import INTEGRALITY, SOLVER_DUAL, SOLVER_FEASIBILITY
from portfolio.program import Floats, Program
from portfolio.solvers.basis import Basis
from portfolio.solvers.hand_over import check_finite, hand_over
from portfolio.solvers.outcome import Ask, Outcome, Progress, Verdict

_INF = float("inf")
Ids = Sequence[int] | NDArray[Any]
_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "mip_feasibility_tolerance": INTEGRALITY,
    "primal_feasibility_tolerance": SOLVER_FEASIBILITY,
    "dual_feasibility_tolerance": SOLVER_DUAL,
    "mip_rel_gap": 0.0,
    # Measured on the flagship and generated instances: restarts and these two sub-MIP heuristics cost a quarter of the time here; RENS pays.
    "mip_allow_restart": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
_SEARCHING: dict[str, Any] = {
    "mip_heuristic_effort": 0.05,
    "mip_heuristic_run_rens": True,
    "mip_heuristic_run_feasibility_jump": True,
    "mip_pscost_minreliable": 8,
}
_NEAR: dict[str, Any] = {
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_pscost_minreliable": 1,
}
"""Heuristics and trial branchings of a solve that has to find plans, and of one that begins near the best and only has to prove it."""
VERDICTS: dict[HighsModelStatus, Verdict] = {
    HighsModelStatus.kOptimal: "optimal",
    HighsModelStatus.kModelEmpty: "optimal",
    HighsModelStatus.kInfeasible: "infeasible",
    HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    HighsModelStatus.kTimeLimit: "limit",
    HighsModelStatus.kSolutionLimit: "limit",
    HighsModelStatus.kIterationLimit: "limit",
    HighsModelStatus.kObjectiveBound: "limit",
    HighsModelStatus.kObjectiveTarget: "limit",
    HighsModelStatus.kInterrupt: "interrupted",
    HighsModelStatus.kHighsInterrupt: "interrupted",
}
"""Every status the code expects; any other is a failure. All columns are bounded, so "unbounded or infeasible" means infeasible."""


class Highs:
    """A Program inside HiGHS. Not thread-safe and not picklable: one object per worker."""

    name = "highs"

    def __init__(self, program: Program, seed: int = 0, options: dict[str, Any] | None = None) -> None:
        """Raises SolverFailure when HiGHS does not hold the model that was handed over."""
        self._near = False
        self._highs = highspy.Highs()
        for name, value in {**_OPTIONS, "random_seed": seed, **(options or {})}.items():
            self._set(name, value)
        check_finite(program)
        self._take(program)
        self._watching = Watch(self._highs)

    # -- changes ---------------------------------------------------------------------------------------------------
    def add_rows(self, rows: Sequence[tuple[Floats, float, float]]) -> list[int]:
        """Append dense rows (coefficients (n,), lower, upper); returns their ids."""
        ids = []
        for coefficients, lower, upper in rows:
            used = np.flatnonzero(coefficients).astype(np.int32)
            self._check(self._highs.addRow(lower, upper, len(used), used, coefficients[used]), "addRow")
            ids.append(self._rows)
            self._rows += 1
        return ids

    def bound_rows(self, ids: Ids, lower: Floats, upper: Floats) -> None:
        """New sides for rows."""
        if len(ids):
            index = np.asarray(ids, dtype=np.int32)
            status = self._highs.changeRowsBounds(len(index), index, np.asarray(lower, float), np.asarray(upper, float))
            self._check(status, "changeRowsBounds")

    def bound_columns(self, ids: Ids, lower: Floats, upper: Floats) -> None:
        """New bounds for columns."""
        if len(ids):
            index = np.asarray(ids, dtype=np.int32)
            status = self._highs.changeColsBounds(len(index), index, np.asarray(lower, float), np.asarray(upper, float))
            self._check(status, "changeColsBounds")

    def enter(self, rows: Ids, cols: Ids, values: Floats) -> None:
        """New coefficients A[rows, cols] = values."""
        for row, col, value in zip(rows, cols, values, strict=True):
            self._check(self._highs.changeCoeff(int(row), int(col), float(value)), "changeCoeff")

    def exchange(self, program: Program) -> None:
        """Hold another Program instead; rows added are gone, options stay.

        All of it is handed over: after numbers changed in place the answer depends on the Programs before (docs/traps.md).
        """
        check_finite(program)
        self._check(self._highs.clearModel(), "clearModel")
        self._take(program)

    def _take(self, program: Program) -> None:
        self.program, self._rows = program, program.m
        self._cost = np.zeros(program.n)
        self._everything = np.arange(program.n, dtype=np.int32)
        self._check(hand_over(self._highs, program), "passModel")
        self._check_counts(len(program.data))

    def forget(self) -> None:
        """Drop basis, solution and everything learnt: the next answer depends on its question alone."""
        self._check(self._highs.clearSolver(), "clearSolver")

    @property
    def basis(self) -> Basis:
        """Opaque; give it back to `restart`."""
        return Basis(self.program, self._highs.getBasis())

    def restart(self, basis: Basis) -> None:
        """Begin the next relaxation from a basis, of this Program or of one that is much like it."""
        self._check(self._highs.setBasis(basis.of(self.program)), "setBasis")

    # -- solve -----------------------------------------------------------------------------------------------------
    def minimise(self, cost: Floats, ask: Ask) -> Outcome:
        """min cost @ x. Bounds and verdicts are only what HiGHS proved; an infeasible verdict is asked for twice."""
        if not np.isfinite(cost).all():
            raise SolverFailure("the objective holds a value that is not finite")
        # HiGHS' dual tolerances are absolute: the objective is handed over with a largest coefficient near 1 (docs/traps.md, 1),
        # or near a power of two that the asker chose because its objective takes whole steps only.
        size = 2.0 ** math.frexp(float(np.abs(cost).max(initial=0.0)))[1] / ask.largest_cost if np.any(cost) else 1.0
        self._cost = np.asarray(cost, dtype=np.float64) / size
        self._check(self._highs.changeColsCost(self.program.n, self._everything, self._cost), "changeColsCost")
        outcome = self._confirmed(_in_units(ask, size))
        duals = None if outcome.duals is None else outcome.duals * size
        return replace(outcome, objective=outcome.objective * size, bound=outcome.bound * size, duals=duals)

    def _confirmed(self, ask: Ask) -> Outcome:
        outcome = self._run(ask)
        if outcome.verdict == "infeasible" and not ask.stop.is_set():
            self._set("presolve", "off")
            self._check(self._highs.clearSolver(), "clearSolver")
            second = self._run(ask)
            self._set("presolve", "choose")
            if second.verdict == "optimal" or second.x is not None:
                return second
            if second.verdict != "infeasible":
                return Outcome("failed", None, _INF, -_INF, second.seconds, note="infeasible, not confirmed")
        return outcome

    def _run(self, ask: Ask) -> Outcome:
        highs, relaxed = self._highs, ask.relax or not self.program.integer.any()
        self._set("solve_relaxation", relaxed)
        if not relaxed and ask.near != self._near:
            self._near = ask.near
            for name, value in (_NEAR if ask.near else _SEARCHING).items():
                self._set(name, value)
        self._set("mip_abs_gap", max(ask.gap, 0.0))
        # An LP's limit counts the run time of the whole object; a MIP's counts its own.
        self._set("time_limit", ask.seconds + (highs.getRunTime() if relaxed else 0.0) if math.isfinite(ask.seconds) else _INF)
        if ask.start is not None and not relaxed:
            known = np.flatnonzero(np.isfinite(ask.start)).astype(np.int32)
            # A hint only: HiGHS refuses values outside the bounds of the moment, and the solve does without.
            highs.setSolution(len(known), known, ask.start[known])
        begun = time.perf_counter()
        with self._watching.during(ask, relaxed) as watch:
            status = highs.run()
        seconds = time.perf_counter() - begun
        verdict = VERDICTS.get(highs.getModelStatus(), "failed")
        if status == HighsStatus.kError or verdict == "failed":
            return Outcome("failed", None, _INF, -_INF, seconds, note=str(highs.getModelStatus()))
        return self._outcome(verdict, relaxed, watch, seconds)

    def _outcome(self, verdict: Verdict, relaxed: bool, watch: Watch, seconds: float) -> Outcome:
        info = self._highs.getInfo()
        x = duals = None
        if verdict != "infeasible" and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            solution = self._highs.getSolution()
            x = np.array(solution.col_value, dtype=np.float64)
            duals = np.array(solution.row_dual, dtype=np.float64) if relaxed and solution.dual_valid else None
            if len(x) != self.program.n or not np.isfinite(x).all():
                return Outcome("failed", None, _INF, -_INF, seconds, note="solution of the wrong shape")
        objective = float(self._cost @ x) if x is not None else _INF
        if relaxed:
            bound = objective if verdict == "optimal" else -_INF
        elif verdict == "interrupted":
            bound = watch.bound
        else:
            bound = float(info.mip_dual_bound)
        if verdict == "infeasible":
            bound = _INF
        if verdict == "optimal" and x is None:
            return Outcome("failed", None, _INF, -_INF, seconds, note="optimal without a solution")
        return Outcome(
            verdict, x, objective, min(bound, objective) if x is not None else bound, seconds, max(int(info.mip_node_count), 0), duals
        )

    # -- guards ----------------------------------------------------------------------------------------------------
    def _set(self, name: str, value: Any) -> None:
        self._check(self._highs.setOptionValue(name, value), f"option {name}")

    def _check(self, status: HighsStatus, what: str) -> None:
        if status == HighsStatus.kError:
            raise SolverFailure(f"HiGHS refused {what}", f"HiGHSが {what} を受け付けませんでした")

    def _check_counts(self, nonzeros: int) -> None:
        held = (self._highs.getNumCol(), self._highs.getNumRow(), self._highs.getNumNz())
        if held != (self.program.n, self.program.m, nonzeros):
            raise SolverFailure(f"HiGHS holds {held} columns, rows, nonzeros instead of {(self.program.n, self.program.m, nonzeros)}")


class Watch:
    """The callback of a HiGHS object, whoever filled it: progress out, stop requests in. Its bound is the one to trust after an interrupt."""

    def __init__(self, highs: Any) -> None:
        self.bound = -_INF
        self._ask = Ask()
        # HiGHS holds its callback where Python's collector cannot look: a strong reference back would keep both for ever.
        self._highs = weakref.ref(highs)
        highs.setCallback(self._call, None)

    def during(self, ask: Ask, relaxed: bool) -> Watch:
        self._ask, self.bound = ask, -_INF
        self._kind = cb.HighsCallbackType.kCallbackSimplexInterrupt if relaxed else cb.HighsCallbackType.kCallbackMipInterrupt
        return self

    def __enter__(self) -> Watch:
        self._held().startCallback(self._kind)
        return self

    def __exit__(self, *_: object) -> None:
        self._held().stopCallback(self._kind)

    def _held(self) -> Any:
        highs = self._highs()
        assert highs is not None  # whoever asks holds it
        return highs

    def _call(self, kind: Any, _message: str, out: Any, back: Any, _user: object) -> None:
        ask = self._ask
        stop = ask.stop.is_set()
        if kind == cb.HighsCallbackType.kCallbackMipInterrupt:
            self.bound = max(self.bound, float(out.mip_dual_bound))
            incumbent = float(out.mip_primal_bound)
            # A bound of infinity (nothing left to search) is the solver's own end, not a cutoff.
            stop = stop or ask.cutoff <= self.bound < _INF or incumbent <= ask.target or int(out.mip_node_count) >= ask.nodes
            if ask.watch is not None:
                ask.watch(Progress(float(out.running_time), incumbent, self.bound, int(out.mip_node_count)))
        # The flag persists from one solve to the next: it is written at every call.
        back.user_interrupt = bool(stop)


def _in_units(ask: Ask, size: float) -> Ask:
    """The same question about an objective divided by `size`; progress is reported in the asker's units."""
    watch = ask.watch
    report = None if watch is None else (lambda p: watch(replace(p, incumbent=p.incumbent * size, bound=p.bound * size)))
    return replace(ask, gap=ask.gap / size, target=ask.target / size, cutoff=ask.cutoff / size, watch=report)
