"""Instance -> a folder of CSV files or a workbook."""

from __future__ import annotations

from pathlib import Path

from portfolio.formats.files import write_bytes
from portfolio.formats.tables.csv_folder import write_csv_folder
from portfolio.formats.tables.workbook_out import workbook_bytes
from portfolio.formats.tables.write import tables_of
from portfolio.schema.instance import Instance


def write_folder(instance: Instance, path: Path | str) -> None:
    """One CSV file per table that has rows. Raises UsageError (cannot be written), InvalidInput (content no table can hold)."""
    write_csv_folder(Path(path), tables_of(instance))


def write_workbook(instance: Instance | None, path: Path | str, lang: str = "en") -> None:
    """A workbook with all tables; without an instance an empty template with an example row per table. Raises as `write_folder`."""
    write_bytes(path, workbook_bytes(None if instance is None else tables_of(instance), lang))


def template(path: Path | str, lang: str = "en") -> None:
    """An empty workbook to fill in."""
    write_workbook(None, path, lang)
