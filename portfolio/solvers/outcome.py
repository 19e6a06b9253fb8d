"""What a solver may be asked and what it may answer; the same for every door."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from portfolio.program import Floats

Verdict = Literal["optimal", "infeasible", "limit", "interrupted", "failed"]


@dataclass(frozen=True)
class Progress:
    """Where a solve stands: seconds, incumbent (inf: none), bound, nodes; objective as minimised."""

    seconds: float
    incumbent: float
    bound: float
    nodes: int


@dataclass(frozen=True)
class Ask:
    """How far to go. gap: absolute, in units of the objective · seconds: wall time (inf: none) · start: (n,) a plan to begin from, NaN where it says nothing
    stop: set from outside to end early · target/cutoff: stop as soon as the incumbent <= target or the bound >= cutoff · nodes: stop after so many
    near: the start is close to the best, spend little on looking for others
    largest_cost: size (a power of two) at which the largest cost is handed over, where 1 would make the steps of an objective too small."""

    gap: float = 0.0
    seconds: float = float("inf")
    relax: bool = False
    start: Floats | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Callable[[Progress], None] | None = None
    target: float = -float("inf")
    cutoff: float = float("inf")
    nodes: float = float("inf")
    near: bool = False
    largest_cost: float = 1.0


@dataclass(frozen=True)
class Outcome:
    """The answer. optimal: solved to the gap asked for · limit: stopped early · failed: nothing can be claimed.

    x: (n,) or None · objective: recomputed from x (inf without x) · bound: proven lower bound (-inf: none) · duals: (m,) for a relaxation.
    """

    verdict: Verdict
    x: Floats | None
    objective: float
    bound: float
    seconds: float = 0.0
    nodes: int = 0
    duals: Floats | None = None
    note: str = ""
