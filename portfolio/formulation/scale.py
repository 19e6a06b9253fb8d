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
    largest = max((way.public_cost * way.units for way in instance.ways), default=Fraction(0))
    for fund in instance.funds:
        largest = max(largest, *(q.number for q in fund.years.values()), Fraction(0))
    digits = 0
    while largest >= 10 ** (digits + 1):
        digits += 1
    while 0 < largest < Fraction(10) ** digits:
        digits -= 1
    return Fraction(10) ** (digits - LARGEST_MONEY_DIGITS)


def to_instance_money(amount: float, unit: Fraction) -> float:
    """Program money -> instance money."""
    return amount * float(unit)
