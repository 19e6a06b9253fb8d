"""Integer payments -> Plan: scales and effects derived from the amounts, ledgers, outlays by cumulative rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from portfolio.ledger.evaluate import Taken, effect_at, evaluate
from portfolio.numerics import SCALE_STEP
from portfolio.results import Choice, LedgerLine, Payment, Plan
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.way import Way

Payments = Mapping[tuple[str, int], int]
"""(fund, year) -> grid units."""


def publish(instance: Instance, spec: ModelSpec, chosen: Sequence[tuple[Way, int, Payments]]) -> Plan:
    """The plan of (way, units, payments). Ways that end with scale 0 on a curve that starts at 0 are not funded at all."""
    grid = instance.header.grid
    taken, choices = [], []
    for way, units, payments in chosen:
        scale = scale_of(instance, way, units, payments)
        if not scale and not way.mandatory:
            continue
        effect = effect_at(way.curve, units, scale)
        taken.append(Taken(way, units, scale, effect, grid * sum(payments.values())))
        choices.append(
            Choice(
                programme=way.programme,
                option=way.option,
                start=way.start,
                units=units,
                scale=scale,
                effect=effect,
                private=way.private_cost * scale,
                payments=tuple(Payment(fund=k, year=t, amount=a) for (k, t), a in sorted(payments.items()) if a),
            )
        )
    values = evaluate(instance, spec, taken)
    ledger, later = ledgers(instance, choices)
    return Plan(
        choices=tuple(choices),
        ledger=ledger,
        later=later,
        criteria=values.criteria,
        residuals=values.residuals,
        losses=values.losses,
        coverage=values.coverage,
        synergies=values.synergies,
    )


def scale_of(instance: Instance, way: Way, units: int, payments: Payments) -> Fraction:
    """s = T / (rho C) rounded down to SCALE_STEP, within [units b_1, units]; T the money at base-year value (nominal where years are prescribed)."""
    if not way.public_cost:
        return Fraction(units)
    total = sum((a * (instance.weight(t) if way.is_flexible else 1) for (_, t), a in payments.items()), Fraction(0))
    bought = total * instance.header.grid / way.public_cost
    least = units * way.curve[0][0]
    if bought >= units or bought == least:
        return min(bought, Fraction(units))
    return max((bought / SCALE_STEP).__floor__() * SCALE_STEP, min(least, bought))


def outlays(amount: int, shares: Sequence[Fraction]) -> list[int]:
    """Yearly cash of a commitment: cumulative rounding R(X P_j) - R(X P_(j-1)), so that the years add up to the amount. shares: P_j."""
    marks = [(2 * amount * p.numerator + p.denominator) // (2 * p.denominator) for p in shares]
    return [after - before for before, after in zip([0, *marks], marks, strict=False)]


def ledgers(instance: Instance, choices: Sequence[Choice]) -> tuple[tuple[LedgerLine, ...], dict[str, int]]:
    """The ledger of every fund and year, carrying as little as possible; and what is still to be paid after the horizon."""
    years, grid = instance.years, instance.header.grid
    lines, later = [], {}
    for fund in instance.funds:
        committed, paid, after = dict.fromkeys(years, 0), dict.fromkeys(years, 0), 0
        shares = tuple(accumulate(q.number for q in fund.outlay_profile))
        for payment in (p for c in choices for p in c.payments if p.fund == fund.id):
            committed[payment.year] += payment.amount
            for lag, cash in enumerate(outlays(payment.amount, shares)):
                if payment.year + lag in paid:
                    paid[payment.year + lag] += cash
                else:
                    after += cash
        authority = {t: (fund.years[t].number / grid).__floor__() if t in fund.years else 0 for t in years}
        use = paid if fund.basis == "outlay" else committed
        carried = dict.fromkeys((years[0] - 1, *years), 0)
        for t in reversed(years[1:]):
            carried[t - 1] = max(0, use[t] + carried[t] - authority[t])
        for t in years:
            lapsed = authority[t] + carried[t - 1] - use[t] - carried[t]
            lines.append(
                LedgerLine(
                    fund=fund.id,
                    year=t,
                    authority=authority[t],
                    carried_in=carried[t - 1],
                    committed=committed[t],
                    outlay=paid[t],
                    carried_out=carried[t],
                    lapsed=lapsed,
                )
            )
        if after:
            later[fund.id] = after
    return tuple(lines), later
