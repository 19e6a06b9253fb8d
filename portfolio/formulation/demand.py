"""What a way costs, and who may pay it when.

    flexible         sum_kt w_t x_okt = rho_o C_o s_o,           sum_k x_okt <= ramp_o rho_o C_o s_o  in every year
    fixed profile    sum_k x_okt = rho_o C_o profile_ot s_o      in every year
    fund by fund     x_okt = payment_okt s_o
    fund's rate      sum_t w_t x_okt <= rate_k C_o s_o       (w_t = 1 where the years are prescribed; docs/adr/0004)

x exists only where the fund may pay, inside the window, between the fund's opening and sunset.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import INF, Build
from portfolio.formulation.effects import on_scale
from portfolio.program import Keys
from portfolio.schema.fund import Fund


@dataclass(frozen=True)
class Timing:
    """When ways take money. All money at full scale, in Program money.

    weight: (years,) w_t · paying: (ways,) flexible and not free · ramped: (ways,) is the year limited? ramp: (ways,) to what
    due: (ways, years) prescribed by a profile; due_*: the same flat, because a row speaks of each, also beyond the horizon.
    """

    weight: Array
    paying: Array
    ramped: Array
    ramp: Array
    due: Array
    due_way: Array
    due_year: Array
    due_money: Array


def add(b: Build) -> None:
    """Columns pay[p,o,k,t]; rows demand, profile, payment, ramp, fund_rate."""
    timing = _timing(b)
    owed = _columns(b, timing)
    _demand(b, timing)
    _profile(b, timing)
    _payments(b, owed)
    _ramp(b, timing)
    _fund_rate(b, timing)


def _timing(b: Build) -> Timing:
    years, ways = b.instance.years, b.at.ways
    table = b.table
    paying = table.flexible & table.paid
    limited = [n for n in np.flatnonzero(paying).tolist() if ways[n].ramp is not None and len(ways[n].years) > 1]
    ramped, ramp = np.zeros(len(ways), dtype=bool), b.zeros(len(ways))
    ramped[limited] = True
    ramp[limited] = table.part_of(table.public_part, limited, (ways[n].ramp or Fraction(0) for n in limited))
    given = [(n, t, w.profile[t]) for n, w in enumerate(ways) if w.profile for t in sorted(w.profile)]
    way, year = np.array([n for n, _, _ in given], dtype=np.intp), np.array([t for _, t, _ in given], dtype=np.intp)
    money = table.part_of(table.public_part, (n for n, _, _ in given), (share for _, _, share in given))
    due = b.zeros((len(ways), len(years)))
    inside = np.flatnonzero((year >= years[0]) & (year <= years[-1]))
    due[way[inside], year[inside] - years[0]] = money[inside]
    weight = b.numbers(b.instance.weight(t) for t in years)
    return Timing(weight, paying, ramped, ramp, due, way, year, money)


def _columns(b: Build, timing: Timing) -> Array:
    """Make x. Returns the money that is prescribed for each column fund by fund (0 for other ways)."""
    table, funds, years = b.table, b.instance.funds, b.instance.years
    # Years at which a fund may pay, for each way: (ways, funds, years).
    may = np.stack([table.payable(fund) for fund in funds], axis=1) if funds else np.zeros((len(b.at.ways), 0), dtype=bool)
    opens, closes = (np.array([[end(b, fund)] for fund in funds], dtype=int).reshape(-1, 1) for end in (_opens, _closes))
    takes = (opens <= years) & (np.asarray(years) <= closes)
    may &= (~table.forbidden & table.paid)[:, None]
    way, fund, n = np.nonzero(may[:, :, None] & takes & table.window[:, None, :])
    owed = _prescribed(b, way, fund, n)
    most = _most(b, timing, way, fund, n, owed)
    # A prescribed payment keeps its column even where the fund holds nothing: it then forbids the way.
    kept = np.flatnonzero((most > 0) | (owed != 0))
    way, fund, n = way[kept], fund[kept], n[kept]
    b.at.pay_way, b.at.pay_fund, b.at.pay_year, b.at.pay_most = way, fund, n + years[0], most[kept]
    b.at.pay_keys = pair_keys(b, way, fund).extended(years, n)
    b.at.pay_col = b.columns("pay", b.at.pay_keys, b.number(0), b.at.pay_most, "x_okt: money committed [money unit]")
    return owed[kept]


def pair_keys(b: Build, way: Array, fund: Array) -> Keys:
    """(programme, name, fund) of pairs."""
    return b.table.keys.take(way).extended([f.id for f in b.instance.funds], fund)


def _opens(b: Build, fund: Fund) -> int:
    return b.instance.years[0] if fund.opens is None else fund.opens


def _closes(b: Build, fund: Fund) -> int:
    return b.instance.years[-1] if fund.sunset is None else fund.sunset


def _prescribed(b: Build, way: Array, fund: Array, n: Array) -> Array:
    """payment_okt at full scale for each candidate column."""
    owed = b.zeros(len(way))
    fixed = np.array([w.payments is not None for w in b.at.ways], dtype=bool)
    at = np.flatnonzero(fixed[way])
    funds, years = b.instance.funds, b.instance.years
    said = [(b.at.ways[i].payments or {}, (funds[k].id, years[t])) for i, k, t in zip(way[at], fund[at], n[at], strict=True)]
    owed[at] = b.money(payments.get(key, Fraction(0)) for payments, key in said)
    return owed


def _most(b: Build, timing: Timing, way: Array, fund: Array, n: Array, owed: Array) -> Array:
    """A bound on x_okt that follows from the data alone: what the way takes, what the fund may give, what it can hold."""
    table, funds = b.table, b.instance.funds
    units, weight = table.units[way], np.where(table.flexible[way], timing.weight[n], b.number(1))
    own = np.where(table.flexible[way], table.public[way] / weight, timing.due[way, n])
    most = np.where(owed != 0, owed, own) * units
    limited = np.flatnonzero(timing.ramped[way])
    most[limited] = np.minimum(most[limited], timing.ramp[way[limited]] * units[limited])
    rated = np.flatnonzero(np.array([f.subsidy_rate is not None for f in funds], dtype=bool)[fund])
    rate = b.numbers(Fraction(0) if f.subsidy_rate is None else f.subsidy_rate.number for f in funds)
    most[rated] = np.minimum(most[rated], rate[fund[rated]] * table.cost[way[rated]] * units[rated] / weight[rated])
    cap = np.array([INF if f.project_cap is None else b.money([f.project_cap.number])[0] for f in funds], dtype=b.dtype)
    reach = np.array([_reach(b, f) for f in funds], dtype=b.dtype).reshape(len(funds), len(b.instance.years))
    bounded: Array = np.minimum(np.minimum(most, cap[fund]), reach[fund, n])
    return bounded


def _reach(b: Build, fund: Fund) -> Array:
    """Most money the fund can hold in each year: authority so far as far as it may be carried (cash basis: not bounded by it)."""
    if fund.basis == "outlay":
        return np.full(len(b.instance.years), INF)
    held, reach = Fraction(0), []
    for t in b.instance.years:
        authority = fund.years[t].number if t in fund.years else Fraction(0)
        held = min(held, fund.carry_limit.number) + authority
        reach.append(held)
    return b.money(reach)


def _on_payments(b: Build, row_of: Array, at: tuple[Array, ...], values: Array) -> None:
    """Enter x on the rows that row_of (-1: none) names at the payment's place."""
    row = row_of[at]
    kept = np.flatnonzero(row >= 0)
    b.enter(row[kept], b.at.pay_col[kept], values[kept])


