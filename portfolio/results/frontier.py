"""What `portfolio frontier` hands on: published plans and the certificate that says what may be missing between them.

Criteria values of plans stand in natural sense; the certificate's vectors are minimised (natural = sign * minimised), in the order of `criteria`.
"""

from __future__ import annotations

from typing import Any, Literal

from portfolio.results.plan import Audit, Plan, Range
from portfolio.schema.exact import Exact
from portfolio.schema.record import Record

FRONTIER_VERSION = 1
FrontierStatus = Literal["certified", "complete", "limit", "interrupted", "infeasible", "no_plan"]
ZoneProof = Literal["mip", "tree", "half-space", "relaxation", "inherited", "open"]
"""What the zone's bound rests on: a MIP's dual bound, a branching tree, a weighted bound (w.f >= B), an LP relaxation, its parent's bound; open: none yet."""


class FrontierPoint(Record):
    """One nondominated published plan. id: `p1`, `p2`, ... in the order found."""

    id: str
    plan: Plan


class Zone(Record):
    """One local upper bound u (q,) of the points and the proven upper bound `alpha` on max {alpha : f(x) + alpha r <= u}.

    at: the zone for which it was proven where that is another one, u <= at (a bound holds for every zone inside)
    weights, bound: for a half-space, w >= 0 and the proven B <= min w.f; then alpha <= (w.at - B) / (w.r)
    trouble: why no solve could settle the zone · tree: place of its proof in the certificate's `proofs`, None where it rests on a solver's word.
    """

    upper: tuple[Exact, ...]
    alpha: Exact
    proof: ZoneProof = "open"
    at: tuple[Exact, ...] = ()
    weights: tuple[Exact, ...] = ()
    bound: Exact | None = None
    trouble: str = ""
    tree: int | None = None


class GridEvidence(Record):
    """In whole steps of the criteria: every feasible x with f(x) < box (None: not limited) has weights . f(x) >= bound (None: there is no such x)."""

    weights: tuple[int, ...]
    box: tuple[int | None, ...]
    bound: int | None
    basis: Literal["mip", "relaxation"]


class FrontierCertificate(Record):
    """For every feasible x there is a point n with f(n) <= f(x) + epsilon r (minimised sense), epsilon = `certified`.

    criteria, signs: order and sense of the vectors · scale: r > 0 · step: a point f stands in the search region as step * ceil(f / step)
    start: M, above max f + reach r from derived column bounds · reach: what epsilon must stay below · target: epsilon asked for
    certified: largest alpha over all current zones, closed ones included · zones: exactly the search region of the points
    tight: the Program of the proofs was assembled with tight rows (docs/adr/0010)
    proofs: the trees and multipliers that show zones' bounds, packed (docs/proofs.md).

    Of a complete set (criteria on grids of `step`, certified 0): evidence, and per zone which piece of it says that the zone is empty.
    """

    criteria: tuple[str, ...]
    signs: tuple[int, ...]
    scale: tuple[Exact, ...]
    step: tuple[Exact, ...]
    start: tuple[Exact, ...]
    reach: Exact
    target: Exact
    certified: Exact
    zones: tuple[Zone, ...] = ()
    tight: bool = False
    proofs: str = ""
    evidence: tuple[GridEvidence, ...] = ()
    emptied_by: tuple[int, ...] = ()


class Frontier(Record):
    """A complete, replayable answer of `frontier`.

    ranges: best (a bound) and worst per criterion, natural · points: nondominated, in the order found (a complete set: in lexicographic order) · counts: mips, lps, ...
    audit: sums over all plans · search: what --resume needs beyond the certificate.
    """

    format: Literal["portfolio-frontier"] = "portfolio-frontier"
    schema_version: int = FRONTIER_VERSION
    status: FrontierStatus
    instance_hash: str
    model_hash: str
    instance: dict[str, Any]
    model: dict[str, Any]
    ranges: dict[str, Range] = {}
    points: tuple[FrontierPoint, ...] = ()
    certificate: FrontierCertificate | None = None
    audit: Audit | None = None
    options: dict[str, Any] = {}
    versions: dict[str, str] = {}
    counts: dict[str, int] = {}
    notices: tuple[str, ...] = ()
    seconds: dict[str, float] = {}
    search: dict[str, Any] = {}
