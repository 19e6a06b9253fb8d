"""How much one thing about a programme must change until a plan with it is as good as the reported plan.

Let z(t) be the best value of a plan with the programme when the change has size t (z falls as t grows), v the reported plan's value. Sought: t* = min {t : z(t) <= v}.
Newton from above (Dinkelbach 1967, doi:10.1287/mnsc.13.7.492): a plan with the programme, its choices kept, reaches v at some t; there a better plan is
sought, until the bound at t says there is none. Where a kept plan does not tell its value at another t (money), the interval is halved.
Both ends are proven: at `out` the solver's bound is not below v, at `enough` an audited plan has at most v.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from portfolio.explain.question import Found, Question
from portfolio.explain.variants import chance, with_chance, with_cost_cut, with_earmark, with_effect
from portfolio.numerics import BREAK_EVEN_TOLERANCE
from portfolio.results import Plan
from portfolio.results.explanation import BreakEven
from portfolio.schema.instance import Instance
from portfolio.solvers.outcome import Ask

PARTS = (Fraction(3, 4), Fraction(1, 2), Fraction(1, 4))
"""Sizes tried, as parts of the largest, where that one is not enough."""
State = Literal["in", "out", "open"]
MOST_EFFECT = Fraction(1000)
"""Largest factor on a programme's effects that is asked: beyond it, effects are not what keeps it out."""
LARGEST_CUT = Fraction(99, 100)
"""Largest share of the cost that is cut: a programme for nothing is no programme."""


@dataclass(frozen=True)
class Change:
    """One way of changing an instance in favour of a programme, by a size between `today` and `most`; tolerance: on the size."""

    kind: Literal["effect", "cost", "success", "money"]
    today: Fraction
    most: Fraction
    tolerance: Fraction
    apply: Callable[[Fraction], Instance]
    fund: str | None = None
    keeps: bool = False
    """Does a plan stay feasible, with a value that falls as the size grows?"""


@dataclass
class Effort:
    """How far to go: absolute gap of each solve, seconds for each, solves per search; deadline (monotonic clock) for everything."""

    gap: float = 0.0
    seconds: float = float("inf")
    solves: int = 40
    stop: threading.Event | None = None
    deadline: float = float("inf")

    @property
    def over(self) -> bool:
        """Is the time up, or was it stopped?"""
        return time.monotonic() >= self.deadline or (self.stop is not None and self.stop.is_set())

    def ask(self, **more: float) -> Ask:
        """The same for a solver."""
        event = {} if self.stop is None else {"stop": self.stop}
        left = min(self.seconds, max(self.deadline - time.monotonic(), 0.1))
        return Ask(gap=self.gap, seconds=left, **more, **event)  # type: ignore[arg-type]


def changes(question: Question, name: str) -> list[Change]:
    """What may be changed about a programme: effects, cost, chance of success, earmarked money in each fund that may pay for it."""
    instance = question.instance
    listed = [effect_change(question, name), _cost(instance, name)]
    now = chance(instance, name)
    if now is not None and 0 < now < 1:
        listed.append(Change("success", now, Fraction(1), BREAK_EVEN_TOLERANCE * now, lambda t: with_chance(instance, name, t), keeps=True))
    return [*listed, *_earmarks(instance, name)]


def effect_change(question: Question, name: str) -> Change:
    """The programme's own benefits times a factor."""
    return Change("effect", Fraction(1), MOST_EFFECT, BREAK_EVEN_TOLERANCE, lambda t: with_effect(question.instance, name, t), keeps=True)


def _cost(instance: Instance, name: str) -> Change:
    return Change("cost", Fraction(0), LARGEST_CUT, BREAK_EVEN_TOLERANCE, lambda t: with_cost_cut(instance, name, t))


