"""Numbers as text, from exact values: no float is involved, so what is printed is the value rounded once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from portfolio.formats.tables.cells import yen_per_unit
from portfolio.schema.instance import Header

NONE = "-"
_TRILLION, _BILLION, _OKU, _MILLION = 10**12, 10**9, 10**8, 10**6


def whole(value: Fraction) -> int:
    """Rounded half up."""
    return floor(value + Fraction(1, 2))


def placed(units: int, decimals: int) -> str:
    """An integer of 10^-decimals as text: 12345 with 2 decimals is 123.45; thousands are grouped."""
    digits = str(abs(units)).rjust(decimals + 1, "0")
    head, tail = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    return ("-" if units < 0 else "") + f"{int(head):,}" + (f".{tail}" if decimals else "")


def fixed(value: Fraction, decimals: int) -> str:
    """With so many decimals."""
    return placed(whole(value * 10**decimals), decimals)


def significant(value: Fraction, digits: int = 4) -> str:
    """With so many significant digits, whole numbers in full."""
    if value == 0:
        return "0"
    decimals, size = 0, abs(value)
    while size < 10 ** (digits - 1) and decimals < 12:
        size, decimals = size * 10, decimals + 1
    text = fixed(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Fraction, decimals: int = 0, sign: bool = False) -> str:
    """12 %; with `sign` +12 %."""
    text = fixed(share * 100, decimals)
    return f"{'+' if sign and share > 0 else ''}{text} %"


def percent_up(share: Fraction) -> str:
    """A gap, never shown smaller than it is: two significant digits, rounded up."""
    if share <= 0:
        return "0 %"
    value, decimals = share * 100, 0
    while value * 10**decimals < 10 and decimals < 4:
        decimals += 1
    units = -floor(-value * 10**decimals)
    return f"{placed(units, decimals)} %"


@dataclass(frozen=True)
class Unit:
    """How amounts of the instance are printed. factor: instance unit -> printed unit."""

    label: str
    factor: Fraction
    decimals: int

    def text(self, amount: Fraction) -> str:
        """The amount alone, rounded."""
        return fixed(amount * self.factor, self.decimals)

    def units(self, amount: Fraction) -> Fraction:
        """In last printed digits: what the rounding of tables works on."""
        return amount * self.factor * int(10**self.decimals)

    def printed(self, units: int) -> str:
        """Text of a rounded cell; a dash for nothing."""
        return placed(units, self.decimals) if units else NONE


def money_unit(header: Header, largest: Fraction, lang: str) -> Unit:
    """Yen in the unit customary for the size and language, any other currency in the instance's own unit."""
    yen = yen_per_unit(header.unit) if header.currency in ("", "JPY") else None
    if yen is None:
        return Unit(header.unit or header.currency, Fraction(1), _decimals(largest, header.grid))
    size = abs(largest) * yen
    if lang == "ja":
        label, scale = ("億円", _OKU) if size >= 100 * _OKU else ("百万円", _MILLION)
        decimals = 0
    elif size >= _TRILLION:
        label, scale, decimals = "trillion yen", _TRILLION, 3
    elif size >= _BILLION:
        label, scale, decimals = "billion yen", _BILLION, 1
    else:
        label, scale, decimals = "million yen", _MILLION, 0
    return Unit(label, Fraction(yen) / scale, decimals)


def in_words(header: Header, amount: Fraction, lang: str) -> str:
    """An amount in a sentence: 15.2 trillion yen, 15.2兆円."""
    yen = yen_per_unit(header.unit) if header.currency in ("", "JPY") else None
    if yen is None:
        return f"{significant(amount)} {header.unit}".strip()
    steps = (
        ((10**12, "兆円"), (10**8, "億円"), (10**4, "万円"))
        if lang == "ja"
        else ((10**12, " trillion yen"), (10**9, " billion yen"), (10**6, " million yen"))
    )
    size = amount * yen
    scale, label = next(((s, name) for s, name in steps if abs(size) >= s), steps[-1])
    return f"{significant(size / scale, 3)}{label}"


def _decimals(largest: Fraction, grid: Fraction) -> int:
    """About five digits, and no more decimals than published amounts have."""
    by_size = 0 if largest >= 1000 else 1 if largest >= 100 else 2 if largest >= 10 else 3
    by_grid = 0
    while by_grid < 3 and (grid * 10**by_grid).denominator != 1:
        by_grid += 1
    return min(by_size, by_grid)
