"""Where answers are kept: `ID.explain.json` holds every answer about one result, a store lets a run go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from portfolio.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portfolio.commands.saving import Target
    from portfolio.results import Answered, Explanation, Result

SUFFIX, STORE_SUFFIX = ".explain.json", ".explain.sqlite"
FORMAT = "portfolio-explanation"
NOTHING = "none"
"""`--store none`: keep nothing."""
_TELLING = 8
"""Digits of the hash that tell two results about one instance apart."""


def target_of(result: Result, output: str | None, no_save: bool) -> Target | None:
    """The file for the answers; earlier answers about the same result are added to, those about another result are never touched.

    Raises UsageError: the file named holds something else; InvalidInput: it cannot be read.
    """
    from portfolio.commands.saving import STDOUT, prepare
    from portfolio.explain.collection import about

    if no_save or output == STDOUT:
        return None
    if output is not None:
        target = prepare(output, FORMAT)
        if earlier(target, result) is None and _size(target):
            raise UsageError(
                f"{output} explains another result; name another file with -o",
                f"{output} は別の結果の説明です。-o で別のファイルを指定してください",
            )
        return target
    name = result.instance["header"]["id"]
    target = prepare(f"{name}{SUFFIX}", FORMAT)
    if _size(target) and earlier(target, result) is None:
        target = prepare(f"{name}.{about(result)[:_TELLING]}{SUFFIX}", FORMAT)
    return target


def earlier(target: Target | None, result: Result) -> Explanation | None:
    """What the file holds about this result."""
    from portfolio.explain.collection import about
    from portfolio.formats.explanation_text import read_explanation

    if target is None or not _size(target):
        return None
    held = read_explanation(target.path)
    return held if held.about == about(result) else None


def _size(target: Target) -> int:
    return target.path.stat().st_size if target.path.is_file() else 0


def text_of(result: Result, answers: Iterable[Answered], target: Target | None) -> str:
    """The file's text: earlier answers and these. Read again now: another run may have added to it meanwhile."""
    from portfolio.explain.collection import explanation
    from portfolio.formats.result_text import result_text

    return result_text(explanation(result, answers, earlier(target, result)))


def store_of(result: Result, named: str | None, no_save: bool) -> Path | None:
    """The store: the one named, else beside the answers."""
    if named == NOTHING or (named is None and no_save):
        return None
    return Path(named or f"{result.instance['header']['id']}{STORE_SUFFIX}")
