"""What `portfolio frontier --program` hands on: the nondominated points of a bare problem and what proves how much may be missing.

Values of points stand in the problem's own sense; vectors of zones and evidence are minimised (natural = sign * minimised).
"""

from __future__ import annotations

from typing import Any, Literal

from portfolio.results.frontier import GridEvidence, ZoneProof
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
    troubles: what solves could not settle · problem: the problem itself, so that an audit needs nothing else
    search: what --resume needs of a run that was stopped (method complete).
    """

    format: Literal["portfolio-program-frontier"] = "portfolio-program-frontier"
    schema_version: int = PROGRAM_FRONTIER_VERSION
    method: Method
    status: ProgramStatus
    name: str
    problem: dict[str, Any]
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
    evidence: tuple[GridEvidence, ...] = ()
    troubles: tuple[str, ...] = ()
    options: dict[str, Any] = {}
    versions: dict[str, str] = {}
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}
    search: dict[str, Any] = {}
