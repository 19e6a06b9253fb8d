"""Where to look: points of a design as levels in [0, 1] per factor, from a seed.

Latin hypercube: McKay, Beckman, Conover (1979), doi:10.2307/1268522 · Sobol points, scrambled: Owen (1998), doi:10.1006/jcom.1998.0487 · Morris (1991),
doi:10.2307/1269043 · Saltelli's scheme for Sobol indices: doi:10.1016/j.cpc.2009.09.018.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.errors import UsageError
from portfolio.results.sweep import Factor
from portfolio.sensitivity.factors import Level

Levels = tuple[Level, ...]
STEPS = 10**6
"""Levels are multiples of 1 / STEPS: short exact numbers."""
MORRIS_LEVELS = 4
Array = NDArray[np.float64]


def tornado(factors: Sequence[Factor]) -> list[Levels]:
    """Every factor at its low, then at its high end, the others as they are: 2 k runs."""
    none: list[Level] = [None] * len(factors)
    return [(*none[:n], Fraction(end), *none[n + 1 :]) for n in range(len(factors)) for end in (0, 1)]


def grid(factors: Sequence[Factor], runs: int) -> list[Levels]:
    """About `runs` points on an even grid over one or two factors. Raises UsageError for more factors."""
    if len(factors) not in (1, 2):
        raise UsageError(f"a grid takes one or two factors, not {len(factors)}", f"grid の変数は1つか2つです（{len(factors)}）")
    side = max(round(runs ** (1 / len(factors))), 2)
    steps = [Fraction(n, side - 1) for n in range(side)]
    return list(itertools.product(steps, repeat=len(factors)))


def monte_carlo(factors: Sequence[Factor], runs: int, seed: int, sampler: str) -> list[Levels]:
    """`runs` points of a Latin hypercube (`lhs`) or of a scrambled Sobol sequence (`sobol`)."""
    from scipy.stats import qmc

    if sampler == "lhs":
        return _exact(qmc.LatinHypercube(d=len(factors), rng=np.random.default_rng(seed)).random(runs))
    if len(factors) > qmc.Sobol.MAXDIM:
        raise UsageError(f"Sobol points have at most {qmc.Sobol.MAXDIM} factors", f"Sobol 点列の変数は {qmc.Sobol.MAXDIM} までです")
    with warnings.catch_warnings():
        # Balance needs a power of two; a part of the sequence is still a valid low-discrepancy sample.
        warnings.filterwarnings("ignore", message="The balance properties", category=UserWarning)
        return _exact(qmc.Sobol(d=len(factors), rng=np.random.default_rng(seed)).random(runs))


def morris(factors: Sequence[Factor], runs: int, seed: int) -> list[Levels]:
    """Trajectories of k + 1 points, as many as fit into `runs` (at least 2)."""
    from SALib.sample import morris as sample

    trajectories = max(runs // (len(factors) + 1), 2)
    return _exact(sample.sample(problem(factors), trajectories, num_levels=MORRIS_LEVELS, seed=seed))


def sobol(factors: Sequence[Factor], runs: int, seed: int) -> list[Levels]:
    """Saltelli's scheme without second order: N (k + 2) points, N the largest power of two that fits into `runs` (at least 8)."""
    from SALib.sample import sobol as sample

    size = 8
    while 2 * size * (len(factors) + 2) <= runs:
        size *= 2
    return _exact(sample.sample(problem(factors), size, calc_second_order=False, seed=seed))


def simplex(factors: Sequence[Factor], runs: int) -> list[Levels]:
    """Weights on a lattice over the simplex: all (n_1, ..., n_q) / d that sum to 1, d the largest with at most `runs` points (at least 1).

    Raises UsageError for a single criterion.
    """
    count = len(factors)
    if count < 2:
        raise UsageError("weights vary only between two or more criteria", "重みを変えるには評価基準が2つ以上必要です")
    degree = 1
    while _points(degree + 1, count) <= runs:
        degree += 1
    inner = itertools.product(range(degree + 1), repeat=count - 1)
    return [(*(Fraction(n, degree) for n in some), Fraction(degree - sum(some), degree)) for some in inner if sum(some) <= degree]


def problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """The factors as SALib names them: all on [0, 1]."""
    return {"num_vars": len(factors), "names": [f"x{n}" for n in range(len(factors))], "bounds": [[0.0, 1.0]] * len(factors)}


def _points(degree: int, count: int) -> int:
    from math import comb

    return comb(degree + count - 1, count - 1)


def _exact(points: Array) -> list[Levels]:
    whole = np.rint(np.asarray(points) * STEPS).astype(int)
    return [tuple(Fraction(int(n), STEPS) for n in row) for row in whole]
