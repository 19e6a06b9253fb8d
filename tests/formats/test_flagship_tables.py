"""The flagship: its tables are what people edit, instance.json is built from them, and the two stay equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from portfolio.formats.instance_json import instance_json
from portfolio.formats.tables import load_tables, write_folder, write_workbook
from portfolio.schema.instance import Instance

HOME = Path(__file__).parents[2] / "instances" / "japan-2026"


@pytest.fixture(scope="module")
def flagship() -> Instance:
    return load_tables(HOME / "tables")


def test_the_tables_come_back_through_csv(flagship: Instance, tmp_path: Path) -> None:
    write_folder(flagship, tmp_path)
    assert instance_json(load_tables(tmp_path)) == instance_json(flagship)


def test_the_tables_come_back_through_a_workbook(flagship: Instance, tmp_path: Path) -> None:
    write_workbook(flagship, tmp_path / "book.xlsx", "ja")
    assert instance_json(load_tables(tmp_path / "book.xlsx")) == instance_json(flagship)


def test_instance_json_is_what_the_tables_say(flagship: Instance) -> None:
    path = HOME / "instance.json"
    assert path.read_text(encoding="utf-8") == instance_json(flagship)
