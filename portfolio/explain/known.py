"""What can be told about a question from the result's own words, before anything is assembled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portfolio.errors import UsageError
from portfolio.results import Result
from portfolio.schema.references import hint


def known_programme(result: Result, name: str) -> None:
    """Raises UsageError: no such programme (with the id of the one so called, or the nearest), no plan in the result."""
    programmes = result.instance.get("programmes", ())
    known = [str(p["id"]) for p in programmes]
    if name not in known:
        called = {word.casefold(): str(p["id"]) for p in programmes for word in _called(p)}
        near = hint(called.get(name.casefold(), name), known)
        raise UsageError(f"no programme `{name}`{near['hint']}", f"事業 `{name}` はありません{near['hint_ja']}")
    if result.plan is None:
        raise UsageError("the result holds no plan to explain", "説明すべき計画がない結果です")


def _called(programme: Mapping[str, Any]) -> Iterator[str]:
    """Its id and its names."""
    yield str(programme["id"])
    name = programme.get("name", "")
    yield from (str(word) for word in (name.values() if isinstance(name, dict) else (name,)))
