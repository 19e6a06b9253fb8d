"""Rules that are linear in taken options, scale or money.

share        min M(of) <= M(select) <= max M(of),   M = committed money over the horizon
linear       min <= sum of coef * (y_o | s_o | sum x_okt) <= max
criterion    min <= criterion <= max
persistence  sum_p changed_p <= d;  moved_p >= |sum x - reference money_p|,  price * sum_p moved_p counts against its criterion
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import INF, Build
from portfolio.schema.rules import CriterionBound, Linear, Persistence, Share, Term


def add(b: Build) -> None:
    """Rows share_min/share_max[rule], linear[rule], criterion_bound[rule,c], persistence[rule]; columns moved[rule,p]."""
    for rule in b.instance.rules:
        if isinstance(rule, Share):
            _share(b, rule)
        elif isinstance(rule, Linear):
            _linear(b, rule)
        elif isinstance(rule, CriterionBound):
            low, high = (None if q is None else q.number for q in (rule.min, rule.max))
            b.bound_criterion(rule.id, rule.criterion, low, high)
        elif isinstance(rule, Persistence):
            _persistence(b, rule)


def _spend(b: Build) -> Array:
    """Columns spend[p,o] = sum_kt x_okt, made once, for rules on the money of selections."""
    if not b.at.spend.size:
        index = b.table.keys
        most = b.zeros(len(index))
        np.add.at(most, b.at.pay_way, b.at.pay_most)
        b.at.spend = b.columns("spend", index, b.number(0), most, "money committed to option o over the horizon [money unit]")
        rows = b.rows("spend_sum", index, b.number(0), b.number(0), "sum_kt x_okt - spend_o = 0")
        b.enter(rows[b.at.pay_way], b.at.pay_col, b.number(1))
        b.enter(rows, b.at.spend, b.number(-1))
    return b.at.spend


def _share(b: Build, rule: Share) -> None:
    spend = _spend(b)
    part, whole = b.table.admitted(rule.select), b.table.admitted(rule.of)
    for name, quantity in (("share_min", rule.min), ("share_max", rule.max)):
        if quantity is None:
            continue
        low, high = (b.number(0), INF) if name == "share_min" else (-INF, b.number(0))
        row = b.rows(name, [(rule.id,)], low, high, "M(select) against share * M(of)", [rule.id])
        q = quantity.number
        b.enter(row[0], spend, b.numbers([Fraction(0), Fraction(1), -q, 1 - q])[part + 2 * whole])


def _linear(b: Build, rule: Linear) -> None:
    low = -INF if rule.min is None else b.number(rule.min.number)
    high = INF if rule.max is None else b.number(rule.max.number)
    row = b.rows("linear", [(rule.id,)], low, high, "min <= sum of terms <= max", [rule.id])
    for term in rule.terms:
        columns, values = _term(b, term)
        b.enter(row[0], columns, values)


def _term(b: Build, term: Term) -> tuple[Array, Array]:
    named = [i for i in b.table.ways_of(term.programme) if term.option in (None, b.at.ways[i].option, b.at.ways[i].name)]
    ways = np.array(named, dtype=np.intp)
    coef = b.number(term.coef.number)
    if term.on == "taken":
        return b.at.take[ways], b.filled(coef, len(ways))
    if term.on == "scale":
        _, points = b.at.points_of(ways)
        return b.at.point_col[points], coef * b.at.point_b[points]
    places = b.at.payments_of(ways)
    funds = np.array([term.fund in (None, f.id) for f in b.instance.funds], dtype=bool)
    places = places[funds[b.at.pay_fund[places]] & ((term.year is None) | (b.at.pay_year[places] == term.year))]
    return b.at.pay_col[places], b.filled(coef * b.number(b.unit), len(places))


def _persistence(b: Build, rule: Persistence) -> None:
    before = {r.programme: r for r in b.instance.reference}
    if rule.max_changed is not None:
        # A programme of the reference plan changes unless its old way is taken; any other changes when it is funded.
        limit = b.number(rule.max_changed - len(before))
        row = b.rows("persistence", [(rule.id,)], -INF, limit, "sum_p changed_p <= max_changed", [rule.id])
        known = np.array([p.id in before for p in b.instance.programmes], dtype=bool)[b.table.owner]
        kept = [i for name, old in before.items() for i in b.table.ways_of(name) if b.at.ways[i].name == old.option]
        b.enter(row[0], b.at.chosen[~known], b.number(1))
        b.enter(row[0], b.at.chosen[kept], b.number(-1))
    if rule.price is not None and rule.criterion is not None:
        _price_of_moving(b, rule, {p: r.money.number for p, r in before.items()})


def _price_of_moving(b: Build, rule: Persistence, before: dict[str, Fraction]) -> None:
    names = [p.id for p in b.instance.programmes]
    owner = b.table.owner[b.at.pay_way]
    paid = b.zeros(len(names))
    np.add.at(paid, owner, b.at.pay_most)
    old = b.money(before.get(p, Fraction(0)) for p in names)
    doc = "|money_p - reference money_p| [money unit]"
    moved = b.columns("moved", [(rule.id, p) for p in names], b.number(0), np.maximum(paid, old), doc)
    up = b.rows("moved_up", [(rule.id, p) for p in names], -old, INF, "moved_p >= sum x - reference", [rule.id] * len(names))
    down = b.rows("moved_down", [(rule.id, p) for p in names], old, INF, "moved_p >= reference - sum x", [rule.id] * len(names))
    for rows, sign in ((up, -1), (down, 1)):
        b.enter(rows, moved, b.number(1))
        b.enter(rows[owner], b.at.pay_col, b.number(sign))
    sense = b.signs[b.criterion_ids.index(rule.criterion or "")]
    price = rule.price.number if rule.price else Fraction(0)
    b.gain(rule.criterion or "", moved, b.number(price * b.unit * sense))
