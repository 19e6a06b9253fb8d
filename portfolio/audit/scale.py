"""Rules 3 to 6: the scale that the payments buy, and how they may be spread over years and funds.

0 <= T - rho C s < u,   s >= units b_1
profile: |X_t - X share_t| < 1 ·  payments: |x_kt - X share_kt| < 1 ·  ramp: sum_k x_kt < ramp rho C s / u + 1
sum_t w_t x_kt < rate_k C s / u + 1,   sum_t x_kt u <= cap_k,   x_kt u >= ticket_k
"""

from __future__ import annotations

from fractions import Fraction

from portfolio.audit.selection import Selection, Taken
from portfolio.audit.verdict import Tally
from portfolio.schema.fund import Fund


def check_scales(selection: Selection, tally: Tally) -> None:
    """Every taken way: scale, prescribed years, ramp, funds' terms."""
    grid = selection.instance.header.grid
    funds = {f.id: f for f in selection.instance.funds}
    for taken in selection.taken:
        _scale(taken, grid, tally)
        _prescribed(taken, tally)
        _ramp(taken, grid, tally)
        _terms(taken, funds, grid, tally)


def _scale(taken: Taken, grid: Fraction, tally: Tally) -> None:
    way, place = taken.way, f"scale[{taken.way.label}]"
    tally.equal("scale", place, taken.claim.scale, taken.scale)
    tally.equal("effect", f"effect[{way.label}]", taken.claim.effect, taken.effect)
    tally.equal("private", f"private[{way.label}]", taken.claim.private, way.private_cost * taken.scale)
    tally.at_least("min_scale", place, taken.scale, taken.units * way.curve[0][0])
    if way.public_cost:
        tally.below("overpaid", f"demand[{way.label}]", taken.total - way.public_cost * taken.scale, grid)
    else:
        tally.equal("overpaid", f"demand[{way.label}]", grid * taken.amount, 0)


def _prescribed(taken: Taken, tally: Tally) -> None:
    way = taken.way
    for year in sorted({*(way.profile or ()), *taken.by_year}) if way.profile is not None else ():
        due = taken.amount * way.profile.get(year, Fraction(0)) if way.profile is not None else Fraction(0)
        _near(tally, "profile", f"profile[{way.label},{year}]", taken.by_year.get(year, 0), due)
    if way.payments is not None:
        whole = sum(way.payments.values(), Fraction(0))
        for fund, year in sorted({*way.payments, *taken.paid}):
            due = taken.amount * way.payments.get((fund, year), Fraction(0)) / whole if whole else Fraction(0)
            _near(tally, "payments", f"payment[{way.label},{fund},{year}]", taken.paid.get((fund, year), 0), due)


def _near(tally: Tally, rule: str, place: str, paid: int, due: Fraction) -> None:
    """Less than one grid unit away from what is due."""
    tally.below(rule, place, abs(paid - due), 1)


def _ramp(taken: Taken, grid: Fraction, tally: Tally) -> None:
    way = taken.way
    if way.ramp is None or not way.is_flexible or len(way.years) < 2:
        return
    most = way.ramp * way.public_cost * taken.scale / grid + 1
    for year, amount in taken.by_year.items():
        tally.below("ramp", f"ramp[{way.label},{year}]", amount, most)


def _terms(taken: Taken, funds: dict[str, Fund], grid: Fraction, tally: Tally) -> None:
    label = taken.way.label
    for name, amount in taken.by_fund.items():
        fund = funds[name]
        if fund.subsidy_rate is not None:
            most = fund.subsidy_rate.number * taken.way.cost * taken.scale / grid + 1
            tally.below("subsidy_rate", f"fund_rate[{label},{name}]", taken.worth_by(name), most)
        if fund.project_cap is not None:
            tally.at_most("project_cap", f"project_cap[{label},{name}]", amount * grid, fund.project_cap.number)
    for (name, year), amount in taken.paid.items():
        ticket = funds[name].ticket_min
        if ticket is not None:
            tally.at_least("ticket", f"ticket_lower[{label},{name},{year}]", amount * grid, ticket.number)
