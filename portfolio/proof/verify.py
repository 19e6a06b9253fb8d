"""The exact check of a proof: no solver, no float, nothing of what made it.

A proof is a binary tree over boxes of integer columns with multipliers y in its leaves. For exact rationals A, b, c of the Program

    L(y) = sum_i (y_i > 0 ? y_i row_lower_i : y_i row_upper_i) + sum_j min over lower_j <= x_j <= upper_j of (c_j - (A'y)_j) x_j

bounds c'x on a leaf's box from below; with c = 0, L(y) > 0 says that the box is empty (docs/glossary.md: multiplier, leaf). Splits
x_j <= at, x_j >= at + 1 of integer columns partition the box whatever the tree looks like, so nothing else has to be believed.
Arithmetic is in integers: y are integers times powers of two, columns are brought to a common denominator, and the terms of the sum are
rounded down to multiples of 2^-GUARD.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.numerics import LARGEST_EXPONENT
from portfolio.program import Program

GUARD = 80
"""Binary digits kept of each term of L(y), rounded down: 10,000 terms lose less than 1e-20 together."""
LIMB = 24
"""Bits of multipliers that one pass over 64-bit integers takes."""
NARROW = 2 ** (62 - LIMB)
"""What a column's integer coefficients may come to in all, to be summed with a limb each in 64 bits."""
Objects = NDArray[Any]


class Unproven(ValueError):
    """What is wrong with a proof; nothing follows from it."""


@dataclass(frozen=True)
class Proven:
    """What follows from a proof. bound: no feasible x has sum_q weights_q f_q(x) (minimised, with offsets) below it; None: there is no
    feasible x. limits: f_q <= limit (minimised) under which that holds · leaves, of which empty: counted · step: 0, or the grid to which
    the bound was rounded up."""

    bound: Fraction | None
    weights: tuple[Fraction, ...]
    limits: tuple[tuple[int, Fraction], ...]
    leaves: int
    empty: int
    step: Fraction


def digest(program: Program) -> str:
    """SHA-256 of a Program's exact arrays."""
    exact, told = program.exact, hashlib.sha256()
    told.update(f"{program.m} {program.n} {program.q} {','.join(program.names)} {program.signs}\n".encode())
    for name in ("indptr", "indices", "data", "row_lower", "row_upper", "col_lower", "col_upper", "integer", "criteria", "offsets"):
        values = np.asarray(getattr(exact, name)).ravel().tolist()
        told.update(f"{name} {' '.join(str(int(v) if isinstance(v, bool) else v) for v in values)}\n".encode())
    return told.hexdigest()


