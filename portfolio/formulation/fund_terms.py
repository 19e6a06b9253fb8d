"""Terms that speak of a fund's payment to one programme.

cap           sum_t x_okt <= cap_k            (tight: <= cap_k t_o, for nothing is paid to a way that is not taken)
pays          sum_t x_okt <= M w_ok,  w_ok in {0,1}, w_ok <= t_o      (only where a rule counts payers)
max_funds     sum_k w_ok <= n t_o              exclusion   sum_(k in pair) w_ok <= t_o
ticket        ticket v_okt <= x_okt <= M v_okt,  v_okt in {0,1}
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import INF, Build
from portfolio.formulation.demand import pair_keys
from portfolio.formulation.way_table import spread
from portfolio.numerics import SAME_AMOUNT
from portfolio.program import Keys
from portfolio.schema.quantity import Quantity
from portfolio.schema.rules import FundExclusion, MaxFunds


@dataclass(frozen=True)
class Pairs:
    """Ways and the funds that may pay them: way, fund, bound on sum_t x_okt; first: (pairs + 1,) where a pair's payments begin."""

    way: Array
    fund: Array
    most: Array
    first: Array

    def keys(self, b: Build, which: Array) -> Keys:
        """(programme, name, fund) of some pairs."""
        return pair_keys(b, self.way[which], self.fund[which])

    def enter_sum(self, b: Build, rows: Array, which: Array) -> None:
        """sum_t x_okt of each of these pairs on its row."""
        place, payment = spread(self.first, which)
        b.enter(rows[place], b.at.pay_col[payment], b.number(1))


def add(b: Build) -> None:
    """Columns pays[p,o,k], ticket[p,o,k,t]; rows project_cap, pays_if, max_funds, fund_exclusion, ticket_*."""
    capped = any(f.project_cap is not None for f in b.instance.funds)
    counting = [r for r in b.instance.rules if isinstance(r, (MaxFunds, FundExclusion))]
    if len(b.at.pay_way) and (capped or counting):
        pairs = _pairs(b)
        _caps(b, pairs)
        _payers(b, pairs, counting)
    _tickets(b)


def _said(b: Build, quantities: list[Quantity | None], money: bool = True) -> tuple[Array, Array]:
    """(is it said?, value or 0) for each fund."""
    values = [Fraction(0) if q is None else q.number for q in quantities]
    return np.array([q is not None for q in quantities], dtype=bool), b.money(values) if money else b.numbers(values)


def _pairs(b: Build) -> Pairs:
    first = b.at.pair_first()
    way, fund = b.at.pay_way[first[:-1]], b.at.pay_fund[first[:-1]]
    weight = b.numbers(b.instance.weight(t) for t in b.instance.years)[b.at.pay_year - b.instance.years[0]]
    worth = np.where(b.table.flexible[way], np.minimum.reduceat(weight, first[:-1]), b.number(1))
    rated, rate = _said(b, [f.subsidy_rate for f in b.instance.funds], money=False)
    share = np.where(rated[fund], np.minimum(b.table.public[way], rate[fund] * b.table.cost[way]), b.table.public[way])
    most = share * b.table.units[way] / worth
    capped, cap = _said(b, [f.project_cap for f in b.instance.funds])
    return Pairs(way, fund, np.where(capped[fund], np.minimum(most, cap[fund]), most), first)


def _caps(b: Build, pairs: Pairs) -> None:
    capped, cap = _said(b, [f.project_cap for f in b.instance.funds])
    # A cap is a row where the pair can reach it.
    which = np.flatnonzero(capped[pairs.fund] & (pairs.most >= cap[pairs.fund] * b.number(1 - SAME_AMOUNT)))
    if len(which):
        says = "sum_t x_okt <= cap_k t_o" if b.tight else "sum_t x_okt <= cap_k"
        rows = b.rows("project_cap", pairs.keys(b, which), -INF, b.number(0) if b.tight else cap[pairs.fund[which]], says)
        pairs.enter_sum(b, rows, which)
        if b.tight:
            b.enter(rows, b.at.chosen[pairs.way[which]], -cap[pairs.fund[which]])


