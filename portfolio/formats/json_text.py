"""Strict, exact JSON: bytes -> raw data and back.

Numbers keep their decimals (Decimal, never float); duplicate keys, NaN, Infinity and hopeless nesting are refused with their place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

from portfolio.errors import InvalidInput, UsageError
from portfolio.schema.problem import Problem, shown

LARGEST_FILE = 40_000_000
"""Bytes. The flagship has under 3 MB; 5,000 programmes have about 25 MB. A larger file is a mistake more often than a model."""
DEEPEST = 60
"""Levels of nesting; the schema needs 9."""
MOST_LISTED = 50
"""Places listed for one kind of problem of the text."""

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]')
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape that may be half of a character beyond U+FFFF."""
_SYNTAX_JA = {
    "Expecting value": "値が必要です",
    "Expecting property name enclosed in double quotes": '" で囲んだキーが必要です',
    "Illegal trailing comma before end of object": "末尾のカンマは不要です",
    "Illegal trailing comma before end of array": "末尾のカンマは不要です",
    "Expecting ':' delimiter": "「:」が必要です",
    "Expecting ',' delimiter": "「,」が必要です",
    "Unterminated string starting at": "文字列が閉じていません",
    "Invalid control character at": "文字列の中に制御文字があります",
    "Invalid \\escape": "無効なエスケープです",
    "Invalid \\uXXXX escape": "無効な \\uXXXX です",
    "Extra data": "余分な文字があります",
}
"""Messages of Python's parser. One that is not listed is shown in English."""


class _NotFinite:
    """Stands for NaN or Infinity until its path is known."""

    def __init__(self, token: str) -> None:
        self.token = token


