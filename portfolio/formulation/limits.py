"""What money cannot buy in a year: talent, construction, testing sites; and the private side's money.

capacity  sum_o use_oct s_o <= available_ct          match  sum_(o in g) (1 - rho_o) C_o s_o <= capacity_g
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.build import INF, Build

ZERO = Fraction(0)


def add(b: Build) -> None:
    """Rows capacity[c,t] and match[g]."""
    keys = [(c, t) for c in b.instance.capacities for t in sorted(c.years)]
    top = b.numbers(c.years[t].number for c, t in keys)
    rows = b.rows("capacity", [(c.id, t) for c, t in keys], -INF, top, "sum_o use s_o <= available", [c.id for c, _ in keys])
    for row, (capacity, year) in zip(rows, keys, strict=True):
        _on_scale(b, int(row), [way.uses.get((capacity.id, year), ZERO) for way in b.at.ways])
    groups = b.instance.match_groups
    limits = b.rows(
        "match",
        [(g.id,) for g in groups],
        -INF,
        b.money(g.capacity.number for g in groups),
        "sum (1 - rho) C s <= capacity",
        [g.id for g in groups],
    )
    for row, group in zip(limits, groups, strict=True):
        private = [(1 - w.rate) * w.cost / b.unit if group.select.admits(w) else ZERO for w in b.at.ways]
        _on_scale(b, int(row), private)


def _on_scale(b: Build, row: int, per_way: list[Fraction]) -> None:
    """Enter sum_o value_o s_o on one row."""
    values = b.numbers(per_way)
    used = np.flatnonzero(values[b.at.point_way] != 0)
    b.enter(row, b.at.point_col[used], values[b.at.point_way[used]] * b.at.point_b[used])
