"""Levels of a staircase by one branching tree: only ledgers move, so what was proven at one budget is evaluated at the next, not solved again.

    v(B) = min aim  subject to the Program of the highest level with fund_ledger_kt <= B_kt          (proof/family.py)

The Program of the highest level holds every lower one: bounds of payments and their big M follow from the ledger of the level itself. A level
whose Program differs in anything else is left to the runs of bench.py, and so is what a given choice is worth. Answers depend on the levels
asked before and are not stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from portfolio.api.stages import origin_of
from portfolio.api.vary import Variants
from portfolio.engine.store import Record
from portfolio.errors import InvalidInput
from portfolio.formulation.assemble import assemble
from portfolio.formulation.cells import as_view
from portfolio.numerics import RUN_DIGITS
from portfolio.program import Floats, Program
from portfolio.proof.family import Family, workshop
from portfolio.schema.exact import to_fraction
from portfolio.sensitivity.asking import Asking
from portfolio.sensitivity.bench import taken
from portfolio.sensitivity.factors import settings_of
from portfolio.session import Session
from portfolio.solvers.outcome import Ask, Outcome

BIG_M = frozenset(("pays_if", "ticket_upper"))
"""Blocks whose coefficients bound a payment: larger ones say no more than the ledger does."""
MOVING = "fund_ledger"


class TreeLevels:
    """Answers the questions of a staircase (see staircase.py), the runs of an Asking behind it."""

    def __init__(self, asking: Asking) -> None:
        self._asking, self._frame = asking, asking.maker.frames[0]
        self._variants, self._factors = Variants(asking.maker.instance), asking.maker.factors
        self._top = self._program(Fraction(1))
        self._tree: Family | None = None
        self._plans: dict[Fraction, Floats] = {}
        self.nodes = 0

    def ask(self, stage: str, questions: Sequence[Record]) -> list[Record | None]:
        """One record per question, in their order; None where a stop came first."""
        # From the most money down: a plan of a lower level is one of every higher, a bound of a higher one holds for every lower.
        order = sorted(range(len(questions)), key=lambda n: to_fraction(questions[n]["levels"][0]), reverse=True)
        found: list[Record | None] = [None] * len(questions)
        for n in order:
            asked = questions[n]
            record = None if asked.get("only") is not None or self._asking.stop.is_set() else self._level(to_fraction(asked["levels"][0]))
            found[n] = record if record is not None else self._asking.ask(stage, [asked])[0]
        return found

    def _program(self, level: Fraction) -> Program | None:
        try:
            instance = self._variants.at(settings_of(self._variants, self._factors, [level]))
        except InvalidInput:
            return None
        return assemble(as_view(instance, self._frame.spec), self._frame.spec)

    def _level(self, level: Fraction) -> Record | None:
        """None where the tree cannot answer."""
        program = self._program(level)
        if self._top is None or program is None or self._frame.aim.floors or not nested(program, self._top):
            return None
        ids = _ledgers(self._top)
        if self._tree is None:
            self._open(ids)
        assert self._tree is not None
        ask = Ask(gap=self._frame.gap, seconds=self._frame.seconds, stop=self._asking.stop, start=self._near(level))
        outcome = self._tree.improve(self._lp, program.row_upper[ids], ask)
        self.nodes += outcome.nodes
        if outcome.verdict == "interrupted":
            return None
        if outcome.x is not None:
            self._plans[level] = outcome.x
        return self._record(outcome)

    def _near(self, level: Fraction) -> Floats | None:
        """The plan of the nearest level; of one with less money where there is one, for it is a plan here too."""
        known = sorted(self._plans, key=lambda other: (other > level, abs(other - level)))
        return self._plans[known[0]] if known else None

    def _open(self, ids: Sequence[int]) -> None:
        assert self._top is not None
        instance = as_view(self._variants.base, self._frame.spec)
        self._session = Session(instance, self._frame.spec, self._frame.seed, self._top)
        wide = {c: abs(float(r.worst - r.best)) for c, r in self._frame.ranges.items()}
        said = self._frame.aim.weights
        self._weights = np.array([float(said.get(c, 0)) / wide[c] if wide.get(c) else 0.0 for c in self._top.names])
        self._origin = origin_of(self._session, self._weights, self._frame.ranges) - float(self._weights @ self._top.offsets)
        self._lp = workshop(self._top, self._weights @ self._top.criteria, ids, self._frame.seed)
        self._tree = Family(self._lp.frame)

    def _record(self, outcome: Outcome) -> Record:
        record: Record = {"status": outcome.verdict}
        if np.isfinite(outcome.bound):
            record["bound"] = _short(min(outcome.bound, outcome.objective) - self._origin)
        if outcome.x is None or self._top is None:
            return record
        natural = self._session.natural(self._top.values(outcome.x))
        record["aim"] = _short(outcome.objective - self._origin)
        record["criteria"] = {c: _short(v) for c, v in natural.items()}
        record["taken"] = taken(self._top, outcome.x)
        return record


def _ledgers(program: Program) -> list[int]:
    block = next((b for b in program.rows if b.name == MOVING), None)
    return [] if block is None else list(range(block.start, block.start + block.size))


def nested(low: Program, high: Program) -> bool:
    """Is `low` the Program `high` with tighter ledgers, and tighter bounds of payments that follow from them?"""
    if (low.n, low.m) != (high.n, high.m) or low.money_unit != high.money_unit or len(low.data) != len(high.data):
        return False
    ledgers, pays = np.zeros(low.m, dtype=bool), np.zeros(low.n, dtype=bool)
    ledgers[_ledgers(low)] = True
    big = np.zeros(low.m, dtype=bool)
    for block in low.rows:
        big[block.span] = block.name in BIG_M
    for block in low.columns:
        pays[block.span] = block.name in ("pay", "use", "carry", "spend")
    entry = np.repeat(big, np.diff(low.indptr))
    same = ("indptr", "indices", "row_lower", "col_lower", "integer", "criteria", "offsets")
    return (
        all(np.array_equal(getattr(low, name), getattr(high, name)) for name in same)
        and bool((low.data == high.data)[~entry].all())
        and bool((low.row_upper == high.row_upper)[~ledgers].all() and (low.row_upper <= high.row_upper).all())
        and bool((low.col_upper == high.col_upper)[~pays].all() and (low.col_upper <= high.col_upper).all())
    )


def _short(value: float) -> float:
    return float(f"{value:.{RUN_DIGITS}g}")
