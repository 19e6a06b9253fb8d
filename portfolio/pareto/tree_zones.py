"""Zone solver `tree`: a zone inherits the branching tree of the zone that held it; only leaves whose bound exceeds epsilon are worked on.

A leaf's bound is affine in the right-hand sides, so that it is evaluated at a new zone, not solved (proof/family.py). What the tree does not settle within
its nodes goes to the MIPs of mip_zones.py.
"""

from __future__ import annotations

from dataclasses import replace

from portfolio.numerics import FRONTIER_MARGIN
from portfolio.pareto.mip_zones import MipZones, ZoneWork
from portfolio.pareto.zones import Answer, Limits, Published, Task
from portfolio.proof.family import Family

NODES = 300
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

    def _before_mips(self) -> Published | None:
        solves = self.solves
        if self.tree is None:
            self.tree = Family(solves.lp.frame)
        cutoff = -(self.epsilon - 2 * float(FRONTIER_MARGIN))
        ask = self.limits.ask(cutoff=cutoff, target=-self._accepted)
        outcome = self.tree.improve(solves.lp, solves.finite_sides(self.task.upper), ask, NODES)
        solves.counts["nodes"] += outcome.nodes
        self._improve(-outcome.bound + float(FRONTIER_MARGIN), "tree")
        return None if self._closed else self._take(outcome.x)
