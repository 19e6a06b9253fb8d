"""Files that verbs write: looked at before the long run, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portfolio.commands.desk import Desk
from portfolio.errors import UsageError
from portfolio.formats.files import write_text

STDOUT = "-"
_HEAD = 65_536
"""Bytes in which a file of ours says its format."""


@dataclass(frozen=True)
class Target:
    """Where an answer goes; `prepare` has seen that it can be written."""

    path: Path

    def write(self, text: str) -> None:
        """Atomically; a device or pipe is written as it is. Raises UsageError."""
        if self.path.exists() and not self.path.is_file():
            _write_device(self.path, text)
        else:
            write_text(self.path, text)

    def write_or_rescue(self, text: str) -> UsageError | None:
        """Write; should that fail after all, keep the work in the folder for temporary files and return what to tell the user."""
        try:
            self.write(text)
        except UsageError as error:
            spare = Path(tempfile.gettempdir()) / f"rescued-{os.getpid()}-{self.path.name}"
            try:
                write_text(spare, text)
            except UsageError:
                return error
            return UsageError(
                f"{error.messages['en']} The result was kept as {spare}", f"{error.messages['ja']} 結果は {spare} に保存しました"
            )
        return None


class Checkpoints:
    """States of a long run, written to the file that its answer will have. One that cannot be written costs a notice and never the run."""

    def __init__(self, desk: Desk, target: Target) -> None:
        self._desk, self._target, self._failed = desk, target, False

    def write(self, text: Callable[[], str]) -> None:
        """Write a state, or say once why it could not be."""
        try:
            self._target.write(text())
        except (UsageError, OSError) as error:
            if not self._failed:
                said = error.messages if isinstance(error, UsageError) else {"en": str(error), "ja": str(error)}
                self._desk.say(
                    self._desk.pick(
                        f"checkpoint not written, the run goes on: {said['en']}",
                        f"途中経過を保存できませんでした。計算は続行します: {said['ja']}",
                    )
                )
            self._failed = True
        else:
            self._failed = False


def deliver(desk: Desk, text: str, output: str | None, target: Target | None, quiet: bool, answer: Callable[[str | None], None]) -> None:
    """The answer's file (or text on stdout), then its report, told where it was saved. Raises, after the report, what kept the file from being written."""
    trouble = None
    if output == STDOUT:
        desk.show(text)
    elif target is not None:
        trouble = target.write_or_rescue(text)
    if desk.as_json or not (quiet or output == STDOUT):
        answer(None if target is None or trouble else (output or target.path.name))
    if trouble is not None:
        raise trouble


def prepare(path: Path | str, file_format: str) -> Target:
    """See that the file can be written and that nothing but an older file of the same format is replaced.

    Raises UsageError: a folder, no such folder, no permission, some other file of that name.
    """
    # The target of a link is written, not the link replaced.
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise UsageError(f"{path} is a folder; name a file", f"{path} はフォルダです。ファイル名を指定してください")
    if target.exists() and not target.is_file():
        return Target(target)
    if not target.parent.is_dir():
        raise UsageError(f"{path}: the folder {target.parent} does not exist", f"{path}: フォルダ {target.parent} がありません")
    try:
        # Permission bits say little (root, mounts): only trying tells.
        handle, trial = tempfile.mkstemp(prefix=".portfolio-", suffix=".tmp", dir=target.parent)
        os.close(handle)
        Path(trial).unlink()
        head = _head(target)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})", f"{path}: 書き込めません（{error.strerror}）") from None
    if head.strip() and not re.search(rb'"format"\s*:\s*"' + file_format.encode() + rb'"', head):
        raise UsageError(
            f"{path} exists and is not a {file_format} file; move it away or name another with -o",
            f"{path} は {file_format} 形式ではない既存のファイルです。移動するか -o で別名を指定してください",
        )
    return Target(target)


def _head(target: Path) -> bytes:
    if not target.exists():
        return b""
    with target.open("rb") as file:
        return file.read(_HEAD)


def _write_device(path: Path, text: str) -> None:
    try:
        with path.open("wb", buffering=0) as file, contextlib.suppress(BrokenPipeError):
            file.write(text.encode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})", f"{path}: 書き込めません（{error.strerror}）") from None
