"""An aim as a sequence of solves: weighted and reference-point aims take one, a lexicographic aim one per criterion."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from portfolio.api.aims import worse_limit
from portfolio.numerics import DEFAULT_GAP, GAP_SAVED_FOR_GRID
from portfolio.program import Floats
from portfolio.reference_point import with_achievement
from portfolio.results import Plan, Range
from portfolio.schema.aim import Aim, Lexicographic, Reference, Weighted
from portfolio.schema.criterion import Criterion
from portfolio.session import Session
from portfolio.solvers.outcome import Ask, Outcome, Progress

Watch = Callable[[str, Progress], None]
"""Called with (stage, progress) while a solve runs; stage is `ranges`, `aim`, a criterion id or `proof` (PROOF)."""


PROOF = "proof"
SOLVE_SHARE = 0.5
"""Share of the time limit after which a solve ends whose bound is to be proven: the tree takes about as long as the solver."""


@dataclass(frozen=True)
class Effort:
    """How hard to try. gap: target [share of the aim's range, or relative] · seconds: wall time for everything · solver: a door (docs: `portfolio doctor`)
    threads: of the solver · start: an earlier plan · stop: set to end early · prove: gap to be proven without trust in the solver, None: not."""

    gap: Fraction = DEFAULT_GAP
    seconds: float = float("inf")
    seed: int = 0
    solver: str = "highs"
    threads: int = 1
    start: Plan | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Watch | None = None
    prove: Fraction | None = None


@dataclass(frozen=True)
class Stage:
    """One solved question: what was asked, the outcome, and the limits it was asked under (natural sense).

    origin: what the solver's objective is at the aim's zero · slack: room that the aim itself gives, in the claim's unit · weights: (q,) on the criteria.
    """

    of: str
    outcome: Outcome
    origin: float = 0.0
    slack: Fraction = Fraction(0)
    within: dict[str, Fraction] = field(default_factory=dict)
    weights: Floats = field(default_factory=lambda: np.zeros(0))


class Clock:
    """Laps, and what is left of the time limit."""

    def __init__(self, effort: Effort) -> None:
        self.effort, self.begun, self.laps = effort, time.perf_counter(), dict[str, float]()
        self._last = self.begun

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now

    def ask(self, stage: str, gap: float = 0.0, start: Floats | None = None) -> Ask:
        whole = self.effort.seconds * (1.0 if self.effort.prove is None or stage == PROOF else SOLVE_SHARE)
        left = max(whole - (time.perf_counter() - self.begun), 0.01)
        watch = self.effort.watch
        report = None if watch is None else (lambda progress: watch(stage, progress))
        return Ask(gap=gap, seconds=left, start=start, stop=self.effort.stop, watch=report)


def solve_aim(
    session: Session, aim: Aim, ranges: dict[str, Range], clock: Clock, effort: Effort, tighter: dict[str, Fraction] | None = None
) -> list[Stage]:
    """Solve; the last stage holds the plan. tighter: criterion -> how much its floor is tightened (what whole units cost before)."""
    limits = {
        session.program.names.index(f.criterion): worse_limit(_criterion(session, f.criterion), f, ranges[f.criterion].best)
        for f in aim.floors
        if f.criterion in ranges
    }
    signs = session.program.signs
    room = {session.program.names.index(name): float(v) for name, v in (tighter or {}).items()}
    inside = {q: signs[q] * float(v) - room.get(q, 0.0) for q, v in limits.items()}
    within = {session.program.names[q]: v for q, v in limits.items()}
    start = None if effort.start is None else session.start_from(effort.start)
    if isinstance(aim, Lexicographic):
        return _lexicographic(session, aim, ranges, clock, effort, inside)
    if isinstance(aim, Reference):
        raised = with_achievement(session.program, aim.point, ranges)
        upper = Session(session.instance, session.spec, session.seed, raised, effort.solver, effort.threads)
        weights = np.eye(raised.q)[-1]
        outcome = upper.minimise(weights, clock.ask("aim", _gap(effort), start), inside)
        scales = np.array([1 / abs(float(ranges[c].worst - ranges[c].best)) if c in ranges else 0.0 for c in session.program.names])
        return [Stage("aim", outcome, within=within, weights=scales)]
    weights = weights_of(session, aim, ranges)
    solo = solo_of(aim, ranges)
    of = "aim" if solo is None else solo
    # A single criterion is asked in its own unit: the relative gap is turned into an absolute one by its best bound.
    scale = max(abs(float(ranges[solo].best)), 1.0) * 0.5 if solo is not None else 1.0
    gap = _gap(effort) * scale
    first = session.first_plan(weights, clock.ask(of, gap)) if start is None and not inside else None
    asked = clock.ask(of, gap, start) if first is None else replace(clock.ask(of, gap, first.x), near=True)
    outcome = session.minimise(weights, asked, inside)
    if first is not None and outcome.x is None and outcome.verdict in ("limit", "interrupted"):
        outcome = replace(first, verdict=outcome.verdict, bound=max(first.bound, outcome.bound))
    origin = 0.0 if solo is not None else origin_of(session, weights, ranges)
    return [Stage(of, outcome, origin, within=within, weights=weights)]


def weights_of(session: Session, aim: Weighted, ranges: dict[str, Range]) -> Floats:
    """Weights on minimised criteria (q,): w_i / range_i, or 1 on the only criterion that counts."""
    solo = solo_of(aim, ranges)
    names = session.program.names
    if solo is not None:
        return np.array([float(name == solo) for name in names])
    wide = {c: abs(float(r.worst - r.best)) for c, r in ranges.items()}
    return np.array([float(aim.weights.get(c, 0)) / wide[c] if c in wide else 0.0 for c in names])


def origin_of(session: Session, weights: Floats, ranges: dict[str, Range]) -> float:
    """The weighted sum at the best values: where the normalised aim is zero."""
    best = {c: ranges[c].best if c in ranges else Fraction(0) for c in session.program.names}
    return float(weights @ session.minimised(best))


def solo_of(aim: Weighted, ranges: dict[str, Range]) -> str | None:
    """The criterion that alone has weight, if there is one: its claim is then made in its own unit."""
    counted = [c for c, w in aim.weights.items() if w and c in ranges]
    return counted[0] if len(counted) == 1 else None


def _gap(effort: Effort) -> float:
    return float(effort.gap * (1 - GAP_SAVED_FOR_GRID))


def _criterion(session: Session, name: str) -> Criterion:
    return next(c for c in session.instance.criteria if c.id == name)


def _lexicographic(
    session: Session, aim: Lexicographic, ranges: dict[str, Range], clock: Clock, effort: Effort, inside: dict[int, float]
) -> list[Stage]:
    """One solve per criterion, each within the tolerance of what came before."""
    stages: list[Stage] = []
    names, signs = session.program.names, session.program.signs
    start: Floats | None = None if effort.start is None else session.start_from(effort.start)
    for name in aim.order:
        q = names.index(name)
        scale = max(abs(float(ranges[name].best)), 1.0) if name in ranges else 1.0
        within = {names[i]: Fraction(repr(signs[i] * v)) for i, v in inside.items()}
        outcome = session.minimise(np.eye(len(names))[q], clock.ask(name, _gap(effort) * scale * 0.5, start), inside)
        width = abs(float(ranges[name].worst - ranges[name].best)) if name in ranges else 0.0
        slack = float(aim.tolerance) * width + 1e-6 * scale
        stages.append(Stage(name, outcome, 0.0, Fraction(repr(slack)), within, np.eye(len(names))[q]))
        if outcome.x is None:
            break
        inside = {**inside, q: outcome.objective + slack}
        start = outcome.x
    return stages
