"""The parts of a report, without any format: cells know their exact value and their text."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portfolio.schema.exact import exact_json


@dataclass(frozen=True)
class Cell:
    """text: as printed, rounded · value: exact, in the unit the data stands in (None: the text is all there is)."""

    text: str
    value: Fraction | int | None = None


@dataclass(frozen=True)
class Column:
    """numeric columns are set flush right and never broken."""

    key: str
    title: str
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """totals: how many of the last rows are sums · most: rows printed unless everything is asked for (0 = all)."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: int = 0
    most: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sentence:
    """tone: plain, good, bad, head."""

    key: str
    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Content:
    """Head, tables, closing sentences - in this order."""

    head: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()
    tail: tuple[Sentence, ...] = ()


def as_data(content: Content) -> dict[str, Any]:
    """The same content for --json: exact values where there are any, else texts."""
    return {
        "head": {s.key: s.text for s in content.head},
        "tables": {t.key: _table(t) for t in content.tables},
        "tail": {s.key: s.text for s in content.tail},
    }


def _table(table: Table) -> dict[str, Any]:
    keys = [c.key for c in table.columns]
    rows = [{key: _value(cell) for key, cell in zip(keys, row, strict=True)} for row in table.rows]
    return {
        "title": table.title,
        "columns": {c.key: c.title for c in table.columns},
        "rows": rows[: len(rows) - table.totals],
        "totals": rows[len(rows) - table.totals :],
        "notes": list(table.notes),
    }


def _value(cell: Cell) -> int | float | str:
    return cell.text if cell.value is None else exact_json(Fraction(cell.value))
