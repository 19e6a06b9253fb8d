"""Limits on what a plan earns - floors of needs, bounds on criteria - as rows of the rounding MIP, once an attempt has missed one.

Outcomes are piecewise linear in the scales s of the ways. Near the solver's scales a missed limit on an outcome Q becomes
    sum_k g_k (s'_k - s_k)  >=  limit - Q(s) + extra        (<= : both sides negated),   g_k = (Q(s + h_k) - Q(s - h_k)) / (2 h_k),
h_k the scale that one grid unit pays for; `extra` grows with every attempt that misses it all the same, for Q bends where curves do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from portfolio.audit.verdict import Violation
from portfolio.ledger.evaluate import Taken, Values, effect_at, evaluate
from portfolio.ledger.grid import EarnedRow
from portfolio.ledger.reduced import Reduced
from portfolio.program import Floats
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.way import Way

Outcome = Callable[[Values], Fraction]


@dataclass
class EarnedLimits:
    """Rows for the limits missed so far. taken: ways with their units · price: grid units of money per unit of scale, per way of system.scale (k,)."""

    instance: Instance
    spec: ModelSpec
    system: Reduced
    taken: Sequence[tuple[Way, int]]
    price: Floats
    _extra: dict[str, Fraction] = field(default_factory=dict)
    _rows: dict[str, EarnedRow] = field(default_factory=dict)

    def learn(self, missed: Sequence[Violation]) -> None:
        """Take up what an audit found missing; other rules are none of this."""
        for violation in missed:
            outcome = _outcome(violation.place)
            if outcome is None or violation.amount is None or not isinstance(violation.limit, Fraction):
                continue
            if violation.place in self._rows:
                self._extra[violation.place] += violation.amount * 3 / 2
                continue
            sign = -1 if violation.relation == "<=" else 1
            self._rows[violation.place] = self._row(lambda v, of=outcome, sign=sign: sign * of(v), sign * violation.limit)  # type: ignore[misc]
            self._extra[violation.place] = Fraction(0)

    @property
    def rows(self) -> tuple[EarnedRow, ...]:
        """One per limit."""
        return tuple(EarnedRow(row.coefficients, row.least + float(self._extra[place])) for place, row in self._rows.items())

    def _row(self, outcome: Outcome, limit: Fraction) -> EarnedRow:
        """On shifts of scale counted in grid units of money."""
        shift = len(self.system.pay) + len(self.system.carry)
        now, most = ([Fraction(float(v)) for v in column[shift:]] for column in (self.system.now, self.system.most))
        coefficients = np.zeros(len(now))
        for k, price in enumerate(self.price):
            step = 1 / Fraction(float(price))
            low, high = max(now[k] - step, Fraction(float(self.system.scale_floor[k]))), min(now[k] + step, most[k])
            if high > low:
                ends = (outcome(self._at([*now[:k], at, *now[k + 1 :]])) for at in (high, low))
                coefficients[k] = float((next(ends) - next(ends)) / (high - low) * step)
        return EarnedRow(coefficients, float(limit - outcome(self._at(now))))

    def _at(self, scales: Sequence[Fraction]) -> Values:
        """What the ways earn at these scales."""
        scale = dict(zip(self.system.scale, scales, strict=True))
        held = []
        for way, units in self.taken:
            s = scale.get((way.programme, way.name), Fraction(units))
            held.append(Taken(way, units, s, effect_at(way.curve, units, s), way.public_cost * s))
        return evaluate(self.instance, self.spec, held)


def _outcome(place: str) -> Outcome | None:
    """What a rule's label limits: `need_floor[n]`, `criterion_bound[rule,c]`."""
    kind, _, inside = place.rstrip("]").partition("[")
    name = inside.rpartition(",")[2]
    if kind == "need_floor":
        return lambda values: values.coverage[name]
    if kind == "criterion_bound":
        return lambda values: values.criteria[name]
    return None
