"""Names for a screen: short, on one line, harmless to the terminal."""

from __future__ import annotations

import re

from portfolio.schema.record import Text


def clean(text: str) -> str:
    """One line without control characters: a name from a file must not steer the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


def name_of(entry: object, lang: str) -> str:
    """The entry's name, else its id."""
    name: Text = entry.name  # type: ignore[attr-defined]
    return clean(name.get(lang) or str(entry.id))  # type: ignore[attr-defined]


def short(name: str) -> str:
    """What stands before a colon or a bracket: `Growth: domestic value added` -> `Growth`."""
    return re.split(r"\s*[:：（(]", name, maxsplit=1)[0].strip() or name
