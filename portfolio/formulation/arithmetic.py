"""In which numbers a Program is built: float64, or exact rationals (object arrays of Fraction). The components' code is the same for both.

A rational becomes a float64 by one true division of integers, which rounds correctly; from there on arrays are computed with, not Fractions.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Arithmetic:
    """exact: rationals or floats · unit: instance money per unit of Program money · dtype: of every array of numbers."""

    def __init__(self, exact: bool, unit: Fraction) -> None:
        self.exact, self.unit = exact, unit
        self.dtype: Any = object if exact else np.float64

    def number(self, value: Fraction | int) -> Any:
        """One number."""
        return Fraction(value) if self.exact else float(value)

    def numbers(self, values: Iterable[Fraction]) -> Array:
        """An array of numbers."""
        if not self.exact:
            return np.array([v.numerator / v.denominator for v in values], dtype=np.float64)
        return self._rationals([Fraction(v) for v in values])

    def money(self, values: Iterable[Fraction]) -> Array:
        """Instance money -> Program money."""
        return self.money_ratios([(v.numerator, v.denominator) for v in values])

    def money_ratios(self, ratios: Iterable[tuple[int, int]]) -> Array:
        """Instance money given as numerator and denominator -> Program money."""
        up, down = self.unit.denominator, self.unit.numerator
        if not self.exact:
            return np.array([n * up / (d * down) for n, d in ratios], dtype=np.float64)
        return self._rationals([Fraction(n * up, d * down) for n, d in ratios])

    def shares(self, values: Iterable[Fraction], whole: Fraction) -> Array:
        """value / whole, rounded once."""
        up, down = whole.as_integer_ratio()
        if not self.exact:
            return np.array([v.numerator * down / (v.denominator * up) for v in values], dtype=np.float64)
        return self._rationals([v / whole for v in values])

    def filled(self, values: Any, size: int) -> Array:
        """One number for all of `size` entries, or the numbers given."""
        given = np.asarray(values, dtype=self.dtype)
        return given if given.shape == (size,) else np.full(size, given, dtype=self.dtype)

    def zeros(self, shape: int | tuple[int, ...]) -> Array:
        """Zeros of that shape."""
        return np.zeros(shape, dtype=self.dtype)

    def _rationals(self, values: list[Fraction]) -> Array:
        made = np.empty(len(values), dtype=object)
        made[:] = values
        return made
