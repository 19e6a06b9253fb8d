"""Zone solver `mip`: LP relaxation, dive, weighted MIP, zone MIP - in this order, and only as far as needed."""

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
ACCEPT_DIVE = 0.3
"""The same for a dive, which costs little: a shallower point now is better than a MIP."""
ENOUGH = 0.6
"""A dive this deep [the same share] is taken at once; below, the choices of near points are tried."""
LOST = 0.5
"""A dive may lie so far behind the bound of the part it was made for [epsilon] before the choices of near points are tried."""
LEAST_DEPTH = 0.1
"""Least depth in its zone of a plan that was aimed at a part [epsilon]: twice what a published point needs."""
AGAIN = 0.2
"""Share of the fractional columns that a second dive fixes at a time: slower, and somewhere else."""
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
        self.choice_bases: dict[int, Any] = {}
        self.deepest: tuple[float, Floats] | None = None

    def answer(self) -> Answer:
        """Cheap bounds first."""
        if self.task.aim is not None and (answer := self._aimed(self.task.aim)) is not None:
            return answer
        return self._whole()

    def _aimed(self, aim: Floats) -> Answer | None:
        """A point in the part of the zone where it is wanted, or the zone closed; None: neither."""
        bound = self._relaxed(aim)
        if not self._closed:
            self._close_first()
        if self._closed:
            return self._done()
        x = self._plan(aim, bound - LOST * self.epsilon)
        if x is None or self._depth(x) < LEAST_DEPTH * self.epsilon:
            return None
        point = self._published(x)
        return None if point is None else self._done(point)

    def _relaxed(self, part: Floats) -> float:
        """The relaxation of a part of the zone: its bound; the zone's is improved by the half-space."""
        solves, whole = self.solves, part is self.task.upper
        bound, self.weights, space = solves.relax(part, self.task.basis)
        self.basis = solves.basis
        if space is not None:
            self.spaces.append(space)
            self._improve(bound if whole else solves.alpha_of(space, self.task.upper), "half-space")
        elif whole:
            self._improve(bound, "half-space")
        return bound

    def _whole(self) -> Answer:
        """The zone as it is."""
        task = self.task
        self._relaxed(task.upper)
        weights = self.weights
        if self._closed:
            return self._done()
        self._close_first()
        if self._closed:
            return self._done()
        point = self._take(self._plan(task.upper, ENOUGH / ACCEPT * self._accepted), ACCEPT_DIVE / ACCEPT, polish=False)
        if point is None and not task.thorough:
            point = self._take(self.solves.dive(self.limits, AGAIN), ACCEPT_DIVE / ACCEPT, polish=False)
            if point is None and not self.limits.reached:
                return replace(self._done(), hard=True)
        if point is None:
            point = self._before_mips()
        if point is None and not self._closed and weights.sum() > 0 and not like(task.known, weights):
            point = self._weighted(weights)
        if point is None and not self._closed:
            point = self._search()
        if point is not None or self._closed:
            return self._done(point)
        return self._done(
            trouble="" if self.limits.reached else "no plan found lies in the zone on the publication grid, and its bound is above epsilon"
        )

    def _close_first(self) -> None:
        """What another method tries before any plan: a better bound."""

    def _plan(self, part: Floats, enough: float) -> Floats | None:
        """A dive's x in the part that was relaxed; where it is not deep enough, the deepest of that and of the best ones within the choices of near points."""
        solves = self.solves
        found = [] if (x := solves.dive(self.limits)) is None else [x]
        for choice in self.task.choices:
            if found and self._depth(found[-1], part) >= enough:
                return found[-1]
            x, basis = solves.within(choice, self.limits)
            if x is not None:
                found.append(x)
                self.choice_bases[choice.place] = basis
        return max(found, key=lambda x: self._depth(x, part), default=None)

    def _depth(self, x: Floats, part: Floats | None = None) -> float:
        solves = self.solves
        return depth(self.task.upper if part is None else part, solves.setting.program.values(x[: solves.alpha]), solves.r)

    def _before_mips(self) -> Published | None:
        """What another method tries before the MIPs: a point, a better bound, or nothing."""
        return None

    def _weighted(self, weights: Floats) -> Published | None:
        outcome, space = self.solves.weighted(weights, self.task.start, self.limits, self.task.upper)
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
        return np.append(self.deepest[1], self.deepest[0])

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
        return Answer(
            self.task.serial, alpha, self.proof, tuple(self.spaces), points, trouble, basis=self.basis, choice_bases=self.choice_bases
        )
