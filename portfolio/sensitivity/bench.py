"""One variation solved: what a worker of a sweep does, over and over, with one solver object.

At frozen ranges (so that values of runs can be compared): the LP bound from the base's basis, the best use of the base's choice of ways, where these two are
further apart than the gap that of other choices known, and only then a dive over the relaxation and the MIP. A run depends on its question alone - start, basis and seed
are part of it - so that neither order nor workers show in the table.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import version
from typing import Any

import numpy as np

from portfolio.api.aims import worse_limit
from portfolio.api.stages import origin_of
from portfolio.api.vary import Variants
from portfolio.engine.store import Record
from portfolio.errors import InvalidInput, SolverFailure
from portfolio.formulation.assemble import BUNDLED, assemble
from portfolio.formulation.cells import as_view
from portfolio.numerics import RUN_DIGITS
from portfolio.program import Floats, Program
from portfolio.results import Range
from portfolio.results.sweep import Factor
from portfolio.schema.aim import Weighted
from portfolio.schema.exact import to_fraction
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.sensitivity.factors import settings_of, weights_at
from portfolio.sensitivity.fixed_choice import Choice as Choice
from portfolio.sensitivity.fixed_choice import FixedChoice, least
from portfolio.session import Session
from portfolio.solvers.basis import Basis
from portfolio.solvers.outcome import Ask, Outcome

_INF = float("inf")
RECIPE = 3
"""Counts up when this file would answer the same question differently, so that no store mixes the two."""


@dataclass(frozen=True)
class Frame:
    """What all runs of one model share. aim: weights filled in · ranges: frozen · base: the base plan's choice (empty while it is being sought)
    gap: of the normalised aim · seconds: per solve."""

    spec: ModelSpec
    aim: Weighted
    ranges: dict[str, Range]
    base: Choice
    gap: float
    seconds: float = _INF
    seed: int = 0

    def identity(self, instance: Instance) -> dict[str, Any]:
        """Everything that a run's answer depends on besides its question."""
        return {
            "instance": instance.hash,
            "model": self.spec.model_dump(mode="json"),
            "aim": self.aim.model_dump(mode="json"),
            "ranges": {c: r.model_dump(mode="json") for c, r in self.ranges.items()},
            "base": sorted((p, *way) for p, way in self.base.items()),
            "options": [repr(self.gap), repr(self.seconds), self.seed],
            "solver": [RECIPE, version("highspy")],
        }


@dataclass(frozen=True)
class SweepMaker:
    """Builds benches for an instance, its factors and the frames of its models; this is what travels to workers."""

    instance: Instance
    factors: tuple[Factor, ...]
    frames: tuple[Frame, ...]

    @property
    def travels(self) -> bool:
        """Can another process build the same benches?"""
        return all(BUNDLED.issuperset(f.spec.components) for f in self.frames)

    def __call__(self) -> SweepBench:
        """A bench with its own solver objects."""
        return SweepBench(self)


class SweepBench:
    """Answers {levels, frame, starts, only}: see `question`."""

    def __init__(self, maker: SweepMaker) -> None:
        self._factors, self._frames = maker.factors, maker.frames
        self._variants = Variants(maker.instance)
        self._desks: dict[int, _Desk] = {}

    def __call__(self, asked: Record, stop: threading.Event) -> Record | None:
        """The run as plain data (results/sweep.py, Run); None when stopped."""
        levels = [None if u is None else to_fraction(u) for u in asked["levels"]]
        number = asked["frame"]
        frame = self._frames[number]
        try:
            instance = self._variants.at(settings_of(self._variants, self._factors, levels))
        except InvalidInput as error:
            first = error.problems[0]
            return {"status": "invalid", "reason": {"en": first.line("en"), "ja": first.line("ja")}}
        if number not in self._desks:
            self._desks[number] = _Desk(self._variants.base, frame)
        weights = weights_at(self._factors, levels, frame.aim.weights)
        try:
            return self._desks[number].run(instance, weights, asked.get("starts", []), asked.get("only"), stop)
        except SolverFailure as error:
            return {"status": "failed", "reason": dict(error.messages)}


