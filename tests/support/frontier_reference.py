"""What a frontier file with proofs shows, by the definitions: a second reading of docs/proofs.md in plain fractions, nothing of proof/verify*.py.

Works on raw data, so that a spoiled file can be read too. Whatever is malformed raises.
"""

from __future__ import annotations

import base64
import itertools
import json
import math
import zlib
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from portfolio.program import Program

Raw = dict[str, Any]
Vector = tuple[Fraction, ...]


class Wrong(Exception):
    """What the file says does not follow from it."""


def ensure(holds: bool, what: str) -> None:
    if not holds:
        raise Wrong(what)


def store_of(text: str) -> Raw:
    """The packed data of a store of proofs, as it lies in the file."""
    data: Raw = json.loads(zlib.decompress(base64.b64decode(text)))
    return data


def text_of(store: Raw) -> str:
    """Inverse of store_of."""
    return base64.b64encode(zlib.compress(json.dumps(store).encode())).decode()


def number(value: object) -> Fraction:
    """An exact number of a file."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)  # type: ignore[arg-type]


def vector(values: Sequence[object]) -> Vector:
    return tuple(number(v) for v in values)


def whole(value: object) -> int:
    ensure(type(value) is int, f"{value!r} is no whole number")
    return value  # type: ignore[return-value]


class Reading:
    """Proofs about one Program; what a leaf shows is worked out once per multipliers and box."""

    def __init__(self, program: Program, criteria: Sequence[int]) -> None:
        exact = program.exact
        self.m, self.n, self.q = program.m, program.n, len(criteria)
        self.lower, self.upper = [Fraction(v) for v in exact.col_lower], [Fraction(v) for v in exact.col_upper]
        self.integer = [bool(v) for v in exact.integer]
        spans = [range(int(exact.indptr[i]), int(exact.indptr[i + 1])) for i in range(self.m)]
        self.rows = [{int(exact.indices[k]): Fraction(exact.data[k]) for k in span} for span in spans]
        self.sides = list(zip(exact.row_lower, exact.row_upper, strict=True))
        for c in criteria:
            self.rows.append({j: Fraction(v) for j, v in enumerate(exact.criteria[c]) if v})
            self.sides.append((-math.inf, Fraction(0)))
        self.offsets = [Fraction(exact.offsets[c]) for c in criteria]
        self.most = [
            sum((max(a * self.lower[j], a * self.upper[j]) for j, a in row.items()), o)
            for row, o in zip(self.rows[self.m :], self.offsets, strict=True)
        ]
        """(q,) largest value of a criterion over the columns' bounds."""
        self.combined = cache(self._combined)

    def _combined(self, y: tuple[tuple[int, Fraction], ...]) -> tuple[Fraction, dict[int, Fraction], Vector]:
        """(L(y) at limits 0 on the Program's box, reduced costs that are not 0, y of the limits' rows)."""
        total, reduced, slopes = Fraction(0), dict[int, Fraction](), [Fraction(0)] * self.q
        for i, k in y:
            ensure(0 <= i < len(self.rows), "a row that is not there")
            if not k:
                continue
            side = self.sides[i][0 if k > 0 else 1]
            ensure(math.isfinite(side), "an open side")
            total += k * Fraction(side)
            for j, a in self.rows[i].items():
                reduced[j] = reduced.get(j, Fraction(0)) - k * a
            if i >= self.m:
                slopes[i - self.m] = k
                total -= k * self.offsets[i - self.m]
        total += sum((min(r * self.lower[j], r * self.upper[j]) for j, r in reduced.items()), Fraction(0))
        return total, reduced, tuple(slopes)

    def leaf(self, store: Raw, place: int, box: dict[int, tuple[int, int]], limits: Sequence[Fraction]) -> None:
        """Raises Wrong unless these multipliers show that the box has no point within the limits."""
        parts = store["multipliers"]
        ensure(0 <= place < len(parts["y"]), "multipliers that are not there")
        rows = list(itertools.accumulate(map(whole, parts["rows"][place])))
        digits = whole(parts["digits"][place])
        ensure(len(set(rows)) == len(rows) and min(rows, default=0) >= 0, "a row twice")
        units = [whole(store["units"][i]) - digits for i in rows]
        values = [whole(k) for k in parts["y"][place]]
        # Powers of two beyond all measure would only fill the memory.
        ensure(all(abs(u) <= 10_000 for u in units), "an exponent beyond all measure")
        total, reduced, slopes = self.combined(tuple((i, k * Fraction(2) ** u) for i, k, u in zip(rows, values, units, strict=True)))
        for j, (low, high) in box.items():
            r = reduced.get(j, Fraction(0))
            total += min(r * low, r * high) - min(r * self.lower[j], r * self.upper[j])
        ensure(total + sum((s * v for s, v in zip(slopes, limits, strict=True)), Fraction(0)) > 0, "a leaf that may hold a point")

    def tree(self, store: Raw, place: int, limits: Sequence[Fraction], box: dict[int, tuple[int, int]] | None = None) -> None:
        """Raises Wrong unless the tree shows that no point of the box is within the limits."""
        box = box or {}
        if any(low > high for low, high in box.values()):
            return
        if place < 0:
            self.leaf(store, -place - 1, box, limits)
            return
        ensure(place < len(store["nodes"]), "a node that is not there")
        column, at, *halves = map(whole, store["nodes"][place])
        ensure(0 <= column < self.n and self.integer[column], "a split of a column that is not integer")
        low, high = box.get(column, (math.ceil(self.lower[column]), math.floor(self.upper[column])))
        down, up = (place - half if half > 0 else half for half in halves)
        ensure(all(half != 0 for half in halves) and all(half < 0 or half <= place for half in halves), "a half that is not there")
        self.tree(store, down, limits, {**box, column: (low, min(high, at))})
        self.tree(store, up, limits, {**box, column: (max(low, at + 1), high)})


