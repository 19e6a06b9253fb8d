"""What the user points at -> a validated instance or result."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio.errors import UsageError
from portfolio.formats.frontier_text import LARGEST_FRONTIER, frontier_of, parse_frontier, read_frontier
from portfolio.formats.json_text import LARGEST_FILE, decode, parse_json, read_text
from portfolio.formats.moo_json import moo_of
from portfolio.formats.paths import with_settings
from portfolio.formats.result_text import LARGEST_RESULT, parse_result, raw_record, read_result, record_of, result_of
from portfolio.library import find_instance
from portfolio.results import Explanation, Frontier, Result
from portfolio.results.program_frontier import ProgramFrontier
from portfolio.schema.instance import Instance
from portfolio.schema.references import hint
from portfolio.schema.validate import parse_instance

if TYPE_CHECKING:
    from portfolio.results.sweep import Sweep

STDIN = "-"


def read_instance(source: str, settings: Sequence[str] = (), force: Sequence[str] = (), forbid: Sequence[str] = ()) -> Instance:
    """File, workbook, folder of tables, bundled name or `-`; the changes are made on the raw data, before validation.

    Raises UsageError (nothing there, unknown path or programme), InvalidInput.
    """
    path = None if source == STDIN else find_instance(source)
    tables = path is not None and (path.is_dir() or path.suffix.lower() in (".xlsx", ".xlsm"))
    if path is not None and path.is_dir() and not any(path.glob("*.csv")):
        raise UsageError(f"{path} is a folder without CSV tables", f"{path} はCSVの表がないフォルダです")
    if tables and path is not None:
        from portfolio.formats.tables.load import load_tables  # openpyxl, only for tables

        instance = load_tables(path)
        if not (settings or force or forbid):
            return instance
        raw: Any = instance.canonical()
    else:
        raw = parse_json(_stdin(LARGEST_FILE) if path is None else read_text(path))
    if isinstance(raw, dict) and (settings or force or forbid):
        raw = with_settings(raw, settings)
        for name in force:
            _programme(raw, name, "--force").update(mandatory=True, forbidden=False)
        for name in forbid:
            _programme(raw, name, "--forbid").update(mandatory=False, forbidden=True)
    return parse_instance(raw)


def read_any_result(source: str) -> Result:
    """A result file or `-`."""
    return parse_result(_stdin(LARGEST_RESULT)) if source == STDIN else read_result(Path(source))


def read_any_frontier(source: str) -> Frontier:
    """A frontier file or `-`."""
    return parse_frontier(_stdin(LARGEST_FRONTIER)) if source == STDIN else read_frontier(Path(source))


def read_program_frontier(source: str) -> ProgramFrontier:
    """A file of `frontier --program` or `-`. Raises UsageError for any other file."""
    found = _answer_of(_raw(source))
    if not isinstance(found, ProgramFrontier):
        raise UsageError(f"{source} holds no frontier of a bare problem", f"{source} は単独問題のフロンティアではありません")
    return found


def read_answer(source: str) -> Result | Frontier | ProgramFrontier:
    """A result, a frontier or the frontier of a bare problem, by what the file says it is."""
    return _answer_of(_raw(source))


def read_found(source: str) -> Result | Frontier | ProgramFrontier | Sweep | Explanation:
    """The same, a sweep or an explanation."""
    raw = _raw(source)
    if raw.get("format") == "portfolio-sweep":
        from portfolio.results.sweep import Sweep

        return record_of(raw, Sweep, ())
    if raw.get("format") == "portfolio-explanation":
        from portfolio.formats.explanation_text import explanation_of

        return explanation_of(raw)
    return _answer_of(raw)


def _raw(source: str) -> dict[str, Any]:
    return raw_record(_stdin(LARGEST_FRONTIER) if source == STDIN else read_text(Path(source), LARGEST_FRONTIER))


def _answer_of(raw: dict[str, Any]) -> Result | Frontier | ProgramFrontier:
    if raw.get("format") == "portfolio-program-frontier":
        found = record_of(raw, ProgramFrontier, ("points",))
        moo_of(found.problem)  # the problem inside must be one
        return found
    return frontier_of(raw) if raw.get("format") == "portfolio-frontier" else result_of(raw)


def _stdin(largest: int) -> str:
    data = sys.stdin.buffer.read(largest + 1)
    if len(data) > largest:
        raise UsageError(f"standard input is larger than {largest / 1e6:.0f} MB", f"標準入力が {largest / 1e6:.0f} MB を超えています")
    return decode(data, "stdin")


def _programme(raw: dict[str, Any], name: str, flag: str) -> dict[str, Any]:
    listed = raw.get("programmes")
    entries = [p for p in listed if isinstance(p, dict)] if isinstance(listed, list) else []
    for entry in entries:
        if entry.get("id") == name:
            return entry
    near = hint(name, [str(p["id"]) for p in entries if "id" in p])
    raise UsageError(f"{flag} {name}: no such programme{near['hint']}", f"{flag} {name}: この事業はありません{near['hint_ja']}")
