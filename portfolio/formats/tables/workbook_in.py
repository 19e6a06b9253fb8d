"""A workbook -> sheets of text cells. The zip is inspected before openpyxl sees it; formulas count by their stored results."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.text import Text as OpenpyxlText
from openpyxl.xml.functions import iterparse

from portfolio.errors import InvalidInput, UsageError
from portfolio.formats.tables.registry import BY_NAME
from portfolio.formats.tables.sheet import Place, Row, Sheet
from portfolio.formats.tables.zip_check import MOST_BYTES, Part, Unsafe, inspect
from portfolio.schema.problem import Problem, shown
from portfolio.schema.references import hint

GUIDE = "read_me"
"""The sheet of explanations, written by the template and passed over when reading."""
MOST_COLUMNS = 64
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BARE_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\b(?![^>]*\st="str")[^>]*?\sr="([A-Z]+\d+)"[^>]*>\s*"""
    rb"""<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*(?:/>|>\s*</(?:\w+:)?v>)\s*)?</"""
)
"""A formula without a result, as scripts write it. A spreadsheet marks an empty text that is a result with t="str"."""
_RANGE = re.compile(r"([A-Z]+)(\d+):([A-Z]+)(\d+)")


def read_workbook_sheets(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """The tables of a workbook and the problems of its cells.

    Raises UsageError (cannot be opened), InvalidInput (not safe, or no workbook).
    """
    data = _bytes(path)
    try:
        parts = inspect(data)
    except Unsafe as unsafe:
        raise InvalidInput([Problem(unsafe.code, path.name, "", unsafe.params)]) from None
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it leaves out; none of them holds data.
            warnings.simplefilter("ignore")
            return _sheets(data, parts, path.name)
    except InvalidInput:
        raise
    except Exception as error:  # openpyxl raises whatever its parser stumbles on: KeyError, ValueError, ParseError, TypeError ...
        detail = f"{type(error).__name__}: {shown(error)}"
        raise InvalidInput([Problem("not_workbook", path.name, "", {"detail": detail})]) from None


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            params = {"limit": f"{MOST_BYTES // 10**6} MB", "found": f"{path.stat().st_size / 1e6:.0f} MB"}
            raise InvalidInput([Problem("too_large", path.name, "", params)])
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).", f"{path}: 読み込めません（{error.strerror}）。") from None


def _sheets(data: bytes, parts: dict[str, Part], name: str) -> tuple[list[Sheet], list[Problem]]:
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    strings = _escaped_strings(data)
    formulas: Any = None
    for title in book.sheetnames:
        table = title.strip().lower()
        if table == GUIDE or table.startswith(("_", "#")):
            continue
        if table not in BY_NAME or any(sheet.table == table for sheet in sheets):
            problems.append(Problem("unknown_table", title, "", hint(table, list(BY_NAME))))
            continue
        sheet = book[title]
        if strings and len(strings) == len(sheet._shared_strings):
            sheet._shared_strings = strings
        part = parts.get(sheet._worksheet_path.lstrip("/"), Part(False, ()))
        if part.has_formulas and formulas is None:
            formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        rows = list(_rows(sheet, title, problems))
        if part.has_formulas:
            _without_results(rows, formulas[title], title, data, problems)
        sheets.append(Sheet(table, title, False, _unmerged(rows, part.merged, title, problems)))
    if not sheets and not problems:
        problems.append(Problem("no_tables", name))
    return sheets, problems


def _escaped_strings(data: bytes) -> list[str]:
    """The shared strings as stored, if any holds an escaped `_xHHHH_`: openpyxl drops the escape, and CR and `_x000D_` look alike."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next((name for name in archive.namelist() if name.lower() == "xl/sharedstrings.xml"), None)
        xml = archive.read(name) if name else b""
    if b"x005F_" not in xml:
        return []
    found = []
    for _, node in iterparse(io.BytesIO(xml)):
        if node.tag.rpartition("}")[2] == "si":
            found.append(OpenpyxlText.from_tree(node).content)
            node.clear()
    return found


def _rows(sheet: Any, title: str, problems: list[Problem]) -> Iterator[Row]:
    # A sheet may claim any size: read what is there, not what it says.
    sheet.reset_dimensions()
    for cells in sheet.iter_rows(max_col=MOST_COLUMNS):
        texts, number = [], 0
        for cell in cells:
            value = cell.value
            if value is None:
                texts.append("")
                continue
            number = cell.row
            if cell.data_type == "e":
                problems.append(Problem("cell_error", str(Place(title, False, cell.row, cell.column - 1, "")), shown(value)))
            texts.append(_text(value))
        if number:
            yield Row(number, texts)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ") if value.time() != datetime.time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else str(value)


def _without_results(rows: list[Row], sheet: Any, title: str, data: bytes, problems: list[Problem]) -> None:
    """Report formulas whose result the file does not hold: they would read as blanks. A result that is an empty text is a blank."""
    filled = {(row.number, i) for row in rows for i, cell in enumerate(row.cells, 1) if cell}
    sheet.reset_dimensions()
    found = {}
    for cells in sheet.iter_rows(max_col=MOST_COLUMNS):
        for cell in cells:
            if cell.value is not None and cell.data_type == "f" and (cell.row, cell.column) not in filled:
                found[str(Place("", False, cell.row, cell.column - 1, ""))[1:]] = getattr(cell.value, "text", cell.value)
    if found:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            bare = {address.decode() for address in _BARE_FORMULA.findall(archive.read(sheet._worksheet_path.lstrip("/")))}
        problems += [Problem("formula_no_value", f"{title}!{at}", shown(formula)) for at, formula in found.items() if at in bare]


def _unmerged(rows: list[Row], merged: tuple[str, ...], title: str, problems: list[Problem]) -> list[Row]:
    """Cells merged downwards share their value; cells merged across columns are refused when they hold data."""
    by_number = {row.number: row for row in rows}
    first = rows[0].number if rows else 0
    for reference in merged:
        left, top, right, bottom = _corners(reference)
        head = by_number.get(top)
        text = head.cells[left] if head is not None and left < len(head.cells) else ""
        if not text or head is None or head.cells[0].lstrip().startswith("#"):
            continue
        if left != right:
            problems.append(Problem("merged_cells", str(Place(title, False, top, left, "")), shown(text), {"range": reference}))
            continue
        for number in range(max(top, first) + 1, min(bottom, rows[-1].number) + 1):
            row = by_number.get(number)
            if row is not None and left < len(row.cells) and not row.cells[left]:
                row.cells[left] = text
            elif row is not None and left >= len(row.cells):
                row.cells.extend([""] * (left - len(row.cells)) + [text])
    return rows


def _corners(reference: str) -> tuple[int, int, int, int]:
    found = _RANGE.fullmatch(reference)
    assert found is not None
    return _column(found[1]), int(found[2]), _column(found[3]), int(found[4])


def _column(text: str) -> int:
    index = 0
    for char in text:
        index = index * 26 + ord(char) - 64
    return index - 1
