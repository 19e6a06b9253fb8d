"""Rows of cells -> raw instance data, plus the way back from each JSON path to its cell. Every problem is collected, none is fatal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from portfolio.formats.tables import cells
from portfolio.formats.tables.annotate import Number, Numbers
from portfolio.formats.tables.cells import CellProblem
from portfolio.formats.tables.convert import canonical_scale, chosen, convert
from portfolio.formats.tables.layout import ANNOTATED, Column, Owner, Table
from portfolio.formats.tables.places import Places
from portfolio.formats.tables.registry import TABLES
from portfolio.formats.tables.sheet import Line, Place, Sheet, lines
from portfolio.schema.problem import Problem, shown
from portfolio.schema.references import hint


@dataclass
class Reading:
    """What was understood. raw: data as from JSON · problems: those of the tables themselves (the schema's come later) ·
    unread: collections whose table has no readable columns, so that nothing is said about ids that should stand there."""

    raw: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    unread: set[str] = field(default_factory=set)


@dataclass
class _Record:
    """A record under construction: its data, its JSON path, its name in annotation paths, its options."""

    data: dict[str, Any]
    path: str
    name: tuple[str, ...]
    options: dict[str, _Record] = field(default_factory=dict)


def read_sheets(sheets: Iterable[Sheet], problems: Iterable[Problem] = ()) -> Reading:
    """Understand all sheets together. problems: those found while opening the files."""
    reader = _Reader({sheet.table: sheet for sheet in sheets})
    reader.out.problems += problems
    for table in TABLES:
        reader.read(table)
    reader.finish()
    return reader.out


class _Reader:
    def __init__(self, sheets: dict[str, Sheet]) -> None:
        self.sheets = sheets
        self.out = Reading()
        self.records: dict[str, dict[str, _Record]] = {}
        self.numbers = Numbers()
        self.money_unit: Fraction | None = None
        tables = self.out.places.tables
        example = next(iter(sheets.values()), None)
        for table in TABLES:
            label = f"{table.name}.csv" if example is not None and example.is_file else table.name
            tables.setdefault(table.collection or table.name, sheets[table.name].label if table.name in sheets else label)
        tables["aim"] = tables["header"]

    # -- tables ----------------------------------------------------------------------------------------------------
    def read(self, table: Table) -> None:
        sheet = self.sheets.get(table.name)
        if sheet is None:
            return
        read_line: Callable[[Table, Line], None] = self.record
        if table.name == "header":
            read_line = self.header
        elif table.name == "quantities":
            read_line = self.numbers_row
        elif table.owners:
            read_line = self.owned
        found = list(lines(sheet, table, self.out.problems))
        if any(p.code == "missing_column" and p.path == sheet.label for p in self.out.problems):
            self.out.unread.add(table.collection or table.name)
        if table.name == "header":
            unit = next((line.text("value") for line in found if cells.narrow(line.text("key")) == "unit"), "")
            self.money_unit = cells.yen_per_unit(unit)
        for line in found:
            read_line(table, line)

    def header(self, table: Table, line: Line) -> None:
        key = cells.narrow(line.text("key"))
        base, _, currency = key.partition(".")
        column = table.column.get(f"{base}.*" if currency else base)
        if column is None:
            params = {"known": ", ".join(table.column), **hint(key, list(table.column))}
            self.problem("unknown_header_key", line.place("key"), key, **params)
        elif line.text("value"):
            steps = [currency if step == "*" else step for step in column.at[0].path.split(".")]
            self.put(_Record(self.out.raw, "", ()), steps, column, line.text("value"), line.place("value"), tuple(steps))
        else:
            self.out.places.add(column.at[0].path, line.place("value"), "")

    def record(self, table: Table, line: Line) -> None:
        entries = self.out.raw
        *outer, last = table.collection.split(".")
        for step in outer:
            entries = entries.setdefault(step, {})
        listed = entries.setdefault(last, [])
        ids = tuple(cells.narrow(line.text(name)) for name in table.named_by)
        record = _Record({}, f"{table.collection}[{len(listed)}]", (table.collection, *ids))
        listed.append(record.data)
        self.fill(table, line, record)
        kind = str(record.data.get("kind", ""))
        if table.kinds and kind:
            self.kind_of_table(table, line, kind)
        for name, empty in table.needed.get(kind, table.needed.get("", {})).items():
            record.data.setdefault(name, dict(empty) if isinstance(empty, dict) else empty)
        self.records.setdefault(table.collection, {}).setdefault(ids[0], record)

    def kind_of_table(self, table: Table, line: Line, kind: str) -> None:
        home = next((t for t in TABLES if t.collection == table.collection and kind in t.kinds), None)
        if home is None:
            choices = ", ".join(f"'{k}'" for k in table.kinds)
            self.problem("bad_choice", line.place("kind"), kind, choices=choices)
        elif home is not table:
            self.problem("wrong_table", line.place("kind"), kind, table=home.name)

    def owned(self, table: Table, line: Line) -> None:
        owner = self.owner(table, line)
        if owner is None:
            return
        if not table.item:
            self.keyed(table, line, owner)
            return
        if table.whole_if_empty and not line.text(table.whole_if_empty):
            self.fill(table, line, owner)
            return
        listed = owner.data.setdefault(table.item, [])
        path = f"{owner.path}.{table.item}[{len(listed)}]"
        if table.point:
            self.point(table, line, owner, path, listed)
            return
        name = cells.narrow(line.text("id")) if table.whole_if_empty else str(len(listed))
        item = _Record({}, path, (*owner.name, table.item, name))
        listed.append(item.data)
        if table.whole_if_empty:
            owner.options.setdefault(name, item)
        self.fill(table, line, item)

    def owner(self, table: Table, line: Line) -> _Record | None:
        """The record a row belongs to; a problem when it names none, two, or one that does not exist."""
        named = [owner for owner in table.owners if any(line.text(column) for column in owner.columns)]
        if len(named) != 1:
            columns = " / ".join(owner.columns[0] for owner in table.owners)
            code = "two_owners" if named else "key_missing"
            self.problem(code, line.place(table.owners[0].columns[0]), "", name=columns)
            return None
        return self.named_owner(named[0], line)

    def named_owner(self, owner: Owner, line: Line) -> _Record | None:
        if owner.collection in self.out.unread:
            return None
        known = self.records.get(owner.collection, {})
        for depth, column in enumerate(owner.columns):
            name = cells.narrow(line.text(column))
            if depth and not name:
                break
            if name not in known:
                code = "unknown_row" if name else "key_missing"
                self.problem(code, line.place(column), name, name=column, collection=owner.collection, **hint(name, list(known)))
                return None
            record = known[name]
            known = record.options
        return record

    # -- rows ------------------------------------------------------------------------------------------------------
    def fill(self, table: Table, line: Line, record: _Record) -> None:
        kind = cells.narrow(line.text("kind"))
        for column in table.columns:
            for at in column.at:
                text = line.text(column.name)
                steps = at.path.split(".")
                if text:
                    name = () if len(table.named_by) > 1 else tuple(steps)
                    self.put(record, steps, column, text, line.place(column.name), name, kind in column.int_kinds)
                else:
                    self.out.places.add(f"{record.path}.{at.path}", line.place(column.name), "")

    def keyed(self, table: Table, line: Line, owner: _Record) -> None:
        """A row whose key columns say where its values belong."""
        keys: dict[str, str] = {}
        for name in table.keyed:
            if line.text(name):
                key = cells.whole(line.text(name)) if table.column[name].type == "int" else cells.narrow(line.text(name))
                keys[name] = str(key)
        values = [column for column in table.columns if column.at]
        given = [column for column in values if line.text(column.name)]
        for name in table.keyed:
            column = table.column[name]
            if column.choices and keys.get(name) not in (None, *column.choices):
                self.problem("bad_choice", line.place(name), keys[name], choices=", ".join(f"'{c}'" for c in column.choices))
                return
            if column.type == "int" and not keys.get(name, "0").lstrip("-").isdigit():
                self.problem("wrong_type", line.place(name), line.text(name), expected="a whole number", expected_ja="整数")
                return
        if not given:
            names = " / ".join(column.name for column in values)
            self.problem("nothing_given", line.place(values[0].name), "", names=names)
        for column in given:
            at = chosen(column, keys)
            if at is None:
                needed = " / ".join(sorted({" + ".join(sorted(a.keys | dict(a.when).keys())) for a in column.at}))
                self.problem("wrong_keys", line.place(column.name), line.text(column.name), column=column.name, needed=needed)
                continue
            steps = [keys[step[1:-1]] if step.startswith("{") else step for step in at.path.split(".")]
            self.put(owner, steps, column, line.text(column.name), line.place(column.name), tuple(steps))
            self.key_places(table, line, owner, steps, keys)

    def key_places(self, table: Table, line: Line, owner: _Record, steps: list[str], keys: dict[str, str]) -> None:
        # A dangling key is reported at the path of the value; it must point to the cell of the key.
        for depth, step in enumerate(steps):
            for name, key in keys.items():
                if step == key and table.column[name].type in ("id", "int"):
                    self.out.places.add_key(f"{owner.path}." + ".".join(steps[: depth + 1]), line.place(name), line.text(name))

    def point(self, table: Table, line: Line, owner: _Record, path: str, listed: list[Any]) -> None:
        pair: list[Any] = [None, None]
        listed.append(pair)
        columns = [column for column in table.columns if column.at]
        scale = str(cells.number(line.text(columns[0].name)) if line.text(columns[0].name) else len(listed) - 1)
        named = (*owner.name, table.item, canonical_scale(scale))
        for i, column in enumerate(columns):
            place, text = line.place(column.name), line.text(column.name)
            if not text:
                self.problem("missing", place, "", name=column.name)
            else:
                pair[i] = self.converted(column, text, place)
                self.numbers.add(Number(pair, i, named if i else (*named, "scale"), f"{path}[{i}]", None))
            self.out.places.add(f"{path}[{i}]", place, text)

    # -- cells -----------------------------------------------------------------------------------------------------
    def put(
        self, record: _Record, steps: list[str], column: Column, text: str, place: Place, name: tuple[str, ...], as_count: bool = False
    ) -> None:
        """Convert a cell and set it at its place below the record."""
        path = ".".join((record.path, *steps)) if record.path else ".".join(steps)
        target: Any = record.data
        for step in steps[:-1]:
            target = target.setdefault(step, {}) if isinstance(target, dict) else None
        if not isinstance(target, dict) or steps[-1] in target:
            first = self.out.places.near.get(path) or self.out.places.near.get(path.rpartition(".")[0])
            self.problem("twice", place, text, first=str(first[0]) if first else path)
            return
        value = self.converted(column, text, place, as_count)
        target[steps[-1]] = value
        self.out.places.add(path, place, text)
        if isinstance(value, list):
            for i in range(len(value)):
                self.out.places.add(f"{path}[{i}]", place, text)
        if column.type in ANNOTATED and not as_count:
            money = self.money_unit if column.type == "money" else None
            self.add_numbers(target, steps[-1], (*record.name, *name), path, money)

    def add_numbers(self, target: Any, key: Any, name: tuple[str, ...], path: str, money: Fraction | None) -> None:
        value = target[key]
        if isinstance(value, list):
            for i in range(len(value)):
                self.add_numbers(value, i, (*name, str(i)), f"{path}[{i}]", money)
            return
        self.numbers.add(Number(target, key, name, path, money))
        self.out.places.by_name.setdefault(".".join(name), path)
        if isinstance(value, dict):
            for factor in value["factors"]:
                self.add_numbers(value["factors"], factor, (*name, "factors", factor), f"{path}.factors.{factor}", None)

    def converted(self, column: Column, text: str, place: Place, as_count: bool = False) -> Any:
        """Raw data of a cell. What cannot be read stays text: the schema refuses it at the same place, and nothing else goes wrong."""
        try:
            return convert(column, "int" if as_count else column.type, text, self.money_unit)
        except CellProblem as problem:
            self.problem(problem.code, place, text, **problem.params)
            return text

    def problem(self, code: str, place: Place, text: str, **params: Any) -> None:
        self.out.problems.append(Problem(code, str(place), shown(text), params))

    # -- annotations -----------------------------------------------------------------------------------------------
    def numbers_row(self, table: Table, line: Line) -> None:
        path = cells.narrow(line.text("path"))
        if not path:
            self.problem("key_missing", line.place("path"), "", name="path")
            return
        said: dict[str, Any] = {}
        for column in table.columns[2:]:
            text = line.text(column.name)
            if text and column.type in ("text", "choice", "ids"):
                target = said.setdefault("note", {}) if column.name.startswith("note") else said
                target[column.at[0].path.rpartition(".")[2]] = self.converted(column, text, line.place(column.name))
            elif text:
                said[column.name] = text
        sources = said.pop("source", [])
        if sources:
            said["source"] = sources[0] if len(sources) == 1 else sources
        self.numbers.annotate(path, said, line)
        if line.text("value"):
            self.shared(table, line, path)

    def shared(self, table: Table, line: Line, path: str) -> None:
        head, _, name = path.partition(".")
        if head != "quantities" or not name or "." in name or "*" in name:
            self.problem("value_elsewhere", line.place("value"), line.text("value"), path=path)
            return
        quantities = self.out.raw.setdefault("quantities", {})
        if name in quantities:
            self.numbers.drop(("quantities", name))
        quantities[name] = self.converted(table.column["value"], line.text("value"), line.place("value"))
        self.out.places.exact.pop(f"quantities.{name}", None)
        self.out.places.add(f"quantities.{name}", line.place("value"), line.text("value"))
        self.add_numbers(quantities, name, ("quantities", name), f"quantities.{name}", None)

    def finish(self) -> None:
        known = {table.collection: set(self.records.get(table.collection, {})) for table in TABLES if table.collection}
        options = {o for record in self.records.get("programmes", {}).values() for o in record.options}
        self.out.problems += self.numbers.finish(self.out.raw.get("quantities", {}), {**known, "options": options}, self.out.places)
