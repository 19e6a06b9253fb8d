"""Text that every format can hold: no control characters, no half characters, no more than a cell takes."""

from __future__ import annotations

import re

from portfolio.formats.tables.cells import LONGEST
from portfolio.report.naming import clean

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST_NAME = 80
"""Characters of a file's stem."""


def cell_text(text: str) -> str:
    """One line of at most LONGEST characters; a longer one ends with an ellipsis."""
    said = clean(text)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def stem(key: str) -> str:
    """A file name from a key: letters, digits, - and _ alone, so that no name leads to another folder."""
    return _UNSAFE.sub("_", key)[:LONGEST_NAME].strip("_") or "unnamed"
