"""The one recipe: Instance + ModelSpec + aim -> audited, replayable Result."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from portfolio.api.aims import aim_value, resolve_aim
from portfolio.api.proving import prove_none, prove_stages, proven_bounds
from portfolio.api.record import options_of, versions
from portfolio.api.stages import Clock, Effort, Stage, Watch, solve_aim
from portfolio.audit import Verdict
from portfolio.errors import AuditFailed
from portfolio.formulation.cells import as_view
from portfolio.numerics import BOUND_TOLERANCE, GRID_ATTEMPTS, GRID_SHARE_LIMIT, PROOF_TOLERANCE, RANGE_ZERO
from portfolio.payoff import Span
from portfolio.program import Floats
from portfolio.results import Audit, Claim, Plan, Range, Result
from portfolio.schema.aim import Aim, Weighted
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import Instance, content_hash
from portfolio.schema.model_spec import ModelSpec
from portfolio.session import Session
from portfolio.solvers.door import heeded

__all__ = ["Effort", "Watch", "allocate"]


def allocate(instance: Instance, spec: ModelSpec, aim: Aim | None = None, effort: Effort | None = None) -> Result:
    """Solve, put on the grid, audit.

    Raises UsageError (aim names an unknown criterion), SolverFailure (a status nothing can rest on), AuditFailed (no exact plan found).
    Infeasible and stopped are statuses of the Result.
    """
    effort = effort or Effort()
    clock = Clock(effort)
    instance = as_view(instance, spec)
    aim = resolve_aim(instance, spec, aim)
    if effort.prove is not None:
        effort = replace(effort, gap=min(effort.gap, effort.prove))
    session = Session(instance, spec, effort.seed, solver=effort.solver, threads=effort.threads)
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
    if isinstance(spans, str):
        status = "infeasible" if spans == "infeasible" else _stopped(effort)
        return _without_plan(frame, status, session, aim, clock, effort)
    ranges = ranges_of(session, spans)
    notices = tuple(
        f"{c.id}: no decision moves it, left out of the aim" for c in instance.criteria if c.id not in ranges and session.program.q > 1
    )
    if effort.start is not None and "start" not in heeded(effort.solver):
        notices += (f"{effort.solver} takes no start: the earlier plan was not used",)
    frame = frame.model_copy(update={"ranges": ranges, "notices": notices})
    stages = solve_aim(session, aim, ranges, clock, effort)
    clock.lap("solve")
    last = stages[-1].outcome
    if last.x is None:
        status = "infeasible" if last.verdict == "infeasible" and len(stages) == 1 else _stopped(effort)
        return _without_plan(frame, status, session, aim, clock, effort)
    x, plan, verdict = _publish(session, aim, ranges, clock, effort, stages)
    clock.lap("grid and audit")
    proofs = () if effort.prove is None else prove_stages(session, aim, ranges, clock, effort, stages, plan)
    bounds = proven_bounds(session, aim, ranges, stages, proofs)
    target = effort.gap if effort.prove is None else effort.prove
    claims = tuple(_claim(session, aim, ranges, stage, plan, target, bounds.get(stage.of)) for stage in stages)
    clock.lap("prove" if proofs else "claims")
    missing = [claim.of for claim in claims if effort.prove is not None and claim.of not in bounds]
    proven = all(claim.proven for claim in claims) and not missing
    if missing:
        notices += (f"{', '.join(missing)}: stopped before a proof began; the bound rests on the solver's word",)
    if any(claim.grid > GRID_SHARE_LIMIT for claim in claims):
        notices += (f"whole units of {exact_text(instance.header.grid)} cost too much to call this proven: use a finer grid",)
    return frame.model_copy(
        update={
            "status": "proven" if proven else _stopped(effort),
            "notices": notices,
            "claims": claims,
            "proofs": proofs,
            "plan": plan,
            "grid_loss": _grid_loss(session, aim, x, plan),
            "audit": _counted(verdict),
            "seconds": clock.laps,
        }
    )


def _stopped(effort: Effort) -> str:
    return "interrupted" if effort.stop.is_set() else "limit"


def ranges_of(session: Session, spans: list[Span]) -> dict[str, Range]:
    """Frozen ranges in natural sense; criteria that no decision moves are left out (unless it is the only one).

    A criterion that the payoff table has at its best everywhere is in no conflict with the others there, yet plans differ in it: it is measured in shares
    of its best value.
    """
    alone = len(spans) == 1
    found = {}
    for q, (name, sign, span) in enumerate(zip(session.program.names, session.program.signs, spans, strict=True)):
        far = span.nadir
        if not span.width and not alone:
            if not session.program.criteria[q].any():
                continue
            far = span.ideal + (abs(span.ideal) if abs(span.ideal) > RANGE_ZERO else 1.0)
        found[name] = Range(best=Fraction(repr(sign * span.ideal)), worst=Fraction(repr(sign * far)))
    return found


def _publish(
    session: Session, aim: Aim, ranges: dict[str, Range], clock: Clock, effort: Effort, stages: list[Stage]
) -> tuple[Floats, Plan, Verdict]:
    """The audited plan. Where whole units cannot be fitted, or cost a floor, the limits are tightened by what was missed and the aim solved
    again; the bounds of the first solve stay valid, for the tightened question has fewer plans."""
    tighter: dict[str, Fraction] = {}
    failure: AuditFailed | None = None
    for attempt in range(GRID_ATTEMPTS):
        last = stages[-1]
        if last.outcome.x is None:
            break
        x = last.outcome.x[: session.program.n]
        try:
            plan, verdict = session.publish(x, last.weights)
        except AuditFailed as missed:
            failure = missed
            session.tighten(4**attempt)
        else:
            short = _shortfalls(session, stages[0].within, plan)
            if not short:
                return x, plan, verdict
            for name, amount in short.items():
                tighter[name] = 2 * (tighter.get(name, Fraction(0)) + amount)
        stages = solve_aim(session, aim, ranges, clock, effort, tighter)
    raise failure or AuditFailed(
        "whole units cost a floor of the aim; use a finer grid", "丸めにより目標の下限を満たせません。gridを細かくしてください"
    )


def _shortfalls(session: Session, floors: dict[str, Fraction], plan: Plan) -> dict[str, Fraction]:
    """How far the published plan misses the floors of the aim, beyond the solver's tolerance."""
    signs = dict(zip(session.program.names, session.program.signs, strict=True))
    missed = {name: signs[name] * (plan.criteria[name] - limit) for name, limit in floors.items()}
    return {name: by for name, by in missed.items() if by > BOUND_TOLERANCE / 2 * max(abs(floors[name]), Fraction(1))}


