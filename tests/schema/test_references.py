"""Every place where an id may stand knows the collection that must hold it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from portfolio.formats.json_text import parse_json
from portfolio.schema.references import COLLECTIONS, REFERENCES, check_references, each, hint

RAW: dict[str, Any] = parse_json((Path(__file__).parent / "full_instance.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a", [("a", 1)]),
        ("b[]", [("b[0]", {"c": 2}), ("b[1]", {"c": [3, 4]})]),
        ("b[].c", [("b[0].c", 2), ("b[1].c", [3, 4])]),
        ("b[].c[]", [("b[1].c[0]", 3), ("b[1].c[1]", 4)]),
        ("d{}", [("d.x", "x"), ("d.y", "y")]),
        ("a[]", []),
        ("a.b.c", []),
        ("b{}", []),
        ("e", []),
    ],
)
def test_each_lists_every_place_that_matches(pattern: str, found: list[tuple[str, Any]]) -> None:
    assert list(each({"a": 1, "b": [{"c": 2}, {"c": [3, 4]}], "d": {"x": 1, "y": 2}}, pattern)) == found


def test_the_full_instance_has_no_dangling_id() -> None:
    assert list(check_references(RAW)) == []


@pytest.mark.parametrize(("pattern", "collection"), REFERENCES)
def test_taking_away_a_collection_leaves_its_references_dangling(pattern: str, collection: str) -> None:
    raw = copy.deepcopy(RAW)
    raw[collection] = []
    expected = {path for path, value in each(RAW, pattern) if isinstance(value, str)}
    dangling = {p.path for p in check_references(raw) if p.code == "dangling" and p.params["collection"] == collection}
    assert expected <= dangling


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_an_id_may_appear_once_in_its_collection(collection: str) -> None:
    raw = copy.deepcopy(RAW)
    raw[collection].append(copy.deepcopy(raw[collection][0]))
    places = [p.path for p in check_references(raw) if p.code == "duplicate_id"]
    assert places == [f"{collection}[{len(raw[collection]) - 1}].id"]


@pytest.mark.parametrize(
    ("member", "code"),
    [
        ("fab", None),
        ("fab,grant", None),
        ("fab, grant", None),
        ("fab,grant@2026", None),
        ("mine,base", None),
        ("fib", "dangling"),
        ("fab,grants", "no_option"),
        ("mine,grant", "no_option"),
        ("fab,base", "no_option"),
        ("fab,", "no_option"),
        ("", "dangling"),
        (",grant", "dangling"),
        ("fab;grant", "dangling"),
    ],
)
def test_a_member_is_a_programme_or_one_of_its_options(member: str, code: str | None) -> None:
    for rule in ({"kind": "requires", "if": member, "of": ["radar"]}, {"kind": "excludes", "of": ["radar", member]}):
        found = [p.code for p in check_references({**RAW, "rules": [{"id": "r", **rule}]})]
        assert found == ([code] if code else [])


@pytest.mark.parametrize(
    ("quantity", "path"),
    [
        ({"value": 1, "source": "paln"}, "header.discount_rate.source"),
        ({"value": 1, "source": ["plan", "paln"]}, "header.discount_rate.source[1]"),
        ({"factors": {"a": {"value": 1, "source": "paln"}}}, "header.discount_rate.factors.a.source"),
        ({"value": 1, "source": "plan"}, None),
        ({"factors": {"source": "1/2"}}, None),
    ],
)
def test_a_source_is_one_of_the_sources(quantity: Any, path: str | None) -> None:
    raw = {**RAW, "header": {**RAW["header"], "discount_rate": quantity}}
    assert [p.path for p in check_references(raw)] == ([path] if path else [])


@pytest.mark.parametrize("junk", [None, 5, "x", [], {}, [5], [None], [[]], [{"id": 5}], [{"id": []}], [{"programme": [], "option": "x"}]])
def test_junk_in_the_place_of_a_collection_is_passed_over(junk: Any) -> None:
    for collection in (*COLLECTIONS, "reference", "empty_cells", "ripple", "aim", "header"):
        list(check_references({**copy.deepcopy(RAW), collection: junk}))


@pytest.mark.parametrize(("value", "known", "closest"), [("chip", ["chips", "drones"], "chips"), ("xyz", ["chips"], None), ("a", [], None)])
def test_a_hint_names_the_closest_id(value: str, known: list[str], closest: str | None) -> None:
    english, japanese = hint(value, known).values()
    assert (f"`{closest}`" in english and f"`{closest}`" in japanese) if closest else (english, japanese) == ("", "")
