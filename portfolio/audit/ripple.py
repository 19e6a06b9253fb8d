"""How a cut travels downstream: y = (I - B)^-1 1, that is y_f = 1 + sum_g B_fg y_g.

B_fg = money lost in field g per unit of money lost in field f (Ghosh-type). V_i = value_i y_f(i). Solved by Gauss-Jordan in rationals.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from portfolio.schema.catalogue import RippleLink


@lru_cache(maxsize=8)
def multipliers(links: tuple[RippleLink, ...]) -> Mapping[str, Fraction] | None:
    """Field -> y_f for the fields of the table; None when I - B has no inverse."""
    share: dict[tuple[str, str], Fraction] = {}
    for link in links:
        key = (link.from_field, link.to_field)
        share[key] = share.get(key, Fraction(0)) + link.share.number
    names = sorted({name for key in share for name in key})
    size = len(names)
    rows = [[(f == g) - share.get((f, g), Fraction(0)) for g in names] + [Fraction(1)] for f in names]
    for i in range(size):
        pivot = next((j for j in range(i, size) if rows[j][i]), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                factor = rows[j][i]
                rows[j] = [a - factor * b if b else a for a, b in zip(rows[j], rows[i], strict=True)]
    return MappingProxyType({name: rows[i][-1] for i, name in enumerate(names)})