def _earmarks(instance: Instance, name: str) -> list[Change]:
    ways = [w for w in instance.ways if w.programme == name and w.public_cost]
    if not ways:
        return []
    # What one yen buys shrinks with the years: so much pays for everything whenever it is spent.
    full = max(w.public_cost * w.units for w in ways) / min(instance.weights.values())
    paying = [f for f in instance.funds if any(instance.may_pay(w, f) and instance.open_years(w, f) for w in ways)]
    step = max(BREAK_EVEN_TOLERANCE * full, instance.header.grid)
    return [
        Change("money", Fraction(0), full, step, lambda t, k=fund.id: with_earmark(instance, name, k, t), fund.id)  # type: ignore[misc]
        for fund in paying
    ]


def break_even(question: Question, name: str, change: Change, effort: Effort, begin: Found) -> BreakEven:
    """The two ends for one change. begin: the best plan with the programme, and the bound on all such plans, as things are."""
    search = _Search(question, name, change, effort, begin)
    if not change.keeps and begin.value <= question.value:
        search.enough = change.today
    elif change.keeps and begin.plan is not None:
        search.newton(begin.plan)
    else:
        search.halve()
    return BreakEven(
        kind=change.kind, fund=change.fund, today=change.today, out=search.out, enough=search.enough, most=change.most,
        tolerance=change.tolerance, solves=search.solves,
    )  # fmt: skip


