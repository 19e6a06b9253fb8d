"""Pyomo as a door: `pyomo:highs`, `pyomo:cbc` (the CBC that ships with PuLP), `pyomo:scip`, `pyomo:gurobi` and every other solver Pyomo
knows.

Verdict and bound come from the results object: termination condition and lower bound of the problem. Where a solver states no bound, an
optimal
answer claims the objective less the gap asked for - if its gap could be set, and nothing otherwise.
"""

from __future__ import annotations

import contextlib
import io
import logging
import math
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo

from portfolio.errors import SolverFailure
from portfolio.numerics import INTEGRALITY, SOLVER_FEASIBILITY
from portfolio.program import Floats, Program
from portfolio.solvers.door import Row, Rows, missing
from portfolio.solvers.goal import Goal
from portfolio.solvers.outcome import Ask, Outcome, Verdict
from portfolio.solvers.pyomo_model import build_pyomo, columns_of, free_name, linear, row, rows_of
from portfolio.solvers.sides import box_bound

_INF = float("inf")
FACTORY = {"highs": "appsi_highs"}
"""Short name -> the name under which Pyomo's factory has it, where that differs."""
OPTIONS: dict[str, dict[str, str]] = {
    "highs": {"gap": "mip_abs_gap", "relative": "mip_rel_gap", "seconds": "time_limit", "seed": "random_seed", "threads": "threads"},
    "cbc": {"gap": "allowableGap", "relative": "ratioGap", "seconds": "sec"},
    "scip": {"gap": "limits/absgap", "relative": "limits/gap", "seconds": "limits/time", "seed": "randomization/randomseedshift"},
    "gurobi": {"gap": "MIPGapAbs", "relative": "MIPGap", "seconds": "TimeLimit", "seed": "Seed", "threads": "Threads"},
    "cplex": {"gap": "mip_tolerances_absmipgap", "relative": "mip_tolerances_mipgap", "seconds": "timelimit"},
    "glpk": {"relative": "mipgap", "seconds": "tmlim"},
}
"""What each solver calls its options."""
FIXED: dict[str, dict[str, Any]] = {
    "highs": {"mip_feasibility_tolerance": INTEGRALITY, "primal_feasibility_tolerance": SOLVER_FEASIBILITY},
    "cbc": {"increment": 1e-9, "integerTolerance": INTEGRALITY, "primalTolerance": SOLVER_FEASIBILITY, "dualTolerance": 1e-9},
}
REMEDIES = {
    "highs": "pip install highspy",
    "cbc": "pip install 'pulp<4' (it ships CBC), or apt-get install coinor-cbc",
    "scip": "conda install -c conda-forge scip, and have `scip` on the PATH",
    "glpk": "apt-get install glpk-utils",
    "gurobi": "pip install gurobipy (needs a licence)",
    "cplex": "pip install cplex (needs a licence)",
}
_CONDITIONS: dict[str, Verdict] = {
    "optimal": "optimal",
    "globallyOptimal": "optimal",
    "infeasible": "infeasible",
    "infeasibleOrUnbounded": "infeasible",
    "maxTimeLimit": "limit",
    "maxIterations": "limit",
    "maxEvaluations": "limit",
    "minFunctionValue": "limit",
    "feasible": "limit",
    "userInterrupt": "interrupted",
}


def open_solver(solver: str) -> Any:
    """Pyomo's solver object. Raises UsageError with what to install."""
    with _silent():
        found = pyo.SolverFactory(FACTORY.get(solver, solver))
        if solver == "cbc" and not found.available(exception_flag=False):
            found = pyo.SolverFactory("cbc", executable=bundled_cbc())
        there = bool(found.available(exception_flag=False))
    if not there:
        raise missing(f"pyomo:{solver}", REMEDIES.get(solver, f"Pyomo finds no solver of that name; try {', '.join(REMEDIES)}"))
    return found


