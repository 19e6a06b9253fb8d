"""--set: one grammar for places in an instance."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from portfolio.errors import UsageError
from portfolio.formats.paths import value_at, with_settings

RAW: dict[str, Any] = json.loads(
    """{"header": {"id": "t", "first_year": 2026, "last_year": 2027},
    "quantities": {"price": {"value": 3, "unit": "JPY", "kind": "stated", "source": "s"}},
    "archetypes": [{"id": "a", "curve": [[0.4, 0.36], [1, 1]]}],
    "funds": [{"id": "k", "years": {"2026": 10}}],
    "programmes": [{"id": "p", "cost": {"value": 5, "unit": "JPY bn", "kind": "stated", "source": "s", "low": 4, "high": 6},
                    "options": [{"id": "grant", "cost": 4}, {"id": "loan", "cost": "@price"}]}],
    "ripple": [{"from_field": "f", "to_field": "g", "share": 0.3}]}"""
)


@pytest.mark.parametrize(
    ("setting", "place", "value"),
    [
        ("programmes.p.options.grant.cost=7.5", ("programmes", 0, "options", 0, "cost"), Decimal("7.5")),
        ("funds.k.years.2026=12", ("funds", 0, "years", "2026"), 12),
        ("funds.k.years.2027=1", ("funds", 0, "years", "2027"), 1),
        ("header.discount_rate=0.02", ("header", "discount_rate"), Decimal("0.02")),
        ("ripple.0.share=0.1", ("ripple", 0, "share"), Decimal("0.1")),
        ("programmes.p.effects.growth=2/3", ("programmes", 0, "effects", "growth"), "2/3"),
        ("programmes.p.mandatory=true", ("programmes", 0, "mandatory"), True),
        ("archetypes.a.curve.0.4=0.3", ("archetypes", 0, "curve", 0), [0.4, Decimal("0.3")]),
    ],
)
def test_a_path_reaches_its_number(setting: str, place: tuple[str | int, ...], value: Any) -> None:
    here: Any = with_settings(RAW, [setting])
    for key in place:
        here = here[key]
    assert here == value


def test_an_annotated_number_becomes_a_judgement_and_keeps_its_unit() -> None:
    changed = with_settings(RAW, ["programmes.p.cost=9"])
    assert changed["programmes"][0]["cost"] == {"value": 9, "unit": "JPY bn", "kind": "judgement"}
    assert RAW["programmes"][0]["cost"]["value"] == 5


def test_a_reference_is_replaced_where_it_stands_only() -> None:
    changed = with_settings(RAW, ["programmes.p.options.loan.cost=9"])
    assert changed["programmes"][0]["options"][1]["cost"] == {"value": 9, "kind": "judgement"}
    assert changed["quantities"]["price"]["value"] == 3


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("programes.p.cost=1", "programmes"),
        ("programmes.pp.cost=1", "`p`"),
        ("programmes.p.kost=1", "`cost`"),
        ("programmes.p.options.grand.cost=1", "`grant`"),
        ("programmes.p.options.grant.cost.low.x=1", "no `low`"),
        ("archetypes.a.curve.0.5=1", "0.5"),
        ("ripple.7.share=1", "7"),
        ("=1", "path=value"),
        ("programmes.p.cost", "path=value"),
    ],
)
def test_a_path_that_leads_nowhere_says_what_is_there(setting: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_settings(RAW, [setting])
    assert hint in caught.value.messages["en"]


def test_a_field_that_is_not_written_is_not_offered_as_its_own_spelling() -> None:
    with pytest.raises(UsageError) as caught:
        value_at(RAW, "programmes.p.mandatory")
    assert "no `mandatory`" in caught.value.messages["en"]
    assert "did you mean `mandatory`" not in caught.value.messages["en"]
    assert "options" in caught.value.messages["en"]
