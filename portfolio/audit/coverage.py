"""Rule 13: how far public needs are met.

covered_n = sum kappa e + sum_j kappa_jn u_j,   u_j = min(1, max(0, sum provided e)),   value = sum omega_n phi_n(covered_n / target_n)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from portfolio.audit.curve import coverage_value
from portfolio.audit.selection import Selection
from portfolio.schema.instance import Instance


def coverage(selection: Selection) -> dict[str, Fraction]:
    """Need -> covered / target."""
    covered: dict[str, Fraction] = {}
    provided: dict[str, Fraction] = {}
    for taken in selection.taken:
        for need, amount in taken.way.covers.items():
            covered[need] = covered.get(need, Fraction(0)) + taken.counts(amount, harm=amount < 0)
        for capability, part in taken.way.provides.items():
            provided[capability] = provided.get(capability, Fraction(0)) + taken.counts(part, harm=part < 0)
    for j in selection.instance.capabilities:
        there = min(Fraction(1), max(Fraction(0), provided.get(j.id, Fraction(0))))
        for need, quantity in j.covers.items():
            covered[need] = covered.get(need, Fraction(0)) + quantity.number * there
    return {n.id: covered.get(n.id, Fraction(0)) / n.target.number for n in selection.instance.needs}


def value(instance: Instance, covered: Mapping[str, Fraction], counted: Collection[str]) -> Fraction:
    """sum omega_n phi_n over the counted needs (empty: all)."""
    total = Fraction(0)
    for need in instance.needs:
        if not counted or need.id in counted:
            points = None if need.curve is None else [(b.number, v.number) for b, v in need.curve]
            total += need.weight.number * coverage_value(points, covered[need.id])
    return total
