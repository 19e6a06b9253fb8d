"""The epsilon-certificate: for every feasible x there is a point n with f(n) <= f(x) + epsilon r.

N are the points found, U(N) their local upper bounds (search_region.py). For every zone u an upper bound A(u) on
max {alpha : f(x) + alpha r <= u, x in X} is proven; were f(x) + epsilon r weakly dominated by no point, it would lie strictly below some u,
and alpha(u) > epsilon. So max A(u) over the current zones IS the certified epsilon, at any time: the zone with the largest bound is
explored first, and a run that stops early carries a weaker certificate.

Vectors are whole steps of a lattice, rounded outward, and points count with the exact values they are published with.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.numerics import INTEGRALITY, PUBLISHED_FEASIBILITY
from portfolio.pareto.half_space import HalfSpace
from portfolio.pareto.integrate import Frame, Known, Search, Vector, ideal_spaces
from portfolio.pareto.lattice import Lattice, reach, shortened
from portfolio.pareto.running import ZONE_SOLVERS, Effort, Given, faster, first_tasks, run
from portfolio.pareto.zone_program import subset
from portfolio.pareto.zone_solves import Setting
from portfolio.pareto.zones import Limits, Published, Publisher
from portfolio.payoff import Span, payoff
from portfolio.program import Floats, Program
from portfolio.proof.short import Shortener

__all__ = ["Certified", "Effort", "certified"]


@dataclass(frozen=True)
class Certified:
    """points: (k) nondominated, in the order found · zones: U(N) with what is proven about each
    epsilon: largest bound over all zones, None without points · status: certified (epsilon <= target), limit, interrupted, infeasible, no_plan
    kept: criteria that have a range, the others are left out of the claim · pending: tasks whose answers a limit cut off.
    """

    status: str
    points: tuple[Published, ...]
    zones: tuple[tuple[Vector, Known], ...]
    epsilon: Fraction | None
    kept: tuple[int, ...]
    spans: tuple[Span, ...]
    frame: Frame | None
    search: Search | None = None
    pending: tuple[Given, ...] = ()


def certified(
    program: Program,
    epsilon: Fraction,
    scale: Sequence[Fraction] | None = None,
    effort: Effort | None = None,
    publish: Publisher | None = None,
    resume: Callable[[Frame, Sequence[HalfSpace]], tuple[Search, list[Given]]] | None = None,
) -> Certified:
    """Points and their certificate for any Program whose criteria are minimised.

    epsilon: target, share of each range r · scale: r (q,), by default the spans of the payoff table · publish: how a solution becomes a point
    resume: puts an earlier state back. Raises SolverFailure when the relaxation cannot be solved at all.
    """
    effort = effort or Effort()
    limits = Limits(time.perf_counter() + effort.seconds, effort.stop)
    spans = payoff(program, effort.seed, effort.seconds)
    if isinstance(spans, str):
        status = "infeasible" if spans == "infeasible" else "interrupted" if effort.stop.is_set() else "no_plan"
        return Certified(status, (), (), None, (), (), None)
    kept = [i for i, span in enumerate(spans) if span.width or scale is not None] or [0]
    ranges = tuple(scale[i] if scale is not None else shortened(spans[i].width or 1.0) for i in kept)
    part = subset(program, kept)
    frame = frame_of(part, ranges, epsilon)
    short = Shortener(part, ranges)
    spaces = ideal_spaces(short, [spans[i].duals for i in kept])
    search, waiting = resume(frame, spaces) if resume else (Search(frame, spaces), list(first_tasks(len(kept))))
    # The float below the exact target, by more than its rounding.
    below = float(epsilon) - 1e-8
    made = publisher(part) if publish is None else _kept_of(publish, kept, program.q)
    ends = np.array([[spans[i].ideal for i in kept], [spans[i].nadir for i in kept]])
    setting = Setting(part, ranges, float(frame.reach), below, made, ends, effort.seed, effort.open)
    search.kept, search.units = tuple(kept), tuple(short.units.tolist())
    search.zones = faster(setting, limits) if effort.zones == "race" else effort.zones
    pending = run(search, waiting, lambda: ZONE_SOLVERS[search.zones](setting), limits, effort)
    points = tuple(search.points[i] for i in search.best_points())
    found = search.certified if points else None
    status = _status(search, found, limits)
    zones = tuple(sorted(search.known.items(), key=lambda item: (-item[1].alpha, item[0])))
    return Certified(status, points, zones if points else (), found, tuple(kept), tuple(spans), frame, search, tuple(pending))


def _kept_of(publish: Publisher, kept: Sequence[int], q: int) -> Publisher:
    """A publisher of all criteria, for those of the claim."""

    def part(x: Floats, weights: Floats) -> tuple[tuple[Fraction, ...], Any] | None:
        every = np.zeros(q)
        every[list(kept)] = weights
        made = publish(x, every)
        return None if made is None else (tuple(made[0][i] for i in kept), made[1])

    return part


def frame_of(program: Program, scale: tuple[Fraction, ...], target: Fraction) -> Frame:
    """M = largest value that column bounds admit + reach r, where no zone of a nonempty N has alpha >= reach."""
    least, most = reach(program)
    r = np.array([float(v) for v in scale])
    far = Fraction(float(np.ceil(((most - least) / r).max()) + 1))
    lattice = Lattice.of(scale, np.maximum(np.abs(least), np.abs(most)) + float(far) * r)
    start = lattice.outward([Fraction(float(m)) + far * v for m, v in zip(most, scale, strict=True)])
    return Frame(lattice, scale, r, tuple(k + 1 for k in start), far, target)


def publisher(program: Program) -> Publisher:
    """For a Program alone: x with its integers rounded, if that is still feasible; values as they are in floats."""

    def publish(x: Floats, _weights: Floats) -> tuple[tuple[Fraction, ...], Any] | None:
        whole = np.where(program.integer, np.round(x), x)
        if np.abs(whole - x).max(initial=0.0) > 10 * INTEGRALITY or not _feasible(program, whole):
            return None
        return tuple(Fraction(float(v)) for v in program.values(whole)), whole

    return publish


def _feasible(program: Program, x: Floats) -> bool:
    owner = np.repeat(np.arange(program.m), np.diff(program.indptr))
    terms = program.data * x[program.indices]
    rows = np.bincount(owner, weights=terms, minlength=program.m)
    room = PUBLISHED_FEASIBILITY * np.maximum(1.0, np.bincount(owner, weights=np.abs(terms), minlength=program.m))
    inside = (rows >= program.row_lower - room) & (rows <= program.row_upper + room)
    wide = PUBLISHED_FEASIBILITY * np.maximum(1.0, np.abs(x))
    return bool(inside.all() and (x >= program.col_lower - wide).all() and (x <= program.col_upper + wide).all())


def _status(search: Search, found: Fraction | None, limits: Limits) -> str:
    if found is None:
        stopped = "interrupted" if limits.stop.is_set() else "no_plan"
        return "infeasible" if search.infeasible and not search.counts["withdrawn"] else stopped
    if found <= search.frame.target and not search.counts["withdrawn"]:
        return "certified"
    return "interrupted" if limits.stop.is_set() else "limit"
