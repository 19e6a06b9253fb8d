"""Workers of a Dask cluster, a running one or one started here (Rocklin 2015, doi:10.25080/Majora-7b98e3ed-013).

The same chunks as for threads travel there; the maker travels once per worker. The store stays with the client: a worker that dies
loses its chunk, which the scheduler gives to another one; a chunk whose workers keep dying comes back as lost.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from portfolio.engine.work import Bench, Done, Maker, Task, answer_all
from portfolio.errors import UsageError

LOCAL = "local"
PATIENCE = 40
"""Seconds until a scheduler that does not answer is an error."""
_benches: dict[tuple[str, int], Bench] = {}
"""On a worker: benches by maker and thread, since a bench is not shared."""
_KEPT = 8
"""Benches kept per worker process, so that one that serves many sweeps does not fill up."""


class Cluster:
    """`scheduler`: an address (tcp://host:port) or `local`. width: threads of all workers, as found at the start."""

    def __init__(self, maker: Maker, scheduler: str, workers: int, stop: threading.Event) -> None:
        """Raises UsageError: no `distributed`, nobody at the address, no workers there."""
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError:
            raise UsageError(
                "--scheduler needs Dask: pip install 'portfolio-toolkit[cluster]'",
                "--scheduler には Dask が必要です: pip install 'portfolio-toolkit[cluster]'",
            ) from None
        self._killed: type[Exception] = distributed.KilledWorker
        self._stop = stop
        self._out: set[Any] = set()
        self._cluster: Any = None
        logging.getLogger("distributed").setLevel(logging.ERROR)
        try:
            if scheduler == LOCAL:
                # A run that killed two workers is suspect enough to be tried by itself.
                with importlib.import_module("dask").config.set({"distributed.scheduler.allowed-failures": 1}):
                    self._cluster = distributed.LocalCluster(
                        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL
                    )
            self._client: Any = distributed.Client(self._cluster or scheduler, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError, TimeoutError, RuntimeError) as error:
            if self._cluster is not None:
                self._cluster.close()
            raise UsageError(
                f"--scheduler {scheduler}: no Dask cluster with workers answers there ({error})",
                f"--scheduler {scheduler}: 応答する Dask クラスタ（ワーカー）がありません（{error}）",
            ) from None
        self.width = max(sum(self._client.nthreads().values()), 1)
        # A task of its own, not scattered data: what died with a worker is then made again.
        self._maker = self._client.submit(_given, maker, pure=False)

    def hand_out(self, tasks: Sequence[Task], back: Callable[[Done | BaseException], None]) -> None:
        """Give a chunk to the scheduler."""
        chunk = tuple(tasks)
        future = self._client.submit(_work, self._maker, chunk, pure=False)
        self._out.add(future)
        future.add_done_callback(lambda ended: self._ended(ended, chunk, back))

    def _ended(self, future: Any, tasks: tuple[Task, ...], back: Callable[[Done | BaseException], None]) -> None:
        self._out.discard(future)
        try:
            if future.status == "finished":
                back(self._fetched(future, tasks))
            elif self._stop.is_set():
                back(Done())
            elif future.status == "error" and not isinstance(future.exception(), self._killed):
                back(future.exception())
            else:
                back(Done(lost=tasks))
        except BaseException as error:  # handed to the thread that asked, which raises it
            back(Done() if self._stop.is_set() else error)

    @staticmethod
    def _fetched(future: Any, tasks: tuple[Task, ...]) -> Done:
        """The result, which may die with its worker before it has travelled here."""
        try:
            found: Done = future.result(timeout=PATIENCE)
        except Exception:  # whatever the transport says: the tasks are tried again
            return Done(lost=tasks)
        return found

    def cancel(self) -> None:
        """Forget the chunks that are out."""
        for future in list(self._out):
            future.cancel(reason="stopped")

    def close(self) -> None:
        """Let the cluster go; one started here ends."""
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def _given(maker: Maker) -> Maker:
    """On a worker: the maker as a result, fetched once by each of the others."""
    return maker


def _work(maker: Maker, tasks: tuple[Task, ...]) -> Done:
    """On a worker."""
    place = maker.key, threading.get_ident()
    bench = _benches.get(place)
    if bench is None:
        while len(_benches) >= _KEPT:
            _benches.pop(next(iter(_benches)))
        bench = _benches[place] = maker()
    return answer_all(bench, tasks, threading.Event())
