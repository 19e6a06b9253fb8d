"""Branch and bound over warm-started LPs (dual simplex): a search whose leaves carry multipliers, so that their bounds are proofs.

Best bound first, plunging into the better child; branching by pseudocosts that are made reliable by short trial solves (Achterberg, Koch,
Martin 2005, doi:10.1016/j.orl.2004.04.002); a dive for a plan at the root and now and then below. Stops at an absolute gap, a node or
time limit, always with a valid bound: the least bound over all leaves, each evaluated from its multipliers (proof/multipliers.py).
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence

import numpy as np

from portfolio.numerics import MULTIPLIER_LOSS
from portfolio.program import Floats
from portfolio.proof.boxed import Answer, BoxedLp
from portfolio.proof.dive import dive
from portfolio.proof.leaves import Leaf, children, leaf
from portfolio.proof.multipliers import Cut
from portfolio.proof.pseudocosts import Ids, Pseudocosts
from portfolio.solvers.outcome import Ask, Outcome, Progress, Verdict

_INF = float("inf")
TRIALS = 10
"""Most candidates tried by short solves at one node."""
IN_VAIN = 5
"""Trials without a better candidate after which the choice is made."""
TRIAL_ITERATIONS = 60
"""Simplex iterations of a short solve."""
DIVE_EVERY = 60
"""Nodes between dives; doubled by every dive that finds nothing."""
Half = tuple[tuple[float, float], Answer, Floats | None]
"""A short solve: bounds of the column, the answer, its multipliers."""
LEFT_BEHIND = 0.25
"""Share of the gap by which a plunge may leave the best bound behind before it is given up."""


class Search:
    """One run over some leaves at right-hand sides u. step: distance between values that the objective can take (0: unknown).

    reuse: multipliers serve other right-hand sides too, keep their digits · dives: look for plans, not only for bounds · trials: most candidates tried at a node.

    Afterwards `leaves` (closed, then open) partitions what the given ones did, `best`/`value` is the incumbent · trusted: every leaf that an LP called empty has
    its proof · exhausted: no leaf is left that an LP has not closed (at a gap of 0 its multipliers prove a little less than the LP says).
    """

    def __init__(
        self,
        lp: BoxedLp,
        history: Pseudocosts,
        ask: Ask,
        nodes: int = 1_000_000,
        step: float = 0.0,
        reuse: bool = False,
        dives: bool = True,
        trials: int = TRIALS,
    ) -> None:
        self.frame, self.lp, self.history, self.ask, self.limit, self.step = lp.frame, lp, history, ask, nodes, step
        self.reuse, self.diving, self.trials = reuse, dives, trials
        self.u = lp.sides
        self.best: Floats | None = None
        self.value = _INF
        self.solved = 0
        self.trusted, self.exhausted = True, False
        self.closed: list[Leaf] = []
        self.open: list[Leaf] = []
        self._heap: list[tuple[float, int, Leaf]] = []
        self._serial = 0
        self._next_dive, self._dive_every = 0, DIVE_EVERY
        self._begun = time.perf_counter()

    # -- the search ------------------------------------------------------------------------------------------------
    def run(self, leaves: Sequence[Leaf], start: Floats | None = None) -> None:
        """Work on the leaves until none is left that could hold something better, or until a limit."""
        for one in leaves:
            self._push(one)
        if start is not None:
            self._complete(start)
        current: Leaf | None = None
        plunging = False
        while not self._ended():
            current, plunging = (current, True) if current is not None else (self._pop(), False)
            if current is None:
                self.exhausted = self.trusted
                break
            halves = self._expand(current, plunging)
            current = None
            if halves is not None:
                first, second = halves
                self._push(second)
                current = self._plunge_or_push(first)
            self._report(current)
        if current is not None:
            self._push(current)
        self.open = [entry[2] for entry in sorted(self._heap, key=lambda entry: entry[:2])]

    def _plunge_or_push(self, first: Leaf) -> Leaf | None:
        bound, least = first.bound(self.u), self._heap[0][0]
        reach = self.cutoff if np.isfinite(self.cutoff) else self.value
        if bound < self.cutoff and least >= bound - LEFT_BEHIND * max(reach - least, 0.0):
            return first
        self._push(first)
        return None

    def _push(self, one: Leaf) -> None:
        self._serial += 1
        heapq.heappush(self._heap, (one.bound(self.u), self._serial, one))

    def _pop(self) -> Leaf | None:
        """The open leaf of least bound; None when the least bound of all reaches the cutoff."""
        if not self._heap or self._heap[0][0] >= self.cutoff:
            return None
        return heapq.heappop(self._heap)[2]

    def _expand(self, one: Leaf, plunging: bool) -> tuple[Leaf, Leaf] | None:
        """Solve a leaf; its two halves (the better one first), or None when it stays a leaf."""
        self.lp.move_to(one.box)
        fresh = one.basis is None
        if not plunging and not fresh:
            self.lp.start(one.basis)
        answer = self.lp.solve(seconds=self._left(), presolve=fresh)
        self.solved += 1
        if not answer.finished:
            self._push(one)
            return None
        before = one.bound(self.u)
        if not answer.empty:
            self._learn(one, answer.value)
        x = self.lp.x
        basis = self.lp.basis
        cut = self.lp.cut(answer, one.box, self._enough(answer.value), self._loss())
        tight = one if cut is None else leaf(self.frame, one.path, one.box, [cut, *one.cuts], basis, None)
        bound = max(tight.bound(self.u), before)
        if answer.empty:
            self.trusted = self.trusted and bound == _INF
            self.closed.append(tight)
            return None
        if answer.value >= self.cutoff or bound >= self.cutoff:
            self.closed.append(tight)
            return None
        candidates = self.lp.fractional(x)
        if not len(candidates):
            self._found(x)
            self.closed.append(tight)
            return None
        if self._dives(tight, x):
            self.lp.move_to(one.box)
            self.lp.start(basis)
            if bound >= self.cutoff:
                self.closed.append(tight)
                return None
        return self._branch(tight, candidates, x, bound)

    def _branch(self, one: Leaf, candidates: Ids, x: Floats, bound: float) -> tuple[Leaf, Leaf]:
        column, cuts = self._choose(one, candidates, x, bound)
        self.lp.move_to(one.box)
        self.lp.start(one.basis)
        at = int(np.floor(x[column]))
        down, up = children(self.frame, one, column, at, cuts, one.basis, float(x[column] - at), bound)
        return (up, down) if up.bound(self.u) <= down.bound(self.u) or x[column] - at > 0.7 else (down, up)

    # -- branching -------------------------------------------------------------------------------------------------
    def _choose(self, one: Leaf, candidates: Ids, x: Floats, bound: float) -> tuple[int, list[list[Cut]]]:
        """(column, cuts of its lower and upper half) by pseudocosts, made reliable by short solves."""
        part = x[candidates] - np.floor(x[candidates])
        score = self.history.scores(candidates, part)
        order = np.argsort(-score * (1 + 1e-3 * part), kind="stable")
        best, halves, best_gain, tried, since = int(candidates[order[0]]), list[Half](), -1.0, 0, 0
        for place in order:
            column = int(candidates[place])
            found: list[Half] = []
            if self.history.reliable(column):
                gained = float(score[place])
            elif tried >= self.trials or since >= IN_VAIN:
                continue
            else:
                tried += 1
                gained, found = self._try(one, column, float(x[column]), bound)
            since += 1
            if gained > best_gain:
                best, halves, best_gain, since = column, found, gained, 0
            if best_gain == _INF:
                break
        # Only what the chosen halves prove is worked out.
        return best, [self._proven(one, best, half) for half in halves] or [[], []]

    def _proven(self, one: Leaf, column: int, half: Half) -> list[Cut]:
        box, answer, multipliers = half
        found = self.lp.cut_by(multipliers, answer, {**one.box, column: box}, self._enough(answer.value), self._loss())
        return [] if found is None else [found]

    def _try(self, one: Leaf, column: int, value: float, bound: float) -> tuple[float, list[Half]]:
        """Product of the gains of both halves after a few iterations of the dual simplex, and these solves."""
        low, high = self.lp.bounds(column)
        at = float(np.floor(value))
        product, halves = 1.0, list[Half]()
        for direction, box in ((0, (low, at)), (1, (at + 1, high))):
            self.lp.bound(column, *box)
            answer = self.lp.solve(TRIAL_ITERATIONS, seconds=self._left())
            gain = max(answer.value - bound, 1e-9)
            if gain < _INF:
                self.history.record(column, direction, gain, value - at if direction == 0 else at + 1 - value)
            product *= gain
            halves.append((box, answer, self.lp.multipliers(answer)))
            self.lp.bound(column, low, high)
            self.lp.start(one.basis)
        return product, halves

    def _learn(self, one: Leaf, value: float) -> None:
        if one.gained is not None:
            column, direction, distance, before = one.gained
            self.history.record(column, direction, max(value - before, 0.0), distance)

    # -- plans -----------------------------------------------------------------------------------------------------
    def _found(self, x: Floats) -> None:
        value = float(self.frame.cost @ x)
        if value < self.value:
            self.value, self.best = value, x

    def _dives(self, one: Leaf, x: Floats) -> bool:
        """Dive when it is time; tells whether the LP was moved."""
        if not self.diving or self.solved <= self._next_dive:
            return False
        found = dive(self.lp, one.box, x, self.cutoff, self._left())
        if found is not None:
            self._found(found)
        self._dive_every = DIVE_EVERY if found is not None else 2 * self._dive_every
        self._next_dive = self.solved + self._dive_every
        return True

    def _complete(self, start: Floats) -> None:
        """Complete a given start (integer columns, NaN where it says nothing) by a dive."""
        frame = self.frame
        rounded = {int(j): float(np.round(start[j])) for j in frame.integers if np.isfinite(start[j])}
        box = {j: (v, v) for j, v in rounded.items() if frame.lower[j] <= v <= frame.upper[j]}
        self.lp.move_to(box)
        answer = self.lp.solve(seconds=self._left())
        if answer.finished and not answer.empty:
            found = dive(self.lp, box, self.lp.x, self.cutoff, self._left())
            if found is not None:
                self._found(found)
                self._next_dive = DIVE_EVERY

    @property
    def leaves(self) -> list[Leaf]:
        """All of them; open ones sorted by their bounds."""
        return [*self.closed, *self.open]

    # -- ends ------------------------------------------------------------------------------------------------------
    @property
    def cutoff(self) -> float:
        """A leaf whose bound reaches this cannot improve the plan by more than the gap, or is good enough for the asker."""
        better = self.value - max(self.ask.gap, self.step * (1 - 1e-6))
        return min(better, self.ask.cutoff)

    def bound(self, current: Leaf | None = None) -> float:
        """The least bound over all leaves, closed ones included; inf when every one is empty."""
        closed = min((one.bound(self.u) for one in self.closed), default=_INF)
        opened = self._heap[0][0] if self._heap else _INF
        return min(closed, opened, _INF if current is None else current.bound(self.u))

    def _enough(self, value: float) -> float:
        """A bound above this closes the leaf: fewer digits will do (not where the multipliers serve other right-hand sides too)."""
        return self.cutoff if value >= self.cutoff and not self.reuse else _INF

    def _loss(self) -> float:
        gap = max(self.ask.gap, self.step)
        return MULTIPLIER_LOSS * gap if gap > 0 else 1e-10 * self.frame.size

    def _left(self) -> float:
        return self.ask.seconds - self.seconds

    @property
    def seconds(self) -> float:
        """Since the search was made."""
        return time.perf_counter() - self._begun

    def _ended(self) -> bool:
        return self.solved >= self.limit or self._left() <= 0 or self.ask.stop.is_set() or self.value <= self.ask.target

    def _report(self, current: Leaf | None) -> None:
        if self.ask.watch is not None:
            opened = min(self._heap[0][0] if self._heap else _INF, _INF if current is None else current.bound(self.u))
            self.ask.watch(Progress(self.seconds, self.value, min(opened, self.value), self.solved))

    def outcome(self) -> Outcome:
        """What the leaves prove: the bound is the least of theirs; `infeasible` only when each of them proves its box empty."""
        bound = self.bound()
        done = bound >= self.cutoff or self.exhausted
        verdict: Verdict = "optimal" if self.best is not None and done else "interrupted" if self.ask.stop.is_set() else "limit"
        if self.best is None and bound == _INF:
            verdict = "infeasible"
        return Outcome(verdict, self.best, self.value, bound, self.seconds, self.solved)
