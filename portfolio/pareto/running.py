"""The run of a certified search: tasks are given in a sliding window of fixed length, answers taken in the order of the tasks.

Task k is chosen from the state after exactly k - WINDOW answers: the number of workers and the order in which they end change nothing but the time.
Trees are too large to be written down: every EPOCH tasks the run waits for all answers and forgets them, so that a run that goes on from there is the same.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from portfolio.pareto.integrate import Known, Search, Vector
from portfolio.pareto.mip_zones import MipZones
from portfolio.pareto.placing import alphas, missed_by, place
from portfolio.pareto.tree_zones import TreeZones
from portfolio.pareto.zone_solves import Opener, Setting
from portfolio.pareto.zones import Answer, Limits, Task, ZoneSolver
from portfolio.program import Floats
from portfolio.solvers.highs import Highs

ZONE_SOLVERS: dict[str, Callable[[Setting], ZoneSolver]] = {"mip": MipZones, "tree": TreeZones}
WINDOW = 4
"""Tasks under way at a time: more would choose zones from older knowledge, fewer would let a worker wait."""
EPOCH = 128
"""Tasks between two points from which a run can go on; the first ones come sooner, at powers of two."""
BEHIND = 0.6
"""A zone gets a small tree where near points lie this far behind what bounds it [epsilon]: that decides how many points are needed there, and points that come
after the tree are placed for what is left (ADR 15)."""
GROW_BELOW, AGAIN_BELOW = Fraction(4), Fraction(3, 2)
"""Bounds [epsilon] below which zones get one, where no tree bounds them yet (higher up none is near enough to be followed) and where one does."""
SMALL = 25
"""Nodes of a tree that is grown from nothing: they close half of the distance between relaxation and best plan."""
MORE = ((0.75, 12), (0.0, 6))
"""Nodes added to a tree that branches as a near one did, by how far points lie behind there [epsilon]: trial solves make each as dear as ten that follow, and
without any all trees would stay alike."""
LITTLE = 0.05
"""A tree branches as one does that lies so far below the half-spaces there [epsilon]; elsewhere it is grown from nothing."""
PATTERN = 60
"""Most leaves of a tree that is followed."""
PROBES = (1.2, 2.0, 4.0)
"""Bounds of the relaxations of the zones on which zone solvers race [epsilon]: near the end of a search, and before."""
CLEARLY = 0.5
"""Share of the trees' time below which MIPs are taken: what trees and dives leave behind (half-spaces, proofs, plans good in all criteria) serves other zones too, which
a race on single zones does not see (100 programmes: even on three zones, one to fifty on the whole frontier)."""
MOSTLY = 0.1
"""Weight of the other criteria in the first weighted solves, which look for the ends of the frontier."""


@dataclass(frozen=True)
class Effort:
    """seconds: wall time · workers: threads, at most WINDOW of use · stop: set to end early · watch: called after every answer
    save: called with every state from which a run can go on; what it returns is called while the next tasks are under way
    open: how the MIP object is made · zones: one of ZONE_SOLVERS, or race."""

    seconds: float = float("inf")
    workers: int = 1
    seed: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[Search], None] | None = None
    save: Callable[[Search, Sequence[Given]], Callable[[], None]] | None = None
    open: Opener = Highs
    zones: str = "mip"


@dataclass(frozen=True)
class Given:
    """A task as it is written down: enough to give it again. weights: index of a first weighted solve, -1 for a zone
    most: what is proven for the part in which a point is wanted (None: nothing, for it is unlimited)."""

    serial: int
    weights: int = -1
    zone: Vector = ()
    alpha: Fraction = Fraction(0)
    spaces: int = 0
    near: tuple[int, ...] = ()
    aim: Vector = ()
    thorough: bool = False
    grow: int = 0
    pattern: int = -1
    most: float | None = None


Pending = deque[tuple[Given, Task, "Future[Answer]"]]


def first_tasks(q: int) -> Iterator[Given]:
    """Weighted solves that give a first point and the neighbourhood of each ideal."""
    yield from (Given(k, k) for k in range(q + 1 if q > 1 else 1))


def first_weights(q: int, k: int) -> Floats:
    """Normalised weights (q,) of the k-th of them: balanced, then mostly one criterion."""
    weights = np.full(q, 1.0 if k == 0 else MOSTLY)
    if k > 0:
        weights[k - 1] = 1.0
    return np.asarray(weights / weights.sum())


def run(search: Search, waiting: Sequence[Given], build: Callable[[], ZoneSolver], limits: Limits, effort: Effort) -> list[Given]:
    """Until every zone is settled or a limit is reached; returns the tasks that it cut off.

    What a limit cut off is done again on resume, so that the final frontier is the same; only a first plan is taken in any case.
    """
    own = threading.local()

    def work(task: Task) -> Answer:
        if not hasattr(own, "solver"):
            own.solver = build()
        solver: ZoneSolver = own.solver
        return solver.solve(task, limits)

    first, pending, marked = deque(waiting), Pending(), -1
    due: Callable[[], None] | None = None
    with ThreadPoolExecutor(max_workers=min(effort.workers, WINDOW)) as pool:
        while True:
            while len(pending) < WINDOW and not limits.reached:
                if _is_mark(search.serial) and search.serial != marked:
                    if pending:
                        break
                    marked = search.serial
                    search.forget()
                    due = None if effort.save is None else effort.save(search, list(first))
                given = first.popleft() if first else _next(search, pending)
                if given is None:
                    break
                search.serial = max(search.serial, given.serial + 1)
                task = _task(search, given)
                pending.append((given, task, pool.submit(work, task)))
            if due is not None:
                # The state is as it was: only an answer changes it.
                due()
                due = None
            if not pending:
                return list(first)
            given, task, future = pending.popleft()
            answer = future.result()
            if answer.stopped:
                return _cut(search, (given, task, answer), pending, list(first))
            search.integrate(task, answer)
            if effort.watch is not None:
                effort.watch(search)


def faster(setting: Setting, limits: Limits) -> str:
    """The zone solver for this Program: trees, unless MIPs settle the probes in a fraction of the processor time."""
    ideal, far = setting.ends
    seconds = dict.fromkeys(ZONE_SOLVERS, 0.0)
    for name, build in ZONE_SOLVERS.items():
        solver = build(setting)
        middle = (ideal + far) / 2
        for probe in PROBES:
            above = solver.relaxed(middle) - probe * setting.epsilon
            upper = middle - above * np.array([float(v) for v in setting.scale])
            begun = time.thread_time()
            solver.solve(Task(0, upper=upper, alpha=setting.reach, thorough=True), limits)
            seconds[name] += time.thread_time() - begun
    return "mip" if seconds["mip"] < CLEARLY * seconds["tree"] else "tree"


def _is_mark(serial: int) -> bool:
    return serial % EPOCH == 0 or (WINDOW <= serial < EPOCH and serial.bit_count() == 1)


def _cut(search: Search, here: tuple[Given, Task, Answer], pending: Pending, first: list[Given]) -> list[Given]:
    """The tasks to be given again; while there is no plan at all, what they brought is taken."""
    late = [here[1:], *((task, future.result()) for _, task, future in pending)]
    for task, answer in late if not search.points else ():
        search.integrate(task, answer)
    return [here[0], *(given for given, _, _ in pending), *first]


def _next(search: Search, pending: Pending) -> Given | None:
    if any(given.weights >= 0 for given, _, _ in pending) or not search.points:
        return None
    zone = search.next_zone()
    if zone is None:
        return None
    known = search.known[zone]
    aim = place(search, zone)
    spaces, near = len(search.spaces.listed), search.nearest(zone)
    nodes, pattern = _tree(search, known, aim)
    most = float(alphas(search, search.upper(aim)[None, :])[0])
    proven = most if np.isfinite(most) else None
    return Given(search.serial, -1, zone, known.alpha, spaces, near, aim if aim != zone else (), known.hard, nodes, pattern, proven)


def _tree(search: Search, known: Known, part: Vector) -> tuple[int, int]:
    """(nodes of its own of the small tree that is worth its price in a part of a zone, 0 where none is; the tree it follows)."""
    missed = missed_by(search, search.upper(part), trees=known.proof == "tree")
    if not _worth_a_tree(known, search.frame.target, missed):
        return 0, -1
    pattern = _pattern(search, part)
    return (SMALL if pattern < 0 else next(nodes for least, nodes in MORE if missed >= least)), pattern


def _worth_a_tree(known: Known, target: Fraction, missed: float) -> bool:
    """Where nothing but half-spaces bounds a zone sooner than where a tree does already. missed: what near points missed of these bounds [epsilon]."""
    return known.alpha <= (AGAIN_BELOW if known.proof == "tree" else GROW_BELOW) * target and missed >= BEHIND


def _pattern(search: Search, part: Vector) -> int:
    """Place in `grown` of the tree that says most about a part of a zone, -1 where half-spaces say as much or it is too large to follow."""
    upper = search.upper(part)
    found = search.grown.best(upper)
    if found is None or found[0] > float(search.spaces.alphas(upper[None, :])[0]) - LITTLE * float(search.frame.target):
        return -1
    return found[1] if len(search.grown.listed[found[1]][1].bases) <= PATTERN else -1


def _task(search: Search, given: Given) -> Task:
    if given.weights >= 0:
        return Task(given.serial, weights=first_weights(len(search.frame.scale), given.weights))
    aim = search.upper(given.aim) if given.aim else None
    task = search.zone_task(given.serial, given.zone, given.alpha, given.spaces, given.near)
    pattern = () if given.pattern < 0 else search.forest.splits(search.grown.listed[given.pattern][0])
    most = float("inf") if given.most is None else given.most
    return replace(task, aim=aim, thorough=given.thorough, grow=given.grow, pattern=pattern, most=most)
