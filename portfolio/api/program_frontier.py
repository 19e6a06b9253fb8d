"""A problem file -> its frontier as a record, by the method asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from portfolio.api.record import versions
from portfolio.api.seldom import Seldom
from portfolio.errors import UsageError
from portfolio.formats.moo_json import MooProblem
from portfolio.pareto.baseline import Baseline
from portfolio.pareto.certified import Effort as Certifying
from portfolio.pareto.certified import certified
from portfolio.pareto.complete import Complete, complete
from portfolio.pareto.complete_state import restored, written
from portfolio.pareto.epsilon_constraint import epsilon_constraint
from portfolio.pareto.evidence import FREE
from portfolio.pareto.problem import problem_of
from portfolio.pareto.steps import steps_of
from portfolio.pareto.weighted import weighted
from portfolio.pareto.zones import Limits
from portfolio.program import Floats, Program
from portfolio.results.frontier import GridEvidence
from portfolio.results.program_frontier import Method, ProgramFrontier, ProgramPoint, ProgramStatus, ProgramZone
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import content_hash

METHODS: tuple[Method, ...] = ("complete", "certified", "epsilon-constraint", "weighted")


@dataclass(frozen=True)
class Progress:
    """Where a run stands."""

    open: int
    points: int
    mips: int


@dataclass(frozen=True)
class Effort:
    """epsilon: share of each range (method certified) · seconds: wall time · stop: set to end early · watch: called after every answer
    save: takes a checkpoint, a ProgramFrontier of a run that is not at its end (method complete)."""

    epsilon: Fraction = Fraction(1, 50)
    seconds: float = float("inf")
    workers: int = 1
    seed: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[Progress], None] = lambda _: None
    save: Callable[[ProgramFrontier], None] | None = None


def program_frontier(
    found: MooProblem, method: Method | None = None, effort: Effort | None = None, earlier: ProgramFrontier | None = None
) -> ProgramFrontier:
    """method: by default `complete` where every criterion has a grid, else `certified` · earlier: a stopped run of method complete to go on with.

    Raises UsageError: a column without bounds, no grid for `complete` or `epsilon-constraint`, a file of another run."""
    effort = effort or Effort()
    program = problem_of(found)
    method = method or _fitting(program)
    begun = time.perf_counter() - (0.0 if earlier is None else earlier.seconds.get("total", 0.0))
    limits = Limits(time.perf_counter() + effort.seconds, effort.stop)
    used = found.model_dump(mode="json", include={"sense", "objectives", "constraints", "bounds", "integrality", "names"})
    frame = ProgramFrontier(
        method=method,
        status="no_plan",
        name=found.name,
        problem=used,
        problem_hash=content_hash(used),
        criteria=program.names,
        signs=program.signs,
        options={"epsilon": exact_text(effort.epsilon) if method == "certified" else None, "seed": effort.seed},
        versions=versions(),
    )
    _same_run(frame, earlier)

    def whole(parts: dict[str, Any]) -> ProgramFrontier:
        return frame.model_copy(update={"seconds": {"total": round(time.perf_counter() - begun, 3)}, **parts})

    if method == "complete":
        seldom, save = Seldom(), effort.save
        keep = None if save is None else (lambda ask: seldom(lambda: save(whole(_parts(program, ask())))))
        return whole(_complete(program, effort, limits, earlier, keep))
    return whole((_certified if method == "certified" else _plain)(program, method, effort, limits))


def _same_run(frame: ProgramFrontier, earlier: ProgramFrontier | None) -> None:
    if earlier is None:
        return
    if (earlier.problem_hash, earlier.method, earlier.options) != (frame.problem_hash, frame.method, frame.options):
        raise UsageError(
            "the frontier to resume was made from another problem, by another method or with another seed",
            "再開するフロンティアの問題、手法、シードのいずれかが異なります",
        )
    if frame.method != "complete":
        raise UsageError(f"method {frame.method} cannot go on with an earlier run", f"手法 {frame.method} は再開できません")


def _fitting(program: Program) -> Method:
    try:
        steps_of(program)
    except UsageError:
        return "certified"
    return "complete"


def _complete(
    program: Program, effort: Effort, limits: Limits, earlier: ProgramFrontier | None, save: Callable[[Callable[[], Complete]], None] | None
) -> dict[str, Any]:
    answers = () if earlier is None or not earlier.search else restored(program, earlier.search)
    found = complete(
        program,
        limits,
        effort.workers,
        effort.seed,
        watch=lambda search: effort.watch(Progress(search.open, len(search.points), search.solves)),
        earlier=answers,
        save=save,
    )
    return _parts(program, found)


def _parts(program: Program, found: Complete) -> dict[str, Any]:
    return {
        "status": found.status,
        "points": tuple(_point(program, p.values, p.x) for p in found.points),
        "step": found.steps.step,
        "offset": found.steps.offset,
        "start": found.start,
        "zones": tuple(ProgramZone(upper=zone.upper, evidence=zone.evidence) for zone in found.zones),
        "evidence": tuple(
            GridEvidence(weights=e.weights, box=tuple(None if b == FREE else b for b in e.box), bound=e.bound, basis=e.basis)
            for e in found.evidence
        ),
        "troubles": found.troubles,
        "counts": {"mips": found.solves, "nodes": found.nodes, "open": found.open},
        "search": {} if found.status in ("complete", "infeasible") else written(found.answers),
    }


def _certified(program: Program, _method: Method, effort: Effort, limits: Limits) -> dict[str, Any]:
    running = Certifying(
        seconds=effort.seconds,
        workers=effort.workers,
        seed=effort.seed,
        stop=limits.stop,
        watch=lambda search: effort.watch(Progress(len(search.known), len(search.points), search.counts["mips"])),
    )
    found = certified(program, effort.epsilon, effort=running)
    frame = found.frame
    points = sorted(found.points, key=lambda p: p.values)
    zones = () if frame is None else tuple(
        ProgramZone(upper=frame.lattice.exact(upper), alpha=known.alpha, proof=known.proof) for upper, known in found.zones
    )  # fmt: skip
    return {
        "status": found.status,
        "points": tuple(_point(program, _values(program, p.plan), p.plan) for p in points),
        "scale": () if frame is None else frame.scale,
        "start": () if frame is None else frame.lattice.exact(frame.start),
        "target": effort.epsilon,
        "certified": found.epsilon,
        "zones": zones,
        "troubles": tuple(known.trouble for _, known in found.zones if known.trouble),
        "counts": {
            "mips": 0 if found.search is None else found.search.counts["mips"],
            "open": sum(known.alpha > effort.epsilon for _, known in found.zones),
        },
    }


def _plain(program: Program, method: Method, effort: Effort, limits: Limits) -> dict[str, Any]:
    solve = epsilon_constraint if method == "epsilon-constraint" else weighted
    found: Baseline = solve(program, limits=limits, seed=effort.seed)
    status: ProgramStatus = "unproven"
    if found.infeasible:
        status = "infeasible"
    elif not found.finished:
        status = "interrupted" if limits.stop.is_set() else "limit" if found.points else "no_plan"
    points = tuple(_point(program, p.values, p.x) for p in found.points)
    return {"status": status, "points": points, "counts": {"mips": found.solves}}


def _values(program: Program, x: Floats) -> tuple[Fraction, ...]:
    return tuple(Fraction(float(v)) for v in program.values(x))


def _point(program: Program, values: Sequence[Fraction], x: Floats) -> ProgramPoint:
    """Integers are written as integers; continuous columns with all the digits that the float has."""
    entries = tuple(Fraction(round(float(v))) if whole else Fraction(repr(float(v))) for v, whole in zip(x, program.integer, strict=True))
    return ProgramPoint(values=tuple(s * v for s, v in zip(program.signs, values, strict=True)), x=entries)
