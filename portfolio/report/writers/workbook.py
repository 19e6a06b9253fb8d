"""Excel: a summary, then a sheet per table; sums are live formulas with their values stored, and texts are never formulas or links."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import xlsxwriter
from rich.cells import cell_len
from xlsxwriter.utility import xl_rowcol_to_cell

from portfolio.formats.tables.cells import dangerous
from portfolio.report.blocks import Cell, Table
from portfolio.report.briefing.parts import Briefing
from portfolio.report.briefing.phrases import say
from portfolio.report.numbers import NONE
from portfolio.report.palette import BLUE, PAPER, SOFT
from portfolio.report.writers.printed import Printed, printed
from portfolio.report.writers.texts import cell_text, stem

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
NARROWEST, WIDEST = 8.0, 60.0
"""Widths of columns in characters."""
LONGEST_SHEET = 31
HEADS = 3
"""Rows above the body of a sheet: title, empty, column titles."""
ROUNDED = {"commitments": "ledger_commitments", "outlays": "ledger_outlays", "why_not": "why_not_full"}
"""Tables that a workbook replaces by unrounded or fuller ones."""
ORDER = (
    "criteria",
    "funded",
    "matrix",
    "years",
    "ledger_commitments",
    "ledger_outlays",
    "payments",
    "outcome",
    "frontier",
    "near",
    "exchange",
    "core",
)
"""First sheets after the summary; the rest follows as the briefing has it, sources and assumptions last."""
LAST = ("judgements", "assumptions", "sources", "facts")
SHEETS = {
    "criteria": ("criteria", "基準"),
    "outcome": ("criteria, exact", "基準（厳密値）"),
    "funded": ("plan", "計画"),
    "matrix": ("fields x archetypes", "分野×類型"),
    "years": ("money by year", "年度別"),
    "ledger_commitments": ("commitment ledger", "契約台帳"),
    "ledger_outlays": ("outlay ledger", "支出台帳"),
    "payments": ("payments", "支払"),
    "frontier": ("frontier", "フロンティア"),
    "near": ("neighbours", "近傍の計画"),
    "exchange": ("exchange rates", "交換比率"),
    "core": ("contested", "争点"),
    "unfunded": ("not funded", "不採択"),
    "why_not_full": ("why not", "不採択の理由"),
    "explain_prices": ("prices of limits", "制約の価格"),
    "explain_alternatives": ("alternatives", "代替計画"),
    "explain_core": ("core, any weights", "中核（重み不問）"),
    "explain_persist": ("price of stability", "継続の価格"),
    "binding": ("limits used up", "制約"),
    "known": ("knowledge", "根拠"),
    "scenarios": ("scenarios", "シナリオ"),
    "coverage": ("needs", "ニーズ"),
    "sweep_tornado": ("sweep, tornado", "感度（一つずつ）"),
    "sweep_contested": ("sweep, contested", "感度（争点）"),
    "sweep_ranges": ("sweep, ranges", "感度（範囲）"),
    "sweep_regret": ("sweep, regret", "感度（後悔値）"),
    "sweep_shares": ("sweep, indices", "感度（指数）"),
    "sweep_models": ("sweep, models", "感度（モデル）"),
    "sweep_grid": ("sweep, grid", "感度（格子）"),
    "sweep_steps": ("sweep, budget", "感度（予算）"),
    "judgements": ("judgements", "判断"),
    "assumptions": ("assumptions", "前提"),
    "sources": ("sources", "出典"),
    "facts": ("run", "作成の記録"),
}
"""Key -> sheet name; other tables have their key."""


def write_workbook(said: Briefing) -> bytes:
    """The workbook as .xlsx; the same briefing gives the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    created = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    book.set_properties(
        {"title": cell_text(said.title)[:200], "subject": cell_text(said.run)[:200], "author": "portfolio", "created": created}
    )
    _Book(book, said).fill()
    book.close()
    return out.getvalue()


def sheet_tables(said: Briefing) -> list[Table]:
    """Tables that get a sheet, in order."""
    tables = {t.key: t for t in said.tables if t.rows}
    kept = [k for k in tables if ROUNDED.get(k) not in tables and not k.endswith("_brief")]
    first = [k for k in ORDER if k in kept]
    last = [k for k in LAST if k in kept]
    return [tables[k] for k in (*first, *(k for k in kept if k not in first and k not in last), *last)]