def bundled_cbc() -> str:
    """Path of a cbc: on the PATH, else the one inside PuLP."""
    import pulp

    return shutil.which("cbc") or str(Path(getattr(pulp.PULP_CBC_CMD, "pulp_cbc_path", "cbc")))


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Pyomo logs a traceback when it merely asks whether a solver is there."""
    logger = logging.getLogger("pyomo")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logger.setLevel(level)


class PyomoDoor:
    """A Program inside Pyomo. Of an Ask it heeds gap, seconds and relax (`door.heeded`)."""

    def __init__(self, program: Program, solver: str, seed: int = 0, threads: int = 1) -> None:
        self.name, self.program, self._seed, self._threads, self._kind = f"pyomo:{solver}", program, seed, threads, solver
        self._solver = open_solver(solver)
        self._model = build_pyomo(program, Goal(np.zeros(program.n), 0.0))
        self._variables = columns_of(self._model, program)
        self._whole = [self._variables[j] for j in np.flatnonzero(program.integer)]
        self._domains = [variable.domain for variable in self._whole]
        self._rows = Rows(program)
        self._constraints = rows_of(self._model, program)
        self._added = pyo.Constraint(pyo.Any)
        self._model.add_component(free_name(self._model, "added"), self._added)

    # -- changes ---------------------------------------------------------------------------------------------------
    def add_rows(self, rows: Sequence[Row]) -> list[int]:
        """Append dense rows (coefficients (n,), lower, upper); returns their ids."""
        ids = [self._rows.add(coefficients) for coefficients, _, _ in rows]
        self._constraints += [None] * len(ids)
        self.bound_rows(ids, np.array([r[1] for r in rows]), np.array([r[2] for r in rows]))
        return ids

    def bound_rows(self, ids: Sequence[int], lower: Floats, upper: Floats) -> None:
        """New sides for rows; one without sides is deactivated."""
        for i, low, high in zip(ids, np.asarray(lower, float).tolist(), np.asarray(upper, float).tolist(), strict=True):
            constraint, free = self._constraints[i], math.isinf(low) and math.isinf(high)
            if not free:
                made = row(self._variables, *self._rows.terms(i), low, high)
                if constraint is None:
                    self._added[i] = made
                    constraint = self._constraints[i] = self._added[i]
                else:
                    constraint.set_value(made)
                constraint.activate()
            elif constraint is not None:
                constraint.deactivate()

    def bound_columns(self, ids: Sequence[int], lower: Floats, upper: Floats) -> None:
        """New bounds for columns."""
        for j, low, high in zip(ids, np.asarray(lower, float).tolist(), np.asarray(upper, float).tolist(), strict=True):
            self._variables[j].setlb(low)
            self._variables[j].setub(high)

    # -- solve -----------------------------------------------------------------------------------------------------
    def minimise(self, cost: Floats, ask: Ask) -> Outcome:
        """min cost @ x."""
        if not np.isfinite(cost).all():
            raise SolverFailure("the objective holds a value that is not finite")
        next(self._model.component_data_objects(pyo.Objective, active=True)).set_value(linear(self._variables, cost))
        self._relax(ask.relax)
        begun = time.perf_counter()
        with _silent():
            try:
                results = self._solver.solve(self._model, load_solutions=False, options=self._options(ask))
            except (ValueError, RuntimeError, OSError) as error:  # what Pyomo raises for a solver that broke down
                return Outcome("failed", None, _INF, -_INF, time.perf_counter() - begun, note=str(error))
        seconds = time.perf_counter() - begun
        verdict = _CONDITIONS.get(str(results.solver.termination_condition), "failed")
        return self._outcome(cost, ask, results, verdict, seconds)

    def _relax(self, relaxed: bool) -> None:
        for variable, domain in zip(self._whole, self._domains, strict=True):
            variable.domain = pyo.Reals if relaxed else domain

    def _options(self, ask: Ask) -> dict[str, Any]:
        names = OPTIONS.get(self._kind, {})
        wanted = {"gap": max(ask.gap, 0.0), "relative": 0.0, "seed": self._seed, "threads": self._threads}
        if math.isfinite(ask.seconds):
            wanted["seconds"] = max(math.ceil(ask.seconds), 1) if self._kind == "glpk" else ask.seconds
        return {**FIXED.get(self._kind, {}), **{names[key]: value for key, value in wanted.items() if key in names}}

    def _outcome(self, cost: Floats, ask: Ask, results: Any, verdict: Verdict, seconds: float) -> Outcome:
        if verdict == "infeasible":
            return Outcome(verdict, None, _INF, _INF, seconds)
        if verdict == "failed":
            return Outcome(verdict, None, _INF, -_INF, seconds, note=str(results.solver.termination_condition))
        x = self._values(results)
        if verdict == "optimal" and x is None:
            return Outcome("failed", None, _INF, -_INF, seconds, note="optimal without a solution")
        objective = float(cost @ x) if x is not None else _INF
        stated = self._stated(results)
        to_the_gap = objective - (0.0 if ask.relax else max(ask.gap, 0.0))
        if stated is None and verdict == "optimal" and (ask.relax or "gap" in OPTIONS.get(self._kind, {})):
            stated = to_the_gap
        elif stated is not None and self._kind == "cbc":
            # Where CBC's log has no lower bound, Pyomo puts the objective in its place.
            stated = min(stated, to_the_gap)
        bound = max(-_INF if stated is None else stated, box_bound(self.program, cost))
        return Outcome(verdict, x, objective, min(bound, objective), seconds)

    def _stated(self, results: Any) -> float | None:
        """The bound that the solver states."""
        try:
            bound = float(results.problem.lower_bound)
        except (TypeError, ValueError):
            return None
        return bound if math.isfinite(bound) else None

    def _values(self, results: Any) -> Floats | None:
        if len(results.solution) == 0:
            return None
        with _silent():
            self._model.solutions.load_from(results)
        resting = np.clip(np.zeros(self.program.n), self.program.col_lower, self.program.col_upper).tolist()
        x = [rest if v.value is None else v.value for rest, v in zip(resting, self._variables, strict=True)]
        return np.array(x, dtype=np.float64) if np.isfinite(x).all() else None
