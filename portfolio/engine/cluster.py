"""Workers of a Dask cluster, a running one or one started here (Rocklin 2015, doi:10.25080/Majora-7b98e3ed-013).

The same chunks as for threads travel there; the maker travels once per worker. The store stays with the client: a worker that dies
loses its chunk, which the scheduler gives to another one; a chunk whose workers keep dying comes back as lost.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from portfolio.engine.work import Done, Maker, Task
from portfolio.errors import UsageError

LOCAL = "local"
PATIENCE = 40
"""Seconds until a scheduler that does not answer is an error."""
STARTING = "120s"
"""Until a connection is given up: Dask's 30 s are too short for a machine that is busy or was suspended while its workers started."""
RARELY = "10s"
QUIET: dict[str, Any] = {
    # What looks at the processes many times a second: it wants the interpreter that a run wants.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": RARELY,
    "distributed.admin.system-monitor.interval": RARELY,
    "distributed.scheduler.active-memory-manager.start": False,
    # Set, it gives memory back at nearly every call of free, and a run takes and frees the same few MB again and again.
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}
"""Dask settings under which a cluster costs least (docs/scale.md); those of a cluster started elsewhere are its owner's."""
_SETTINGS: dict[str, Any] = {
    **QUIET,
    # A run that killed two workers is suspect enough to be tried by itself.
    "distributed.scheduler.allowed-failures": 1,
    "distributed.comm.timeouts.connect": STARTING,
    "distributed.comm.timeouts.tcp": STARTING,
}
"""Of a cluster started here."""
UNSEEN: dict[str, Any] = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""Of a scheduler started here: whatever port is free, for 8787 is taken where another cluster runs."""
DESERTED = {True: 30.0, False: 600.0}
"""Seconds without any worker until that is an error, of a cluster started here or not: nothing brings workers back here, elsewhere a queue may."""


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
        self._out: dict[Any, tuple[tuple[Task, ...], Callable[[Done | BaseException], None]]] = {}
        self._changing = threading.Lock()
        self._cluster: Any = None
        logging.getLogger("distributed").setLevel(logging.ERROR)
        try:
            if scheduler == LOCAL:
                with importlib.import_module("dask").config.set(_SETTINGS):
                    self._cluster = distributed.LocalCluster(
                        n_workers=workers,
                        threads_per_worker=1,
                        processes=True,
                        # As for worker processes; the limit's watch costs more than the few records that a worker holds.
                        memory_limit=0,
                        dashboard_address=None,
                        scheduler_kwargs=UNSEEN,
                        silence_logs=logging.CRITICAL,
                    )
            else:
                # A client that stumbles over its address takes 80 s to close, and says so.
                importlib.import_module("distributed.comm").resolve_address(scheduler)
            self._client: Any = distributed.Client(self._cluster or scheduler, timeout=PATIENCE, set_as_default=False)
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError, TimeoutError, RuntimeError) as error:
            if self._cluster is not None:
                self._cluster.close()
            guard = "" if scheduler != LOCAL else "; in a script, call it under if __name__ == '__main__'"
            guard_ja = "" if scheduler != LOCAL else "。スクリプトでは if __name__ == '__main__' の下で呼んでください"
            raise UsageError(
                f"--scheduler {scheduler}: no Dask cluster with workers answers there ({error}){guard}",
                f"--scheduler {scheduler}: 応答する Dask クラスタ（ワーカー）がありません（{error}）{guard_ja}",
            ) from None
        self.width = max(sum(self._client.nthreads().values()), 1)
        there: Any = importlib.import_module("portfolio.engine.cluster_worker")
        given = there.Given(maker)
        self._work, self._name = there.work, given.name
        self._client.register_plugin(given)
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._count_workers, args=(DESERTED[scheduler == LOCAL],), daemon=True)
        self._watch.start()

    def hand_out(self, tasks: Sequence[Task], back: Callable[[Done | BaseException], None]) -> None:
        """Give a chunk to the scheduler."""
        chunk = tuple(tasks)
        try:
            future = self._client.submit(self._work, self._name, chunk, pure=False)
        except Exception as error:  # whatever the transport says
            back(_gone(error))
            return
        with self._changing:
            self._out[future] = chunk, back
        future.add_done_callback(self._ended)

    def _ended(self, future: Any) -> None:
        with self._changing:
            known = self._out.pop(future, None)
        if known is None:
            return
        tasks, back = known
        try:
            if future.status == "finished":
                back(self._fetched(future, tasks))
            elif self._stop.is_set():
                back(Done())
            elif future.status == "error" and not isinstance(future.exception(), self._killed):
                back(future.exception())
            elif self._client.status != "running":
                back(_gone("connection lost"))
            else:
                back(Done(lost=tasks))
        except BaseException as error:  # handed to the thread that asked, which raises it
            back(Done() if self._stop.is_set() else error)

    def _count_workers(self, patience: float) -> None:
        """A thread of its own: chunks wait for ever in a cluster without workers."""
        seen = time.monotonic()
        while not self._closing.wait(patience / 20):
            with contextlib.suppress(Exception):  # whatever the transport says: then nobody is seen
                seen = time.monotonic() if self._client.nthreads() else seen
            if time.monotonic() - seen <= patience:
                continue
            with self._changing:
                waiting, self._out = list(self._out.values()), {}
            for _, back in waiting:
                back(_gone(f"no worker for {patience:.0f} s"))

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
        with self._changing:
            out = list(self._out)
        for future in out:
            future.cancel(reason="stopped")

    def close(self) -> None:
        """Let the cluster go; one started here ends."""
        self._closing.set()
        self._watch.join()
        with contextlib.suppress(Exception):  # whatever the transport says: the cluster may be gone
            self._client.unregister_worker_plugin(self._name)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()


def _gone(why: object) -> UsageError:
    return UsageError(
        f"the Dask cluster is gone ({why}); finished runs are kept, the same command goes on",
        f"Dask クラスタが失われました（{why}）。終了した実行は保存済みで、同じコマンドで再開できます",
    )
