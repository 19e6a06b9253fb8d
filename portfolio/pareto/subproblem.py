"""One integer program of the complete search, on a persistent solver object: criteria counts limited to a box, a weighted sum minimised.

Only right-hand sides and costs move. The solver's values are not used: counts are computed from the rounded solution, feasibility is
checked, and an answer that contradicts itself or what is known is asked for again with other settings; what is then still unclear proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from portfolio.errors import SolverFailure
from portfolio.numerics import COST_REACH, STEP_DOUBT, STEP_ROOM
from portfolio.pareto.evidence import FREE, Evidence, denied
from portfolio.pareto.feasible import Feasible
from portfolio.pareto.steps import Counts, Steps
from portfolio.pareto.zone_solves import Opener
from portfolio.pareto.zones import Limits
from portfolio.program import Floats, Program
from portfolio.solvers.outcome import Outcome

LEAN: Mapping[str, Any] = {
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rens": False,
    "mip_detect_symmetry": False,
    "mip_allow_cut_separation_at_nodes": False,
    "mip_pscost_minreliable": 1,
}
"""Plain branch and bound: programs start from a good solution, so that heuristics, node cuts and careful branching cost more than they save."""
LEAN_NODES = 50_000
"""Nodes after which plain branching has failed and a program is solved anew with everything: a count, so that no clock decides."""
FULL: Mapping[str, Any] = {}
"""What Highs does unless told otherwise."""
OTHER: Mapping[str, Any] = {"presolve": "off"}
"""For the second question: another way through the solver, with another seed."""


@dataclass(frozen=True)
class Task:
    """box: (q,) counts strictly below which to search, FREE where unlimited · weights: (q,) whole, > 0 · start: (n,) or None · zone: id it was chosen for."""

    zone: int
    box: tuple[int, ...]
    weights: tuple[int, ...]
    start: Floats | None
    known: Counts


@dataclass(frozen=True)
class Answer:
    """evidence: what is proven, None for nothing · counts, x: a nondominated point, None when none was proven · solves: integer programs spent
    nodes: of all of them · trouble: why nothing is proven although no limit came first · unfinished: a limit came first."""

    evidence: Evidence | None
    counts: tuple[int, ...] | None = None
    x: Floats | None = None
    solves: int = 1
    nodes: int = 0
    trouble: str = ""
    unfinished: bool = False


class Subproblems:
    """Solver objects of one worker. An answer depends on the task alone: the solver forgets between two."""

    def __init__(self, program: Program, steps: Steps, opener: Opener, seed: int) -> None:
        self._program, self._steps, self._open, self._seed = program, steps, opener, seed
        self._feasible = Feasible(program)
        self._costs = steps.coefficients.astype(np.float64)
        largest = np.abs(self._costs).max(axis=1, initial=1.0)
        self._scale = np.array([2.0 ** max(0, math.frexp(v)[1] - 13) for v in largest])
        self._doors: dict[str, tuple[Any, list[int]]] = {}

    def solve(self, task: Task, limits: Limits) -> Answer:
        """What can be proven about the task before the limits."""
        solves = nodes = 0
        answer = Answer(None)
        for kind, most in (("lean", LEAN_NODES), ("full", math.inf), ("other", math.inf)):
            if kind == "full" and not answer.unfinished:
                continue
            answer = self._once(kind, task, limits, most)
            solves, nodes = solves + 1, nodes + answer.nodes
            if limits.reached or not (answer.trouble or answer.unfinished):
                break
        return replace(answer, solves=solves, nodes=nodes)

    def _once(self, kind: str, task: Task, limits: Limits, most: float) -> Answer:
        try:
            door, rows = self._door(kind)
            upper = [math.inf if b == FREE else (b - 1 + STEP_ROOM) / s for b, s in zip(task.box, self._scale, strict=True)]
            door.bound_rows(rows, np.full(len(rows), -np.inf), np.array(upper))
            door.forget()
            outcome = door.minimise(
                np.array(task.weights) @ self._costs, limits.ask(gap=0.5, start=task.start, largest_cost=COST_REACH, nodes=most)
            )
        except SolverFailure as failure:
            # An object that refused something is in no known state.
            self._doors.pop(kind, None)
            return Answer(None, trouble=str(failure))
        return self._read(task, outcome)

    def _read(self, task: Task, outcome: Outcome) -> Answer:
        nodes = outcome.nodes
        if outcome.verdict in ("limit", "interrupted"):
            return self._weaker(task, outcome)
        if outcome.verdict == "infeasible":
            piece = Evidence(task.weights, task.box, None)
            trouble = "a known point lies in a box called infeasible" if denied(piece, task.known) else ""
            return Answer(None if trouble else piece, nodes=nodes, trouble=trouble)
        if outcome.verdict != "optimal" or outcome.x is None:
            return Answer(None, nodes=nodes, trouble=outcome.note or outcome.verdict)
        whole = self._feasible.rounded(outcome.x)
        counts = self._steps.counts(outcome.x)
        if whole is None or any(int(c) >= b for c, b in zip(counts, task.box, strict=True)):
            return Answer(None, nodes=nodes, trouble="the solution does not hold once its integers are rounded")
        value = sum(w * int(c) for w, c in zip(task.weights, counts, strict=True))
        # The bound was proven for the solver's own objective: it must agree with the recomputed value to half a step.
        if not value - 1 + STEP_DOUBT < outcome.bound < value + STEP_DOUBT:
            return Answer(None, nodes=nodes, trouble="bound and recomputed value disagree")
        piece = Evidence(task.weights, task.box, value)
        if denied(piece, task.known):
            return Answer(None, nodes=nodes, trouble="a known point is better than the bound")
        return Answer(piece, tuple(map(int, counts)), whole, nodes=nodes)

    def _weaker(self, task: Task, outcome: Outcome) -> Answer:
        """A solve that a limit stopped proves its bound; its plan may be dominated and is not used."""
        if not math.isfinite(outcome.bound):
            return Answer(None, nodes=outcome.nodes, unfinished=True)
        piece = Evidence(task.weights, task.box, math.ceil(outcome.bound - STEP_DOUBT))
        return Answer(None if denied(piece, task.known) else piece, nodes=outcome.nodes, unfinished=True)

    def _door(self, kind: str) -> tuple[Any, list[int]]:
        if kind not in self._doors:
            options = {"lean": LEAN, "full": FULL, "other": OTHER}[kind]
            door: Any = self._open(self._program, self._seed + (kind == "other"), dict(options))
            free = [(row / s, -math.inf, math.inf) for row, s in zip(self._costs, self._scale, strict=True)]
            self._doors[kind] = door, door.add_rows(free)
        return self._doors[kind]
