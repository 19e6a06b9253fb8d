"""Workers inside this process. HiGHS releases the interpreter lock while it solves; what lies around it they do in turns (docs/adr/0009)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from portfolio.engine.work import Bench, Done, Maker, Task, answer_all


class Threads:
    """`width` threads, each with a bench of its own."""

    def __init__(self, maker: Maker, width: int, stop: threading.Event) -> None:
        self.width = width
        self._maker, self._stop = maker, stop
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(width, thread_name_prefix="sweep")

    def hand_out(self, tasks: Sequence[Task], back: Callable[[Done | BaseException], None]) -> None:
        """Give a chunk to some thread."""
        self._pool.submit(self._work, tuple(tasks), back)

    def _work(self, tasks: tuple[Task, ...], back: Callable[[Done | BaseException], None]) -> None:
        try:
            bench: Bench | None = getattr(self._own, "bench", None)
            if bench is None:
                bench = self._own.bench = self._maker()
            back(answer_all(bench, tasks, self._stop))
        except BaseException as error:  # handed to the thread that asked, which raises it
            back(error)

    def cancel(self) -> None:
        """Nothing to do: the benches see the stop themselves."""

    def close(self) -> None:
        """Wait for the chunks that are out."""
        self._pool.shutdown(wait=True, cancel_futures=True)
