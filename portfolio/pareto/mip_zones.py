"""Zone solver `mip`: LP relaxation, weighted MIP, zone MIP - in this order, and only as far as needed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.errors import SolverFailure
from portfolio.numerics import FRONTIER_MARGIN, ZONE_DEPTH
from portfolio.pareto.half_space import HalfSpace, like
from portfolio.pareto.lattice import rounded_up
from portfolio.pareto.zone_solves import Setting, ZoneSolves
from portfolio.pareto.zones import Answer, Limits, Published, Task, depth
from portfolio.program import Floats
from portfolio.results.frontier import ZoneProof

ACCEPT = 0.5
"""A plan this deep in a zone [share of the larger of epsilon and the zone's bound] becomes a point without a search for a deeper one."""
ZONE_GAP = 0.1
"""Gap of a zone's MIP [epsilon]."""


class MipZones:
    """One worker's zone solver. Not thread-safe."""

    def __init__(self, setting: Setting) -> None:
        self.solves = ZoneSolves(setting)

    def solve(self, task: Task, limits: Limits) -> Answer:
        """Close the zone, find a point in it, or say why not."""
        self.solves.counts.clear()
        try:
            answer = weigh(self.solves, task, limits) if task.weights is not None else self.zone(task, limits).answer()
        except SolverFailure as failure:
            answer = Answer(task.serial, trouble=failure.messages["en"])
        if limits.reached:
            answer = replace(answer, trouble="", stopped=True)
        return replace(answer, counts=dict(self.solves.counts))

    def relaxed(self, upper: Floats) -> float:
        """The relaxation's bound on alpha for a zone."""
        return self.solves.relax(upper)[0]

    def zone(self, task: Task, limits: Limits) -> ZoneWork:
        """The work on one zone."""
        return ZoneWork(self.solves, task, limits)


def weigh(solves: ZoneSolves, task: Task, limits: Limits) -> Answer:
    """A half-space and a plan near the supported points: from the relaxation and a dive, from a MIP where they bring no plan."""
    assert task.weights is not None
    weights = task.weights / solves.r
    x, space = solves.supported(task.weights, limits)
    point = None if x is None else solves.published(solves.polish(x, limits), weights)
    spaces = [] if space is None else [space]
    if point is not None:
        return Answer(task.serial, spaces=tuple(spaces), points=(point,))
    outcome, space = solves.weighted(task.weights, task.start, limits)
    if outcome is None:
        return Answer(task.serial, trouble="the weighted solve failed")
    if outcome.verdict == "infeasible":
        return Answer(task.serial, infeasible=True)
    spaces += [] if space is None else [space]
    point = None if outcome.x is None else solves.published(outcome.x, weights)
    trouble = "" if point else "no plan found" if outcome.x is None else "the plan found could not be published"
    return Answer(task.serial, spaces=tuple(spaces), points=(point,) if point else (), trouble=trouble)


class ZoneWork:
    """The work on one zone: what is proven so far, and the deepest plan."""

    def __init__(self, solves: ZoneSolves, task: Task, limits: Limits) -> None:
        self.solves, self.task, self.limits = solves, task, limits
        self.epsilon = solves.setting.epsilon
        self.alpha = task.alpha
        self.proof: ZoneProof = "open"
        self.spaces: list[HalfSpace] = []
        self.basis: Any = None
        self.weights: Floats = np.zeros(0)
        self.deepest: tuple[float, Floats] | None = None

    def answer(self) -> Answer:
        """Cheap bounds first."""
        self._relaxed(self.task.upper)
        if self._closed:
            return self._done()
        point = None
        if self.weights.sum() > 0 and not like(self.task.known, self.weights):
            point = self._weighted()
        return self._searched(point)

    def _searched(self, point: Published | None) -> Answer:
        """With the zone's own MIP, where nothing else has settled it."""
        if point is None and not self._closed:
            point = self._search()
        if point is not None or self._closed:
            return self._done(point)
        return self._done(
            trouble="" if self.limits.reached else "no plan found lies in the zone on the publication grid, and its bound is above epsilon"
        )

    def _relaxed(self, part: Floats) -> float:
        """The relaxation of a part of the zone: its bound; the zone's is improved by the half-space."""
        solves, whole = self.solves, part is self.task.upper
        bound, self.weights, space = solves.relax(part, self.task.basis)
        self.basis = solves.basis
        if space is not None:
            self.spaces.append(space)
        if whole:
            self._improve(bound, "half-space")
        elif space is not None:
            self._improve(solves.alpha_of(space, self.task.upper), "half-space")
        return bound

    def _depth(self, x: Floats, part: Floats | None = None) -> float:
        """alpha of a plan in the zone, or in a part of it."""
        solves = self.solves
        return depth(self.task.upper if part is None else part, solves.setting.program.values(x[: solves.alpha]), solves.r)

    def _weighted(self) -> Published | None:
        outcome, space = self.solves.weighted(self.weights, self.task.start, self.limits, self.task.upper)
        if space is not None:
            self.spaces.append(space)
            self._improve(self.solves.alpha_of(space, self.task.upper), "half-space")
        return None if self._closed or outcome is None else self._take(outcome.x, polish=False)

    def _search(self) -> Published | None:
        """The zone's own MIP; without an early stop when what it found does not count on the publication grid."""
        solves, limits = self.solves, self.limits
        for target, gap in ((self._accepted, ZONE_GAP * self.epsilon), (float("inf"), 0.0)):
            outcome = solves.deepest(self.task.upper, self.alpha, self._start(), limits, target, gap)
            if outcome is None or outcome.verdict == "infeasible":
                return None
            self._improve(-outcome.bound + float(FRONTIER_MARGIN), "mip")
            if self._closed:
                return None
            point = self._take(None if outcome.x is None else outcome.x[:-1])
            if point is not None or limits.reached:
                return point
        return None

    def _start(self) -> Floats | None:
        if self.deepest is None:
            return self.solves.start(self.task.start)
        # The integer columns alone: from complete starts HiGHS has proven false bounds (docs/traps.md).
        return self.solves.start({int(j): float(np.round(self.deepest[1][j])) for j in self.solves.integers})

    def _take(self, x: Floats | None, share: float = 1.0, polish: bool = True) -> Published | None:
        """x as a point of this zone: deep enough, improved where it can be, and still inside when published."""
        solves = self.solves
        if x is None:
            return None
        x = x[: solves.alpha]
        found = self._depth(x)
        if self.deepest is None or found > self.deepest[0]:
            self.deepest = (found, x)
        if found < share * self._accepted:
            return None
        better = solves.polish(x, self.limits) if polish else x
        for candidate in (better, x) if better is not x else (x,):
            point = self._published(candidate)
            if point is not None:
                return point
        return None

    def _published(self, x: Floats) -> Published | None:
        """x as a point, when it still lies inside the zone then."""
        solves = self.solves
        point = solves.published(x, 1 / solves.r)
        if point is None or depth(self.task.upper, np.array([float(v) for v in point.values]), solves.r) < float(ZONE_DEPTH) * self.epsilon:
            return None
        return point

    @property
    def _accepted(self) -> float:
        return ACCEPT * max(self.epsilon, min(self.alpha, self.solves.setting.reach))

    @property
    def _closed(self) -> bool:
        return self.alpha <= self.epsilon

    def _improve(self, alpha: float, proof: ZoneProof) -> None:
        if alpha < self.alpha:
            self.alpha, self.proof = alpha, proof

    def _done(self, point: Published | None = None, trouble: str = "") -> Answer:
        alpha = None if self.proof == "open" else max(rounded_up(Fraction(self.alpha)), Fraction(0))
        points = (point,) if point else ()
        return Answer(self.task.serial, alpha, self.proof, tuple(self.spaces), points, trouble, basis=self.basis)