class _Search:
    """out, enough: the ends proven so far; None: nothing is proven on that side."""

    def __init__(self, question: Question, name: str, change: Change, effort: Effort, begin: Found) -> None:
        self.question, self.name, self.change, self.effort = question, name, change, effort
        self.goal = question.value
        self.slack = 1e-9 * max(1.0, abs(self.goal))
        self.solves = 0
        self.known: Plan | None = begin.plan
        self.out: Fraction | None = None
        self.enough: Fraction | None = None
        if begin.bound >= self.goal - 2 * self.slack:
            self.out = change.today

    # -- from above --------------------------------------------------------------------------------------------------
    def newton(self, plan: Plan) -> None:
        """Where the plan's choices reach the goal, look for a better plan; when there is none, look how far below none is as good."""
        size, slope = self._reaches(plan), self._slope(plan)
        bound = -float("inf")
        while size is not None and self._may_go_on():
            self.enough = size
            state, better, bound = self._ask(size)
            lower = None if better is None else self._reaches(better)
            if state == "out" or better is None or lower is None or lower >= size - self.change.tolerance:
                break
            size, slope = lower, self._slope(better)
        if self.enough is not None:
            self._prove_below(self.enough, bound, slope)

    def _slope(self, plan: Plan) -> float:
        """How fast the plan's value falls with the size, near today."""
        today, step = self.change.today, max(self.change.tolerance, self.change.today / 10)
        fall = self._worth(plan, today) - self._worth(plan, today + step)
        return float(fall / step)

    def _prove_below(self, size: Fraction, bound: float, slope: float) -> None:
        """One solve where the bound should just reach the goal; then farther below."""
        short = self.goal - bound
        guess = Fraction(1.3 * short / slope) if slope > 0 and 0 < short < float("inf") else Fraction(0)
        reach = max(self.change.tolerance, guess)
        lowest = self.change.today if self.out is not None or self.change.today == 0 else Fraction(0)
        while self._may_go_on():
            below = max(self._rounded(size - reach), lowest)
            if self.out is not None and below <= self.out:
                return
            state = self._ask(below, decide=True)[0]
            if state == "out":
                self.out = below
                self._narrow(below, self.enough or size)
                return
            if state == "in":
                self.enough = size = min(self.enough or below, below)
            if below <= lowest:
                return
            reach *= 3

    # -- by halves ---------------------------------------------------------------------------------------------------
    def halve(self) -> None:
        """Between today and the most that is asked. More is not always better (a cheaper programme may fall below the smallest ticket): where the most
        is not enough, smaller sizes are tried."""
        today, most = self.change.today, self.change.most
        low, out = today, self.out
        for part in (Fraction(1), *PARTS):
            if not self._may_go_on():
                return
            high = today + part * (most - today)
            state = self._ask(high)[0]
            if state == "in":
                self.enough, self.out = high, out
                self._narrow(low, high)
                return
            if part == 1:
                self.out = high if state == "out" else self.out
            if self.change.kind != "cost" or not self._may_go_on():
                return

    def _narrow(self, low: Fraction, high: Fraction) -> None:
        """Halve while there is a proof on one side; where the gap leaves a middle undecided, narrow on both sides of it."""
        while high - low > self.change.tolerance and self._may_go_on():
            middle = self._rounded((low + high) / 2)
            if not low < middle < high:
                return
            state = self._ask(middle, decide=True)[0]
            if state == "in":
                high = self.enough = middle
            elif state == "out":
                low = self.out = middle
            else:
                self._squeeze(low, middle, high)
                return

    def _squeeze(self, low: Fraction, middle: Fraction, high: Fraction) -> None:
        left, right = middle, middle
        while max(left - low, high - right) > self.change.tolerance and self._may_go_on():
            at = self._rounded((low + left) / 2)
            if low < at < left and left - low > self.change.tolerance:
                if self._ask(at, decide=True)[0] == "out":
                    low = self.out = at
                else:
                    left = at
            else:
                left = low
            at = self._rounded((right + high) / 2)
            if right < at < high and high - right > self.change.tolerance:
                if self._ask(at, decide=True)[0] == "in":
                    high = self.enough = at
                else:
                    right = at
            else:
                right = high

    # -- one question ------------------------------------------------------------------------------------------------
    def _ask(self, size: Fraction, decide: bool = False) -> tuple[State, Plan | None, float]:
        """Is some plan with the programme as good as the goal at this size? With its audited plan, if so, and the bound on all such plans."""
        self.solves += 1
        question = self.question.changed(self.change.apply(size))
        # Newton wants the best plan; who only wants to decide stops at the first that will do.
        enough = {"target": self.goal - self.slack} if decide or not self.change.keeps else {}
        asked = self.effort.ask(cutoff=self.goal - self.slack, **enough)
        if self.known is not None:
            # The last plan with the programme is still a plan, and close to the best.
            asked = replace(asked, start=question.start(self.known, (self.name,)), near=True)
        found = question.best(asked, on=(self.name,), persevere=False)
        self.known = found.plan or self.known
        if found.plan is not None and found.value <= self.goal - (self.slack if self.change.keeps else 0.0):
            return "in", found.plan, found.bound
        return ("out" if found.bound >= self.goal - 2 * self.slack else "open"), None, found.bound

    def _worth(self, plan: Plan, size: Fraction) -> Fraction:
        """The plan's value when its choices are kept and the change has this size."""
        return self.question.worth(self.question.carried(plan, self.change.apply(size)))

    def _reaches(self, plan: Plan) -> Fraction | None:
        """The least size (rounded up to a fiftieth of the tolerance) at which the plan's choices have at most the goal's value; None beyond the most."""
        change, goal = self.change, Fraction(self.goal)
        low, high = change.today, change.today + max(change.tolerance, Fraction(1, 8) * max(change.today, Fraction(1)))
        if self._worth(plan, low) <= goal:
            return low
        while self._worth(plan, min(high, change.most)) > goal:
            if high >= change.most:
                return None
            low, high = high, change.today + 4 * (high - change.today)
        high = min(high, change.most)
        fine = change.tolerance / 50
        at_low, at_high = self._worth(plan, low), self._worth(plan, high)
        while high - low > fine:
            # Regula falsi on a convex, piecewise linear function, kept away from the ends.
            share = (at_low - goal) / (at_low - at_high)
            middle = low + min(max(share, Fraction(1, 10)), Fraction(9, 10)) * (high - low)
            on_grid = Fraction(round(middle / fine) * fine)
            middle = on_grid if low < on_grid < high else (low + high) / 2
            now = self._worth(plan, middle)
            if now <= goal:
                high, at_high = middle, now
            else:
                low, at_low = middle, now
        return high

    def _rounded(self, size: Fraction) -> Fraction:
        step = self.question.instance.header.grid if self.change.kind == "money" else self.change.tolerance / 8
        return round(size / step) * step

    def _may_go_on(self) -> bool:
        return self.solves < self.effort.solves and not self.effort.over
