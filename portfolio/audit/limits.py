"""Rule 10: private money and physical capacity.

sum over the selection of (1 - rho) C s <= capacity_g,   sum of uses_ct s <= amount_ct in each year that is limited
"""

from __future__ import annotations

from fractions import Fraction

from portfolio.audit.selection import Selection
from portfolio.audit.verdict import Tally


def check_limits(selection: Selection, tally: Tally) -> None:
    """Every match group, every limited year of every capacity."""
    for group in selection.instance.match_groups:
        private = sum(((1 - t.way.rate) * t.way.cost * t.scale for t in selection.within(group.select)), Fraction(0))
        tally.at_most("match", f"match[{group.id}]", private, group.capacity.number)
    used: dict[tuple[str, int], Fraction] = {}
    for taken in selection.taken:
        for key, amount in taken.way.uses.items():
            used[key] = used.get(key, Fraction(0)) + amount * taken.scale
    for capacity in selection.instance.capacities:
        for year, there in capacity.years.items():
            tally.at_most("capacity", f"capacity[{capacity.id},{year}]", used.get((capacity.id, year), Fraction(0)), there.number)
