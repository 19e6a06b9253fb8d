"""Where a verb speaks: stdout for the answer, stderr for everything else, in one language, on any console."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from portfolio.errors import UsageError

if TYPE_CHECKING:
    from portfolio.schema.problem import Problem

MOST_PROBLEMS = 50
"""Problems of an input listed unless --all."""
PIPE_WIDTH = 120
"""Cells per line when no terminal says how wide it is."""
_PLAIN = str.maketrans({"·": "-", "–": "-", "…": ".", "≥": ">", "≤": "<", "×": "x", "→": ">", "±": "+", "─": "-", "　": " "})


def language(flag: str, encoding: str) -> str:
    """en or ja: the flag, else PORTFOLIO_LANG, else the locale - which counts only where the console can show Japanese."""
    said = flag if flag in ("en", "ja") else os.environ.get("PORTFOLIO_LANG", "").lower()
    if said in ("en", "ja"):
        return said
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ja" if locale.lower().startswith("ja") and can_show("あ", encoding) else "en"


def can_show(text: str, encoding: str) -> bool:
    """Does the encoding have these characters?"""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _encoding(stream: TextIO) -> str:
    return getattr(stream, "encoding", None) or "utf-8"


@dataclass
class Desk:
    """The streams of one run."""

    lang: str = "en"
    as_json: bool = False
    everything: bool = False

    @classmethod
    def of(cls, lang: str, as_json: bool = False, everything: bool = False) -> Desk:
        """From the options of a verb."""
        return cls(language(lang, _encoding(sys.stdout)), as_json, everything)

    @classmethod
    def from_argv(cls, argv: Sequence[str]) -> Desk:
        """Before the options are parsed: errors of parsing need a language too. Makes the streams unable to raise on characters."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        lang = "auto"
        for position, word in enumerate(argv):
            if word == "--lang" and position + 1 < len(argv):
                lang = argv[position + 1]
            elif word.startswith("--lang="):
                lang = word.partition("=")[2]
        return cls.of(lang, "--json" in argv, "--all" in argv)

    @property
    def colour(self) -> bool:
        """Colours only on a terminal, and not when NO_COLOR is set."""
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def width(self, shape: str = "auto") -> int:
        """Cells per line; `wide` is at least 120, `narrow` at most 80."""
        said = os.environ.get("COLUMNS", "")
        cells = (
            int(said) if said.isdecimal() and int(said) > 0 else shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH
        )
        return {"wide": max(cells, 120), "narrow": min(cells, 80)}.get(shape, cells)

    def show(self, text: str) -> None:
        """The answer, on stdout."""
        self._write(sys.stdout, text if text.endswith("\n") else text + "\n")

    def emit(self, answer: Mapping[str, Any]) -> None:
        """The answer as one JSON object on stdout."""
        utf8 = can_show("あ\N{SNOWMAN}", _encoding(sys.stdout))
        self.show(json.dumps(answer, ensure_ascii=not utf8, allow_nan=False))

    def say(self, text: str) -> None:
        """A message, on stderr."""
        self._write(sys.stderr, text + "\n")

    def pick(self, en: str, ja: str) -> str:
        """The sentence in the desk's language."""
        return ja if self.lang == "ja" else en

    def fail(self, fault: Mapping[str, Any], problems: Sequence[Problem] = ()) -> int:
        """Report an error: JSON on stdout, else lines on stderr. Returns the exit code."""
        if self.as_json:
            listed = [p.as_dict() for p in (problems if self.everything else problems[:MOST_PROBLEMS])]
            found = {"count": len(problems), "problems": listed} if problems else {}
            with contextlib.suppress(UsageError):
                self.emit({"error": {**fault, **found}, "exit_code": fault["exit_code"]})
        elif problems:
            self.list_problems(problems, sys.stderr)
        else:
            self.say(f"{self.pick('error', 'エラー')}: {fault['message'][self.lang]}")
        return int(fault["exit_code"])

    def list_problems(self, problems: Sequence[Problem], stream: TextIO) -> None:
        """Place and value on one line, what was expected and what to do below; with the count."""
        counted = sum(p.severity == "error" for p in problems)
        head = self.pick(f"{counted} problem{'' if counted == 1 else 's'} in the input", f"入力に{counted}件の問題があります")
        lines = [head]
        kept = problems if self.everything else problems[:MOST_PROBLEMS]
        for p in kept:
            got = f" = {p.value}" if p.value else ""
            lines += [
                f"  {p.path}{got}",
                f"      {p.expectation(self.lang)}",
                f"      {self.pick('remedy', '対処')}: {p.remedy(self.lang)}",
            ]
        if len(kept) < len(problems):
            more = len(problems) - len(kept)
            lines.append(self.pick(f"  ... and {more} more (--all lists them)", f"  ほか{more}件（--all ですべて表示）"))
        self._write(stream, "\n".join(lines) + "\n")

    def flush(self, code: int) -> int:
        """Everything out before the process ends; a stdout that cannot take it turns success into an error."""
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            self.hang_up()
        except OSError as error:
            self.hang_up()
            self.say(f"{self.pick('error: standard output', 'エラー: 標準出力')}: {error.strerror}")
            return code or UsageError.exit_code
        return code

    @staticmethod
    def hang_up() -> None:
        """Nobody reads stdout any more: what is still buffered goes nowhere, without a complaint at exit."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)

    def _write(self, stream: TextIO, text: str) -> None:
        if not can_show("·…→─", _encoding(stream)):
            text = text.translate(_PLAIN)
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            if stream is sys.stdout:
                self.hang_up()
        except OSError as error:
            if stream is not sys.stdout:
                return
            self.hang_up()
            reason = os.strerror(error.errno) if error.errno is not None else str(error)
            full = error.errno == errno.ENOSPC
            raise UsageError(
                f"standard output cannot be written ({reason})",
                f"標準出力に書き込めません（{'空き容量がありません' if full else reason}）",
            ) from None
