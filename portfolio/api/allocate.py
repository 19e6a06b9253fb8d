"""The one recipe: Instance + ModelSpec + aim -> audited, replayable Result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from portfolio.api.aims import aim_value, relative_gap, resolve_aim, worse_limit
from portfolio.api.record import options_of, versions
from portfolio.audit import Verdict
from portfolio.formulation.cells import as_view
from portfolio.numerics import DEFAULT_GAP, GAP_SAVED_FOR_GRID, PROOF_TOLERANCE
from portfolio.program import Floats
from portfolio.reference_point import with_achievement
from portfolio.results import Audit, Claim, Plan, Range, Result
from portfolio.schema.aim import Aim, Lexicographic, Reference, Weighted
from portfolio.schema.criterion import Criterion
from portfolio.schema.exact import Exact
from portfolio.schema.instance import Instance, content_hash
from portfolio.schema.model_spec import ModelSpec
from portfolio.session import Session, Span
from portfolio.solvers.outcome import Ask, Outcome, Progress

Watch = Callable[[str, Progress], None]
"""Called with (stage, progress) while a solve runs; stage is `ranges`, `aim` or a criterion id."""


@dataclass(frozen=True)
class Effort:
    """How hard to try. gap: target [share of the aim's range, or relative] · seconds: wall time for everything · stop: set to end early."""

    gap: Fraction = DEFAULT_GAP
    seconds: float = float("inf")
    seed: int = 0
    start: Plan | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Watch | None = None


@dataclass(frozen=True)
class _Stage:
    """One solved question: what was asked, the outcome, and the limits it was asked under (natural sense).

    origin: what the solver's objective is at the aim's zero · slack: room that the aim itself gives, in the claim's unit.
    """

    of: str
    outcome: Outcome
    origin: float = 0.0
    slack: Fraction = Fraction(0)
    within: dict[str, Exact] = field(default_factory=dict)


def allocate(instance: Instance, spec: ModelSpec, aim: Aim | None = None, effort: Effort | None = None) -> Result:
    """Solve, put on the grid, audit.

    Raises UsageError (aim names an unknown criterion), SolverFailure (a status nothing can rest on), AuditFailed (no exact plan found).
    Infeasible and stopped are statuses of the Result.
    """
    effort = effort or Effort()
    clock = _Clock(effort)
    instance = as_view(instance, spec)
    aim = resolve_aim(instance, spec, aim)
    session = Session(instance, spec, effort.seed)
    clock.lap("assemble")
    spans = session.spans(clock.ask("ranges"))
    clock.lap("ranges")
    frame = Result(
        status="no_plan",
        instance_hash=instance.hash,
        model_hash=content_hash(spec.model_dump(mode="json")),
        instance=instance.canonical(),
        model=spec.model_dump(mode="json"),
        aim=aim.model_dump(mode="json"),
        options=options_of(effort),
        versions=versions(),
    )
    if isinstance(spans, Outcome):
        status = "infeasible" if spans.verdict == "infeasible" else _stopped(effort)
        return frame.model_copy(update={"status": status, "seconds": clock.laps})
    ranges = _ranges(session, spans)
    notices = tuple(f"{c.id}: range 0, left out of the aim" for c in instance.criteria if c.id not in ranges and session.program.q > 1)
    frame = frame.model_copy(update={"ranges": ranges, "notices": notices})
    stages = _solve(session, aim, ranges, clock, effort)
    clock.lap("solve")
    last = stages[-1].outcome
    if last.x is None:
        status = "infeasible" if last.verdict == "infeasible" and len(stages) == 1 else _stopped(effort)
        return frame.model_copy(update={"status": status, "seconds": clock.laps})
    plan, verdict = session.publish(last.x[: session.program.n])
    clock.lap("grid and audit")
    claims = tuple(_claim(session, aim, ranges, stage, plan, effort.gap) for stage in stages)
    proven = all(claim.proven for claim in claims)
    return frame.model_copy(
        update={
            "status": "proven" if proven else _stopped(effort),
            "claims": claims,
            "plan": plan,
            "grid_loss": _grid_loss(session, last.x, plan),
            "audit": _counted(verdict),
            "seconds": clock.laps,
        }
    )


class _Clock:
    """Laps, and what is left of the time limit."""

    def __init__(self, effort: Effort) -> None:
        self.effort, self.begun, self.laps = effort, time.perf_counter(), dict[str, float]()
        self._last = self.begun

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now

    def ask(self, stage: str, gap: float = 0.0, start: Floats | None = None) -> Ask:
        left = max(self.effort.seconds - (time.perf_counter() - self.begun), 0.01)
        watch = self.effort.watch
        report = None if watch is None else (lambda progress: watch(stage, progress))
        return Ask(gap=gap, seconds=left, start=start, stop=self.effort.stop, watch=report)


def _stopped(effort: Effort) -> str:
    return "interrupted" if effort.stop.is_set() else "limit"


def _ranges(session: Session, spans: list[Span]) -> dict[str, Range]:
    """Frozen ranges in natural sense; criteria that do not move are left out (unless it is the only one)."""
    alone = len(spans) == 1
    found = {}
    for name, sign, span in zip(session.program.names, session.program.signs, spans, strict=True):
        if span.width or alone:
            best, worst = Fraction(repr(sign * span.ideal)), Fraction(repr(sign * span.nadir))
            found[name] = Range(best=best, worst=worst)
    return found


def _solve(session: Session, aim: Aim, ranges: dict[str, Range], clock: _Clock, effort: Effort) -> list[_Stage]:
    limits = {
        session.program.names.index(f.criterion): worse_limit(_criterion(session, f.criterion), f, ranges[f.criterion].best)
        for f in aim.floors
        if f.criterion in ranges
    }
    signs = session.program.signs
    inside = {q: signs[q] * float(v) for q, v in limits.items()}
    within = {session.program.names[q]: v for q, v in limits.items()}
    start = None if effort.start is None else session.start_from(effort.start)
    if isinstance(aim, Lexicographic):
        return _lexicographic(session, aim, ranges, clock, effort, inside)
    if isinstance(aim, Reference):
        raised = with_achievement(session.program, aim.point, ranges)
        upper = Session(session.instance, session.spec, session.seed, raised)
        weights = np.eye(raised.q)[-1]
        return [_Stage("aim", upper.minimise(weights, clock.ask("aim", _gap(effort), start), inside), within=within)]
    weights = weights_of(session, aim, ranges)
    solo = _solo(aim, ranges)
    of = "aim" if solo is None else solo
    # A single criterion is asked in its own unit: the relative gap is turned into an absolute one by its best bound.
    scale = max(abs(float(ranges[solo].best)), 1.0) * 0.5 if solo is not None else 1.0
    outcome = session.minimise(weights, clock.ask(of, _gap(effort) * scale, start), inside)
    origin = 0.0 if solo is not None else _origin(session, weights, ranges)
    return [_Stage(of, outcome, origin, within=within)]


def weights_of(session: Session, aim: Weighted, ranges: dict[str, Range]) -> Floats:
    """Weights on minimised criteria (q,): w_i / range_i, or 1 on the only criterion that counts."""
    solo = _solo(aim, ranges)
    names = session.program.names
    if solo is not None:
        return np.array([float(name == solo) for name in names])
    wide = {c: abs(float(r.worst - r.best)) for c, r in ranges.items()}
    return np.array([float(aim.weights.get(c, 0)) / wide[c] if c in wide else 0.0 for c in names])


def _origin(session: Session, weights: Floats, ranges: dict[str, Range]) -> float:
    """The weighted sum at the best values: where the normalised aim is zero."""
    best = {c: ranges[c].best if c in ranges else Fraction(0) for c in session.program.names}
    return float(weights @ session.minimised(best))


def _solo(aim: Weighted, ranges: dict[str, Range]) -> str | None:
    """The criterion that alone has weight, if there is one: its claim is then made in its own unit."""
    counted = [c for c, w in aim.weights.items() if w and c in ranges]
    return counted[0] if len(counted) == 1 else None


def _gap(effort: Effort) -> float:
    return float(effort.gap * (1 - GAP_SAVED_FOR_GRID))


def _criterion(session: Session, name: str) -> Criterion:
    return next(c for c in session.instance.criteria if c.id == name)


def _lexicographic(
    session: Session, aim: Lexicographic, ranges: dict[str, Range], clock: _Clock, effort: Effort, inside: dict[int, float]
) -> list[_Stage]:
    """One solve per criterion, each within the tolerance of what came before."""
    stages: list[_Stage] = []
    names, signs = session.program.names, session.program.signs
    start: Floats | None = None if effort.start is None else session.start_from(effort.start)
    for name in aim.order:
        q = names.index(name)
        scale = max(abs(float(ranges[name].best)), 1.0) if name in ranges else 1.0
        within = {names[i]: Fraction(repr(signs[i] * v)) for i, v in inside.items()}
        outcome = session.minimise(np.eye(len(names))[q], clock.ask(name, _gap(effort) * scale * 0.5, start), inside)
        width = abs(float(ranges[name].worst - ranges[name].best)) if name in ranges else 0.0
        slack = float(aim.tolerance) * width + 1e-6 * scale
        stages.append(_Stage(name, outcome, 0.0, Fraction(repr(slack)), within))
        if outcome.x is None:
            break
        inside = {**inside, q: outcome.objective + slack}
        start = outcome.x
    return stages


def _claim(session: Session, aim: Aim, ranges: dict[str, Range], stage: _Stage, plan: Plan, target: Fraction) -> Claim:
    """What the published plan may claim: its exact value against the solver's bound."""
    bound, solved = (Fraction(repr(v - stage.origin)) for v in (stage.outcome.bound, stage.outcome.objective))
    if stage.of == "aim":
        value = aim_value(aim, ranges, plan.criteria)
        bound = min(bound, value)
        gap, room = value - bound, Fraction(1)
        lost = value - solved
    else:
        sign = session.program.signs[session.program.names.index(stage.of)]
        value = plan.criteria[stage.of]
        bound = sign * min(bound, sign * value)
        gap, room = relative_gap(value, bound), max(abs(value), Fraction(1))
        lost = sign * value - solved + stage.slack
    # What the publication grid costs is no failure of the solve: it is added to the target and reported as grid_loss.
    target = max(target + max(lost, Fraction(0)) / room, PROOF_TOLERANCE)
    if stage.outcome.verdict != "optimal":
        target = max(target - max(lost, Fraction(0)) / room, PROOF_TOLERANCE)
    return Claim(of=stage.of, value=value, bound=bound, gap=gap, target=target, proven=gap <= target, within=stage.within)


def _grid_loss(session: Session, x: Floats, plan: Plan) -> dict[str, Fraction]:
    """Criteria lost to the publication grid, natural unit, positive = lost."""
    before = session.program.values(x[: session.program.n])
    after = session.minimised(plan.criteria)
    return {c: Fraction(repr(round(float(a - b), 9))) for c, a, b in zip(session.program.names, after, before, strict=True)}


def _counted(verdict: Verdict) -> Audit:
    return Audit(checks=verdict.checks, violated=len(verdict.violations), unaudited=len(verdict.unaudited))
