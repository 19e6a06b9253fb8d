"""Focus and diversification: how many members of a group (programme, field, archetype, cell, region, instrument) are funded.

focus       h_g >= t_o for every way of g,  sum_g h_g <= n          diversify   h_g <= sum of t_o of g,  h_g <= 1,  sum_g h_g >= m
(h_g may be continuous: t_o are integer; for programmes sum_o t_o counts directly)
"""

from __future__ import annotations

import numpy as np

from portfolio.formulation.build import INF, Build
from portfolio.schema.rules import Diversify, Focus
from portfolio.schema.way import Way


def member_of(way: Way, group: str) -> tuple[str, ...] | None:
    """The member of the group that a way belongs to; None when the way has no such attribute."""
    parts: tuple[str | None, ...] = (way.field, way.archetype) if group == "cell" else (getattr(way, group),)
    named = tuple(part for part in parts if part is not None)
    return named if len(named) == len(parts) else None


def add(b: Build) -> None:
    """Columns open[rule,g]; rows open_if, open_only_if, focus[rule], diversify[rule]."""
    for rule in b.instance.rules:
        if isinstance(rule, (Focus, Diversify)):
            _count(b, rule)


def _count(b: Build, rule: Focus | Diversify) -> None:
    members: dict[tuple[str, ...], list[int]] = {}
    for i, way in enumerate(b.at.ways):
        key = member_of(way, rule.group)
        if key is not None and rule.select.admits(way):
            members.setdefault(key, []).append(int(b.at.chosen[i]))
    if isinstance(rule, Focus):
        row = b.rows("focus", [(rule.id,)], -INF, b.number(rule.max), "sum_g h_g <= max", [rule.id])
    else:
        row = b.rows("diversify", [(rule.id,)], b.number(rule.min), INF, "sum_g h_g >= min", [rule.id])
    if not members:
        return
    if rule.group == "programme":
        b.enter(row[0], np.concatenate([*members.values()]), b.number(1))
        return
    opened = b.columns("open", [(rule.id, *g) for g in members], b.number(0), b.number(1), "h_g: group member g is funded")
    b.enter(row[0], opened, b.number(1))
    if isinstance(rule, Focus):
        index = [(rule.id, *g, n) for g, cols in members.items() for n in range(len(cols))]
        rows = b.rows("open_if", index, -INF, b.number(0), "t_o <= h_g", [rule.id] * len(index))
        b.enter(rows, np.concatenate([*members.values()]), b.number(1))
        b.enter(rows, np.repeat(opened, [len(cols) for cols in members.values()]), b.number(-1))
    else:
        rows = b.rows("open_only_if", [(rule.id, *g) for g in members], -INF, b.number(0), "h_g <= sum_o t_o", [rule.id] * len(members))
        b.enter(rows, opened, b.number(1))
        b.enter(np.repeat(rows, [len(cols) for cols in members.values()]), np.concatenate([*members.values()]), b.number(-1))
