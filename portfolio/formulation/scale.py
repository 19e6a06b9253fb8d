"""The money unit of the Program, chosen in one place and undone in the same file.

Unscaled money gives wrong answers: with amounts of 1e10-1e12 HiGHS called feasible models infeasible (measured: 1-13 % of 400 small models).
"""

from __future__ import annotations

from fractions import Fraction

from portfolio.numerics import LARGEST_MONEY_DIGITS
from portfolio.schema.instance import Instance


def money_unit(instance: Instance) -> Fraction:
    """Instance money per Program money: the power of ten that brings the largest amount to 100..999.

    Unit: instance money units per Program unit. Amounts then lie within about 1e-3..1e3, far above the row tolerance of 1e-6.
    """
    largest = _largest_cost(instance)
    for fund in instance.funds:
        largest = max(largest, *(q.number for q in fund.years.values()), Fraction(0))
    digits = 0
    while largest >= 10 ** (digits + 1):
        digits += 1
    while 0 < largest < Fraction(10) ** digits:
        digits -= 1
    return Fraction(10) ** (digits - LARGEST_MONEY_DIGITS)


def _largest_cost(instance: Instance) -> Fraction:
    """max_o units_o rho_o C_o. Rounding is monotone, so the largest is among those that round to the largest float."""
    rounded = [
        w.units * w.rate.numerator * w.cost.numerator / (w.rate.denominator * w.cost.denominator) for w in instance.ways
    ]  # fmt: skip
    top = max(rounded, default=0.0)
    tied = (w for w, size in zip(instance.ways, rounded, strict=True) if size == top)
    return max((w.public_cost * w.units for w in tied), default=Fraction(0))


def to_instance_money(amount: float, unit: Fraction) -> float:
    """Program money -> instance money."""
    return amount * float(unit)
