"""Strict, exact JSON: bytes -> raw data and back.

Numbers keep their decimals (Decimal, never float); duplicate keys, NaN, Infinity and hopeless nesting are refused with their place.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from portfolio.errors import InvalidInput, UsageError
from portfolio.schema.problem import Problem, shown

LARGEST_FILE = 40_000_000
"""Bytes. The flagship has under 3 MB; 5,000 programmes have about 25 MB. A larger file is a mistake more often than a model."""
DEEPEST = 60
"""Levels of nesting; the schema needs 9."""


class _Refused(ValueError):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(Problem("duplicate_key", f"…{shown(key)}", shown(key)))
        found[key] = value
    return found


def _not_finite(token: str) -> NoReturn:
    raise _Refused(Problem("not_finite", "$", token))


def parse_json(text: str) -> Any:
    """Raw data of a JSON text. Raises InvalidInput with line and column."""
    if text.count("[") > DEEPEST or text.count("{") > DEEPEST:
        _refuse_depth(text)
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_float=Decimal, parse_int=_integer, parse_constant=_not_finite, object_pairs_hook=_unique)
    except _Refused as refused:
        raise InvalidInput([refused.problem]) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput([Problem("not_json", place, "", {"detail": error.msg})]) from None


def _integer(token: str) -> int | Decimal:
    # int() of a numeral with thousands of digits is quadratic and refused by Python: leave it to the range check of the schema.
    return int(token) if len(token) < 100 else Decimal(token)


def _refuse_depth(text: str) -> None:
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string, escaped = True, False
        elif char in "[{":
            depth += 1
            if depth > DEEPEST:
                raise InvalidInput([Problem("too_deep", "$", "", {"limit": DEEPEST})])
        elif char in "]}":
            depth -= 1


def read_text(path: Path, largest: int = LARGEST_FILE) -> str:
    """The text of a user's file; UsageError (missing, folder, no permission) or InvalidInput (binary, empty, too large)."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise UsageError(f"{path} is a folder; a file was expected.", f"{path} はフォルダです。ファイルを指定してください。")
        if size > largest:
            detail = f"{size / 1e6:.0f} MB, at most {largest / 1e6:.0f} MB are read"
            raise InvalidInput([Problem("not_json", str(path), "", {"detail": detail})])
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
        raise InvalidInput([Problem("not_json", name, "", {"detail": "the file is empty"})])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput([Problem("not_json", name, "", {"detail": "not UTF-8 text"})]) from None
