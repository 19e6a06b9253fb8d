"""The LP relaxation of a Program inside HiGHS: bounds move, the dual simplex starts from the last basis.

On allocation models a warm-started LP takes milliseconds where a MIP solve takes seconds; the branching tree (proof/tree.py) lives on that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import highspy
import numpy as np
from highspy import HighsBasisStatus, HighsModelStatus, HighsStatus

from portfolio.errors import SolverFailure
from portfolio.numerics import SCALED_FEASIBILITY, SOLVER_FEASIBILITY
from portfolio.program import Floats, Program
from portfolio.solvers.hand_over import check_finite, hand_over
from portfolio.solvers.scaling import Scaling

_INF = float("inf")
CHOSEN, DEVEX = -1, 1
"""HiGHS' numbers for the pricing of its choice (steepest edge) and for Devex."""
OFF = 0
"""HiGHS' number for no scaling of its own."""
DUAL, PRIMAL = 1, 4
"""HiGHS' numbers for the serial dual and the primal simplex."""

STALLED = 5
"""Iterations, times rows and columns, after which the simplex is thought to turn in circles: without cost perturbation HiGHS sometimes does (docs/traps.md).
Relaxations take a fifth of one."""
_EVERY = 2_147_483_647

_LOWER, _UPPER, _BASIC = HighsBasisStatus.kLower, HighsBasisStatus.kUpper, HighsBasisStatus.kBasic


