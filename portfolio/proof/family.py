"""One tree for a family of right-hand sides: leaf bounds are affine in them, so that a new member starts from what is proven already.

    v(u) = min cost'x over the Program with row_upper[moving] = u        v(u) >= min over leaves of max over the leaf's cuts (base + slope . u)

Evaluated, not solved: every cut's multipliers stay dual feasible when only right-hand sides move, and a Farkas cut says "empty" only where
it is still positive. Value functions and warm starts of MIPs: Guzelsoy and Ralphs 2007, Int. J. Operations Research 4: 118-137.

    lp = workshop(program, cost, moving)                              one per thread; for zones: the Program of pareto/zone_program.py
    tree = Family(lp.frame)                                           the empty tree: bounds from column bounds alone
    tree.bound(u)                                                     proven lower bound of v(u), no LP; +inf: proven infeasible at u
    tree.improve(lp, u, Ask(cutoff=.., target=.., seconds=..))        raises bound(u) to cutoff, or finds x with cost'x <= target
    other = tree.child()                                              shares all leaves until it improves its own

Right-hand sides are finite: a side that does not matter is a large number. A family is data, used by one thread at a time; children in
several threads are fine. `improve` depends on the family, u and the ask alone (as far as the simplex does not remember earlier solves of the
same LP object).
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from portfolio.numerics import FARKAS_MARGIN, FRACTIONAL
from portfolio.program import Floats, Program
from portfolio.proof.boxed import BoxedLp
from portfolio.proof.leaves import Leaf, children, leaf, root
from portfolio.proof.multipliers import Lagrangian
from portfolio.proof.pseudocosts import Pseudocosts
from portfolio.proof.tree import TRIALS, Search
from portfolio.solvers.outcome import Ask, Outcome
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")
FOLLOW_ITERATIONS = 120
"""Simplex iterations of an LP where another tree is followed: they bring nine tenths of the bound in half of the time, for every iterate is dual feasible."""
FOLLOWED = 1e-10
"""What the digits of a leaf's multipliers may cost its bound where another tree is followed [how far the objective can move]."""


def workshop(program: Program, cost: Floats, moving: Sequence[int], seed: int = 0) -> BoxedLp:
    """The LP that families of this Program, cost (n,) and moving rows are improved with. row_lower of moving rows counts as -inf; the
    Program's column bounds must hold for every u that will be asked about. Not thread-safe. Raises SolverFailure."""
    return BoxedLp(Lagrangian(program, cost, moving), Relaxation(program, seed, jumps=True))


