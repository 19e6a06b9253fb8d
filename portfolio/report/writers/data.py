"""Files for pipelines: JSON (exact, everything), CSV and Parquet (a file per table). Columns are named by key.

Values stand in the instance's own units (money: the briefing's `unit`), printed texts in the unit of their title. JSON numbers are exact: a
number where that is short, else a decimal or `p/q` text. CSV holds decimals in full where they end within 30 digits, else, as Parquet does,
the nearest double.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from portfolio.formats.tables.cells import protect
from portfolio.report.blocks import Cell, Table
from portfolio.report.briefing.parts import Bars, Briefing, Figure, Heat, Points
from portfolio.report.naming import clean
from portfolio.report.numbers import NONE
from portfolio.schema.exact import exact_json, exact_text

REPLACED = {
    "criteria": "outcome",
    "commitments": "ledger_commitments",
    "outlays": "ledger_outlays",
    "sources_brief": "sources",
    "judgements_brief": "judgements",
    "why_not": "why_not_full",
}
"""Tables for readers, whose texts name a printed unit or leave something out, and the full tables that files hold instead."""
JSON_FORMAT, JSON_VERSION = "portfolio-briefing", 1


def write_json(said: Briefing) -> bytes:
    """Pages (sentences, figures as numbers, keys of their tables) and every table with exact values."""
    data = {
        "format": JSON_FORMAT,
        "version": JSON_VERSION,
        "lang": said.lang,
        "title": said.title,
        "subtitle": said.subtitle,
        "run": said.run,
        "unit": said.unit,
        "facts": dict(said.facts),
        "pages": [
            {
                "key": page.key,
                "title": page.title,
                "sentences": {s.key: s.text for s in page.sentences},
                "figures": [_figure(f) for f in page.figures],
                "tables": [REPLACED.get(t.key, t.key) for t in page.tables],
                "footnotes": list(page.footnotes),
            }
            for page in said.pages
        ],
        "tables": {t.key: _table(t) for t in file_tables(said)},
    }
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    return text.encode("utf-8", "backslashreplace")


def file_tables(said: Briefing) -> list[Table]:
    """Tables that get a file each."""
    keys = {t.key for t in said.tables}
    return [t for t in said.tables if t.rows and REPLACED.get(t.key) not in keys]


def _table(table: Table) -> dict[str, Any]:
    """Cells with a number: {"text": as printed, "value": exact}; others: their text."""
    names = column_names(table)
    rows = [{name: _cell(cell) for name, cell in zip(names, row, strict=True)} for row in table.rows]
    return {
        "title": table.title,
        "columns": {name: c.title for name, c in zip(names, table.columns, strict=True)},
        "rows": rows[: len(rows) - table.totals],
        "totals": rows[len(rows) - table.totals :],
        "notes": list(table.notes),
    }


def _cell(cell: Cell) -> str | dict[str, int | float | str]:
    return cell.text if cell.value is None else {"text": cell.text, "value": exact_json(Fraction(cell.value))}


def _figure(figure: Figure) -> dict[str, Any]:
    said: dict[str, Any] = {"key": figure.key, "kind": type(figure).__name__.lower(), "title": figure.title, "caption": figure.caption}
    if isinstance(figure, Bars):
        said |= {
            "value_axis": _axis(figure.value_axis),
            "category_axis": _axis(figure.category_axis),
            "categories": list(figure.categories),
        }
        said["series"] = [
            {"key": s.key, "name": s.name, "values": list(s.values), "colour": s.colour} for s in figure.series if not s.hidden
        ]
    elif isinstance(figure, Points):
        said |= {"x": _axis(figure.x), "y": _axis(figure.y)}
        said["groups"] = [
            {"key": g.key, "name": g.name, "x": list(g.xs), "y": list(g.ys), "labels": list(g.labels), "colour": g.colour}
            for g in figure.groups
        ]
    else:
        assert isinstance(figure, Heat)
        said |= {
            "unit": figure.unit,
            "rows": list(figure.rows),
            "columns": list(figure.columns),
            "values": [list(row) for row in figure.values],
        }
    return said


def _axis(axis: Any) -> dict[str, str]:
    return {"title": axis.title, "unit": axis.unit}


def write_csv(table: Table) -> bytes:
    """UTF-8 with a byte-order mark, CRLF; the body alone, sums are left out. Text that a spreadsheet would run gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([protect(clean(name)) for name in column_names(table)])
    numeric = [_is_numeric(table, c) for c in range(len(table.columns))]
    for row in body(table):
        writer.writerow([_number_text(cell) if number else protect(clean(cell.text)) for cell, number in zip(row, numeric, strict=True)])
    return out.getvalue().encode("utf-8-sig")


def write_parquet(table: Table, said: Briefing) -> bytes:
    """Doubles and strings; unit of money, run and facts stand in the schema's metadata (key `portfolio`, JSON)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = body(table)
    columns: list[Any] = []
    for c in range(len(table.columns)):
        if _is_numeric(table, c):
            columns.append(pa.array([None if r[c].value is None else float(Fraction(r[c].value or 0)) for r in rows], pa.float64()))
        else:
            columns.append(pa.array([clean(r[c].text) for r in rows], pa.string()))
    about = {"table": table.key, "unit": said.unit, "lang": said.lang, "run": said.run, "facts": dict(said.facts)}
    names = column_names(table)
    head = json.dumps(about, ensure_ascii=False).encode("utf-8", "backslashreplace")
    found = pa.Table.from_arrays(columns, names=names).replace_schema_metadata({b"portfolio": head})
    out = io.BytesIO()
    pq.write_table(found, out)
    return out.getvalue()


def column_names(table: Table) -> list[str]:
    """Keys, each once: a second one of a name gets its place."""
    names: list[str] = []
    for n, column in enumerate(table.columns):
        name = clean(column.key) or f"column_{n}"
        names.append(name if name not in names else f"{name}_{n}")
    return names


def body(table: Table) -> Sequence[tuple[Cell, ...]]:
    """Rows without sums."""
    return table.rows[: len(table.rows) - table.totals]


def _is_numeric(table: Table, column: int) -> bool:
    """A number or nothing in every row."""
    cells = [row[column] for row in body(table)]
    return table.columns[column].numeric and all(c.value is not None or c.text in ("", NONE) for c in cells)


def _number_text(cell: Cell) -> str:
    if cell.value is None:
        return ""
    text = exact_text(Fraction(cell.value))
    return text if "/" not in text else repr(float(Fraction(cell.value)))
