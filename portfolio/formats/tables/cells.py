"""What people type into cells -> exact raw data, and back.

Full-width digits, thousands commas, ▲ for minus, %, 円 / 億円 / 兆円: read exactly (Decimal or fraction text), never through a float.
Text that cannot be read as a number is handed on as it stands: the schema then says what was expected.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from portfolio.schema.exact import MAX_DIGITS, exact_text

LONGEST = 32_767
"""Characters in a cell of a workbook (Excel's limit)."""
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " "}
_SIGNS = str.maketrans("−‐–▲△⁄￥×\u3000\u2009\u202f", "-----/¥x   ")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_PLAIN = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$")
_FRACTION = re.compile(r"^[+-]?\d+\s*/\s*\d+$")
_YEAR = re.compile(r"^(?:FY|fy)?\s*(\d{4})\s*(?:年度?)?$")
_PART = re.compile(r"([\d.,]+)\s*(兆|億|万|十億|百万|千)?")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?.*)?$")
_POWERS = {"兆": 12, "億": 8, "万": 4, "十億": 9, "百万": 6, "千": 3, None: 0, "": 0}
_WORDS = (("trillion", 12), ("tn", 12), ("billion", 9), ("bn", 9), ("million", 6), ("mn", 6), ("m", 6), ("thousand", 3), ("k", 3))
_DANGEROUS = re.compile(r"^'*[=+\-@\t\r]")
YES, NO = frozenset({"yes", "true", "1", "y", "はい", "○", "有"}), frozenset({"no", "false", "0", "n", "いいえ", "×", "無"})


class CellProblem(ValueError):
    """A cell whose content has a meaning that must not be guessed; code and params as in the message catalogue."""

    def __init__(self, code: str, **params: str) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def narrow(text: str) -> str:
    """Full-width ASCII made half-width, ends trimmed: for ids and choices."""
    return (text if text.isascii() else text.translate(_WIDE)).strip()


def number(text: str, money_unit: Fraction | None = None) -> int | Decimal | str:
    """A number as raw JSON data; anything unreadable comes back as text.

    money_unit: yen per unit of the instance's money (None: not a money cell, or a unit nobody can convert).
    Raises CellProblem for a date and for a money unit that cannot be converted.
    """
    if _DATE.match(text.strip()):
        raise CellProblem("cell_date")
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_SIGNS)).strip()
    if plain.startswith("- "):
        plain = "-" + plain[1:].strip()
    if plain.endswith("%") and _is_decimal(plain[:-1].strip()):
        return _short(Fraction(_decimal(plain[:-1].strip())) / 100)
    if _is_decimal(plain):
        value = _decimal(plain)
        return int(plain.replace(",", "")) if re.fullmatch(r"[+-]?[\d,]+", plain) else value
    if _FRACTION.match(plain):
        return plain.replace(" ", "")
    if any(sign in plain for sign in "¥円兆億万") or plain.lower().endswith((" yen", " jpy")):
        return _money(plain, text, money_unit)
    return text


def _is_decimal(text: str) -> bool:
    return len(text) <= MAX_DIGITS and bool(_PLAIN.match(text) or _GROUPED.match(text))


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _short(value: Fraction) -> int | Decimal | str:
    text = exact_text(value)
    return text if "/" in text else (int(text) if value.denominator == 1 else Decimal(text))


def _money(plain: str, text: str, money_unit: Fraction | None) -> int | Decimal | str:
    body = plain.replace("¥", "").removesuffix("円").strip()
    for word in (" yen", " jpy"):
        body = body[: -len(word)].strip() if body.lower().endswith(word) else body
    sign, body = (-1, body[1:]) if body.startswith("-") else (1, body.removeprefix("+"))
    parts = _PART.findall(body)
    if not parts or _PART.sub("", body).strip() or not all(_is_decimal(digits) for digits, _ in parts):
        return text
    powers = [_POWERS[power] for _, power in parts]
    if any(a <= b for a, b in pairwise(powers)):
        return text
    if money_unit is None:
        raise CellProblem("cell_unit")
    yen = sum((Fraction(_decimal(digits)) * 10 ** _POWERS[power] for digits, power in parts), Fraction(0))
    return _short(sign * yen / money_unit)


