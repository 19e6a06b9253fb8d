"""Which way a programme is carried out.

sum_(o in O(p)) t_o <= 1   (= 1 mandatory, = 0 forbidden)
y_o in {0..n_o},  t_o in {0,1},  t_o <= y_o <= n_o t_o   (t_o is y_o itself when n_o = 1)
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.build import Build


def add(b: Build) -> None:
    """Columns take[p,o] (units) and, for repeatable ways, chosen[p,o]; rows one_way[p]."""
    ways = b.at.ways
    index = [(w.programme, w.name) for w in ways]
    units = b.numbers(Fraction(0 if w.forbidden else w.units) for w in ways)
    take = b.columns("take", index, b.number(0), units, "y_o: units of option o taken", integer=True)
    chosen = take.copy()
    many = [i for i, w in enumerate(ways) if w.units > 1]
    if many:
        flags = b.columns("chosen", [index[i] for i in many], b.number(0), b.number(1), "t_o: option o is taken", integer=True)
        chosen[many] = flags
        low = b.rows("chosen_lower", [index[i] for i in many], b.number(0), float("inf"), "y_o - t_o >= 0")
        b.enter(low, take[many], b.number(1))
        b.enter(low, flags, b.number(-1))
        high = b.rows("chosen_upper", [index[i] for i in many], -float("inf"), b.number(0), "y_o - n_o t_o <= 0")
        b.enter(high, take[many], b.number(1))
        b.enter(high, flags, -units[many])
    b.at.take, b.at.chosen = take, chosen
    programmes = b.instance.programmes
    position = {p.id: i for i, p in enumerate(programmes)}
    several = np.bincount([position[w.programme] for w in ways], minlength=len(programmes))
    needed = [i for i, p in enumerate(programmes) if several[i] > 1 or p.mandatory]
    mandatory = b.numbers(Fraction(programmes[i].mandatory) for i in needed)
    rows = b.rows("one_way", [(programmes[i].id,) for i in needed], mandatory, b.number(1), "sum_o t_o <= 1 (= 1 if mandatory)")
    row_of = dict(zip(needed, rows, strict=True))
    members = [(row_of[position[w.programme]], chosen[i]) for i, w in enumerate(ways) if position[w.programme] in row_of]
    if members:
        b.enter([r for r, _ in members], [c for _, c in members], b.number(1))