class _Reader:
    """What the parser reports on the way; places are looked up only when there is something to report."""

    def __init__(self) -> None:
        self.duplicates = False
        self.not_finite = False

    def unique(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self.duplicates |= len(found) < len(pairs)
        return found

    def constant(self, token: str) -> _NotFinite:
        self.not_finite = True
        return _NotFinite(token)

    def decimal(self, token: str) -> Decimal | _NotFinite:
        try:
            return Decimal(token)
        except InvalidOperation:  # an exponent beyond 10**18
            return self.constant(token)


def parse_json(text: str) -> Any:
    """Raw data of a JSON text. Raises InvalidInput with line and column, or with the path of every duplicate key and NaN."""
    text, reader = text.removeprefix("\ufeff"), _Reader()
    try:
        raw = json.loads(
            text, parse_float=reader.decimal, parse_int=_integer, parse_constant=reader.constant, object_pairs_hook=reader.unique
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        detail = {"detail": error.msg, "detail_ja": _SYNTAX_JA.get(error.msg, error.msg)}
        raise InvalidInput([Problem("not_json", place, "", detail)]) from None
    except RecursionError:
        raise InvalidInput([Problem("too_deep", "$", "", {"limit": DEEPEST})]) from None
    problems = _problems(raw, reader, text)
    if problems:
        raise InvalidInput(problems)
    return raw


def _problems(raw: Any, reader: _Reader, text: str) -> list[Problem]:
    if isinstance(raw, _NotFinite):
        return [Problem("not_finite", "$", shown(raw.token))]
    if isinstance(raw, (dict, list)) and _is_deep(raw):
        place = next(place for place, entry, depth in _nodes(raw) if depth == DEEPEST and isinstance(entry, (dict, list)))
        return [Problem("too_deep", place, "", {"limit": DEEPEST})]
    problems: list[Problem] = []
    if reader.not_finite or _HALF.search(text):
        problems += islice((problem for place, entry, _ in _nodes(raw) for problem in _unusable(place, entry)), MOST_LISTED)
    if reader.duplicates:
        problems += islice(_duplicates(text), MOST_LISTED)
    return problems


def _unusable(place: str, entry: Any) -> Iterator[Problem]:
    if isinstance(entry, _NotFinite):
        yield Problem("not_finite", place, shown(entry.token))
    for text in (entry, *(entry if isinstance(entry, dict) else ())):
        if isinstance(text, str) and any("\ud800" <= c <= "\udfff" for c in text):
            yield Problem("half_character", place, shown(text))


def _integer(token: str) -> int | Decimal:
    # int() of a numeral with thousands of digits is quadratic and refused by Python: leave it to the range check of the schema.
    return int(token) if len(token) < 100 else Decimal(token)


def _is_deep(raw: Any) -> bool:
    level = [raw]
    for _ in range(DEEPEST):
        # Level by level and without paths: this runs on every file.
        level = [
            entry for thing in level for entry in (thing.values() if isinstance(thing, dict) else thing) if isinstance(entry, (dict, list))
        ]
        if not level:
            return False
    return True


def _nodes(raw: Any, path: str = "", depth: int = 1) -> Iterator[tuple[str, Any, int]]:
    """(path, entry, depth) of everything inside, no deeper than the first level that is too deep."""
    listed = [(f"{path}.{key}" if path else key, entry) for key, entry in raw.items()] if isinstance(raw, dict) else []
    if isinstance(raw, list):
        listed = [(f"{path}[{i}]", entry) for i, entry in enumerate(raw)]
    for place, entry in listed:
        yield place, entry, depth
        if depth < DEEPEST:
            yield from _nodes(entry, place, depth + 1)


def _duplicates(text: str) -> Iterator[Problem]:
    """Every repeated key with its path, in the order of the text (which is valid JSON)."""
    frames: list[_Frame] = []
    for found in _TOKEN.finditer(text):
        token, frame = found[0], frames[-1] if frames else None
        if token in "[{":
            frames.append(_Frame(frame.place() if frame else "", None if token == "[" else set()))
        elif token in "]}":
            frames.pop()
        elif frame is None:
            continue
        elif token == ",":
            frame.index, frame.key = frame.index + 1, None
        elif frame.keys is not None and frame.key is None:
            frame.key = json.loads(token)
            if frame.key in frame.keys:
                column = found.start() - text.rfind("\n", 0, found.start())
                place = f"line {text.count(chr(10), 0, found.start()) + 1}, column {column}"
                yield Problem("duplicate_key", frame.place(), f"{shown(frame.key)} ({place})")
            frame.keys.add(frame.key)


@dataclass(slots=True)
class _Frame:
    """An object (keys) or list (no keys) that is open, and where in it the scan stands."""

    path: str
    keys: set[str] | None
    index: int = 0
    key: str | None = None

    def place(self) -> str:
        if self.keys is None:
            return f"{self.path}[{self.index}]"
        return f"{self.path}.{self.key}" if self.path else str(self.key)


def read_text(path: Path, largest: int = LARGEST_FILE) -> str:
    """The text of a user's file; UsageError (missing, folder, no permission) or InvalidInput (binary, empty, too large)."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise UsageError(f"{path} is a folder; a file was expected.", f"{path} はフォルダです。ファイルを指定してください。")
        if size > largest:
            detail = f"{size / 1e6:.0f} MB, at most {largest / 1e6:.0f} MB are read"
            detail_ja = f"{size / 1e6:.0f} MB、読み込めるのは {largest / 1e6:.0f} MB までです"
            raise InvalidInput([Problem("not_json", str(path), "", {"detail": detail, "detail_ja": detail_ja})])
        data = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file.", f"{path}: ファイルがありません。") from None
    except PermissionError:
        raise UsageError(f"{path}: no permission to read it.", f"{path}: 読み取り権限がありません。") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", f"{path}: 読み込めません（{error.strerror}）。") from None
    return decode(data, str(path))


def decode(data: bytes, name: str) -> str:
    """UTF-8 (with or without BOM) -> text; InvalidInput for anything else."""
    if not data.strip():
        raise InvalidInput([Problem("not_json", name, "", {"detail": "the file is empty", "detail_ja": "ファイルが空です"})])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(
            [Problem("not_json", name, "", {"detail": "not UTF-8 text", "detail_ja": "UTF-8のテキストではありません"})]
        ) from None
