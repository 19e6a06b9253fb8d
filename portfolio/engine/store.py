"""Finished runs in a SQLite file: what was committed survives any death of the process, and is never computed again.

A run is filed under the content hash of everything it depends on (instance, model, parameters, options), so that resuming is a set difference
and the same question is never solved twice, whoever asks it. Write-ahead log with synchronous=FULL: a commit returns when the data
is on disk; several processes may read and write at once.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from portfolio.errors import UsageError

Record = dict[str, Any]
"""What a run yields: plain JSON data."""
APPLICATION = 0x50465357
"""SQLite application id ("PFSW"): tells a store from any other database."""
VERSION = 1
PATIENCE = 60.0
"""Seconds to wait for another process that is committing."""
_AT_ONCE = 500
"""Keys per query: below SQLite's limit of variables in every build."""
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
T = TypeVar("T")


class Store:
    """One store. Use it from one thread; other processes and threads open their own."""

    def __init__(self, path: Path | str | None = None) -> None:
        """path: None keeps the runs in memory only. Raises UsageError: another kind of file, no folder, no permission."""
        self.path = None if path is None else Path(path)
        if self.path is not None and self.path.is_dir():
            raise UsageError(f"{path} is a folder; name a file", f"{path} はフォルダです。ファイル名を指定してください")
        if self.path is not None and not self.path.parent.is_dir():
            raise UsageError(f"{path}: the folder {self.path.parent} does not exist", f"{path}: フォルダ {self.path.parent} がありません")
        self._database = self._guarded(self._open)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(":memory:" if self.path is None else self.path, timeout=PATIENCE, isolation_level=None)
        try:
            self._claim(database)
        except BaseException:
            database.close()
            raise
        return database

    def _claim(self, database: sqlite3.Connection) -> None:
        # Looked at and taken under one lock: another process may be opening the same new file.
        with _transaction(database):
            held = database.execute("PRAGMA application_id").fetchone()[0], database.execute("PRAGMA user_version").fetchone()[0]
            tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if held != (APPLICATION, VERSION):
                if tables or held != (0, 0):
                    raise UsageError(
                        f"{self.path} is not a store of this version", f"{self.path} はこのバージョンの保存ファイルではありません"
                    )
                for statement in _SCHEMA:
                    database.execute(statement)
        database.execute("PRAGMA synchronous = FULL")
        _write_ahead(database)

    def find(self, keys: Sequence[str]) -> dict[str, Record]:
        """The records that are there, by key."""
        return self._guarded(lambda: dict(self._found(keys)))

    def _found(self, keys: Sequence[str]) -> Iterator[tuple[str, Record]]:
        for at in range(0, len(keys), _AT_ONCE):
            some = keys[at : at + _AT_ONCE]
            marks = ",".join("?" * len(some))
            for key, text in self._database.execute(f"SELECT key, record FROM runs WHERE key IN ({marks})", some):
                yield key, json.loads(text)

    def put(self, records: Mapping[str, Record] | Iterable[tuple[str, Record]]) -> None:
        """Commit finished runs, all or none of them. A key that is there already keeps its record."""
        pairs = records.items() if isinstance(records, Mapping) else records
        rows = [(key, json.dumps(record, sort_keys=True, ensure_ascii=False, allow_nan=False)) for key, record in pairs]

        def write() -> None:
            with _transaction(self._database):
                self._database.executemany("INSERT OR IGNORE INTO runs VALUES (?, ?)", rows)

        self._guarded(write)

    def __len__(self) -> int:
        return int(self._guarded(lambda: self._database.execute("SELECT count(*) FROM runs").fetchone()[0]))

    def close(self) -> None:
        """Fold the log into the file."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _guarded(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{self.path}: {error}", f"{self.path}: 保存ファイルを使えません（{error}）") from None


def _write_ahead(database: sqlite3.Connection) -> None:
    """Switch the log on. SQLite does not wait for others here by itself, so this does."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


@contextmanager
def _transaction(database: sqlite3.Connection) -> Iterator[None]:
    """IMMEDIATE: the lock is taken before anything is written, so that a second writer waits instead of failing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
