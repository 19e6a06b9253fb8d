"""A whole frontier: every plan by the published rules, the points nondominated, the zones exactly those that the points leave, and the
certificate no larger than what its zones carry. What a solver proved about a zone is not proved again here; half-spaces are computed again.

    f_n = sign * criterion, v_n = step * ceil(f_n / step);   zones = U({v_n});   certified = max alpha
    complete:         every zone empty by its piece of evidence (evidence.py), certified = 0
    half-space at u:  alpha >= (w.u - B) / (w.r),  w >= 0, w != 0, w_i = 0 where u_i is the start
"""

from __future__ import annotations

from fractions import Fraction

from pydantic import TypeAdapter, ValidationError

from portfolio.audit.evidence import check_emptied, check_evidence
from portfolio.audit.plan import check_plan
from portfolio.audit.result import check_hash
from portfolio.audit.verdict import Tally, Verdict
from portfolio.audit.zones import Vector, dominates, rounded_outward, search_region
from portfolio.errors import InvalidInput
from portfolio.numerics import BOUND_TOLERANCE, GRID_SHARE_LIMIT, SCALE_ROUNDING
from portfolio.results.frontier import FRONTIER_VERSION, Frontier, FrontierCertificate, Zone
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.problem import shown
from portfolio.schema.validate import form_problem, parse_instance

CLAIMED = ("certified", "complete")
"""Statuses with a claim that was reached."""


def audit_frontier(frontier: Frontier) -> Verdict:
    """Everything that can be checked from the frontier alone. Raises InvalidInput when the embedded data is no instance or model."""
    tally = Tally()
    tally.says(frontier.format == "portfolio-frontier", "format", "format", frontier.format, "portfolio-frontier")
    tally.equal("format", "schema_version", frontier.schema_version, FRONTIER_VERSION)
    check_hash("instance_hash", frontier.instance, frontier.instance_hash, tally)
    check_hash("model_hash", frontier.model, frontier.model_hash, tally)
    instance, model = parse_instance(frontier.instance), _model(frontier)
    _check_status(frontier, tally)
    names = [p.id for p in frontier.points]
    tally.equal("points", "points", len(set(names)), len(names))
    achieved = [check_plan(instance, model, p.plan, tally).criteria for p in frontier.points]
    signs = {c.id: -1 if c.sense == "max" else 1 for c in instance.criteria}
    for point, values in zip(frontier.points, achieved, strict=True):
        _check_ranges(frontier, point.id, values, signs, tally)
    if frontier.certificate is not None and frontier.points and _well_formed(frontier.certificate, signs, tally):
        _check_certificate(frontier, frontier.certificate, achieved, tally)
    if frontier.status in CLAIMED and frontier.audit is not None:
        tally.equal("status", "audit.violated", frontier.audit.violated, 0)
        tally.at_least("status", "audit.unaudited", frontier.audit.unaudited, len(tally.unaudited))
    return tally.verdict()


def _model(frontier: Frontier) -> ModelSpec:
    try:
        return TypeAdapter(ModelSpec).validate_python(frontier.model)
    except ValidationError as error:
        raise InvalidInput([form_problem(frontier.model, ModelSpec, d) for d in error.errors(include_url=False)]) from None


def _check_status(frontier: Frontier, tally: Tally) -> None:
    planned = bool(frontier.points)
    if frontier.status in ("infeasible", "no_plan"):
        tally.says(not planned, "status", "status", "points", "no points")
    if frontier.status in CLAIMED:
        tally.says(planned, "status", "status", "no points", "points")
        tally.says(frontier.certificate is not None, "status", "certificate", "none", "certificate")
        tally.says(frontier.audit is not None, "status", "audit", "no audit", "audit")
    tally.says(planned or frontier.certificate is None, "status", "certificate", "certificate", "no points, no certificate")


def _check_ranges(frontier: Frontier, point: str, values: dict[str, Fraction], signs: dict[str, int], tally: Tally) -> None:
    """No plan is better than the bound on the best."""
    for name, span in frontier.ranges.items():
        sign = signs.get(name, 0)
        tally.says(bool(sign), "ranges", f"ranges[{shown(name)}]", name, ", ".join(signs), "in")
        if sign:
            slack = BOUND_TOLERANCE * max(abs(values[name]), Fraction(1))
            tally.at_least("ranges", f"ranges[{shown(name)},{shown(point)}]", sign * values[name], sign * span.best - slack)


def _well_formed(certificate: FrontierCertificate, signs: dict[str, int], tally: Tally) -> bool:
    """Vectors of one length, criteria of the instance in their sense, positive ranges and steps."""
    before, q = len(tally.violations), len(certificate.criteria)
    tally.says(q > 0 and len(set(certificate.criteria)) == q, "certificate", "criteria", q, "distinct criteria")
    for name, sign in zip(certificate.criteria, certificate.signs, strict=False):
        tally.says(signs.get(name) == sign, "certificate", f"signs[{shown(name)}]", sign, signs.get(name))
    for field in ("signs", "scale", "step", "start"):
        tally.equal("certificate", field, len(getattr(certificate, field)), q)
    for field in ("scale", "step"):
        for name, value in zip(certificate.criteria, getattr(certificate, field), strict=False):
            tally.says(value > 0, "certificate", f"{field}[{shown(name)}]", value, "> 0")
    for n, zone in enumerate(certificate.zones):
        tally.equal("certificate", f"zone[{n}].upper", len(zone.upper), q)
        tally.says(len(zone.at) in (0, q) and len(zone.weights) in (0, q), "certificate", f"zone[{n}]", "vectors", "of one length")
    return len(tally.violations) == before


