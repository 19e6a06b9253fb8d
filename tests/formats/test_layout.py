"""Every field of the schema has a place in the tables, and every table is described."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from every_feature import EVERYTHING
from pydantic import BaseModel

from portfolio.formats.tables.registry import TABLES
from portfolio.schema.exact import to_fraction
from portfolio.schema.instance import Instance
from portfolio.schema.quantity import Quantity
from portfolio.schema.record import Text
from portfolio.schema.rules import Rule

DOCS = Path(__file__).parents[2] / "docs" / "tables.md"
NOT_IN_TABLES = {"format", "schema_version"}
"""Said by the file format itself."""


def places_of_layout() -> set[str]:
    """Every place that some column holds: `funds.eligible.fields`, `programmes.options.uses.{}.{}`, `archetypes.curve.0`."""
    found: set[str] = {"quantities.{}"}
    for table in TABLES:
        homes = {table.collection} if table.collection else {owner.collection for owner in table.owners}
        homes |= {f"{home}.options" for home in homes if home == "programmes" and (table.item != "options") and table.owners}
        if table.item:
            homes = {f"{home}.{table.item}" for home in homes} | (homes if table.whole_if_empty else set())
        for column in table.columns:
            for at in column.at:
                path = re.sub(r"\{\w+\}|\*", "{}", at.path) + (".{}" if column.type == "weights" else "")
                found |= {path} if table.name == "header" else {f"{home}.{path}" for home in homes}
    return found


def places_of_schema(annotation: Any, path: str) -> Iterator[str]:
    """Every leaf of the schema, in the same words; texts are leaves in two languages."""
    if annotation in (Text, Quantity) or annotation is None:
        yield path
    elif isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            key = info.alias or name
            if path or key not in NOT_IN_TABLES:
                yield from places_of_schema(info.annotation, f"{path}.{key}" if path else key)
    else:
        yield from places_of_generic(annotation, path)


def places_of_generic(annotation: Any, path: str) -> Iterator[str]:
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        yield from places_of_schema(args[0], path)
    elif origin is dict:
        yield from places_of_schema(args[1], f"{path}.{{}}")
    elif origin is tuple and len(args) == 2 and args[1] is not Ellipsis:
        yield from (f"{path}.0", f"{path}.1")
    elif origin is tuple:
        yield from places_of_schema(args[0], path)
    elif origin in (typing.Union, types.UnionType):
        for arg in args:
            if arg is not type(None):
                yield from places_of_schema(arg, path)
    else:
        yield path


def leaves() -> list[str]:
    return sorted(set(places_of_schema(Instance, "")))


def test_the_walk_sees_the_schema() -> None:
    assert {"funds.eligible.fields", "programmes.options.uses.{}.{}", "archetypes.curve.0", "rules.terms.coef", "aim.floors.value"} <= set(
        leaves()
    )
    assert len(leaves()) > 150


@pytest.mark.parametrize("leaf", leaves())
def test_a_field_of_the_schema_has_a_place_in_the_tables(leaf: str) -> None:
    held = places_of_layout()
    texts = {f"{leaf}.en", f"{leaf}.ja"}
    assert leaf in held or texts <= held


def test_no_column_leads_outside_the_schema() -> None:
    known = set(leaves())
    assert {p.removesuffix(".en").removesuffix(".ja") for p in places_of_layout()} <= known | {"quantities.{}"}


def test_the_handmade_instance_uses_every_field() -> None:
    used = set(_used(EVERYTHING, ""))
    # The other two aims are tested one by one.
    missing = {leaf for leaf in leaves() if leaf not in used and not leaf.startswith(("aim.order", "aim.tolerance", "aim.point"))}
    assert missing == set()


def _used(raw: Any, path: str) -> Iterator[str]:
    yield path
    if isinstance(raw, list):
        pair = path.endswith(".curve") and len(raw) == 2 and not isinstance(raw[0], list)
        for i, entry in enumerate(raw):
            yield from _used(entry, f"{path}.{i}" if pair or (path.endswith("curve") and not isinstance(entry, list)) else path)
    elif isinstance(raw, dict):
        for key, entry in raw.items():
            yield from _used(entry, f"{path}.{key}" if path else key)
            yield from _used(entry, f"{path}.{{}}")


def test_kinds_of_rules_are_shared_out_between_the_two_tables() -> None:
    kinds = {kind for cls in typing.get_args(typing.get_args(Rule)[0]) for kind in typing.get_args(cls.model_fields["kind"].annotation)}
    listed = [kind for table in TABLES if table.collection == "rules" for kind in table.kinds]
    assert sorted(listed) == sorted(kinds)


def test_choices_of_columns_are_those_of_the_schema() -> None:
    literals = {tuple(typing.get_args(a)) for a in _literals(Instance)}
    for table in TABLES:
        for column in table.columns:
            if column.choices and column.type == "choice" and column.name != "kind":
                assert any(set(column.choices) == set(values) or set(column.choices) >= set(values) for values in literals), column.name


def _literals(annotation: Any, seen: tuple[Any, ...] = ()) -> Iterator[Any]:
    if typing.get_origin(annotation) is typing.Literal:
        yield annotation
    elif isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            for info in annotation.model_fields.values():
                yield from _literals(info.annotation, (*seen, annotation))
    else:
        for arg in typing.get_args(annotation):
            yield from _literals(arg, seen)


def test_the_document_lists_every_table_with_its_columns() -> None:
    """docs/tables.md and layout.py say the same."""
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    for table in TABLES:
        listed = [name.strip() for name in re.sub(r"\([^)]*\)", "", rows[table.name]).split(",")]
        names = ["key", "value"] if table.name == "header" else [column.name for column in table.columns]
        assert listed == names, table.name
    keys = re.search(r"keys: ([^)]+)\)", rows["header"])
    assert keys is not None
    assert [key.strip() for key in keys[1].split(",")] == [c.name.replace("*", "CUR") for c in TABLES[0].columns]


def test_every_column_has_headings_in_both_languages() -> None:
    for table in TABLES:
        assert table.en and table.ja
        for column in table.columns:
            assert column.en and column.ja, (table.name, column.name)
            assert bool(column.about_en) == bool(column.about_ja), (table.name, column.name)


def test_examples_of_numbers_are_numbers() -> None:
    for table in TABLES:
        for column in table.columns:
            if column.type in ("number", "money", "exact") and column.example and not column.example.startswith("x"):
                assert to_fraction(column.example) >= 0
