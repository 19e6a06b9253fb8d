"""Tables -> a workbook that explains itself: headings in both languages, units, drop-down lists, comments, frozen panes, an example row."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import xlsxwriter

from portfolio.errors import InvalidInput
from portfolio.formats.tables import cells
from portfolio.formats.tables.layout import NUMERIC, Column, Table
from portfolio.formats.tables.registry import BY_NAME, TABLES
from portfolio.formats.tables.sheet import Place
from portfolio.formats.tables.workbook_in import GUIDE
from portfolio.formats.tables.write import Tables, names_of
from portfolio.schema.problem import Problem, shown

HEADINGS = 3
"""Rows above the data: column names, then a heading in each language."""
SPARE = 500
"""Empty rows below the data that still have drop-down lists."""
_GUIDE = {
    "en": (
        "One sheet per table. Row 1 holds the column names: do not change them. Rows that begin with # are ignored, blank rows too.",
        "Point at a column name to read what belongs there. Lists inside a cell are separated by ;",
        "Numbers: 1200, 1,200, 2/3, 35%, full-width digits; amounts may carry 円, 億円, 兆円 when the header's unit is a yen unit.",
        "Fractions such as 2/3 need cells formatted as text: otherwise the program turns them into dates.",
        "Then: portfolio import book.xlsx -o instance.json - it lists every problem with sheet, cell, value, expectation and remedy.",
    ),
    "ja": (
        "1シートが1つの表です。1行目の列名は変更しないでください。# で始まる行と空行は無視されます。",
        "列名にカーソルを合わせると説明が表示されます。1セルに複数書く場合は「;」で区切ります。",
        "数値: 1200、1,200、2/3、35%、全角数字。ヘッダーの unit が円の単位なら 円・億円・兆円 も使えます。",
        "2/3 のような分数は、セルの書式を文字列にしてから入力してください（日付に変わるのを防ぐため）。",
        "取り込み: portfolio import book.xlsx -o instance.json （シート・セル・値・期待・対処をすべて表示します）。",
    ),
}


def workbook_bytes(tables: Tables | None, lang: str = "en") -> bytes:
    """The workbook. tables: None for an empty template with an example row · lang: language of the first headings and of the guide.

    Raises InvalidInput when a text is longer than a cell can hold.
    """
    _refuse_long(tables or {})
    out = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(out, options)
    # The same content gives the same bytes.
    book.set_properties({"title": "portfolio", "created": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)})
    writer = _Book(book, lang, money=_money_unit(tables))
    writer.guide()
    for table in TABLES:
        rows = (tables or {}).get(table.name, ((), []))[1]
        writer.table(table, rows, example=tables is None)
    book.close()
    return out.getvalue()


def _money_unit(tables: Tables | None) -> str:
    rows = (tables or {}).get("header", ((), []))[1]
    return next((row[1] for row in rows if row[0] == "unit"), "")


def _refuse_long(tables: Tables) -> None:
    problems: list[Problem] = []
    for name, (columns, rows) in tables.items():
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                place = str(Place(name, False, i + HEADINGS + 1, j, columns[j]))
                if len(text) > cells.LONGEST:
                    problems.append(Problem("cell_too_long", place, shown(text), {"limit": cells.LONGEST, "found": len(text)}))
                elif "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
                    problems.append(Problem("text_unwritable", place, shown(text)))
    if problems:
        raise InvalidInput(problems)


class _Book:
    def __init__(self, book: Any, lang: str, money: str) -> None:
        self.book, self.money = book, money
        self.langs = ("ja", "en") if lang == "ja" else ("en", "ja")
        self.name = book.add_format({"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "border": 1, "num_format": "@"})
        self.heading = book.add_format({"italic": True, "bg_color": "#D9E2F3", "text_wrap": True, "valign": "top", "border": 1})
        self.example = book.add_format({"italic": True, "font_color": "#7F7F7F", "num_format": "@"})
        self.text = book.add_format({"num_format": "@"})
        # Shown with a leading apostrophe: typing into the cell does not turn the text into a formula.
        self.quoted = book.add_format({"num_format": "@", "quote_prefix": True})

    def guide(self) -> None:
        sheet = self.book.add_worksheet(GUIDE)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 110, self.book.add_format({"text_wrap": True}))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        lines = [("portfolio" if not n else "", line) for lang in self.langs for n, line in enumerate(_GUIDE[lang])]
        lines += [(table.name, " / ".join(getattr(table, lang) for lang in self.langs)) for table in TABLES]
        for i, (name, line) in enumerate(lines):
            sheet.write_string(i, 0, name)
            sheet.write_string(i, 1, line)

    def table(self, table: Table, rows: Sequence[Sequence[str]], example: bool) -> None:
        sheet = self.book.add_worksheet(table.name)
        sheet.freeze_panes(HEADINGS, 1)
        # Printed: landscape, one page wide, the headings on every page.
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, HEADINGS - 1)
        columns = _KEY_VALUE if table.name == "header" else table.columns
        for i, column in enumerate(columns):
            sheet.write_string(0, i, names_of(table)[i], self.name)
            for j, lang in enumerate(self.langs, 1):
                sheet.write_string(j, i, ("# " if i == 0 else "") + self.title(column, lang), self.heading)
            about = self.about(column)
            if about:
                sheet.write_comment(0, i, about, {"x_scale": 2, "y_scale": 1.2})
            folded = {"level": 1, "hidden": True} if column.rare and not any(row[i] for row in rows) else {}
            sheet.set_column(i, i, 34 if column.type in ("text", "both") else 16, self.text if column.type not in NUMERIC else None, folded)
            self.choices(sheet, column, i, len(rows))
        for i, row in enumerate(rows, HEADINGS):
            for j, text in enumerate(row):
                if text:
                    self.cell(sheet, i, j, text, self.numeric(table, columns[j], row))
        if example:
            self.examples(sheet, table, columns)

    def numeric(self, table: Table, column: Column, row: Sequence[str]) -> bool:
        if table.name == "header" and column.name == "value":
            known = table.column.get(row[0]) or (table.column["exchange_rates.*"] if row[0].startswith("exchange_rates.") else None)
            return known is not None and known.type in NUMERIC
        return column.type in NUMERIC

    def examples(self, sheet: Any, table: Table, columns: Sequence[Column]) -> None:
        if table.name == "header":
            for i, column in enumerate((c for c in table.columns if not c.rare and "*" not in c.name), HEADINGS):
                sheet.write_string(i, 0, column.name, self.text)
                text = f"# {getattr(column, self.langs[0])}"
                sheet.write_comment(i, 0, text[2:] + (f" ({column.example})" if column.example else ""))
            return
        for i, column in enumerate(columns):
            text = column.example or column.refers.removesuffix("s")
            text = text or (f"my_{table.name.removesuffix('s')}" if column.name == "id" else "")
            sheet.write_string(HEADINGS, i, ("# " if i == 0 else "") + text, self.example)

    def cell(self, sheet: Any, row: int, column: int, text: str, numeric: bool) -> None:
        value = excel_number(text) if numeric else None
        if value is not None:
            sheet.write_number(row, column, value)
        else:
            sheet.write_string(row, column, text, self.quoted if cells.dangerous(text) else self.text)

    def title(self, column: Column, lang: str) -> str:
        unit = self.money or {"en": "money unit", "ja": "金額の単位"}[lang] if column.unit == "money" else column.unit
        return f"{getattr(column, lang)} [{unit}]" if unit else str(getattr(column, lang))

    def about(self, column: Column) -> str:
        lines = [" - ".join(filter(None, (getattr(column, lang), getattr(column, f"about_{lang}")))) for lang in self.langs]
        if column.choices:
            lines.append(" / ".join(column.choices))
        if column.refers:
            lines.append(f"-> {column.refers}")
        if column.example:
            lines.append(f"e.g. {column.example}")
        return "\n".join(lines)

    def choices(self, sheet: Any, column: Column, index: int, filled: int) -> None:
        """A drop-down list: fixed words, or the ids that stand in another sheet. Lists of ids cannot have one."""
        last = HEADINGS + filled + SPARE
        if column.choices:
            message = " / ".join(column.choices)[:250]
            rule = {"validate": "list", "source": list(column.choices), "error_type": "stop", "error_message": message}
        elif column.type == "id" and column.refers in BY_NAME:
            source = f"={column.refers}!$A${HEADINGS + 1}:$A${HEADINGS + 5000}"
            rule = {"validate": "list", "source": source, "error_type": "warning", "error_message": f"{column.refers}!A"}
        else:
            return
        sheet.data_validation(HEADINGS, index, last, index, {"ignore_blank": True, **rule})


_KEY_VALUE = (
    Column("key", "id", (), "Key", "項目"),
    Column("value", "text", (), "Value", "値"),
)


def excel_number(text: str) -> float | int | None:
    """The number to store, when a spreadsheet keeps it exactly (15 digits); None when it must stay text."""
    try:
        found = cells.number(text)
    except cells.CellProblem:
        return None
    if isinstance(found, str) or len(text.lstrip("-").replace(".", "").strip("0")) > 15:
        return None
    exact = Fraction(found)
    value = int(exact) if exact.denominator == 1 else float(exact)
    return value if cells.number_text(found) == text and Fraction(repr(value)) == exact else None
