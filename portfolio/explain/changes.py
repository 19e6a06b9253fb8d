"""What may be changed in favour of a programme, as a size between today and the most that is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portfolio.explain.question import Question
from portfolio.explain.variants import chance, with_chance, with_cost_cut, with_earmark, with_effect
from portfolio.numerics import BREAK_EVEN_TOLERANCE
from portfolio.schema.instance import Instance

Kind = Literal["effect", "cost", "success", "money"]
MOST_EFFECT = Fraction(1000)
"""Largest factor on a programme's effects that is asked: beyond it, effects are not what keeps it out."""
LARGEST_CUT = Fraction(99, 100)
"""Largest share of the cost that is cut: a programme for nothing is no programme."""


@dataclass(frozen=True)
class Change:
    """One way of changing an instance in favour of a programme, by a size between `today` and `most`; tolerance: on the size."""

    kind: Kind
    today: Fraction
    most: Fraction
    tolerance: Fraction
    apply: Callable[[Fraction], Instance]
    fund: str | None = None
    keeps: bool = False
    """Does a plan stay feasible, with a value that falls as the size grows?"""


def changes(question: Question, name: str, tolerance: Fraction = BREAK_EVEN_TOLERANCE) -> list[Change]:
    """What may be changed about a programme: effects, cost, chance of success, earmarked money in each fund that may pay for it.

    tolerance: on the sizes, share of its effects, cost, chance, or of the money that pays for all of it.
    """
    instance = question.instance
    listed = [effect_change(question, name, tolerance), _cost(instance, name, tolerance)]
    now = chance(instance, name)
    if now is not None and 0 < now < 1:
        step = tolerance * now
        listed.append(Change("success", now, Fraction(1), step, lambda t: with_chance(instance, name, t), keeps=True))
    return [*listed, *_earmarks(instance, name, tolerance)]


def effect_change(question: Question, name: str, tolerance: Fraction = BREAK_EVEN_TOLERANCE) -> Change:
    """The programme's own benefits times a factor."""
    instance = question.instance
    return Change("effect", Fraction(1), MOST_EFFECT, tolerance, lambda t: with_effect(instance, name, t), keeps=True)


def _cost(instance: Instance, name: str, tolerance: Fraction) -> Change:
    return Change("cost", Fraction(0), LARGEST_CUT, tolerance, lambda t: with_cost_cut(instance, name, t))


def _earmarks(instance: Instance, name: str, tolerance: Fraction) -> list[Change]:
    ways = [w for w in instance.ways if w.programme == name and w.public_cost]
    if not ways:
        return []
    # What one yen buys shrinks with the years: so much pays for everything whenever it is spent.
    full = max(w.public_cost * w.units for w in ways) / min(instance.weights.values())
    paying = [f for f in instance.funds if any(instance.may_pay(w, f) and instance.open_years(w, f) for w in ways)]
    step = max(tolerance * full, instance.header.grid)
    return [
        Change("money", Fraction(0), full, step, lambda t, k=fund.id: with_earmark(instance, name, k, t), fund.id)  # type: ignore[misc]
        for fund in paying
    ]
