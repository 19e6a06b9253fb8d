"""Interactions between programmes, on f_r = sum of t_o over the ways a member names (`programme` or `programme,option`).

requires   f_if <= f_r for each r        excludes   sum_r f_r <= 1        at_least   sum_r f_r >= n
synergy    z_q <= f_r for each r;  where a bonus is a harm also  z_q >= sum_r f_r - (n - 1);  earns bonus z_q
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from portfolio.formulation.build import INF, Build
from portfolio.schema.rules import AtLeast, Excludes, Requires, Synergy


def add(b: Build) -> None:
    """Columns synergy[q]; rows requires[r,m], excludes[r], at_least[r], synergy_upper[q,m], synergy_lower[q]."""
    entries = Entries()
    for rule in b.instance.rules:
        if isinstance(rule, Requires):
            rows = b.rows("requires", [(rule.id, m) for m in rule.of], -INF, b.number(0), "f_if <= f_r", [rule.id] * len(rule.of))
            for row, member in zip(rows.tolist(), rule.of, strict=True):
                entries.enter(row, funded(b, [rule.if_]), 1)
                entries.enter(row, funded(b, [member]), -1)
        elif isinstance(rule, Excludes):
            row = b.rows("excludes", [(rule.id,)], -INF, b.number(1), "sum_r f_r <= 1", [rule.id])
            entries.enter(int(row[0]), funded(b, rule.of), 1)
        elif isinstance(rule, AtLeast):
            row = b.rows("at_least", [(rule.id,)], b.number(rule.min), INF, "sum_r f_r >= min", [rule.id])
            entries.enter(int(row[0]), funded(b, rule.of), 1)
        elif isinstance(rule, Synergy):
            _synergy(b, rule, entries)
    if entries.rows:
        b.enter(entries.rows, entries.columns, np.array(entries.signs, dtype=b.dtype))


@dataclass
class Entries:
    """Coefficients 1 and -1 of many small rules, handed over at once."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    signs: list[int] = field(default_factory=list)

    def enter(self, row: int, columns: list[int], sign: int) -> None:
        """One row's columns."""
        self.rows += [row] * len(columns)
        self.columns += columns
        self.signs += [sign] * len(columns)


def funded(b: Build, members: Sequence[str]) -> list[int]:
    """Columns t_o of the ways that the members name, one entry per member and way."""
    found = []
    for member in members:
        programme, _, name = (part.strip() for part in member.partition(","))
        for i in b.table.ways_of(programme):
            if name in ("", b.at.ways[i].option, b.at.ways[i].name):
                found.append(int(b.at.chosen[i]))
    return found


def _synergy(b: Build, rule: Synergy, entries: Entries) -> None:
    z = int(b.columns("synergy", [(rule.id,)], b.number(0), b.number(1), "z_q: synergy is earned")[0])
    rows = b.rows("synergy_upper", [(rule.id, m) for m in rule.of], -INF, b.number(0), "z_q <= f_r", [rule.id] * len(rule.of))
    for row, member in zip(rows.tolist(), rule.of, strict=True):
        entries.enter(row, [z], 1)
        entries.enter(row, funded(b, [member]), -1)
    sense = dict(zip(b.criterion_ids, b.signs, strict=True))
    if any(bonus.number * sense[c] > 0 for c, bonus in rule.bonus.items()):
        lower = b.rows("synergy_lower", [(rule.id,)], b.number(1 - len(rule.of)), INF, "z_q >= sum_r f_r - (n - 1)", [rule.id])
        entries.enter(int(lower[0]), [z], 1)
        entries.enter(int(lower[0]), funded(b, rule.of), -1)
    for criterion, bonus in rule.bonus.items():
        b.gain(criterion, z, b.number(bonus.number))
    b.at.synergy[rule.id] = z
