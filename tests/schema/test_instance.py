"""The identity of an instance, and the questions it answers about years, funds and weights."""

from __future__ import annotations

import copy
import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.formats.json_text import parse_json
from portfolio.schema.instance import Instance, canonical_text
from portfolio.schema.validate import parse_instance

RAW: dict[str, Any] = parse_json((Path(__file__).parent / "full_instance.json").read_text(encoding="utf-8"))


def read(**changes: Any) -> Instance:
    return parse_instance({**copy.deepcopy(RAW), **changes})


def shuffled(raw: Any, source: random.Random) -> Any:
    """The same data with every object's keys in another order."""
    if isinstance(raw, dict):
        keys = list(raw)
        source.shuffle(keys)
        return {key: shuffled(raw[key], source) for key in keys}
    return [shuffled(entry, source) for entry in raw] if isinstance(raw, list) else raw


AIMS: list[Any] = [
    None,
    {"kind": "weighted"},
    {"kind": "weighted", "weights": {"growth": "1/3"}},
    {"kind": "lexicographic", "order": ["growth", "continuity"], "tolerance": 0.01, "floors": [{"criterion": "goods", "value": 1}]},
    {"kind": "reference", "point": {"growth": 5}},
]


@pytest.mark.parametrize("aim", AIMS)
def test_the_canonical_form_reads_back_to_an_equal_instance(aim: Any) -> None:
    instance = read(aim=aim)
    again = parse_instance(parse_json(canonical_text(instance.canonical())))
    assert again == instance and again.hash == instance.hash
    assert again.canonical() == instance.canonical()
    assert again.ways == instance.ways


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(source: random.Random) -> None:
    again = parse_instance(shuffled(RAW, source))
    assert again.hash == read().hash


@pytest.mark.parametrize(
    ("path", "same", "other"),
    [
        (("funds", 0, "years", "2026"), ["100", "100.0", "1e2", "200/2", {"value": 100}], [101, {"value": 100, "kind": "stated"}]),
        (("funds", 0, "name"), [{"en": "Bonds", "ja": "Bonds"}], ["bonds", {"en": "Bonds", "ja": "国債"}]),
        (("programmes", 1, "uses", "engineers"), [{"2027": "1"}], [1]),
        (("funds", 1, "carry_limit"), [0, "0.0"], [1]),
        (("programmes", 0, "cost"), [{"ref": "chips_cost"}], [40, {"ref": "chips_cost", "note": "Why."}]),
        (("header", "grid"), ["1/2", "0.50"], [1]),
        (("programmes", 3, "mandatory"), [False], [True]),
    ],
)
def test_the_hash_follows_the_meaning_and_not_the_spelling(path: tuple[Any, ...], same: list[Any], other: list[Any]) -> None:
    hashes = []
    for entry in [*same, *other]:
        raw: Any = copy.deepcopy(RAW)
        place = raw
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = entry
        hashes.append(parse_instance(raw).hash)
    assert set(hashes[: len(same)]) == {read().hash}
    assert read().hash not in hashes[len(same) :] and len(set(hashes)) == 1 + len(other)


def test_the_canonical_text_is_sorted_and_has_no_nan() -> None:
    text = canonical_text(read().canonical())
    assert text == json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_text({"a": float("nan")})


@pytest.mark.parametrize(
    ("base", "rate", "year", "weight"),
    [
        (None, 0, 2028, 1),
        (None, "1/10", 2026, 1),
        (None, "1/10", 2027, Fraction(10, 11)),
        (None, "1/10", 2028, Fraction(100, 121)),
        (2028, "1/10", 2026, Fraction(121, 100)),
        (2020, 1, 2026, Fraction(1, 64)),
        (None, "-1/2", 2027, 2),
    ],
)
def test_a_later_unit_weighs_less(base: int | None, rate: Any, year: int, weight: Fraction) -> None:
    assert read(header={**RAW["header"], "base_year": base, "discount_rate": rate}).weight(year) == weight


def test_a_fund_may_pay_where_its_selection_and_the_option_allow_it_and_while_it_is_open() -> None:
    instance = read()
    ways, funds = {w.label: w for w in instance.ways}, {f.id: f for f in instance.funds}
    paying = {label: [name for name, fund in funds.items() if instance.may_pay(way, fund)] for label, way in ways.items()}
    assert paying == {
        "fab,grant": ["bonds", "cash"],
        "fab,loan": ["bonds", "cash"],
        "mine,base": ["bonds"],
        "swarm,base@2026": ["cash"],
        "swarm,base@2027": ["cash"],
        "radar,base": ["cash"],
        "old,base": ["bonds", "cash"],
    }
    assert instance.open_years(ways["fab,grant"], funds["bonds"]) == (2026, 2027, 2028)
    assert instance.open_years(ways["fab,grant"], funds["cash"]) == (2026, 2027, 2028, 2029)
    assert instance.open_years(ways["fab,loan"], funds["bonds"]) == (2026, 2027)


def test_every_number_that_a_person_wrote_has_a_path_of_its_own() -> None:
    listed = list(read().quantities_in_use())
    paths = [path for path, _ in listed]
    assert len(paths) == len(set(paths))
    assert {
        "header.discount_rate",
        "quantities.market",
        "quantities.lift.factors.share",
        "archetypes.scaler.curve.0.4",
        "funds.bonds.years.2027",
        "programmes.fab.options.grant.subsidy_rate",
        "programmes.swarm.profile.0",
        "programmes.radar.payments.cash.2026",
        "programmes.mine.uses.engineers.2027",
        "scenarios.blockade.severities.logic",
        "needs.defence.target",
        "rules.r_share.max",
        "rules.r_synergy.bonus.growth",
        "exposures.logic.value",
        "capacities.engineers.years.2026",
    } <= set(paths)
    assert "programmes.fab.cost" not in paths and "funds.cash.carry_limit" not in paths
