"""Sudden death: a killed sweep, or a killed worker of a cluster, costs the runs it was working on and nothing else."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from portfolio.api.public import load
from portfolio.engine.processes import Processes
from portfolio.engine.store import Store
from portfolio.engine.threads import Threads
from portfolio.engine.work import Task
from portfolio.library import load_model
from portfolio.results.sweep import Sweep
from portfolio.sensitivity import asking
from portfolio.sensitivity.sweep import Means, Todo, run_sweep

ROOT = Path(__file__).parents[2]
VARY = ("programmes.*.effects.*=x0.7:1.3", "programmes.project_6.effects.value=5:20", "funds.*.years.*=x0.7:1.2")
TODO = Todo(kind="monte-carlo", vary=VARY, runs=160, candidates=0)
_KILLED = """
import sys
from pathlib import Path
from portfolio.api.public import load
from portfolio.engine.store import Store
from portfolio.library import load_model
from portfolio.sensitivity.sweep import Means, Todo, run_sweep
todo = Todo(kind="monte-carlo", vary=tuple(sys.argv[2:]), runs=160, candidates=0)
with Store(sys.argv[1]) as store:
    print("begun", flush=True)
    run_sweep(load("lorie-savage"), load_model(), None, todo, Means(workers=2, store=store))
"""


def table(sweep: Sweep) -> Any:
    return sweep.model_copy(update={"seconds": {}}).model_dump(mode="json")


@pytest.fixture(scope="module")
def undisturbed() -> Any:
    return table(run_sweep(load("lorie-savage"), load_model(), None, TODO, Means(workers=2)))


def kill_once(path: Path, after: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(path), *VARY], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait()


def resumed(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, set[str], set[str]]:
    """(table, keys that were in the store before, keys computed now)."""
    computed: set[str] = set()

    def noting(hand_out: Callable[..., None]) -> Callable[..., None]:
        def noted(pool: Any, tasks: Sequence[Task], back: Any) -> None:
            computed.update(task.key for task in tasks)
            hand_out(pool, tasks, back)

        return noted

    for kind in (Threads, Processes):
        monkeypatch.setattr(kind, "hand_out", noting(kind.hand_out))
    with Store(path) as store:
        before = {key for (key,) in store._database.execute("SELECT key FROM runs")}
        sweep = run_sweep(load("lorie-savage"), load_model(), None, TODO, Means(workers=2, store=store))
    return table(sweep), before, computed


@pytest.mark.parametrize("moment", [0.8, 1.4])
def test_kill_9_and_resume_give_the_undisturbed_table_without_solving_anything_again(
    moment: float, tmp_path: Path, undisturbed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_once(tmp_path / "s.sqlite", moment)
    found, before, computed = resumed(tmp_path / "s.sqlite", monkeypatch)
    assert found == undisturbed
    assert not before & computed


@pytest.mark.fuzz
def test_kill_9_at_20_random_moments_of_one_sweep(tmp_path: Path, undisturbed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    draw, path, sizes = random.Random(7), tmp_path / "s.sqlite", [0]
    for _ in range(20):
        kill_once(path, draw.uniform(0.05, 1.2))
        with Store(path) as store:
            sizes.append(len(store))
    found, before, computed = resumed(path, monkeypatch)
    assert sizes == sorted(sizes)
    assert found == undisturbed
    assert not before & computed


def children() -> list[int]:
    """Processes that this one hired."""
    listed = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return [int(pid) for pids in listed for pid in pids.split()]


def cluster_workers() -> list[int]:
    """Processes of a local cluster."""
    return [p.pid for p in multiprocessing.active_children() if p.is_alive() and p.pid is not None]


def sweep_with_deaths(path: Path, moments: list[float], scheduler: str | None, workers: Callable[[], list[int]]) -> tuple[Any, int]:
    """(table, deaths): a sweep whose worker processes are killed one after another."""
    started, ended, deaths = threading.Event(), threading.Event(), [0]

    def killer() -> None:
        started.wait()
        for moment in moments:
            found: list[int] = []
            while not ended.is_set() and not found:
                ended.wait(0.05)
                found = workers()
            if ended.wait(moment):
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(found[deaths[0] % len(found)], signal.SIGKILL)
                deaths[0] += 1

    thread = threading.Thread(target=killer)
    with Store(path) as store:
        thread.start()
        try:
            sweep = run_sweep(load("lorie-savage"), load_model(), None, TODO, Means(2, scheduler, store, watch=lambda *_: started.set()))
        finally:
            ended.set()
            started.set()
            thread.join()
    return table(sweep), deaths[0]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_gives_the_same_table_even_when_a_worker_is_killed(tmp_path: Path, undisturbed: Any) -> None:
    found, deaths = sweep_with_deaths(tmp_path / "s.sqlite", [0.1], "local", cluster_workers)
    assert deaths == 1
    assert found == undisturbed


@pytest.fixture
def hired_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TRIAL", 0.0)
    monkeypatch.setattr(asking, "HIRING", 0.0)


@pytest.mark.usefixtures("hired_at_once")
def test_a_killed_worker_process_changes_nothing(tmp_path: Path, undisturbed: Any) -> None:
    before = set(children())
    found, deaths = sweep_with_deaths(tmp_path / "s.sqlite", [0.6], None, lambda: sorted({*children()} - before))
    assert deaths == 1
    assert found == undisturbed


@pytest.mark.fuzz
@pytest.mark.usefixtures("hired_at_once")
def test_20_deaths_of_worker_processes_change_nothing(tmp_path: Path, undisturbed: Any) -> None:
    draw, deaths, tried, before = random.Random(13), 0, 0, set(children())
    while deaths < 20 and tried < 20:
        moments = [draw.uniform(0.0, 1.0) for _ in range(3)]
        found, killed = sweep_with_deaths(tmp_path / f"{tried}.sqlite", moments, None, lambda: sorted({*children()} - before))
        assert found == undisturbed
        deaths, tried = deaths + killed, tried + 1
    assert deaths >= 20


@pytest.mark.fuzz
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_20_deaths_of_workers_change_nothing(tmp_path: Path, undisturbed: Any) -> None:
    draw, deaths, tried = random.Random(11), 0, 0
    while deaths < 20 and tried < 20:
        found, killed = sweep_with_deaths(
            tmp_path / f"{tried}.sqlite", [draw.uniform(0.0, 1.0) for _ in range(3)], "local", cluster_workers
        )
        assert found == undisturbed
        deaths, tried = deaths + killed, tried + 1
    assert deaths >= 20
