"""Branch and bound over warm-started LPs (dual simplex): a search whose leaves are bounds.

Best bound first, plunging into the better child; branching by pseudocosts that are made reliable by short trial solves (Achterberg, Koch,
Martin 2005, doi:10.1016/j.orl.2004.04.002); a dive for a plan at the root and now and then below. Stops at an absolute gap, a node or
time limit, always with a valid bound: the least bound over all leaves, open or closed.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.numerics import FRACTIONAL, LP_SAFETY
from portfolio.program import Floats, Program
from portfolio.solvers.outcome import Ask, Outcome, Progress, Verdict
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")
RELIABLE = 3
"""Observations per direction after which a pseudocost is trusted."""
TRIALS = 10
"""Most candidates tried by short solves at one node."""
TRIAL_ITERATIONS = 60
"""Simplex iterations of a short solve."""
DIVE_EVERY = 60
"""Nodes between dives."""
Ids = NDArray[np.int64]


@dataclass(order=True)
class _Node:
    """A box of integer columns: bound, serial (for a stable order), what differs from the root, basis of the parent."""

    bound: float
    serial: int
    fixed: dict[int, tuple[float, float]] = field(compare=False)
    basis: Any = field(compare=False)
    branched: tuple[int, float, float, float] | None = field(compare=False, default=None)  # column, direction, distance, parent's bound


class Tree:
    """One search: `minimise` runs it. relaxation holds the rows (also those of limits on criteria)."""

    def __init__(self, program: Program, relaxation: Relaxation, cost: Floats, ask: Ask, nodes: int = 1_000_000) -> None:
        self.program, self.lp, self.cost, self.ask, self.limit = program, relaxation, cost, ask, nodes
        self.integers: Ids = np.flatnonzero(program.integer)
        self.lower, self.upper = program.col_lower.copy(), program.col_upper.copy()
        self._at_lower, self._at_upper = self.lower.copy(), self.upper.copy()
        self.best: Floats | None = None
        self.value = _INF
        self.closed = _INF
        self.solved = 0
        self.history = np.zeros((2, program.n))
        self.seen = np.zeros((2, program.n), dtype=int)
        self._serial = 0
        self._begun = time.perf_counter()

    # -- the search ------------------------------------------------------------------------------------------------
    def minimise(self) -> Outcome:
        """Search until the gap, a limit or the end."""
        self.lp.cost(self.cost)
        self._reset_bounds()
        root = self.lp.solve(presolve=True)
        if root is None or root == _INF:
            return Outcome("infeasible", None, _INF, _INF, self._seconds())
        self._take_start()
        heap: list[_Node] = []
        node: _Node | None = _Node(root, 0, {}, self.lp.basis)
        plunging = False
        while node is not None:
            if self._ended():
                heapq.heappush(heap, node)
                break
            children = self._expand(node, plunging)
            node, plunging = None, False
            if children:
                first, second = children
                heapq.heappush(heap, second)
                node, plunging = first, True
                if heap[0].bound < first.bound - 0.25 * max(self.value - heap[0].bound, 0.0):
                    # A plunge that has left the best bound far behind is given up.
                    heapq.heappush(heap, first)
                    node, plunging = heapq.heappop(heap), False
            while node is None and heap:
                node = heapq.heappop(heap)
                if node.bound >= self._cutoff():
                    self.closed = min(self.closed, node.bound)
                    node = None
            self._report(heap, node)
        return self._outcome(heap)

    def _expand(self, node: _Node, plunging: bool) -> tuple[_Node, _Node] | None:
        """Solve a node; its two children (better one first), or None when it is closed."""
        self._move_to(node.fixed)
        if not plunging:
            self.lp.restart(node.basis)
        bound = self.lp.solve()
        self.solved += 1
        if bound is None or bound == _INF:
            return None
        bound = max(bound - LP_SAFETY * max(1.0, abs(bound)), node.bound)
        self._learn(node, bound)
        if bound >= self._cutoff():
            self.closed = min(self.closed, bound)
            return None
        x = self.lp.x
        candidates = self._fractional(x)
        if not len(candidates):
            self._found(x)
            self.closed = min(self.closed, bound)
            return None
        basis = self.lp.basis
        if self.solved % DIVE_EVERY == 1:
            self._dive(node.fixed, x)
            self._move_to(node.fixed)
            self.lp.restart(basis)
            if bound >= self._cutoff():
                self.closed = min(self.closed, bound)
                return None
        column, down, up = self._choose(candidates, x, bound, basis)
        self._move_to(node.fixed)
        self.lp.restart(basis)
        floor = np.floor(x[column])
        part = x[column] - floor
        lows, highs = node.fixed.get(column, (self.lower[column], self.upper[column]))
        left = self._child(node, column, (lows, floor), max(bound, down), basis, (column, 0.0, part, bound))
        right = self._child(node, column, (floor + 1, highs), max(bound, up), basis, (column, 1.0, 1 - part, bound))
        return (right, left) if right.bound <= left.bound or part > 0.7 else (left, right)

    def _child(self, node: _Node, column: int, box: tuple[float, float], bound: float, basis: Any, branched: Any) -> _Node:
        self._serial += 1
        return _Node(bound, self._serial, {**node.fixed, column: box}, basis, branched)

    # -- branching -------------------------------------------------------------------------------------------------
    def _choose(self, candidates: Ids, x: Floats, bound: float, basis: Any) -> tuple[int, float, float]:
        """(column, bound of its lower child, bound of its upper child) by pseudocosts, made reliable by short solves."""
        part = x[candidates] - np.floor(x[candidates])
        mean = [self.history[d].sum() / max(int(self.seen[d].sum()), 1) for d in (0, 1)]
        guess = [
            np.where(self.seen[d][candidates] > 0, self.history[d][candidates] / np.maximum(self.seen[d][candidates], 1), mean[d])
            for d in (0, 1)
        ]
        score = np.maximum(guess[0] * part, 1e-9) * np.maximum(guess[1] * (1 - part), 1e-9)
        order = np.argsort(-score * (1 + 1e-3 * part), kind="stable")
        best, best_score, tried, since = (int(candidates[order[0]]), -_INF, -_INF), -1.0, 0, 0
        for place in order:
            column = int(candidates[place])
            reliable = min(self.seen[0][column], self.seen[1][column]) >= RELIABLE
            if reliable:
                down, up, gained = -_INF, -_INF, float(score[place])
            else:
                if tried >= TRIALS or since >= 5:
                    continue
                tried += 1
                down, up = self._try(column, x[column], bound, basis)
                gained = max(down - bound, 1e-9) * max(up - bound, 1e-9)
            since += 1
            if gained > best_score:
                best, best_score, since = (column, down, up), gained, 0
            if best_score == _INF:
                break
        return best

    def _try(self, column: int, value: float, bound: float, basis: Any) -> tuple[float, float]:
        """Bounds of both children after a few iterations of the dual simplex."""
        found = []
        low, high = self._at_lower[column], self._at_upper[column]
        floor = np.floor(value)
        for direction, box in ((0, (low, floor)), (1, (floor + 1, high))):
            self._set(column, *box)
            reached = self.lp.solve(TRIAL_ITERATIONS)
            after = max(self.lp.reached, bound) if reached is None else reached
            distance = value - floor if direction == 0 else floor + 1 - value
            if after < _INF:
                self._record(column, direction, (after - bound) / distance)
            found.append(after if reached is not None else bound)
            self._set(column, low, high)
            self.lp.restart(basis)
        return found[0], found[1]

    def _learn(self, node: _Node, bound: float) -> None:
        if node.branched is not None:
            column, direction, distance, before = node.branched
            self._record(column, int(direction), max(bound - before, 0.0) / max(distance, 1e-6))

    def _record(self, column: int, direction: int, gain: float) -> None:
        self.history[direction][column] += max(gain, 0.0)
        self.seen[direction][column] += 1

    # -- plans -----------------------------------------------------------------------------------------------------
    def _fractional(self, x: Floats) -> Ids:
        values = x[self.integers]
        return self.integers[np.abs(values - np.round(values)) > FRACTIONAL]

    def _found(self, x: Floats) -> None:
        value = float(self.cost @ x)
        if value < self.value:
            self.value, self.best = value, x

    def _dive(self, fixed: dict[int, tuple[float, float]], x: Floats) -> None:
        """Fix the most nearly taken columns, batch by batch, until the LP is integral or hopeless."""
        box = dict(fixed)
        for _ in range(200):
            candidates = self._fractional(x)
            if not len(candidates):
                self._found(x)
                return
            part = x[candidates] - np.floor(x[candidates])
            order = candidates[np.argsort(-part, kind="stable")]
            chosen = [int(j) for j in order[: max(1, len(order) // 8)] if x[j] % 1 >= 0.5] or [int(order[0])]
            before = {j: box.get(j, (self.lower[j], self.upper[j])) for j in chosen}
            box.update({j: (np.floor(x[j]) + 1, high) for j, (_, high) in before.items()})
            self._move_to(box)
            value = self.lp.solve()
            if value is None or value >= self._cutoff():
                # The batch went too far: its first member goes down instead, the others are free again.
                box.update(before)
                first = chosen[0]
                box[first] = (before[first][0], np.floor(x[first]))
                self._move_to(box)
                value = self.lp.solve()
                if value is None or value >= self._cutoff():
                    return
            x = self.lp.x

    def _take_start(self) -> None:
        """Complete a given start (integer columns, NaN where it says nothing) by a dive."""
        start = self.ask.start
        if start is None:
            return
        known = [int(j) for j in self.integers if np.isfinite(start[j])]
        fixed = {j: (v, v) for j in known if self.lower[j] <= (v := float(np.round(start[j]))) <= self.upper[j]}
        basis = self.lp.basis
        self._move_to(fixed)
        value = self.lp.solve()
        if value is not None and value < _INF:
            self._dive(fixed, self.lp.x)
        self._move_to({})
        self.lp.restart(basis)

    # -- bounds of the LP ------------------------------------------------------------------------------------------
    def _reset_bounds(self) -> None:
        every = np.arange(self.program.n)
        self.lp.bound_columns(list(every), self.lower, self.upper)
        self._at_lower, self._at_upper = self.lower.copy(), self.upper.copy()

    def _move_to(self, fixed: dict[int, tuple[float, float]]) -> None:
        """Set the integer columns' bounds to the root's, but for `fixed`; only what differs is touched."""
        low, high = self.lower[self.integers].copy(), self.upper[self.integers].copy()
        place = np.searchsorted(self.integers, np.array(list(fixed), dtype=int))
        for k, box in zip(place, fixed.values(), strict=True):
            low[k], high[k] = box
        changed = np.flatnonzero((low != self._at_lower[self.integers]) | (high != self._at_upper[self.integers]))
        ids = self.integers[changed]
        self.lp.bound_columns(list(ids), low[changed], high[changed])
        self._at_lower[ids], self._at_upper[ids] = low[changed], high[changed]

    def _set(self, column: int, low: float, high: float) -> None:
        self.lp.bound_columns([column], np.array([low]), np.array([high]))
        self._at_lower[column], self._at_upper[column] = low, high

    # -- ends ------------------------------------------------------------------------------------------------------
    def _cutoff(self) -> float:
        """A node whose bound reaches this cannot improve the plan by more than the gap."""
        return min(self.value - self.ask.gap, self.ask.cutoff)

    def _ended(self) -> bool:
        return self.solved >= self.limit or self._seconds() > self.ask.seconds or self.ask.stop.is_set() or self.value <= self.ask.target

    def _seconds(self) -> float:
        return time.perf_counter() - self._begun

    def _bound(self, heap: list[_Node], node: _Node | None = None) -> float:
        opened = min((heap[0].bound if heap else _INF), node.bound if node else _INF)
        return min(opened, self.closed, self.value)

    def _report(self, heap: list[_Node], node: _Node | None) -> None:
        if self.ask.watch is not None:
            self.ask.watch(Progress(self._seconds(), self.value, self._bound(heap, node), self.solved))

    def _outcome(self, heap: list[_Node]) -> Outcome:
        bound = self._bound(heap)
        verdict: Verdict = "optimal" if not heap else ("interrupted" if self.ask.stop.is_set() else "limit")
        if heap and self.best is not None and self.value - bound <= self.ask.gap:
            verdict = "optimal"
        if not heap and self.best is None:
            # Every leaf is infeasible, or closed by the cutoff that was asked for.
            verdict = "infeasible" if self.closed == _INF else "limit"
        return Outcome(verdict, self.best, self.value, bound, self._seconds(), self.solved)
