"""The weighted-sum method on a regular lattice of weights: a baseline that finds supported points only, and says so.

Weights are all k / divisions with sum 1 (Das and Dennis 1998, doi:10.1137/S1052623496307510), divided by the criteria's ranges; weights of 0 become
a trifle, so that every optimum is efficient.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np

from portfolio.pareto.baseline import Baseline, BasePoint, listed
from portfolio.pareto.feasible import Feasible
from portfolio.pareto.zone_solves import Opener
from portfolio.pareto.zones import Limits
from portfolio.payoff import payoff
from portfolio.program import Floats, Program
from portfolio.schema.exact import to_fraction
from portfolio.solvers.highs import Highs

TRIFLE = 1e-3
"""Least weight [share of the sum]: above the solver's tolerances, below a step of the lattice."""
GAP = 1e-6
"""Gap asked for [share of the sum of weighted ranges]."""


def weighted(program: Program, divisions: int = 10, limits: Limits | None = None, seed: int = 0, opener: Opener = Highs) -> Baseline:
    """Supported points of any Program for the weights with `divisions` steps; `finished` says that every solve ended, never that the set is complete."""
    begun = time.perf_counter()
    limits = limits or Limits()
    spans = payoff(program, seed, max(limits.deadline - begun, 0.0))
    if isinstance(spans, str):
        return Baseline((), spans == "infeasible", spans == "infeasible", 0, time.perf_counter() - begun)
    widths = np.array([span.width or 1.0 for span in spans])
    door, feasible = opener(program, seed, {}), Feasible(program)
    found: list[BasePoint] = []
    solves, finished, infeasible = 0, True, False
    for shares in _lattice(program.q, divisions):
        if limits.reached:
            finished = False
            break
        door.forget()
        outcome = door.minimise((np.maximum(shares, TRIFLE) / widths) @ program.criteria, limits.ask(gap=GAP))
        solves += 1
        infeasible = outcome.verdict == "infeasible"
        if infeasible:
            break
        whole = None if outcome.x is None or outcome.verdict != "optimal" else feasible.rounded(outcome.x)
        finished = finished and whole is not None
        if whole is not None:
            found.append(BasePoint(exact_values(program, whole), whole))
    return Baseline(listed(found), finished, infeasible, solves, time.perf_counter() - begun)


def exact_values(program: Program, x: Floats) -> tuple[Fraction, ...]:
    """Minimised criteria (q,) of a solution (n,), exact for the numbers that x holds."""
    exact = program.exact if program.exact_form is not None else program
    used = [(int(j), Fraction(float(x[j]))) for j in np.flatnonzero(x)]

    def number(value: object) -> Fraction:
        return value if isinstance(value, Fraction) else to_fraction(float(value))  # type: ignore[arg-type]

    return tuple(
        sum((number(row[j]) * v for j, v in used), number(offset)) for row, offset in zip(exact.criteria, exact.offsets, strict=True)
    )


def _lattice(q: int, divisions: int) -> Iterator[Floats]:
    """All (q,) with entries k / divisions that sum to 1: C(divisions + q - 1, q - 1) of them."""
    for bars in combinations(range(divisions + q - 1), q - 1):
        ends = np.array([-1, *bars, divisions + q - 1])
        yield (np.diff(ends) - 1) / divisions
