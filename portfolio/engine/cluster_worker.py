"""The part of a sweep that lives on the workers of a Dask cluster: its maker, and a bench per thread. Needs `distributed`."""

from __future__ import annotations

import threading
import uuid
from typing import Any

from distributed import WorkerPlugin, get_worker

from portfolio.engine.work import Bench, Done, Maker, Task, answer_all


class Given(WorkerPlugin):
    """A maker on its way to every worker, those included that join later or take a dead one's place.

    A plugin, because nothing counts against it when a worker dies: as a task it would be given up after two deaths, and as scattered data it would die with
    its holders.
    """

    def __init__(self, maker: Maker) -> None:
        # Of this sweep alone: another one with the same maker may let go of its own while this one is at work.
        self.name = f"portfolio {uuid.uuid4().hex}"
        self.maker = maker
        self._benches: dict[int, Bench] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "maker": self.maker, "_benches": {}}

    def bench(self) -> Bench:
        """That of this thread; benches are not shared."""
        thread = threading.get_ident()
        if thread not in self._benches:
            self._benches[thread] = self.maker()
        return self._benches[thread]


def work(name: str, tasks: tuple[Task, ...]) -> Done:
    """One chunk."""
    given: Any = get_worker().plugins[name]
    return answer_all(given.bench(), tasks, threading.Event())