def question(levels: Sequence[Fraction | None], frame: int = 0, starts: Sequence[Choice] = (), only: Choice | None = None) -> Record:
    """levels: of the factors · starts: choices that may be good here · only: evaluate this choice instead of seeking the best plan."""
    asked: Record = {"levels": [None if u is None else str(u) for u in levels], "frame": frame, "starts": [dict(s) for s in starts]}
    return asked | ({"only": dict(only)} if only is not None else {})


def choice_of(record: Record) -> Choice:
    """The choice in a run's record."""
    return {t["programme"]: (t["way"], t["units"]) for t in record.get("taken", ())}


def funded(record: Record) -> frozenset[str]:
    """The programmes in a run's record."""
    return frozenset(t["programme"] for t in record.get("taken", ()))


class _Desk:
    """One model of the instance in one solver object."""

    def __init__(self, base: Instance, frame: Frame) -> None:
        self.frame = frame
        self.program = assemble(as_view(base, frame.spec), frame.spec)
        self.session = Session(as_view(base, frame.spec), frame.spec, frame.seed, self.program)
        weights, _ = self._weights(None)
        self.session.minimise(weights, Ask(relax=True))
        self._basis = self.session.solver.basis  # type: ignore[attr-defined]  # the sweep's own door is HiGHS
        self._fixed = FixedChoice(self.session, frame.base, weights, Ask(gap=frame.gap, seconds=frame.seconds), self._limits())

    def run(
        self, instance: Instance, weights: Mapping[str, Fraction] | None, starts: Sequence[Any], only: Any, stop: threading.Event
    ) -> Record | None:
        viewed = as_view(instance, self.frame.spec)
        program = assemble(viewed, self.frame.spec)
        idle = weights is None and instance is not self.session.instance and equal(program, self.program)
        self.session.move_to(viewed, program)
        aim, origin = self._weights(weights)
        if only is not None:
            return self._evaluated(aim, origin, only, stop)
        return self._solved(aim, origin, starts, stop, idle)

    def _solved(self, aim: Floats, origin: float, starts: Sequence[Any], stop: threading.Event, idle: bool) -> Record | None:
        ask = Ask(gap=self.frame.gap, seconds=self.frame.seconds, stop=stop)
        limits = self._limits()
        self._restart(self._basis)
        relaxed = self.session.minimise(aim, replace(ask, relax=True), limits)
        bound = relaxed.bound if relaxed.verdict == "optimal" else -_INF
        base = self._fixed(aim, self.frame.base, ask, limits) if self.frame.base else None
        kept = None if base is None or base.x is None else base
        for choice in starts:
            if kept is not None and kept.objective - bound <= self.frame.gap:
                break
            kept = least(kept, self._fixed(aim, choice, ask, limits))
        if relaxed.verdict == "infeasible" and kept is None:
            outcome = relaxed
        elif kept is not None and kept.objective - bound <= self.frame.gap:
            outcome = replace(kept, verdict="optimal", bound=bound)
        else:
            outcome = self._sought(aim, ask, limits, kept, bound)
        if stop.is_set() and outcome.verdict == "interrupted":
            return None
        record = self._record(outcome, origin)
        if base is not None:
            record["base_feasible"] = None if base.verdict not in ("optimal", "infeasible") and base.x is None else base.x is not None
            record["base_aim"] = None if base.x is None else _short(base.objective - origin)
        return record | ({"same_as_base": True} if idle else {})

    def _sought(self, aim: Floats, ask: Ask, limits: Mapping[int, float], kept: Outcome | None, bound: float) -> Outcome:
        """The choices known do not do: a plan near the relaxation, then the solver from the better of both."""
        first = None if limits else self.session.first_plan(aim, ask)
        kept = kept if first is None else least(kept, first)
        if kept is not None and kept.objective - bound <= self.frame.gap:
            return replace(kept, verdict="optimal", bound=bound)
        self.session.solver.forget()  # type: ignore[attr-defined]
        return _better(self.session.minimise(aim, replace(ask, start=None if kept is None else kept.x), limits), kept, bound)

    def _evaluated(self, aim: Floats, origin: float, only: Any, stop: threading.Event) -> Record | None:
        outcome = self._fixed(aim, only, Ask(gap=self.frame.gap, seconds=self.frame.seconds, stop=stop), self._limits())
        return None if outcome.verdict == "interrupted" else self._record(outcome, origin)

    def _restart(self, basis: Basis) -> None:
        self.session.solver.forget()  # type: ignore[attr-defined]
        self.session.solver.restart(basis)  # type: ignore[attr-defined]

    def _weights(self, weights: Mapping[str, Fraction] | None) -> tuple[Floats, float]:
        """(weights on the minimised criteria (q,), value of the weighted sum where the normalised aim is 0)."""
        said, ranges = self.frame.aim.weights if weights is None else weights, self.frame.ranges
        wide = {c: abs(float(r.worst - r.best)) for c, r in ranges.items()}
        found = np.array([float(said.get(c, 0)) / wide[c] if wide.get(c) else 0.0 for c in self.session.program.names])
        return found, origin_of(self.session, found, ranges)

    def _limits(self) -> dict[int, float]:
        program, criteria = self.session.program, {c.id: c for c in self.session.instance.criteria}
        found = {}
        for floor in self.frame.aim.floors:
            if floor.criterion in self.frame.ranges:
                q = program.names.index(floor.criterion)
                found[q] = program.signs[q] * float(worse_limit(criteria[floor.criterion], floor, self.frame.ranges[floor.criterion].best))
        return found

    def _record(self, outcome: Outcome, origin: float) -> Record:
        record: Record = {"status": outcome.verdict if outcome.verdict != "interrupted" else "limit"}
        if outcome.note:
            record["reason"] = {"en": outcome.note, "ja": outcome.note}
        if abs(outcome.bound) < _INF:
            record["bound"] = _short(outcome.bound - origin)
        if outcome.x is None:
            return record
        natural = self.session.natural(self.session.program.values(outcome.x))
        record["aim"] = _short(outcome.objective - origin)
        record["criteria"] = {c: _short(v) for c, v in natural.items()}
        record["taken"] = taken(self.session.program, outcome.x)
        return record


