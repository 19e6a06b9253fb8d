"""Where a break-even is to be expected: by a plan whose choices are kept, or by the relaxation. Guesses for a search, never claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from portfolio.explain.changes import Change
from portfolio.explain.question import Found, Question
from portfolio.results import Plan
from portfolio.solvers.outcome import Ask

MOST_LPS = 5
"""Relaxations per root."""
_FINE = 50
"""Parts of the tolerance to which a kept plan's size is told."""


def _worth(question: Question, plan: Plan, change: Change) -> Callable[[Fraction], Fraction]:
    """The plan's exact value when its choices are kept and the change has this size."""
    return lambda size: question.worth(question.carried(plan, change.apply(size)))


def reaches(question: Question, plan: Plan, change: Change, value: float) -> Fraction | None:
    """The least size (rounded up to a fiftieth of the tolerance) at which the plan's choices have at most this value; None beyond the most.

    For changes that keep plans feasible: the value is convex, piecewise linear and falls with the size.
    """
    worth, goal = _worth(question, plan, change), Fraction(value)
    low, high = change.today, change.today + max(change.tolerance, Fraction(1, 8) * max(change.today, Fraction(1)))
    if worth(low) <= goal:
        return low
    while worth(min(high, change.most)) > goal:
        if high >= change.most:
            return None
        low, high = high, change.today + 4 * (high - change.today)
    high = min(high, change.most)
    fine = change.tolerance / _FINE
    at_low, at_high = worth(low), worth(high)
    while high - low > fine:
        # Regula falsi, kept away from the ends.
        share = (at_low - goal) / (at_low - at_high)
        middle = low + min(max(share, Fraction(1, 10)), Fraction(9, 10)) * (high - low)
        on_grid = Fraction(round(middle / fine) * fine)
        middle = on_grid if low < on_grid < high else (low + high) / 2
        now = worth(middle)
        if now <= goal:
            high, at_high = middle, now
        else:
            low, at_low = middle, now
    return high


def slope_of(question: Question, plan: Plan, change: Change, size: Fraction) -> float:
    """How fast the kept plan's value falls just below this size."""
    worth = _worth(question, plan, change)
    step = min(max(change.tolerance, size / 10), size - change.today)
    return float((worth(size - step) - worth(size)) / step) if step > 0 else 0.0


@dataclass
class Relaxed:
    """Values of the relaxation with the programme, by size, and by how much the best plan is worse than it."""

    question: Question
    name: str
    change: Change
    begin: Found
    _values: dict[Fraction, float] = field(default_factory=dict)
    _held: tuple[Fraction, Question] | None = None
    _missing: float | None = None

    def at(self, size: Fraction) -> Question:
        """The question at this size; the last one is kept."""
        if self._held is None or self._held[0] != size:
            self._held = size, self.question.changed(self.change.apply(size))
        return self._held[1]

    def value(self, size: Fraction) -> float:
        """The relaxation's optimum with the programme; inf: none."""
        if size not in self._values:
            question = self.at(size)
            with question.insisting((self.name,)):
                self._values[size] = question.solve(Ask(relax=True)).objective
        return self._values[size]

    def expected(self, size: Fraction) -> float:
        """The best plan's value, as far as the relaxation tells."""
        if self._missing is None:
            self._missing = max(self.begin.value - self.value(self.change.today), 0.0) if self.begin.plan is not None else 0.0
        return self.value(size) + self._missing

    def learn(self, size: Fraction, state: str, goal: float) -> None:
        """A decided size corrects what the relaxation is believed to miss."""
        if self._missing is None or size not in self._values:
            return
        short = goal - self._values[size]
        if (state == "in" and self._missing > short) or (state == "out" and self._missing < short):
            self._missing = short

    def root(self, value: float, close: float) -> Fraction:
        """The size at which the best plan is expected to have this value or at most `close` less; `most` where it never has."""
        low, high = self.change.today, self.change.most
        if self.expected(low) <= value:
            return low
        if self.expected(high) > value:
            return high
        at_low, at_high = self.expected(low) - value, self.expected(high) - value
        step, moved = self.change.tolerance / 8, 0
        for _ in range(MOST_LPS):
            # Regula falsi; an end that stays twice counts half (Illinois), for the value may fall all at once.
            share = at_low / (at_low - at_high) if at_low < float("inf") else 0.5
            middle = low + Fraction(min(max(share, 0.05), 0.95)) * (high - low)
            middle = round(middle / step) * step
            if not low < middle < high:
                break
            at = self.expected(middle) - value
            if at <= 0:
                high, at_high = middle, at
                at_low, moved = (at_low / 2 if moved < 0 else at_low), -1
                if at >= -close:
                    break
            else:
                low, at_low = middle, at
                at_high, moved = (at_high / 2 if moved > 0 else at_high), 1
        return high
