"""Raw solution -> published plan, checked: rounding, audit, and a second try with margin where a rule was missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from portfolio.audit import Verdict, audit_plan
from portfolio.errors import AuditFailed
from portfolio.formulation.curve import concave_pieces
from portfolio.ledger.earned import EarnedLimits
from portfolio.ledger.grid import GridWindow, price_of_scale, round_payments
from portfolio.ledger.payers import settle_payers
from portfolio.ledger.publish import publish
from portfolio.ledger.reduced import MoneyRows, Reduced
from portfolio.numerics import GRID_REACH
from portfolio.program import Floats, Program
from portfolio.results import Plan
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.way import Way

REACHES = (
    (GRID_REACH, True, True),
    (GRID_REACH, True, False),
    *((n * GRID_REACH, False, spare) for n, spare in ((1, True), (1, False), (1, True), (4, True), (4, False))),
    *((n * GRID_REACH, False, spare) for n in (50, 5_000) for spare in (True, False)),
)
"""How far rounding may move an amount, attempt by attempt, whether only where money flows already, and whether rows keep room for what is rounded
after them (GridWindow.spare): first the small problem, which nearly always does, then wider ones. Amounts that fill a limit exactly fit without that room,
and the audit tells. Attempts alike differ in the room that missed rules were given."""
MONEY_BLOCKS = frozenset(("fund_ledger", "ceiling", "ceiling_total", "project_cap", "share_min", "share_max"))
"""Blocks whose violations are money: the room they need is known, not guessed."""


class Finisher:
    """Publishes solutions of one Program; what no solution changes is made once."""

    def __init__(self, instance: Instance, spec: ModelSpec, program: Program) -> None:
        curves = {(w.programme, w.name): (_points(w, 0), _points(w, 1)) for w in instance.ways if len(w.curve) > 1}
        self._instance, self._spec, self._program = instance, spec, program
        self._rows = MoneyRows(program, curves)

    def finish(self, x: Floats, cost: Floats) -> tuple[Plan, Verdict]:
        """The audited plan of a solution x (n,); cost (n,) is what the solve minimised: rounding loses as little of it as it can.

        Raises AuditFailed when no rounding of these ways satisfies every rule.
        """
        instance, spec, program = self._instance, self._spec, self._program
        system = self._rows.fixed(x)
        per_unit = instance.header.grid / program.money_unit
        worth = _worth_of_scale(program, system, cost)
        taken = _taken(instance, program, x)
        earned = EarnedLimits(instance, spec, system, taken, price_of_scale(system, float(per_unit)))
        verdict: Verdict | None = None
        for values in _settled(system, program):
            margin: dict[int, Fraction] = {}
            for reach, flowing, spare in REACHES:
                amounts = round_payments(system, values, per_unit, GridWindow(reach, margin, worth, flowing, earned.rows, spare))
                if amounts is None:
                    continue
                plan = publish(instance, spec, _chosen(taken, system, amounts))
                verdict = audit_plan(instance, spec, plan)
                if not verdict.violations:
                    return plan, verdict
                # Outlays round commitment by commitment, criteria move with scale: what was missed gets room in the next attempt.
                margin |= _room(program, verdict, margin, instance.header.grid)
                earned.learn(verdict.violations)
        detail = "; ".join(v.sentence("en") for v in verdict.violations[:5]) if verdict else "no rounding within reach"
        detail_ja = "；".join(v.sentence("ja") for v in verdict.violations[:5]) if verdict else "丸めた解が見つかりません"
        raise AuditFailed(f"the solver's plan could not be put on the grid: {detail}", f"公表単位に丸めた計画が得られません: {detail_ja}")


def _settled(system: Reduced, program: Program) -> Iterator[Floats]:
    """Payments to round: with the payers settled, then as the solver has them; only these where money that moves has a price, for discounted years give
    the same scale for other amounts."""
    if program.block("moved") is None:
        yield settle_payers(system)
    yield system.now


def _worth_of_scale(program: Program, system: Reduced, cost: Floats) -> Floats:
    """What one unit of scale takes off the objective, from the curve's steepest stretch; per way of system.scale."""
    block = program.block("position")
    worth = np.zeros(len(system.scale))
    if block is None:
        return worth
    ends: dict[tuple[str, str], list[float]] = {}
    for n, key in enumerate(block.index):
        ends.setdefault(key[:2], []).append(float(cost[block.start + n]))
    for k, way in enumerate(system.scale):
        worth[k] = max(max(ends[way]) - min(ends[way]), 0.0)
    return worth


def _points(way: Way, part: int) -> Floats:
    """Breakpoints as the Program has them: concave pieces repeat the shared point."""
    from_pieces = [point[part] for piece in concave_pieces(way.curve) for point in piece]
    return np.array([float(v) for v in from_pieces])


def _room(program: Program, verdict: Verdict, margin: dict[int, Fraction], grid: Fraction) -> dict[int, Fraction]:
    """More room, in grid units, for every row that a violation names: what was missed and a half again, or twice as much as before."""
    missed = {v.place: v.amount for v in verdict.violations}
    room: dict[int, Fraction] = {}
    for block in program.rows:
        for entry in range(block.size):
            label = block.label(entry)
            if label in missed:
                row, amount = block.start + entry, missed[label]
                before = margin.get(row, Fraction(0))
                known = block.name in MONEY_BLOCKS and amount is not None
                room[row] = before + amount * 3 / (2 * grid) + 1 if known and amount is not None else 2 * before + 1
    return room


def _chosen(taken: Sequence[tuple[Way, int]], system: Reduced, amounts: list[int]) -> list[tuple[Way, int, dict[tuple[str, int], int]]]:
    paid: dict[tuple[str, str], dict[tuple[str, int], int]] = {}
    for (programme, name, fund, year), amount in zip(system.pay_keys, amounts, strict=True):
        if amount:
            paid.setdefault((programme, name), {})[fund, year] = amount
    return [(way, units, paid.get((way.programme, way.name), {})) for way, units in taken]


def _taken(instance: Instance, program: Program, x: Floats) -> list[tuple[Way, int]]:
    """Ways that x takes, with their units."""
    take = program.block("take")
    assert take is not None
    units = np.round(x[take.span]).astype(int).tolist()
    return [(way, n) for way, n in zip(instance.ways, units, strict=True) if n]