def taken(program: Program, x: Floats) -> list[dict[str, Any]]:
    """The funded programmes of a solution: way, units, money [instance money]."""
    take, pay = program.block("take"), program.block("pay")
    money: dict[str, float] = {}
    if pay is not None:
        for key, amount in zip(pay.index, x[pay.span], strict=True):
            money[key[0]] = money.get(key[0], 0.0) + float(amount) * float(program.money_unit)
    if take is None:
        return []
    units = zip(take.index, x[take.span], strict=True)
    return [{"programme": p, "way": way, "units": round(n), "money": _short(money.get(p, 0.0))} for (p, way), n in units if n > 0.5]


def equal(one: Program, other: Program) -> bool:
    """Do two Programs hold the same numbers?"""
    names = ("indptr", "indices", "data", "row_lower", "row_upper", "col_lower", "col_upper", "criteria", "offsets")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def _better(found: Outcome, kept: Outcome | None, bound: float) -> Outcome:
    """The better plan and the better bound of what is known; `infeasible` is not believed beside a plan."""
    if kept is None:
        return found if found.verdict == "infeasible" else replace(found, bound=max(found.bound, bound))
    if found.verdict in ("infeasible", "failed"):
        return replace(kept, verdict="limit", bound=bound, note=f"the solver answered {found.verdict} beside a plan")
    best = found if found.objective <= kept.objective else replace(kept, verdict=found.verdict)
    return replace(best, bound=min(max(found.bound, bound), best.objective))


def _short(value: float) -> float:
    """Rounded to what is reproducible; what is 0 but for that is 0."""
    return float(f"{value:.{RUN_DIGITS}g}") if abs(value) > 10.0 ** -(RUN_DIGITS + 3) else 0.0
