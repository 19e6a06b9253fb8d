"""Every broken cell is named: one row per kind of mistake, with the address where the message must point."""

# ruff: noqa: E501 - one case per line

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from every_feature import SOUND

from portfolio.errors import InvalidInput
from portfolio.formats.tables import load_tables
from portfolio.formats.tables.workbook_out import excel_number

Grid = list[list[str]]


def grids() -> dict[str, Grid]:
    """The sound tables as rows of cells."""
    return {name: list(csv.reader(io.StringIO(text))) for name, text in SOUND.items()}


def save_book(path: Path, tables: dict[str, Grid]) -> Path:
    """A workbook as a person would have typed it: numbers are numbers."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, text in enumerate(row):
                    value = excel_number(text)
                    if value is not None:
                        sheet.write_number(i, j, value)
                    elif text:
                        sheet.write_string(i, j, text)
    return path


def save_folder(path: Path, tables: dict[str, Grid]) -> Path:
    path.mkdir()
    for name, rows in tables.items():
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        (path / f"{name}.csv").write_text(out.getvalue(), encoding="utf-8")
    return path


def edit(tables: dict[str, Grid], address: str, value: str) -> None:
    """Put a value into `sheet!D12`, adding rows and cells as needed."""
    name, letters, number = re.fullmatch(r"(\w+)!([A-Z])(\d+)", address).groups()  # type: ignore[union-attr]
    rows, i, j = tables.setdefault(name, []), int(number) - 1, ord(letters) - 65
    rows.extend([] for _ in range(i + 1 - len(rows)))
    rows[i].extend([""] * (j + 1 - len(rows[i])))
    rows[i][j] = value


def problems_of(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        load_tables(path)
    for problem in caught.value.problems:
        assert problem.line("en") and problem.line("ja")
    return [(problem.path, problem.code) for problem in caught.value.problems]


BROKEN = [
    # (edits, what must be found: address -> code, why)
    ({"options!D2": "eighty"}, {"options!D2": "exact_number"}, "a word instead of a number"),
    ({"options!D2": "1,5"}, {"options!D2": "exact_number"}, "a decimal comma is not guessed at"),
    ({"options!D2": "2/0"}, {"options!D2": "exact_number"}, "a fraction by zero"),
    ({"options!D2": "2026-02-03"}, {"options!D2": "cell_date"}, "2/3 that the program made a date"),
    ({"options!D2": "-80"}, {"options!D2": "negative"}, "a negative cost"),
    ({"options!E2": "150%"}, {"options!E2": "not_share"}, "a rate above one, as a percentage"),
    ({"options!E2": "0.5億円"}, {"options!E2": "cell_unit"}, "yen where a share belongs"),
    ({"options!F2": "2026.5"}, {"options!F2": "wrong_type"}, "half a year"),
    ({"options!F2": "2040"}, {"options!F2": "outside_horizon"}, "a year after the horizon"),
    ({"options!I4": "0"}, {"options!I4": "out_of_bounds"}, "zero units"),
    ({"options!A2": "fabb"}, {"options!A2": "unknown_row"}, "an option of a programme that does not exist"),
    ({"options!A2": ""}, {"options!A2": "key_missing"}, "an option of no programme"),
    ({"options!B3": "grant"}, {"options!B3": "duplicate_id", "profiles!B2": "unknown_row", "profiles!B3": "unknown_row"}, "two options of one id"),
    ({"options!B2": "gr ant"}, {"options!B2": "bad_id"}, "an id with a space"),
    ({"options!J4": "gxx"}, {"options!J4": "dangling"}, "an unknown fund"),
    ({"options!D1": "costs"}, {"options!D1": "unknown_column", "options!B2": "no_cost", "options!B3": "no_cost", "options!B4": "no_cost"}, "a column misnamed"),
    ({"options!E1": "cost"}, {"options!E1": "double_column"}, "a column twice"),
    ({"options!K2": "left over"}, {"options!K2": "unnamed_column"}, "a value beyond the columns"),
    ({"programmes!C2": "chipz"}, {"programmes!C2": "dangling"}, "an unknown field"),
    ({"programmes!A3": "fab"}, {"programmes!A3": "duplicate_id", "options!A4": "unknown_row", "effects!A3": "unknown_row", "interactions!C2": "dangling"}, "two programmes of one id"),
    ({"programmes!F3": "maybe"}, {"programmes!F3": "cell_yes_no"}, "neither yes nor no"),
    ({"programmes!A1": "identifier"}, {"programmes!A1": "unknown_column", "programmes": "missing_column"}, "no id column"),
    ({"header!B3": "next year"}, {"header!B3": "wrong_type"}, "a word for a year"),
    ({"header!B4": "2020"}, {"header!B4": "horizon_order"}, "a horizon that ends before it begins"),
    ({"header!A6": "gird"}, {"header!A6": "unknown_header_key"}, "a misspelt header key"),
    ({"header!B6": "0"}, {"header!B6": "not_positive"}, "no publication grid"),
    ({"header!B2": ""}, {"header!B2": "missing"}, "an instance without id"),
    ({"funds!B2": "cash"}, {"funds!B2": "bad_choice"}, "an unknown basis"),
    ({"funds!E2": "0.5;0.4"}, {"funds!E2": "sum_to_one"}, "shares that do not sum to one"),
    ({"funds!E2": "0.5;half"}, {"funds!E2": "exact_number"}, "a word inside a list"),
    ({"funds!F3": "chips;airr"}, {"funds!F3": "dangling"}, "one unknown id inside a list"),
    ({"fund_years!B2": "２０xx"}, {"fund_years!B2": "wrong_type"}, "a year that is none"),
    ({"fund_years!B2": "2040"}, {"fund_years!B2": "outside_horizon"}, "money after the horizon"),
    ({"fund_years!C3": ""}, {"fund_years!C3": "nothing_given"}, "a year without an amount"),
    ({"fund_years!B3": "2026"}, {"fund_years!C3": "twice"}, "the same fund and year twice"),
    ({"fund_years!C2": "100 apples"}, {"fund_years!C2": "exact_number"}, "a unit that is none"),
    ({"ceiling_years!D2": "-1"}, {"ceiling_years!D2": "negative"}, "a negative ceiling"),
    ({"criteria!B2": "benefit"}, {"criteria!B2": "bad_choice"}, "an unknown kind of criterion"),
    ({"criteria!D3": "var"}, {"criteria!D3": "bad_choice"}, "an unknown risk measure"),
    ({"curves!D2": "1.5"}, {"curves!D2": "curve_scale"}, "a scale above one"),
    ({"curves!B2": "fab"}, {"curves!A2": "two_owners"}, "a curve of an archetype and a programme at once"),
    ({"curves!E3": ""}, {"curves!E3": "missing"}, "a point without effect"),
    ({"effects!C2": "growth"}, {"effects!C2": "bad_choice"}, "target and kind mixed up"),
    ({"effects!D3": "growht"}, {"effects!D3": "dangling"}, "an unknown criterion"),
    ({"effects!B3": "bases"}, {"effects!B3": "unknown_row"}, "an unknown option"),
    ({"effects!F2": "market@market; gain=2"}, {"effects!F2": "cell_product"}, "a product without ="),
    ({"effects!F2": "market=@markt; gain=0.02"}, {"effects!F2": "unknown_quantity"}, "an unknown shared number"),
    ({"effects!E2": "5"}, {"effects!F2": "twice"}, "value and factors together"),
    ({"effects!E4": "1.3"}, {"effects!E4": "not_share"}, "more than the whole exposure removed"),
    ({"profiles!E2": "0.6"}, {"profiles!E2": "sum_to_one"}, "a payment plan above 100 %"),
    ({"profiles!C2": "gx"}, {"profiles!E2": "wrong_keys", "profiles!E3": "sum_to_one"}, "a share that names a fund"),
    ({"severities!B2": "dronez"}, {"severities!B2": "dangling"}, "a severity of an unknown exposure"),
    ({"scenarios!B2": "0.8"}, {"scenarios": "sum_to_one"}, "probabilities that do not sum to one"),
    ({"exposures!C2": "5兆"}, {}, "5 trillion yen of loss is a number"),
    ({"interactions!B2": "requires_all"}, {"interactions!B2": "bad_choice"}, "an unknown kind of interaction"),
    ({"interactions!B2": "focus"}, {"interactions!B2": "wrong_table", "interactions!A2": "missing", "interactions!C2": "unknown_key", "interactions!D2": "unknown_key"}, "a rule among the interactions"),
    ({"interactions!D2": "fab,grent"}, {"interactions!D2": "no_option"}, "an unknown option of a member"),
    ({"rules!E2": "2"}, {"rules!E2": "not_share"}, "a share rule above one"),
    ({"rules!F3": "2.5"}, {"rules!F3": "wrong_type"}, "two and a half funds"),
    ({"rules!C3": "team"}, {"rules!C3": "unknown_key"}, "a column that this kind of rule does not know"),
    ({"quantities!A2": "programmes.*.options.*.costs"}, {"quantities!A2": "path_unknown"}, "a path that leads nowhere"),
    ({"quantities!A2": "programmes.fbb.options.*.cost"}, {"quantities!A2": "path_unknown"}, "a path to an unknown programme"),
    ({"quantities!A2": "rules.few.max"}, {"quantities!A2": "path_empty"}, "a range for a count"),
    ({"quantities!A2": "programmes.fab.effects.growth.factors.market"}, {"quantities!A2": "path_reference"}, "a range for a reference"),
    ({"quantities!B2": "5"}, {"quantities!B2": "value_elsewhere"}, "a value where none belongs"),
    ({"quantities!C2": "xlow"}, {"quantities!C2": "low_factor"}, "a factor that is none"),
    ({"quantities!C3": "x1.2"}, {"quantities!C3": "range_order"}, "a low end above the value"),
    ({"quantities!F2": "guess"}, {"quantities!F2": "bad_choice"}, "an unknown kind of knowledge"),
    ({"quantities!G2": "papper"}, {"quantities!G2": "dangling"}, "an unknown source"),
    ({"quantities!E2": "USD bn"}, {"quantities!E2": "unit_mismatch"}, "costs in another money"),
    ({"uses!C2": "engineerz"}, {"uses!C2": "dangling"}, "an unknown capacity"),
    ({"optionen!A1": "id"}, {"optionen": "unknown_table"}, "a sheet that is no table"),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "expected", "why"), BROKEN, ids=[row[2] for row in BROKEN])
def test_a_broken_cell_is_named_in_workbook_and_csv(edits: dict[str, str], expected: dict[str, str], why: str, tmp_path: Path) -> None:
    tables = grids()
    for address, value in edits.items():
        edit(tables, address, value)
    book, folder = save_book(tmp_path / "book.xlsx", tables), save_folder(tmp_path / "folder", tables)
    if not expected:
        load_tables(book)
        load_tables(folder)
        return
    assert dict(problems_of(book)) == expected
    in_files = {_in_file(address, tables): code for address, code in expected.items()}
    assert dict(problems_of(folder)) == in_files


def _in_file(address: str, tables: dict[str, Grid]) -> str:
    """`options!D2` -> `options.csv:2 cost`."""
    name, _, cell = address.partition("!")
    if not cell:
        return f"{name}.csv"
    index = ord(cell[0]) - 65
    header = tables[name][0]
    column = header[index] if index < len(header) else f"(column {index + 1})"
    return f"{name}.csv:{cell[1:]} {column}"


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    tables = grids()
    singles = ["options!D2", "funds!E2", "programmes!C2", "quantities!C2", "header!B6"]
    for address, value in zip(singles, ("eighty", "0.5", "chipz", "xlow", "0"), strict=True):
        edit(tables, address, value)
    found = problems_of(save_book(tmp_path / "book.xlsx", tables))
    assert {place for place, _ in found} >= {"options!D2", "funds!E2", "programmes!C2", "quantities!C2"}


def test_a_message_names_cell_value_expectation_and_remedy(tmp_path: Path) -> None:
    tables = grids()
    edit(tables, "programmes!C2", "chpis")
    with pytest.raises(InvalidInput) as caught:
        load_tables(save_book(tmp_path / "book.xlsx", tables))
    assert str(caught.value) == "programmes!C2 = chpis: no such id in fields (did you mean `chips`?). Correct it or define it."
    assert "chips" in caught.value.messages["ja"]


def test_the_sound_tables_are_sound(tmp_path: Path) -> None:
    one = load_tables(save_book(tmp_path / "book.xlsx", grids()))
    two = load_tables(save_folder(tmp_path / "folder", grids()))
    assert one.hash == two.hash
