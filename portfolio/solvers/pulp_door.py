"""PuLP as a door: `pulp:cbc` (ships with PuLP, so it is always there), `pulp:highs`, and every other solver PuLP knows.

PuLP's own status says "Optimal" after a time limit, so the verdict and the bound are read from the solver: HiGHS' info object, CBC's log. Of any
other solver an answer counts as optimal only when PuLP says so and time was left; the bound is then the objective less the gap asked for.
"""

from __future__ import annotations

import inspect
import math
import re
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pulp
from highspy import SolutionStatus

from portfolio.errors import SolverFailure
from portfolio.numerics import INTEGRALITY, SOLVER_FEASIBILITY
from portfolio.program import Floats, Program
from portfolio.schema.references import hint
from portfolio.solvers.door import Row, Rows, missing
from portfolio.solvers.goal import Goal
from portfolio.solvers.highs import VERDICTS, Watch
from portfolio.solvers.naming import codes, labels
from portfolio.solvers.outcome import Ask, Outcome, Verdict
from portfolio.solvers.pulp_model import build_pulp, constraints, expression
from portfolio.solvers.sides import box_bound

_INF = float("inf")
CLASSES: dict[str, tuple[str, ...]] = {
    "highs": ("HiGHS",),
    "cbc": ("PULP_CBC_CMD", "COIN_CMD"),
    "scip": ("SCIP_PY", "SCIP_CMD"),
    "gurobi": ("GUROBI", "GUROBI_CMD"),
    "glpk": ("GLPK_CMD",),
    "cplex": ("CPLEX_PY", "CPLEX_CMD"),
    "xpress": ("XPRESS_PY", "XPRESS"),
    "mosek": ("MOSEK",),
    "copt": ("COPT", "COPT_CMD"),
}
"""Short name -> PuLP's classes, best first."""
REMEDIES = {
    "highs": "pip install highspy",
    "cbc": "pip install 'pulp<4' (it ships CBC)",
    "scip": "pip install pyscipopt",
    "gurobi": "pip install gurobipy (needs a licence)",
    "glpk": "apt-get install glpk-utils (conda install glpk)",
    "cplex": "pip install cplex (needs a licence)",
    "xpress": "pip install xpress (needs a licence)",
    "mosek": "pip install mosek (needs a licence)",
    "copt": "pip install coptpy (needs a licence)",
}
CBC_INCREMENT = 1e-9
"""By how much CBC must improve a plan to notice [objective]: its default of 1e-5 hides better ones."""
CBC_TIGHT = {"increment": CBC_INCREMENT, "integerTolerance": INTEGRALITY, "primalTolerance": SOLVER_FEASIBILITY, "dualTolerance": 1e-9}
"""With its default dual tolerance of 1e-7 CBC called an LP optimal that was 1e-5 off."""


def solver_class(solver: str) -> type[Any]:
    """PuLP's class behind a short or full name. Raises UsageError with what to install."""
    known = {name.lower(): name for name in pulp.listSolvers()}
    candidates = CLASSES.get(solver.lower(), (known.get(solver.lower(), ""),))
    for name in candidates:
        if name in known.values() and _quietly(lambda name=name: pulp.getSolver(name, msg=False).available()):
            found: type[Any] = type(_quietly(lambda name=name: pulp.getSolver(name, msg=False)))
            return found
    near = hint(solver, [*CLASSES, *known])["hint"]
    raise missing(f"pulp:{solver}", REMEDIES.get(solver.lower(), f"PuLP knows: {', '.join([*CLASSES, *known.values()])}{near}"))


