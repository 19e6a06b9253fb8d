"""Frontiers as JSON files: like results (result_text.py), with plans and certificate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from portfolio.formats.json_text import read_text
from portfolio.formats.result_text import raw_record, record_of
from portfolio.results import Frontier

LARGEST_FRONTIER = 400_000_000
"""Bytes: hundreds of plans of the largest instance."""
_COMPUTED = ("points", "certificate", "ranges", "search")


def parse_frontier(text: str) -> Frontier:
    """Raises InvalidInput with every problem of form. Whether its certificate holds is for the audit to say."""
    return frontier_of(raw_record(text))


def frontier_of(raw: dict[str, Any]) -> Frontier:
    """The frontier in raw data. Raises InvalidInput."""
    return record_of(raw, Frontier, _COMPUTED)


def read_frontier(path: Path | str) -> Frontier:
    """The frontier in a file. Raises UsageError (missing, folder, no permission), InvalidInput."""
    return parse_frontier(read_text(Path(path), LARGEST_FRONTIER))
