"""Weighted bounds: w.f(x) >= B for every feasible x, w >= 0, gives alpha(u) <= (w.u - B) / (w.r) for every zone u without a solve.

(If f(x) + alpha r <= u then B + alpha w.r <= w.f(x) + alpha w.r <= w.u.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from portfolio.pareto.lattice import rounded_up
from portfolio.program import Floats
from portfolio.proof.forest import Multipliers

LIKE = 0.02
"""Distance of normalised weights (sum of w_i r_i = 1) below which another weighted solve would say the same again."""


@dataclass(frozen=True)
class HalfSpace:
    """w (q,) and a proven B <= min w.f. of: what B rests on, `mip` or `relaxation` · proof: the multipliers that show it (proof/short.py)."""

    weights: tuple[Fraction, ...]
    bound: Fraction
    of: str = "mip"
    proof: Multipliers | None = field(default=None, compare=False)

    def alpha(self, upper: tuple[Fraction, ...], scale: tuple[Fraction, ...]) -> Fraction:
        """(w.u - B) / (w.r), exactly."""
        return (self.value(upper) - self.bound) / self.value(scale)

    def value(self, vector: tuple[Fraction, ...]) -> Fraction:
        """w.v."""
        return sum((w * v for w, v in zip(self.weights, vector, strict=True) if w), Fraction(0))


class HalfSpaces:
    """All half-spaces proven so far, in the order of their proofs."""

    def __init__(self, scale: tuple[Fraction, ...], start: tuple[Fraction, ...]) -> None:
        self.scale, self.start = scale, start
        self.listed: list[HalfSpace] = []
        self._weights: Floats = np.zeros((0, len(scale)))
        self._bounds: Floats = np.zeros(0)
        self._r = np.array([float(r) for r in scale])

    def add(self, space: HalfSpace) -> None:
        """Raises ValueError for weights that prove nothing: negative, or all zero."""
        if min(space.weights) < 0 or not any(space.weights):
            raise ValueError(f"weights of a half-space must be >= 0 and not all 0: {space.weights}")
        self.listed.append(space)
        w = np.array([float(v) for v in space.weights])
        size = w @ self._r
        self._weights = np.vstack([self._weights, w / size])
        self._bounds = np.append(self._bounds, float(space.bound / space.value(self.scale)))

    @property
    def floats(self) -> tuple[Floats, Floats]:
        """(weights (k, q), bounds (k,)), each scaled so that w.r = 1: alpha of a zone u is at most min over k of w.u - B."""
        return self._weights, self._bounds

    def withdraw(self, wrong: list[HalfSpace]) -> None:
        """Forget half-spaces that turned out to be false."""
        kept = [s for s in self.listed if s not in wrong]
        self.listed, self._weights, self._bounds = [], np.zeros((0, len(self.scale))), np.zeros(0)
        for space in kept:
            self.add(space)

    def normalised(self, count: int | None = None, of: str | None = None) -> Floats:
        """Weights (k, q) times ranges, each row summing to 1: of the first `count`, of one kind."""
        chosen = [k for k, s in enumerate(self.listed[:count]) if of is None or s.of == of]
        return np.asarray(self._weights[chosen] * self._r, dtype=np.float64)

    def best(self, upper: tuple[Fraction, ...]) -> tuple[Fraction, HalfSpace] | None:
        """Least alpha that any of them proves for the zone, rounded up (0 where it holds nothing), and which. A half-space that leans on a criterion
        where the zone is still unlimited is left aside."""
        if not self.listed:
            return None
        u = np.array([float(v) for v in upper])
        free = np.array([v >= s for v, s in zip(upper, self.start, strict=True)])
        u[free] = np.inf
        alphas = self._each(u[None, :])[:, 0]
        k = int(np.argmin(alphas))
        if not np.isfinite(alphas[k]):
            return None
        space = self.listed[k]
        return max(rounded_up(space.alpha(upper, self.scale)), Fraction(0)), space

    def alphas(self, uppers: Floats) -> Floats:
        """(zones,) the least alpha of each zone (zones, q), inf where unlimited; in floats."""
        least: Floats = self._each(uppers).min(axis=0, initial=np.inf)
        return least

    def _each(self, uppers: Floats) -> Floats:
        """(half-spaces, zones)"""
        free = np.isinf(uppers)
        alphas: Floats = self._weights @ np.where(free, 0.0, uppers).T - self._bounds[:, None]
        alphas[(self._weights > 0).astype(float) @ free.T.astype(float) > 0] = np.inf
        return alphas

    def misses(self, values: Floats, tolerance: float) -> bool:
        """Does one of these feasible f (k, q) lie outside of any of them by more than the tolerance [alpha]?"""
        return bool((self._bounds[:, None] - self._weights @ values.T > tolerance).any())

    def contradicted(self, values: Floats, tolerance: float) -> list[HalfSpace]:
        """Half-spaces that a feasible f (q,) lies outside of by more than the tolerance [alpha]."""
        return [s for s, missed in zip(self.listed, self._bounds - self._weights @ values, strict=True) if missed > tolerance]


def like(known: Floats, normalised: Floats) -> bool:
    """Has a weighted solve with nearly these normalised weights been made?"""
    return bool(len(known)) and float(np.abs(known - normalised).max(axis=1).min()) < LIKE
