"""The elementary solves of a zone: relaxation, dive, weighted MIP, zone MIP, second stage - on one LP and one MIP object whose costs and sides move.

Both forget between solves (the LP starts from one and the same basis), so that an answer depends on its question alone. A solve that fails or
contradicts itself is repeated with other settings; what then still says nothing is None.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from portfolio.errors import SolverFailure
from portfolio.numerics import FRONTIER_MARGIN
from portfolio.pareto.half_space import HalfSpace
from portfolio.pareto.lattice import reach, shortened
from portfolio.pareto.zone_program import sides, zone_program
from portfolio.pareto.zones import Choice, Limits, Published, Publisher
from portfolio.program import Floats, Program
from portfolio.proof.boxed import BoxedLp
from portfolio.proof.dive import SHARE, dive
from portfolio.proof.family import workshop
from portfolio.proof.leaves import Leaf
from portfolio.proof.multipliers import Box
from portfolio.proof.short import Shortener
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Outcome

_INF = float("inf")
WEIGHTED_GAP = 0.5
"""Gap of a weighted solve [epsilon]: what its half-space may give away."""
SLACK_PRICE = 0.05
"""What a dive pays for sum f_i / r_i beside alpha (the augmented scalarisation of Steuer, Choo 1983, doi:10.1007/BF02591870): criteria that do not hold
alpha back get better too, and plans lose less of alpha than without."""
SHARES = (SHARE, 0.2)
"""Shares that the first dives fix at a time: the second, slower one ends somewhere else where the first fails, for a tenth of what a MIP takes."""
TRIFLE = 1e-7
"""Room given to a criterion's own value in the second stage [range]."""


class Door(Protocol):
    """What a zone solver asks of a MIP solver."""

    def bound_rows(self, ids: Any, lower: Floats, upper: Floats) -> None: ...
    def bound_columns(self, ids: Any, lower: Floats, upper: Floats) -> None: ...
    def forget(self) -> None: ...
    def minimise(self, cost: Floats, ask: Ask) -> Outcome: ...


Opener = Callable[[Program, int, dict[str, Any]], Door]


