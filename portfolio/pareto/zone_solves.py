"""The elementary solves of a zone: relaxation, dive, weighted MIP, zone MIP, second stage - on one LP and one MIP object whose costs and sides move.

Both forget between solves (the LP starts from one and the same basis), so that an answer depends on its question alone. A solve that fails or
contradicts itself is repeated with other settings; what then still says nothing is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from portfolio.errors import SolverFailure
from portfolio.numerics import FRONTIER_MARGIN
from portfolio.pareto.half_space import HalfSpace
from portfolio.pareto.lattice import shortened
from portfolio.pareto.zone_program import sides, zone_program
from portfolio.pareto.zones import Limits, Published, Publisher
from portfolio.program import Floats, Program
from portfolio.proof.tree import Tree
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Outcome
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")
WEIGHTED_GAP = 0.2
"""Gap of a weighted solve [epsilon]: what its half-space may give away."""
POLISH_GAP, POLISH_NODES = 0.1, 1
"""Gap [epsilon, sum over criteria] and nodes of the second stage: it decides how good a point is, never whether a claim holds."""
TRIFLE = 1e-7
"""Room given to a criterion's own value in the second stage [range]."""


class Door(Protocol):
    """What a zone solver asks of a MIP solver."""

    def bound_rows(self, ids: Any, lower: Floats, upper: Floats) -> None: ...
    def bound_columns(self, ids: Any, lower: Floats, upper: Floats) -> None: ...
    def forget(self) -> None: ...
    def minimise(self, cost: Floats, ask: Ask) -> Outcome: ...


Opener = Callable[[Program, int, dict[str, Any]], Door]


@dataclass(frozen=True)
class Setting:
    """What all zones of a run share. reach: largest alpha that column bounds admit · epsilon: target."""

    program: Program
    scale: tuple[Fraction, ...]
    reach: float
    epsilon: float
    publish: Publisher
    seed: int = 0
    open: Opener = Highs


