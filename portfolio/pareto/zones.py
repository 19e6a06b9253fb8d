"""What a zone solver is asked and what it may answer: a protocol with one implementation per method (mip_zones.py, tree_zones.py).

An answer depends on the task alone, never on what the worker solved before: the order in which tasks end cannot change a frontier.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from portfolio.pareto.half_space import HalfSpace
from portfolio.pareto.tree_bounds import Grown
from portfolio.program import Floats
from portfolio.results.frontier import ZoneProof
from portfolio.solvers.outcome import Ask


@dataclass(frozen=True)
class Published:
    """A point as it counts: values (q,) exact, minimised · plan: what stands behind it · raw: (q,) values as the solver has them · integers: columns that are not 0
    basis: opaque, where an LP within its choices may start."""

    values: tuple[Fraction, ...]
    plan: Any
    raw: Floats
    integers: Mapping[int, float]
    basis: Any = None


Publisher = Callable[[Floats, Floats], tuple[tuple[Fraction, ...], Any] | None]
"""(x (n,), weights (q,)) -> exact minimised values and the published plan; None when x cannot be published."""


@dataclass(frozen=True)
class Limits:
    """deadline: on the clock of time.perf_counter · stop: set from outside to end early."""

    deadline: float = float("inf")
    stop: threading.Event = field(default_factory=threading.Event)

    def ask(self, **more: Any) -> Ask:
        """What is left of the time, as an Ask."""
        return Ask(seconds=max(self.deadline - time.perf_counter(), 0.01), stop=self.stop, **more)

    @property
    def reached(self) -> bool:
        return self.stop.is_set() or time.perf_counter() >= self.deadline


@dataclass(frozen=True)
class Choice:
    """Integer columns of a known point (zero where nothing is said), by its place · basis: opaque, where an LP within them may start."""

    place: int
    integers: Mapping[int, float]
    basis: Any = None


@dataclass(frozen=True)
class Task:
    """One zone, or one weighted solve (weights given).

    upper: (q,) floats, not below the exact bounds, inf where unlimited · alpha: what is proven already · spaces: half-spaces known when the task
    was given · choices: of known points near the zone, nearest first · basis, tree: what the zone inherits (tree_zones.py)
    aim: upper corner (q,) of the part in which a point is wanted (placing.py) · most: what is known to bound it · thorough: MIPs may be used
    grow: nodes of a small tree that is worth its price here (0: none), pattern: splits to follow.
    """

    serial: int
    zone: tuple[float, ...] = ()
    upper: Floats = field(default_factory=lambda: np.zeros(0))
    alpha: float = float("inf")
    weights: Floats | None = None
    spaces: int = 0
    known: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    choices: tuple[Choice, ...] = ()
    basis: Any = None
    tree: Any = None
    aim: Floats | None = None
    thorough: bool = False
    grow: int = 0
    pattern: Sequence[Sequence[int]] = ()
    most: float = float("inf")

    @property
    def start(self) -> Mapping[int, float] | None:
        """Integer columns to begin a MIP with."""
        return self.choices[0].integers if self.choices else None


@dataclass(frozen=True)
class Answer:
    """alpha: proven upper bound for the zone (None: nothing new), and what it rests on · spaces: half-spaces proven on the way
    points: published points in or near the zone · trouble: why the zone could be neither closed nor split · stopped: a limit came first
    hard: nothing cheap settled the zone; to be given again, thoroughly
    basis, tree: what zones inside this one inherit · choice_bases: of the task's choices, by place
    grown: the tree that was grown, as it bounds all zones.
    """

    serial: int
    alpha: Fraction | None = None
    proof: ZoneProof = "open"
    spaces: tuple[HalfSpace, ...] = ()
    points: tuple[Published, ...] = ()
    trouble: str = ""
    stopped: bool = False
    infeasible: bool = False
    hard: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    basis: Any = None
    tree: Any = None
    choice_bases: Mapping[int, Any] = field(default_factory=dict)
    grown: Grown | None = None


class ZoneSolver(Protocol):
    """One per worker; holds its own solver objects."""

    def solve(self, task: Task, limits: Limits) -> Answer:
        """Close the zone, find a point in it, or say why not."""

    def relaxed(self, upper: Floats) -> float:
        """The relaxation's bound on alpha for a zone."""


def depth(upper: Floats, values: Floats, scale: Floats) -> float:
    """alpha of a point in a zone: the largest with f + alpha r <= u; negative outside."""
    return float(((upper - values) / scale).min())
