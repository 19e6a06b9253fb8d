"""Bounds of columns derived from rows, exactly: what a row leaves to one column when the others are at their bounds.

Source: the bound tightening of presolve, Savelsbergh (1994), doi:10.1287/ijoc.6.4.445.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.errors import UsageError
from portfolio.program import Program

PASSES = 20
"""Rounds over all rows: a chain of columns that bound each other needs one round per link."""


def with_bounds(exact: Program, infinite: Fraction) -> Program:
    """The same exact Program with finite bounds on every column; only bounds that are missing are derived.

    Raises UsageError where the rows do not bound a column, or where its bounds contradict each other.
    """
    lower, upper = exact.col_lower.copy(), exact.col_upper.copy()
    for j in np.flatnonzero(exact.integer).tolist():
        lower[j] = Fraction(math.ceil(lower[j])) if abs(lower[j]) < infinite else lower[j]
        upper[j] = Fraction(math.floor(upper[j])) if abs(upper[j]) < infinite else upper[j]
    for _ in range(PASSES):
        missing = [j for j in range(exact.n) if lower[j] <= -infinite or upper[j] >= infinite]
        if not missing or not _derive(exact, lower, upper, set(missing), infinite):
            break
    for j in range(exact.n):
        if lower[j] <= -infinite or upper[j] >= infinite:
            raise UsageError(
                f"column {exact.col_label(j)} has no finite bounds and the constraints give none",
                f"変数 {exact.col_label(j)} に有限の上下限がなく、制約からも導けません",
            )
        if lower[j] > upper[j]:
            raise UsageError(f"the bounds of {exact.col_label(j)} contradict each other", f"変数 {exact.col_label(j)} の上下限が矛盾します")
    return replace(exact, col_lower=lower, col_upper=upper)


def _derive(exact: Program, lower: Any, upper: Any, missing: set[int], infinite: Fraction) -> bool:
    """One round; whether any bound became known."""
    found = False
    for i in range(exact.m):
        inside = range(exact.indptr[i], exact.indptr[i + 1])
        terms = [(int(exact.indices[p]), exact.data[p]) for p in inside]
        for side, sign in ((exact.row_upper[i], 1), (exact.row_lower[i], -1)):
            if abs(side) >= infinite:
                continue
            signed = [(j, sign * a) for j, a in terms]
            for j, a in signed:
                if j in missing:
                    found |= _bound(j, a, [t for t in signed if t[0] != j], sign * side, exact, lower, upper, infinite)
    return found


def _bound(
    j: int, a: Fraction, others: list[tuple[int, Fraction]], side: Fraction, exact: Program, lower: Any, upper: Any, infinite: Fraction
) -> bool:
    """From a x_j + others <= side: an upper bound of x_j for a > 0, a lower one otherwise."""
    known = (upper[j] < infinite) if a > 0 else (lower[j] > -infinite)
    ends = [lower[k] if c > 0 else upper[k] for k, c in others]
    if known or any(abs(e) >= infinite for e in ends):
        return False
    value = (side - sum((c * e for (_, c), e in zip(others, ends, strict=True)), Fraction(0))) / a
    if exact.integer[j]:
        value = Fraction(math.floor(value) if a > 0 else math.ceil(value))
    (upper if a > 0 else lower)[j] = value
    return True
