"""The workbook that people are given: headings, lists, comments, panes - and the same content gives the same bytes."""

from __future__ import annotations

import copy
from pathlib import Path

import openpyxl
import pytest
from every_feature import EVERYTHING

from portfolio.errors import InvalidInput
from portfolio.formats.tables import load_tables, template, write_workbook
from portfolio.formats.tables.registry import TABLES
from portfolio.schema.validate import parse_instance


def test_one_sheet_per_table_with_headings_units_comments_and_frozen_panes(tmp_path: Path) -> None:
    template(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames == ["read_me", *(table.name for table in TABLES)]
    for table in TABLES[1:]:
        sheet = book[table.name]
        assert [cell.value for cell in sheet[1]] == [column.name for column in table.columns]
        assert sheet["A2"].value.startswith("# ") and sheet["A3"].value.startswith("# ")
        assert sheet.freeze_panes == "B4"
        assert sheet["A4"].value.startswith("# "), "an example row"
    cost = book["options"]["F1"]
    assert cost.value == "cost" and "総費用" in cost.comment.text and "Total cost" in cost.comment.text
    assert book["options"]["F2"].value == "Total cost [money unit]"
    assert book["options"]["F3"].value == "総費用 [金額の単位]"


def test_kinds_and_ids_have_drop_down_lists(tmp_path: Path) -> None:
    template(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    lists = {str(rule.sqref): rule.formula1 for rule in book["programmes"].data_validations.dataValidation}
    assert lists["D4:D504"] == "fields!$A$4:$A$5003"
    assert '"yes,no"' in lists.values()
    kinds = [rule.formula1 for rule in book["criteria"].data_validations.dataValidation]
    assert '"contribution,risk,coverage"' in kinds


def test_the_language_decides_what_comes_first(tmp_path: Path) -> None:
    template(tmp_path / "book.xlsx", "ja")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["options"]
    assert (sheet["F2"].value, sheet["F3"].value) == ("総費用 [金額の単位]", "Total cost [money unit]")


def test_an_empty_template_says_what_is_missing(tmp_path: Path) -> None:
    template(tmp_path / "book.xlsx")
    with pytest.raises(InvalidInput) as caught:
        load_tables(tmp_path / "book.xlsx")
    assert {p.path for p in caught.value.problems} <= {"header", "criteria", "programmes"}


def test_a_filled_template_shows_the_money_unit_and_folds_unused_columns(tmp_path: Path) -> None:
    instance = parse_instance(copy.deepcopy(EVERYTHING))
    write_workbook(instance, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book["options"]["F2"].value == "Total cost [JPY bn]"
    assert book["sources"].column_dimensions["A"].width > 10
    assert book["match_groups"].column_dimensions["M"].hidden
    assert not book["fields"].column_dimensions["A"].hidden
    assert [book["options"].cell(4, column).value for column in (1, 6)] == ["fab", 120]


def test_equal_instances_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(parse_instance(copy.deepcopy(EVERYTHING)), tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_text_too_long_for_a_cell_is_refused_before_writing(tmp_path: Path) -> None:
    raw = copy.deepcopy(EVERYTHING)
    raw["fields"][0]["note"] = "x" * 32_768
    with pytest.raises(InvalidInput) as caught:
        write_workbook(parse_instance(raw), tmp_path / "book.xlsx")
    assert [(p.path, p.code) for p in caught.value.problems] == [("fields!D4", "cell_too_long")]
    assert list(tmp_path.iterdir()) == []


def test_sheets_that_begin_with_an_underscore_are_the_users_own(tmp_path: Path) -> None:
    write_workbook(parse_instance(copy.deepcopy(EVERYTHING)), tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    book.create_sheet("_scratch")["A1"] = "=1+"
    book.save(tmp_path / "book.xlsx")
    assert load_tables(tmp_path / "book.xlsx").hash == parse_instance(copy.deepcopy(EVERYTHING)).hash
