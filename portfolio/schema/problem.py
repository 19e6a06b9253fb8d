"""A finding about a user's file: place, value, what was expected, what to do; in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portfolio.schema.messages import CATALOGUE

SHOWN = 60
"""Longest value quoted in a message."""


@dataclass(frozen=True)
class Problem:
    """One finding. path: JSON path (or sheet!cell) · value: as found · code: key of the message catalogue."""

    code: str
    path: str
    value: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "error"

    def expectation(self, lang: str) -> str:
        """What should stand there."""
        return CATALOGUE[self.code][lang][0].format(**self.params)

    def remedy(self, lang: str) -> str:
        """What to do about it."""
        return CATALOGUE[self.code][lang][1].format(**self.params)

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


def shown(value: Any) -> str:
    """A value as quoted in messages: one line, short, control characters made visible."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
