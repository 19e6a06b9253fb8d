"""How much one thing about a programme must change until a plan with it is as good as the reported plan.

Let z(t) be the best value of a plan with the programme when the change has size t (z falls as t grows), v the reported plan's value. Sought: t* = min {t : z(t) <= v}.
Newton from above (Dinkelbach 1967, doi:10.1287/mnsc.13.7.492): a plan with the programme, its choices kept, reaches v at some t; there a better plan is
sought, until the bound at t says there is none. Where a kept plan does not tell its value at another t (money), the interval is halved.
Both ends are proven: at `out` the solver's bound is not below v, at `enough` an audited plan has at most v.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portfolio.explain.question import Question
from portfolio.explain.variants import chance, with_chance, with_cost_cut, with_earmark, with_effect
from portfolio.numerics import BREAK_EVEN_TOLERANCE
from portfolio.results import Plan
from portfolio.results.explanation import BreakEven
from portfolio.schema.instance import Instance
from portfolio.solvers.outcome import Ask

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
    """How far to go: absolute gap of each solve, seconds for each, solves in all."""

    gap: float = 0.0
    seconds: float = float("inf")
    solves: int = 40
    stop: threading.Event | None = None

    def ask(self, **more: float) -> Ask:
        """The same for a solver."""
        event = {} if self.stop is None else {"stop": self.stop}
        return Ask(gap=self.gap, seconds=self.seconds, **more, **event)  # type: ignore[arg-type]


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


def break_even(question: Question, name: str, change: Change, effort: Effort, begin: Plan | None = None) -> BreakEven:
    """The two ends for one change. begin: the best plan with the programme as things are."""
    search = _Search(question, name, change, effort)
    out, enough = search.newton(begin) if change.keeps and begin is not None else search.halve()
    return BreakEven(
        kind=change.kind, fund=change.fund, today=change.today, out=out, enough=enough, most=change.most, tolerance=change.tolerance,
        solves=search.solves,
    )  # fmt: skip


class _Search:
    def __init__(self, question: Question, name: str, change: Change, effort: Effort) -> None:
        self.question, self.name, self.change, self.effort = question, name, change, effort
        self.goal = question.value
        self.solves = 0

    def newton(self, plan: Plan) -> tuple[Fraction, Fraction | None]:
        """From above: where the plan's choices reach the goal, look for a better plan; stop when the bound says there is none."""
        out, enough = self.change.today, None
        size = self._reaches(plan)
        while size is not None and self._may_go_on():
            state, better = self._ask(size)
            enough = size
            if state == "out" or better is None:
                # Nothing better at `size`: below it nothing is as good, up to the tolerance.
                return self._proven_below(size, out), enough
            lower = self._reaches(better)
            if lower is None or lower >= size - self.change.tolerance:
                return self._proven_below(size, out), enough
            size = lower
        return out, enough

    def _proven_below(self, size: Fraction, out: Fraction) -> Fraction:
        """One solve a tolerance below: is it really not enough there? Then farther below, where only the gap stands in the way."""
        reach = self.change.tolerance
        while self._may_go_on():
            below = max(size - reach, out)
            if below <= out:
                return out
            if self._ask(below)[0] == "out":
                return below
            reach *= 4
        return out

    def halve(self) -> tuple[Fraction, Fraction | None]:
        """Between today and the most that is asked."""
        low, high = self.change.today, self.change.most
        state, _ = self._ask(high)
        if state != "in":
            return (high if state == "out" else low), None
        while high - low > self.change.tolerance and self._may_go_on():
            middle = self._rounded((low + high) / 2)
            if not low < middle < high:
                break
            state, _ = self._ask(middle)
            if state == "in":
                high = middle
            elif state == "out":
                low = middle
            else:
                # Undecided within the gap: the ends stay where something is proven, on either side of the middle.
                low, high = self._squeeze(low, middle, high)
                break
        return low, high

    def _squeeze(self, low: Fraction, middle: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
        left, right = middle, middle
        while left - low > self.change.tolerance and self._may_go_on():
            at = self._rounded((low + left) / 2)
            if not low < at < left:
                break
            low, left = (at, left) if self._ask(at)[0] == "out" else (low, at)
        while high - right > self.change.tolerance and self._may_go_on():
            at = self._rounded((right + high) / 2)
            if not right < at < high:
                break
            right, high = (right, at) if self._ask(at)[0] == "in" else (at, high)
        return low, high

    def _ask(self, size: Fraction) -> tuple[State, Plan | None]:
        """Is some plan with the programme as good as the goal at this size? `in` comes with its audited plan."""
        self.solves += 1
        question = self.question.changed(self.change.apply(size))
        slack = 1e-9 * max(1.0, abs(self.goal))
        # Newton wants the best plan, halving the first that will do.
        enough = {} if self.change.keeps else {"target": self.goal - slack}
        found = question.best(self.effort.ask(cutoff=self.goal - slack, **enough), on=(self.name,))
        if found.plan is not None and found.value <= self.goal - (slack if self.change.keeps else 0.0):
            return "in", found.plan
        if found.bound >= self.goal - 2 * slack:
            return "out", None
        return "open", None

    def _reaches(self, plan: Plan) -> Fraction | None:
        """The least size (rounded up to a thousandth of the tolerance) at which the plan's choices have at most the goal's value; None beyond the most."""
        change, goal = self.change, Fraction(self.goal)

        def worth(size: Fraction) -> Fraction:
            return self.question.worth(self.question.carried(plan, change.apply(size)))

        low, high = change.today, change.today + max(change.tolerance, Fraction(1, 8) * max(change.today, Fraction(1)))
        if worth(low) <= goal:
            return low
        while worth(min(high, change.most)) > goal:
            if high >= change.most:
                return None
            low, high = high, change.today + 4 * (high - change.today)
        high = min(high, change.most)
        fine = change.tolerance / 1000
        at_low, at_high = worth(low), worth(high)
        while high - low > fine:
            # Regula falsi on a convex, piecewise linear function, kept away from the ends.
            share = (at_low - goal) / (at_low - at_high)
            middle = low + min(max(share, Fraction(1, 10)), Fraction(9, 10)) * (high - low)
            middle = Fraction(round(middle / fine) * fine) if low < Fraction(round(middle / fine) * fine) < high else (low + high) / 2
            now = worth(middle)
            if now <= goal:
                high, at_high = middle, now
            else:
                low, at_low = middle, now
        return high

    def _rounded(self, size: Fraction) -> Fraction:
        step = self.question.instance.header.grid if self.change.kind == "money" else self.change.tolerance / 8
        return round(size / step) * step

    def _may_go_on(self) -> bool:
        stop = self.effort.stop
        return self.solves < self.effort.solves and not (stop is not None and stop.is_set())
