"""Worker processes: the same answers, deaths noticed at once and paid for with one chunk, and nobody left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portfolio.engine import processes
from portfolio.engine.processes import Processes
from portfolio.engine.store import Store
from portfolio.engine.work import LOST, Tally, Task, carry_out
from portfolio.errors import PortfolioError
from tests.engine.squares import Squares, questions, squares

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as opened:
        yield opened


def work(tasks: list[Task], store: Store, maker: Any, watch: Callable[[Tally], None] | None = None, width: int = 2) -> Any:
    stop = threading.Event()
    pool = Processes(maker, width, stop)
    try:
        return carry_out(tasks, pool, store, stop, watch)
    finally:
        workers = pids(pool)
        pool.close()
        assert not any(alive(pid) for pid in workers)


def pids(pool: Processes) -> list[int]:
    return [w._process.pid for w in pool._workers if w._process is not None]


def alive(pid: int) -> bool:
    """Is it there, and not merely unburied?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("width", [1, 3])
def test_processes_answer_every_question_once(width: int, store: Store) -> None:
    assert work(questions(900), store, Squares(), width=width) == squares(900)
    assert len(store) == 900


def test_a_run_that_kills_its_worker_is_lost_alone(store: Store) -> None:
    assert work(questions(40), store, Squares(deadly=7)) == {**squares(40), "square of 7": LOST}
    assert len(store) == 39, "a run that was lost is tried again on resume"


def test_a_worker_killed_from_outside_costs_its_chunk_and_is_replaced(store: Store) -> None:
    stop, killed = threading.Event(), []
    pool = Processes(Squares(pause=0.002), 2, stop)

    def kill(tally: Tally) -> None:
        if len(killed) < 3 and tally.done > 50 * (len(killed) + 1):
            victim = pids(pool)[0]
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    found = carry_out(questions(600), pool, store, stop, kill)
    pool.close()
    assert found == squares(600)
    assert len(set(killed)) == 3


def test_what_a_bench_raises_is_raised_here_and_finished_runs_stay(store: Store) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        work(questions(200), store, Squares(pause=0.001, broken=150))
    assert "in a worker process" in raised.value.__notes__[0]
    assert 0 < len(store) < 200


def test_a_stop_reaches_the_workers_and_keeps_what_is_finished(store: Store) -> None:
    stop = threading.Event()
    pool = Processes(Squares(pause=0.05), 2, stop)
    begun = time.monotonic()
    part = carry_out(questions(4000), pool, store, stop, lambda tally: stop.set() if tally.done >= 20 else None)
    pool.close()
    assert 20 <= len(part) < 400
    assert store.find([t.key for t in questions(4000)]) == part
    assert time.monotonic() - begun < 20


class Unborn(Squares):
    """Kills whoever makes a bench of it."""

    def __call__(self) -> Any:
        os._exit(3)


class Stranger(Squares):
    """Arrives as something that does not exist."""

    def __reduce__(self) -> Any:
        return eval, ("__import__('portfolio.no_such_part')",)


def test_workers_that_never_become_ready_are_an_error_and_no_hang(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STARTS", 2)
    with pytest.raises(PortfolioError, match="as soon as they are started"):
        work(questions(5), store, Unborn(), width=1)


def test_a_maker_that_cannot_be_rebuilt_there_is_its_own_error(store: Store) -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_part"):
        work(questions(5), store, Stranger(), width=1)


_SCRIPT = """
import sys, threading
from portfolio.engine.processes import Processes
from portfolio.engine.store import Store
from portfolio.engine.work import carry_out
from tests.engine.squares import Squares, questions
stop = threading.Event()
pool = Processes(Squares(pause={pause}), 2, stop)
def watch(tally):
    print(*(w._process.pid for w in pool._workers if w._process), flush=True)
with Store() as store:
    found = carry_out(questions({count}), pool, store, stop, watch)
pool.close()
print("answered", len(found))
"""


def script(tmp_path: Path, **numbers: Any) -> subprocess.Popen[str]:
    path = tmp_path / "unguarded.py"
    path.write_text(_SCRIPT.format(**numbers), encoding="utf-8")
    return subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_a_script_without_a_main_guard_is_not_run_again_by_its_workers(tmp_path: Path) -> None:
    output, _ = script(tmp_path, pause=0, count=30).communicate(timeout=60)
    assert output.count("answered") == 1
    assert output.endswith("answered 30\n")


def test_no_worker_outlives_the_process_that_hired_it(tmp_path: Path) -> None:
    process = script(tmp_path, pause=0.2, count=500)
    assert process.stdout is not None
    workers: list[int] = []
    while len(workers) < 2:
        workers = [int(word) for word in process.stdout.readline().split()]
    assert all(alive(pid) for pid in workers)
    process.kill()
    process.stdout.close()
    process.wait()
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(alive(pid) for pid in workers)