def _without_plan(frame: Result, status: str, session: Session, aim: Aim, clock: Clock, effort: Effort) -> Result:
    """No plan: why, and - where it was asked for - the proof that there is none."""
    update: dict[str, object] = {"status": status}
    if status == "infeasible" and effort.prove is not None:
        proof = prove_none(session, aim, frame.ranges, clock)
        update["proofs"] = () if proof is None else (proof,)
        if proof is None:
            update["notices"] = (*frame.notices, "that there is no plan rests on the solver's word: no proof was found within the limit")
        clock.lap("prove")
    return frame.model_copy(update={**update, "seconds": clock.laps})


def _claim(
    session: Session, aim: Aim, ranges: dict[str, Range], stage: Stage, plan: Plan, target: Fraction, proven_at: Fraction | None
) -> Claim:
    """What the published plan may claim: its exact value against the proven bound (minimised), or else the solver's."""
    bound, solved = (Fraction(repr(v - stage.origin)) for v in (stage.outcome.bound, stage.outcome.objective))
    if stage.of == "aim":
        sign, unit = 1, Fraction(1)
        value = aim_value(aim, ranges, plan.criteria)
    else:
        sign = session.program.signs[session.program.names.index(stage.of)]
        value = plan.criteria[stage.of]
        unit = max(abs(value), Fraction(1))
    bound = bound if proven_at is None else proven_at
    # Whole units may give away less than one unit per amount: a plan better than the bound closes the gap (docs/published-rules.md 16).
    bound = min(bound, sign * value)
    gap = (sign * value - bound) / unit
    grid = min(max((sign * value - solved) / unit, Fraction(0)), gap)
    target = max(target + stage.slack / unit, PROOF_TOLERANCE)
    # A grid that costs this much is not a rounding any more: nothing is called proven then.
    proven = gap - grid <= target and grid <= GRID_SHARE_LIMIT
    return Claim(of=stage.of, value=value, bound=sign * bound, gap=gap, target=target, proven=proven, grid=grid, within=stage.within)


def _grid_loss(session: Session, aim: Aim, x: Floats, plan: Plan) -> dict[str, Fraction]:
    """Criteria lost to the publication grid, natural unit, positive = lost; only those the aim counts (the solver leaves the others loose)."""
    counted = (
        {c for c, w in aim.weights.items() if w}
        if isinstance(aim, Weighted)
        else set(getattr(aim, "order", ()) or getattr(aim, "point", ()))
    )
    before = session.program.values(x[: session.program.n])
    after = session.minimised(plan.criteria)
    return {c: Fraction(repr(round(float(a - b), 9))) for c, a, b in zip(session.program.names, after, before, strict=True) if c in counted}


def _counted(verdict: Verdict) -> Audit:
    return Audit(checks=verdict.checks, violated=len(verdict.violations), unaudited=len(verdict.unaudited))
