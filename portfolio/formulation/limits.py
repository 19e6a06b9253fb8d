"""What money cannot buy in a year: talent, construction, testing sites; and the private side's money.

capacity  sum_o use_oct s_o <= available_ct          match  sum_(o in g) (1 - rho_o) C_o s_o <= capacity_g
"""

from __future__ import annotations

import numpy as np

from portfolio.formulation.build import INF, Build
from portfolio.formulation.effects import on_scale


def add(b: Build) -> None:
    """Rows capacity[c,t] and match[g]."""
    keys = [(c, t) for c in b.instance.capacities for t in sorted(c.years)]
    top = b.numbers(c.years[t].number for c, t in keys)
    rows = b.rows("capacity", [(c.id, t) for c, t in keys], -INF, top, "sum_o use s_o <= available", [c.id for c, _ in keys])
    for row, (capacity, year) in zip(rows, keys, strict=True):
        on_scale(b, row, *b.table.amounts("uses").of((capacity.id, year)))
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
        ways = np.flatnonzero(b.table.admitted(group.select))
        on_scale(b, row, ways, b.table.private[ways])
