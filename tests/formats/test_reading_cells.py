"""What people type: full-width digits, units, percentages, merged cells, formulas, Japanese encodings, dangerous text."""

# ruff: noqa: E501 - one case per line

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from every_feature import SOUND
from test_broken_tables import edit, grids, problems_of, save_book, save_folder

from portfolio.formats.tables import load_tables, write_folder, write_workbook
from portfolio.formats.tables.cells import CellProblem, number, protect, quantity, unprotect, whole, yen_per_unit, yes_no
from portfolio.schema.instance import Instance

BN = Fraction(10**9)
NUMBERS: list[tuple[str, Any]] = [
    ("1200", 1200), ("1,200", 1200), ("１，２００", 1200), ("１２．５", Decimal("12.5")), (" 3 ", 3), ("－5", -5), ("−5", -5), ("▲5", -5), ("△ 5", -5),
    ("+7", 7), ("35%", Decimal("0.35")), ("３５％", Decimal("0.35")), ("12.5 %", Decimal("0.125")), ("2/3", "2/3"), ("２／３", "2/3"), ("1e3", Decimal("1e3")),
    ("0.1", Decimal("0.1")), ("1,234,567.8", Decimal("1234567.8")), ("①", 1), ("1.", Decimal("1.")),
]  # fmt: skip
MONEY: list[tuple[str, Any]] = [
    ("500億円", 50), ("５００億円", 50), ("1兆円", 1000), ("1兆2,000億円", 1200), ("1.5兆円", 1500), ("3百万円", Decimal("0.003")), ("10億円", 1), ("¥1,000,000,000", 1),
    ("￥１０億", 1), ("250万円", Decimal("0.0025")), ("▲5億円", Decimal("-0.5")), ("1000000000 yen", 1), ("1円", Decimal("0.000000001")), ("2.5億", Decimal("0.25")), ("1億2円", Decimal("0.100000002")),
]  # fmt: skip
NO_NUMBER = [
    "",
    "abc",
    "1,5",
    "1,23,456",
    "12a",
    "1/0x",
    "NaN",
    "inf",
    "--5",
    "1.2.3",
    "億円",
    "円",
    "2億1兆",
    "1億1億円",
    "１２個",
    "1 2",
    "9" * 500,
]


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_a_number_as_typed_is_read_exactly(text: str, value: Any) -> None:
    assert number(text) == value


@pytest.mark.parametrize(("text", "value"), MONEY)
def test_yen_are_converted_to_the_unit_of_the_instance(text: str, value: Any) -> None:
    assert number(text, BN) == value


@pytest.mark.parametrize("text", NO_NUMBER)
def test_what_is_no_number_stays_text(text: str) -> None:
    assert number(text, BN) == text


@pytest.mark.parametrize(
    ("unit", "yen"),
    [("JPY bn", 10**9), ("JPY", 1), ("円", 1), ("百万円", 10**6), ("億円", 10**8), ("十億円", 10**9), ("10億円", 10**9), ("兆円", 10**12), ("千円", 1000),
     ("trillion yen", 10**12), ("100 million JPY", 10**8), ("USD bn", None), ("unit", None), ("JPY pounds", None), ("", None)],
)  # fmt: skip
def test_the_money_unit_of_the_header_is_understood(unit: str, yen: int | None) -> None:
    assert yen_per_unit(unit) == yen


def test_yen_in_a_column_that_is_not_money_or_a_date_is_refused() -> None:
    for text, code in (("5億円", "cell_unit"), ("2026-02-03", "cell_date"), ("2026-02-03 00:00:00", "cell_date")):
        with pytest.raises(CellProblem) as caught:
            number(text)
        assert caught.value.code == code


def test_years_and_counts() -> None:
    assert [whole(t) for t in ("2026", "２０２６年度", "FY2026", "2026年", "3.0", "1,000")] == [2026, 2026, 2026, 2026, 3, 1000]
    assert [whole(t) for t in ("2.5", "令和8年", "abc")] == ["2.5", "令和8年", "abc"]