class Family:
    """The leaves of one tree, and what branching has taught."""

    def __init__(self, frame: Lagrangian, basis: Any = None) -> None:
        """basis: where the first LP starts."""
        self.frame = frame
        self.leaves: tuple[Leaf, ...] = (replace(root(frame), basis=basis),)
        self.history = Pseudocosts(frame.program.n)
        self._stacked: _Stack | None = None

    def child(self) -> Family:
        """A family that knows the same and goes its own way from here."""
        other = Family.__new__(Family)
        other.frame, other.leaves, other.history, other._stacked = self.frame, self.leaves, self.history.copy(), self._stacked
        return other

    def bound(self, u: Floats) -> float:
        """Proven lower bound of v(u), by evaluation; inf when every leaf is proven empty at u."""
        return float(np.min(self.bounds(u)))

    def bounds(self, u: Floats) -> Floats:
        """(leaves,) the same leaf by leaf."""
        if self._stacked is None:
            self._stacked = _Stack(self.leaves)
        return self._stacked.bounds(u)

    def follow(self, lp: BoxedLp, u: Floats, splits: Sequence[Sequence[int]], ask: Ask) -> int:
        """Branch as another tree did (certificate.tree_of: [column, at, down, up], the root first), least bound first, until the least bound reaches ask.cutoff
        or stands where the other tree has a leaf. Where a split would not move the relaxation, the half that holds its solution is followed alone.

        For the empty tree. Returns the number of LPs.
        """
        lp.put(u)
        lp.lp.forget()
        deadline, solved = time.perf_counter() + ask.seconds, 0
        open_: list[tuple[float, int, int, Leaf, Floats]] = []

        def add(one: Leaf, place: int) -> None:
            nonlocal solved
            lp.move_to(one.box)
            if one.basis is not None:
                lp.start(one.basis)
            iterations = FOLLOW_ITERATIONS if solved else None
            answer = lp.solve(iterations, seconds=deadline - time.perf_counter(), presolve=one.basis is None)
            cut = lp.cut(answer, one.box, _INF, FOLLOWED * self.frame.size)
            tight, x = (one if cut is None else leaf(self.frame, one.path, one.box, [cut, *one.cuts], lp.basis)), lp.x
            ended = answer.empty or cut is None or time.perf_counter() >= deadline
            heapq.heappush(open_, (tight.bound(u), solved, -1 if ended else _moving(splits, place, x), tight, x))
            solved += 1

        add(self.leaves[0], 0 if splits else -1)
        while open_[0][2] >= 0 and open_[0][0] < ask.cutoff:
            value, _, place, one, x = heapq.heappop(open_)
            column, at, down, up = splits[place]
            halves = children(self.frame, one, column, at, [[], []], one.basis, float(x[column] - at), value)
            for half, below in zip(halves, (down, up), strict=True):
                add(half, below)
        self.leaves, self._stacked = tuple(entry[3] for entry in sorted(open_, key=lambda entry: entry[:2])), None
        return solved

    def improve(self, lp: BoxedLp, u: Floats, ask: Ask, nodes: int = 1_000_000, dives: bool = True, trials: int = TRIALS) -> Outcome:
        """Work at right-hand sides u on the leaves whose bound is below ask.cutoff (and the incumbent less ask.gap) only.

        The Outcome's bound is `bound(u)` afterwards. Verdict: optimal (x within the gap of the bound, or bound >= cutoff with an x at hand),
        infeasible (proven), limit (stopped, or bound >= cutoff without x), interrupted. x obeys rows to the solver's tolerance and integers
        to FRACTIONAL. ask.start: values of integer
        columns to complete; it must not fail to obey the rows at u, else it is ignored.
        """
        lp.put(u)
        lp.lp.forget()
        search = Search(lp, self.history, ask, nodes, reuse=True, dives=dives, trials=trials)
        values = self.bounds(u)
        low = values < ask.cutoff
        search.run([one for one, open_ in zip(self.leaves, low, strict=True) if open_], ask.start)
        outcome = search.outcome()
        kept = [one for one, open_ in zip(self.leaves, low, strict=True) if not open_]
        self.leaves, self._stacked = (*kept, *search.leaves), None
        bound = self.bound(u)
        verdict = outcome.verdict
        if verdict == "infeasible" and bound < _INF:
            # The leaves that were left alone may hold something at or above the cutoff.
            verdict = "limit"
        return replace(outcome, bound=bound, verdict=verdict)


def _moving(splits: Sequence[Sequence[int]], place: int, x: Floats) -> int:
    """The first split from here on that cuts x off; negative: a leaf comes first."""
    while place >= 0:
        column, at, down, up = splits[place]
        if at + FRACTIONAL < x[column] < at + 1 - FRACTIONAL:
            break
        place = down if x[column] < at + 0.5 else up
    return place


class _Stack:
    """All cuts of all leaves in arrays."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self.bases = np.concatenate([one.bases for one in leaves])
        self.slopes = np.concatenate([one.slopes for one in leaves])
        self.farkas = np.concatenate([one.farkas for one in leaves])
        self.starts = np.cumsum([0, *(len(one.cuts) for one in leaves[:-1])])

    def bounds(self, u: Floats) -> Floats:
        values = self.bases + self.slopes @ u
        values = np.where(self.farkas, np.where(values > FARKAS_MARGIN, _INF, -_INF), values)
        return np.maximum.reduceat(values, self.starts)