def sheet_names(tables: Sequence[Table], lang: str) -> dict[str, str]:
    """Key -> a name that Excel admits, each once (case does not count)."""
    names: dict[str, str] = {}
    used = {say("summary", lang).casefold()}
    for table in tables:
        known = SHEETS.get(table.key)
        base = known[lang == "ja"] if known else stem(table.key)
        name, n = base[:LONGEST_SHEET], 2
        while name.casefold() in used:
            name, n = f"{base[: LONGEST_SHEET - 4]}_{n}", n + 1
        used.add(name.casefold())
        names[table.key] = name
    return names


class _Book:
    def __init__(self, book: Any, said: Briefing) -> None:
        self.book, self.said = book, said
        self.font = {"font_name": "Yu Gothic" if said.lang == "ja" else "Calibri", "valign": "top"}
        self.formats: dict[tuple[Any, ...], Any] = {}
        self.totals: dict[str, tuple[str, Fraction]] = {}

    def fill(self) -> None:
        tables = sheet_tables(self.said)
        names = sheet_names(tables, self.said.lang)
        summary = self.book.add_worksheet(say("summary", self.said.lang))
        for table in tables:
            self.table(self.book.add_worksheet(names[table.key]), table, names[table.key])
        self.summary(summary, tables, names)

    def style(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({**self.font, **wanted})
        return self.formats[key]

    # -- summary ---------------------------------------------------------------------------------------------------
    def summary(self, sheet: Any, tables: Sequence[Table], names: Mapping[str, str]) -> None:
        """Title, the pages' headlines and sentences, the run, the check of the ledgers, the sheets."""
        said, lang = self.said, self.said.lang
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 100)
        sheet.set_row(0, 24)
        self.text(sheet, 0, 0, said.title, bold=True, font_size=16, font_color=BLUE)
        self.text(sheet, 1, 0, said.subtitle)
        self.text(sheet, 2, 0, said.run, font_color="#666666")
        row = 4
        for page in said.pages:
            lines = [s.text for s in page.sentences]
            self.text(sheet, row, 0, page.title, bold=True)
            for line in lines:
                row += 1
                self.text(sheet, row, 1, line, text_wrap=True)
            row += 1
        row = self.check(sheet, row + 1)
        self.text(sheet, row + 1, 0, say("contents", lang), bold=True)
        row += 2
        for table in tables:
            # The target is one of our own sheets, by a name that we chose.
            sheet.write_url(row, 0, f"internal:'{names[table.key]}'!A1", self.style(font_color=BLUE, underline=1), names[table.key])
            self.text(sheet, row, 1, table.title)
            row += 1
        self.text(sheet, row + 1, 0, say("facts_table", lang), bold=True)
        row += 1
        for key, value in said.facts.items():
            row += 1
            self.text(sheet, row, 0, say(key, lang))
            self.text(sheet, row, 1, value, text_wrap=True)
        sheet.freeze_panes(3, 0)
        _page_setup(sheet, row, 1, landscape=False)

    def check(self, sheet: Any, row: int) -> int:
        """Differences of the ledgers' and the payments' totals, as formulas."""
        if "payments" not in self.totals:
            return row - 1
        paid, of = self.totals["payments"]
        self.text(sheet, row, 0, say("check_ledgers", self.said.lang), bold=True, text_wrap=True)
        for key in ("ledger_commitments", "ledger_outlays"):
            if key in self.totals:
                at, total = self.totals[key]
                self.text(sheet, row + 1, 0, SHEETS[key][self.said.lang == "ja"])
                # ROUND: binary sums of decimals differ in the last places.
                sheet.write_formula(
                    row + 1, 1, f"=ROUND({at}-{paid},9)", self.style(num_format="General", align="left"), _number(total - of)
                )
                row += 1
        return row + 1

    # -- tables ----------------------------------------------------------------------------------------------------
    def table(self, sheet: Any, table: Table, name: str) -> None:
        """Title, column titles, body with formulas for what sums, notes."""
        found = [[printed(c) if column.numeric else None for c, column in zip(row, table.columns, strict=True)] for row in table.rows]
        sheet.set_row(0, 20)
        self.text(sheet, 0, 0, table.title, bold=True, font_size=13, font_color=BLUE)
        for c, column in enumerate(table.columns):
            look = {"bold": True, "bg_color": BLUE, "font_color": PAPER, "text_wrap": True, "align": "right" if column.numeric else "left"}
            self.text(sheet, HEADS - 1, c, column.title, **look)
            sheet.set_column(c, c, _width(table, c))
        formats = [_column_format([row[c] for row in found]) for c in range(len(table.columns))]
        sums = _sums(table, found)
        for r, row in enumerate(table.rows):
            foot = r >= len(table.rows) - table.totals
            look = {"bold": True, "bg_color": SOFT, "top": 1} if foot else {}
            for c, cell in enumerate(row):
                self.cell(sheet, (r, c), cell, found[r][c], sums.get((r, c)), (formats[c], look))
        last = HEADS + len(table.rows) - 1
        for n, note in enumerate(table.notes, 2):
            self.text(sheet, last + n, 0, note, italic=True, font_color="#666666")
        sheet.freeze_panes(HEADS, 1)
        if len(table.rows) > table.totals:
            sheet.autofilter(HEADS - 1, 0, last - table.totals, len(table.columns) - 1)
        _page_setup(sheet, last + (len(table.notes) + 1 if table.notes else 0), len(table.columns) - 1)
        sheet.repeat_rows(HEADS - 1)
        keys = [c.key for c in table.columns]
        at = next((keys.index(k) for k in ("total", "amount") if k in keys), None)
        if table.totals and at is not None:
            value = found[-1][at]
            if value is not None:
                self.totals[table.key] = (f"'{name}'!{xl_rowcol_to_cell(last, at, True, True)}", value.value)

    def cell(
        self, sheet: Any, at: tuple[int, int], cell: Cell, number: Printed | None, formula: str | None, dress: tuple[str, dict[str, Any]]
    ) -> None:
        row, column = HEADS + at[0], at[1]
        form, look = dress
        if number is None:
            align: dict[str, Any] = {"align": "right"} if cell.text == NONE else {"text_wrap": True} if cell_len(cell.text) > WIDEST else {}
            self.text(sheet, row, column, cell.text, **look, **align)
        elif formula is not None:
            sheet.write_formula(row, column, formula, self.style(num_format=form, **look), _number(number.value))
        else:
            sheet.write_number(row, column, _number(number.value), self.style(num_format=form, **look))

    def text(self, sheet: Any, row: int, column: int, text: str, **look: Any) -> None:
        said = cell_text(text)
        # Quoted texts stay texts when somebody types into the cell.
        quoted = {"quote_prefix": True} if dangerous(said) else {}
        if said or look:
            sheet.write_string(row, column, said, self.style(num_format="@", **look, **quoted))


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 and abs(value) < 2**53 else float(value)


