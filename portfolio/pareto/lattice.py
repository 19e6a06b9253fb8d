"""Criteria vectors as whole numbers of small steps: exact in float64, rounded outward, the same for whoever recomputes them.

A point f (exact, minimised) stands in a search region as k with  k_i = ceil(f_i / step_i), so that f <= k step: a promise about k step holds for f.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from portfolio.errors import SolverFailure
from portfolio.numerics import FRONTIER_DIGITS
from portfolio.program import Floats, Program

LARGEST = 2**53
Steps = tuple[int, ...]
"""A vector as whole numbers of steps (q,)."""


@dataclass(frozen=True)
class Lattice:
    """step: (q,) powers of ten, about 10^-FRONTIER_DIGITS of each range."""

    step: tuple[Fraction, ...]

    @classmethod
    def of(cls, scale: Sequence[Fraction], largest: Floats) -> Lattice:
        """For ranges r (q,) and the largest absolute values (q,) that a vector may have; coarser where float64 would not be exact."""
        steps = []
        for r, most in zip(scale, largest, strict=True):
            step = ten_to(order(r) - FRONTIER_DIGITS)
            while Fraction(float(most)) / step >= LARGEST // 4:
                step *= 10
            if step > r / 1000:
                raise SolverFailure(
                    "a criterion's range is too small against its values for a search region",
                    "評価基準の値に対して値域が小さすぎ、探索領域を表せません",
                )
            steps.append(step)
        return cls(tuple(steps))

    def outward(self, values: Sequence[Fraction]) -> Steps:
        """Rounded up to whole steps."""
        return tuple(-((-v) // s) for v, s in zip(values, self.step, strict=True))

    def exact(self, steps: Sequence[float]) -> tuple[Fraction, ...]:
        """The vector of so many steps."""
        return tuple(int(k) * s for k, s in zip(steps, self.step, strict=True))

    def upper(self, steps: Sequence[float]) -> Floats:
        """The same as floats (q,), never below it."""
        return np.asarray(np.nextafter(np.array([float(v) for v in self.exact(steps)]), np.inf), dtype=np.float64)


def ten_to(exponent: int) -> Fraction:
    """10^exponent, exactly."""
    return Fraction(10) ** exponent


def order(value: Fraction) -> int:
    """Decimal order of magnitude: 10^order <= value < 10^(order + 1), for value > 0."""
    guess = len(str(value.numerator)) - len(str(value.denominator))
    return guess if ten_to(guess) <= value else guess - 1


def rounded_up(value: Fraction, digits: int = FRONTIER_DIGITS) -> Fraction:
    """The next decimal with so many digits after the point."""
    unit = ten_to(-digits)
    return -((-value) // unit) * unit


def shortened(value: float, digits: int = 6) -> Fraction:
    """A float as a decimal of so many significant digits."""
    return Fraction(f"{value:.{digits - 1}e}")


def reach(program: Program) -> tuple[Floats, Floats]:
    """Least and largest value (q,) of each criterion over the column bounds alone."""
    at_most = np.where(program.criteria > 0, program.criteria * program.col_upper, program.criteria * program.col_lower)
    at_least = np.where(program.criteria > 0, program.criteria * program.col_lower, program.criteria * program.col_upper)
    return at_least.sum(axis=1) + program.offsets, at_most.sum(axis=1) + program.offsets
