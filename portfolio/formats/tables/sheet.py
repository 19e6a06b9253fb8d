"""Rows of text cells with their addresses: what CSV files and workbooks are turned into before anything is understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from portfolio.formats.tables.layout import Table
from portfolio.schema.problem import Problem, shown
from portfolio.schema.references import hint

MOST_ROWS = 200_000
"""Rows in one table. The flagship's longest has about 5,000."""


@dataclass(frozen=True, slots=True)
class Row:
    """number: row of the sheet, or first line of the record in the file."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as found. label: sheet name or file name · rows: the first holds the column names."""

    table: str
    label: str
    is_file: bool
    rows: list[Row]


class Place(NamedTuple):
    """Address of a cell: `programmes!D12` in a workbook, `programmes.csv:12 cost` in a folder."""

    label: str
    is_file: bool
    row: int
    position: int
    column: str

    def __str__(self) -> str:
        return f"{self.label}:{self.row} {self.column}".rstrip() if self.is_file else f"{self.label}!{letters(self.position)}{self.row}"


def letters(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    text = ""
    while index >= 0:
        text, index = chr(65 + index % 26) + text, index // 26 - 1
    return text


class Line:
    """One row, its cells found by column name."""

    def __init__(self, sheet: Sheet, row: Row, indices: dict[str, int]) -> None:
        self.sheet, self.row, self.indices = sheet, row, indices

    def text(self, column: str) -> str:
        """The cell's text; empty when blank or when the table has no such column."""
        index = self.indices.get(column, -1)
        text = self.row.cells[index] if 0 <= index < len(self.row.cells) else ""
        return text if text and not text.isspace() else ""

    def place(self, column: str) -> Place:
        """The cell's address; the row's first cell when the table has no such column."""
        index = self.indices.get(column, 0)
        return Place(self.sheet.label, self.sheet.is_file, self.row.number, index, column if column in self.indices else "")


def lines(sheet: Sheet, table: Table, problems: list[Problem]) -> Iterator[Line]:
    """The rows that say something. Blank rows and rows whose first cell begins with # are passed over."""
    names = ("key", "value") if table.name == "header" else tuple(c.name for c in table.columns)
    body = [row for row in sheet.rows if any(cell and not cell.isspace() for cell in row.cells)]
    if not body:
        return
    indices = _columns(sheet, body[0], names, problems)
    width = max(indices.values(), default=-1) + 1
    named = {i for i, cell in enumerate(body[0].cells) if cell.strip()}
    must = _must(table)
    if not indices or not must <= set(indices):
        missing = sorted(must - set(indices))
        problems.append(Problem("missing_column", sheet.label, "", {"names": ", ".join(missing or names[:2])}))
        return
    for row in body[1:]:
        if row.cells[0].lstrip().startswith(("#", "＃")):
            continue
        for i, cell in enumerate(row.cells):
            if i not in named and cell and not cell.isspace():
                place = Place(sheet.label, sheet.is_file, row.number, i, f"(column {i + 1})")
                problems.append(Problem("unnamed_column", str(place), shown(cell), {"width": width}))
        yield Line(sheet, row, indices)


def _must(table: Table) -> set[str]:
    if table.name == "header":
        return {"key", "value"}
    if table.name == "quantities":
        return {"path"}
    if table.owners:
        first = set() if len(table.owners) > 1 else {table.owners[0].columns[0]}
        return first | {name for name in table.keyed[-1:] if table.name not in ("uses", "profiles")}
    return {table.columns[0].name}


def _columns(sheet: Sheet, row: Row, names: tuple[str, ...], problems: list[Problem]) -> dict[str, int]:
    indices: dict[str, int] = {}
    for i, cell in enumerate(row.cells):
        name = cell.strip().lower()
        if not name:
            continue
        place = str(Place(sheet.label, sheet.is_file, row.number, i, name))
        if name not in names:
            problems.append(Problem("unknown_column", place, shown(cell), {"known": ", ".join(names), **hint(name, list(names))}))
        elif name in indices:
            problems.append(Problem("double_column", place, shown(cell)))
        else:
            indices[name] = i
    return indices