def test_yes_and_no_in_both_languages() -> None:
    assert [yes_no(t) for t in ("yes", "YES", "はい", "○", "ｙｅｓ", "TRUE", "1")] == [True] * 7
    assert [yes_no(t) for t in ("no", "いいえ", "×", "false", "0")] == [False] * 5


def test_products_nest() -> None:
    assert quantity("a=2；b=（c=@x； d=０．３）") == {"factors": {"a": 2, "b": {"factors": {"c": "@x", "d": Decimal("0.3")}}}}
    for broken in ("a=2; b", "a=", "=2", "a=1; a=2", "a=(b=1"):
        with pytest.raises(CellProblem):
            quantity(broken)


# -- files as spreadsheets write them ------------------------------------------------------------------------------
def loaded(path: Path, **cells: str) -> Instance:
    tables = grids()
    for address, value in cells.items():
        edit(tables, address.replace("__", "!"), value)
    return load_tables(save_book(path / "book.xlsx", tables))


def test_japanese_typing_in_a_workbook(tmp_path: Path) -> None:
    instance = loaded(tmp_path, options__D2="８００億円", fund_years__C2="１，０００", options__E2="５０％", programmes__F3="はい",
                      options__F2="２０２６年度", programmes__C2="ｃｈｉｐｓ", programmes__E2="today；next")  # fmt: skip
    fab, drone = instance.programmes
    assert fab.options[0].cost is not None and fab.options[0].cost.number == 80
    assert fab.options[0].subsidy_rate is not None and fab.options[0].subsidy_rate.number == Fraction(1, 2)
    assert (fab.field, fab.tags, drone.mandatory, fab.options[0].first_year) == ("chips", ("today", "next"), True, 2026)
    assert instance.funds[0].years[2026].number == 1000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_encodings_of_csv(encoding: str, tmp_path: Path) -> None:
    for name, text in SOUND.items():
        (tmp_path / f"{name}.csv").write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert load_tables(tmp_path).fields[0].name.ja == "半導体"


def test_percent_cells_count_as_what_is_stored(tmp_path: Path) -> None:
    path = save_book(tmp_path / "book.xlsx", grids())
    book = openpyxl.load_workbook(path)
    book["options"]["E2"] = 0.35
    book["options"]["E2"].number_format = "0%"
    book["programmes"]["F3"] = True
    book.save(path)
    instance = load_tables(path)
    rate = instance.programmes[0].options[0].subsidy_rate
    assert rate is not None and rate.number == Fraction(35, 100)
    assert instance.programmes[1].mandatory


def test_a_float_enters_as_the_decimal_it_shows(tmp_path: Path) -> None:
    instance = loaded(tmp_path, options__D2="0.1")
    assert instance.programmes[0].options[0].cost is not None
    assert instance.programmes[0].options[0].cost.number == Fraction(1, 10)


def test_cells_merged_downwards_share_their_value(tmp_path: Path) -> None:
    path = save_book(tmp_path / "book.xlsx", grids())
    book = openpyxl.load_workbook(path)
    book["options"].merge_cells("A2:A3")
    assert book["options"]["A3"].value is None
    book.save(path)
    assert [option.id for option in load_tables(path).programmes[0].options] == ["grant", "loan"]


def test_cells_merged_across_columns_are_refused(tmp_path: Path) -> None:
    path = save_book(tmp_path / "book.xlsx", grids())
    book = openpyxl.load_workbook(path)
    book["programmes"].merge_cells("C2:D2")
    book.save(path)
    assert problems_of(path) == [("programmes!C2", "merged_cells")]


