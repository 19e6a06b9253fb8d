"""The epsilon-certificate: for every feasible x there is a point n with f(n) <= f(x) + epsilon r.

N are the points found, U(N) their local upper bounds (search_region.py). For every zone u an upper bound A(u) on
max {alpha : f(x) + alpha r <= u, x in X} is proven; were f(x) + epsilon r weakly dominated by no point, it would lie strictly below some u,
and alpha(u) > epsilon. So max A(u) over the current zones IS the certified epsilon, at any time: the zone with the largest bound is
explored first, and a run that stops early carries a weaker certificate.

Vectors are whole steps of a lattice, rounded outward, and points count with the exact values they are published with. Tasks are given in a
sliding window of fixed length, and task k is chosen from the state after exactly k - WINDOW answers: the number of workers and the order in
which they end change nothing but the time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.numerics import FRONTIER_MARGIN, INTEGRALITY, PUBLISHED_FEASIBILITY
from portfolio.pareto.half_space import HalfSpace
from portfolio.pareto.integrate import Frame, Known, Search, Vector, ideal_spaces
from portfolio.pareto.lattice import Lattice, reach, shortened
from portfolio.pareto.mip_zones import MipZones
from portfolio.pareto.tree_zones import TreeZones
from portfolio.pareto.zone_program import subset
from portfolio.pareto.zone_solves import Opener, Setting
from portfolio.pareto.zones import Answer, Limits, Published, Publisher, Task, ZoneSolver
from portfolio.payoff import Span, payoff
from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs

ZONE_SOLVERS: dict[str, Callable[[Setting], ZoneSolver]] = {"mip": MipZones, "tree": TreeZones}
WINDOW = 4
"""Tasks under way at a time: more would choose zones from older knowledge, fewer would let a worker wait."""
MOSTLY = 0.1
"""Weight of the other criteria in the first weighted solves, which look for the ends of the frontier."""


@dataclass(frozen=True)
class Effort:
    """seconds: wall time · workers: threads, at most WINDOW of use · stop: set to end early · watch: called after every answer
    save: called with the state after every answer · open: how the MIP object is made · zones: solver of zones, one of ZONE_SOLVERS."""

    seconds: float = float("inf")
    workers: int = 1
    seed: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[Search], None] | None = None
    save: Callable[[Search, Sequence[Given]], None] | None = None
    open: Opener = Highs
    zones: str = "mip"


@dataclass(frozen=True)
class Given:
    """A task as it is written down: enough to give it again. weights: index of a first weighted solve, -1 for a zone."""

    serial: int
    weights: int = -1
    zone: Vector = ()
    alpha: Fraction = Fraction(0)
    spaces: int = 0
    near: int = -1


@dataclass(frozen=True)
class Certified:
    """points: (k) nondominated, in the order found · zones: U(N) with what is proven about each
    epsilon: largest bound over all zones, None without points · status: certified (epsilon <= target), limit, interrupted, infeasible, no_plan
    kept: criteria that have a range, the others are left out of the claim · pending: tasks whose answers a limit cut off.
    """

    status: str
    points: tuple[Published, ...]
    zones: tuple[tuple[Vector, Known], ...]
    epsilon: Fraction | None
    kept: tuple[int, ...]
    spans: tuple[Span, ...]
    frame: Frame | None
    search: Search | None = None
    pending: tuple[Given, ...] = ()


def certified(
    program: Program,
    epsilon: Fraction,
    scale: Sequence[Fraction] | None = None,
    effort: Effort | None = None,
    publish: Publisher | None = None,
    resume: Callable[[Frame, Sequence[HalfSpace]], tuple[Search, list[Given]]] | None = None,
) -> Certified:
    """Points and their certificate for any Program whose criteria are minimised.

    epsilon: target, share of each range r · scale: r (q,), by default the spans of the payoff table · publish: how a solution becomes a point
    resume: puts an earlier state back. Raises SolverFailure when the relaxation cannot be solved at all.
    """
    effort = effort or Effort()
    limits = Limits(time.perf_counter() + effort.seconds, effort.stop)
    spans = payoff(program, effort.seed, effort.seconds)
    if isinstance(spans, str):
        status = "infeasible" if spans == "infeasible" else "interrupted" if effort.stop.is_set() else "no_plan"
        return Certified(status, (), (), None, (), (), None)
    kept = [i for i, span in enumerate(spans) if span.width or scale is not None] or [0]
    ranges = tuple(scale[i] if scale is not None else shortened(spans[i].width or 1.0) for i in kept)
    part = subset(program, kept)
    frame = frame_of(part, ranges, epsilon)
    spaces = ideal_spaces([spans[i].ideal for i in kept], ranges, FRONTIER_MARGIN)
    search, waiting = resume(frame, spaces) if resume else (Search(frame, spaces), list(first_tasks(len(kept))))
    # The float below the exact target, by more than its rounding.
    below = float(epsilon) - 1e-8
    made = publisher(part) if publish is None else _kept_of(publish, kept, program.q)
    setting = Setting(part, ranges, float(frame.reach), below, made, effort.seed, effort.open)
    search.kept = tuple(kept)
    pending = _run(search, waiting, lambda: ZONE_SOLVERS[effort.zones](setting), limits, effort)
    points = tuple(search.points[i] for i in search.best_points())
    found = search.certified if points else None
    status = _status(search, found, limits)
    zones = tuple(sorted(search.known.items(), key=lambda item: (-item[1].alpha, item[0])))
    return Certified(status, points, zones if points else (), found, tuple(kept), tuple(spans), frame, search, tuple(pending))


def _kept_of(publish: Publisher, kept: Sequence[int], q: int) -> Publisher:
    """A publisher of all criteria, for those of the claim."""

    def part(x: Floats, weights: Floats) -> tuple[tuple[Fraction, ...], Any] | None:
        every = np.zeros(q)
        every[list(kept)] = weights
        made = publish(x, every)
        return None if made is None else (tuple(made[0][i] for i in kept), made[1])

    return part


def frame_of(program: Program, scale: tuple[Fraction, ...], target: Fraction) -> Frame:
    """M = largest value that column bounds admit + reach r, where no zone of a nonempty N has alpha >= reach."""
    least, most = reach(program)
    r = np.array([float(v) for v in scale])
    far = Fraction(float(np.ceil(((most - least) / r).max()) + 1))
    lattice = Lattice.of(scale, np.maximum(np.abs(least), np.abs(most)) + float(far) * r)
    start = lattice.outward([Fraction(float(m)) + far * v for m, v in zip(most, scale, strict=True)])
    return Frame(lattice, scale, r, tuple(k + 1 for k in start), far, target)


def first_tasks(q: int) -> Iterator[Given]:
    """Weighted solves that give a first point and the neighbourhood of each ideal."""
    yield from (Given(k, k) for k in range(q + 1 if q > 1 else 1))


def first_weights(q: int, k: int) -> Floats:
    """Normalised weights (q,) of the k-th of them: balanced, then mostly one criterion."""
    weights = np.full(q, 1.0 if k == 0 else MOSTLY)
    if k > 0:
        weights[k - 1] = 1.0
    return np.asarray(weights / weights.sum())


def publisher(program: Program) -> Publisher:
    """For a Program alone: x with its integers rounded, if that is still feasible; values as they are in floats."""

    def publish(x: Floats, _weights: Floats) -> tuple[tuple[Fraction, ...], Any] | None:
        whole = np.where(program.integer, np.round(x), x)
        if np.abs(whole - x).max(initial=0.0) > 10 * INTEGRALITY or not _feasible(program, whole):
            return None
        return tuple(Fraction(float(v)) for v in program.values(whole)), whole

    return publish


def _feasible(program: Program, x: Floats) -> bool:
    owner = np.repeat(np.arange(program.m), np.diff(program.indptr))
    terms = program.data * x[program.indices]
    rows = np.bincount(owner, weights=terms, minlength=program.m)
    room = PUBLISHED_FEASIBILITY * np.maximum(1.0, np.bincount(owner, weights=np.abs(terms), minlength=program.m))
    inside = (rows >= program.row_lower - room) & (rows <= program.row_upper + room)
    wide = PUBLISHED_FEASIBILITY * np.maximum(1.0, np.abs(x))
    return bool(inside.all() and (x >= program.col_lower - wide).all() and (x <= program.col_upper + wide).all())


def _run(search: Search, waiting: list[Given], build: Callable[[], ZoneSolver], limits: Limits, effort: Effort) -> list[Given]:
    """Give tasks, take answers in the same order, until every zone is settled or a limit is reached; the tasks that it cut off.

    What a limit cut off is done again on resume, so that the final frontier is the same; only a first plan is taken in any case.
    """
    own = threading.local()

    def work(task: Task) -> Answer:
        if not hasattr(own, "solver"):
            own.solver = build()
        solver: ZoneSolver = own.solver
        return solver.solve(task, limits)

    first, pending = deque(waiting), deque[tuple[Given, Task, Future[Answer]]]()
    serial = max((g.serial for g in waiting), default=-1) + 1
    with ThreadPoolExecutor(max_workers=min(effort.workers, WINDOW)) as pool:
        while True:
            while len(pending) < WINDOW and not limits.reached:
                given = first.popleft() if first else _next(search, serial, pending)
                if given is None:
                    break
                serial = max(serial, given.serial + 1)
                task = _task(search, given)
                pending.append((given, task, pool.submit(work, task)))
            if not pending:
                return list(first)
            given, task, future = pending.popleft()
            answer = future.result()
            if answer.stopped:
                cut = [given, *(g for g, _, _ in pending), *first]
                late = [(task, answer), *((t, f.result()) for _, t, f in pending)]
                for task, answer in late if not search.points else ():
                    search.integrate(task, answer)
                return cut
            search.integrate(task, answer)
            if effort.save is not None and not limits.reached:
                effort.save(search, [g for g, _, _ in pending] + list(first))
            if effort.watch is not None:
                effort.watch(search)


def _next(search: Search, serial: int, pending: deque[tuple[Given, Task, Future[Answer]]]) -> Given | None:
    if any(given.weights >= 0 for given, _, _ in pending) or not search.points:
        return None
    zone = search.next_zone()
    if zone is None:
        return None
    return Given(serial, -1, zone, search.known[zone].alpha, len(search.spaces.listed), search.nearest(zone))


def _task(search: Search, given: Given) -> Task:
    if given.weights >= 0:
        return Task(given.serial, weights=first_weights(len(search.frame.scale), given.weights))
    return search.zone_task(given.serial, given.zone, given.alpha, given.spaces, given.near)


def _status(search: Search, found: Fraction | None, limits: Limits) -> str:
    if found is None:
        stopped = "interrupted" if limits.stop.is_set() else "no_plan"
        return "infeasible" if search.infeasible and not search.counts["withdrawn"] else stopped
    if found <= search.frame.target and not search.counts["withdrawn"]:
        return "certified"
    return "interrupted" if limits.stop.is_set() else "limit"
