"""What can be told about a question from the result's own words, before anything is assembled."""

from __future__ import annotations

from portfolio.errors import UsageError
from portfolio.results import Result
from portfolio.schema.references import hint


def known_programme(result: Result, name: str) -> None:
    """Raises UsageError: no such programme (with the nearest name), no plan in the result."""
    known = [str(p["id"]) for p in result.instance.get("programmes", ())]
    if name not in known:
        near = hint(name, known)
        raise UsageError(f"no programme `{name}`{near['hint']}", f"事業 `{name}` はありません{near['hint_ja']}")
    if result.plan is None:
        raise UsageError("the result holds no plan to explain", "説明すべき計画がない結果です")
