"""A finding about a user's file: place, value, what was expected, what to do; in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portfolio.schema.messages import CATALOGUE

SHOWN = 60
"""Longest value quoted in a message."""
LONGEST_PATH = 300
"""Characters of a path; ids have at most 80."""


@dataclass(frozen=True)
class Problem:
    """One finding. path: JSON path (or sheet!cell) · value: as found · code: key of the message catalogue."""

    code: str
    path: str
    value: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "error"

    def __post_init__(self) -> None:
        if not self.path.isprintable() or len(self.path) > LONGEST_PATH:
            object.__setattr__(self, "path", shown(self.path, LONGEST_PATH))

    def _said(self, lang: str, part: int) -> str:
        # A parameter may come in both languages (`hint`, `hint_ja`); one without a translation stands for itself.
        own = {key: self.params.get(f"{key}_{lang}", entry) for key, entry in self.params.items()}
        translated = {f"{key}_{lang}": entry for key, entry in own.items()}
        return CATALOGUE[self.code][lang][part].format(**{**translated, **own})

    def expectation(self, lang: str) -> str:
        """What should stand there."""
        return self._said(lang, 0)

    def remedy(self, lang: str) -> str:
        """What to do about it."""
        return self._said(lang, 1)

    def line(self, lang: str) -> str:
        """One line for a terminal."""
        got = f" = {self.value}" if self.value else ""
        if lang == "ja":
            return f"{self.path}{got}: {self.expectation(lang)}。{self.remedy(lang)}"
        return f"{self.path}{got}: {self.expectation(lang)}. {self.remedy(lang)}"

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        return {
            "severity": self.severity,
            "code": self.code,
            "path": self.path,
            "value": self.value,
            "expected": {lang: self.expectation(lang) for lang in ("en", "ja")},
            "remedy": {lang: self.remedy(lang) for lang in ("en", "ja")},
        }


def shown(value: Any, longest: int = SHOWN) -> str:
    """A value as quoted in messages: one line, short, control characters made visible."""
    # Cut first: a value may be a whole file. A number too long to be written out is shown by its size.
    text = _brief(value)[: longest + 1]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _brief(value: Any) -> str:
    """Text of a value as a file would write it; the inside of objects and lists only as far as it is needed."""
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_brief(entry)}" for key, entry in list(value.items())[:3]) + (", …}" if len(value) > 3 else "}")
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_brief(entry) for entry in list(value)[:3]) + (", …]" if len(value) > 3 else "]")
    return str(value)