def test_blank_rows_and_comment_rows_are_passed_over(tmp_path: Path) -> None:
    tables = grids()
    tables["options"][1:1] = [[], ["# a remark", "", "", "not a number"], [" ", "　"]]
    tables["programmes"] += [[], [], ["", "  "]]
    edit(tables, "options!D5", "eighty")
    assert problems_of(save_book(tmp_path / "book.xlsx", tables)) == [("options!D5", "exact_number")]
    assert problems_of(save_folder(tmp_path / "folder", tables)) == [("options.csv:5 cost", "exact_number")]


def test_the_line_of_a_csv_is_the_one_an_editor_shows(tmp_path: Path) -> None:
    tables = grids()
    edit(tables, "programmes!G2", "a note\nof three\nlines")
    edit(tables, "programmes!C3", "airr")
    assert problems_of(save_folder(tmp_path / "folder", tables)) == [("programmes.csv:5 field", "dangling")]


def formulas(path: Path, result: Any) -> Path:
    tables = grids()
    save_book(path, tables)
    with xlsxwriter.Workbook(path) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, text in enumerate(row):
                    sheet.write(i, j, text)
            if name == "options":
                sheet.write_formula(1, 3, "=40*2", None, result)
                sheet.write_formula(1, 7, '=IF(A1="x",1,"")', None, EMPTY)
    return as_excel_writes(path)


EMPTY = "empty text"


def as_excel_writes(path: Path) -> Path:
    """An empty text that is a result is `<c t="str">...<v></v></c>`; xlsxwriter leaves the type out when asked for "" directly."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).replace(f"<v>{EMPTY}</v>".encode(), b"<v></v>") for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return path


def test_formulas_count_by_their_stored_result(tmp_path: Path) -> None:
    cost = load_tables(formulas(tmp_path / "book.xlsx", 80.5)).programmes[0].options[0].cost
    assert cost is not None and cost.number == Fraction(161, 2)


def test_a_formula_without_result_or_with_an_error_is_refused(tmp_path: Path) -> None:
    path = formulas(tmp_path / "book.xlsx", "#DIV/0!")
    assert ("options!D2", "cell_error") in problems_of(path)
    book = openpyxl.load_workbook(path)
    # openpyxl stores formulas without results, as scripts do.
    book.save(path)
    assert problems_of(path)[0] == ("options!D2", "formula_no_value")


def test_a_fraction_that_became_a_date_is_explained(tmp_path: Path) -> None:
    import datetime

    path = save_book(tmp_path / "book.xlsx", grids())
    book = openpyxl.load_workbook(path)
    book["options"]["E2"] = datetime.datetime(2026, 2, 3)
    book.save(path)
    assert problems_of(path) == [("options!E2", "cell_date")]


# -- formula injection ---------------------------------------------------------------------------------------------
DANGEROUS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "'=1", "''+1", '=HYPERLINK("http://x","y")']


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_harmless_and_comes_back(text: str, tmp_path: Path) -> None:
    assert unprotect(protect(text)) == text
    tables = grids()
    edit(tables, "fields!B2", "x")
    sound = load_tables(save_folder(tmp_path / "sound", tables))
    raw = sound.canonical()
    raw["fields"][0]["name"] = {"en": text, "ja": text}
    raw["sources"][0]["url"] = "https://example.org/"
    from portfolio.schema.validate import parse_instance

    instance = parse_instance(raw)
    write_folder(instance, tmp_path / "out")
    for row in csv.reader(io.StringIO((tmp_path / "out" / "fields.csv").read_bytes().decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert load_tables(tmp_path / "out").fields[0].name.en == text

    write_workbook(instance, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert not any(cell.data_type == "f" or cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)
    assert load_tables(tmp_path / "book.xlsx").fields[0].name.en == text


def test_a_negative_number_is_no_formula(tmp_path: Path) -> None:
    tables = grids()
    edit(tables, "effects!E3", "-5")
    sound = load_tables(save_folder(tmp_path / "sound", tables))
    write_folder(sound, tmp_path / "out")
    assert ",-5," in (tmp_path / "out" / "effects.csv").read_text(encoding="utf-8-sig")
