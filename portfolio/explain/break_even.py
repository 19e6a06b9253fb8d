"""How much one thing about a programme must change until a plan with it is as good as the reported plan.

Let z(t) be the best value of a plan with the programme when the change has size t, v the reported plan's value. Sought: t* = min {t : z(t) <= v}.
Both ends are proven: at `out` the solver's bound is not below v, at `enough` an audited plan has at most v. One MIP decides one size: it stops at the first
plan that is good enough and as soon as its bound says that there is none.

Where to ask: a plan whose choices are kept tells exactly at which size it reaches v when only benefits change (Dinkelbach 1967, doi:10.1287/mnsc.13.7.492, from
above); elsewhere the relaxation tells how z moves with t, and what it misses of the best plan today is added. A guess costs a MIP when it is wrong, never a claim.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from portfolio.explain.changes import Change
from portfolio.explain.effort import Effort
from portfolio.explain.question import Found, Question
from portfolio.explain.reaching import Relaxed, reaches, slope_of
from portfolio.numerics import BREAK_EVEN_AIM
from portfolio.results import Plan
from portfolio.results.explanation import BreakEven

State = Literal["in", "out", "open"]
PARTS = (Fraction(3, 4), Fraction(1, 2), Fraction(1, 4))
"""Cuts of the cost tried, as parts of the largest, where that one is not enough: a cheaper programme may fall below the smallest ticket."""
WIDER = 3
"""How much farther below the next guess lies, after one that was still enough."""


def break_even(question: Question, name: str, change: Change, effort: Effort, begin: Found) -> BreakEven:
    """The two ends for one change. begin: the best plan with the programme, and the bound on all such plans, as things are."""
    return break_evens(question, name, [change], effort, begin)[0]


def break_evens(question: Question, name: str, listed: Sequence[Change], effort: Effort, begin: Found) -> tuple[BreakEven, ...]:
    """The same for several changes: whoever is free asks the next question of the search that is least settled, until all are or the time is up."""
    searches = [Search(question, name, change, effort, begin) for change in listed]
    lock = threading.Lock()
    busy: set[int] = set()

    def work() -> None:
        while not effort.over:
            with lock:
                _learn(searches)
                free = [n for n, s in enumerate(searches) if n not in busy and not s.done]
                if not free:
                    return
                chosen = min(free, key=lambda n: searches[n].rank)
                busy.add(chosen)
            try:
                searches[chosen].ask_one()
            finally:
                busy.discard(chosen)

    if effort.workers == 1 or len(searches) == 1:
        work()
    else:
        with ThreadPoolExecutor(effort.workers) as pool:
            for done in [pool.submit(work) for _ in range(effort.workers)]:
                done.result()
    _learn(searches)
    return tuple(s.answer() for s in searches)


def _learn(searches: Sequence[Search]) -> None:
    """A chance of success p raises benefits by p / p today at most: a factor on all benefits that is not enough says so about that chance too."""
    effect = next((s for s in searches if s.change.kind == "effect"), None)
    chance = next((s for s in searches if s.change.kind == "success"), None)
    if effect is None or chance is None or effect.out is None or effect.change.today != 1:
        return
    out = min(chance.change.today * effect.out, chance.change.most)
    if chance.out is None or chance.out < out:
        chance.out = out


class Search:
    """out, enough: the ends proven so far; None: nothing is proven on that side. Between them, sizes that the gap left undecided: open_low..open_high."""

    def __init__(self, question: Question, name: str, change: Change, effort: Effort, begin: Found) -> None:
        self.question, self.name, self.change, self.effort = question, name, change, effort
        self.goal = question.value
        self.slack = 1e-9 * max(1.0, abs(self.goal))
        self.solves = 0
        self.known: Plan | None = begin.plan
        self.out: Fraction | None = None
        self.enough: Fraction | None = None
        self.open_low: Fraction | None = None
        self.open_high: Fraction | None = None
        self.done = False
        self._asked: set[Fraction] = set()
        self._reach = 1
        self._parts = list(PARTS) if change.kind == "cost" else []
        self._relaxed = Relaxed(question, name, change, begin)
        if begin.bound >= self.goal - 2 * self.slack:
            self.out = change.today
        self._at_least = self.out
        if change.keeps and begin.plan is not None:
            self.enough = reaches(question, begin.plan, change, self.goal)
        elif begin.plan is not None and begin.value <= self.goal:
            self.enough = change.today

    @property
    def rank(self) -> tuple[int, float]:
        """Those with a side open come first, fewest questions first; then those of which only today is known to be too little; then the widest against
        its tolerance."""
        if self.out is None or self.enough is None:
            return 0, float(self.solves)
        return 1 if self.out == self.change.today else 2, -float((self.enough - self.out) / self.change.tolerance)

    def answer(self) -> BreakEven:
        """As far as it went."""
        c = self.change
        return BreakEven(
            kind=c.kind, fund=c.fund, today=c.today, out=self.out, enough=self.enough, most=c.most, tolerance=c.tolerance, solves=self.solves
        )  # fmt: skip

    # -- where to ask next -------------------------------------------------------------------------------------------
    def _next(self) -> Fraction | None:
        """The size to decide next; None: both ends are as close as asked for, or nothing more can be told."""
        today, most, tolerance = self.change.today, self.change.most, self.change.tolerance
        if self.enough is None:
            return self._upwards(most)
        if self.enough <= today:
            return None
        if self.out is None or self.out == today:
            aimed = max(self._rounded(self._below(self.enough)), today)
            if aimed < self.enough and aimed not in self._asked and (self.out is None or aimed > today):
                return aimed
        if self.out is None:
            return None
        low, high = self.out, self.enough
        left, right = self.open_low or high, self.open_high or low
        if self.open_low is not None and self.open_high is not None:
            # The gap left some middle undecided: narrow on both sides of it.
            low, high = (low, left) if left - low >= high - right else (right, high)
        if high - low <= tolerance:
            return None
        middle = self._rounded((low + high) / 2)
        return middle if low < middle < high and middle not in self._asked else None

    def _upwards(self, most: Fraction) -> Fraction | None:
        """While nothing is enough: where the relaxation expects it, then the most that is asked (a cost: parts of it as well)."""
        if self.out != most and most not in self._asked:
            if not self.change.keeps and self.solves < 2:
                aimed = self._rounded(self._relaxed.root(self.goal - self._margin, self._margin))
                if aimed < most and aimed not in self._asked and (self.out is None or aimed > self.out):
                    return aimed
            return most
        return next((at for part in self._parts if (at := self._rounded(part * most)) not in self._asked), None)

    def _below(self, enough: Fraction) -> Fraction:
        """A size at which the bound should just reach the goal."""
        tolerance = self.change.tolerance
        if self.change.keeps and self.known is not None:
            slope = slope_of(self.question, self.known, self.change, enough)
            step = Fraction(self._margin / slope) if slope > 0 else tolerance
        else:
            step = enough - self._relaxed.root(self.goal + self._margin, self._margin / 2)
        return enough - self._reach * max(tolerance, step)

    @property
    def _margin(self) -> float:
        """What the value should lie beyond the goal for a proof to be easy."""
        return BREAK_EVEN_AIM * max(self.effort.gap, self.slack)

    def _rounded(self, size: Fraction) -> Fraction:
        step = self.question.instance.header.grid if self.change.kind == "money" else self.change.tolerance / 8
        return round(size / step) * step

    # -- one question ------------------------------------------------------------------------------------------------
    def ask_one(self) -> None:
        """Decide one size."""
        size = self._next() if self.solves < self.effort.solves else None
        self.done = size is None
        if size is None:
            return
        self._asked.add(size)
        self.solves += 1
        state, plan = self._decide(size)
        self._relaxed.learn(size, state, self.goal)
        if state == "in":
            assert plan is not None
            there = reaches(self.question, plan, self.change, self.goal) if self.change.keeps else None
            self.enough = min(x for x in (size, there, self.enough) if x is not None)
            # Of a cost, a larger cut that is not enough says nothing about a smaller one.
            self.out = self._at_least if self.out is not None and self.out >= self.enough else self.out
            self._reach *= WIDER
            self.open_low = self.open_high = None
        elif state == "out":
            self.out = size if self.out is None else max(self.out, size)
        else:
            self._reach *= WIDER
            self.open_low = size if self.open_low is None else min(self.open_low, size)
            self.open_high = size if self.open_high is None else max(self.open_high, size)

    def _decide(self, size: Fraction) -> tuple[State, Plan | None]:
        """Is some plan with the programme as good as the goal at this size? With the audited plan, if so."""
        question = self._relaxed.at(size)
        # Decided by the goal, not by a gap: but a value that equals the goal must not take for ever.
        asked = replace(self.effort.ask(cutoff=self.goal - self.slack, target=self.goal - self.slack), gap=self.effort.gap / 50)
        found = question.best(asked, on=(self.name,), persevere=False, known=self.known)
        self.known = found.plan or self.known
        if found.plan is not None and found.value <= self.goal - (self.slack if self.change.keeps else 0.0):
            return "in", found.plan
        return ("out" if found.bound >= self.goal - 2 * self.slack else "open"), None
