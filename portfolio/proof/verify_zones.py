"""The exact check of zones: no x has f_q(x) <= limit_q in all criteria, shown by a tree whose leaves carry multipliers.

In the arithmetic of proof/verify.py, with a row f_q <= limit_q per criterion and no objective: on the box of a leaf

    L(y) = [L(y) with all limits at 0] + sum_q y_q limit_q  >  0        (y_q <= 0)

says that the box is empty. The first part is worked out once for all zones that share the leaf.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from portfolio.program import Program
from portfolio.proof.verify import Unproven, _Check, _whole

LARGEST_TREE = 1_000_000
"""Splits and leaves of one zone's tree when shared parts are written out; more is no proof of this toolkit (or one that leads back to itself)."""
Box = Mapping[int, tuple[int, int]]
Key = tuple[tuple[int, tuple[int, int]], ...]
Member = tuple[int, Sequence[Fraction]]
"""Place of a zone's tree in the store, and its limits (criteria,)."""


def verify_zones(program: Program, forest: Mapping[str, Any], criteria: Sequence[int], members: Sequence[Member]) -> list[bool]:
    """Which members are proven: that no x obeys the Program's rows and f_q(x) <= limit_q for the `criteria`, minimised, with offsets.

    forest: plain data, proof/forest.py. Raises Unproven for data that is malformed or about another Program.
    """
    try:
        return _Zones(program, forest, criteria).run(members)
    except Unproven:
        raise
    except (KeyError, TypeError, IndexError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise Unproven(f"malformed: {type(error).__name__} {error}") from None


class _Zones:
    """One store against one Program."""

    def __init__(self, program: Program, forest: Mapping[str, Any], criteria: Sequence[int]) -> None:
        # With the limits at the offsets the sides of their rows are 0.
        limits = [[q, str(Fraction(program.exact.offsets[q]))] for q in criteria]
        question = {"program": forest["program"], "weights": ["0"] * program.q, "limits": limits, "units": forest["units"]}
        self._check = _Check(program, {**question, "splits": [], "leaves": [], "multipliers": []})
        self._program, self._criteria = program, criteria
        self._nodes, self._records, self._units = forest["nodes"], forest["multipliers"], forest["units"]

    def run(self, members: Sequence[Member]) -> list[bool]:
        leaves = {root: self._leaves(_whole(root)) for root, _ in members}
        boxes: dict[int, dict[Key, Box]] = {}
        for found in leaves.values():
            for number, key in found:
                boxes.setdefault(number, {})[key] = dict(key)
        values: dict[tuple[int, Key], Fraction] = {}
        slopes: dict[int, list[Fraction]] = {}
        for number, at in boxes.items():
            record = self._records[number]
            bounds = self._check._bounds(record, [dict(box) for box in at.values()], True)
            values.update(((number, key), value) for key, value in zip(at, bounds, strict=True))
            slopes[number] = self._slopes(record)
        shifts = [Fraction(self._program.exact.offsets[q]) for q in self._criteria]
        return [self._empty(leaves[root], [v - s for v, s in zip(limits, shifts, strict=True)], values, slopes) for root, limits in members]

    def _empty(
        self,
        leaves: list[tuple[int, Key]],
        sides: list[Fraction],
        values: dict[tuple[int, Key], Fraction],
        slopes: dict[int, list[Fraction]],
    ) -> bool:
        """Does every leaf miss at these sides of the limits' rows?"""
        moved = {number: sum((y * side for y, side in zip(slopes[number], sides, strict=True)), Fraction(0)) for number, _ in leaves}
        return all(values[leaf] + moved[leaf[0]] > 0 for leaf in leaves)

    def _slopes(self, record: Mapping[str, Any]) -> list[Fraction]:
        """y of the limits' rows."""
        y = dict(zip(record["rows"], record["y"], strict=True))
        m = self._program.m
        return [Fraction(y.get(m + k, 0)) * Fraction(2) ** (self._units[m + k] - record["digits"]) for k in range(len(self._criteria))]

    def _leaves(self, root: int) -> list[tuple[int, Key]]:
        """(multipliers, box) of every leaf that holds an integer point."""
        check, found, met = self._check, list[tuple[int, Key]](), 0
        todo: list[tuple[int, dict[int, tuple[int, int]]]] = [(root, {})]
        while todo:
            place, box = todo.pop()
            met += 1
            if met > LARGEST_TREE:
                raise Unproven("a tree without end")
            if place < 0:
                if all(low <= high for low, high in box.values()):
                    found.append((-place - 1, tuple(sorted(box.items()))))
                continue
            column, at, down, up = map(_whole, self._nodes[place])
            if not 0 <= column < self._program.n or not check._integer[column]:
                raise Unproven("a split of a column that is not integer")
            low, high = box.get(column, check._range(column))
            todo.append((down, {**box, column: (low, min(high, at))}))
            todo.append((up, {**box, column: (max(low, at + 1), high)}))
        return found
