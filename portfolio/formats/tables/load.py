"""A folder or workbook -> Instance. All problems come at once, each with the address of its cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portfolio.errors import InvalidInput, UsageError
from portfolio.formats.collector import no_collection
from portfolio.formats.tables.csv_folder import read_csv_folder
from portfolio.formats.tables.read import Reading, read_sheets
from portfolio.formats.tables.workbook_in import read_workbook_sheets
from portfolio.schema.instance import Instance
from portfolio.schema.problem import Problem
from portfolio.schema.validate import parse_instance


def read_folder(path: Path | str) -> dict[str, Any]:
    """Raw instance data of a folder of CSV files. Raises InvalidInput (problems of the tables), UsageError (no such folder)."""
    return _sound(read_any(_folder(Path(path))))


def read_workbook(path: Path | str) -> dict[str, Any]:
    """Raw instance data of a workbook. Raises InvalidInput (problems of the tables, unsafe file), UsageError (no such file)."""
    return _sound(read_any(_file(Path(path))))


def load_tables(path: Path | str) -> Instance:
    """The instance in a folder of CSV files or an .xlsx workbook. Raises InvalidInput with every problem, UsageError."""
    with no_collection():
        reading = read_any(Path(path))
        try:
            instance = parse_instance(reading.raw)
        except InvalidInput as invalid:
            raise InvalidInput(_merged(reading, invalid)) from None
    if reading.problems:
        raise InvalidInput(_unique(reading.problems))
    return instance


def read_any(path: Path) -> Reading:
    """Read a folder or a workbook, whichever it is."""
    if path.is_dir():
        sheets, problems = read_csv_folder(path)
    else:
        sheets, problems = read_workbook_sheets(_file(path))
    if not sheets:
        raise InvalidInput(problems)
    return read_sheets(sheets, problems)


def _sound(reading: Reading) -> dict[str, Any]:
    if reading.problems:
        raise InvalidInput(_unique(reading.problems))
    return reading.raw


def _merged(reading: Reading, invalid: InvalidInput) -> list[Problem]:
    """The tables' own problems, then the schema's at their cells; one cause per broken cell."""
    broken = {problem.path for problem in reading.problems}
    found = [reading.places.readdressed(problem) for problem in invalid.problems if not _is_echo(problem, reading.unread)]
    doubled = {problem.path for problem in found if problem.code == "duplicate_id"}
    kept = (p for p in found if p.path not in broken and (p.code == "duplicate_id" or p.path not in doubled))
    return _unique([*reading.problems, *kept])


def _is_echo(problem: Problem, unread: set[str]) -> bool:
    """Does it only say that a table could not be read, which its own problem says already?"""
    return problem.params.get("collection") in unread or problem.path in unread


def _unique(problems: list[Problem]) -> list[Problem]:
    return list({(p.path, p.code): p for p in reversed(problems)}.values())[::-1]


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise UsageError(f"{path}: no such folder.", f"{path}: フォルダがありません。")
    return path


def _file(path: Path) -> Path:
    if path.is_dir():
        raise UsageError(f"{path} is a folder; a workbook was expected.", f"{path} はフォルダです。ブックを指定してください。")
    if not path.exists():
        raise UsageError(f"{path}: no such file.", f"{path}: ファイルがありません。")
    return path
