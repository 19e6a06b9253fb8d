"""Focus and diversification: how many members of a group (programme, field, archetype, cell, region, instrument) are funded.

focus       h_g >= t_o for every way of g,  sum_g h_g <= n          diversify   h_g <= sum of t_o of g,  h_g <= 1,  sum_g h_g >= m
(h_g may be continuous: t_o are integer; for programmes sum_o t_o counts directly)
"""

from __future__ import annotations

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import INF, Build
from portfolio.formulation.way_table import Coded
from portfolio.program import Keys
from portfolio.schema.rules import Diversify, Focus


def add(b: Build) -> None:
    """Columns open[rule,g]; rows open_if, open_only_if, focus[rule], diversify[rule]."""
    for rule in b.instance.rules:
        if isinstance(rule, (Focus, Diversify)):
            _count(b, rule)


def _members(b: Build, rule: Focus | Diversify) -> tuple[Array, Array, Array]:
    """(ways that count, member of each, first way of each member); members numbered by first appearance among them.

    A way without the group's attribute belongs to no member.
    """
    parts = [b.table.coded(name) for name in _attributes(rule)]
    counts = b.table.admitted(rule.select)
    member = np.zeros(len(b.at.ways), dtype=np.intp)
    for part in parts:
        counts &= part.where(word is not None for word in part.words)
        member = member * len(part.words) + part.code
    ways = np.flatnonzero(counts)
    coded = Coded.of(member[ways].tolist())
    first = np.zeros(len(coded.words), dtype=np.intp)
    # Written from the last to the first, so that the first way of each member stays.
    first[coded.code[::-1]] = ways[::-1]
    return ways, coded.code, first


def _attributes(rule: Focus | Diversify) -> tuple[str, ...]:
    return ("field", "archetype") if rule.group == "cell" else (rule.group,)


def _count(b: Build, rule: Focus | Diversify) -> None:
    ways, member, first = _members(b, rule)
    if isinstance(rule, Focus):
        row = b.rows("focus", [(rule.id,)], -INF, b.number(rule.max), "sum_g h_g <= max", [rule.id])
    else:
        row = b.rows("diversify", [(rule.id,)], b.number(rule.min), INF, "sum_g h_g >= min", [rule.id])
    if not len(ways):
        return
    if rule.group == "programme":
        b.enter(row[0], b.at.chosen[ways], b.number(1))
        return
    coded = [b.table.coded(name) for name in _attributes(rule)]
    index = Keys(([rule.id], np.zeros(len(first), dtype=np.intp)), *((part.words, part.code[first]) for part in coded))
    opened = b.columns("open", index, b.number(0), b.number(1), "h_g: group member g is funded")
    b.enter(row[0], opened, b.number(1))
    if isinstance(rule, Focus):
        order = np.argsort(member, kind="stable")
        ways, member = ways[order], member[order]
        number = np.arange(len(ways)) - np.searchsorted(member, member)
        labels = index.take(member).extended(range(len(ways)), number)
        rows = b.rows("open_if", labels, -INF, b.number(0), "t_o <= h_g", [rule.id] * len(ways))
        b.enter(rows, b.at.chosen[ways], b.number(1))
        b.enter(rows, opened[member], b.number(-1))
    else:
        rows = b.rows("open_only_if", index, -INF, b.number(0), "h_g <= sum_o t_o", [rule.id] * len(first))
        b.enter(rows, opened, b.number(1))
        b.enter(rows[member], b.at.chosen[ways], b.number(-1))
