"""The complete nondominated set where the criteria take values on grids.

One integer program at a time limits all criteria but one by a zone's local upper bounds and minimises a weighted sum that puts the free one first:
its optimum is a nondominated point, and its value empties every zone below the box that cannot reach it (evidence.py). The zone and the
free criterion with the largest box are taken first. When every zone of U(N) is empty by some evidence, N is complete - whatever the path there.

Such a program closes one zone of U(N) at a time, and most are empty: with three and more criteria it therefore searches the union of a few similar
zones (union.py). Its optimum is then the best of the union, still nondominated, and its value is a bound for each of them.

Source: Tamby and Vanderpooten (2021), Enumeration of the nondominated set of multiobjective discrete optimization problems, INFORMS Journal on
Computing 33(1): 72-85, doi:10.1287/ijoc.2020.0953: choice of zone and the closing rule; here in one stage, with general weights, steps
of any size, unions of zones, starts by exchange, and no trust in payoff nadirs.

Tasks are given in a sliding window: task k is chosen from the state after exactly k - WINDOW answers, and answers are integrated in the order of the tasks,
so that neither the number of workers nor their speed changes the result. For the same reason the answers of a run that was stopped are all that
is needed to go on with it: given again in their order, they lead to the same state.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portfolio.errors import UsageError
from portfolio.pareto.complete_search import Search
from portfolio.pareto.evidence import Evidence
from portfolio.pareto.steps import Steps, steps_of
from portfolio.pareto.subproblem import Answer, Subproblems, Task
from portfolio.pareto.zone_solves import Opener
from portfolio.pareto.zones import Limits
from portfolio.payoff import Span, payoff
from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs

WINDOW = 2
"""Tasks under way at a time. More would choose zones from older knowledge and solve some in vain."""
Status = Literal["complete", "limit", "interrupted", "infeasible", "no_plan"]


@dataclass(frozen=True)
class Point:
    """counts: (q,) whole steps · values: (q,) exact, minimised · x: (n,) with rounded integers."""

    counts: tuple[int, ...]
    values: tuple[Fraction, ...]
    x: Floats


@dataclass(frozen=True)
class Emptied:
    """A zone of U(N), in counts, and the number of the evidence that empties it (None: open)."""

    upper: tuple[int, ...]
    evidence: int | None


@dataclass(frozen=True)
class Complete:
    """points: in lexicographic order of their minimised counts; nondominated among each other · zones: exactly U(points)
    status: complete (every zone is empty), infeasible (so is the whole), interrupted, limit (time, or zones no solve could settle), no_plan (a limit came
    before any point) · troubles: what solves could not settle · solves, nodes: integer programs and their nodes
    answers: from which a run can go on · spans: (q,) of the relaxation, none where it had no time.
    """

    status: Status
    points: tuple[Point, ...]
    zones: tuple[Emptied, ...]
    evidence: tuple[Evidence, ...]
    steps: Steps
    start: tuple[int, ...]
    troubles: tuple[str, ...] = ()
    solves: int = 0
    nodes: int = 0
    seconds: float = 0.0
    answers: tuple[Answer, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def open(self) -> int:
        """Zones that may still hold points."""
        return sum(zone.evidence is None for zone in self.zones)


def complete(
    program: Program,
    limits: Limits | None = None,
    workers: int = 1,
    seed: int = 0,
    opener: Opener = Highs,
    watch: Callable[[Search], None] | None = None,
    earlier: Sequence[Answer] = (),
    save: Callable[[Callable[[], Complete]], None] | None = None,
) -> Complete:
    """All nondominated points of a Program whose criteria have grids (steps.py), each with a solution, and what proves that none is missing.

    workers: threads, at most WINDOW of use · opener: how a solver object is made · watch: called after every answer
    earlier: answers of a run of the same program and seed that was stopped (complete_state.py) · save: called after every answer with a way to ask
    for what is known by then. Raises UsageError when a criterion has no grid or the earlier answers belong to another run, SolverFailure
    when the relaxation cannot be solved at all.

    >>> from portfolio.pareto.problem import problem
    >>> toy = problem([[1, 0], [0, 1]], [[1, 1]], [">="], [1], [0, 0], [1, 1], [True, True])
    >>> [point.counts for point in complete(toy).points]
    [(0, 1), (1, 0)]
    """
    limits = limits or Limits()
    return _Run(program, limits, seed, opener, tuple(earlier)).all(max(workers, 1), watch, save)


class _Run:
    def __init__(self, program: Program, limits: Limits, seed: int, opener: Opener, earlier: tuple[Answer, ...]) -> None:
        self.begun = time.perf_counter()
        self.program, self.limits, self.seed, self.opener, self.earlier = program, limits, seed, opener, earlier
        self.search = Search(program, steps_of(program))
        # The tasks behind earlier answers were chosen with these ideals.
        spans = payoff(program, seed, float("inf") if earlier else max(limits.deadline - self.begun, 0.0))
        self.spans: tuple[Span, ...] = () if isinstance(spans, str) else tuple(spans)
        if self.spans:
            self.search.use_ideals([span.ideal for span in self.spans])
        self.answers: list[Answer] = []
        self._own = threading.local()
        self._whole = True

    def all(self, workers: int, watch: Callable[[Search], None] | None, save: Callable[[Callable[[], Complete]], None] | None) -> Complete:
        """The whole search, or as much as the limits allow."""
        pending: deque[tuple[Task, Future[Answer]]] = deque()
        given = 0
        with ThreadPoolExecutor(max_workers=min(workers, WINDOW)) as pool:
            while given < len(self.earlier) or not self.limits.reached:
                while len(pending) < WINDOW and (task := self.search.next_task([t for t, _ in pending])) is not None:
                    pending.append((task, self._answer(pool, task, given)))
                    given += 1
                if not pending:
                    break
                self._take(*pending.popleft())
                if watch is not None:
                    watch(self.search)
                if save is not None and len(self.answers) > len(self.earlier):
                    save(self.result)
            for task, future in pending:
                # What ended in spite of the limit still counts.
                if not future.cancel():
                    self._take(task, future)
        return self.result()

    def _answer(self, pool: ThreadPoolExecutor, task: Task, place: int) -> Future[Answer]:
        if place >= len(self.earlier):
            return pool.submit(self._solve, task)
        answer, future = self.earlier[place], Future[Answer]()
        if any(piece.box not in task.boxes or piece.weights != task.weights for piece in answer.evidence):
            raise UsageError("the state to resume from belongs to another run", "再開用の状態は別の実行のものです")
        future.set_result(answer)
        return future

    def _solve(self, task: Task) -> Answer:
        if not hasattr(self._own, "subproblems"):
            self._own.subproblems = Subproblems(self.program, self.search.steps, self.opener, self.seed)
        subproblems: Subproblems = self._own.subproblems
        return subproblems.solve(task, self.limits)

    def _take(self, task: Task, future: Future[Answer]) -> None:
        answer = future.result()
        self.search.integrate(task, answer)
        # What a limit cut off is asked again on resume, and what came after it was chosen from another state then.
        place = len(self.answers)
        self._whole = self._whole and (place < len(self.earlier) or not (answer.unfinished or (answer.trouble and self.limits.reached)))
        if self._whole:
            self.answers.append(answer)

    def result(self) -> Complete:
        """What is known by now."""
        search = self.search
        points, zones, evidence = search.certificate()
        status: Status
        if all(number is not None for _, number in zones):
            status = "complete" if points else "infeasible"
        elif self.limits.stop.is_set():
            status = "interrupted"
        else:
            status = "limit" if points else "no_plan"
        return Complete(
            status,
            tuple(Point(counts, search.steps.values(counts), x) for counts, x in points),
            tuple(Emptied(upper, number) for upper, number in zones),
            tuple(evidence),
            search.steps,
            search.start,
            tuple(search.troubles),
            search.solves,
            search.nodes,
            time.perf_counter() - self.begun,
            tuple(self.answers),
            self.spans,
        )
