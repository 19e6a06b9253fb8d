"""What a proof shows, by the definition: plain fractions, recursion, no tricks. An independent second reading of proof/verify.py."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from portfolio.program import Program

Proof = dict[str, Any]


class Refused(Exception):
    """The proof is not one."""


def whole(value: object) -> int:
    if type(value) is not int:
        raise Refused("not a whole number")
    return value


def ensure(holds: bool) -> None:
    if not holds:
        raise Refused("it does not hold")


def reference(program: Program, proof: Proof, hash_of: str) -> Fraction | None:
    """The proven bound (None: infeasible). Raises Refused, or whatever malformed data raises."""
    exact = program.exact
    ensure(proof["program"] == hash_of)
    weights = [Fraction(w) for w in proof["weights"]]
    ensure(len(weights) == program.q)
    cost = [sum((w * exact.criteria[q][j] for q, w in enumerate(weights)), Fraction(0)) for j in range(program.n)]
    rows: list[tuple[dict[int, Fraction], Any, Any]] = []
    for i in range(program.m):
        span = range(int(exact.indptr[i]), int(exact.indptr[i + 1]))
        rows.append(({int(exact.indices[k]): exact.data[k] for k in span}, exact.row_lower[i], exact.row_upper[i]))
    for q, limit in proof["limits"]:
        ensure(0 <= whole(q) < program.q)
        rows.append((dict(enumerate(exact.criteria[q])), -math.inf, Fraction(limit) - exact.offsets[q]))
    units = [whole(u) for u in proof["units"]]
    ensure(len(units) == len(rows) and all(abs(u) <= 4000 for u in units))
    seen: set[int] = set()
    least: list[Fraction] = []

    def leaf(number: int, box: list[tuple[Any, Any]]) -> None:
        record = proof["multipliers"][number]
        ensure(record["empty"] in (True, False))
        ensure(len(set(record["rows"])) == len(record["rows"]) == len(record["y"]) and abs(whole(record["digits"])) <= 4000)
        total, reduced = Fraction(0), [Fraction(0) if record["empty"] else c for c in cost]
        for i, k in zip(record["rows"], record["y"], strict=True):
            ensure(0 <= whole(i) < len(rows))
            y = whole(k) * Fraction(2) ** (units[i] - record["digits"])
            if y:
                side = rows[i][1] if y > 0 else rows[i][2]
                ensure(not math.isinf(side))
                total += y * side
                for j, a in rows[i][0].items():
                    reduced[j] -= y * a
        for r, (low, high) in zip(reduced, box, strict=True):
            total += r * (low if r > 0 else high)
        if record["empty"]:
            ensure(total > 0)
        else:
            least.append(total)

    def visit(place: int, box: list[tuple[Any, Any]]) -> None:
        ensure(place not in seen)
        seen.add(place)
        if place < 0:
            number = whole(proof["leaves"][-place - 1])
            ensure(0 <= number < len(proof["multipliers"]))
            if all(low <= high for low, high in box):
                leaf(number, box)
            return
        column, at, down, up = proof["splits"][place]
        ensure(0 <= whole(column) < program.n and bool(exact.integer[column]))
        low, high = math.ceil(box[column][0]), math.floor(box[column][1])
        below, above = list(box), list(box)
        below[column], above[column] = (low, min(high, whole(at))), (max(low, at + 1), high)
        visit(whole(down), below)
        visit(whole(up), above)

    visit(0 if proof["splits"] else -1, list(zip(exact.col_lower, exact.col_upper, strict=True)))
    ensure(len(seen) == len(proof["splits"]) + len(proof["leaves"]))
    if not least:
        return None
    origin = sum((w * o for w, o in zip(weights, exact.offsets, strict=True)), Fraction(0))
    used = [c for c in cost if c]
    bound = min(least)
    if all(exact.integer[j] for j, c in enumerate(cost) if c) and used:
        below = math.lcm(*(c.denominator for c in used))
        step = Fraction(math.gcd(*(int(c * below) for c in used)), below)
        bound = math.ceil(bound / step) * step
    return bound + origin
