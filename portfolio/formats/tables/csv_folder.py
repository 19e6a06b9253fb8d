"""A folder of CSV files <-> sheets. In: UTF-8 (with or without BOM) or cp932; out: UTF-8 with BOM, formulas made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from portfolio.errors import UsageError
from portfolio.formats.files import write_bytes
from portfolio.formats.tables import cells
from portfolio.formats.tables.layout import NUMERIC
from portfolio.formats.tables.registry import BY_NAME
from portfolio.formats.tables.sheet import MOST_ROWS, Row, Sheet
from portfolio.schema.problem import Problem
from portfolio.schema.references import hint

LARGEST = 40_000_000
"""Bytes of one CSV file; the flagship's largest has 0.2 MB."""


def read_csv_folder(folder: Path) -> tuple[list[Sheet], list[Problem]]:
    """The tables of a folder. Files that are no .csv, and names that begin with _ or ., are ignored; subfolders too.

    Raises UsageError when the folder cannot be read.
    """
    try:
        files = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".csv" and not p.name.startswith(("_", ".")) and p.is_file())
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read ({error.strerror}).", f"{folder}: 読み込めません（{error.strerror}）。") from None
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for path in files:
        table = path.stem.strip().lower()
        if table not in BY_NAME:
            problems.append(Problem("unknown_table", path.name, "", hint(table, list(BY_NAME))))
            continue
        sheet = _read_file(path, table, problems)
        if sheet is not None:
            sheets.append(sheet)
    if not sheets and not problems:
        problems.append(Problem("no_tables", str(folder)))
    return sheets, problems


def _read_file(path: Path, table: str, problems: list[Problem]) -> Sheet | None:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            problems.append(Problem("too_large", path.name, "", {"limit": f"{LARGEST // 10**6} MB", "found": f"{size / 1e6:.0f} MB"}))
            return None
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).", f"{path}: 読み込めません（{error.strerror}）。") from None
    text = _decoded(data, path.name, problems)
    return None if text is None else _parsed(text, table, path.name, problems)


def _decoded(data: bytes, name: str, problems: list[Problem]) -> str | None:
    if b"\0" in data:
        problems.append(Problem("csv_encoding", name, "", {"detail": "UTF-16 or binary"}))
        return None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    problems.append(Problem("csv_encoding", name, "", {"detail": "neither of them"}))
    return None


def _parsed(text: str, table: str, name: str, problems: list[Problem]) -> Sheet | None:
    first = text.lstrip("\r\n").partition("\n")[0]
    if "," not in first and ("\t" in first or ";" in first):
        problems.append(Problem("csv_separator", f"{name}:1"))
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    start = 1
    try:
        for found in reader:
            if len(rows) >= MOST_ROWS:
                params = {"limit": f"{MOST_ROWS} rows", "found": "more"}
                problems.append(Problem("too_large", f"{name}:{start}", "", params))
                return None
            rows.append(Row(start, [cells.unprotect(cell) for cell in found]))
            start = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem("csv_broken", f"{name}:{start}", "", {"detail": str(error)}))
        return None
    return Sheet(table, name, True, rows)


def csv_text(table: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV of one table. Text that a spreadsheet would run (= + - @ TAB CR) gets an apostrophe, which reading takes off again."""
    layout = BY_NAME[table].column
    numeric = [name in layout and layout[name].type in NUMERIC for name in columns]
    lines = [columns]
    for row in rows:
        lines.append([cell if number and _is_number(cell) else cells.protect(cell) for cell, number in zip(row, numeric, strict=True)])
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def _quoted(cell: str) -> str:
    # csv.writer leaves a lone CR unquoted when lines end with LF (Python 3.11), and then cannot read its own file.
    return '"' + cell.replace('"', '""') + '"' if any(char in cell for char in ',"\r\n') else cell


def _is_number(text: str) -> bool:
    return not isinstance(cells.number(text), str) or "/" in text


def write_csv_folder(folder: Path, tables: Mapping[str, tuple[Sequence[str], list[list[str]]]]) -> None:
    """Write every table that has rows; tables of an earlier writing that now have none are emptied. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be created ({error.strerror}).", f"{folder}: 作成できません（{error.strerror}）。") from None
    for name, (columns, rows) in tables.items():
        path = folder / f"{name}.csv"
        if rows or path.exists():
            write_bytes(path, csv_text(name, columns, rows).encode("utf-8-sig"))
