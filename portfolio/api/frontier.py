"""The certified frontier of an instance: Instance + ModelSpec + epsilon -> audited, replayable Frontier."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from portfolio.api.frontier_proofs import renumbered, state_roots
from portfolio.api.frontier_record import certificate_of, finished, points_of, ranges_of, restored, state_of, with_bases, with_plans
from portfolio.api.publishing import Checked, publishing
from portfolio.api.record import versions
from portfolio.api.seldom import Seldom
from portfolio.audit import audit_plan
from portfolio.errors import UsageError
from portfolio.formulation.cells import as_view
from portfolio.pareto.certified import Certified, certified
from portfolio.pareto.half_space import HalfSpace
from portfolio.pareto.integrate import Frame, Search
from portfolio.pareto.running import Effort as Running
from portfolio.pareto.running import Given
from portfolio.pareto.zone_program import subset
from portfolio.program import Program
from portfolio.proof.verify import digest
from portfolio.results import Audit, Frontier, FrontierPoint
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import Instance, content_hash
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.references import hint
from portfolio.session import Session

DEFAULT_EPSILON = Fraction(1, 50)
MOST_CRITERIA = 5


@dataclass(frozen=True)
class Progress:
    """Where a frontier stands. open: zones above the target · certified: what the points carry now (None: no point yet)."""

    open: int
    certified: Fraction | None
    points: int
    mips: int


@dataclass(frozen=True)
class Effort:
    """seconds: wall time · workers: threads · stop: set to end early · watch: called after every zone
    save: takes a checkpoint, a Frontier with a weaker certificate · prepare: called between checkpoints with the points so far, so that none takes long
    zones: solver of zones, mip, tree or race."""

    seconds: float = float("inf")
    workers: int = 1
    seed: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[Progress], None] | None = None
    save: Callable[[Frontier], None] | None = None
    prepare: Callable[[Sequence[FrontierPoint]], None] | None = None
    zones: str = "tree"


def frontier(
    instance: Instance,
    spec: ModelSpec,
    epsilon: Fraction = DEFAULT_EPSILON,
    effort: Effort | None = None,
    criteria: Sequence[str] = (),
    earlier: Frontier | None = None,
) -> Frontier:
    """Points such that no plan is better than all of them by more than epsilon of the criteria's ranges, and the certificate for it.

    criteria: those of the claim (none: all) · earlier: a stopped run to go on with. Raises UsageError (unknown criterion, epsilon that is no
    share, a file of another run), SolverFailure. Infeasible and stopped are statuses.
    """
    effort = effort or Effort()
    begun = time.perf_counter()
    if not 0 < epsilon < 1:
        raise UsageError("epsilon must lie between 0 and 100 %", "εは0より大きく100%未満にしてください")
    instance = as_view(instance, spec)
    session = Session(instance, spec, effort.seed, tight=True)
    chosen = chosen_criteria(session.program, criteria)
    program = subset(session.program, chosen)
    options = {"epsilon": exact_text(epsilon), "criteria": list(program.names), "seed": effort.seed, "zones": effort.zones}
    frame = blank(instance, spec, options)
    if earlier is not None and effort.zones == "race" and "zones" in earlier.options:
        effort = replace(effort, zones=earlier.options["zones"])
        frame = frame.model_copy(update={"options": {**frame.options, "zones": effort.zones}})
    same_run(frame, earlier)
    before = 0.0 if earlier is None else earlier.seconds.get("total", 0.0)
    checkpoint = _Checkpoint(frame, session.program, program, effort, begun - before)
    running = Running(
        seconds=effort.seconds,
        workers=effort.workers,
        seed=effort.seed,
        stop=effort.stop,
        watch=_watch(effort),
        save=checkpoint.save,
        zones=effort.zones,
    )
    resume = None if earlier is None or not earlier.search else _resume(instance, spec, earlier)
    try:
        with publishing(session, chosen, effort.workers, effort.stop) as publish:
            found = certified(program, epsilon, effort=running, publish=publish, resume=resume)
        return _finished(frame, program, found, checkpoint)
    finally:
        gc.unfreeze()


def blank(instance: Instance, spec: ModelSpec, options: dict[str, Any]) -> Frontier:
    """What a run's Frontier says before anything is found."""
    return Frontier(
        status="no_plan",
        instance_hash=instance.hash,
        model_hash=content_hash(spec.model_dump(mode="json")),
        instance=instance.canonical(),
        model=spec.model_dump(mode="json"),
        options=options,
        versions=versions(),
    )


def chosen_criteria(program: Program, criteria: Sequence[str]) -> list[int]:
    """Indices of the criteria of the claim."""
    for name in criteria:
        if name not in program.names:
            near, listed = hint(name, list(program.names)), ", ".join(program.names)
            raise UsageError(
                f"no criterion `{name}`{near['hint']}; this instance has: {listed}",
                f"評価基準 `{name}` はありません{near['hint_ja']}。あるもの: {listed}",
            )
    chosen = [i for i, name in enumerate(program.names) if not criteria or name in criteria]
    if not 2 <= len(chosen) <= MOST_CRITERIA:
        raise UsageError(
            f"a frontier needs 2 to {MOST_CRITERIA} criteria, not {len(chosen)}; name them with --criteria a,b",
            f"フロンティアには2～{MOST_CRITERIA}個の評価基準が必要です（現在{len(chosen)}個）。--criteria a,b で指定してください",
        )
    return chosen


