"""Where in a zone the next point should lie, so that few points are needed in all.

The deepest point of a zone (bound A on alpha) leaves q zones that are each a little smaller. Near the target that is wasteful: where these are still above epsilon,
each needs a point of its own, though one point can close all but one of them. Of a zone with the half-space w.u - B = A (w.r = 1) a point at u - a leaves zones with
bounds A - w_i a_i / r_i, and a point that lies delta behind the half-space allows  sum_i w_i a_i / r_i = A - delta. So, in units of b_i = w_i a_i / r_i:

    N(A) = 0 for A <= epsilon, else 1 + min over b >= 0, sum_i b_i = A - delta, of sum_i N(A - b_i)

is the number of points that a zone needs by itself. Its best b in every order, and the deepest point, are tried against the zones as they are: taken is the place after
which the sum of N over all zones is least. delta is what the latest points missed by.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, permutations

import numpy as np

from portfolio.pareto.integrate import Search, Vector
from portfolio.program import Floats

AROUND = 8
"""Nearest points whose distance from the bounds is what the next one is expected to have: it differs from place to place, by a fifth to nine tenths of epsilon
on one frontier, and hardly between neighbours (ADR 15)."""
STEPS = 40
"""Steps of the table N per epsilon."""
TOP = 6
"""Largest bound in it [epsilon]: above, a point more or less does not matter and the deepest is taken."""
LEAST = 0.02
"""Least b [epsilon], and least weight of a criterion of the half-space: a point must lie inside."""
MOST_DELTA = 0.95
"""Largest delta that the table is made for [epsilon]: nothing could be closed with more."""


@lru_cache(maxsize=64)
def table(delta: float, q: int) -> tuple[Floats, tuple[tuple[float, ...], ...]]:
    """(N at 0, 1 / STEPS, ... TOP, the best b at each, in falling order; () where none helps), all in units of epsilon. Of q = 2 or 3 criteria."""
    size = TOP * STEPS + 1
    counts = np.zeros(size)
    best: list[tuple[float, ...]] = [()] * size
    for i in range(STEPS + 1, size):
        whole = i / STEPS - delta
        first = np.arange(LEAST, max(whole, LEAST), 1 / STEPS)
        parts = [first, whole - first] if q == 2 else [p.ravel() for p in np.meshgrid(first, first, indexing="ij")]
        if q == 3:
            parts.append(whole - parts[0] - parts[1])
        fit = np.logical_and.reduce([a >= b for a, b in pairwise(parts)] + [parts[-1] >= LEAST])
        if not fit.any():
            # Nothing helps: as many as the next smaller zone, and one.
            counts[i] = counts[i - 1] + 1
            continue
        parts = [p[fit] for p in parts]
        left = sum(counts[np.minimum(np.ceil(i - p * STEPS - 1e-9).astype(int), i - 1)] for p in parts)
        k = int(np.argmin(left + 1e-6 * (parts[0] - parts[-1])))
        counts[i], best[i] = 1 + left[k], tuple(float(p[k]) for p in parts)
    return counts, tuple(best)


def needed(alphas: Floats, epsilon: float, delta: float, q: int) -> float:
    """sum of N over zones with these bounds; beyond the table it grows with the square."""
    counts = table(delta, q)[0]
    steps = np.ceil(alphas / epsilon * STEPS - 1e-9)
    inside = counts[np.clip(steps, 0, len(counts) - 1).astype(int)]
    return float((inside * np.maximum(steps / (len(counts) - 1), 1.0) ** (q - 1)).sum())


def missed_by(search: Search, upper: Floats, trees: bool = True) -> float:
    """delta [epsilon] in a zone (q,), in steps of a twentieth: median distance of the points nearest to its deepest place from half-spaces and trees, or from
    half-spaces alone."""
    raws = search.values
    limited = np.isfinite(upper)
    alpha = float(search.spaces.alphas(upper[None, :])[0])
    deepest = np.where(limited, upper - (alpha if np.isfinite(alpha) else 0.0) * search.frame.r, 0.0)
    distances = (np.abs(raws - deepest) / search.frame.r)[:, limited].max(axis=1, initial=0.0)
    near = raws[np.argsort(distances, kind="stable")[:AROUND]]
    gaps = alphas(search, near) if trees else search.spaces.alphas(near)
    return min(round(20 * float(np.median(gaps)) / float(search.frame.target)) / 20, MOST_DELTA)


def place(search: Search, zone: Vector) -> Vector:
    """The upper corner, in whole lattice steps, of the part of the zone whose deepest point should be looked for; the zone itself where that is best."""
    q, epsilon = len(zone), float(search.frame.target)
    upper = search.upper(zone)
    if q not in (2, 3) or not np.isfinite(upper).all() or not search.points:
        return zone
    most, w = _active(search, upper)
    delta = missed_by(search, upper)
    counts, best = table(delta, q)
    step = int(np.ceil(most / epsilon * STEPS))
    if step >= len(counts) or most <= epsilon or w.min() < LEAST or not best[step]:
        return zone
    b = np.array(best[step]) * epsilon
    b *= (most - delta * epsilon) / b.sum()
    orders = [np.array(order) / w for order in sorted(set(permutations(b.tolist())))]
    deepest = np.full(q, most - delta * epsilon)
    kept = [(deepest, _after(search, upper - deepest * search.frame.r, epsilon, delta))]
    for a in orders:
        point = upper - a * search.frame.r
        # The half-spaces bend away from the one that bounds the zone.
        point = point - (float(alphas(search, point[None, :])[0]) - delta * epsilon) * search.frame.r
        if (point < upper).all():
            kept.append(((upper - point) / search.frame.r, _after(search, point, epsilon, delta)))
    a, _ = min(kept, key=lambda entry: entry[1])
    if a is deepest:
        return zone
    lattice = search.frame.lattice
    moved = (a - a.min()) * search.frame.r
    steps = np.floor(np.array(zone) - moved / np.array([float(s) for s in lattice.step]))
    return tuple(float(v) for v in np.minimum(steps, zone))


def _after(search: Search, point: Floats, epsilon: float, delta: float) -> float:
    """What a point would leave: sum of N over the zones it brings less that over the zones it replaces."""
    lattice = search.frame.lattice
    steps = np.ceil(point / np.array([float(s) for s in lattice.step]))
    brought, parents, gone = search.region.preview([float(v) for v in steps])
    before = np.array([float(search.known[v].alpha) for v in gone])
    if not len(brought):
        return -needed(before, epsilon, delta, len(point))
    inherited = np.array([float(search.known[v].alpha) for v in parents])
    return needed(np.minimum(alphas(search, search.uppers(brought)), inherited), epsilon, delta, len(point)) - needed(
        before, epsilon, delta, len(point)
    )


def alphas(search: Search, uppers: Floats) -> Floats:
    """(zones,) what half-spaces and trees say of these zones (zones, q)."""
    return np.minimum(search.spaces.alphas(uppers), search.grown.alphas(uppers))


def _active(search: Search, upper: Floats) -> tuple[float, Floats]:
    """(the least bound of half-spaces and trees for a zone, its weights (q,) times the ranges)."""
    weights, bounds = search.spaces.floats
    values = weights @ upper - bounds
    k = int(np.argmin(values))
    grown = search.grown.best(upper)
    if grown is None or grown[0] >= values[k]:
        return float(values[k]), weights[k] * search.frame.r
    return grown[0], search.grown.weights(upper) * search.frame.r
