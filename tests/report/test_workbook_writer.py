"""Workbooks: live sums agree with the printed totals and with the plan, names are never formulas, every sheet prints."""

from __future__ import annotations

import html
import io
import re
import shutil
import subprocess
import zipfile
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from portfolio.report.blocks import Cell, Column, Table
from portfolio.report.briefing import Briefing, briefing
from portfolio.report.writers.printed import printed
from portfolio.report.writers.workbook import sheet_names, sheet_tables, write_workbook
from tests.support.briefings import FORMULAS, MARKUP, PATHS, gathered, told

OURS = re.compile(r"SUM\([A-Z]+\d+:[A-Z]+\d+\)|ROUND\('[^'!]+'!\$[A-Z]+\$\d+-'[^'!]+'!\$[A-Z]+\$\d+,9\)")


@pytest.fixture(scope="module")
def said() -> Briefing:
    return told("en")


@pytest.fixture(scope="module")
def book(said: Briefing) -> bytes:
    return write_workbook(said)


def _cells(data: bytes, values: bool) -> dict[tuple[str, str], object]:
    found = openpyxl.load_workbook(io.BytesIO(data), data_only=values)
    return {(s.title, c.coordinate): c.value for s in found for row in s.iter_rows() for c in row if c.value is not None}


def _evaluated(formula: str, sheet: str, values: dict[tuple[str, str], object]) -> Fraction:
    """=SUM(A1:B2) by hand."""
    area = formula.removeprefix("=SUM(").removesuffix(")")
    cells = openpyxl.utils.cell.rows_from_range(area)
    return sum((Fraction(str(values.get((sheet, c), 0))) for row in cells for c in row), Fraction(0))


def test_every_sum_is_live_and_its_stored_value_is_the_sum_of_its_cells(book: bytes) -> None:
    formulas, values = _cells(book, False), _cells(book, True)
    sums = {at: v for at, v in formulas.items() if isinstance(v, str) and v.startswith("=SUM(")}
    assert {sheet for sheet, _ in sums} >= {"commitment ledger", "outlay ledger", "payments", "fields x archetypes"}
    for (sheet, at), formula in sums.items():
        assert _evaluated(formula, sheet, values) == Fraction(str(values[sheet, at]))


def test_ledger_totals_are_the_plans_totals() -> None:
    found = gathered()
    values = _cells(write_workbook(briefing(found, "en")), True)
    for sheet in ("commitment ledger", "outlay ledger", "payments"):
        last = [(at, v) for (s, at), v in values.items() if s == sheet and isinstance(v, int | float)]
        assert float(found.total) in [v for _, v in last]
    for check in (at for (s, at), v in values.items() if s == "Summary" and v == "check: both ledgers minus payments (must be 0)"):
        row = int(check[1:])
        assert values["Summary", f"B{row + 1}"] == values["Summary", f"B{row + 2}"] == 0


def without_stored_values(book: bytes) -> bytes:
    """The same workbook with formulas alone: whoever opens it has to compute."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part, n = re.subn(rb"(<f>[^<]*</f>)<v>[^<]*</v>", rb"\1", part)
                assert n or b"<f>" not in part
            new.writestr(name, part)
    return out.getvalue()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_a_spreadsheet_program_computes_the_same_values(book: bytes, tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(without_stored_values(book))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(tmp_path / "in.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "in.ods")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    ours, theirs = _cells(book, True), _cells((tmp_path / "out" / "in.xlsx").read_bytes(), True)
    computed = [at for at, v in _cells(book, False).items() if isinstance(v, str) and v.startswith("=")]
    assert len(computed) > 20
    for at in computed:
        assert theirs.get(at, 0) == pytest.approx(ours[at], abs=1e-9)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("names", [FORMULAS, MARKUP, PATHS], ids=["formula", "markup", "path"])
def test_hostile_names_stay_text(names: tuple[str, ...], lang: str) -> None:
    data = write_workbook(told(lang, names))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = "".join(archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet"))
        live = [html.unescape(f) for f in re.findall(r"<f[^>]*>(.*?)</f>", sheets)]
        assert live
        assert all(OURS.fullmatch(f) for f in live)
        links = "".join(archive.read(n).decode() for n in archive.namelist() if n.endswith(".rels") and "worksheets" in n)
        assert "External" not in links
        assert not any("external" in n.lower() or "macro" in n.lower() for n in archive.namelist())


def test_sheets_are_frozen_and_print_on_one_page_width(book: bytes) -> None:
    for sheet in openpyxl.load_workbook(io.BytesIO(book)):
        assert sheet.freeze_panes is not None
        assert sheet.print_area
        assert sheet.page_setup.fitToHeight == 0


def test_the_same_briefing_gives_the_same_bytes(said: Briefing, book: bytes) -> None:
    assert write_workbook(said) == book


def test_sheet_names_are_admitted_and_differ() -> None:
    keys = ["a" * 40, "a" * 41, "x/y:z", "X_y_z", "summary", "funded"]
    names = sheet_names([Table(k, "", (), ()) for k in keys], "en")
    assert len({n.casefold() for n in names.values()}) == len(keys)
    assert all(0 < len(n) <= 31 and not set(n) & set("[]:*?/\\'") for n in names.values())


def test_rounded_ledgers_give_way_to_unrounded_ones(said: Briefing) -> None:
    keys = [t.key for t in sheet_tables(said)]
    assert "ledger_outlays" in keys
    assert "outlays" not in keys


def test_a_text_longer_than_a_cell_is_cut_not_lost(said: Briefing) -> None:
    table = Table("long", "t", (Column("a", "a", False),), ((Cell("x" * 40_000),),))
    values = _cells(write_workbook(Briefing("en", "t", "s", "r", {}, (), (table,))), True)
    assert len(str(values["long", "A4"])) == 32_767


@pytest.mark.parametrize(
    ("text", "value", "number"),
    [("1,234.5", 1, Fraction("1234.5")), ("-12 %", 1, Fraction("-0.12")), ("-", 0, Fraction(0)), ("+9 %", 1, Fraction("0.09"))],
)
def test_a_printed_number_is_read_back_as_printed(text: str, value: int, number: Fraction) -> None:
    read = printed(Cell(text, value))
    assert read is not None
    assert read.value == number


@pytest.mark.parametrize("text", ["-", "p1", "1,23", "3 .. 5", ""])
def test_what_is_no_number_is_none(text: str) -> None:
    assert printed(Cell(text)) is None
