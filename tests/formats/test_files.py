"""Files are written whole or not at all, and every failure is a sentence."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from portfolio.errors import UsageError
from portfolio.formats import files


def test_text_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    files.write_text(path, "一\n")
    files.write_text(path, "二\n")
    assert path.read_text(encoding="utf-8") == "二\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_the_mode_of_an_older_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")
    path.chmod(0o640)
    files.write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_folder_is_never_overwritten(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        files.write_text(tmp_path, "x")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        files.write_text(tmp_path / "no" / "a.json", "x")


@pytest.mark.parametrize(
    ("number", "says"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "no permission"), (errno.EIO, "cannot be written")]
)
def test_a_failure_leaves_the_old_file_and_no_rubbish(number: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")

    def fail(_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(UsageError, match=says) as caught:
        files.write_text(path, "new")
    assert caught.value.messages["ja"] != caught.value.messages["en"]
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    files.write_text(pipe, "x")
    reader.join()
    assert got == [b"x"] and stat.S_ISFIFO(pipe.stat().st_mode)
