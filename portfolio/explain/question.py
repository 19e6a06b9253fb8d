"""The question that a result answered, ready to be asked again: same instance, aim, ranges and limits, in a session of its own.

Values are minimised and measured from the aim's zero, so that they compare with the result's claim.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from pydantic import TypeAdapter

from portfolio.api.aims import aim_value
from portfolio.api.stages import origin_of, weights_of
from portfolio.errors import AuditFailed, UsageError
from portfolio.explain.nearby import nearby
from portfolio.ledger.evaluate import Taken, evaluate
from portfolio.numerics import GRID_ATTEMPTS, RANGE_ZERO
from portfolio.payoff import LARGE
from portfolio.program import Floats
from portfolio.reference_point import with_achievement
from portfolio.results import Plan, Result
from portfolio.schema.aim import Aim, Lexicographic, Reference
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance
from portfolio.session import Session
from portfolio.solvers.outcome import Ask, Outcome

_INF = float("inf")
MOMENT = 0.1
"""Seconds that a solve gets when the time is up: enough to say that it was not."""


@dataclass(frozen=True)
class Found:
    """A solved question. value, bound: minimised, from the aim's zero (value: of the audited plan, else of the solver's solution; inf: none)."""

    outcome: Outcome
    plan: Plan | None
    value: float
    bound: float


def exact(value: float) -> Fraction:
    """A float of the solver as the decimal that it prints."""
    return Fraction(repr(float(value)))


class Question:
    """One result's question in one session. Not thread-safe: one per worker."""

    def __init__(self, result: Result, instance: Instance | None = None, seed: int | None = None, stage: int = -1) -> None:
        """instance: another one under the same aim and frozen ranges (a change to be tried) · stage: which claim of the result is asked about
        (several under an aim that ranks criteria; -1: the last). Raises InvalidInput, UsageError."""
        self.result, self.stage = result, stage
        self.claim = result.claims[stage] if result.claims else None
        self.instance = parse_instance(result.instance) if instance is None else instance
        self.spec = ModelSpec.model_validate(result.model)
        self.aim: Aim = TypeAdapter(Aim).validate_python(result.aim)
        self.ranges = dict(result.ranges)
        self.seed = int(result.options.get("seed", 0)) if seed is None else seed
        self.session = Session(self.instance, self.spec, self.seed)
        self.program = self.session.program
        self._frame()

    def _frame(self) -> None:
        """The objective of the stage, and the limits it was asked under."""
        names, session, claim = self.program.names, self.session, self.claim
        within = claim.within if claim is not None else {}
        self.limits = {names.index(c): self.program.signs[names.index(c)] * float(v) for c, v in within.items() if c in names}
        self.asked = session
        self.origin = 0.0
        self.weights: Floats
        if isinstance(self.aim, Reference):
            raised = with_achievement(self.program, self.aim.point, self.ranges)
            self.asked = Session(self.instance, self.spec, self.seed, raised)
            self.cost = np.eye(raised.q)[-1]
            self.weights = np.array([1 / abs(float(r.worst - r.best)) if (r := self.ranges.get(c)) else 0.0 for c in names])
            self.of = "aim"
        elif isinstance(self.aim, Lexicographic):
            self.of = claim.of if claim is not None else self.aim.order[-1]
            self.cost = self.weights = np.eye(len(names))[names.index(self.of)]
        else:
            self.cost = self.weights = weights_of(session, self.aim, self.ranges)
            counted = [c for c, w in self.aim.weights.items() if w and c in self.ranges]
            self.of = counted[0] if len(counted) == 1 else "aim"
            self.origin = 0.0 if len(counted) == 1 else origin_of(session, self.weights, self.ranges)

    # -- what the result says --------------------------------------------------------------------------------------
    @cached_property
    def plan(self) -> Plan:
        """The reported plan. Raises UsageError when there is none."""
        if self.result.plan is None:
            raise UsageError("the result holds no plan to explain", "説明すべき計画がない結果です")
        return self.result.plan

    @cached_property
    def value(self) -> float:
        """The reported plan's value, minimised."""
        return float(self.worth(self.plan.criteria))

    @cached_property
    def bound(self) -> float:
        """No plan is below this."""
        assert self.claim is not None
        return min(self._sign * float(self.claim.bound), self.value)

    @cached_property
    def funded(self) -> frozenset[str]:
        """Programmes of the reported plan."""
        return frozenset(c.programme for c in self.plan.choices)

    @property
    def admitted(self) -> float | None:
        """Under an aim that ranks criteria: the worst value that the next stages admit here, minimised; None for the last stage."""
        later = self.result.claims[self.stage + 1 :] if self.stage >= 0 else ()
        return self._sign * float(later[0].within[self.of]) if later and self.of in later[0].within else None

    def stages(self) -> Iterator[Question]:
        """The question of each stage, the last one being this."""
        for n in range(len(self.result.claims) - 1) if isinstance(self.aim, Lexicographic) else ():
            yield Question(self.result, self.instance, self.seed, n)
        yield self

    @property
    def _sign(self) -> int:
        return 1 if self.of == "aim" else self.program.signs[self.program.names.index(self.of)]

    @property
    def unit(self) -> float:
        """What a share of 1 means: the aim's range, or that of the single criterion; one that no other criterion moves has none: then its value (at
        least 1), as for its gap (docs/published-rules.md 16)."""
        span = self.ranges.get(self.of)
        if self.of == "aim" or span is None:
            return 1.0
        width = abs(float(span.worst - span.best))
        size = max(1.0, abs(float(span.best)), abs(float(span.worst)))
        if width > RANGE_ZERO * size or self.result.plan is None:
            return max(width, 1e-12)
        return max(abs(self.value), 1.0)

    def worth(self, criteria: Mapping[str, Fraction]) -> Fraction:
        """The aim's value of natural criteria, minimised, exactly."""
        return aim_value(self.aim, self.ranges, criteria) if self.of == "aim" else self._sign * criteria[self.of]

    # -- asking ----------------------------------------------------------------------------------------------------
    @contextmanager
    def insisting(self, on: Iterable[str] = (), without: Iterable[str] = ()) -> Iterator[None]:
        """Programmes that must (must not) be funded, while inside: bounds of columns and of the row that chooses one way."""
        moved_rows: list[int] = []
        moved_columns: list[int] = []
        solver, program = self.asked.solver, self.program
        for name in on:
            row, columns = self._places(name)
            if row is not None:
                solver.bound_rows([row], np.array([1.0]), np.array([1.0]))
                moved_rows.append(row)
            else:
                solver.bound_columns(columns, np.minimum(1.0, program.col_upper[columns]), program.col_upper[columns])
                moved_columns += columns
        for name in without:
            take = self._takes(name)
            zero = np.zeros(len(take))
            solver.bound_columns(take, zero, zero)
            moved_columns += take
        try:
            yield
        finally:
            solver.bound_rows(moved_rows, program.row_lower[moved_rows], program.row_upper[moved_rows])
            solver.bound_columns(moved_columns, program.col_lower[moved_columns], program.col_upper[moved_columns])

    def _takes(self, name: str) -> list[int]:
        take = self.program.block("take")
        assert take is not None
        return [take.start + n for n, key in enumerate(take.index) if key[0] == name]

    def _places(self, name: str) -> tuple[int | None, list[int]]:
        """(row that chooses among the ways, columns that are 1 when a way is taken)."""
        block = next((b for b in self.program.rows if b.name == "one_way"), None)
        row = None if block is None else next((block.start + n for n, key in enumerate(block.index) if key[0] == name), None)
        chosen = self.program.block("chosen")
        flags = [] if chosen is None else [chosen.start + n for n, key in enumerate(chosen.index) if key[0] == name]
        return row, flags or self._takes(name)

    def fundable(self, name: str) -> bool:
        """Has the programme a way that may be taken at all? Not when it is forbidden."""
        return bool(self.program.col_upper[self._takes(name)].max(initial=0.0) >= 1)

    def taken(self, x: Floats) -> frozenset[str]:
        """Programmes funded in a solution (n,)."""
        take = self.program.block("take")
        assert take is not None
        return frozenset(key[0] for n, key in enumerate(take.index) if x[take.start + n] > 0.5)

    def solve(self, ask: Ask) -> Outcome:
        """min aim; objective, bound, target and cutoff from the aim's zero."""
        shifted = replace(ask, target=ask.target + self.origin, cutoff=ask.cutoff + self.origin)
        outcome = self.asked.minimise(self.cost, shifted, self.limits)
        return replace(outcome, objective=outcome.objective - self.origin, bound=outcome.bound - self.origin)

    def best(
        self, ask: Ask, on: Iterable[str] = (), without: Iterable[str] = (), persevere: bool = True, known: Plan | None = None
    ) -> Found:
        """The best plan that funds `on` and not `without`: on the grid and audited where a plan was found. persevere: solve again with room for whole
        units where they do not fit · known: a plan near which a good one is looked for first."""
        on, without = tuple(on), tuple(without)
        if not all(self.fundable(name) for name in on):
            return Found(Outcome("infeasible", None, _INF, _INF), None, _INF, _INF)
        with self.insisting(on, without):
            outcome, plan = self._searched(ask, (*on, *without), known)
        if outcome.x is None:
            return Found(outcome, None, _INF, outcome.bound)
        if -_INF < ask.target < outcome.objective:
            # Whoever named a target has no use for a plan that misses it.
            return Found(outcome, None, outcome.objective, outcome.bound)
        plan = plan or self.published(outcome.x)
        if plan is None and persevere:
            plan = self._with_room(ask, on, without)
        value = outcome.objective if plan is None else float(self.worth(plan.criteria))
        return Found(outcome, plan, value, min(outcome.bound, value))

    def _searched(self, ask: Ask, free: tuple[str, ...], known: Plan | None) -> tuple[Outcome, Plan | None]:
        """Small Programs at once; large ones from the best plan near a known one, unless that is enough: then with the audited plan."""
        if known is None or self.program.n < LARGE:
            return self.solve(ask), None
        begun = time.monotonic()
        first = nearby(self, known, ask, free)
        ask = replace(ask, seconds=max(ask.seconds - (time.monotonic() - begun), MOMENT))
        if first.verdict == "infeasible" or first.bound >= ask.cutoff:
            return first, None
        if first.x is None:
            return self.solve(ask), None
        if first.objective <= ask.target and (plan := self.published(first.x)) is not None:
            return first, plan
        integer = np.append(self.program.integer, np.zeros(self.asked.program.n - self.program.n, dtype=bool))
        return self.solve(replace(ask, start=np.where(integer, np.round(first.x), np.nan), near=True)), None

    def published(self, x: Floats) -> Plan | None:
        """The audited plan of a solution; None when whole units do not fit."""
        try:
            return self.session.publish(x[: self.program.n], self.weights)[0]
        except AuditFailed:
            return None

    def _with_room(self, ask: Ask, on: tuple[str, ...], without: tuple[str, ...]) -> Plan | None:
        """A plan that leaves room for whole units; the bound of the first solve stays valid, for this question has fewer plans."""
        for attempt in range(GRID_ATTEMPTS - 1):
            other = Question(self.result, self.instance, self.seed, self.stage)
            other.asked.tighten(4**attempt)
            with other.insisting(on, without):
                outcome = other.solve(ask)
            plan = None if outcome.x is None else other.published(outcome.x)
            if plan is not None:
                return plan
        return None

    def changed(self, instance: Instance) -> Question:
        """The same question about another instance (frozen ranges)."""
        return Question(self.result, instance, self.seed, self.stage)

    def start(self, plan: Plan) -> Floats:
        """A start vector from a plan, for `Ask.start`."""
        known = self.session.start_from(plan)
        return np.append(known, np.full(self.asked.program.n - len(known), np.nan))

    def carried(self, plan: Plan, instance: Instance | None = None) -> dict[str, Fraction]:
        """Exact criteria of a plan's choices under another instance's numbers (same ways, same scales)."""
        there = self.instance if instance is None else instance
        ways = {(w.programme, w.option, w.start): w for w in there.ways}
        grid = there.header.grid
        taken = [
            Taken(ways[c.programme, c.option, c.start], c.units, c.scale, c.effect, grid * sum(p.amount for p in c.payments))
            for c in plan.choices
        ]
        return evaluate(there, self.spec, taken).criteria
