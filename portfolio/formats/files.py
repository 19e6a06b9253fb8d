"""Writing files so that a reader sees the old content or the new one, never half of it: tmp + fsync + rename + fsync of the folder."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from portfolio.errors import UsageError


def write_text(path: Path | str, text: str) -> None:
    """Write UTF-8 text atomically. Raises UsageError: folder in the way, missing folder, no permission, full disk."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path | str, data: bytes) -> None:
    """Write bytes atomically; on failure nothing is left behind and an older file stays as it was."""
    target = Path(path)
    try:
        if target.is_dir():
            raise UsageError(f"{target} is a folder; name a file.", f"{target} はフォルダです。ファイル名を指定してください。")
        if target.exists() and not target.is_file():
            # A pipe or device is written to, never replaced.
            target.write_bytes(data)
        else:
            _replace(target, data)
    except OSError as error:
        raise _failure(target, error) from None


def _replace(target: Path, data: bytes) -> None:
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    mode = (target.stat().st_mode & 0o777) if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent)
    tmp = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        tmp.chmod(mode)
        tmp.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            tmp.unlink()
        raise
    _sync_folder(target.parent)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    # Not every file system lets a folder be opened for fsync; the rename itself has happened by now.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _failure(target: Path, error: OSError) -> UsageError:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UsageError(f"{target}: no permission to write there.", f"{target}: 書き込み権限がありません。")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        full = f"{target}: ディスクに空きがありません。何も書き込まれていません。"
        return UsageError(f"{target}: the disk is full; nothing was written.", full)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return UsageError(f"{target}: the folder {target.parent} does not exist.", f"{target}: フォルダ {target.parent} がありません。")
    return UsageError(f"{target}: cannot be written ({error.strerror}).", f"{target}: 書き込めません（{error.strerror}）。")