def same_run(frame: Frontier, earlier: Frontier | None) -> None:
    """Raises UsageError when an earlier frontier belongs to another run."""
    if earlier is None:
        return
    same = (earlier.instance_hash, earlier.model_hash, earlier.options) == (frame.instance_hash, frame.model_hash, frame.options)
    if not same:
        raise UsageError(
            "the frontier to resume was made from another instance, model, epsilon, seed or other criteria",
            "再開するフロンティアのインスタンス、モデル、ε、シード、評価基準のいずれかが異なります",
        )


def _resume(instance: Instance, spec: ModelSpec, earlier: Frontier) -> Callable[[Frame, Sequence[HalfSpace]], tuple[Search, list[Given]]]:
    def plan_of(point: FrontierPoint) -> Checked:
        return Checked(point.plan, audit_plan(instance, spec, point.plan))

    return lambda frame, spaces: restored(earlier, frame, plan_of)


def _watch(effort: Effort) -> Callable[[Search], None] | None:
    watch = effort.watch
    if watch is None:
        return None

    def report(search: Search) -> None:
        watch(Progress(search.left, search.certified if search.points else None, len(search.points), search.counts["mips"]))

    return report


class _Checkpoint:
    """States as Frontiers with a weaker certificate, not more often than they are worth."""

    def __init__(self, frame: Frontier, whole: Program, program: Program, effort: Effort, begun: float) -> None:
        self.frame, self.whole, self.program, self.effort, self.begun = frame, whole, program, effort, begun
        self._seldom = Seldom()
        self._state: dict[str, Any] = {}

    @cached_property
    def _digest(self) -> str:
        return digest(self.whole)

    def save(self, search: Search, pending: Sequence[Given]) -> Callable[[], None]:
        """Keep the state; what is returned hands it on, unless the last one is fresh."""
        save = self.effort.save
        self._state = state_of(search, pending)
        # What the search holds it keeps: plans by the thousand, which every full collection would walk through while all threads wait.
        gc.freeze()

        def hand_on() -> None:
            if search.points and self.effort.prepare is not None:
                self.effort.prepare(points_of(search))
            if search.points and save is not None:
                self._seldom(lambda: save(self.at(search, pending, "limit")))

        return hand_on

    def at(self, search: Search, pending: Sequence[Given], status: str) -> Frontier:
        """The Frontier of a state."""
        best = search.best_points()
        verdicts = [search.points[i].plan.verdict for i in best]
        names = search_names(self.program, search)
        if status == "certified":
            state, more = finished(state_of(search, pending)), []
        else:
            state = with_plans(self._state, search) if self._state else state_of(search, pending)
            more = state_roots(state)
        certificate, places = certificate_of(search, names, self._digest, more)
        return self.frame.model_copy(
            update={
                "status": status,
                "options": {**self.frame.options, "zones": search.zones},
                "points": points_of(search),
                "certificate": certificate,
                "audit": Audit(
                    checks=sum(v.checks for v in verdicts),
                    violated=sum(len(v.violations) for v in verdicts),
                    unaudited=max((len(v.unaudited) for v in verdicts), default=0),
                ),
                "counts": {**search.counts, "zones": len(search.known), "points": len(best), "half_spaces": len(search.spaces.listed)},
                "search": renumbered(with_bases(state, search), places),
                "seconds": {"total": round(time.perf_counter() - self.begun, 3)},
            }
        )


def search_names(program: Program, search: Search) -> Program:
    """The Program with the criteria that a search is about."""
    return subset(program, list(search.kept))


def _finished(frame: Frontier, program: Program, found: Certified, checkpoint: _Checkpoint) -> Frontier:
    ranges = ranges_of(program, found.spans) if found.spans else {}
    dropped = [name for i, name in enumerate(program.names) if found.frame is not None and i not in found.kept]
    notices = [f"{name}: range 0, left out of the claim" for name in dropped]
    if found.search is None or not found.points:
        return frame.model_copy(update={"status": found.status, "ranges": ranges, "notices": tuple(notices)})
    search = found.search
    if search.counts["withdrawn"]:
        notices.append(f"{search.counts['withdrawn']} bounds were contradicted by plans and withdrawn: nothing is called certified")
    stuck = [known.trouble for known in search.known.values() if known.trouble and known.alpha > search.frame.target]
    notices += [f"{len(stuck)} zones could not be settled: {reason}" for reason in sorted(set(stuck))]
    done = checkpoint.at(search, found.pending, found.status)
    return done.model_copy(update={"ranges": ranges, "notices": tuple(notices)})
