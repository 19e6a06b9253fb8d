"""Zone solver `tree`: relaxations, dives, small trees that bound all zones, branching trees that zones inherit; MIPs for what these leave.

A point is looked for in the part of the zone where it serves most (placing.py): within choices of near points, between them, and by dives, from the
leaves of a small tree where one was grown.
A zone in which none of these finds a point is given again, thoroughly, when its turn comes: then its tree is grown, and after that its MIP is solved.

A tree's leaves have bounds that are affine in the right-hand sides: they are evaluated at a new zone, not solved (proof/family.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from portfolio.numerics import FARKAS_MARGIN, FRONTIER_MARGIN
from portfolio.pareto.mip_zones import MipZones, ZoneWork
from portfolio.pareto.tree_bounds import Grown, TreeBounds
from portfolio.pareto.zone_solves import ZoneSolves
from portfolio.pareto.zones import Answer, Limits, Published, Task
from portfolio.program import Floats
from portfolio.proof.certificate import tree_of
from portfolio.proof.family import Family
from portfolio.proof.leaves import Leaf
from portfolio.proof.tree import TRIALS

SHALLOW = 0.4
"""Share of a plan deep enough for a MIP (ACCEPT) that will do for a dive, which costs little: a shallower point now is better than a MIP (ADR 14)."""
FROM_LEAVES = 2
"""Leaves of a tree just grown from which plans are dived for, lowest bounds first: what is decided there saves a dive its worst mistakes (ADR 13)."""
WITHIN = 2
"""Near points within whose choices a plan is looked for."""
CROSSED = (3, 6)
"""Near points whose choices are crossed: with few of them little is left to decide, with more of them something new may come of it (ADR 14)."""
NEAR = 0.6
"""A plan so little behind the part's bound is deep enough: another try costs more than it saves in points [epsilon]."""
LEAST_DEPTH = 0.1
"""Least depth in its zone of a plan that was aimed at a part [epsilon]: twice what a published point needs."""
AGAIN = 0.2
"""Share of the fractional columns that a second dive fixes at a time: slower, and somewhere else."""
FEW = 3
"""Candidates tried for a node that is added to a tree that branches as a near one did."""
ENOUGH = 0.9
"""Bound at which such a tree is left alone [epsilon]: lower than its zone needs, for the zones around."""
NODES = 100
"""Nodes for one zone: where the relaxation is weak a tree grows without end, and the MIP's cuts are the better means."""
LEAVES = 3_000
"""A tree with more leaves is not handed on: evaluating them costs more than they save."""


class TreeZones(MipZones):
    """One worker's zone solver. Not thread-safe."""

    def zone(self, task: Task, limits: Limits) -> ZoneWork:
        """The work on one zone."""
        return TreeWork(self.solves, task, limits)


