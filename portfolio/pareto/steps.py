"""The criteria's own grids: f_i(x) = offset_i + step_i * (coefficients_i . x) with whole coefficients, found from the data.

Where every column under a nonzero coefficient is integer, a criterion takes values on a grid of that step only; zones may then be searched
one step at a time and a set of points can be complete. Counts are these whole numbers, minimised.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.errors import UsageError
from portfolio.numerics import LARGEST_COUNT, LARGEST_STEP_COEFFICIENT
from portfolio.program import Floats, Program
from portfolio.schema.exact import to_fraction

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Steps:
    """step, offset: (q,) exact · coefficients: (q, n) whole · least, most: (q,) counts that the column bounds admit."""

    step: tuple[Fraction, ...]
    offset: tuple[Fraction, ...]
    coefficients: Counts
    least: Counts
    most: Counts

    def counts(self, x: Floats) -> Counts:
        """Counts (q,) of a solution (n,) whose integer columns are rounded; exact."""
        return np.asarray(self.coefficients @ np.round(x).astype(np.int64), dtype=np.int64)

    def values(self, counts: Sequence[int] | Counts) -> tuple[Fraction, ...]:
        """Exact minimised criteria (q,)."""
        return tuple(o + s * int(c) for o, s, c in zip(self.offset, self.step, counts, strict=True))


def steps_of(program: Program) -> Steps:
    """The grids of a Program's criteria. Raises UsageError with the reason where a criterion has none, or one too fine to be told apart
    by a floating-point solver."""
    exact = program.exact if program.exact_form is not None else None
    step, coefficients, offset = [], [], []
    for i in range(program.q):
        costs = _row(program.criteria[i] if exact is None else exact.criteria[i])
        constant = to_fraction(float(program.offsets[i])) if exact is None else exact.offsets[i]
        _check_integer(program, i, costs)
        # With the constant on the grid too, values are whole numbers of steps.
        unit = _common([*costs, constant] if any(costs) else costs)
        whole = [int(c / unit) for c in costs]
        if max(map(abs, whole), default=0) > LARGEST_STEP_COEFFICIENT:
            raise _refusal(
                program, i, "its grid is too fine for a floating-point solver", "格子が細かすぎて浮動小数のソルバーでは区別できません"
            )
        step.append(unit)
        coefficients.append(whole)
        offset.append(constant)
    table = np.array(coefficients, dtype=np.int64).reshape(program.q, program.n)
    low, high = table * _whole(program.col_lower), table * _whole(program.col_upper)
    least, most = np.minimum(low, high).sum(axis=1), np.maximum(low, high).sum(axis=1)
    for i in range(program.q):
        if max(abs(int(least[i])), abs(int(most[i]))) > LARGEST_COUNT:
            raise _refusal(program, i, "its range has too many grid steps", "範囲に含まれる格子の段数が多すぎます")
    return Steps(tuple(step), tuple(offset), table, least, most)


def _row(values: Any) -> list[Fraction]:
    return [v if isinstance(v, Fraction) else to_fraction(float(v)) for v in values]


def _whole(bounds: Floats) -> Counts:
    # Columns without a coefficient may be continuous with any bounds; they are multiplied by 0.
    return np.clip(np.round(bounds), -LARGEST_COUNT, LARGEST_COUNT).astype(np.int64)


def _common(costs: Sequence[Fraction]) -> Fraction:
    """Greatest common divisor of rationals; 1 for a criterion that is constant."""
    used = [c for c in costs if c]
    bottom = math.lcm(*(c.denominator for c in used))
    return Fraction(math.gcd(*(int(c * bottom) for c in used)), bottom) if used else Fraction(1)


def _check_integer(program: Program, i: int, costs: Sequence[Fraction]) -> None:
    continuous = [j for j, c in enumerate(costs) if c and not program.integer[j]]
    if continuous:
        column = program.col_label(continuous[0])
        raise _refusal(program, i, f"it counts {column}, which is continuous", f"連続変数 {column} を含みます")


def _refusal(program: Program, i: int, en: str, ja: str) -> UsageError:
    name = program.names[i]
    return UsageError(
        f"criterion {name} has no usable grid: {en}; a complete set needs one (method certified needs none)",
        f"評価基準 {name} に使える格子がありません: {ja}。完全な集合には格子が必要です（certified では不要）",
    )