def _quietly(call: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


class PulpDoor:
    """A Program inside PuLP; each solve hands the whole model to the solver. What of an Ask reaches it: `door.heeded`."""

    def __init__(self, program: Program, solver: str, seed: int = 0, threads: int = 1) -> None:
        self.name, self.program, self._seed, self._threads = f"pulp:{solver}", program, seed, threads
        self._solver = solver_class(solver)
        self._problem = build_pulp(program, Goal(np.zeros(program.n), 0.0))
        self._rows = Rows(program)
        self._names = codes(labels(program.rows), "lp")

    # -- changes ---------------------------------------------------------------------------------------------------
    def add_rows(self, rows: Sequence[Row]) -> list[int]:
        """Append dense rows (coefficients (n,), lower, upper); returns their ids."""
        ids = [self._rows.add(coefficients) for coefficients, _, _ in rows]
        self._names += [f"added({row})" for row in ids]
        self.bound_rows(ids, np.array([r[1] for r in rows]), np.array([r[2] for r in rows]))
        return ids

    def bound_rows(self, ids: Sequence[int], lower: Floats, upper: Floats) -> None:
        """New sides for rows: their constraints are replaced."""
        for row, low, high in zip(ids, np.asarray(lower, float).tolist(), np.asarray(upper, float).tolist(), strict=True):
            name = self._names[row]
            for old in (name, f"{name}~upper"):
                self._problem._constraints.pop(old, None)
            columns, values = self._rows.terms(row)
            terms = {self._problem.order[j]: v for j, v in zip(columns, values, strict=True)}
            for constraint in constraints(name, terms, low, high):
                self._problem.addConstraint(constraint)

    def bound_columns(self, ids: Sequence[int], lower: Floats, upper: Floats) -> None:
        """New bounds for columns."""
        for j, low, high in zip(ids, np.asarray(lower, float).tolist(), np.asarray(upper, float).tolist(), strict=True):
            self._problem.order[j].lowBound, self._problem.order[j].upBound = low, high

    # -- solve -----------------------------------------------------------------------------------------------------
    def minimise(self, cost: Floats, ask: Ask) -> Outcome:
        """min cost @ x."""
        if not np.isfinite(cost).all():
            raise SolverFailure("the objective holds a value that is not finite")
        self._problem.setObjective(expression(self._problem.order, cost, unused=range(self.program.n)))
        with tempfile.TemporaryDirectory(prefix="portfolio-") as folder:
            log = Path(folder) / "solver.log"
            begun = time.perf_counter()
            try:
                solver = _quietly(lambda: self._made(ask, log))
                _quietly(lambda: self._problem.solve(solver))
            except pulp.PulpError as error:
                return Outcome("failed", None, _INF, -_INF, time.perf_counter() - begun, note=str(error))
            seconds = time.perf_counter() - begun
            verdict, bound = self._verdict(ask, log, seconds, solver)
        return self._outcome(cost, ask, verdict, bound, seconds)

    def _made(self, ask: Ask, log: Path) -> Any:
        """The solver for one solve."""
        options = self._options(ask, log)
        known = [] if ask.start is None or ask.relax else np.flatnonzero(np.isfinite(ask.start)).tolist()
        start = {self._problem.order[j].name: float(ask.start[j]) for j in known} if ask.start is not None else {}
        if issubclass(self._solver, pulp.HiGHS):
            return _Listening(ask, ask.relax or not self.program.integer.any(), start, **options)
        if start and issubclass(self._solver, pulp.COIN_CMD):
            path = log.with_name("start.mst")
            path.write_text(start_text(self._problem, start), encoding="ascii")
            options["options"] = [f"mips {path}", *options["options"]]
        return self._solver(**options)

    def _options(self, ask: Ask, log: Path) -> dict[str, Any]:
        """Options that the solver's class takes."""
        options: dict[str, Any] = {"mip": not ask.relax, "msg": False, "gapRel": 0.0, "gapAbs": max(ask.gap, 0.0), "threads": self._threads}
        if math.isfinite(ask.seconds):
            options["timeLimit"] = ask.seconds
        if issubclass(self._solver, pulp.HiGHS):
            return options | {
                "random_seed": self._seed,
                "mip_feasibility_tolerance": INTEGRALITY,
                "primal_feasibility_tolerance": SOLVER_FEASIBILITY,
                "parallel": "on" if self._threads > 1 else "off",
            }
        if issubclass(self._solver, pulp.COIN_CMD):
            tight = [f"{name} {value}" for name, value in {**CBC_TIGHT, "randomCbcSeed": self._seed % 10**9 + 1}.items()]
            # The CBC inside PuLP is built without threads and stops at the option.
            return {key: value for key, value in options.items() if key != "threads"} | {"logPath": str(log), "options": tight}
        taken = inspect.signature(self._solver.__init__).parameters
        return {key: value for key, value in options.items() if key in taken}

    def _verdict(self, ask: Ask, log: Path, seconds: float, solver: Any) -> tuple[Verdict, float]:
        if isinstance(solver, _Listening):
            return _highs_verdict(self._problem.solverModel, solver)
        status, solved = self._problem.status, self._problem.sol_status == pulp.LpSolutionOptimal
        objective = self._problem.objective.value() if self._problem.objective else 0.0
        if issubclass(self._solver, pulp.COIN_CMD):
            return cbc_verdict(log.read_text(errors="replace"), status, solved, ask.relax, objective, ask.gap)
        if status in (pulp.LpStatusInfeasible, pulp.LpStatusUnbounded):
            return "infeasible", _INF
        if status == pulp.LpStatusOptimal and solved and seconds < ask.seconds:
            return "optimal", objective - max(ask.gap, 0.0)
        return "limit", -_INF

    def _outcome(self, cost: Floats, ask: Ask, verdict: Verdict, bound: float, seconds: float) -> Outcome:
        if verdict == "infeasible":
            return Outcome(verdict, None, _INF, _INF, seconds)
        values = [variable.varValue for variable in self._problem.order]
        held = self._problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible) and None not in values
        if issubclass(self._solver, pulp.HiGHS):
            # PuLP calls whatever an interrupted solve leaves behind a solution.
            held = held and self._problem.solverModel.getInfo().primal_solution_status == SolutionStatus.kSolutionStatusFeasible
        x = np.array(values, dtype=np.float64) if held else None
        if x is not None and not np.isfinite(x).all():
            return Outcome("failed", None, _INF, -_INF, seconds, note="solution that is not finite")
        if verdict == "optimal" and x is None:
            return Outcome("failed", None, _INF, -_INF, seconds, note="optimal without a solution")
        objective = float(cost @ x) if x is not None else _INF
        return Outcome(verdict, x, objective, min(max(bound, box_bound(self.program, cost)), objective), seconds)