class Anchors:
    """The basis of one relaxation of each kind, found once for all workers: where the LP of a zone starts that inherits nothing.

    Only right-hand sides differ, so that it stays dual feasible.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Any] = {}

    def of(self, name: str, lp: BoxedLp, sides: Floats) -> Any:
        """The basis at these right-hand sides, for this kind of LP."""
        with self._lock:
            if name not in self._known:
                lp.put(sides)
                lp.solve(presolve=True)
                self._known[name] = lp.basis
            return self._known[name]


@dataclass(frozen=True)
class Setting:
    """What all zones of a run share. reach: largest alpha that column bounds admit · epsilon: target · ends: ideal and far end (2, q)."""

    program: Program
    scale: tuple[Fraction, ...]
    reach: float
    epsilon: float
    publish: Publisher
    ends: Floats
    seed: int = 0
    open: Opener = Highs
    anchors: Anchors = field(default_factory=Anchors)


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
        self.short = Shortener(program, setting.scale)
        self._mip = setting.open(self.wide, setting.seed, {})
        self._placed: tuple[Floats, float, float] = (np.full(program.q, _INF), 0.0, 0.0)
        self.lp = workshop(self.wide, self._deepest, self.rows, setting.seed)
        self._diver = workshop(
            self.wide, self._deepest + SLACK_PRICE * np.append((1 / self.r) @ program.criteria, 0.0), self.rows, setting.seed
        )
        self.basis: Any = None
        """Of the relaxation that was solved last."""
        self._relaxed_at, self._untouched = np.zeros(0), False
        self._anchor = setting.anchors.of("deepest", self._diver, self._middle)

    @property
    def _middle(self) -> Floats:
        """Right-hand sides in the middle of the ranges."""
        return np.asarray((self.setting.ends.mean(axis=0) - self.setting.program.offsets) / self.r)

    @cached_property
    def _far(self) -> Floats:
        """Finite right-hand sides under which no zone row says anything: a tree's bounds are evaluated at them."""
        program = self.setting.program
        return np.asarray((reach(program)[1] - program.offsets) / self.r + self.setting.reach + 1.0)

    def finite_sides(self, upper: Floats) -> Floats:
        """Right-hand sides of the zone rows, finite also where the zone is unlimited."""
        return np.where(np.isfinite(upper), self.sides(np.where(np.isfinite(upper), upper, 0.0)), self._far)

    @cached_property
    def _polisher(self) -> BoxedLp:
        return self._weighing(1 / self.r)

    @property
    def _deepest(self) -> Floats:
        cost = np.zeros(self.wide.n)
        cost[self.alpha] = -1.0
        return cost

    # -- solves ----------------------------------------------------------------------------------------------------
    def _weighing(self, weights: Floats) -> BoxedLp:
        """An LP that minimises w.f, without alpha; its zone rows still move."""
        program = self.setting.program
        fixed = replace(self.wide, col_lower=np.append(program.col_lower, 0.0), col_upper=np.append(program.col_upper, 0.0))
        return workshop(fixed, np.append(weights @ program.criteria, 0.0), self.rows, self.setting.seed)

    def supported(self, normalised: Floats, limits: Limits) -> tuple[Floats | None, HalfSpace | None]:
        """A plan from dives for min w.f over the relaxation, and the half-space of that relaxation; None where there is none."""
        self.counts["lps"] += 1
        lp = self._weighing(normalised / self.r)
        lp.put(self._far)
        answer = lp.solve(presolve=True, seconds=limits.ask().seconds)
        if not answer.finished or answer.empty:
            return None, None
        space = self._relaxed_space(normalised, lp.lp.duals[: self.setting.program.m] * lp.size)
        x, relaxed, basis = None, lp.x, lp.basis
        for share in SHARES:
            if x is None:
                lp.move_to({})
                lp.start(basis)
                x = dive(lp, {}, relaxed, _INF, limits.ask().seconds, share)
        return None if x is None else x[: self.alpha], space

    def relax(self, upper: Floats, basis: Any = None) -> tuple[float, Floats, HalfSpace | None]:
        """(bound on alpha by the zone's relaxation, normalised weights (q,) from its duals, the half-space that proves it). basis: of a zone that
        holds this one.

        Where the zone is limited in all criteria the LP is the dive's, which pays for sum f_i / r_i too: its half-space, of weights raised by that price,
        passes through the same point.
        """
        self.counts["lps"] += 1
        limited = bool(np.isfinite(upper).all())
        lp = self._diver if limited else self.lp
        lp.move_to({})
        sides = self.finite_sides(upper)
        lp.put(sides)
        lp.lp.forget()
        lp.start(self._anchor if basis is None else basis)
        answer = lp.solve()
        if not answer.finished or answer.empty:
            raise SolverFailure("the relaxation of a zone has no optimum although alpha may be negative")
        self.basis = lp.basis
        duals = lp.lp.duals * lp.size
        normalised = np.where(np.isfinite(upper), np.maximum(-duals[self.rows], 0.0) + (SLACK_PRICE if limited else 0.0), 0.0)
        self._relaxed_at, self._untouched = sides, limited
        total = float(normalised.sum())
        if total < 0.5:
            # Nothing but the bound of alpha itself holds it back.
            return self.setting.reach, normalised, None
        space = self._relaxed_space(normalised / total, duals[: self.setting.program.m] / total)
        return self.alpha_of(space, upper), normalised / total, space

    def _relaxed_space(self, normalised: Floats, y: Floats) -> HalfSpace:
        """The half-space that row multipliers y (m,) prove for these weights, by weak duality: no tolerance of the simplex enters."""
        proof, weights, bound = self.short.half_space(np.where(normalised > 1e-9, normalised, 0.0), y)
        return HalfSpace(weights, bound, "relaxation", proof)

    def alpha_of(self, space: HalfSpace, upper: Floats) -> float:
        """What a half-space proves for a zone, rounded up; inf where it leans on an unlimited criterion."""
        if any(w and not np.isfinite(v) for w, v in zip(space.weights, upper, strict=True)):
            return _INF
        u = tuple(Fraction(float(v)) if np.isfinite(v) else Fraction(0) for v in upper)
        return float(np.nextafter(float(space.alpha(u, self.setting.scale)), _INF))

    def within(self, choice: Choice, limits: Limits) -> tuple[Floats | None, Any]:
        """The deepest x (n,) of the zone just relaxed whose integer columns are these, and the basis it was found with; None: nothing in time."""
        self.counts["within"] += 1
        lp = self._diver
        lp.move_to({int(j): (v, v) for j in self.integers for v in (choice.integers.get(int(j), 0.0),)})
        self._untouched = False
        lp.put(self._relaxed_at)
        lp.lp.forget()
        lp.start(self.basis if choice.basis is None else choice.basis)
        answer = lp.solve(seconds=limits.ask().seconds)
        return (None, None) if not answer.finished or answer.empty else (lp.x[: self.alpha], lp.basis)

    def dive(self, limits: Limits, share: float = SHARE, leaf: Leaf | None = None) -> Floats | None:
        """An integral x (n,), deep in the zone whose relaxation was just solved and good in all criteria; None when the dive fails. leaf: begin in its box."""
        self.counts["dives"] += 1
        return self._dive({} if leaf is None else leaf.box, self.basis if leaf is None else leaf.basis, limits, share)

    @property
    def last_basis(self) -> Any:
        """With which the last plan was found: within choices, by a dive or a crossing."""
        return self._diver.basis

    def cross(self, choices: Sequence[Choice], limits: Limits) -> Floats | None:
        """A dive over the integer columns in which these choices differ; what they agree on stays (crossover: Rothberg 2007, doi:10.1287/ijoc.1060.0189)."""
        self.counts["crossings"] += 1
        first, *others = ([choice.integers.get(int(j), 0.0) for j in self.integers] for choice in choices)
        agreed = [all(other[k] == v for other in others) for k, v in enumerate(first)]
        box = {int(j): (v, v) for j, v, same in zip(self.integers, first, agreed, strict=True) if same}
        return self._dive(box, self.basis, limits)

    def _dive(self, box: Box, basis: Any, limits: Limits, share: float = SHARE) -> Floats | None:
        """A dive inside a box, from where the LP is or else from a basis."""
        lp = self._diver
        if not self._untouched or box:
            lp.move_to(box)
            lp.put(self._relaxed_at)
            lp.lp.forget()
            lp.start(basis)
            answer = lp.solve(seconds=limits.ask().seconds)
            if not answer.finished or answer.empty:
                return None
        self._untouched = False
        x = dive(lp, box, lp.x, _INF, limits.ask().seconds, share)
        return None if x is None else x[: self.alpha]

    def weighted(
        self, normalised: Floats, start: Mapping[int, float] | None, limits: Limits, upper: Floats | None = None
    ) -> tuple[Outcome | None, HalfSpace | None]:
        """min w.f for normalised weights (sum of w_i r_i = 1): the outcome, and the half-space it proves.

        upper: of a zone; the solve then stops as soon as the bound closes it, or a plan shows that it cannot.
        """
        self.counts["weighted"] += 1
        weights = tuple(shortened(float(v)) if v > 0 else Fraction(0) for v in normalised / self.r)
        w = np.array([float(v) for v in weights])
        size, program = float(w @ self.r), self.setting.program
        self._place(np.full(len(w), _INF), 0.0, 0.0)
        cost, constant = np.append(w @ program.criteria, 0.0) / size, float(w @ program.offsets) / size
        ask = limits.ask(gap=WEIGHTED_GAP * self.setting.epsilon, start=self.start(start))
        if upper is not None:
            closing = float(w[w > 0] @ upper[w > 0]) / size - constant - self.setting.epsilon + 3 * float(FRONTIER_MARGIN)
            ask = replace(ask, cutoff=closing, target=closing)
        outcome = self._minimise(cost, ask)
        if outcome is None or outcome.bound == -_INF or outcome.verdict == "infeasible":
            return outcome, None
        bound = (outcome.bound + constant - float(FRONTIER_MARGIN)) * size
        return outcome, HalfSpace(weights, Fraction(repr(bound)))

    def deepest(self, upper: Floats, alpha: float, start: Floats | None, limits: Limits, target: float, gap: float) -> Outcome | None:
        """max alpha of a zone; stops at alpha >= target, or when the bound falls to epsilon. None: failed."""
        self._place(self.sides(upper), -self.setting.reach, min(alpha, self.setting.reach))
        cutoff = -(self.setting.epsilon - 2 * float(FRONTIER_MARGIN))
        return self._minimise(self._deepest, limits.ask(gap=gap, start=start, target=-target, cutoff=cutoff))

    def polish(self, x: Floats, limits: Limits) -> Floats:
        """A plan that is nowhere worse than x and better in sum f_i / r_i, by a dive below f <= f(x), else within its own choices; x where nothing is better."""
        self.counts["polished"] += 1
        program, lp = self.setting.program, self._polisher
        values = program.values(x)
        lp.move_to({})
        anchor = self.setting.anchors.of("polish", lp, self._middle)
        lp.put((values - program.offsets) / self.r + TRIFLE)
        lp.lp.forget()
        lp.start(anchor)
        answer = lp.solve(seconds=limits.ask().seconds)
        found = dive(lp, {}, lp.x, _INF, limits.ask().seconds) if answer.finished and not answer.empty else None
        if found is None:
            # Below f(x) there is little room to round in.
            lp.move_to({int(j): (v, v) for j in self.integers for v in (float(np.round(x[j])),)})
            answer = lp.solve(seconds=limits.ask().seconds)
            if not answer.finished or answer.empty:
                return x
            found = lp.x
        better = found[: self.alpha]
        gained = (values - program.values(better)) / self.r
        return better if gained.sum() > 0 and gained.min() > -10 * TRIFLE else x

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
