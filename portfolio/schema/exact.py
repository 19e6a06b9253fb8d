"""Exact numbers: what a file says is what is computed with.

A JSON number, a decimal string or a fraction string becomes a `Fraction`; floats enter only through their shortest
decimal form (0.1 means one tenth). NaN and infinities are refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_FRACTION = re.compile(r"([+-]?\d+)\s*/\s*(\d+)")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
MAX_DIGITS = 400
"""Most digits of the numerator and of the denominator: published values fit (a CVaR through a 17 x 17 ripple table has about 150),
arithmetic stays fast."""
LONGEST_DECIMAL = 30
"""Decimals up to which a terminating number is written as a decimal rather than p/q."""
LONGEST_TEXT = 2 * MAX_DIGITS + 10
"""Characters; room for the canonical text of every accepted number (p/q with a sign)."""


def to_fraction(raw: Any) -> Fraction:
    """Exact value of a number as written; raises a pydantic error naming what was expected."""
    if isinstance(raw, Fraction):
        return raw
    value = _read(raw)
    if value is None or abs(value.numerator) >= 10**MAX_DIGITS or value.denominator > 10**MAX_DIGITS:
        raise PydanticCustomError("exact_number", "a number, a decimal string or a fraction such as 2/3")
    return value


def dot(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """sum a b: products over one denominator are added as integers, for a common divisor is sought in every operation of fractions."""
    tops: dict[int, int] = {}
    for a, b in pairs:
        under = a.denominator * b.denominator
        tops[under] = tops.get(under, 0) + a.numerator * b.numerator
    return sum((Fraction(top, under) for under, top in tops.items()), Fraction(0))


def _read(raw: Any) -> Fraction | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return Fraction(raw)
    if isinstance(raw, float):
        return Fraction(repr(raw)) if math.isfinite(raw) else None
    if isinstance(raw, Decimal):
        # The digits are counted before the number is written out: Fraction(Decimal("1e999999999")) would never return.
        short = raw.is_finite() and abs(raw.adjusted()) <= LONGEST_TEXT and len(raw.as_tuple().digits) <= LONGEST_TEXT
        return Fraction(raw) if short else None
    if isinstance(raw, str) and len(raw) <= LONGEST_TEXT:
        text = raw.strip()
        if _DECIMAL.fullmatch(text):
            return _read(Decimal(text))
        parts = _FRACTION.fullmatch(text)
        if parts and int(parts[2]):
            return Fraction(int(parts[1]), int(parts[2]))
    return None


def exact_text(value: Fraction) -> str:
    """Canonical text: an integer, else a terminating decimal, else p/q. Inverse of `to_fraction`."""
    if value.denominator == 1:
        return str(value.numerator)
    twos = fives = 0
    rest = value.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    digits = max(twos, fives)
    if rest != 1 or digits > LONGEST_DECIMAL:
        return f"{value.numerator}/{value.denominator}"
    scaled = abs(value.numerator) * 10**digits // value.denominator
    text = str(scaled).rjust(digits + 1, "0")
    return ("-" if value < 0 else "") + text[:-digits] + "." + text[-digits:]


def exact_json(value: Fraction) -> int | float | str:
    """A JSON number where that is exact and short, else the canonical text."""
    if value.denominator == 1 and abs(value.numerator) < 2**53:
        return value.numerator
    text = exact_text(value)
    if (
        value.denominator > 1
        and "/" not in text
        and len(text) <= 16
        and "e" not in repr(float(text))
        and Fraction(repr(float(text))) == value
    ):
        return float(text)
    return text


NUMERAL = r"^\s*[+-]?(\d+\s*/\s*\d+|(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?)\s*$"
"""Pattern of a number written as text."""

Exact = Annotated[
    Fraction,
    BeforeValidator(to_fraction),
    PlainSerializer(exact_json),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMERAL}]}),
]
"""An exact rational; in files a number, a decimal string or a fraction string."""