@cache
def local_upper_bounds(points: frozenset[Vector], start: Vector) -> frozenset[Vector]:
    """Vectors u <= start with no point strictly below, each component at the start or held by a point that is strictly below in all others."""
    found = set()
    for u in itertools.product(*({s, *(p[i] for p in points)} for i, s in enumerate(start))):
        if any(all(a < b for a, b in zip(p, u, strict=True)) for p in points):
            continue
        held = [
            u[i] == s or any(p[i] == u[i] and all(p[k] < u[k] for k in range(len(u)) if k != i) for p in points)
            for i, s in enumerate(start)
        ]
        if all(held):
            found.add(u)
    return frozenset(found)


def ensure_certified(raw: Raw, reading: Reading) -> None:
    """Raises Wrong unless the file's certificate follows from its points' criteria and its proofs (zones without one are trusted)."""
    certificate = raw["certificate"]
    names, signs = certificate["criteria"], certificate["signs"]
    scale, step, start = (vector(certificate[name]) for name in ("scale", "step", "start"))
    reach, certified = number(certificate["reach"]), number(certificate["certified"])
    ensure(min(*scale, *step) > 0 and certified < reach, "a scale, step or reach that is none")
    ensure(all(s >= most + reach * r for s, most, r in zip(start, reading.most, scale, strict=True)), "a start that limits something")
    for name, r in zip(names, scale, strict=True):
        span = raw["ranges"][name]
        width = abs(number(span["best"]) - number(span["worst"]))
        ensure(r <= width * (1 + Fraction(1, 10**5)), "a scale longer than the range")
    values = [[s * number(p["plan"]["criteria"][c]) for c, s in zip(names, signs, strict=True)] for p in raw["points"]]
    points = frozenset(tuple(math.ceil(v / g) * g for v, g in zip(f, step, strict=True)) for f in values)
    listed = [vector(zone["upper"]) for zone in certificate["zones"]]
    ensure(local_upper_bounds(points, start) <= set(listed), "a zone left out")
    ensure(certified >= max(number(zone["alpha"]) for zone in certificate["zones"]), "a zone with a larger bound")
    ensure(raw["status"] != "certified" or certified <= number(certificate["target"]), "a target that was missed")
    shown = [zone for zone in certificate["zones"] if zone["tree"] is not None]
    store = store_of(certificate["proofs"]) if shown else {}
    for zone in shown:
        limits = [u - number(zone["alpha"]) * r for u, r in zip(vector(zone["upper"]), scale, strict=True)]
        reading.tree(store, whole(zone["tree"]), limits)