def _column_format(cells: Sequence[Printed | None]) -> str:
    """One format for a column: the most decimals printed; General where they differ by magnitude (significant digits)."""
    shown = [c for c in cells if c is not None and (c.value or c.decimals or c.percent)]
    if not shown:
        return '#,##0;-#,##0;"-"'
    grouped = any(c.grouped for c in shown)
    widest = max(shown, key=lambda c: c.decimals)
    form = Printed(widest.value, widest.decimals, widest.percent, grouped).number_format
    same = {c.decimals for c in shown}
    if len(same) > 1 and not widest.percent:
        return "#,##0.####" if grouped else "General"
    return form


def _sums(table: Table, found: Sequence[Sequence[Printed | None]]) -> dict[tuple[int, int], str]:
    """Cells that are sums of other cells, exactly as printed: the last row over the body, the column `total` over what stands before it."""
    formulas: dict[tuple[int, int], str] = {}
    body = len(table.rows) - table.totals
    keys = [c.key for c in table.columns]
    if table.totals == 1 and body:
        for c in range(1, len(keys)):
            column = [found[r][c] for r in range(body)]
            if _adds_up(column, found[body][c]):
                formulas[body, c] = f"=SUM({xl_rowcol_to_cell(HEADS, c)}:{xl_rowcol_to_cell(HEADS + body - 1, c)})"
    if "total" in keys and keys.index("total") > 2:
        at = keys.index("total")
        for r in range(body):
            if _adds_up(found[r][1:at], found[r][at]):
                formulas[r, at] = f"=SUM({xl_rowcol_to_cell(HEADS + r, 1)}:{xl_rowcol_to_cell(HEADS + r, at - 1)})"
    return formulas


def _adds_up(parts: Sequence[Printed | None], total: Printed | None) -> bool:
    known = [p.value for p in parts if p is not None]
    return total is not None and not total.percent and len(known) == len(parts) and sum(known, Fraction(0)) == total.value


def _width(table: Table, column: int) -> float:
    longest = max((cell_len(row[column].text) for row in table.rows[:400]), default=0)
    title = cell_len(table.columns[column].title)
    return min(max(longest + 2.0, min(title + 2.0, 18.0), NARROWEST), WIDEST)


def _page_setup(sheet: Any, last_row: int, last_column: int, landscape: bool = True) -> None:
    """Printed on A4, one page wide."""
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer("&L&A&R&P / &N")
