"""From one plan to another: programmes that come, go or change, money by fund, criteria."""

from __future__ import annotations

from portfolio.results import Choice, Plan
from portfolio.results.explanation import Move, Shift


def money(choice: Choice) -> int:
    """Grid units committed to a programme."""
    return sum(p.amount for p in choice.payments)


def way(choice: Choice) -> str:
    """`option` or `option@start`."""
    return choice.option if choice.start is None else f"{choice.option}@{choice.start}"


def funded(plan: Plan) -> frozenset[str]:
    """Programmes of a plan."""
    return frozenset(c.programme for c in plan.choices)


def shift(before: Plan, after: Plan) -> Shift:
    """Everything that differs; moves with the largest change of money first."""
    old, new = ({c.programme: c for c in plan.choices} for plan in (before, after))
    moves = []
    for name in dict.fromkeys([*old, *new]):
        a, b = old.get(name), new.get(name)
        move = Move(
            programme=name,
            before=None if a is None else way(a),
            after=None if b is None else way(b),
            money_before=0 if a is None else money(a),
            money_after=0 if b is None else money(b),
        )
        if (move.before, move.money_before) != (move.after, move.money_after):
            moves.append(move)
    moves.sort(key=lambda m: (-abs(m.money_after - m.money_before), m.programme))
    paid = [_by_fund(plan) for plan in (before, after)]
    funds = {k: paid[1].get(k, 0) - paid[0].get(k, 0) for k in dict.fromkeys([*paid[0], *paid[1]])}
    criteria = {c: after.criteria[c] - v for c, v in before.criteria.items() if c in after.criteria}
    return Shift(moves=tuple(moves), funds={k: v for k, v in funds.items() if v}, criteria=criteria)


def _by_fund(plan: Plan) -> dict[str, int]:
    total: dict[str, int] = {}
    for choice in plan.choices:
        for payment in choice.payments:
            total[payment.fund] = total.get(payment.fund, 0) + payment.amount
    return total
