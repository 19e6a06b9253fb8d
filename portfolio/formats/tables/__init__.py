"""An instance as tables: a folder of CSV files, or a workbook. docs/tables.md is the format, layout.py its declaration.

read_folder, read_workbook   raw data as from JSON (problems of the tables raise InvalidInput)
load_tables                  folder or .xlsx -> Instance, or every problem at once with its cell
write_folder, write_workbook, template
"""

from __future__ import annotations

from portfolio.formats.tables.load import load_tables, read_folder, read_workbook
from portfolio.formats.tables.save import template, write_folder, write_workbook

__all__ = ["load_tables", "read_folder", "read_workbook", "template", "write_folder", "write_workbook"]
