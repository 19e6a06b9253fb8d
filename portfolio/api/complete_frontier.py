"""The complete nondominated set of an instance whose criteria lie on grids, as a Frontier with epsilon 0.

The set is that of the instance's Program: every point is published and audited, and its published criteria must be those of the Program. Where a point has
no plan on the publication grid, the set is not called complete.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from portfolio.api.frontier import Effort, Progress, blank, chosen_criteria, same_run
from portfolio.api.frontier_record import ranges_of
from portfolio.api.publishing import Checked, publisher_of
from portfolio.api.seldom import Seldom
from portfolio.formulation.cells import as_view
from portfolio.numerics import FRONTIER_MARGIN
from portfolio.pareto.complete import Complete, Point, complete
from portfolio.pareto.complete_search import Search
from portfolio.pareto.complete_state import restored, written
from portfolio.pareto.evidence import FREE, Evidence
from portfolio.pareto.half_space import HalfSpace, HalfSpaces
from portfolio.pareto.lattice import rounded_up, shortened
from portfolio.pareto.search_region import SearchRegion
from portfolio.pareto.zone_program import subset
from portfolio.pareto.zones import Limits, Publisher
from portfolio.program import Program
from portfolio.results import Audit, Frontier, FrontierCertificate, FrontierPoint, Zone
from portfolio.results.frontier import GridEvidence
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.session import Session

Vector = tuple[Fraction, ...]


def complete_frontier(
    instance: Instance, spec: ModelSpec, effort: Effort | None = None, criteria: Sequence[str] = (), earlier: Frontier | None = None
) -> Frontier:
    """All nondominated plans, one for each nondominated vector of the criteria.

    criteria: those of the claim (none: all) · earlier: a stopped run to go on with. Raises UsageError (unknown criterion, a criterion without a
    grid, a file of another run), SolverFailure. Infeasible and stopped are statuses.
    """
    effort = effort or Effort()
    begun = time.perf_counter() - (0.0 if earlier is None else earlier.seconds.get("total", 0.0))
    limits = Limits(time.perf_counter() + effort.seconds, effort.stop)
    instance = as_view(instance, spec)
    session = Session(instance, spec, effort.seed)
    chosen = chosen_criteria(session.program, criteria)
    program = subset(session.program, chosen)
    frame = blank(instance, spec, {"complete": True, "criteria": list(program.names), "seed": effort.seed})
    same_run(frame, earlier)
    record = _Record(frame, program, publisher_of(session, chosen), begun)
    answers = () if earlier is None or not earlier.search else restored(program, earlier.search)
    found = complete(program, limits, effort.workers, effort.seed, watch=_watch(effort), earlier=answers, save=_save(record, effort))
    return record.of(found)


def _watch(effort: Effort) -> Callable[[Search], None] | None:
    watch = effort.watch
    return None if watch is None else lambda search: watch(Progress(search.open, None, len(search.points), search.solves))


def _save(record: _Record, effort: Effort) -> Callable[[Callable[[], Complete]], None] | None:
    seldom, save = Seldom(), effort.save
    return None if save is None else lambda ask: seldom(lambda: save(record.of(ask())))


class _Record:
    """States of a complete search as Frontiers; every point is published once."""

    def __init__(self, frame: Frontier, program: Program, publish: Publisher, begun: float) -> None:
        self.frame, self.program, self.publish, self.begun = frame, program, publish, begun
        self._plans: dict[tuple[int, ...], Checked | None] = {}

    def of(self, found: Complete) -> Frontier:
        """The Frontier of a state."""
        scale = self._scale(found)
        plans = [(point, plan) for point in found.points if (plan := self._published(point, scale)) is not None]
        lost = len(found.points) - len(plans)
        notices = sorted(set(found.troubles))
        if lost:
            notices.append(
                f"{lost} points of the program have no plan with the same criteria on the publication grid: the set is not complete"
            )
        status = found.status if not lost else "limit" if plans else "no_plan"
        verdicts = [plan.verdict for _, plan in plans]
        return self.frame.model_copy(
            update={
                "status": status,
                "ranges": ranges_of(self.program, found.spans) if found.spans else {},
                "points": tuple(FrontierPoint(id=f"p{n + 1}", plan=plan.plan) for n, (_, plan) in enumerate(plans)),
                "certificate": self._certificate(found, [p for p, _ in plans], scale, status == "complete") if plans else None,
                "audit": Audit(
                    checks=sum(v.checks for v in verdicts),
                    violated=sum(len(v.violations) for v in verdicts),
                    unaudited=max((len(v.unaudited) for v in verdicts), default=0),
                )
                if plans
                else None,
                "counts": {"mips": found.solves, "lps": 0, "nodes": found.nodes, "points": len(plans), "open": found.open},
                "notices": tuple(notices),
                "search": {} if found.status in ("complete", "infeasible") else written(found.answers),
                "seconds": {"total": round(time.perf_counter() - self.begun, 3)},
            }
        )

    def _scale(self, found: Complete) -> Vector:
        if found.spans:
            return tuple(shortened(span.width or 1.0) for span in found.spans)
        return tuple(
            step * max(int(most - least), 1)
            for step, least, most in zip(found.steps.step, found.steps.least, found.steps.most, strict=True)
        )

    def _published(self, point: Point, scale: Vector) -> Checked | None:
        """None where no plan on the publication grid has the point's criteria."""
        if point.counts not in self._plans:
            made = self.publish(point.x, 1 / np.array([float(r) for r in scale]))
            self._plans[point.counts] = made[1] if made is not None and made[0] == point.values else None
        return self._plans[point.counts]

    def _certificate(self, found: Complete, points: Sequence[Point], scale: Vector, whole: bool) -> FrontierCertificate:
        """Of a complete set the zones are empty; of a part of it they carry what the ideals prove, as an epsilon-certificate."""
        steps = found.steps
        start = found.start
        # The start of an epsilon-certificate lies above everything by as much as its epsilon may be.
        reach = min(g / r for g, r in zip(steps.step, scale, strict=True))
        if not whole:
            reach = max(g * int(s - low) / r for g, s, low, r in zip(steps.step, start, steps.least, scale, strict=True)) + 1
            start = tuple(s - int(-reach * r // g) for s, r, g in zip(start, scale, steps.step, strict=True))
        region = SearchRegion([float(v) for v in start])
        for point in points:
            region.insert([float(v) for v in point.counts])
        uppers = sorted(tuple(int(v) for v in upper.vector) for upper in region.uppers.values())
        certificate = FrontierCertificate(
            criteria=self.program.names,
            signs=self.program.signs,
            scale=scale,
            step=steps.step,
            start=steps.values(start),
            reach=reach,
            target=Fraction(0),
            certified=Fraction(0),
        )
        if whole:
            numbers = [_number(upper, found.evidence) for upper in uppers]
            zones = [
                Zone(upper=steps.values(upper), alpha=Fraction(0), proof=found.evidence[n].basis)
                for upper, n in zip(uppers, numbers, strict=True)
            ]
            pieces = tuple(_in_values(piece, steps.offset, steps.step) for piece in found.evidence)
            return certificate.model_copy(update={"zones": tuple(zones), "evidence": pieces, "emptied_by": tuple(numbers)})
        spaces = self._ideals(found, scale, certificate.start)
        zones = sorted((_open_zone(found, upper, steps.values(upper), spaces) for upper in uppers), key=lambda z: (-z.alpha, z.upper))
        return certificate.model_copy(update={"zones": tuple(zones), "certified": max(zone.alpha for zone in zones)})

    def _ideals(self, found: Complete, scale: Vector, start: Vector) -> HalfSpaces:
        """f_i >= ideal_i, from the column bounds and from the relaxations, these less a margin for floating point."""
        spaces, q = HalfSpaces(scale, start), len(scale)
        relaxed = [Fraction(repr(float(s.ideal))) - rounded_up(FRONTIER_MARGIN * r) for s, r in zip(found.spans, scale, strict=False)]
        for values in (found.steps.values(found.steps.least), relaxed):
            for i, value in enumerate(values):
                spaces.add(HalfSpace(tuple(Fraction(int(k == i)) for k in range(q)), value, "relaxation"))
        return spaces


def _number(upper: tuple[int, ...], evidence: Sequence[Evidence]) -> int:
    return next(n for n, piece in enumerate(evidence) if piece.empties(upper))


def _open_zone(found: Complete, counts: tuple[int, ...], upper: Vector, spaces: HalfSpaces) -> Zone:
    """Empty by evidence within the start of the search, or what the ideals say."""
    inner = tuple(min(u, s) for u, s in zip(counts, found.start, strict=True))
    piece = next((piece for piece in found.evidence if piece.empties(inner)), None)
    if piece is not None:
        return Zone(upper=upper, alpha=Fraction(0), proof=piece.basis)
    best = spaces.best(upper)
    assert best is not None
    alpha, space = best
    return Zone(upper=upper, alpha=max(alpha, Fraction(0)), proof="half-space", weights=space.weights, bound=space.bound)


def _in_values(piece: Evidence, offset: Vector, step: Vector) -> GridEvidence:
    """Counts -> whole steps of the values: the constants are whole numbers of steps (steps.py)."""
    shift = [int(o / g) for o, g in zip(offset, step, strict=True)]
    box = tuple(None if b == FREE else b + s for b, s in zip(piece.box, shift, strict=True))
    bound = None if piece.bound is None else piece.bound + sum(w * s for w, s in zip(piece.weights, shift, strict=True))
    return GridEvidence(weights=piece.weights, box=box, bound=bound, basis=piece.basis)
