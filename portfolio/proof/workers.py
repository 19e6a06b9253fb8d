"""One tree, searched by one thread or several: the open leaves are dealt out, round by round.

Which leaf goes to whom depends on bounds and counts alone, never on timing, so that the same number of threads finds the same tree (a time
limit apart).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from portfolio.program import Floats, Program
from portfolio.proof.boxed import BoxedLp
from portfolio.proof.leaves import Leaf, root
from portfolio.proof.multipliers import Lagrangian
from portfolio.proof.pseudocosts import Pseudocosts
from portfolio.proof.tree import Search
from portfolio.solvers.outcome import Ask, Outcome, Verdict
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")
FIRST = 40
"""Nodes of one thread before the leaves are dealt out: enough for pseudocosts to be known."""
ROUND = 150
"""Nodes of each thread between deals."""
NOWHERE = np.zeros(0)
"""Right-hand sides of a tree whose rows do not move."""


class Tree:
    """One search from the root: `minimise` runs it; `leaves` is the proof it leaves behind, over `frame`. step, dives: see Search."""

    def __init__(
        self,
        program: Program,
        cost: Floats,
        ask: Ask,
        seed: int = 0,
        threads: int = 1,
        nodes: int = 1_000_000,
        step: float = 0.0,
        dives: bool = True,
    ) -> None:
        self.program, self.seed, self.threads = program, seed, threads
        self.ask, self.nodes, self.step, self.dives = ask, nodes, step, dives
        self.frame = Lagrangian(program, cost)
        self._closed: list[Leaf] = []
        self._open: list[Leaf] = [root(self.frame)]
        self.trusted = True
        self.best: Floats | None = None
        self.value = _INF
        self.solved = 0
        self._begun = time.perf_counter()

    @property
    def leaves(self) -> list[Leaf]:
        """All of them, closed ones first."""
        return [*self._closed, *self._open]

    def minimise(self) -> Outcome:
        """Search until the gap, a limit or the end."""
        lp, history = self._lp(), Pseudocosts(self.program.n)
        first = min(FIRST, self.nodes) if self.threads > 1 else self.nodes
        self._take([self._search(lp, history, self._open, first, self.ask.start)])
        if self.threads > 1:
            self._rounds([(lp, history), *((self._lp(), history.copy()) for _ in range(self.threads - 1))])
        return self._outcome()

    def _rounds(self, workers: Sequence[tuple[BoxedLp, Pseudocosts]]) -> None:
        with ThreadPoolExecutor(len(workers)) as pool:
            while self._open and not self._ended():
                order = sorted(self._open, key=lambda one: one.bound(NOWHERE))
                hands = [order[k :: len(workers)] for k in range(len(workers))]
                dealt = [(lp, history, hand) for (lp, history), hand in zip(workers, hands, strict=True) if hand]
                jobs = [pool.submit(self._search, *deal, ROUND, None) for deal in dealt]
                self._take([job.result() for job in jobs])

    def _search(self, lp: BoxedLp, history: Pseudocosts, leaves: Sequence[Leaf], nodes: int, start: Floats | None) -> Search:
        better = self.value - max(self.ask.gap, self.step * (1 - 1e-6))
        left = self.ask.seconds - (time.perf_counter() - self._begun)
        search = Search(
            lp, history, replace(self.ask, cutoff=min(self.ask.cutoff, better), seconds=left), nodes, self.step, dives=self.dives
        )
        search.run(leaves, start)
        return search

    def _take(self, searches: Sequence[Search]) -> None:
        """Replace the open leaves by what became of them."""
        self._closed += [one for s in searches for one in s.closed]
        self._open = [one for s in searches if not s.exhausted for one in s.open]
        self._closed += [one for s in searches if s.exhausted for one in s.open]
        self.trusted = self.trusted and all(s.trusted for s in searches)
        self.solved += sum(s.solved for s in searches)
        for s in searches:
            if s.value < self.value:
                self.value, self.best = s.value, s.best

    def _lp(self) -> BoxedLp:
        return BoxedLp(self.frame, Relaxation(self.program, self.seed))

    def _ended(self) -> bool:
        return (
            self.solved >= self.nodes
            or time.perf_counter() - self._begun >= self.ask.seconds
            or self.ask.stop.is_set()
            or self.value <= self.ask.target
        )

    def _outcome(self) -> Outcome:
        """`infeasible` only when each leaf proves its box empty."""
        bound = min(one.bound(NOWHERE) for one in self.leaves)
        done = self.trusted and (not self._open or bound >= self.value - self.ask.gap)
        verdict: Verdict = "optimal" if self.best is not None and done else "interrupted" if self.ask.stop.is_set() else "limit"
        if self.best is None and bound == _INF:
            verdict = "infeasible"
        return Outcome(verdict, self.best, self.value, bound, time.perf_counter() - self._begun, self.solved)