def _payers(b: Build, pairs: Pairs, counting: list[MaxFunds | FundExclusion]) -> None:
    """Columns w_ok for the pairs that a rule counts, and the rules' rows."""
    concerned = [_counted(b, pairs, rule) for rule in counting]
    found = np.concatenate([*concerned, np.empty(0, dtype=np.intp)])
    if not len(found):
        return
    needed = found[np.sort(np.unique(found, return_index=True)[1])]
    flags = b.columns("pays", pairs.keys(b, needed), b.number(0), b.number(1), "w_ok: fund k pays option o", integer=True)
    rows = b.rows("pays_if", pairs.keys(b, needed), -INF, b.number(0), "sum_t x_okt <= M w_ok")
    pairs.enter_sum(b, rows, needed)
    b.enter(rows, flags, -pairs.most[needed])
    column = np.full(len(pairs.way), -1)
    column[needed] = flags
    for kind in ("max_funds", "fund_exclusion"):
        _limits(b, kind, [(rule, pairs.way[which], column[which]) for rule, which in zip(counting, concerned, strict=True)])


def _counted(b: Build, pairs: Pairs, rule: MaxFunds | FundExclusion) -> Array:
    """The pairs of the ways that more funds might pay than the rule allows."""
    named = np.array([isinstance(rule, MaxFunds) or f.id in rule.funds for f in b.instance.funds], dtype=bool)
    inside = np.flatnonzero(b.table.admitted(rule.select)[pairs.way] & named[pairs.fund])
    payers = np.bincount(pairs.way[inside], minlength=len(b.at.ways))
    return inside[payers[pairs.way[inside]] > _limit(rule)]


def _limit(rule: MaxFunds | FundExclusion) -> int:
    return rule.max if isinstance(rule, MaxFunds) else 1


def _limits(b: Build, kind: str, counted: list[tuple[MaxFunds | FundExclusion, Array, Array]]) -> None:
    """Rows sum_k w_ok <= limit t_o of one kind of rule. counted: rule, way and column w of each pair it counts."""
    mine = [(rule, way, column) for rule, way, column in counted if rule.kind == kind and len(way)]
    if not mine:
        return
    ways = [np.unique(way) for _, way, _ in mine]
    rule_of = np.repeat(np.arange(len(mine)), [len(w) for w in ways])
    names, way = [rule.id for rule, _, _ in mine], np.concatenate(ways)
    index = Keys((names, rule_of), *b.table.keys.take(way).parts)
    rows = b.rows(kind, index, -INF, b.number(0), "sum_k w_ok <= limit t_o", [names[n] for n in rule_of])
    b.enter(rows, b.at.chosen[way], -b.numbers(Fraction(_limit(rule)) for rule, _, _ in mine)[rule_of])
    for n, (_, of_pair, column) in enumerate(mine):
        b.enter(rows[rule_of == n][np.searchsorted(ways[n], of_pair)], column, b.number(1))


def _tickets(b: Build) -> None:
    _, ticket = _said(b, [f.ticket_min for f in b.instance.funds])
    places = np.flatnonzero(ticket[b.at.pay_fund] > 0)
    if not len(places):
        return
    index = b.at.pay_keys.take(places)
    flags = b.columns("ticket", index, b.number(0), b.number(1), "v_okt: fund k pays option o in year t", integer=True)
    low = b.rows("ticket_lower", index, b.number(0), INF, "x_okt >= ticket_k v_okt")
    b.enter(low, b.at.pay_col[places], b.number(1))
    b.enter(low, flags, -ticket[b.at.pay_fund[places]])
    high = b.rows("ticket_upper", index, -INF, b.number(0), "x_okt <= M v_okt")
    b.enter(high, b.at.pay_col[places], b.number(1))
    b.enter(high, flags, -b.at.pay_most[places])
