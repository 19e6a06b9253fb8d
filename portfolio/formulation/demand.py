"""What a way costs, and who may pay it when.

    flexible         sum_kt w_t x_okt = rho_o C_o s_o,           sum_k x_okt <= ramp_o rho_o C_o s_o  in every year
    fixed profile    sum_k x_okt = rho_o C_o profile_ot s_o      in every year
    fund by fund     x_okt = payment_okt s_o
    fund's rate      sum_t w_t x_okt <= rate_k C_o s_o       (w_t = 1 where the years are prescribed; docs/adr/0004)

x exists only where the fund may pay, inside the window, between the fund's opening and sunset.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.formulation.build import INF, Array, Build
from portfolio.schema.fund import Fund
from portfolio.schema.way import Way


def add(b: Build) -> None:
    """Columns pay[p,o,k,t]; rows demand, profile, payment, ramp, fund_rate."""
    _columns(b)
    flexible = [i for i, w in enumerate(b.at.ways) if w.is_flexible and w.public_cost]
    _balance(b, "demand", [(i, None) for i in flexible], "sum_kt w_t x_okt = rho C s", Fraction(1))
    profiled: list[tuple[int, int | None]] = [(i, t) for i, w in enumerate(b.at.ways) for t in sorted(w.profile or {})]
    _balance(b, "profile", profiled, "sum_k x_okt = rho C profile_t s", None)
    _payments(b)
    ramped = [(i, t) for i in flexible if (w := b.at.ways[i]).ramp is not None and len(w.years) > 1 for t in w.years]
    _ramp(b, ramped)
    _fund_rate(b)


def _columns(b: Build) -> None:
    instance = b.instance
    keys: list[tuple[int, int, int]] = []
    most: list[Fraction] = []
    reach = [_reach(b, fund) for fund in instance.funds]
    for i, way in enumerate(b.at.ways):
        if way.forbidden or not way.public_cost:
            continue
        own = {} if way.payments is not None else {t: _own_most(b, way, t) for t in way.years}
        for k, fund in enumerate(instance.funds):
            if not instance.may_pay(way, fund):
                continue
            for t in instance.open_years(way, fund):
                top = _most(b, way, fund, t, own.get(t), reach[k])
                # A prescribed payment keeps its column even where the fund holds nothing: it then forbids the way.
                if top > 0 or (way.payments or {}).get((fund.id, t)):
                    keys.append((i, k, t))
                    most.append(top)
    b.at.pay_way = np.array([i for i, _, _ in keys], dtype=int)
    b.at.pay_fund = np.array([k for _, k, _ in keys], dtype=int)
    b.at.pay_year = np.array([t for _, _, t in keys], dtype=int)
    b.at.pay_most = b.money(most)
    index = [(b.at.ways[i].programme, b.at.ways[i].name, instance.funds[k].id, t) for i, k, t in keys]
    b.at.pay_col = b.columns("pay", index, b.number(0), b.at.pay_most, "x_okt: money committed [money unit]")


def _reach(b: Build, fund: Fund) -> dict[int, Fraction] | None:
    """Most money the fund can hold in each year: authority so far as far as it may be carried (None: cash basis, not bounded by it)."""
    if fund.basis == "outlay":
        return None
    held, reach = Fraction(0), {}
    for t in b.instance.years:
        authority = fund.years[t].number if t in fund.years else Fraction(0)
        held = min(held, fund.carry_limit.number) + authority
        reach[t] = held
    return reach


def _own_most(b: Build, way: Way, year: int) -> Fraction:
    """Most that the way itself takes in a year, whoever pays."""
    full = way.public_cost * way.units
    if way.profile is not None:
        return full * way.profile.get(year, Fraction(0))
    top = full / b.instance.weight(year)
    return min(top, way.ramp * full) if way.ramp is not None and len(way.years) > 1 else top


def _most(b: Build, way: Way, fund: Fund, year: int, own: Fraction | None, reach: dict[int, Fraction] | None) -> Fraction:
    """A bound on x_okt that follows from the data alone."""
    top = (way.payments or {}).get((fund.id, year), Fraction(0)) * way.units if own is None else own
    if fund.subsidy_rate is not None:
        top = min(top, fund.subsidy_rate.number * way.cost * way.units / (b.instance.weight(year) if way.is_flexible else 1))
    if fund.project_cap is not None:
        top = min(top, fund.project_cap.number)
    return top if reach is None else min(top, reach[year])


def _balance(b: Build, name: str, keys: list[tuple[int, int | None]], doc: str, factor: Fraction | None) -> None:
    """Rows sum x = (rho C or rho C profile_t) s for the given ways (and years)."""
    if not keys:
        return
    ways = b.at.ways
    index = [(ways[i].programme, ways[i].name, *(() if t is None else (t,))) for i, t in keys]
    rows = b.rows(name, index, b.number(0), b.number(0), doc)
    row_of = dict(zip(keys, rows, strict=True))
    weight = {t: b.number(b.instance.weight(t)) for t in b.instance.years}
    entries: list[tuple[Any, Any, Any]] = []
    for i, t, col in zip(b.at.pay_way, b.at.pay_year, b.at.pay_col, strict=True):
        row = row_of.get((int(i), None if factor else int(t)))
        if row is not None:
            entries.append((row, col, weight[int(t)] if factor else b.number(1)))
    _enter(b, entries)
    share = {(i, t): ways[i].public_cost * (factor or ways[i].profile[t]) for i, t in keys}  # type: ignore[index]
    per_scale(b, keys, rows, [-v for v in share.values()])


def per_scale(b: Build, keys: list[tuple[int, int | None]], rows: Array, money: list[Fraction]) -> None:
    """Enter money * s_o on each row (keys carry the way's number first)."""
    points: dict[int, list[int]] = {}
    for k, i in enumerate(b.at.point_way):
        points.setdefault(int(i), []).append(k)
    scaled = b.money(money)
    entries = [
        (row, b.at.point_col[k], value * b.at.point_b[k]) for (i, _), row, value in zip(keys, rows, scaled, strict=True) for k in points[i]
    ]
    _enter(b, entries)


def _enter(b: Build, entries: list[tuple[Any, Any, Any]]) -> None:
    if entries:
        rows, cols, values = zip(*entries, strict=True)
        b.enter(rows, cols, values)


def _payments(b: Build) -> None:
    keys = [n for n, i in enumerate(b.at.pay_way) if b.at.ways[i].payments is not None]
    if not keys:
        return
    funds = b.instance.funds
    place = [(b.at.ways[b.at.pay_way[n]], funds[b.at.pay_fund[n]].id, int(b.at.pay_year[n])) for n in keys]
    rows = b.rows("payment", [(w.programme, w.name, k, t) for w, k, t in place], b.number(0), b.number(0), "x_okt = payment_okt s")
    b.enter(rows, b.at.pay_col[keys], b.number(1))
    owed = [-(w.payments or {}).get((k, t), Fraction(0)) for w, k, t in place]
    per_scale(b, [(int(b.at.pay_way[n]), None) for n in keys], rows, owed)


def _ramp(b: Build, keys: list[tuple[int, int]]) -> None:
    if not keys:
        return
    ways = b.at.ways
    index = [(ways[i].programme, ways[i].name, t) for i, t in keys]
    rows = b.rows("ramp", index, -INF, b.number(0), "sum_k x_okt <= ramp rho C s")
    row_of = dict(zip(keys, rows, strict=True))
    places = zip(b.at.pay_way, b.at.pay_year, b.at.pay_col, strict=True)
    _enter(b, [(row_of[key], col, b.number(1)) for i, t, col in places if (key := (int(i), int(t))) in row_of])
    per_scale(b, [(i, t) for i, t in keys], rows, [-(ways[i].ramp or 0) * ways[i].public_cost for i, _ in keys])


def _fund_rate(b: Build) -> None:
    rate = {k: f.subsidy_rate.number for k, f in enumerate(b.instance.funds) if f.subsidy_rate is not None}
    places = [(int(i), int(k)) for i, k in zip(b.at.pay_way, b.at.pay_fund, strict=True)]
    keys = [(i, k) for i, k in dict.fromkeys(places) if k in rate and rate[k] < b.at.ways[i].rate]
    if not keys:
        return
    index = [(b.at.ways[i].programme, b.at.ways[i].name, b.instance.funds[k].id) for i, k in keys]
    rows = b.rows("fund_rate", index, -INF, b.number(0), "sum_t w_t x_okt <= rate_k C s")
    row_of = dict(zip(keys, rows, strict=True))
    weight = {t: b.number(b.instance.weight(t)) for t in b.instance.years}
    entries = []
    for key, t, col in zip(places, b.at.pay_year, b.at.pay_col, strict=True):
        if key in row_of:
            entries.append((row_of[key], col, weight[int(t)] if b.at.ways[key[0]].is_flexible else b.number(1)))
    _enter(b, entries)
    per_scale(b, [(i, k) for i, k in keys], rows, [-rate[k] * b.at.ways[i].cost for i, k in keys])
