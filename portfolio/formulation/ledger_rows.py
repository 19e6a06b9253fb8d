"""The fund ledgers.

    use_kt + c_kt - c_k,t-1 + lapsed_kt = B_kt,   0 <= c_kt <= carry limit,   lapsed_kt >= 0 (the row's slack)

use_kt = sum_po x_okt on commitment basis; on outlay basis the cash paid in t, sum_u<=t profile_k,t-u sum_po x_oku.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.build import INF, Build
from portfolio.schema.fund import Fund


def add(b: Build) -> None:
    """Columns carry[k,t]; rows fund_ledger[k,t]."""
    years, funds = b.instance.years, b.instance.funds
    index = [(f.id, t) for f in funds for t in years]
    authority = b.money(f.years[t].number if t in f.years else Fraction(0) for f in funds for t in years)
    rows = b.rows("fund_ledger", index, -INF, authority, "use_kt + c_kt - c_k,t-1 <= B_kt (slack: lapsed)").reshape(len(funds), len(years))
    carried = [(k, n) for k, f in enumerate(funds) if f.carry_limit.number > 0 for n in range(len(years) - 1)]
    if carried:
        most = b.money(_carry_most(funds[k], years[: n + 1]) for k, n in carried)
        carry = b.columns("carry", [(funds[k].id, years[n]) for k, n in carried], b.number(0), most, "c_kt: carried to the next year [money unit]")
        k, n = np.array(carried).T
        b.enter(rows[k, n], carry, b.number(1))
        b.enter(rows[k, n + 1], carry, b.number(-1))
    first = years[0]
    cash = np.array([f.basis == "outlay" for f in funds], dtype=bool)[b.at.pay_fund] if len(b.at.pay_fund) else np.zeros(0, bool)
    b.enter(rows[b.at.pay_fund[~cash], b.at.pay_year[~cash] - first], b.at.pay_col[~cash], b.number(1))
    for k, fund in enumerate(funds):
        if fund.basis == "outlay":
            _cash_use(b, fund, k, rows[k])


def _carry_most(fund: Fund, years: tuple[int, ...]) -> Fraction:
    held = Fraction(0)
    for t in years:
        held = min(held, fund.carry_limit.number) + (fund.years[t].number if t in fund.years else Fraction(0))
    return min(held, fund.carry_limit.number)


def _cash_use(b: Build, fund: Fund, k: int, rows: np.ndarray) -> None:
    mine = b.at.pay_fund == k
    columns, made = b.at.pay_col[mine], b.at.pay_year[mine]
    shares = b.numbers(q.number for q in fund.outlay_profile)
    for lag, share in enumerate(shares):
        inside = made + lag <= b.instance.years[-1]
        b.enter(rows[made[inside] + lag - b.instance.years[0]], columns[inside], share)
