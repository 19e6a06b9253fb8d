"""Explanations as JSON files: like results (result_text.py), with answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portfolio.formats.json_text import read_text
from portfolio.formats.result_text import raw_record, record_of
from portfolio.results import Explanation

LARGEST_EXPLANATION = 400_000_000
"""Bytes: a plan for each of thousands of programmes."""
_COMPUTED = ("claims", "answers")


def parse_explanation(text: str) -> Explanation:
    """Raises InvalidInput with every problem of form."""
    return explanation_of(raw_record(text))


def explanation_of(raw: dict[str, Any]) -> Explanation:
    """The explanation in raw data. Raises InvalidInput."""
    return record_of(raw, Explanation, _COMPUTED)


def read_explanation(path: Path | str) -> Explanation:
    """The explanation in a file. Raises UsageError (missing, folder, no permission), InvalidInput."""
    return parse_explanation(read_text(Path(path), LARGEST_EXPLANATION))