def _demand(b: Build, timing: Timing) -> None:
    ways = np.flatnonzero(timing.paying)
    if not len(ways):
        return
    rows = b.rows("demand", b.table.keys.take(ways), b.number(0), b.number(0), "sum_kt w_t x_okt = rho C s")
    row_of = np.full(len(b.at.ways), -1)
    row_of[ways] = rows
    _on_payments(b, row_of, (b.at.pay_way,), timing.weight[_year(b)])
    on_scale(b, rows, ways, -b.table.public[ways])


def _year(b: Build) -> Array:
    """Number of each payment's year in the horizon."""
    return b.at.pay_year - b.instance.years[0]


def _per_year(b: Build, name: str, ways: Array, year: Array, lower: float, doc: str) -> Array:
    """Rows name[p,o,t] with sum_k x_okt on them; returns their ids."""
    years = b.instance.years
    first = min(int(year.min()), years[0])
    span = range(first, max(int(year.max()), years[-1]) + 1)
    rows = b.rows(name, b.table.keys.take(ways).extended(span, year - first), lower, b.number(0), doc)
    row_of = np.full((len(b.at.ways), len(span)), -1)
    row_of[ways, year - first] = rows
    _on_payments(b, row_of, (b.at.pay_way, b.at.pay_year - first), b.filled(b.number(1), len(b.at.pay_way)))
    return rows


def _profile(b: Build, timing: Timing) -> None:
    if len(timing.due_way):
        rows = _per_year(b, "profile", timing.due_way, timing.due_year, b.number(0), "sum_k x_okt = rho C profile_t s")
        on_scale(b, rows, timing.due_way, -timing.due_money)


def _payments(b: Build, owed: Array) -> None:
    fixed = np.array([w.payments is not None for w in b.at.ways], dtype=bool)
    at = np.flatnonzero(fixed[b.at.pay_way])
    if not len(at):
        return
    index = b.at.pay_keys.take(at)
    rows = b.rows("payment", index, b.number(0), b.number(0), "x_okt = payment_okt s")
    b.enter(rows, b.at.pay_col[at], b.number(1))
    on_scale(b, rows, b.at.pay_way[at], -owed[at])


def _ramp(b: Build, timing: Timing) -> None:
    ways, n = np.nonzero(b.table.window & timing.ramped[:, None])
    if len(ways):
        rows = _per_year(b, "ramp", ways, n + b.instance.years[0], -INF, "sum_k x_okt <= ramp rho C s")
        on_scale(b, rows, ways, -timing.ramp[ways])


def _fund_rate(b: Build, timing: Timing) -> None:
    funds = b.instance.funds
    below = np.zeros((len(b.at.ways), len(funds)), dtype=bool)
    for k, fund in enumerate(funds):
        if fund.subsidy_rate is not None:
            n, d = fund.subsidy_rate.number.as_integer_ratio()
            below[:, k] = [own * d > n * whole for own, whole in b.table.rate]
    first = b.at.pair_first()[:-1]
    pairs = np.flatnonzero(below[b.at.pay_way[first], b.at.pay_fund[first]])
    if not len(pairs):
        return
    ways, payers = b.at.pay_way[first[pairs]], b.at.pay_fund[first[pairs]]
    rows = b.rows("fund_rate", pair_keys(b, ways, payers), -INF, b.number(0), "sum_t w_t x_okt <= rate_k C s")
    row_of = np.full(below.shape, -1)
    row_of[ways, payers] = rows
    worth = np.where(b.table.flexible[b.at.pay_way], timing.weight[_year(b)], b.number(1))
    _on_payments(b, row_of, (b.at.pay_way, b.at.pay_fund), worth)
    rate = [Fraction(0) if f.subsidy_rate is None else f.subsidy_rate.number for f in funds]
    on_scale(b, rows, ways, -b.table.part_of(b.table.total, ways.tolist(), (rate[k] for k in payers)))