def yen_per_unit(unit: str) -> Fraction | None:
    """Yen in one money unit of the instance: 'JPY bn' -> 10^9, '百万円' -> 10^6; None when it is not a yen unit."""
    plain = unicodedata.normalize("NFKC", unit).strip().lower()
    if plain.endswith("円"):
        digits = re.fullmatch(r"(\d*)(十億|百万|兆|億|万|千)?円", plain)
        return None if digits is None else Fraction(int(digits[1] or 1) * 10 ** _POWERS[digits[2]])
    if not re.search(r"\b(jpy|yen)\b|¥", plain):
        return None
    rest = re.sub(r"\b(jpy|yen|of)\b|¥", " ", plain).split()
    factor = Fraction(1)
    for word in rest:
        power = dict(_WORDS).get(word)
        if power is None and not word.isdigit():
            return None
        factor *= 10**power if power is not None else int(word)
    return factor


def whole(text: str) -> int | str:
    """A whole number or a year (2026, ２０２６年度, FY2026); anything else comes back as text for the schema to refuse."""
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_SIGNS)).strip()
    year = _YEAR.match(plain)
    if year:
        return int(year[1])
    found = number(text)
    if isinstance(found, Decimal) and found == found.to_integral_value() and abs(found.adjusted()) < MAX_DIGITS:
        return int(found)
    return found if isinstance(found, int) else text


def yes_no(text: str) -> bool:
    """yes/no in either language; CellProblem otherwise."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain not in YES | NO and text.strip() not in YES | NO:
        raise CellProblem("cell_yes_no")
    return plain in YES or text.strip() in YES


def parts(text: str, separator: str = ";") -> list[str]:
    """A list in a cell, split at `;` (also `；`) outside parentheses; empty entries are dropped."""
    found, depth, start = [], 0, 0
    text = text.replace("；", ";").replace("（", "(").replace("）", ")") if separator == ";" else text
    for i, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == separator and depth == 0:
            found.append(text[start:i])
            start = i + 1
    return [part.strip() for part in (*found, text[start:]) if part.strip()]


def quantity(text: str, money_unit: Fraction | None = None) -> Any:
    """A number, `@id`, or a product `a=2; b=(c=@x; d=3)` as raw JSON data."""
    plain = narrow(text)
    if plain.startswith("@"):
        return "@" + plain[1:].strip()
    if "=" not in plain:
        return number(text, money_unit)
    factors: dict[str, Any] = {}
    for part in parts(plain):
        name, equals, rest = part.partition("=")
        name, rest = name.strip(), rest.strip()
        if not equals or not name or not rest or name in factors or rest.count("(") != rest.count(")"):
            raise CellProblem("cell_product")
        factors[name] = quantity(rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest)
    return {"factors": factors}


def product_text(factors: dict[str, Any]) -> str:
    """Inverse of `quantity` for a product whose numbers carry no annotation (any longer)."""
    return "; ".join(f"{name}={_nested(value)}" for name, value in factors.items())


def _nested(value: Any) -> str:
    return f"({product_text(value['factors'])})" if isinstance(value, dict) else number_text(value)


def number_text(value: Any) -> str:
    """Text of a raw JSON number (int, Decimal, a float that was exact, or text)."""
    return repr(value) if isinstance(value, float) else str(value)


def protect(text: str) -> str:
    """Text for a CSV cell: what a spreadsheet would run as a formula (= + - @ TAB CR) gets an apostrophe in front."""
    return "'" + text if _DANGEROUS.match(text) else text


def unprotect(text: str) -> str:
    """Inverse of `protect`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text


def dangerous(text: str) -> bool:
    """Would a spreadsheet take this text for a formula?"""
    return bool(_DANGEROUS.match(text))
