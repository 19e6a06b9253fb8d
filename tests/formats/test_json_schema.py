"""The published JSON Schemas: equal to the classes, and accepting what the classes accept."""

from __future__ import annotations

import copy
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portfolio.formats.json_schema import FOLDER, PUBLISHED, json_schema, schema_text
from portfolio.formats.json_text import parse_json

RAW: dict[str, Any] = parse_json((Path(__file__).parent.parent / "schema" / "full_instance.json").read_text(encoding="utf-8"))
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float, Decimal),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
KNOWN = {
    "type",
    "enum",
    "const",
    "anyOf",
    "oneOf",
    "$ref",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "minProperties",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "pattern",
    "discriminator",
    "default",
    "title",
    "description",
    "$defs",
    "$schema",
    "$id",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_file_is_the_generated_one(name: str) -> None:
    published = (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(name), "run python -m portfolio.formats.json_schema"


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_schema_names_no_host_and_every_class_says_what_it_is(name: str) -> None:
    schema = json_schema(name)
    assert schema["$id"] == f"urn:portfolio:schema:{name}:1"
    assert "://" not in schema_text(name).replace(schema["$schema"], "")
    for definition in [schema, *schema["$defs"].values()]:
        assert definition["title"] and not definition["title"].endswith("_")
        assert definition["description"] and "\n " not in definition["description"]


def fits(value: Any, schema: Any, root: dict[str, Any]) -> bool:
    """JSON Schema 2020-12 as far as these schemas use it."""
    if isinstance(schema, bool):
        return schema
    assert schema.keys() <= KNOWN, schema.keys() - KNOWN
    if "$ref" in schema and not fits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root):
        return False
    types = schema.get("type", list(TYPES))
    types = [types] if isinstance(types, str) else types
    if not any(isinstance(value, TYPES[t]) and (t == "boolean" or not isinstance(value, bool)) for t in types):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "anyOf" in schema and not any(fits(value, one, root) for one in schema["anyOf"]):
        return False
    if "oneOf" in schema and sum(fits(value, one, root) for one in schema["oneOf"]) != 1:
        return False
    if isinstance(value, dict):
        return fits_object(value, schema, root)
    if isinstance(value, list):
        first = schema.get("prefixItems", [])
        rest = [schema.get("items", True)] * max(0, len(value) - len(first))
        sized = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        return sized and all(fits(v, s, root) for v, s in zip(value, [*first, *rest], strict=False))
    if isinstance(value, str):
        sized = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        return sized and bool(re.search(schema.get("pattern", ""), value))
    return value is None or bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))


def fits_object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    if not set(schema.get("required", ())) <= value.keys() or len(value) < schema.get("minProperties", 0):
        return False
    for key, entry in value.items():
        matching = [inner for pattern, inner in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
        if key in schema.get("properties", {}):
            matching.append(schema["properties"][key])
        applied = matching or [schema.get("additionalProperties", True)]
        if not all(fits(entry, inner, root) for inner in applied) or not fits(key, schema.get("propertyNames", True), root):
            return False
    return True


def accepts(raw: Any) -> bool:
    schema = json_schema("instance")
    return fits(raw, schema, schema)


def changed(path: tuple[Any, ...], entry: Any) -> Any:
    raw: Any = copy.deepcopy(RAW)
    place = raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = entry
    return raw


def test_a_valid_instance_fits() -> None:
    assert accepts(RAW)


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        (
            ("programmes", 1, "cost"),
            [
                5,
                0.5,
                "5",
                "2/3",
                " -1.5e3 ",
                ".5",
                "@chips_cost",
                {"value": 5, "source": "plan"},
                {"value": "1/2", "source": ["plan"]},
                {"ref": "chips_cost"},
                None,
            ],
            [True, "a lot", "1.5/2", "@", "@a b", [5], {"valeu": 5}, {"factors": {}}, {"value": 5, "kind": "guess"}],
        ),
        (("funds", 0, "name"), ["Bonds", {"en": "Bonds"}, {"en": "a", "ja": "b"}, {}], [5, None, [], {"fr": "a"}, {"en": 5}]),
        (
            ("programmes", 1, "uses", "engineers"),
            [4, "@market", {"2027": 1}, {"2027": {"value": 1}}, {"value": 4}],
            [{"2027": 1, "x": 2}, [1], {"02027": 1}],
        ),
        (("funds", 1, "years"), [{}, {"2026": 1}], [{"soon": 1}, [], 5]),
        (("criteria", 0, "kind"), ["contribution"], ["coverage_", None]),
        (("rules", 5, "max"), [0, 3], [-1, "three", 1.5]),
        (("programmes", 1, "units"), [1, 1000, None], [0, 1001, True]),
        (("match_groups", 0, "id"), ["a-b_c", "半導体"], ["", "a b", "a.b", "-a", "a" * 81]),
        (
            ("aim",),
            [None, {"kind": "weighted"}, {"kind": "lexicographic", "order": ["growth"]}],
            [{"kind": "best"}, {"kind": "lexicographic", "order": []}],
        ),
        (("archetypes", 0, "curve"), [[[1, 1]], [["1/2", 0.1], [1, 1]]], [[], [[1]], [[1, 1, 1]]]),
        (("header", "unknown"), [], [1]),
    ],
)
def test_what_fits_and_what_does_not(path: tuple[Any, ...], good: list[Any], bad: list[Any]) -> None:
    assert [entry for entry in good if not accepts(changed(path, entry))] == []
    assert [entry for entry in bad if accepts(changed(path, entry))] == []


def test_the_text_is_plain_json() -> None:
    for name in PUBLISHED:
        assert json.loads(schema_text(name)) == json_schema(name)
