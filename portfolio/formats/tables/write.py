"""Instance -> rows of text, the inverse of read.py; walks the same layout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portfolio.errors import InvalidInput
from portfolio.formats.collector import no_collection
from portfolio.formats.instance_json import canonical_data
from portfolio.formats.tables import cells
from portfolio.formats.tables.annotate import Name
from portfolio.formats.tables.layout import ANNOTATED, At, Column, Owner, Table
from portfolio.formats.tables.layout_rules import INTERACTION_KINDS
from portfolio.formats.tables.read import read_sheets
from portfolio.formats.tables.registry import TABLES
from portfolio.formats.tables.sheet import Row, Sheet
from portfolio.schema.exact import exact_text, to_fraction
from portfolio.schema.instance import Instance
from portfolio.schema.problem import Problem, shown
from portfolio.schema.validate import parse_instance

Tables = dict[str, tuple[tuple[str, ...], list[list[str]]]]
"""Table -> (column names, rows); all cells are text, exact."""


def tables_of(instance: Instance) -> Tables:
    """All tables of an instance. Raises InvalidInput for the rare entry that tables cannot hold without changing its meaning."""
    with no_collection():
        raw = canonical_data(instance)
        writer = _Writer(raw)
        tables = {table.name: (names_of(table), list(writer.rows(table))) for table in TABLES if table.name != "quantities"}
        tables["quantities"] = (names_of(TABLES[-1]), list(writer.quantities()))
        _refuse_loss(raw, tables)
    return tables


def names_of(table: Table) -> tuple[str, ...]:
    """The first row of a table."""
    return ("key", "value") if table.name == "header" else tuple(column.name for column in table.columns)


class _Writer:
    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.annotated: list[tuple[Name, dict[str, Any]]] = []

    def rows(self, table: Table) -> Iterator[list[str]]:
        if table.name == "header":
            yield from self.header(table)
        elif not table.owners:
            for record in self.records(table.collection):
                if not table.kinds or record.get("kind") in table.kinds:
                    ids = tuple(str(record.get(name, "")) for name in table.named_by)
                    yield self.record(table, record, (table.collection, *ids), {})
        else:
            for owner in table.owners:
                for record, name, named in self.owners(table, owner):
                    yield from self.owned(table, record, name, named)

    def records(self, collection: str) -> list[dict[str, Any]]:
        found: Any = self.raw
        for step in collection.split("."):
            found = found.get(step, {}) if isinstance(found, dict) else {}
        return found or []

    def header(self, table: Table) -> Iterator[list[str]]:
        for column in table.columns:
            outer, _, last = column.at[0].path.rpartition(".")
            if last == "*":
                rates = _at(self.raw, outer.split(".")) or {}
                for key, value in rates.items():
                    yield [f"exchange_rates.{key}", self.cell(column, value, (*outer.split("."), key))]
                continue
            text = self.text(table, column, self.raw, column.at[0].path.split("."), ())
            if text:
                yield [column.name, text]

    def owners(self, table: Table, owner: Owner) -> Iterator[tuple[dict[str, Any], Name, dict[str, str]]]:
        for record in self.records(owner.collection):
            name: Name = (owner.collection, record["id"])
            named = {owner.columns[0]: record["id"]}
            yield record, name, named
            for option in record.get("options", []) if len(owner.columns) > 1 else []:
                yield option, (*name, "options", option["id"]), {**named, owner.columns[1]: option["id"]}

    def owned(self, table: Table, record: dict[str, Any], name: Name, named: dict[str, str]) -> Iterator[list[str]]:
        if table.whole_if_empty:
            yield from self.options(table, record, name, named)
        elif table.point:
            scale, effect = _valued(table)
            for point in record.get(table.item, []):
                at = (*name, table.item, _scale(point[0]))
                values = {scale.name: self.cell(scale, point[0], (*at, "scale")), effect.name: self.cell(effect, point[1], at)}
                yield self.row(table, {**named, **values})
        elif table.item:
            for i, item in enumerate(record.get(table.item, [])):
                yield self.record(table, item, (*name, table.item, str(i)), named)
        else:
            yield from self.keyed(table, record, name, named)

    def options(self, table: Table, record: dict[str, Any], name: Name, named: dict[str, str]) -> Iterator[list[str]]:
        # Region, tags and name of a programme stand in its own table.
        shared = {key: value for key, value in record.items() if key not in ("id", "name", "region", "tags")}
        row = self.record(table, shared, name, named)
        if sum(map(bool, row)) > 1:
            yield row
        for option in record.get(table.item, []):
            yield self.record(table, option, (*name, table.item, option["id"]), named)

    def keyed(self, table: Table, record: dict[str, Any], name: Name, named: dict[str, str]) -> Iterator[list[str]]:
        found: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
        for column in _valued(table):
            for at in column.at:
                for keys, value, steps in _bindings(record, at):
                    text = self.cell(column, value, (*name, *steps))
                    row = found.setdefault(tuple(sorted({**dict(at.when), **keys}.items())), {})
                    if text:
                        row[column.name] = text
        for key, values in found.items():
            yield self.row(table, {**named, **dict(key), **values})

    def record(self, table: Table, record: dict[str, Any], name: Name, named: dict[str, str]) -> list[str]:
        values = dict(named)
        for column in _valued(table):
            at = () if len(table.named_by) > 1 else tuple(column.at[0].path.split("."))
            values[column.name] = self.text(table, column, record, column.at[0].path.split("."), (*name, *at))
        return self.row(table, values)

    def row(self, table: Table, values: Mapping[str, str]) -> list[str]:
        return [values.get(column.name, "") for column in table.columns]

    # -- cells -----------------------------------------------------------------------------------------------------
    def text(self, table: Table, column: Column, record: dict[str, Any], steps: list[str], name: Name) -> str:
        if column.type == "text" and steps[-1] in ("en", "ja"):
            found = _at(record, steps[:-1])
            if isinstance(found, str):
                return "" if ".".join(steps[:-1]) in table.both else found
        value = _at(record, steps)
        if value is None or (column.type == "both" and not isinstance(value, str)):
            return ""
        return self.cell(column, value, name or tuple(steps))

    def cell(self, column: Column, value: Any, name: Name) -> str:
        """Text of a value; annotations of its numbers are set aside for the quantities table."""
        if column.type in ANNOTATED:
            plain = [self.plain(v, (*name, str(i))) for i, v in enumerate(value)] if isinstance(value, list) else self.plain(value, name)
            if isinstance(plain, list):
                return ";".join(f"({_number(v)})" if isinstance(v, dict) else _number(v) for v in plain)
            if column.name in ("value", "factors") and len(column.at) > 1:
                return _number(plain) if (column.type == "product") == isinstance(plain, dict) else ""
            return _number(plain)
        if column.type == "weights":
            return cells.product_text(value)
        if column.type == "ids_or_all" and not value:
            return "*"
        if isinstance(value, list):
            return ";".join(map(str, value))
        if isinstance(value, bool):
            return "yes" if value else "no"
        return cells.number_text(value)

    def plain(self, value: Any, name: Name) -> Any:
        """The number without its annotation, which is noted under its name."""
        if not isinstance(value, dict):
            return value
        said = {key: entry for key, entry in value.items() if key not in ("value", "factors")}
        if said:
            self.annotated.append((name, said))
        if "factors" in value:
            return {"factors": {key: self.plain(factor, (*name, "factors", key)) for key, factor in value["factors"].items()}}
        return value["value"]

    def quantities(self) -> Iterator[list[str]]:
        rest, self.annotated = list(dict.fromkeys((name, _frozen(said)) for name, said in self.annotated)), []
        for key, value in self.raw.get("quantities", {}).items():
            text = _number(self.plain(value, ("quantities", key)))
            own = [said for name, said in self.annotated if name == ("quantities", key)]
            yield _annotation(("quantities", key), own[0] if own else {}, text)
            yield from (_annotation(name, said) for name, said in self.annotated if name != ("quantities", key))
            self.annotated = []
        for name, frozen in rest:
            yield _annotation(name, _thawed(frozen))


def _frozen(said: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((key, tuple(v) if isinstance(v, list) else tuple(v.items()) if isinstance(v, dict) else v) for key, v in said.items())


def _thawed(frozen: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    return {key: dict(v) if key == "note" and isinstance(v, tuple) else list(v) if isinstance(v, tuple) else v for key, v in frozen}


def _annotation(name: Name, said: Mapping[str, Any], value: str = "") -> list[str]:
    note = said.get("note", "")
    note = {"en": note, "ja": note} if isinstance(note, str) else note
    source = said.get("source", [])
    sources = [source] if isinstance(source, str) else source
    sides = [cells.number_text(said[side]) if side in said else "" for side in ("low", "high")]
    notes = [note.get("en", ""), note.get("ja", "")]
    return [".".join(name), value, *sides, said.get("unit", ""), said.get("kind", ""), ";".join(sources), *notes]


def _number(plain: Any) -> str:
    return cells.product_text(plain["factors"]) if isinstance(plain, dict) else cells.number_text(plain)


def _valued(table: Table) -> list[Column]:
    return [column for column in table.columns if column.at]


def _scale(value: Any) -> str:
    return exact_text(to_fraction(value["value"] if isinstance(value, dict) else value))


def _at(record: Any, steps: list[str]) -> Any:
    for step in steps:
        record = record.get(step) if isinstance(record, dict) else None
    return record


def _is_years(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(str(key).lstrip("-").isdigit() for key in value)


def _bindings(record: Any, at: At) -> Iterator[tuple[dict[str, str], Any, tuple[str, ...]]]:
    """(key columns, value, steps) of every entry of the record that the place describes."""
    steps = at.path.split(".")

    def walk(value: Any, depth: int, keys: dict[str, str], taken: tuple[str, ...]) -> Iterator[tuple[dict[str, str], Any, tuple[str, ...]]]:
        if depth == len(steps):
            # A number by year belongs to the place that names the year.
            if not _is_years(value):
                yield keys, value, taken
            return
        step = steps[depth]
        if not isinstance(value, dict) or (step == "{year}" and not _is_years(value)):
            return
        for key in value if step.startswith("{") else [step] if step in value else []:
            bound = {**keys, step[1:-1]: key} if step.startswith("{") else keys
            yield from walk(value[key], depth + 1, bound, (*taken, key))

    yield from walk(record, 0, {}, ())


# -- the guarantee -------------------------------------------------------------------------------------------------
def _refuse_loss(raw: dict[str, Any], tables: Tables) -> None:
    """Read the rows back: whatever differs from the instance would be lost, and is refused by name."""
    sheets = []
    for name, (columns, rows) in tables.items():
        sheets.append(Sheet(name, name, False, [Row(i, list(row)) for i, row in enumerate((columns, *rows), 1)]))
    reading = read_sheets(sheets)
    # Blank texts mean the same as none; everything else must come back.
    back = canonical_data(parse_instance(reading.raw)) if not reading.problems else reading.raw
    lost = sorted(_differences(_reordered(_unblank(raw)), _unblank(back), ""))
    if lost:
        raise InvalidInput([Problem("not_in_tables", path, shown(value)) for path, value in lost])


def _reordered(raw: Any) -> Any:
    """Rules in the order of import: interactions first."""
    rules = sorted(raw.get("rules", []), key=lambda rule: rule["kind"] not in INTERACTION_KINDS)
    return {**raw, "rules": rules} if rules else raw


def _unblank(raw: Any) -> Any:
    if isinstance(raw, dict):
        pairs = {key: _unblank(value) for key, value in raw.items()}
        blank = {key for key, value in pairs.items() if (isinstance(value, str) and not value.strip()) or (value == {} and raw[key] != {})}
        kept = {key: value for key, value in pairs.items() if key not in blank}
        return kept["value"] if blank and set(kept) == {"value"} else kept
    return [_unblank(entry) for entry in raw] if isinstance(raw, list) else raw


def _differences(one: Any, two: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(one, dict) and isinstance(two, dict):
        for key in {**one, **two}:
            yield from _differences(one.get(key), two.get(key), f"{path}.{key}" if path else key)
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for i, (a, b) in enumerate(zip(one, two, strict=True)):
            yield from _differences(a, b, f"{path}[{i}]")
    elif one != two:
        yield path, str(one if one is not None else two)
