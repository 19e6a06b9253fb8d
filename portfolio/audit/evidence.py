"""Evidence about criteria on grids, in whole steps: which zones it empties, which points prove it false. Exact.

every feasible x with f(x) < box has w . f(x) >= bound;   a zone u <= box is empty where  w . (u - 1) < bound,  w >= 0
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from portfolio.audit.verdict import Tally
from portfolio.audit.zones import Vector
from portfolio.results.frontier import GridEvidence


def check_emptied(zone: Vector, evidence: Sequence[GridEvidence], number: int, place: str, tally: Tally) -> None:
    """The zone (q,) in steps is empty by that piece."""
    known = 0 <= number < len(evidence)
    tally.says(known, "zone_evidence", place, number, "a piece of evidence")
    if known:
        piece = evidence[number]
        inside = all(b is None or u <= b for u, b in zip(zone, piece.box, strict=True))
        corner = sum((w * (u - 1) for w, u in zip(piece.weights, zone, strict=True)), Fraction(0))
        fits = inside and min(piece.weights) >= 0 and (piece.bound is None or corner < piece.bound)
        tally.says(fits, "zone_evidence", place, f"{corner} in its box" if inside else "outside the box", f"below {piece.bound}")


def check_evidence(evidence: Sequence[GridEvidence], counts: Sequence[Vector], tally: Tally) -> None:
    """No point (q,), in steps, contradicts a piece."""
    for k, piece in enumerate(evidence):
        tally.says(not any(_denies(piece, count) for count in counts), "evidence_point", f"evidence[{k}]", "a point beyond it", "none")


def _denies(piece: GridEvidence, count: Vector) -> bool:
    if any(b is not None and z >= b for z, b in zip(count, piece.box, strict=True)):
        return False
    return piece.bound is None or sum((w * z for w, z in zip(piece.weights, count, strict=True)), Fraction(0)) < piece.bound