class Relaxation:
    """One LP object. Not thread-safe. Every status that is not expected raises SolverFailure."""

    def __init__(self, program: Program, seed: int = 0, jumps: bool = False) -> None:
        """jumps: most solves start from a basis that is put in; steepest edge weights would be worked out anew, row by row, for each."""
        check_finite(program)
        self._scaling = scaling = Scaling(program)
        self.n = program.n
        self._everything = np.arange(program.n, dtype=np.int32)
        self._highs = highspy.Highs()
        settings: dict[str, Any] = {
            "output_flag": False, "threads": 1, "parallel": "off", "presolve": "off", "random_seed": seed,
            "simplex_dual_edge_weight_strategy": DEVEX if jumps else CHOSEN,
            "simplex_scale_strategy": OFF, "dual_simplex_cost_perturbation_multiplier": 0.0,
            "primal_feasibility_tolerance": SCALED_FEASIBILITY, "dual_feasibility_tolerance": SOLVER_FEASIBILITY,
        }  # fmt: skip
        for name, value in settings.items():
            self._check(self._highs.setOptionValue(name, value), name)
        self._check(hand_over(self._highs, scaling.scaled(program), relaxed=True), "passModel")
        self.rows = program.m

    def cost(self, cost: Floats) -> None:
        """New objective."""
        self._check(self._highs.changeColsCost(self.n, self._everything, cost * self._scaling.columns), "changeColsCost")

    def add_row(self, coefficients: Floats, lower: float, upper: float) -> int:
        """Append a dense row; returns its id."""
        scaled, factor = self._scaling.add_row(coefficients)
        used = np.flatnonzero(scaled).astype(np.int32)
        self._check(self._highs.addRow(lower * factor, upper * factor, len(used), used, scaled[used]), "addRow")
        self.rows += 1
        return self.rows - 1

    def bound_rows(self, ids: Sequence[int], lower: Floats, upper: Floats) -> None:
        """New sides for rows."""
        if len(ids):
            index = np.asarray(ids, dtype=np.int32)
            factor = self._scaling.rows[index]
            self._check(self._highs.changeRowsBounds(len(index), index, lower * factor, upper * factor), "changeRowsBounds")

    def bound_columns(self, ids: Sequence[int], lower: Floats, upper: Floats) -> None:
        """New bounds for columns."""
        if len(ids):
            index = np.asarray(ids, dtype=np.int32)
            width = self._scaling.columns[index]
            self._check(self._highs.changeColsBounds(len(index), index, lower / width, upper / width), "changeColsBounds")

    def solve(self, iterations: int | None = None, presolve: bool = False, seconds: float = _INF, primal: bool = False) -> float | None:
        """The LP's optimum; inf when infeasible; None when a limit stopped it (the value reached is then in `reached`).

        primal: by the primal simplex, the quick way when only the objective has changed since the last optimum (its basis stays feasible).
        """
        try:
            return self._solve(iterations, presolve, seconds, primal)
        except SolverFailure:
            # Rarely the simplex loses its way from the basis it was given: once more from nothing.
            self.forget()
            return self._solve(iterations, True, seconds, False)

    def _solve(self, iterations: int | None, presolve: bool, seconds: float, primal: bool) -> float | None:
        highs = self._highs
        if presolve:
            # A basis would switch presolve off; from scratch it is the quicker way after a change of objective.
            highs.clearSolver()
            highs.setOptionValue("presolve", "on")
        highs.setOptionValue("simplex_strategy", PRIMAL if primal else DUAL)
        # An LP's time limit counts the run time of the whole object.
        highs.setOptionValue("time_limit", highs.getRunTime() + max(seconds, 0.0) if seconds < _INF else _INF)
        status = self._run(STALLED * (self.n + self.rows) if iterations is None else iterations)
        if iterations is None and highs.getModelStatus() == HighsModelStatus.kIterationLimit:
            highs.setOptionValue("dual_simplex_cost_perturbation_multiplier", 1.0)
            status = self._run(_EVERY)
            highs.setOptionValue("dual_simplex_cost_perturbation_multiplier", 0.0)
        if presolve:
            highs.setOptionValue("presolve", "off")
        model = highs.getModelStatus()
        if model == HighsModelStatus.kOptimal:
            return float(highs.getInfo().objective_function_value)
        if model in (HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible):
            return _INF
        if (model == HighsModelStatus.kIterationLimit and iterations is not None) or model == HighsModelStatus.kTimeLimit:
            return None
        raise SolverFailure(f"HiGHS answered {status} / {model} to a relaxation", f"HiGHSが緩和問題に {model} を返しました")

    def _run(self, iterations: int) -> HighsStatus:
        """At most so many simplex iterations."""
        self._highs.setOptionValue("simplex_iteration_limit", iterations)
        return self._highs.run()

    @property
    def reached(self) -> float:
        """Objective of the last iterate (dual simplex: a lower bound while dual feasible)."""
        return float(self._highs.getInfo().objective_function_value)

    @property
    def x(self) -> Floats:
        """(n,) primal values of the last solve."""
        return np.array(self._highs.getSolution().col_value, dtype=np.float64) * self._scaling.columns

    @property
    def duals(self) -> Floats:
        """(rows,) multipliers of the last solve."""
        return np.array(self._highs.getSolution().row_dual, dtype=np.float64) * self._scaling.rows

    @property
    def reduced_costs(self) -> Floats:
        """(n,) reduced costs of the last solve."""
        return np.array(self._highs.getSolution().col_dual, dtype=np.float64) / self._scaling.columns

    @property
    def ray(self) -> Floats | None:
        """(rows,) a dual ray after an infeasible solve without presolve, of either sign; None when there is none."""
        status, there, values = self._highs.getDualRay()
        return np.array(values, dtype=np.float64) * self._scaling.rows if there and status != HighsStatus.kError else None

    @property
    def basis(self) -> Any:
        """Opaque; give it back to `restart`."""
        return self._highs.getBasis()

    def forget(self) -> None:
        """Drop basis, solution and everything learnt: the next answer depends on its question (and the basis it is given) alone."""
        self._check(self._highs.clearSolver(), "clearSolver")

    def restart(self, basis: Any) -> None:
        """Begin the next solve from a basis."""
        self._check(self._highs.setBasis(basis), "setBasis")

    def restart_near(self, program: Program, x: Floats) -> None:
        """Begin the next solve from the basis that a solution x (n,) of this Program, as it was handed over, suggests: columns and rows at one of their bounds
        are not in it. HiGHS completes or thins out what is no basis."""
        rows = np.repeat(np.arange(program.m), np.diff(program.indptr))
        activity = np.asarray(np.bincount(rows, program.data * x[program.indices], program.m), dtype=np.float64)
        basis = highspy.HighsBasis()
        basis.col_status = _statuses(x, program.col_lower, program.col_upper)
        basis.row_status = _statuses(activity, program.row_lower, program.row_upper)
        basis.valid = basis.alien = True
        self.restart(basis)

    def _check(self, status: HighsStatus, what: str) -> None:
        if status == HighsStatus.kError:
            raise SolverFailure(f"HiGHS refused {what}", f"HiGHSが {what} を受け付けませんでした")


def _statuses(values: Floats, lower: Floats, upper: Floats) -> list[HighsBasisStatus]:
    """At a bound to the solver's tolerance, or in the basis."""
    low, high = values <= lower + SOLVER_FEASIBILITY, values >= upper - SOLVER_FEASIBILITY
    return [_LOWER if a else _UPPER if b else _BASIC for a, b in zip(low.tolist(), high.tolist(), strict=True)]
