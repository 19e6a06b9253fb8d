"""Terms that speak of a fund's payment to one programme.

cap           sum_t x_okt <= cap_k
pays          sum_t x_okt <= M w_ok,  w_ok in {0,1}, w_ok <= t_o      (only where a rule counts payers)
max_funds     sum_k w_ok <= n t_o              exclusion   sum_(k in pair) w_ok <= t_o
ticket        ticket v_okt <= x_okt <= M v_okt,  v_okt in {0,1}
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.build import INF, Array, Build
from portfolio.schema.rules import FundExclusion, MaxFunds

Pair = tuple[int, int]


def add(b: Build) -> None:
    """Columns pays[p,o,k], ticket[p,o,k,t]; rows project_cap, pays_if, max_funds, fund_exclusion, ticket_*."""
    members: dict[Pair, list[int]] = {}
    for n, (i, k) in enumerate(zip(b.at.pay_way.tolist(), b.at.pay_fund.tolist(), strict=True)):
        members.setdefault((i, k), []).append(n)
    _caps(b, members)
    _payers(b, members)
    _tickets(b)


def _most(b: Build, pair: Pair, members: dict[Pair, list[int]]) -> Fraction:
    """Bound on sum_t x_okt in instance money."""
    way, fund = b.at.ways[pair[0]], b.instance.funds[pair[1]]
    worth = min(b.instance.weight(int(b.at.pay_year[n])) for n in members[pair]) if way.is_flexible else 1
    share = way.rate if fund.subsidy_rate is None else min(way.rate, fund.subsidy_rate.number)
    top = share * way.cost * way.units / worth
    return top if fund.project_cap is None else min(top, fund.project_cap.number)


def _label(b: Build, pair: Pair) -> tuple[str, str, str]:
    way = b.at.ways[pair[0]]
    return (way.programme, way.name, b.instance.funds[pair[1]].id)


def _caps(b: Build, members: dict[Pair, list[int]]) -> None:
    caps = {k: f.project_cap.number for k, f in enumerate(b.instance.funds) if f.project_cap is not None}
    pairs = [p for p in members if p[1] in caps and _most(b, p, members) >= caps[p[1]]]
    if pairs:
        rows = b.rows("project_cap", [_label(b, p) for p in pairs], -INF, b.money(caps[k] for _, k in pairs), "sum_t x_okt <= cap_k")
        _spread(b, rows, [members[p] for p in pairs])


def _spread(b: Build, rows: Array, groups: list[list[int]]) -> None:
    b.enter(np.repeat(rows, [len(g) for g in groups]), b.at.pay_col[np.concatenate(groups)], b.number(1))


def _payers(b: Build, members: dict[Pair, list[int]]) -> None:
    counting = [r for r in b.instance.rules if isinstance(r, (MaxFunds, FundExclusion))]
    payers: dict[int, list[int]] = {}
    for i, k in members:
        payers.setdefault(i, []).append(k)
    groups: list[tuple[str, str, int, list[int], int]] = []  # block, rule, way, funds, how many may pay
    for rule in counting:
        named = {k for k, f in enumerate(b.instance.funds) if not isinstance(rule, FundExclusion) or f.id in rule.funds}
        limit = rule.max if isinstance(rule, MaxFunds) else 1
        for i, funds in payers.items():
            concerned = [k for k in funds if k in named]
            if len(concerned) > limit and rule.select.admits(b.at.ways[i]):
                groups.append((rule.kind, rule.id, i, concerned, limit))
    needed = list(dict.fromkeys((i, k) for _, _, i, funds, _ in groups for k in funds))
    if not needed:
        return
    flags = b.columns("pays", [_label(b, p) for p in needed], b.number(0), b.number(1), "w_ok: fund k pays option o", integer=True)
    column = dict(zip(needed, flags, strict=True))
    rows = b.rows("pays_if", [_label(b, p) for p in needed], -INF, b.number(0), "sum_t x_okt <= M w_ok")
    _spread(b, rows, [members[p] for p in needed])
    b.enter(rows, flags, b.money(-_most(b, p, members) for p in needed))
    for name in ("max_funds", "fund_exclusion"):
        mine = [g for g in groups if g[0] == name]
        if not mine:
            continue
        index = [(rule, b.at.ways[i].programme, b.at.ways[i].name) for _, rule, i, _, _ in mine]
        made = b.rows(name, index, -INF, b.number(0), "sum_k w_ok <= limit t_o", [rule for _, rule, _, _, _ in mine])
        b.enter(np.repeat(made, [len(g[3]) for g in mine]), [column[g[2], k] for g in mine for k in g[3]], b.number(1))
        b.enter(made, b.at.chosen[[g[2] for g in mine]], b.numbers(Fraction(-g[4]) for g in mine))


def _tickets(b: Build) -> None:
    tickets = {k: f.ticket_min.number for k, f in enumerate(b.instance.funds) if f.ticket_min is not None and f.ticket_min.number > 0}
    places = [n for n, k in enumerate(b.at.pay_fund) if int(k) in tickets]
    if not places:
        return
    index = [(*_label(b, (int(b.at.pay_way[n]), int(b.at.pay_fund[n]))), int(b.at.pay_year[n])) for n in places]
    flags = b.columns("ticket", index, b.number(0), b.number(1), "v_okt: fund k pays option o in year t", integer=True)
    low = b.rows("ticket_lower", index, b.number(0), INF, "x_okt >= ticket_k v_okt")
    b.enter(low, b.at.pay_col[places], b.number(1))
    b.enter(low, flags, b.money(-tickets[int(b.at.pay_fund[n])] for n in places))
    high = b.rows("ticket_upper", index, -INF, b.number(0), "x_okt <= M v_okt")
    b.enter(high, b.at.pay_col[places], b.number(1))
    b.enter(high, flags, -b.at.pay_most[places])