def _check_certificate(frontier: Frontier, certificate: FrontierCertificate, achieved: list[dict[str, Fraction]], tally: Tally) -> None:
    vectors = [
        rounded_outward([s * values[c] for c, s in zip(certificate.criteria, certificate.signs, strict=True)], certificate.step)
        for values in achieved
    ]
    for point, vector in zip(frontier.points, vectors, strict=True):
        better = next((o.id for o, v in zip(frontier.points, vectors, strict=True) if o is not point and dominates(v, vector)), None)
        tally.says(better is None, "nondominated", f"point[{shown(point.id)}]", f"dominated by {better}", "nondominated")
        tally.says(
            all(v < m for v, m in zip(vector, certificate.start, strict=True)), "start", f"point[{shown(point.id)}]", "outside", "below"
        )
    _check_scale(frontier, certificate, tally)
    _check_zones(certificate, search_region(vectors, certificate.start), tally)
    for n, zone in enumerate(certificate.zones):
        _check_zone(certificate, zone, f"zone[{n}]", vectors, tally)
    largest = max((zone.alpha for zone in certificate.zones), default=Fraction(0))
    tally.equal("epsilon", "certified", certificate.certified, largest)
    tally.below("epsilon", "reach", certificate.certified, certificate.reach)
    if frontier.status in CLAIMED:
        tally.at_most("epsilon", "target", certificate.certified, certificate.target)
    if frontier.status == "complete" or certificate.emptied_by or certificate.evidence:
        _check_complete(certificate, achieved, tally)


def _check_complete(certificate: FrontierCertificate, achieved: list[dict[str, Fraction]], tally: Tally) -> None:
    """Every zone is empty by a piece of evidence, and all values are whole numbers of steps."""
    q = len(certificate.criteria)
    tally.equal("complete", "certified", certificate.certified, 0)
    tally.equal("complete", "emptied_by", len(certificate.emptied_by), len(certificate.zones))
    if any(len(vector) != q for piece in certificate.evidence for vector in (piece.weights, piece.box)):
        tally.says(False, "certificate", "evidence", "vectors", "one entry per criterion")
        return
    pairs = list(zip(certificate.criteria, certificate.signs, strict=True))
    values = [tuple(s * one[c] for c, s in pairs) for one in achieved]
    counts = [tuple(v / g for v, g in zip(vector, certificate.step, strict=True)) for vector in values]
    for k, count in enumerate(counts):
        tally.says(all(c.denominator == 1 for c in count), "criterion_grid", f"point[{k}]", "between steps", "a whole number of steps")
    check_evidence(certificate.evidence, counts, tally)
    for n, (zone, number) in enumerate(zip(certificate.zones, certificate.emptied_by, strict=False)):
        steps = tuple(u / g for u, g in zip(zone.upper, certificate.step, strict=True))
        check_emptied(steps, certificate.evidence, number, f"zone[{n}]", tally)


def _check_scale(frontier: Frontier, certificate: FrontierCertificate, tally: Tally) -> None:
    """Epsilon counts in ranges: a longer scale would make it look smaller. Checkpoints and sets that need no range state none."""
    for name, scale in zip(certificate.criteria, certificate.scale, strict=True):
        span = frontier.ranges.get(name)
        if span is not None:
            tally.at_most("frontier_scale", f"scale[{shown(name)}]", scale, (abs(span.best - span.worst) or 1) * (1 + SCALE_ROUNDING))
        elif frontier.status == "certified":
            tally.says(False, "frontier_scale", f"ranges[{shown(name)}]", "none", "a range")


def _check_zones(certificate: FrontierCertificate, expected: set[Vector], tally: Tally) -> None:
    listed = [zone.upper for zone in certificate.zones]
    tally.equal("zones", "zones", len(set(listed)), len(listed))
    tally.equal("zones", "missing", len(expected - set(listed)), 0)
    tally.equal("zones", "extra", len(set(listed) - expected), 0)


def _check_zone(certificate: FrontierCertificate, zone: Zone, place: str, vectors: list[Vector], tally: Tally) -> None:
    at = zone.at or zone.upper
    tally.says(dominates(zone.upper, at), "zone_at", place, "outside", "inside")
    tally.at_least("zone_alpha", place, zone.alpha, 0)
    if zone.proof == "open":
        tally.at_least("zone_alpha", place, zone.alpha, certificate.reach)
    if zone.proof != "half-space":
        return
    size = _times(zone.weights, certificate.scale) if zone.weights else Fraction(0)
    usable = zone.bound is not None and min(zone.weights, default=-1) >= 0 and size > 0
    tally.says(usable, "half_space", place, "weights", ">= 0, with a bound")
    if not usable or zone.bound is None:
        return
    for weight, u, start in zip(zone.weights, at, certificate.start, strict=True):
        tally.says(not weight or u < start, "half_space", place, "weight on an unlimited criterion", "0")
    tally.at_least("half_space", place, zone.alpha, (_times(zone.weights, at) - zone.bound) / size)
    # Whole units can carry a published plan a little past a bound on the program's plans, never by more than the grid may cost.
    for vector in vectors:
        tally.at_least("half_space_point", place, _times(zone.weights, vector), zone.bound - GRID_SHARE_LIMIT * size)


def _times(weights: tuple[Fraction, ...], vector: tuple[Fraction, ...]) -> Fraction:
    return sum((w * v for w, v in zip(weights, vector, strict=True)), Fraction(0))
