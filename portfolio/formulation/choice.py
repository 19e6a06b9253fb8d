"""Which way a programme is carried out.

sum_(o in O(p)) t_o <= 1   (= 1 mandatory, = 0 forbidden)
y_o in {0..n_o},  t_o in {0,1},  t_o <= y_o <= n_o t_o   (t_o is y_o itself when n_o = 1)
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.build import INF, Build
from portfolio.program import Keys


def add(b: Build) -> None:
    """Columns take[p,o] (units) and, for repeatable ways, chosen[p,o]; rows one_way[p]."""
    index = b.table.keys
    units = np.where(b.table.forbidden, b.number(0), b.table.units)
    b.at.take = b.columns("take", index, b.number(0), units, "y_o: units of option o taken", integer=True)
    b.at.chosen = b.at.take.copy()
    many = np.flatnonzero(b.table.units > 1)
    if len(many):
        some = index.take(many)
        flags = b.columns("chosen", some, b.number(0), b.number(1), "t_o: option o is taken", integer=True)
        b.at.chosen[many] = flags
        low = b.rows("chosen_lower", some, b.number(0), INF, "y_o - t_o >= 0")
        b.enter(low, b.at.take[many], b.number(1))
        b.enter(low, flags, b.number(-1))
        high = b.rows("chosen_upper", some, -INF, b.number(0), "y_o - n_o t_o <= 0")
        b.enter(high, b.at.take[many], b.number(1))
        b.enter(high, flags, -units[many])
    _one_way(b)


def _one_way(b: Build) -> None:
    programmes = b.instance.programmes
    mandatory = np.array([p.mandatory for p in programmes], dtype=bool)
    needed = np.flatnonzero((np.diff(b.table.first_of) > 1) | mandatory)
    least = b.numbers(Fraction(int(m)) for m in mandatory[needed])
    index = Keys(([p.id for p in programmes], needed))
    rows = b.rows("one_way", index, least, b.number(1), "sum_o t_o <= 1 (= 1 if mandatory)")
    row_of = np.full(len(programmes), -1)
    row_of[needed] = rows
    row = row_of[b.table.owner]
    b.enter(row[row >= 0], b.at.chosen[row >= 0], b.number(1))