def verify(program: Program, proof: Mapping[str, Any]) -> Proven:
    """What the proof (plain data, proof/certificate.py) shows about the Program. Raises Unproven."""
    try:
        return _Check(program, proof).run()
    except Unproven:
        raise
    except (KeyError, TypeError, IndexError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise Unproven(f"malformed: {type(error).__name__} {error}") from None


def objective_step(program: Program, weights: tuple[Fraction, ...]) -> Fraction:
    """Largest g such that sum_q weights_q (f_q - offset_q) is a multiple of g for every x; 0 when continuous columns count."""
    cost = _combined(program.exact, weights)
    used = [(Fraction(c), bool(i)) for c, i in zip(cost, program.integer, strict=True) if c]
    if not all(integer for _, integer in used):
        return Fraction(0)
    below = math.lcm(*(c.denominator for c, _ in used))
    return Fraction(math.gcd(*(int(c * below) for c, _ in used)), below)


def _combined(exact: Program, weights: tuple[Fraction, ...]) -> Objects:
    cost = np.full(exact.n, Fraction(0), dtype=object)
    for w, row in zip(weights, exact.criteria, strict=True):
        cost = cost + w * row
    return cost


class _Check:
    """One proof against one Program."""

    def __init__(self, program: Program, proof: Mapping[str, Any]) -> None:
        if proof["program"] != digest(program):
            raise Unproven("it is about another program")
        self.exact, self.proof = program.exact, proof
        self.weights = tuple(Fraction(w) for w in proof["weights"])
        self.limits = tuple((_whole(q), Fraction(v)) for q, v in proof["limits"])
        if any(not 0 <= q < program.q for q, _ in self.limits):
            raise Unproven("limits do not fit the criteria")
        self.cost = _combined(self.exact, self.weights)
        self.origin = sum((w * Fraction(o) for w, o in zip(self.weights, self.exact.offsets, strict=True)), Fraction(0))
        self.step = objective_step(program, self.weights)
        self._lower = [_side(v) for v in self.exact.row_lower] + [None] * len(self.limits)
        self._upper = [_side(v) for v in self.exact.row_upper] + [v - Fraction(self.exact.offsets[q]) for q, v in self.limits]
        self._below = math.lcm(*(v.denominator for v in (*self._lower, *self._upper) if v is not None))
        self._integer = [bool(i) for i in self.exact.integer]
        self._columns = _Columns(self.exact, self.limits, self.cost)
        self._units = [_whole(u) for u in proof["units"]]
        if len(self._units) != len(self._lower) or any(abs(u) > LARGEST_EXPONENT for u in self._units):
            raise Unproven("units do not fit the rows")

    def run(self) -> Proven:
        boxes, empty = self._boxes()
        users: dict[int, list[dict[int, tuple[int, int]]]] = {}
        for number, box in boxes:
            users.setdefault(number, []).append(box)
        least: Fraction | None = None
        for number in sorted(users):
            record = self.proof["multipliers"][number]
            is_empty = record["empty"]
            if is_empty not in (True, False):
                raise Unproven("a leaf is neither bounded nor empty")
            bounds = self._bounds(record, users[number], bool(is_empty))
            if is_empty:
                empty += len(bounds)
                if min(bounds) <= 0:
                    raise Unproven("a leaf called empty is not proven empty")
            else:
                least = min(bounds) if least is None else min(least, *bounds)
        if least is not None:
            # The optimum lies on the objective's grid.
            least = math.ceil(least / self.step) * self.step if self.step else least
            least += self.origin
        return Proven(least, self.weights, self.limits, len(self.proof["leaves"]), empty, self.step)

    def _boxes(self) -> tuple[list[tuple[int, dict[int, tuple[int, int]]]], int]:
        """(multiplier, what its path says about integer columns) of every leaf, and how many hold no integer at all (not listed); each
        split and leaf is met exactly once."""
        splits, leaves = self.proof["splits"], self.proof["leaves"]
        found: list[tuple[int, dict[int, tuple[int, int]]]] = []
        met: set[int] = set()
        hollow = 0
        todo: list[tuple[int, dict[int, tuple[int, int]]]] = [(0 if splits else -1, {})]
        while todo:
            place, box = todo.pop()
            if place in met:
                raise Unproven("a part of the tree is reached twice")
            met.add(place)
            if place < 0:
                number = _whole(leaves[-place - 1])
                if not 0 <= number < len(self.proof["multipliers"]):
                    raise Unproven("a leaf without multipliers")
                if any(low > high for low, high in box.values()):
                    hollow += 1
                else:
                    found.append((number, box))
                continue
            column, at, down, up = map(_whole, splits[place])
            if not 0 <= column < self.exact.n or not self._integer[column]:
                raise Unproven("a split of a column that is not integer")
            low, high = box.get(column, self._range(column))
            todo.append((down, {**box, column: (low, min(high, at))}))
            todo.append((up, {**box, column: (max(low, at + 1), high)}))
        if len(met) != len(splits) + len(leaves):
            raise Unproven("a part of the tree is never reached")
        return found, hollow

    def _range(self, column: int) -> tuple[int, int]:
        return math.ceil(self.exact.col_lower[column]), math.floor(self.exact.col_upper[column])

    def _bounds(self, record: Mapping[str, Any], boxes: list[dict[int, tuple[int, int]]], empty: bool) -> list[Fraction]:
        """L(y) on each box, rounded down to multiples of 2^-GUARD."""
        rows, values, digits = record["rows"], record["y"], _whole(record["digits"])
        if len(rows) != len(values) or abs(digits) > LARGEST_EXPONENT:
            raise Unproven("multipliers do not fit their rows")
        powers = {_whole(i): self._units[i] - digits for i in rows if 0 <= i < len(self._units)}
        if len(powers) != len(rows):
            raise Unproven("a multiplier of a row that is not there, or of one row twice")
        shift = max([0, *(-power for power in powers.values())])
        y = np.zeros(len(self._lower), dtype=object)
        total = 0
        for i, v in zip(rows, values, strict=True):
            y[i] = _whole(v) << (powers[i] + shift)
            side = self._lower[i] if y[i] > 0 else self._upper[i]
            if y[i]:
                if side is None:
                    raise Unproven("a multiplier of a side that is infinite")
                total += y[i] * (side.numerator * (self._below // side.denominator))
        base = (total << GUARD) // (self._below << shift)
        reduced = self._columns.reduced(y, shift, empty)
        terms = self._columns.terms(reduced, shift)
        base += int(terms.sum())
        found = []
        for box in boxes:
            value = base
            for j, (low, high) in box.items():
                value += self._columns.term(reduced[j], j, low, high, shift) - int(terms[j])
            found.append(Fraction(value, 2**GUARD))
        return found


class _Columns:
    """A and c column by column, each column times its common denominator."""

    def __init__(self, exact: Program, limits: tuple[tuple[int, Fraction], ...], cost: Objects) -> None:
        rows = np.repeat(np.arange(exact.m), np.diff(exact.indptr))
        cols, data = exact.indices.astype(np.int64), np.asarray(exact.data, dtype=object)
        for k, (q, _) in enumerate(limits):
            used = np.flatnonzero(exact.criteria[q])
            rows, cols = np.append(rows, np.full(len(used), exact.m + k)), np.append(cols, used)
            data = np.append(data, exact.criteria[q][used])
        order = np.argsort(cols, kind="stable")
        self._rows, cols, data = rows[order], cols[order], data[order]
        self._n = exact.n
        below = [Fraction(c).denominator for c in cost]
        for j, value in zip(cols, data, strict=True):
            below[j] = math.lcm(below[j], Fraction(value).denominator)
        self._below = np.array(below, dtype=object)
        self._cost = np.array([int(c * d) for c, d in zip(cost, below, strict=True)], dtype=object)
        whole = np.array([int(v * below[j]) for j, v in zip(cols, data, strict=True)], dtype=object)
        size = Counter[int]()
        for j, value in zip(cols, whole, strict=True):
            size[int(j)] += abs(value)
        narrow = np.array([size[int(j)] < NARROW for j in cols], dtype=bool)
        self._parts = []
        for kind in (True, False):
            chosen = narrow == kind
            at, starts = np.unique(cols[chosen], return_index=True)
            self._parts.append((self._rows[chosen], whole[chosen].astype(np.int64 if kind else object), starts, at))
        lower, upper = ([Fraction(v) for v in side] for side in (exact.col_lower, exact.col_upper))
        shared = [math.lcm(low.denominator, high.denominator) for low, high in zip(lower, upper, strict=True)]
        self._lower, self._upper = (
            np.array([int(v * d) for v, d in zip(side, shared, strict=True)], dtype=object) for side in (lower, upper)
        )
        self._under = self._below * np.array(shared, dtype=object)

    def reduced(self, y: Objects, shift: int, empty: bool) -> Objects:
        """(n,) 2^shift D_j (c_j - (A'y)_j), y times 2^shift; c = 0 where `empty`."""
        total = np.zeros(self._n, dtype=object) if empty else self._cost * (1 << shift)
        rows, values, starts, at = self._parts[0]
        sign = np.sign(y).astype(np.int64)
        rest, power = np.abs(y), 0
        while rest.any():
            limb = (rest & (2**LIMB - 1)).astype(np.int64) * sign
            total[at] -= np.add.reduceat(values * limb[rows], starts).astype(object) << power
            rest, power = rest >> LIMB, power + LIMB
        rows, values, starts, at = self._parts[1]
        total[at] -= np.add.reduceat(values * y[rows], starts)
        return total

    def terms(self, reduced: Objects, shift: int) -> Objects:
        """(n,) min over the column's range of its reduced cost times x, in multiples of 2^-GUARD, rounded down."""
        least = np.minimum(reduced * self._lower, reduced * self._upper)
        return np.asarray((least << GUARD) // (self._under << shift))

    def term(self, reduced: int, j: int, low: int, high: int, shift: int) -> int:
        """The same for one column between other bounds, which are whole."""
        return int((min(reduced * low, reduced * high) << GUARD) // (self._below[j] << shift))


def _side(value: Any) -> Fraction | None:
    """A side of a row; None where it is open."""
    return Fraction(value) if math.isfinite(value) else None


def _whole(value: Any) -> int:
    """An integer as it should stand in a proof."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unproven(f"{value!r} is not a whole number")
    return value
