"""Who owns the variance? Shares of an output's variance by factor, and by the source that the factors' numbers come from.

Sobol design: first and total indices (Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018) and Morris design: mean absolute elementary effects (Campolongo et al.
2007, doi:10.1016/j.envsoft.2006.10.004), both by SALib. Monte Carlo: the factors are independent, so the squared correlation of factor and output is its share of the
variance that a linear model explains; what noise alone would give, 1 / (n - 1), is taken off. Shares of a source are sums over its factors.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.results.sweep import Factor, Run, Share, Sweep
from portfolio.sensitivity.designs import MORRIS_LEVELS, problem

Array = NDArray[np.float64]
CERTAIN = 3.0
"""Monte Carlo: a factor is told apart from noise when its correlation is this many standard errors from 0 (1 in 370 by chance)."""
ALL = "all factors"
"""The factors together."""


def shares_of(sweep: Sweep) -> tuple[Share, ...]:
    """By output, then size. Runs without a plan are left out, with the rest of their trajectory or block where the design has such."""
    factors = sweep.design.factors
    by_number = {run.number: run for run in sweep.runs if run.aim is not None}
    names = next(iter(by_number.values())).criteria if by_number else {}
    found: list[Share] = []
    for output in [*names, "aim"]:
        values = np.full(len(sweep.design.points), np.nan)
        for number, run in by_number.items():
            values[number] = _value(run, output)
        points = np.array([[float(u or 0) for u in row] for row in sweep.design.points])
        made = {"monte-carlo": _correlated, "sobol": sobol_shares, "morris": morris_shares}[sweep.design.kind](points, values, factors)
        found += [share.model_copy(update={"output": output}) for share in made]
    return tuple(found)


def sobol_shares(points: Array, values: Array, factors: Sequence[Factor]) -> list[Share]:
    """First and total indices with the half width of their 95 % intervals; blocks of k + 2 runs with a hole are left out."""
    from SALib.analyze import sobol

    whole = _whole(values, len(factors) + 2)
    if len(whole) < 2 * (len(factors) + 2) or not np.ptp(values[whole]):
        return []
    with _quiet():
        index: Any = sobol.analyze(problem(factors), values[whole], calc_second_order=False, seed=0, print_to_console=False)
    single = [
        Share(output="", of=f.id, first=float(index["S1"][n]), total=float(index["ST"][n]), error=float(index["S1_conf"][n]))
        for n, f in enumerate(factors)
    ]
    return [*_sorted(single), *_by_source(single, factors)]


def morris_shares(points: Array, values: Array, factors: Sequence[Factor]) -> list[Share]:
    """mu* and sigma of the elementary effects; trajectories with a hole are left out."""
    from SALib.analyze import morris

    whole = _whole(values, len(factors) + 1)
    if len(whole) < 2 * (len(factors) + 1):
        return []
    with _quiet():
        effects: Any = morris.analyze(
            problem(factors), points[whole], values[whole], num_levels=MORRIS_LEVELS, seed=0, print_to_console=False
        )
    single = [
        Share(
            output="",
            of=f.id,
            mu_star=float(effects["mu_star"][n]),
            sigma=float(effects["sigma"][n]),
            error=float(effects["mu_star_conf"][n]),
        )
        for n, f in enumerate(factors)
    ]
    return sorted(single, key=lambda s: (-(s.mu_star or 0.0), s.of))


def _correlated(points: Array, values: Array, factors: Sequence[Factor]) -> list[Share]:
    known = ~np.isnan(values)
    count = int(known.sum())
    if count < 10 or not np.ptp(values[known]):
        return []
    x, y = points[known] - points[known].mean(axis=0), values[known] - values[known].mean()
    spread = np.sqrt((x**2).sum(axis=0) * (y**2).sum())
    r = np.divide(x.T @ y, spread, out=np.zeros(len(factors)), where=spread > 0)
    noise = 1 / (count - 1)
    told = np.abs(r) > CERTAIN * np.sqrt(noise)
    single = [
        Share(output="", of=f.id, first=float(max(r[n] ** 2 - noise, 0.0)), error=2 * float(np.sqrt(noise)))
        for n, f in enumerate(factors)
        if told[n]
    ]
    return [*_sorted(single), *_by_source(single, factors)]


def _by_source(single: Sequence[Share], factors: Sequence[Factor]) -> list[Share]:
    source = {f.id: f.source for f in factors}
    total: dict[str, float] = {}
    for share in single:
        name = source[share.of] or share.of
        total[name] = total.get(name, 0.0) + (share.first or 0.0)
    grouped = [Share(output="", of=name, group="source", first=amount) for name, amount in total.items()]
    return [*_sorted(grouped), Share(output="", of=ALL, group="source", first=sum(total.values()))]


def _sorted(shares: Sequence[Share]) -> list[Share]:
    return sorted(shares, key=lambda s: (-(s.first or 0.0), s.of))


def _whole(values: Array, size: int) -> NDArray[np.int64]:
    """Places of the runs in blocks of `size` without a hole."""
    blocks = values[: len(values) // size * size].reshape(-1, size)
    good = np.flatnonzero(~np.isnan(blocks).any(axis=1))
    return (good[:, None] * size + np.arange(size)).ravel()


def _value(run: Run, output: str) -> float:
    return float(run.aim or 0.0) if output == "aim" else run.criteria[output]


@contextmanager
def _quiet() -> Iterator[None]:
    """SALib warns where a bootstrap sample is constant; the interval is then wide, which is the answer."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        yield
