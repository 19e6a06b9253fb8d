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
so that neither the number of workers nor their speed changes the result.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portfolio.pareto.complete_search import Search
from portfolio.pareto.evidence import Evidence
from portfolio.pareto.steps import Steps, steps_of
from portfolio.pareto.subproblem import Answer, Subproblems, Task
from portfolio.pareto.zone_solves import Opener
from portfolio.pareto.zones import Limits
from portfolio.payoff import payoff
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
    before any point) · troubles: what solves could not settle · solves, nodes: integer programs and their nodes.
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
) -> Complete:
    """All nondominated points of a Program whose criteria have grids (steps.py), each with a solution, and what proves that none is missing.

    workers: threads, at most WINDOW of use · opener: how a solver object is made · watch: called after every answer. Raises UsageError when a criterion
    has no grid, SolverFailure when the relaxation cannot be solved at all.

    >>> from portfolio.pareto.problem import problem
    >>> toy = problem([[1, 0], [0, 1]], [[1, 1]], [">="], [1], [0, 0], [1, 1], [True, True])
    >>> [point.counts for point in complete(toy).points]
    [(0, 1), (1, 0)]
    """
    begun = time.perf_counter()
    limits = limits or Limits()
    search = Search(program, steps_of(program))
    spans = payoff(program, seed, max(limits.deadline - begun, 0.0))
    if not isinstance(spans, str):
        search.use_ideals([span.ideal for span in spans])
    _run(search, lambda: Subproblems(program, search.steps, opener, seed), limits, max(workers, 1), watch)
    return _result(search, limits, time.perf_counter() - begun)


def _run(search: Search, build: Callable[[], Subproblems], limits: Limits, workers: int, watch: Callable[[Search], None] | None) -> None:
    own = threading.local()

    def work(task: Task) -> Answer:
        if not hasattr(own, "subproblems"):
            own.subproblems = build()
        subproblems: Subproblems = own.subproblems
        return subproblems.solve(task, limits)

    pending: deque[tuple[Task, Future[Answer]]] = deque()
    with ThreadPoolExecutor(max_workers=min(workers, WINDOW)) as pool:
        while not limits.reached:
            while len(pending) < WINDOW and (task := search.next_task([t for t, _ in pending])) is not None:
                pending.append((task, pool.submit(work, task)))
            if not pending:
                return
            task, future = pending.popleft()
            search.integrate(task, future.result())
            if watch is not None:
                watch(search)
        for task, future in pending:
            # What ended in spite of the limit still counts.
            if not future.cancel():
                search.integrate(task, future.result())


def _result(search: Search, limits: Limits, seconds: float) -> Complete:
    points, zones, evidence = search.certificate()
    still_open = any(zone[1] is None for zone in zones)
    status: Status
    if not still_open:
        status = "complete" if points else "infeasible"
    elif limits.stop.is_set():
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
        seconds,
    )
