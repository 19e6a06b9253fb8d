"""Rule 8: when committed money turns into cash, in integers.

A payment X made in year t is paid out in year t + j as R(X P_j) - R(X P_(j-1)), P_j = sum of the first j + 1 shares, P_(-1) = 0,
R(z) = floor(z + 1/2): cumulative rounding, so that the outlays of a payment sum to the payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from portfolio.audit.selection import Selection
from portfolio.schema.way import Way


@dataclass(frozen=True, slots=True)
class Stream:
    """Grid units that one fund commits to one way and pays out for it, one entry per year of the horizon; later: after it."""

    way: Way
    fund: str
    committed: list[int]
    outlay: list[int]
    later: int


def outlays(amount: int, cumulative: Sequence[Fraction]) -> list[int]:
    """Grid units paid out in the year of the payment, the next, ...; cumulative: P_0, P_1, ..., 1."""
    # floor(X n/d + 1/2) = (2 X n + d) // (2 d) in integers
    reached = [(2 * amount * p.numerator + p.denominator) // (2 * p.denominator) for p in cumulative]
    return [now - before for now, before in zip(reached, [0, *reached], strict=False)]


def streams(selection: Selection) -> tuple[Stream, ...]:
    """One stream per way taken and fund that pays for it."""
    instance = selection.instance
    horizon, first = len(instance.years), instance.header.first_year
    cumulative = {f.id: list(accumulate(share.number for share in f.outlay_profile)) for f in instance.funds}
    found: list[Stream] = []
    for taken in selection.taken:
        table = {fund: ([0] * horizon, [0] * horizon) for fund in taken.by_fund}
        later = dict.fromkeys(table, 0)
        for (fund, year), amount in taken.paid.items():
            committed, outlay = table[fund]
            committed[year - first] += amount
            for t, cash in enumerate(outlays(amount, cumulative[fund]), year - first):
                if t < horizon:
                    outlay[t] += cash
                else:
                    later[fund] += cash
        found += [Stream(taken.way, fund, *rows, later[fund]) for fund, rows in table.items()]
    return tuple(found)


def add_up(rows: Sequence[list[int]], horizon: int) -> list[int]:
    """Year by year sum of rows; zeros without rows."""
    return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * horizon
