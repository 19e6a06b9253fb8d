"""Exact numbers: what a file says is what is computed with."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from portfolio.formats.json_text import parse_json
from portfolio.schema.exact import MAX_DIGITS, dot, exact_json, exact_text, to_fraction

BIGGEST = 10**MAX_DIGITS
accepted = st.builds(Fraction, st.integers(-BIGGEST + 1, BIGGEST - 1), st.integers(1, BIGGEST))
money = st.builds(lambda n, d: Fraction(n, 10**d), st.integers(-(10**18), 10**18), st.integers(0, 9))


@given(accepted | money)
def test_the_text_of_a_number_reads_back_to_it(value: Fraction) -> None:
    assert to_fraction(exact_text(value)) == value


@given(accepted | money)
def test_the_json_of_a_number_reads_back_to_it(value: Fraction) -> None:
    assert to_fraction(parse_json(json.dumps(exact_json(value)))) == value


@given(money, st.integers(0, 5))
def test_equal_numbers_have_one_text_however_they_were_written(value: Fraction, zeros: int) -> None:
    text = exact_text(value)
    padded = text + ("" if "." in text else ".") + "0" * zeros
    assert exact_text(to_fraction(padded)) == text
    assert exact_text(to_fraction(Decimal(padded))) == text
    assert exact_text(to_fraction(f"{value.numerator * 3}/{value.denominator * 3}")) == text


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-20, max_value=1e20))
def test_a_float_means_its_shortest_decimal(value: float) -> None:
    assert to_fraction(value) == Fraction(repr(value))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0, Fraction(0)),
        (-7, Fraction(-7)),
        (0.1, Fraction(1, 10)),
        (Decimal("0.10"), Fraction(1, 10)),
        (Decimal("1E+3"), Fraction(1000)),
        ("0.1", Fraction(1, 10)),
        (" 12 ", Fraction(12)),
        ("+12.", Fraction(12)),
        (".5", Fraction(1, 2)),
        ("1e3", Fraction(1000)),
        ("1E-3", Fraction(1, 1000)),
        ("2/3", Fraction(2, 3)),
        ("-2 / 3", Fraction(-2, 3)),
        ("4\t/\t6", Fraction(2, 3)),
        ("0/5", Fraction(0)),
        ("-0", Fraction(0)),
        ("１２", Fraction(12)),
        (Fraction(1, 7), Fraction(1, 7)),
        (10**MAX_DIGITS - 1, Fraction(10**MAX_DIGITS - 1)),
    ],
)
def test_numbers_that_are_read(raw: Any, value: Fraction) -> None:
    assert to_fraction(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        None,
        True,
        False,
        "",
        " ",
        "x",
        "1,000",
        "1_000",
        "0x10",
        "1/0",
        "1/-2",
        "1.5/2",
        "1/2/3",
        "--1",
        "1e",
        "e3",
        ".",
        "nan",
        "inf",
        "1e9999",
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal(f"1e{MAX_DIGITS}"),
        Decimal(f"1e-{MAX_DIGITS + 1}"),
        Decimal("1e999999999"),
        Decimal("-1e-999999999"),
        10**MAX_DIGITS,
        "9" * (MAX_DIGITS + 1),
        "9" * 10_000,
        "1/" + "9" * 10_000,
        [],
        {},
        [1],
        b"1",
        "1\n2",
    ],
)
def test_everything_else_is_refused_at_once(raw: Any) -> None:
    begun = time.perf_counter()
    with pytest.raises(PydanticCustomError):
        to_fraction(raw)
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("value", "text", "plain"),
    [
        (Fraction(12), "12", 12),
        (Fraction(1, 2), "0.5", 0.5),
        (Fraction(-1, 8), "-0.125", -0.125),
        (Fraction(1, 3), "1/3", "1/3"),
        (Fraction(1, 100_000), "0.00001", "0.00001"),
        (Fraction(2**53), "9007199254740992", "9007199254740992"),
        (Fraction(1, 2**40), "1/1099511627776", "1/1099511627776"),
    ],
)
def test_the_canonical_text_and_json(value: Fraction, text: str, plain: Any) -> None:
    assert exact_text(value) == text
    assert exact_json(value) == plain and type(exact_json(value)) is type(plain)


@given(st.lists(st.tuples(st.fractions(max_denominator=60), st.fractions(max_denominator=60)), max_size=12))
def test_dot_is_the_sum_of_the_products(pairs: list[tuple[Fraction, Fraction]]) -> None:
    assert dot(pairs) == sum((a * b for a, b in pairs), Fraction(0))
