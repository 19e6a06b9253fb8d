"""The same questions on a Dask cluster: same answers, dead workers replaced, and clear words where there is no cluster."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from portfolio.engine.cluster import UNSEEN, Cluster
from portfolio.engine.store import Store
from portfolio.engine.work import LOST, carry_out
from portfolio.errors import UsageError
from tests.engine.squares import Squares, questions, squares

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as opened:
        yield opened


def test_a_cluster_answers_like_threads_and_survives_the_run_that_kills_its_worker(store: Store) -> None:
    stop = threading.Event()
    cluster = Cluster(Squares(deadly=7), "local", 2, stop)
    try:
        assert cluster.width == 2
        found = carry_out(questions(60), cluster, store, stop)
    finally:
        cluster.close()
    assert found == {**squares(60), "square of 7": LOST}
    assert len(store) == 59, "a run that was lost is tried again on resume"


def test_nobody_at_the_address_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portfolio.engine.cluster.PATIENCE", 1)
    with pytest.raises(UsageError, match="no Dask cluster"):
        Cluster(Squares(), "tcp://127.0.0.1:1", 1, threading.Event())


@pytest.mark.parametrize("address", ["nonsense", "tcp://host", "host:port", "carrier://pigeon:1"])
def test_an_address_that_is_none_is_a_usage_error_at_once(address: str) -> None:
    with pytest.raises(UsageError, match="no Dask cluster"):
        Cluster(Squares(), address, 1, threading.Event())


def test_a_running_cluster_is_used_by_its_address_and_left_running(store: Store) -> None:
    import distributed

    stop = threading.Event()
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, scheduler_kwargs=UNSEEN, silence_logs=50
    ) as running:
        for _ in range(2):
            cluster = Cluster(Squares(), running.scheduler_address, 4, stop)
            assert cluster.width == 1
            assert carry_out(questions(30), cluster, store, stop) == squares(30)
            cluster.close()


def test_a_cluster_that_lost_all_its_workers_is_an_error_and_no_hang(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    monkeypatch.setattr("portfolio.engine.cluster.DESERTED", {True: 1.0, False: 1.0})
    stop = threading.Event()
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, scheduler_kwargs=UNSEEN, silence_logs=50
    ) as running:
        cluster = Cluster(Squares(pause=0.02), running.scheduler_address, 1, stop)
        with pytest.raises(UsageError, match="no worker for"):
            carry_out(questions(300), cluster, store, stop, lambda tally: running.scale(0) if tally.done >= 20 else None)
        cluster.close()
    assert 0 < len(store) < 300
