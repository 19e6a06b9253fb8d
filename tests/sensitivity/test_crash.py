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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from portfolio.api.public import load
from portfolio.engine.cluster import UNSEEN, Cluster
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
from portfolio.api.public import load
from portfolio.engine import work
from portfolio.engine.store import Store
from portfolio.library import load_model
from portfolio.sensitivity import asking
from portfolio.sensitivity.sweep import Means, Todo, run_sweep
asking.TRIAL, asking.HIRING, work.CHUNK_SECONDS = 0.0, 0.0, 0.1
path, scheduler, runs, *vary = sys.argv[1:]
todo = Todo(kind="monte-carlo", vary=tuple(vary), runs=int(runs), candidates=0)
with Store(path) as store:
    run_sweep(load("lorie-savage"), load_model(), None, todo, Means(2, scheduler or None, store, watch=lambda *_: print("commit", flush=True)))
"""


def table(sweep: Sweep) -> Any:
    return sweep.model_copy(update={"seconds": {}}).model_dump(mode="json")


@pytest.fixture(scope="module")
def undisturbed() -> Any:
    return table(run_sweep(load("lorie-savage"), load_model(), None, TODO, Means(workers=2)))


def kill_once(path: Path, commits: int, after: float, scheduler: str = "", runs: int = TODO.runs) -> bool:
    """kill -9 of a sweep some seconds after so many commits; was it still at work?"""
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(path), scheduler, str(runs), *VARY],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    for _ in range(commits):
        process.stdout.readline()
    time.sleep(after)
    alive = process.poll() is None
    process.kill()
    process.stdout.close()
    process.wait()
    return alive


@dataclass
class HandedOut:
    """Keys given to workers, those among them that were in the store by then, and what is there."""

    keys: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    committed: set[str] = field(default_factory=set)


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> HandedOut:
    seen = HandedOut()
    put, find = Store.put, Store.find

    def putting(store: Store, records: Any) -> None:
        pairs = dict(records)
        put(store, pairs)
        seen.committed.update(pairs)

    def finding(store: Store, keys: Sequence[str]) -> Any:
        there = find(store, keys)
        seen.committed = set(there)
        return there

    def noting(hand_out: Callable[..., None]) -> Callable[..., None]:
        def noted(pool: Any, tasks: Sequence[Task], back: Any) -> None:
            keys = {task.key for task in tasks}
            seen.keys |= keys
            seen.again |= keys & seen.committed
            hand_out(pool, tasks, back)

        return noted

    monkeypatch.setattr(Store, "put", putting)
    monkeypatch.setattr(Store, "find", finding)
    for kind in (Threads, Processes, Cluster):
        monkeypatch.setattr(kind, "hand_out", noting(kind.hand_out))
    return seen


def resumed(path: Path, handed_out: HandedOut, todo: Todo = TODO, scheduler: str | None = None) -> Any:
    """The table after a resume in which nothing was computed again."""
    with Store(path) as store:
        before = {key for (key,) in store._database.execute("SELECT key FROM runs")}
        sweep = run_sweep(load("lorie-savage"), load_model(), None, todo, Means(2, scheduler, store))
    assert not before & handed_out.keys
    assert not handed_out.again
    return table(sweep)


@pytest.mark.parametrize(("commits", "after"), [(3, 0.0), (12, 0.05)])
def test_kill_9_and_resume_give_the_undisturbed_table_without_solving_anything_again(
    commits: int, after: float, tmp_path: Path, undisturbed: Any, handed_out: HandedOut
) -> None:
    assert kill_once(tmp_path / "s.sqlite", commits, after)
    assert resumed(tmp_path / "s.sqlite", handed_out) == undisturbed


def kill_20_times(path: Path, handed_out: HandedOut, scheduler: str = "") -> None:
    """Seconds between 0 and those of a few commits, at any stage of a start and of the runs."""
    draw, sizes, many = random.Random(7), [0], replace(TODO, runs=600)
    for _ in range(20):
        assert kill_once(path, draw.randint(0, 9), draw.uniform(0.0, 0.3), scheduler, many.runs)
        with Store(path) as store:
            sizes.append(len(store))
    print("runs in the store after each of 20 kills:", sizes)
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 10, "most kills came too early to say anything"
    assert sizes[-1] < many.runs
    assert resumed(path, handed_out, many, scheduler or None) == table(
        run_sweep(load("lorie-savage"), load_model(), None, many, Means(workers=1))
    )


@pytest.mark.fuzz
def test_kill_9_at_20_random_moments_of_one_sweep(tmp_path: Path, handed_out: HandedOut) -> None:
    kill_20_times(tmp_path / "s.sqlite", handed_out)


@pytest.mark.fuzz
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_kill_9_at_20_random_moments_of_one_sweep_on_a_running_cluster(tmp_path: Path, handed_out: HandedOut) -> None:
    distributed: Any = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, scheduler_kwargs=UNSEEN, silence_logs=50
    ) as running:
        kill_20_times(tmp_path / "s.sqlite", handed_out, running.scheduler_address)


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
def test_20_deaths_of_worker_processes_change_nothing(tmp_path: Path, undisturbed: Any, handed_out: HandedOut) -> None:
    draw, deaths, tried, before = random.Random(13), 0, 0, set(children())
    while deaths < 20 and tried < 20:
        moments = [draw.uniform(0.0, 1.0) for _ in range(3)]
        found, killed = sweep_with_deaths(tmp_path / f"{tried}.sqlite", moments, None, lambda: sorted({*children()} - before))
        assert found == undisturbed
        assert not handed_out.again
        deaths, tried = deaths + killed, tried + 1
    print("deaths:", deaths, "in sweeps:", tried)
    assert deaths >= 20


@pytest.mark.fuzz
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_20_deaths_of_workers_change_nothing(tmp_path: Path, undisturbed: Any, handed_out: HandedOut) -> None:
    draw, deaths, tried = random.Random(11), 0, 0
    while deaths < 20 and tried < 20:
        found, killed = sweep_with_deaths(
            tmp_path / f"{tried}.sqlite", [draw.uniform(0.0, 1.0) for _ in range(3)], "local", cluster_workers
        )
        assert found == undisturbed
        assert not handed_out.again
        deaths, tried = deaths + killed, tried + 1
    print("deaths:", deaths, "in sweeps:", tried)
    assert deaths >= 20
