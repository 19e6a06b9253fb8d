"""Assemble once, then change, solve, restore: what every analysis holds.

A session owns one Program and one solver object with a row per criterion (free until used), so that epsilon-constraints are changes of
right-hand sides only. Criteria are minimised here; `natural` flips back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from portfolio.audit import Verdict
from portfolio.formulation.assemble import assemble
from portfolio.ledger.finish import finish
from portfolio.numerics import RANGE_SLACK
from portfolio.program import Floats, Program
from portfolio.results import Plan
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.solvers.door import open_door
from portfolio.solvers.outcome import Ask, Outcome

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


@dataclass(frozen=True)
class Span:
    """Ideal (a bound: no plan is below it) and far end of one criterion, minimised."""

    ideal: float
    nadir: float

    @property
    def width(self) -> float:
        """range_i; 0 when the criterion does not move."""
        wide = self.nadir - self.ideal
        return wide if wide > RANGE_SLACK * max(1.0, abs(self.ideal), abs(self.nadir)) else 0.0


class Session:
    """One instance under one model, inside one solver."""

    def __init__(
        self, instance: Instance, spec: ModelSpec, seed: int = 0, program: Program | None = None, solver: str = "highs", threads: int = 1
    ) -> None:
        self.instance, self.spec, self.seed = instance, spec, seed
        self.program = program if program is not None else assemble(instance, spec)
        self.solver = open_door(solver, self.program, seed, threads)
        self._scale = [max(float(np.abs(row).max(initial=0.0)), 1e-9) / 100 for row in self.program.criteria]
        free = [(row / s, -_INF, _INF) for row, s in zip(self.program.criteria, self._scale, strict=True)]
        self._criterion_rows = self.solver.add_rows(free)

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

    def spans(self, ask: Ask) -> list[Span] | Outcome:
        """Ideal points from the LP bound, far ends from the payoff table of LP optima; the outcome instead when one LP gives no bound.

        Each criterion is minimised alone, then the sum of the others at (nearly) that value, so that the table holds efficient points.
        """
        q = self.program.q
        if q == 1:
            outcome = self.minimise(np.ones(1), replace(ask, relax=True))
            return [Span(outcome.bound, outcome.bound)] if outcome.verdict == "optimal" else outcome
        if self.program.n < 2_000 or self.solver.name != "highs":
            rows = [_payoff_row(self, i, ask) for i in range(q)]
        else:
            with ThreadPoolExecutor(max_workers=2) as pool:
                extra = [self, *(Session(self.instance, self.spec, self.seed, self.program) for _ in range(min(q, 2) - 1))]
                chunks = [list(range(n, q, len(extra))) for n in range(len(extra))]
                parts = list(pool.map(lambda pair: [(i, _payoff_row(pair[0], i, ask)) for i in pair[1]], zip(extra, chunks, strict=True)))
            found = dict(entry for part in parts for entry in part)
            rows = [found[i] for i in range(q)]
        for row in rows:
            if isinstance(row, Outcome):
                return row
        table = np.array([row[1] for row in rows if not isinstance(row, Outcome)])
        ideal = [row[0] for row in rows if not isinstance(row, Outcome)]
        return [Span(ideal[i], max(float(table[:, i].max()), ideal[i])) for i in range(q)]

    def publish(self, x: Floats, weights: Floats) -> tuple[Plan, Verdict]:
        """The audited plan on the grid of a solution x (n,) found for these weights on the criteria (q,)."""
        return finish(self.instance, self.spec, self.program, x, weights @ self.program.criteria)

    def tighten(self, units: int) -> None:
        """Keep `units` grid units free in every row that money can break (floors and ceilings alike), for rounding to fit."""
        step = units * float(self.instance.header.grid / self.program.money_unit)
        for block in self.program.rows:
            if block.name not in ROOM_ROWS:
                continue
            ids = np.arange(block.start, block.start + block.size)
            largest = np.array(
                [np.abs(self.program.data[self.program.indptr[i] : self.program.indptr[i + 1]]).max(initial=0.0) for i in ids]
            )
            lower, upper = self.program.row_lower[ids] + step * largest, self.program.row_upper[ids] - step * largest
            self.solver.bound_rows(list(ids), np.minimum(lower, upper), upper)

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


def _payoff_row(session: Session, i: int, ask: Ask) -> tuple[float, Floats] | Outcome:
    """(ideal bound of criterion i, all criteria at an efficient LP optimum of it)."""
    q = session.program.q
    alone = session.minimise(np.eye(q)[i], replace(ask, relax=True))
    if alone.verdict != "optimal" or alone.x is None:
        return alone
    size = np.abs(session.program.criteria).sum(axis=1)
    others = np.array([0.0 if j == i else 1.0 / max(float(size[j]), 1e-9) for j in range(q)])
    room = RANGE_SLACK * max(1.0, abs(alone.objective))
    second = session.minimise(others, replace(ask, relax=True), {i: alone.objective + room})
    x = second.x if second.verdict == "optimal" and second.x is not None else alone.x
    return alone.bound, session.program.values(x)
