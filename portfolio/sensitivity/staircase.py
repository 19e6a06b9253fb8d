"""The staircase of a budget: on which interval of money is which set of programmes proven to be within the gap?

More money is never worse at frozen ranges, so two solved levels l < r settle what lies between: a choice S that is worth v_S(l) at l is worth no less anywhere on
[l, r], and no plan there beats the bound B(r). If v_S(l) - B(r) <= gap (minimised), S is within the gap on all of [l, r]. Otherwise the interval is halved, down to a
tolerance; a switch is known to lie between two levels.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from portfolio.engine.store import Record
from portfolio.errors import UsageError
from portfolio.numerics import PROOF_TOLERANCE
from portfolio.results.sweep import Factor, Staircase, Step
from portfolio.schema.instance import Instance
from portfolio.sensitivity.asking import Asking
from portfolio.sensitivity.bench import Choice, choice_of, question
from portfolio.sensitivity.factors import money_paths
from portfolio.sensitivity.tree_levels import TreeLevels

FIRST_LEVELS = 9
"""Levels solved before any halving, side by side."""
_INF = float("inf")


def budget_factor(instance: Instance, of: str, span: tuple[Fraction, Fraction]) -> Factor:
    """All yearly amounts of a fund, or of all funds, times low .. high. Raises UsageError."""
    low, high = span
    if not 0 < low < high:
        raise UsageError("a staircase needs 0 < low < high", "staircase には 0 < 下限 < 上限 が必要です")
    return Factor(id=f"budget.{of}", mode="scale", paths=tuple(money_paths(instance, of)), low=low, high=high)


@dataclass
class _Climb:
    """Levels solved so far, and what each choice is worth where it was asked."""

    asking: Asking | TreeLevels
    levels: list[Fraction] = field(default_factory=list)
    found: dict[Fraction, Record] = field(default_factory=dict)
    worth: dict[tuple[Fraction, str], float] = field(default_factory=dict)
    solves: int = 0

    def solve(self, levels: Sequence[Fraction]) -> bool:
        """Best plan and bound at these levels; False when stopped."""
        records = self.asking.ask("staircase", [question([u]) for u in levels])
        self.solves += len(levels)
        for level, record in zip(levels, records, strict=True):
            if record is None:
                return False
            self.found[level] = record
            insort(self.levels, level)
            self.worth[level, str(choice_of(record))] = _aim(record)
        return True

    def value(self, choice: Choice, level: Fraction) -> float | None:
        """What a choice is worth at a level; inf where it cannot be carried out; None when stopped."""
        key = level, str(choice)
        if key not in self.worth:
            record = self.asking.ask("staircase", [question([level], only=choice)])[0]
            if record is None:
                return None
            self.solves += 1
            self.worth[key] = _aim(record)
        return self.worth[key]


def climb(asking: Asking, of: str, tolerance: Fraction, gap: float, tree: bool = False) -> Staircase:
    """All steps between the ends of the budget's factor. tolerance: share of today's money · tree: one branching tree for all levels (tree_levels.py)."""
    factor, instance = asking.maker.factors[0], asking.maker.instance
    low, high = factor.low or Fraction(0), factor.high or Fraction(0)
    today = float(
        sum((q.number for f in instance.funds for t, q in f.years.items() if of in (f.id, "total") and t in instance.years), Fraction(0))
    )
    climb_ = _Climb(TreeLevels(asking) if tree else asking)
    steps: list[Step] = []
    switches: list[tuple[float, float]] = []

    def money(level: Fraction) -> float:
        return today * float(low + level * (high - low))

    if climb_.solve([Fraction(n, FIRST_LEVELS - 1) for n in range(FIRST_LEVELS)]):
        for start, end, choice, proven in _pieces(climb_, tolerance / (high - low), gap):
            if steps:
                switches.append((steps[-1].high, money(start)))
            steps.append(_step(climb_, steps[-1] if steps else None, (start, end), choice, proven, money))
    steps, switches = _merged(steps, switches, gap)
    return Staircase(
        of=of, today=today, tolerance=today * float(tolerance), gap=gap, monotone=_monotone(climb_), solves=climb_.solves,
        steps=tuple(steps), switches=tuple(switches),
    )  # fmt: skip


def _pieces(climb_: _Climb, tolerance: Fraction, gap: float) -> Sequence[tuple[Fraction, Fraction, Choice, bool]]:
    """(from level, to level, choice, proven on the whole interval) from left to right; fewer when stopped."""
    done: list[tuple[Fraction, Fraction, Choice, bool]] = []
    start = here = climb_.levels[0]
    choice, proven, room = choice_of(climb_.found[here]), True, gap + float(PROOF_TOLERANCE)
    while here < climb_.levels[-1]:
        there = next(u for u in climb_.levels if u > here)
        at_here, at_there = climb_.value(choice, here), climb_.value(choice, there)
        if at_here is None or at_there is None:
            return done
        bound = _bound(climb_.found[there])
        good, sure = _within(at_there, bound, room), _within(at_here, bound, room)
        if good and (sure or there - here <= tolerance):
            here, proven = there, proven and sure
        elif there - here <= tolerance:
            done.append((start, here, choice, proven))
            start = here = there
            choice, proven = choice_of(climb_.found[there]), True
        elif not climb_.solve([(here + there) / 2]):
            return done
    return [*done, (start, here, choice, proven)]


def _within(value: float, bound: float, room: float) -> bool:
    return value == bound or value - bound <= room


def _step(
    climb_: _Climb, before: Step | None, levels: tuple[Fraction, Fraction], choice: Choice, proven: bool, money: Callable[[Fraction], float]
) -> Step:
    low, high = money(levels[0]), money(levels[1])
    at_low, at_high = (climb_.worth.get((u, str(choice)), _INF) for u in levels)
    programmes = tuple(sorted(choice))
    earlier = set(before.programmes) if before is not None else set(programmes)
    earned = (at_low - at_high) / (high - low) if high > low and at_low < _INF and at_high < _INF else 0.0
    return Step(
        low=low, high=high, programmes=programmes, proven=proven,
        entered=tuple(p for p in programmes if p not in earlier), left=tuple(sorted(earlier - set(programmes))),
        nested=not earlier - set(programmes), aim_low=_finite(at_low), aim_high=_finite(at_high), marginal=max(earned, 0.0),
    )  # fmt: skip


def _merged(steps: Sequence[Step], switches: Sequence[tuple[float, float]], gap: float) -> tuple[list[Step], list[tuple[float, float]]]:
    """Neighbours with the same programmes (another option, the same set) become one step."""
    kept: list[Step] = []
    between: list[tuple[float, float]] = []
    for n, step in enumerate(steps):
        if kept and kept[-1].programmes == step.programmes:
            last = kept.pop()
            width = step.high - last.low
            ends = last.aim_low, last.aim_high, step.aim_low, step.aim_high
            known = all(end is not None for end in ends)
            sure = last.proven and step.proven and known and _number(last.aim_high) - _number(step.aim_low) <= gap
            marginal = max((_number(last.aim_low) - _number(step.aim_high)) / width, 0.0) if width and known else 0.0
            kept.append(last.model_copy(update={"high": step.high, "aim_high": step.aim_high, "marginal": marginal, "proven": sure}))
            continue
        if n:
            between.append(switches[n - 1])
        kept.append(step)
    return kept, between


def _monotone(climb_: _Climb) -> bool:
    """Was more money never proven worse?"""
    solved = [climb_.found[u] for u in climb_.levels]
    return all(_bound(b) <= _aim(a) + float(PROOF_TOLERANCE) for n, a in enumerate(solved) for b in solved[n + 1 :] if _aim(a) < _INF)


def _aim(record: Record) -> float:
    return float(record.get("aim", _INF))


def _bound(record: Record) -> float:
    """inf where it is proven that there is no plan."""
    return _INF if record["status"] == "infeasible" else float(record.get("bound", -_INF))


def _number(value: float | None) -> float:
    return _INF if value is None else value


def _finite(value: float) -> float | None:
    return value if value < _INF else None
