"""The fund ledgers.

    use_kt = sum_po x_okt
    use_kt + c_kt - c_k,t-1 + lapsed_kt = B_kt,   0 <= c_kt <= carry limit,   lapsed_kt >= 0 (the row's slack)

On outlay basis the cash paid in t, sum_u<=t profile_k,t-u use_ku, stands in place of use_kt. Rows that speak of a whole fund (ledger, cash
ceilings) are written on use: with 150 programmes that leaves a seventh of the nonzeros, and cuts that the solver can afford.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.build import INF, Build
from portfolio.program import Keys
from portfolio.schema.fund import Fund


def add(b: Build) -> None:
    """Columns use[k,t], carry[k,t]; rows fund_use[k,t], fund_ledger[k,t]."""
    years, funds = b.instance.years, b.instance.funds
    of_fund, of_year = np.divmod(np.arange(len(funds) * len(years)), len(years))
    index = Keys(([f.id for f in funds], of_fund), (years, of_year))
    _use(b, index)
    authority = b.money(f.years[t].number if t in f.years else Fraction(0) for f in funds for t in years)
    rows = b.rows("fund_ledger", index, -INF, authority, "use_kt + c_kt - c_k,t-1 <= B_kt (slack: lapsed)").reshape(len(funds), len(years))
    carried = [(k, n) for k, f in enumerate(funds) if f.carry_limit.number > 0 for n in range(len(years) - 1)]
    if carried:
        most = b.money(_carry_most(funds[k], years[: n + 1]) for k, n in carried)
        carry = b.columns(
            "carry", [(funds[k].id, years[n]) for k, n in carried], b.number(0), most, "c_kt: carried to the next year [money unit]"
        )
        k, n = np.array(carried).T
        b.enter(rows[k, n], carry, b.number(1))
        b.enter(rows[k, n + 1], carry, b.number(-1))
    for k, fund in enumerate(funds):
        shares = [Fraction(1)] if fund.basis == "commitment" else [q.number for q in fund.outlay_profile]
        for lag, share in enumerate(b.numbers(shares)):
            b.enter(rows[k, lag:], b.at.use[k, : len(years) - lag], share)


def _use(b: Build, index: Keys) -> None:
    """use_kt = sum of the payments, as a column of its own."""
    shape = (len(b.instance.funds), len(b.instance.years))
    at = b.at.pay_fund * shape[1] + b.at.pay_year - b.instance.years[0]
    most = b.zeros(len(index))
    np.add.at(most, at, b.at.pay_most)
    use = b.columns("use", index, b.number(0), most, "use_kt: committed by fund k in year t [money unit]")
    rows = b.rows("fund_use", index, b.number(0), b.number(0), "sum_po x_okt - use_kt = 0")
    b.enter(rows[at], b.at.pay_col, b.number(1))
    b.enter(rows, use, b.number(-1))
    b.at.use = use.reshape(shape)


def _carry_most(fund: Fund, years: tuple[int, ...]) -> Fraction:
    held = Fraction(0)
    for t in years:
        held = min(held, fund.carry_limit.number) + (fund.years[t].number if t in fund.years else Fraction(0))
    return min(held, fund.carry_limit.number)
