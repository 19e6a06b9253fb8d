"""Numbers as text: rounded once, never flattering, in the unit of the country."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from portfolio.report.numbers import fixed, in_words, money_unit, percent, percent_up, significant
from portfolio.schema.instance import Header

YEN = Header(id="x", first_year=2026, last_year=2026, currency="JPY", unit="JPY bn", grid=F(1, 1000))
OTHER = Header(id="x", first_year=2026, last_year=2026, currency="EUR", unit="EUR mn", grid=F(1, 10))


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (fixed(F(12345, 10), 1), "1,234.5"),
        (fixed(F(-1, 2), 0), "0"),
        (fixed(F(-3, 2), 1), "-1.5"),
        (significant(F(2, 3)), "0.6667"),
        (significant(F(1234567)), "1,234,567"),
        (significant(F(-12)), "-12"),
        (percent(F(18, 100)), "18 %"),
        (percent(F(38, 100), sign=True), "+38 %"),
        (percent_up(F(1, 3000)), "0.034 %"),
        (percent_up(F(0)), "0 %"),
        (percent_up(F(1, 10**12)), "0.0001 %"),
    ],
)
def test_numbers(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    ("header", "amount", "lang", "label", "text"),
    [
        (YEN, 15_234, "en", "trillion yen", "15.234"),
        (YEN, 15_234, "ja", "億円", "152,340"),
        (YEN, 412, "en", "billion yen", "412.0"),
        (YEN, 5, "ja", "百万円", "5,000"),
        (OTHER, 12, "en", "EUR mn", "12.0"),
    ],
)
def test_money_in_the_customary_unit(header: Header, amount: int, lang: str, label: str, text: str) -> None:
    unit = money_unit(header, F(amount), lang)
    assert (unit.label, unit.text(F(amount))) == (label, text)


def test_money_in_sentences() -> None:
    assert in_words(YEN, F(15_234), "en") == "15.2 trillion yen"
    assert in_words(YEN, F(15_234), "ja") == "15.2兆円"
    assert in_words(OTHER, F(12), "ja") == "12 EUR mn"
