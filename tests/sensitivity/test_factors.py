"""Factors: what the user may type, and what varies when nothing is typed."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest

from portfolio.api.public import load
from portfolio.api.vary import Variants
from portfolio.errors import UsageError
from portfolio.schema.validate import parse_instance
from portfolio.sensitivity.factors import (
    find_paths,
    judgement_factors,
    money_paths,
    settings_of,
    typed_factors,
    weights_at,
)


def judged(value: float, low: float | None, high: float | None, why: str = "a guess") -> dict[str, Any]:
    ends = {key: end for key, end in (("low", low), ("high", high)) if end is not None}
    return {"value": value, **ends, "kind": "judgement", "source": "me", "note": why}


def variants() -> Variants:
    """Project 1 and 2 judged in one go, 3 for a reason of its own; 4 stated, 5 judged without a range, 6 with one end."""
    raw = load("lorie-savage").canonical()
    raw["sources"] = [{"id": "me", "kind": "judgement"}]
    effects = [judged(14, 10, 20), judged(17, 16, 18), judged(17, 1, 40, "other"), {"value": 15, "kind": "stated", "source": "me"}]
    effects += [judged(40, None, None), judged(12, 6, None)]
    for programme, effect in zip(raw["programmes"], effects):
        programme["effects"]["value"] = effect
    return Variants(parse_instance(raw))


def test_numbers_decided_together_are_one_factor_and_the_rest_is_counted() -> None:
    factors, left_out = judgement_factors(variants())
    assert [(f.id, len(f.paths)) for f in factors] == [("programmes.*.effects.value", 3), ("programmes.project_3.effects.value", 1)]
    assert factors[1].low == 1
    assert factors[1].high == 40
    assert factors[1].base == F(16, 39)
    assert {f.source for f in factors} == {"me"}
    assert left_out["without a range"] == 1
    assert left_out["not a judgement"] == len(variants().numbers) - 5


def test_each_number_by_itself_or_all_of_a_kind_when_asked() -> None:
    assert [len(f.paths) for f in judgement_factors(variants(), "number")[0]] == [1, 1, 1, 1]
    assert [len(f.paths) for f in judgement_factors(variants(), "kind")[0]] == [4]


def test_a_level_moves_every_number_from_its_own_low_to_its_own_high() -> None:
    v = variants()
    together = judgement_factors(v)[0][:1]
    ends = {level: list(settings_of(v, together, [F(level)]).values()) for level in (0, 1)}
    assert ends == {0: [10, 16, 6], 1: [20, 18, 12]}
    assert list(settings_of(v, together, [F(1, 2)]).values()) == [15, 17, 9]
    assert settings_of(v, together, [None]) == {}


def test_typed_ranges_scales_and_patterns() -> None:
    v = variants()
    typed = typed_factors(
        v, ["programmes.project_1.effects.value=2:4", "funds.*.years.*=x0.5:1.5", "programmes.project_3.effects.value"], {}
    )
    assert [f.mode for f in typed] == ["range", "scale", "own"]
    assert typed[0].base is None
    assert typed[1].base == F(1, 2)
    assert settings_of(v, typed, [F(1, 2), F(1), F(0)]) == {
        "programmes.project_1.effects.value": 3, "funds.budget.years.1": 75, "funds.budget.years.2": 30, "programmes.project_3.effects.value": 1,
    }  # fmt: skip
    each = typed_factors(v, ["programmes.*.effects.value=1:2"], {})
    assert len(each) == 9, "a range moves every number by itself"


def test_a_programmes_field_may_be_named_without_its_options_and_a_fund_without_its_years() -> None:
    raw = load("lorie-savage").canonical()
    raw["programmes"] = [{"id": "p", "effects": {"value": 3}, "options": [{"id": "a", "cost": 5}, {"id": "b", "cost": 7}]}]
    v = Variants(parse_instance(raw))
    assert find_paths(v, "programmes.p.cost") == ["programmes.p.options.a.cost", "programmes.p.options.b.cost"]
    assert find_paths(v, "funds.budget") == ["funds.budget.years.1", "funds.budget.years.2"]
    assert money_paths(v.base, "total") == money_paths(v.base, "budget")
    with pytest.raises(UsageError, match="fits"):
        find_paths(v, "programmes.*.colour")


def test_a_product_may_be_scaled_as_a_whole() -> None:
    raw = load("lorie-savage").canonical()
    raw["programmes"][0]["effects"]["value"] = {"factors": {"market": 7, "share": 2}}
    v = Variants(parse_instance(raw))
    typed = typed_factors(v, ["programmes.project_1.effects.value=x0.5:2"], {})
    assert settings_of(v, typed, [F(1)]) == {"programmes.project_1.effects.value": 28}
    way = next(w for w in v.at(settings_of(v, typed, [F(1)])).ways if w.programme == "project_1")
    assert way.contributes == {"value": 28}


def test_a_pattern_finds_products_as_a_whole_beside_plain_numbers() -> None:
    raw = load("lorie-savage").canonical()
    raw["programmes"][0]["effects"]["value"] = {"factors": {"market": 7, "share": {"factors": {"ours": 1, "won": 2}}}}
    v = Variants(parse_instance(raw))
    found = find_paths(v, "programmes.*.effects.*")
    assert found[:2] == ["programmes.project_1.effects.value", "programmes.project_2.effects.value"]
    assert len(found) == len(raw["programmes"])
    assert find_paths(v, "programmes.*.effects.*.factors.share") == ["programmes.project_1.effects.value.factors.share"]
    (scaled,) = typed_factors(v, ["programmes.*.effects.*=x0.5:2"], {})
    moved = settings_of(v, [scaled], [F(1)])
    assert moved["programmes.project_1.effects.value"] == 28
    assert set(moved) == set(found)


def test_weights_are_normalised_and_only_moved_when_asked() -> None:
    weights = {"a": F(1, 2), "b": F(1, 2)}
    typed = typed_factors(variants(), ["weights.a=0:3"], weights)
    assert weights_at(typed, [F(1, 2)], weights) == {"a": F(3, 4), "b": F(1, 4)}
    assert weights_at(typed, [None], weights) is None
    assert [f.id for f in typed_factors(variants(), ["weights"], weights)] == ["weights.a", "weights.b"]
