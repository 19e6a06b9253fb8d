"""One integer program of the complete search, on a persistent solver object: counts in a union of boxes, a weighted sum minimised.

Only right-hand sides and costs move. The solver's values are not used: counts are computed from the rounded solution, feasibility is
checked, and an answer that contradicts itself or what is known is asked for again with other settings; what is then still unclear proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from portfolio.errors import SolverFailure
from portfolio.numerics import COST_REACH, DUAL_ROOM, LARGEST_WEIGHTED, SOLVER_DUAL, STEP_DOUBT
from portfolio.pareto.evidence import Evidence, denied
from portfolio.pareto.feasible import Feasible
from portfolio.pareto.steps import Counts, Steps
from portfolio.pareto.union import Union
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
    """box: (q,) counts strictly below which to search, FREE where unlimited · weights: (q,) whole, > 0 · start: (n,) in the box, or None
    zone: id it was chosen for · known: (k, q) points found so far · company: ids and boxes of other zones, searched in the same program
    inside: all criteria are limited by the zone.
    """

    zone: int
    box: tuple[int, ...]
    weights: tuple[int, ...]
    start: Floats | None
    known: Counts
    company: tuple[tuple[int, tuple[int, ...]], ...] = ()
    inside: bool = False

    @property
    def boxes(self) -> tuple[tuple[int, ...], ...]:
        """All boxes whose union is searched."""
        return (self.box, *(box for _, box in self.company))


@dataclass(frozen=True)
class Answer:
    """evidence: what is proven, one piece for each box · counts, x: a nondominated point, None when none was proven · solves: integer programs spent
    nodes: of all of them · trouble: why nothing is proven although no limit came first · unfinished: a limit came first."""

    evidence: tuple[Evidence, ...] = ()
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
        self._union = Union(program, steps)
        self._doors: dict[str, Any] = {}

    def solve(self, task: Task, limits: Limits) -> Answer:
        """What can be proven about the task before the limits."""
        solves = nodes = 0
        answer = Answer()
        for kind, most in (("lean", LEAN_NODES), ("full", math.inf), ("other", math.inf)):
            if kind == "full" and not answer.unfinished:
                continue
            answer = self._once(kind, task, limits, most)
            solves, nodes = solves + answer.solves, nodes + answer.nodes
            if limits.reached or not (answer.trouble or answer.unfinished):
                break
        return replace(answer, solves=solves, nodes=nodes)

    def _once(self, kind: str, task: Task, limits: Limits, most: float) -> Answer:
        try:
            door = self._door(kind)
            self._union.enter(door, task.boxes)
            door.forget()
            cost, start = self._union.cost(task.weights), self._union.start(task.start)
            outcome = door.minimise(cost, limits.ask(gap=0.5, start=start, largest_cost=COST_REACH, nodes=most))
        except SolverFailure as failure:
            # An object that refused something is in no known state.
            self._doors.pop(kind, None)
            return Answer(trouble=str(failure))
        return self._read(task, outcome)

    def _read(self, task: Task, outcome: Outcome) -> Answer:
        nodes = outcome.nodes
        if outcome.verdict in ("limit", "interrupted"):
            return self._weaker(task, outcome)
        if outcome.verdict == "infeasible":
            pieces = _pieces(task, None)
            false = any(denied(piece, task.known) for piece in pieces)
            trouble = "a known point lies in a box called infeasible" if false else ""
            # The solver object has solved it twice, with other settings.
            return Answer(() if false else pieces, solves=2, nodes=nodes, trouble=trouble)
        if outcome.verdict != "optimal" or outcome.x is None:
            return Answer(nodes=nodes, trouble=outcome.note or outcome.verdict)
        x = outcome.x[: self._program.n]
        whole = self._feasible.rounded(x)
        counts = self._steps.counts(x)
        if whole is None or not any(all(int(c) < b for c, b in zip(counts, box, strict=True)) for box in task.boxes):
            return Answer(nodes=nodes, trouble="the solution does not hold once its integers are rounded")
        value = sum(w * int(c) for w, c in zip(task.weights, counts, strict=True))
        # The bound was proven for the solver's own objective: it must agree with the recomputed value to half a step.
        if not value - 1 + STEP_DOUBT < outcome.bound < value + STEP_DOUBT:
            return Answer(nodes=nodes, trouble="bound and recomputed value disagree")
        pieces = _pieces(task, value)
        if any(denied(piece, task.known) for piece in pieces):
            return Answer(nodes=nodes, trouble="a known point is better than the bound")
        return Answer(pieces, tuple(map(int, counts)), whole, nodes=nodes)

    def _weaker(self, task: Task, outcome: Outcome) -> Answer:
        """A solve that a limit stopped proves its bound; its plan may be dominated and is not used."""
        if not math.isfinite(outcome.bound):
            return Answer(nodes=outcome.nodes, unfinished=True)
        pieces = _pieces(task, math.ceil(outcome.bound - STEP_DOUBT))
        false = any(denied(piece, task.known) for piece in pieces)
        return Answer(() if false else pieces, nodes=outcome.nodes, unfinished=True)

    def _door(self, kind: str) -> Any:
        if kind not in self._doors:
            options = {"lean": LEAN, "full": FULL, "other": OTHER}[kind]
            self._doors[kind] = self._open(self._union.program, self._seed + (kind == "other"), dict(options))
        return self._doors[kind]


def heaviest(program: Program) -> int:
    """Largest coefficient of a weighted objective in grid steps: handed over as COST_REACH, one step is still DUAL_ROOM times what reduced costs that are
    off by the solver's tolerance on every column can add up to."""
    reach = float((program.col_upper - program.col_lower)[program.integer].sum())
    return int(min(LARGEST_WEIGHTED, COST_REACH / (DUAL_ROOM * SOLVER_DUAL * max(reach, 1.0))))


def _pieces(task: Task, bound: int | None) -> tuple[Evidence, ...]:
    return tuple(Evidence(task.weights, box, bound) for box in task.boxes)