class TreeWork(ZoneWork):
    """A zone with its tree."""

    def __init__(self, solves: ZoneSolves, task: Task, limits: Limits) -> None:
        super().__init__(solves, task, limits)
        self.tree: Family | None = None if task.tree is None else task.tree.child()
        self.choice_bases: dict[int, Any] = {}
        self.deepest_basis: Any = None
        self.grown: Grown | None = None
        self.begun: tuple[Leaf, ...] = ()
        self.most = float("inf")
        self.shown_by: Family | Grown | None = None

    def answer(self) -> Answer:
        """What is inherited may close the zone without a solve."""
        if self.tree is not None:
            self._lower(-self.tree.bound(self.solves.finite_sides(self.task.upper)) + float(FRONTIER_MARGIN), self.tree)
            if self._closed:
                self.solves.counts["closed_by_trees"] += 1
                return self._done()
        answer = (None if self.task.aim is None else self._aimed(self.task.aim)) or self._whole()
        keep = self.tree is not None and len(self.tree.leaves) <= LEAVES
        return replace(answer, tree=self.tree if keep else None, choice_bases=self.choice_bases)

    def _aimed(self, aim: Floats) -> Answer | None:
        """A point in the part of the zone where it is wanted, or the zone closed; None: neither."""
        self.most = min(self._relaxed(aim), self.task.most)
        self._bound(aim)
        if self._closed:
            return self._done()
        x = self._plan(aim)
        if x is None or self._depth(x) < LEAST_DEPTH * self.epsilon:
            return None
        point = self._published(x)
        return None if point is None else self._done(replace(point, basis=self.deepest_basis))

    def _whole(self) -> Answer:
        """The zone as it is."""
        self.most = min(self._relaxed(self.task.upper), self.alpha)
        if self.grown is None:
            self._bound(self.task.upper)
        if self._closed:
            return self._done()
        point = self._take(self._plan(self.task.upper), SHALLOW, polish=False)
        if point is not None:
            point = replace(point, basis=self.deepest_basis)
        if point is None and not self.task.thorough:
            point = self._take(self.solves.dive(self.limits, AGAIN), SHALLOW, polish=False)
            if point is None and not self.limits.reached:
                return replace(self._done(), hard=True)
        if point is None:
            x = self._grow()
            point = None if self._closed else self._take(x)
        return self._searched(point)

    def _plan(self, part: Floats) -> Floats | None:
        """The deepest x that was found for the part that was relaxed; no more are looked for than it takes to come near its bound."""
        best, deepest = None, -float("inf")
        for x in self._plans():
            if x is not None and (found := self._depth(x, part)) > deepest:
                best, deepest, self.deepest_basis = x, found, self.solves.last_basis
            if deepest >= self.most - NEAR * self.epsilon:
                break
        return best

    def _plans(self) -> Iterator[Floats | None]:
        """Plans by the means that cost least first: within choices of near points, crossings of these, dives - from the leaves of the tree that was grown for
        the part, else from its relaxation."""
        solves, choices = self.solves, self.task.choices
        for choice in choices[:WITHIN]:
            x, basis = solves.within(choice, self.limits)
            if x is not None:
                self.choice_bases[choice.place] = basis
            yield x
        first, *others = self.begun or (None,)
        few, many = (choices[:n] for n in CROSSED)
        if len(few) > 1:
            yield solves.cross(few, self.limits)
        yield solves.dive(self.limits, leaf=first)
        if len(many) > len(few):
            yield solves.cross(many, self.limits)
        for one in others:
            yield solves.dive(self.limits, leaf=one)

    def _bound(self, part: Floats) -> None:
        """A small tree for the part of the zone that was just relaxed, where one is worth its price: its bounds serve the zones around, too."""
        solves = self.solves
        if not self.task.grow or self._closed:
            return
        ask, sides = self.limits.ask(cutoff=-ENOUGH * self.epsilon), solves.finite_sides(part)
        trials = FEW if self.task.pattern else TRIALS
        tree = Family(solves.lp.frame, self.basis)
        if self.task.pattern:
            solves.counts["nodes"] += tree.follow(solves.lp, sides, self.task.pattern, ask)
        outcome = tree.improve(solves.lp, sides, ask, self.task.grow, dives=False, trials=trials)
        solves.counts["nodes"] += outcome.nodes
        self.grown = grown(tree, part, solves)
        self.begun = tuple(tree.leaves[n] for n in np.argsort(tree.bounds(sides), kind="stable")[:FROM_LEAVES])
        whole, here = TreeBounds([(0, self.grown)]).alphas(np.array([self.task.upper, part])).tolist()
        self.most = min(self.most, here)
        self._lower(whole, self.grown)

    def _grow(self) -> Floats | None:
        """Work on the tree until it closes the zone or holds a plan that is deep enough; that plan."""
        solves = self.solves
        if self.tree is None:
            self.tree = Family(solves.lp.frame, self.basis)
        ask = self.limits.ask(cutoff=-(self.epsilon - 2 * float(FRONTIER_MARGIN)), target=-self._accepted)
        outcome = self.tree.improve(solves.lp, solves.finite_sides(self.task.upper), ask, NODES)
        solves.counts["nodes"] += outcome.nodes
        self._lower(-outcome.bound + float(FRONTIER_MARGIN), self.tree)
        return outcome.x

    def _done(self, point: Published | None = None, trouble: str = "") -> Answer:
        answer = super()._done(point, trouble)
        if answer.proof == "tree" and isinstance(self.shown_by, Family):
            return replace(answer, grown=grown(self.shown_by, self.task.upper, self.solves))
        return replace(answer, grown=self.grown)

    def _lower(self, alpha: float, by: Family | Grown) -> None:
        """A tree's bound; the tree that gave the last one shows it."""
        if alpha < self.alpha:
            self.shown_by = by
            self._improve(alpha, "tree")


def grown(tree: Family, upper: Floats, solves: ZoneSolves) -> Grown:
    """The tree as it bounds zones: in each leaf the first cut that reaches the tree's bound for this one, so that trees that share leaves choose alike."""
    u = solves.finite_sides(upper)
    least = tree.bound(u)
    splits, places = tree_of(tree.leaves)
    leaves = [tree.leaves[n] for n in np.argsort(places)]
    chosen = [_enough(one, u, least) for one in leaves]
    pairs = list(zip(leaves, chosen, strict=True))
    slopes = np.array([one.slopes[k] for one, k in pairs]) / solves.r
    bases = np.array([one.bases[k] for one, k in pairs]) - slopes @ solves.setting.program.offsets
    farkas, moves = np.array([one.farkas[k] for one, k in pairs]), slopes.any(axis=1)
    # A leaf that is empty in this zone alone bounds no other.
    bases[farkas & moves] = -np.inf
    return Grown(bases, slopes, farkas & ~moves, splits, [solves.short.cut(one.cuts[k]) for one, k in pairs])


def _enough(one: Leaf, u: Floats, least: float) -> int:
    values = one.bases + one.slopes @ u
    reached = np.where(one.farkas, values > FARKAS_MARGIN, values >= least)
    return int(np.argmax(reached))
