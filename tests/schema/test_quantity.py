"""Annotated numbers and bilingual texts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from portfolio.schema.quantity import Quantity, plain
from portfolio.schema.record import Text
from portfolio.schema.shared import LONGEST_CHAIN, read_shared

PRODUCT = {"factors": {"a": "@market", "b": {"value": 2, "kind": "stated"}}}


def quantity(raw: Any, **shared: Any) -> Quantity:
    return Quantity.model_validate(raw, context={"quantities": read_shared(shared).known})


# -- texts -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("raw", "en", "ja", "dumped"),
    [
        ("Chips", "Chips", "Chips", "Chips"),
        ({"en": "Chips", "ja": "半導体"}, "Chips", "半導体", {"en": "Chips", "ja": "半導体"}),
        ({"en": "Chips"}, "Chips", "Chips", {"en": "Chips", "ja": ""}),
        ({"ja": "半導体"}, "半導体", "半導体", {"en": "", "ja": "半導体"}),
        ({}, "", "", ""),
    ],
)
def test_a_text_speaks_both_languages_and_falls_back_on_the_other(raw: Any, en: str, ja: str, dumped: Any) -> None:
    text = Text.model_validate(raw)
    assert (text.get("en"), text.get("ja")) == (en, ja)
    assert text.model_dump() == dumped
    assert Text.model_validate(dumped) == text
    assert bool(text) is bool(en or ja)


@pytest.mark.parametrize("raw", [5, None, True, [], ["a"], {"fr": "x"}, {"en": 5}])
def test_anything_else_is_no_text(raw: Any) -> None:
    with pytest.raises(ValidationError):
        Text.model_validate(raw)


# -- numbers -----------------------------------------------------------------------------------------------------------
def test_a_product_multiplies_its_factors_exactly() -> None:
    found = quantity({"factors": {"market": "@market", "share": "1/3", "rate": {"value": 0.1}}}, market=3000)
    assert found.number == Fraction(100)


def test_products_nest() -> None:
    assert quantity({"factors": {"a": {"factors": {"b": 2, "c": 3}}, "d": "0.5"}}).number == 3


def test_a_reference_has_the_number_unit_and_kind_of_what_it_points_to() -> None:
    shared = {"market": {"value": 5, "unit": "JPY bn", "kind": "judgement"}}
    assert quantity("@market", **shared) == quantity({"ref": "market"}, **shared)
    found = quantity("@market", **shared)
    assert (found.number, found.named_unit, found.weakest) == (5, "JPY bn", "judgement")


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a")])
def test_shared_quantities_may_refer_to_each_other_in_any_order(order: tuple[str, ...]) -> None:
    """A reference to a shared quantity that itself refers to another one once counted as 1."""
    shared = {"a": "@b", "b": {"factors": {"x": "@c", "y": 2}}, "c": 7}
    assert quantity("@a", **{name: shared[name] for name in order}).number == 14


@pytest.mark.parametrize(
    ("shared", "circles"),
    [
        ({"a": "@a"}, {"a"}),
        ({"a": "@b", "b": "@a"}, {"a"}),
        ({"a": {"factors": {"x": "@b"}}, "b": {"ref": "c"}, "c": "@a"}, {"a"}),
        ({"a": "@b", "b": "@a", "c": "@d", "d": "@c", "e": 1}, {"a", "c"}),
        ({"a": "@missing"}, set()),
        ({"a": {"value": 1, "note": "@a"}}, set()),
    ],
)
def test_circles_of_shared_quantities_are_found(shared: dict[str, Any], circles: set[str]) -> None:
    assert read_shared(shared).circles == circles


def test_a_chain_of_references_has_a_limit_instead_of_a_stack_overflow() -> None:
    chain: dict[str, Any] = {f"q{i}": f"@q{i + 1}" for i in range(5000)}
    read = read_shared({**chain, "q5000": 3})
    assert read.circles
    short = {f"q{i}": f"@q{i + 1}" for i in range(LONGEST_CHAIN - 1)}
    assert not read_shared({**short, f"q{LONGEST_CHAIN - 1}": 3}).circles


@pytest.mark.parametrize(
    ("raw", "valid"),
    [
        ({"value": 5, "low": 5, "high": 5}, True),
        ({"value": 5, "low": 4}, True),
        ({"value": 5, "high": 6}, True),
        ({"value": 5, "low": "5.0000001"}, False),
        ({"value": 5, "high": "4.9999999"}, False),
        ({"factors": {"a": 2, "b": 3}, "low": 6, "high": 6}, True),
        ({"factors": {"a": 2, "b": 3}, "low": 7}, False),
        ({"ref": "market", "low": 4, "high": 6}, True),
        ({"ref": "market", "high": 4}, False),
        ({"value": 5, "factors": {"a": 5}}, False),
        ({"value": 5, "ref": "market"}, False),
        ({"low": 5}, False),
        ({}, False),
        ({"factors": {}}, False),
        ({"factors": {"a b": 1}}, False),
        ("@nothing", False),
        ("@", False),
        ([5], False),
        (None, False),
    ],
)
def test_a_number_has_one_home_and_lies_in_its_range(raw: Any, valid: bool) -> None:
    if valid:
        assert quantity(raw, market=5).number in (5, 6)
    else:
        with pytest.raises(ValidationError):
            quantity(raw, market=5)


@pytest.mark.parametrize(
    ("kinds", "own", "weakest"),
    [
        (["stated", "stated"], None, "stated"),
        (["stated", "derived"], None, "derived"),
        (["stated", None], None, None),
        (["stated", "judgement", None], None, "judgement"),
        (["stated", "stated"], "judgement", "judgement"),
        (["judgement"], "stated", "judgement"),
    ],
)
def test_a_product_is_as_weak_as_its_weakest_part(kinds: list[str | None], own: str | None, weakest: str | None) -> None:
    factors = {f"f{i}": {"value": 1, "kind": kind} for i, kind in enumerate(kinds)}
    assert quantity({"factors": factors, "kind": own}).weakest == weakest


@pytest.mark.parametrize(
    ("raw", "dumped"),
    [
        (5, 5),
        ("5.0", 5),
        ({"value": "1/3"}, "1/3"),
        ("@market", "@market"),
        ({"ref": "market"}, "@market"),
        ({"ref": "market", "low": 4, "note": "Why."}, {"ref": "market", "low": 4, "note": "Why."}),
        ({"value": 5, "source": "plan"}, {"value": 5, "source": "plan"}),
        ({"value": 5, "source": ["plan", "own"]}, {"value": 5, "source": ["plan", "own"]}),
        ({"value": 5, "note": {"en": "a", "ja": "b"}}, {"value": 5, "note": {"en": "a", "ja": "b"}}),
        (
            {"factors": {"a": "@market", "b": {"value": 2, "kind": "stated"}}},
            {"factors": {"a": "@market", "b": {"value": 2, "kind": "stated"}}},
        ),
    ],
)
def test_a_number_is_written_as_short_as_it_can_be_and_loses_nothing(raw: Any, dumped: Any) -> None:
    found = quantity(raw, market=5)
    assert found.model_dump() == dumped
    assert quantity(dumped, market=5) == found


values = st.fractions(-1000, 1000, max_denominator=1000)
leaf = st.builds(
    lambda v, kind, unit, source: {"value": f"{v.numerator}/{v.denominator}", "kind": kind, "unit": unit, "source": source},
    values,
    st.sampled_from([None, "stated", "derived", "judgement"]),
    st.sampled_from([None, "t"]),
    st.lists(st.sampled_from("ab"), max_size=2),
)
trees = st.recursive(leaf, lambda inner: st.builds(lambda f: {"factors": f}, st.dictionaries(st.sampled_from("xyz"), inner, min_size=1)))


@given(trees)
def test_what_is_written_reads_back_equal(raw: Any) -> None:
    found = quantity(raw)
    again = quantity(found.model_dump())
    assert again == found and again.number == found.number and again.weakest == found.weakest
    assert again.model_dump() == found.model_dump()


def test_the_leaves_of_a_product_are_its_factors() -> None:
    found = quantity({"factors": {"a": 1, "b": {"factors": {"c": 2}}, "d": "@market"}}, market=5)
    assert [path for path, _ in found.leaves("cost")] == ["cost.factors.a", "cost.factors.b.factors.c"]


def test_a_plain_number_equals_one_that_was_read() -> None:
    assert plain(5) == quantity(5)
    assert plain(5).model_dump() == 5
