"""Assemble once, then change, solve, restore: what every analysis holds.

A session owns one Program and one solver object with a row per criterion (free until used), so that epsilon-constraints are changes of
right-hand sides only. Criteria are minimised here; `natural` flips back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from portfolio.audit import Verdict as Checked
from portfolio.first_plan import first_plan
from portfolio.formulation.assemble import assemble
from portfolio.ledger.finish import Finisher
from portfolio.payoff import LARGE, Span, payoff
from portfolio.program import Floats, Program
from portfolio.results import Plan
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.solvers.door import open_door
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask, Outcome, Verdict

_INF = float("inf")
ROOM_ROWS = frozenset(
    (
        "fund_ledger",
        "ceiling",
        "ceiling_total",
        "project_cap",
        "capacity",
        "match",
        "share_min",
        "share_max",
        "linear",
        "need_floor",
        "criterion_bound",
    )
)
"""Blocks in which rounding may need room."""


class Session:
    """One instance under one model, inside one solver."""

    def __init__(
        self,
        instance: Instance,
        spec: ModelSpec,
        seed: int = 0,
        program: Program | None = None,
        solver: str = "highs",
        threads: int = 1,
        tight: bool = False,
    ) -> None:
        """program: instead of assembling one · tight: as formulation.assemble takes it."""
        self.instance, self.spec, self.seed, self.tight = instance, spec, seed, tight
        self.program = program if program is not None else assemble(instance, spec, tight=tight)
        self._door = partial(open_door, solver, seed=seed, threads=threads)
        self.solver = self._door(self.program)
        self._finisher: Finisher | None = None
        self._add_criterion_rows()

    def _add_criterion_rows(self) -> None:
        self._scale = [max(float(np.abs(row).max(initial=0.0)), 1e-9) / 100 for row in self.program.criteria]
        free = [(row / s, -_INF, _INF) for row, s in zip(self.program.criteria, self._scale, strict=True)]
        self._criterion_rows = self.solver.add_rows(free)

    def move_to(self, instance: Instance, program: Program) -> None:
        """Go on with another instance and its Program; a HiGHS object stays and takes the new numbers."""
        self.instance, self.program, self._finisher = instance, program, None
        if isinstance(self.solver, Highs):
            self.solver.exchange(program)
        else:
            self.solver = self._door(program)
        self._add_criterion_rows()

    def natural(self, values: Floats) -> dict[str, float]:
        """Minimised values -> criterion id -> natural value."""
        return {c: s * float(v) + 0.0 for c, s, v in zip(self.program.names, self.program.signs, values, strict=True)}

    def minimise(self, weights: Floats, ask: Ask, limits: Mapping[int, float] | None = None) -> Outcome:
        """min sum_q weights_q f_q subject to f_q <= limits[q]; objective and bound include the criteria's offsets."""
        constant = float(weights @ self.program.offsets)
        shifted = replace(ask, target=ask.target - constant, cutoff=ask.cutoff - constant)
        with self.limited(limits or {}):
            outcome = self.solver.minimise(weights @ self.program.criteria, shifted)
        return replace(outcome, objective=outcome.objective + constant, bound=outcome.bound + constant)

    @contextmanager
    def taking(self, taken: Mapping[tuple[str, str], int]) -> Iterator[None]:
        """Exactly these ways while inside: (programme, way) -> units. A way that is not there is left out; more units than allowed are cut."""
        take = self.program.block("take")
        if take is None:
            yield
            return
        ids = np.arange(take.start, take.start + take.size)
        lower, upper = self.program.col_lower[ids], self.program.col_upper[ids]
        fixed = np.clip([float(taken.get(key, 0)) for key in take.index], lower, upper)
        self.solver.bound_columns(list(ids), fixed, fixed)
        try:
            yield
        finally:
            self.solver.bound_columns(list(ids), lower, upper)

    @contextmanager
    def limited(self, limits: Mapping[int, float]) -> Iterator[None]:
        """f_q <= limits[q] while inside."""
        rows = [self._criterion_rows[q] for q in limits]
        upper = [(v - self.program.offsets[q]) / self._scale[q] for q, v in limits.items()]
        low = np.full(len(rows), -_INF)
        self.solver.bound_rows(rows, low, np.array(upper))
        try:
            yield
        finally:
            self.solver.bound_rows(rows, low, np.full(len(rows), _INF))

    def spans(self, ask: Ask) -> list[Span] | Verdict:
        """Ideal and far end of every criterion (payoff.py), or why there are none."""
        return payoff(self.program, self.seed, ask.seconds)

    def first_plan(self, weights: Floats, ask: Ask) -> Outcome | None:
        """A plan near the best (first_plan.py): where the solver begins, and the answer when a limit ends it before it has one; None for small
        Programs, where it is not worth its time."""
        if self.program.n < LARGE or not isinstance(self.solver, Highs):
            return None
        found = first_plan(self.program, weights @ self.program.criteria, ask, self.seed)
        constant = float(weights @ self.program.offsets)
        return None if found is None else replace(found, objective=found.objective + constant, bound=found.bound + constant)

    def publish(self, x: Floats, weights: Floats) -> tuple[Plan, Checked]:
        """The audited plan on the grid of a solution x (n,) found for these weights on the criteria (q,)."""
        if self._finisher is None:
            self._finisher = Finisher(self.instance, self.spec, self.program)
        return self._finisher.finish(x, weights @ self.program.criteria)

    def tighten(self, units: int) -> None:
        """Keep `units` grid units free in every row that money can break (floors and ceilings alike), for rounding to fit."""
        step = units * float(self.instance.header.grid / self.program.money_unit)
        for block in self.program.rows:
            if block.name not in ROOM_ROWS:
                continue
            ids = np.arange(block.start, block.start + block.size)
            largest = np.array([self._largest(int(i)) for i in ids])
            lower, upper = self.program.row_lower[ids] + step * largest, self.program.row_upper[ids] - step * largest
            self.solver.bound_rows(list(ids), np.minimum(lower, upper), upper)

    def _largest(self, row: int) -> float:
        """Largest coefficient of what may move in a row: whole numbers stay while amounts are rounded."""
        inside = slice(self.program.indptr[row], self.program.indptr[row + 1])
        sizes, whole = np.abs(self.program.data[inside]), self.program.integer[self.program.indices[inside]]
        return float(sizes[~whole].max(initial=0.0) if not whole.all() else sizes.max(initial=0.0))

    def minimised(self, criteria: Mapping[str, Fraction]) -> Floats:
        """Natural exact criteria -> minimised floats (q,)."""
        pairs = zip(self.program.names, self.program.signs, strict=True)
        return np.array([sign * float(criteria[name]) for name, sign in pairs])

    def start_from(self, plan: Plan) -> Floats:
        """A start vector (n,) from an earlier plan: its ways as they are, NaN where the solver decides. Ways that are gone are left out."""
        start = np.full(self.program.n, np.nan)
        take = self.program.block("take")
        if take is not None:
            start[take.span] = 0.0
            place = {key: take.start + n for n, key in enumerate(take.index)}
            for choice in plan.choices:
                name = choice.option if choice.start is None else f"{choice.option}@{choice.start}"
                column = place.get((choice.programme, name))
                if column is not None:
                    start[column] = min(choice.units, self.program.col_upper[column])
        return start
