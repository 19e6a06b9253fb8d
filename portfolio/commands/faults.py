"""Errors as data: what --json prints and what becomes one line in the user's language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer

from portfolio.errors import InvalidInput, PortfolioError

# typer brings its own copy of click from 0.2x on; these are click's classes in either case.
_USAGE: type[Exception] = typer.BadParameter.__mro__[1]
_CLICK: type[Exception] = _USAGE.__mro__[1]
_JA = (
    (r"^No such option: (\S+?)\.?(?= |$)(.*)$", r"オプション \1 はありません。\2"),
    (r"^No such command '(.+?)'\.(.*)$", r"コマンド '\1' はありません。\2"),
    (r"^Missing argument '(.+?)'\.$", r"引数 \1 が必要です。"),
    (r"^Missing command\.$", r"コマンドを指定してください。"),
    (r"^Option '(.+?)' requires an argument\.$", r"オプション \1 には値が必要です。"),
    (r"^Got unexpected extra arguments? \((.+)\)$", r"余分な引数です: \1"),
    (r"^Invalid value for (.+?): (.*)$", r"\1 の値が正しくありません: \2"),
)


def describe(error: Exception) -> dict[str, Any]:
    """kind, exit code and message in both languages."""
    if isinstance(error, InvalidInput):
        n = len(error.problems)
        said = {"en": f"{n} problem{'' if n == 1 else 's'} in the input", "ja": f"入力に{n}件の問題があります"}
        return {"kind": type(error).__name__, "exit_code": error.exit_code, "message": said}
    if isinstance(error, PortfolioError):
        return {"kind": type(error).__name__, "exit_code": error.exit_code, "message": dict(error.messages)}
    brief = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return {
        "kind": "InternalError",
        "exit_code": 1,
        "message": {
            "en": f"internal error, please report it ({brief}); --debug shows where",
            "ja": f"内部エラーです。報告してください（{brief}）。--debug で詳細を表示します",
        },
    }


def click_fault(error: Exception, argv: Sequence[str]) -> dict[str, Any] | None:
    """The command line was wrong: click's words, with where to look; None when it is not click's error."""
    if isinstance(error, typer.Abort):
        return {"kind": "Interrupted", "exit_code": 130, "message": {"en": "interrupted", "ja": "中断しました"}}
    if not isinstance(error, _CLICK):
        return None
    words = " ".join(str(getattr(error, "format_message", lambda: error)()).split())
    context = getattr(error, "ctx", None)
    where = getattr(context, "command_path", "portfolio") if context is not None else "portfolio"
    return {
        "kind": "UsageError",
        "exit_code": 2,
        "message": {
            "en": f"{words} (see: {where} --help)" if words else f"see: {where} --help",
            "ja": f"{_japanese(words)}（{where} --help を参照）",
        },
    }


def _japanese(words: str) -> str:
    for pattern, replacement in _JA:
        if re.match(pattern, words):
            words = re.sub(pattern, replacement, words)
            break
    return re.sub(r"Did you mean (?:one of: )?(.+?)\?", r"もしかして: \1", words)
