"""JSON, CSV and Parquet: exact values, stable columns, nothing that a spreadsheet or a path would act on."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction

import pyarrow.parquet as pq
import pytest

from portfolio.report.blocks import Cell, Column, Table
from portfolio.report.briefing import Briefing, briefing
from portfolio.report.writers.data import file_tables, write_csv, write_json, write_parquet
from portfolio.report.writers.files import files, unique
from portfolio.schema.exact import to_fraction
from tests.support.briefings import FORMULAS, MARKUP, PATHS, PAYLOADS, gathered, told


@pytest.fixture(scope="module")
def said() -> Briefing:
    return told("ja")


def _table(said: Briefing, key: str) -> Table:
    return next(t for t in said.tables if t.key == key)


def test_json_holds_every_value_exactly(said: Briefing) -> None:
    data = json.loads(write_json(said))
    for table in file_tables(said):
        held = [*data["tables"][table.key]["rows"], *data["tables"][table.key]["totals"]]
        for row, cells in zip(held, table.rows, strict=True):
            for read, cell in zip(row.values(), cells, strict=True):
                assert (read if cell.value is None else read["text"]) == cell.text
                assert cell.value is None or to_fraction(read["value"]) == cell.value


def test_tables_named_by_a_page_are_in_the_file(said: Briefing) -> None:
    data = json.loads(write_json(said))
    named = {key for page in data["pages"] for key in page["tables"]}
    shown = {t.key for p in said.pages for t in p.tables if not t.rows}
    assert named <= set(data["tables"]) | shown


def test_payments_sum_to_the_plan() -> None:
    found = gathered()
    rows = list(csv.DictReader(io.StringIO(write_csv(_table(briefing(found, "en"), "payments")).decode("utf-8-sig"))))
    assert sum((Fraction(row["amount"]) for row in rows), Fraction(0)) == found.total


def test_csv_is_read_by_japanese_spreadsheets(said: Briefing) -> None:
    data = write_csv(_table(said, "payments"))
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data


@pytest.mark.parametrize("names", [FORMULAS, MARKUP, PATHS], ids=["formula", "markup", "path"])
def test_no_csv_cell_begins_like_a_formula(names: tuple[str, ...]) -> None:
    for table in file_tables(told("en", names)):
        for row in csv.reader(io.StringIO(write_csv(table).decode("utf-8-sig"))):
            for text in row:
                assert not text.startswith(("=", "+", "@", "\t", "\r"))
                assert not text.startswith("-") or _is_number(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_parquet_has_doubles_strings_and_the_run(said: Briefing) -> None:
    table = _table(said, "ledger_outlays")
    found = pq.read_table(io.BytesIO(write_parquet(table, said)))
    assert found.num_rows == len(table.rows) - 1
    assert str(found.schema.field("total").type) == "double"
    assert str(found.schema.field("fund").type) == "string"
    assert sum(found.column("total").to_pylist()) == pytest.approx(float(table.rows[-1][-1].value or 0))
    about = json.loads(found.schema.metadata[b"portfolio"])
    assert about["facts"]["instance_hash"] == said.facts["instance_hash"]


def test_a_column_with_words_among_numbers_is_text(said: Briefing) -> None:
    table = Table("t", "", (Column("a", "a"), Column("a", "a")), ((Cell("1", 1), Cell("2", 2)), (Cell("none"), Cell("-"))))
    found = pq.read_table(io.BytesIO(write_parquet(table, said)))
    assert found.to_pydict() == {"a": ["1", "none"], "a_1": [2.0, None]}


@pytest.mark.parametrize("form", ["csv", "parquet", "json", "xlsx"])
def test_file_names_stay_in_their_folder(said: Briefing, form: str) -> None:
    for name in files(said, form):
        assert all(c.isalnum() or c in "_-." for c in name)
        assert name.count(".") == 1


def test_hostile_keys_make_harmless_names_each_once() -> None:
    names = unique(list(PAYLOADS))
    assert len({n.casefold() for n in names}) == len(PAYLOADS)
    assert all(n and all(c.isascii() and (c.isalnum() or c in "_-") for c in n) for n in names)
