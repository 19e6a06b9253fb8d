"""Exact re-check of the frontier of a bare problem, from the problem it carries: solutions, values, dominance, zones, and that the evidence empties them.

What stays the solver's word is each piece of evidence itself: a bound that a mixed-integer solver proved in floating point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sized
from fractions import Fraction
from typing import Any

from portfolio.audit.evidence import check_emptied, check_evidence
from portfolio.audit.verdict import Tally, Verdict
from portfolio.audit.zones import dominates, search_region
from portfolio.numerics import PUBLISHED_FEASIBILITY
from portfolio.results.program_frontier import ProgramFrontier, ProgramPoint, ProgramZone
from portfolio.schema.exact import to_fraction
from portfolio.schema.instance import content_hash

NONE = Fraction(10) ** 20
"""A bound of this size or more says that there is none."""
Vector = tuple[Fraction, ...]


class _Problem:
    """The problem's numbers as fractions, in its own sense."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.sign = 1 if raw["sense"] == "min" else -1
        self.objectives = [_row(row) for row in raw["objectives"]]
        self.rows = [_row(row) for row in raw["constraints"]["A"]]
        self.senses = list(raw["constraints"]["sense"])
        self.sides = _row(raw["constraints"]["rhs"])
        self.lower, self.upper = _row(raw["bounds"]["lower"]), _row(raw["bounds"]["upper"])
        self.kinds = list(raw["integrality"])


def audit_program_frontier(found: ProgramFrontier) -> Verdict:
    """Every comparison in exact arithmetic; rows and values with continuous columns within the solver's tolerance."""
    tally = Tally()
    tally.says(found.problem_hash == content_hash(found.problem), "problem_hash", "problem", found.problem_hash, "hash of the problem")
    problem = _Problem(found.problem)
    signs = (problem.sign,) * len(problem.objectives)
    tally.says(found.signs == signs, "certificate", "signs", found.signs, signs)
    for k, point in enumerate(found.points):
        if len(point.x) == len(problem.kinds) and len(point.values) == len(signs):
            _check_point(problem, point, f"point[{k}]", tally)
        else:
            tally.says(False, "certificate", f"point[{k}]", "lengths", "as in the problem")
    vectors = [tuple(s * v for s, v in zip(signs, point.values)) for point in found.points]
    for k, vector in enumerate(vectors):
        better = any(dominates(other, vector) for n, other in enumerate(vectors) if n != k)
        tally.says(not better, "nondominated", f"point[{k}]", "dominated" if better else "nondominated", "nondominated")
    if found.method == "complete" and found.status in ("complete", "limit", "interrupted"):
        _check_complete(found, problem, vectors, tally)
    elif found.method == "certified":
        tally.unknown("zones of an epsilon-certificate")
    return tally.verdict()


def _row(values: Any) -> list[Fraction]:
    return [to_fraction(v) for v in values]


def _check_point(problem: _Problem, point: ProgramPoint, place: str, tally: Tally) -> None:
    for j, (value, kind) in enumerate(zip(point.x, problem.kinds, strict=True)):
        room = Fraction(0) if kind != "C" else Fraction(PUBLISHED_FEASIBILITY) * max(Fraction(1), abs(value))
        low, high = problem.lower[j], problem.upper[j]
        if kind == "B":
            low, high = max(low, Fraction(0)), min(high, Fraction(1))
        tally.says(kind == "C" or value.denominator == 1, "integer", f"{place}.x[{j}]", value, "a whole number")
        tally.at_least("bounds", f"{place}.x[{j}]", value + room, low)
        tally.at_most("bounds", f"{place}.x[{j}]", value - room, high)
    for i, (row, sense, side) in enumerate(zip(problem.rows, problem.senses, problem.sides, strict=True)):
        total, room = _sum(problem, row, point.x)
        if sense != ">=":
            tally.at_most("constraint", f"{place}.constraint[{i}]", total - room, side)
        if sense != "<=":
            tally.at_least("constraint", f"{place}.constraint[{i}]", total + room, side)
    for i, (row, value) in enumerate(zip(problem.objectives, point.values, strict=True)):
        total, room = _sum(problem, row, point.x)
        tally.at_most("criterion_value", f"{place}.values[{i}]", abs(total - value), room)


def _sum(problem: _Problem, row: list[Fraction], x: tuple[Fraction, ...]) -> tuple[Fraction, Fraction]:
    """row @ x, and the room it is given: none where only integer columns count."""
    terms = [a * v for a, v in zip(row, x, strict=True)]
    mixed = any(a and kind == "C" for a, kind in zip(row, problem.kinds, strict=True))
    size = sum((abs(t) for t in terms), Fraction(0))
    return sum(terms, Fraction(0)), Fraction(PUBLISHED_FEASIBILITY) * max(Fraction(1), size) if mixed else Fraction(0)


def _check_complete(found: ProgramFrontier, problem: _Problem, vectors: list[Vector], tally: Tally) -> None:
    q = len(problem.objectives)
    lengths: list[Sized] = [found.step, found.offset, found.start, *(zone.upper for zone in found.zones)]
    lengths += [part for piece in found.evidence for part in (piece.weights, piece.box)]
    if any(len(vector) != q for vector in lengths) or any(step <= 0 for step in found.step):
        tally.says(False, "certificate", "step", found.step, "one per criterion, > 0")
        return
    for i, row in enumerate(problem.objectives):
        for j, a in enumerate(row):
            whole = not a or (problem.kinds[j] != "C" and (a / found.step[i]).denominator == 1)
            tally.says(whole, "criterion_grid", f"objective[{i}].x[{j}]", a, "a whole number of steps of an integer column")
        most = _most(problem, row)
        if most is None:
            tally.unknown("start of a search without column bounds")
        else:
            tally.below("start", f"start[{i}]", (most - found.offset[i]) / found.step[i], found.start[i])
    counts = [tuple((v - o) / s for v, o, s in zip(vector, found.offset, found.step, strict=True)) for vector in vectors]
    expected = search_region(counts, found.start)
    listed = [zone.upper for zone in found.zones]
    tally.equal("zones", "zones", len(set(listed)), len(listed))
    tally.equal("zones", "missing", len(expected - set(listed)), 0)
    tally.equal("zones", "extra", len(set(listed) - expected), 0)
    for k, zone in enumerate(found.zones):
        _check_zone(found, zone, f"zone[{k}]", tally)
    check_evidence(found.evidence, counts, tally)


def _most(problem: _Problem, row: list[Fraction]) -> Fraction | None:
    """Largest minimised value over the column bounds; None where they do not limit it."""
    total = Fraction(0)
    for j, a in enumerate(row):
        signed = problem.sign * a
        low, high = problem.lower[j], problem.upper[j]
        if problem.kinds[j] == "B":
            low, high = max(low, Fraction(0)), min(high, Fraction(1))
        end = high if signed > 0 else low
        if signed and abs(end) >= NONE:
            return None
        total += signed * end
    return total


def _check_zone(found: ProgramFrontier, zone: ProgramZone, place: str, tally: Tally) -> None:
    if zone.evidence is None:
        tally.says(found.status != "complete", "status", place, "open", "closed in a complete set")
        return
    check_emptied(zone.upper, found.evidence, zone.evidence, place, tally)
