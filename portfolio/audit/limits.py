"""Rule 10: private money and physical capacity.

sum over the selection of (1 - rho) C s <= capacity_g,   sum of uses_ct s <= amount_ct in each year that is limited
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from portfolio.audit.selection import Selection
from portfolio.audit.verdict import Tally
from portfolio.schema.exact import dot


def check_limits(selection: Selection, tally: Tally) -> None:
    """Every match group, every limited year of every capacity."""
    for group in selection.instance.match_groups:
        private = dot((t.way.private_cost, t.scale) for t in selection.within(group.select))
        tally.at_most("match", f"match[{group.id}]", private, group.capacity.number)
    used: defaultdict[tuple[str, int], list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for taken in selection.taken:
        for key, amount in taken.way.uses.items():
            used[key].append((amount, taken.scale))
    for capacity in selection.instance.capacities:
        for year, there in capacity.years.items():
            tally.at_most("capacity", f"capacity[{capacity.id},{year}]", dot(used[capacity.id, year]), there.number)
