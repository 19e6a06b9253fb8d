"""What a choice of ways is worth under other numbers: who pays, when, at which scale is decided anew, which ways are taken is not.

Nearly always two relaxations answer that within the gap: one that bounds it, and one with the columns that are still fractional there settled by a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from portfolio.numerics import FRACTIONAL
from portfolio.program import Floats, Program
from portfolio.session import Session
from portfolio.solvers.outcome import Ask, Outcome

Choice = dict[str, tuple[str, int]]
"""Programme -> (way, units): a plan's choice, without its money."""
_INF = float("inf")


class FixedChoice:
    """Evaluates choices in a session. base: the choice whose use at the session's present numbers serves as a start and as a pattern."""

    def __init__(self, session: Session, base: Choice, weights: Floats, ask: Ask, limits: Mapping[int, float]) -> None:
        self.session = session
        with session.taking(_taking(base)):
            session.minimise(weights, Ask(relax=True))
        self._basis = session.solver.basis  # type: ignore[attr-defined]  # the sweep's own door is HiGHS
        self._pattern: Floats | None = None
        self._pattern = self(weights, base, ask, limits).x if base else None

    def __call__(self, aim: Floats, choice: Mapping[str, Sequence[Any]], ask: Ask, limits: Mapping[int, float]) -> Outcome:
        """The best use of a choice under these weights (q,), within the gap of `ask`; `infeasible` when it can no longer be carried out.

        What is fractional in the relaxation (who pays) is taken as the base has it, or rounded up, for money then finds its way. Only where that is no plan, or
        not close enough, the solver searches.
        """
        program, solver = self.session.program, self.session.solver
        with self.session.taking(_taking(choice)):
            solver.forget()  # type: ignore[attr-defined]
            solver.restart(self._basis)  # type: ignore[attr-defined]
            relaxed = self.session.minimise(aim, replace(ask, relax=True), limits)
            if relaxed.verdict != "optimal" or relaxed.x is None:
                return replace(relaxed, x=None, objective=_INF)
            known: Outcome | None = None
            for pattern in (self._pattern, np.ceil(relaxed.x - FRACTIONAL)):
                if pattern is None or len(pattern) != program.n:
                    continue
                known = least(known, self._settled(aim, np.rint(pattern), ask, limits))
                if known is not None and known.objective - relaxed.bound <= ask.gap:
                    return replace(known, verdict="optimal", bound=relaxed.bound)
            solver.forget()  # type: ignore[attr-defined]
            return self.session.minimise(aim, replace(ask, start=None if known is None else known.x), limits)

    def _settled(self, aim: Floats, pattern: Floats, ask: Ask, limits: Mapping[int, float]) -> Outcome:
        """The best use of a choice with the integer columns that it leaves open as in `pattern` (n,)."""
        program, solver = self.session.program, self.session.solver
        open_ = _open_columns(program)
        lower, upper = program.col_lower[open_], program.col_upper[open_]
        values = np.clip(pattern[open_], lower, upper)
        solver.bound_columns(open_, values, values)
        outcome = self.session.minimise(aim, replace(ask, relax=True), limits)
        solver.bound_columns(open_, lower, upper)
        return outcome if outcome.verdict == "optimal" else replace(outcome, x=None, objective=_INF)


def least(kept: Outcome | None, found: Outcome) -> Outcome | None:
    """The better one that has a plan."""
    return found if found.x is not None and (kept is None or found.objective < kept.objective) else kept


def _taking(choice: Mapping[str, Sequence[Any]]) -> dict[tuple[str, str], int]:
    """As a session takes it. (JSON makes lists of pairs.)"""
    return {(p, way): units for p, (way, units) in choice.items()}


def _open_columns(program: Program) -> list[int]:
    """Integer columns that a choice of ways leaves open."""
    mask, take = program.integer.copy(), program.block("take")
    if take is not None:
        mask[take.span] = False
    return [int(n) for n in np.flatnonzero(mask)]
