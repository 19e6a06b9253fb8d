"""Results as JSON files: written whole or not at all, validated when read."""

from __future__ import annotations

import contextlib
import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticCustomError, PydanticSerializationError, to_json

from portfolio.errors import InvalidInput
from portfolio.formats.files import write_text
from portfolio.formats.json_text import parse_json, read_text
from portfolio.results import Result
from portfolio.schema.exact import MAX_DIGITS, exact_json, to_fraction
from portfolio.schema.problem import Problem, shown
from portfolio.schema.record import Record
from portfolio.schema.validate import form_problem

LARGEST_RESULT = 80_000_000
"""Bytes: a result holds its instance and a plan, so twice the largest instance."""
_LONG = re.compile(r"[+-]?\d+(/\d+|\.\d+)?")
LONGEST_EXACT = 8_000
"""Characters of an exact number in a result: sums over hundreds of discounted payments have denominators that no person would type."""
_COMPUTED = ("plan", "claims", "ranges", "grid_loss")
"""Parts of a result that are computed, not typed: their numbers may be longer than those of an instance."""
Kind = TypeVar("Kind", bound=Record)
_NO_NUMBER = re.compile(r"[:\[,]\s*-?(NaN|Infinity)\b")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def result_text(result: Record) -> str:
    """JSON text of a result; ends with a newline. Inverse of `parse_result`."""
    raw = result.model_dump(mode="json")
    with contextlib.suppress(PydanticSerializationError):
        text = to_json(raw, indent=1).decode()
        if not _NO_NUMBER.search(text):
            return text + "\n"
    # Seven times slower, for what the other leaves to it: half characters, and the refusal of what is no number.
    text = json.dumps(raw, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def parse_result(text: str) -> Result:
    """Raises InvalidInput with every problem of form. Whether its claims hold is for the audit to say."""
    return result_of(raw_record(text))


def result_of(raw: dict[str, Any]) -> Result:
    """The result in raw data. Raises InvalidInput."""
    return record_of(raw, Result, _COMPUTED)


def raw_record(text: str) -> dict[str, Any]:
    """The object that a result file holds, before its form is checked. Raises InvalidInput."""
    raw = _plain(parse_json(text))
    if not isinstance(raw, dict):
        raise InvalidInput([Problem("not_object", "$", shown(type(raw).__name__))])
    return raw


def record_of(raw: dict[str, Any], kind: type[Kind], computed: tuple[str, ...]) -> Kind:
    """Raw data as a record. computed: parts whose numbers may be longer than those of an instance. Raises InvalidInput."""
    try:
        return kind.model_validate({key: _exact(entry) if key in computed else entry for key, entry in raw.items()})
    except ValidationError as error:
        raise InvalidInput([form_problem(raw, kind, d) for d in error.errors(include_url=False)]) from None


def read_result(path: Path | str) -> Result:
    """The result in a file. Raises UsageError (missing, folder, no permission), InvalidInput."""
    return parse_result(read_text(Path(path), LARGEST_RESULT))


def write_result(result: Result, path: Path | str) -> None:
    """Atomically. Raises UsageError: missing folder, no permission, full disk."""
    write_text(path, result_text(result))


def _exact(raw: Any) -> Any:
    """Numerals too long for a typed number as fractions; everything else as it is."""
    if isinstance(raw, dict):
        return {key: _exact(entry) for key, entry in raw.items()}
    if isinstance(raw, list):
        return [_exact(entry) for entry in raw]
    if isinstance(raw, str) and MAX_DIGITS < len(raw) <= LONGEST_EXACT and _LONG.fullmatch(raw):
        with contextlib.suppress(ValueError, ZeroDivisionError):  # more digits than Python reads; p/0
            return Fraction(raw)
    return raw


def _plain(raw: Any) -> Any:
    """Decimals of the reader as the numbers that a result holds; one that no exact number can be made of stays for the schema to refuse."""
    if isinstance(raw, dict):
        return {key: _plain(entry) for key, entry in raw.items()}
    if isinstance(raw, list):
        return [_plain(entry) for entry in raw]
    if isinstance(raw, Decimal):
        try:
            return exact_json(to_fraction(raw))
        except PydanticCustomError:
            return raw
    return raw