class _Listening(pulp.HiGHS):  # type: ignore[misc]  # PuLP's classes are untyped
    """PuLP's HiGHS with an ear: stop, target, cutoff and progress through HiGHS' callback, a start before the run. start: name -> value."""

    def __init__(self, ask: Ask, relaxed: bool, start: dict[str, float], **options: Any) -> None:
        super().__init__(**options)
        self.ask, self.relaxed, self.start, self.bound = ask, relaxed, start, -_INF

    def callSolver(self, lp: Any) -> None:  # noqa: N802 - PuLP's name
        """Run the model that PuLP has built."""
        model = lp.solverModel
        if self.start:
            place = {variable.name: variable.index for variable in lp.variables()}
            index = np.array([place[name] for name in self.start], dtype=np.int32)
            model.setSolution(len(index), index, np.array([*self.start.values()]))
        with Watch(model).during(self.ask, self.relaxed) as watch:
            model.run()
        self.bound = watch.bound


def _highs_verdict(model: Any, solver: _Listening) -> tuple[Verdict, float]:
    verdict, info = VERDICTS.get(model.getModelStatus(), "failed"), model.getInfo()
    if verdict == "infeasible":
        return verdict, _INF
    if solver.relaxed:
        return verdict, float(info.objective_function_value) if verdict == "optimal" else -_INF
    if verdict == "interrupted":
        return verdict, solver.bound
    return verdict, -_INF if verdict == "failed" else float(info.mip_dual_bound)


def start_text(problem: Any, start: dict[str, float]) -> str:
    """A start as CBC reads it, for the names that PuLP gives the columns in its MPS file."""
    lines = [
        f"{n} X{n:07d} {start[variable.name]!r} 0" for n, variable in enumerate(problem.variables()) if variable.name in start
    ]  # fmt: skip
    return "\n".join(["Stopped on time - objective value 0", *lines, ""])


_LOWER = re.compile(r"^Lower bound:\s+(\S+)", re.MULTILINE)


def cbc_verdict(log: str, status: int, solved: bool, relaxed: bool, objective: float | None, gap: float) -> tuple[Verdict, float]:
    """CBC's log says what it proved; its solution file (PuLP's status) only what it found."""
    if status == pulp.LpStatusInfeasible and "Stopped on" not in log:
        return "infeasible", _INF
    stated = _LOWER.findall(log)
    bound = float(stated[-1]) if stated else -_INF
    if solved and "Stopped on" not in log and objective is not None:
        # Without a line on the lower bound CBC only says that it searched to the gap asked for.
        return "optimal", bound if stated else objective - (0.0 if relaxed else max(gap, CBC_INCREMENT))
    return ("limit", bound) if "Stopped on" in log or objective is not None else ("failed", -_INF)
