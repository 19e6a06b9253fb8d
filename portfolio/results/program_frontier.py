"""What `portfolio frontier --program` hands on: the nondominated points of a bare problem and what proves how much may be missing.

Values of points stand in the problem's own sense; vectors of zones and evidence are minimised (natural = sign * minimised).
"""

from __future__ import annotations

from typing import Any, Literal

from portfolio.results.frontier import ZoneProof
from portfolio.schema.exact import Exact
from portfolio.schema.record import Record

PROGRAM_FRONTIER_VERSION = 1
Method = Literal["complete", "certified", "epsilon-constraint", "weighted"]
ProgramStatus = Literal["complete", "certified", "unproven", "limit", "interrupted", "infeasible", "no_plan"]
"""unproven: a plain method ended; nothing is claimed about what it did not find."""


class ProgramPoint(Record):
    """values: (q,) in the problem's sense · x: (n,) the solution."""

    values: tuple[Exact, ...]
    x: tuple[Exact, ...]


class ProgramEvidence(Record):
    """In whole steps: every feasible x with counts < box (None: not limited) has weights . counts >= bound (None: there is no such x)."""

    weights: tuple[int, ...]
    box: tuple[int | None, ...]
    bound: int | None
    basis: Literal["mip", "relaxation"]


class ProgramZone(Record):
    """upper: (q,) a local upper bound, in steps (complete) or criteria units (certified)
    evidence: number of the evidence that empties it, None while open · alpha, proof: of the epsilon-certificate."""

    upper: tuple[Exact, ...]
    evidence: int | None = None
    alpha: Exact | None = None
    proof: ZoneProof | None = None


class ProgramFrontier(Record):
    """points: in lexicographic order of the minimised values · step, offset: value = offset + step * count, per criterion (complete)
    certified, target, scale: of the epsilon-certificate · start: what no count or value reaches · counts: mips, nodes, open zones
    troubles: what solves could not settle.
    """

    format: Literal["portfolio-program-frontier"] = "portfolio-program-frontier"
    schema_version: int = PROGRAM_FRONTIER_VERSION
    method: Method
    status: ProgramStatus
    name: str
    problem_hash: str
    criteria: tuple[str, ...]
    signs: tuple[int, ...]
    points: tuple[ProgramPoint, ...] = ()
    step: tuple[Exact, ...] = ()
    offset: tuple[Exact, ...] = ()
    start: tuple[Exact, ...] = ()
    scale: tuple[Exact, ...] = ()
    target: Exact | None = None
    certified: Exact | None = None
    zones: tuple[ProgramZone, ...] = ()
    evidence: tuple[ProgramEvidence, ...] = ()
    troubles: tuple[str, ...] = ()
    options: dict[str, Any] = {}
    versions: dict[str, str] = {}
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}
