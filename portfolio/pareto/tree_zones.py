"""Zone solver `tree`: a zone inherits the branching tree of the zone that held it; only leaves whose bound exceeds epsilon are worked on.

A leaf's bound is affine in the right-hand sides, so that it is evaluated at a new zone, not solved (proof/family.py). What the tree does not settle within
its nodes goes to the MIPs of mip_zones.py.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from portfolio.numerics import FARKAS_MARGIN, FRONTIER_MARGIN
from portfolio.pareto.mip_zones import MipZones, ZoneWork
from portfolio.pareto.zones import Answer, Limits, Published, Shown, Task
from portfolio.program import Floats
from portfolio.proof.certificate import tree_of
from portfolio.proof.family import Family
from portfolio.proof.leaves import Leaf
from portfolio.proof.multipliers import Cut
from portfolio.proof.short import Shortener

NODES = 300
"""Nodes for one zone: where the relaxation is weak a tree grows without end, and the MIP's cuts are the better means."""
NEARLY = 0.0
"""A zone whose bound exceeds epsilon by no more than this [epsilon] is first tried by the tree: to close it costs less than a point and what it leaves open."""
NODES_NEARLY = 40
"""Nodes of that trial."""
LEAVES = 3_000
"""A tree with more leaves is not handed on: evaluating them costs more than they save."""


class TreeZones(MipZones):
    """One worker's zone solver. Not thread-safe."""

    def zone(self, task: Task, limits: Limits) -> ZoneWork:
        """The work on one zone."""
        return TreeWork(self.solves, task, limits)


class TreeWork(ZoneWork):
    """A zone with its tree."""

    tree: Family | None = None

    def answer(self) -> Answer:
        """What is inherited may close the zone without a solve."""
        inherited = self.task.tree
        self.tree = inherited.child() if inherited is not None else None
        if self.tree is not None:
            self._improve(-self.tree.bound(self.solves.finite_sides(self.task.upper)) + float(FRONTIER_MARGIN), "tree")
            if self._closed:
                self.solves.counts["closed_by_trees"] += 1
                return self._done()
        answer = super().answer()
        keep = self.tree is not None and len(self.tree.leaves) <= LEAVES
        return replace(answer, tree=self.tree if keep else None)

    def _done(self, point: Published | None = None, trouble: str = "") -> Answer:
        answer = super()._done(point, trouble)
        if answer.proof != "tree" or self.tree is None:
            return answer
        return replace(answer, shown=shown(self.tree, self.solves.finite_sides(self.task.upper), self.solves.short))

    def _close_first(self) -> None:
        if self.alpha <= (1 + NEARLY) * self.epsilon:
            self._grow(NODES_NEARLY, dives=False)

    def _before_mips(self) -> Published | None:
        x = self._grow(NODES)
        return None if self._closed else self._take(x)

    def _grow(self, nodes: int, dives: bool = True) -> Floats | None:
        """Work on the tree until it closes the zone or holds a plan that is deep enough; that plan."""
        solves = self.solves
        if self.tree is None:
            self.tree = Family(solves.lp.frame, self.basis)
        ask = self.limits.ask(cutoff=-(self.epsilon - 2 * float(FRONTIER_MARGIN)), target=-self._accepted)
        outcome = self.tree.improve(solves.lp, solves.finite_sides(self.task.upper), ask, nodes, dives)
        solves.counts["nodes"] += outcome.nodes
        self._improve(-outcome.bound + float(FRONTIER_MARGIN), "tree")
        return outcome.x


def shown(tree: Family, u: Floats, short: Shortener) -> Shown:
    """The proof of the tree's bound at u: in each leaf the first cut that reaches it, so that zones of one tree choose alike."""
    least = tree.bound(u)
    splits, places = tree_of(tree.leaves)
    order = np.argsort(places)
    return splits, [short.cut(_enough(tree.leaves[n], u, least)) for n in order]


def _enough(one: Leaf, u: Floats, least: float) -> Cut:
    values = one.bases + one.slopes @ u
    reached = np.where(one.farkas, values > FARKAS_MARGIN, values >= least)
    return one.cuts[int(np.argmax(reached))]
