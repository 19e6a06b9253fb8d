"""The store of finished runs: what is committed stays, twice is once, and nothing else is mistaken for a store."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from portfolio.engine.store import Store
from portfolio.errors import UsageError


def test_what_was_put_is_found_by_another_opening(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.put({"a": {"x": 1.5, "名": "値"}, "b": {"x": 2}})
    with Store(tmp_path / "s.sqlite") as again:
        assert again.find(["a", "b", "c"]) == {"a": {"x": 1.5, "名": "値"}, "b": {"x": 2}}
        assert len(again) == 2


def test_more_keys_than_a_query_takes(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        store.put((str(n), {"n": n}) for n in range(1700))
        assert {r["n"] for r in store.find([str(n) for n in range(1700)]).values()} == set(range(1700))


def test_the_first_record_of_a_key_stays() -> None:
    with Store() as store:
        store.put({"a": {"x": 1}})
        store.put({"a": {"x": 2}, "b": {"x": 3}})
        assert store.find(["a", "b"]) == {"a": {"x": 1}, "b": {"x": 3}}


def test_a_batch_that_cannot_be_written_leaves_nothing() -> None:
    with Store() as store:
        with pytest.raises(ValueError, match="not JSON compliant"):
            store.put({"a": {"x": 1}, "b": {"x": float("nan")}})
        assert len(store) == 0


def test_two_openings_write_side_by_side(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as one, Store(tmp_path / "s.sqlite") as two:
        for n in range(20):
            (one if n % 2 else two).put({str(n): {"n": n}})
        assert len(one) == len(two) == 20


def test_many_openings_of_a_new_file_at_once(tmp_path: Path) -> None:
    troubles: list[Exception] = []

    def one(path: Path, barrier: threading.Barrier) -> None:
        barrier.wait()
        try:
            with Store(path) as store:
                store.put({"a": {"x": 1}})
        except UsageError as error:
            troubles.append(error)

    for n in range(15):
        barrier = threading.Barrier(4)
        threads = [threading.Thread(target=one, args=(tmp_path / str(n), barrier)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert troubles == []


@pytest.mark.parametrize("content", [b"", b"plain text, no database at all" * 50])
def test_only_an_empty_file_may_become_a_store(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s"
    path.write_bytes(content)
    if content:
        with pytest.raises(UsageError, match="database"):
            Store(path)
        assert path.read_bytes() == content
    else:
        Store(path).close()


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE runs (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="not a store"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["", "missing/s.sqlite"])
def test_a_place_that_cannot_hold_a_file_is_a_usage_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Store(tmp_path / name)


_WRITER = """
import sys
from portfolio.engine.store import Store
with Store(sys.argv[1]) as store:
    print("open", flush=True)
    for n in range(100_000):
        store.put({f"{n}-{m}": {"n": n, "m": m} for m in range(7)})
        print(n, flush=True)
"""


def test_kill_9_loses_no_commit_and_leaves_no_half_batch(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    said: list[int] = []
    for pause in (0.02, 0.05, 0.11):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        time.sleep(pause)
        os.kill(writer.pid, signal.SIGKILL)
        said = [int(line) for line in writer.stdout.read().split()] or said
        writer.stdout.close()
        writer.wait()
        with Store(path) as store:
            count = len(store)
            assert count % 7 == 0
            assert count >= 7 * len(said)
            assert len(store.find([f"{n}-{m}" for n in said for m in range(7)])) == 7 * len(said)