class ZoneSolves:
    """One worker's solver objects. Not thread-safe."""

    def __init__(self, setting: Setting) -> None:
        self.setting, program = setting, setting.program
        self.r = np.array([float(v) for v in setting.scale])
        self.wide = zone_program(program, setting.scale, setting.reach)
        self.rows = list(range(program.m, program.m + program.q))
        self.alpha = program.n
        self.integers = np.flatnonzero(program.integer)
        self.counts: Counter[str] = Counter()
        self._mip = setting.open(self.wide, setting.seed, {})
        self._placed: tuple[Floats, float, float] = (np.full(program.q, _INF), 0.0, 0.0)
        self._lp = Relaxation(self.wide, setting.seed)
        self._lp.cost(self._deepest)
        self._lp.solve(presolve=True)
        self._basis = self._lp.basis

    @property
    def _deepest(self) -> Floats:
        cost = np.zeros(self.wide.n)
        cost[self.alpha] = -1.0
        return cost

    # -- solves ----------------------------------------------------------------------------------------------------
    def relax(self, upper: Floats) -> tuple[float, Floats]:
        """(LP bound on alpha, normalised weights (q,) from its duals)."""
        self.counts["lps"] += 1
        lp = self._lp
        self.free_columns()
        lp.cost(self._deepest)
        lp.bound_rows(self.rows, np.full(len(self.rows), -_INF), self.sides(upper))
        lp.restart(self._basis)
        value = lp.solve()
        if value is None or value == _INF:
            raise SolverFailure("the relaxation of a zone has no optimum although alpha may be negative")
        return -value + float(FRONTIER_MARGIN), np.maximum(-lp.duals[self.rows], 0.0)

    def relaxed_space(self, upper: Floats, alpha: float, normalised: Floats) -> HalfSpace | None:
        """The half-space behind an LP bound: its multipliers w and B = w.u - alpha w.r."""
        if not 0.999 < float(normalised.sum()) < 1.001:
            return None
        weights = tuple(
            shortened(float(v), 12) if v > 1e-9 * r else Fraction(0) for v, r in zip(normalised / self.r, 1 / self.r, strict=True)
        )
        u = [Fraction(float(v)) if w else Fraction(0) for v, w in zip(upper, weights, strict=True)]
        bound = sum(w * (v - Fraction(repr(alpha)) * r) for w, v, r in zip(weights, u, self.setting.scale, strict=True))
        return HalfSpace(weights, Fraction(repr(float(bound) - 1e-9 * abs(float(bound)))), "relaxation")

    def dive(self, upper: Floats, limits: Limits) -> Floats | None:
        """An integral x (n,) by fixing columns of the zone's relaxation; None when the dive fails."""
        self.counts["dives"] += 1
        self._lp.bound_rows(self.rows, np.full(len(self.rows), -_INF), self.sides(upper))
        x = Tree(self.wide, self._lp, self._deepest, limits.ask(), nodes=1).minimise().x
        return None if x is None else x[: self.alpha]

    def weighted(self, normalised: Floats, start: Mapping[int, float] | None, limits: Limits) -> tuple[Outcome | None, HalfSpace | None]:
        """min w.f for normalised weights (sum of w_i r_i = 1): the outcome, and the half-space it proves."""
        weights = tuple(shortened(float(v)) if v > 0 else Fraction(0) for v in normalised / self.r)
        w = np.array([float(v) for v in weights])
        size = float(w @ self.r)
        program = self.setting.program
        self._place(np.full(len(w), _INF), 0.0, 0.0)
        cost = np.append(w @ program.criteria, 0.0) / size
        outcome = self._minimise(cost, limits.ask(gap=WEIGHTED_GAP * self.setting.epsilon, start=self.start(start)))
        if outcome is None or outcome.bound == -_INF or outcome.verdict == "infeasible":
            return outcome, None
        bound = (outcome.bound + float(w @ program.offsets) / size - float(FRONTIER_MARGIN)) * size
        return outcome, HalfSpace(weights, Fraction(repr(bound)))

    def deepest(self, upper: Floats, alpha: float, start: Floats | None, limits: Limits, target: float, gap: float) -> Outcome | None:
        """max alpha of a zone; stops at alpha >= target, or when the bound falls to epsilon. None: failed."""
        self._place(self.sides(upper), -self.setting.reach, min(alpha, self.setting.reach))
        cutoff = -(self.setting.epsilon - 2 * float(FRONTIER_MARGIN))
        return self._minimise(self._deepest, limits.ask(gap=gap, start=start, target=-target, cutoff=cutoff))

    def polish(self, x: Floats, limits: Limits) -> Floats:
        """min sum f_i / r_i subject to f <= f(x), as far as one node goes: x or a plan that is nowhere worse."""
        program = self.setting.program
        values = program.values(x)
        weights = 1 / self.r
        self._place((values - program.offsets) / self.r + TRIFLE, 0.0, 0.0)
        cost = np.append(weights @ program.criteria, 0.0)
        ask = limits.ask(gap=POLISH_GAP * self.setting.epsilon, start=np.append(x, 0.0), nodes=POLISH_NODES)
        outcome = self._minimise(cost, ask)
        if outcome is None or outcome.x is None:
            return x
        better = outcome.x[: self.alpha]
        return better if weights @ (program.values(better) - values) < 0 else x

    def published(self, x: Floats, weights: Floats) -> Published | None:
        """x as it counts."""
        made = self.setting.publish(x[: self.alpha], weights)
        if made is None:
            return None
        chosen = {int(j): float(np.round(x[j])) for j in self.integers if round(x[j])}
        return Published(made[0], made[1], self.setting.program.values(x[: self.alpha]), chosen)

    # -- details ---------------------------------------------------------------------------------------------------
    def sides(self, upper: Floats) -> Floats:
        """Right-hand sides of the zone rows."""
        return sides(self.setting.program, self.r, upper, np.full(len(upper), _INF))

    def start(self, integers: Mapping[int, float] | None) -> Floats | None:
        """A start vector: integer columns as they were, the rest for the solver."""
        if integers is None:
            return None
        vector = np.full(self.wide.n, np.nan)
        vector[self.integers] = 0.0
        vector[list(integers)] = list(integers.values())
        return vector

    def free_columns(self) -> None:
        """Bounds of the LP's integer columns as the Program has them: a dive leaves them moved."""
        self._lp.bound_columns(list(self.integers), self.wide.col_lower[self.integers], self.wide.col_upper[self.integers])

    def _place(self, sides: Floats, low: float, high: float) -> None:
        """Right-hand sides of the zone rows and bounds of alpha, in the MIP."""
        self._placed = (sides, low, high)
        self._mip.bound_rows(self.rows, np.full(len(self.rows), -_INF), sides)
        self._mip.bound_columns([self.alpha], np.array([low]), np.array([high]))

    def _minimise(self, cost: Floats, ask: Ask) -> Outcome | None:
        """One MIP; once more, with other settings, when the answer cannot be used. None: still not."""
        self.counts["mips"] += 1
        self._mip.forget()
        outcome = self._mip.minimise(cost, ask)
        if _usable(outcome) or ask.stop.is_set():
            return outcome if _usable(outcome) else None
        self.counts["mips"] += 1
        self.counts["repeated"] += 1
        self._mip = self.setting.open(self.wide, self.setting.seed + 1, {"presolve": "off"})
        self._place(*self._placed)
        second = self._mip.minimise(cost, ask)
        return second if _usable(second) else None


def _usable(outcome: Outcome) -> bool:
    """A status that says something, and a bound that the plan does not contradict."""
    if outcome.verdict == "failed":
        return False
    slack = float(FRONTIER_MARGIN) * max(1.0, abs(outcome.objective)) if outcome.x is not None else 0.0
    return outcome.x is None or outcome.bound <= outcome.objective + slack
