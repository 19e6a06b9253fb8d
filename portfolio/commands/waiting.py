"""A long run that can be watched and stopped: the work in a thread, signals and the progress line in the main thread."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Generic, TypeVar

from portfolio.commands.desk import Desk

if TYPE_CHECKING:
    from portfolio.solvers.outcome import Progress

T = TypeVar("T")
TICK = 0.1
"""Seconds between looks at the worker; the progress line moves at this pace."""


@dataclass
class _Answer(Generic[T]):
    value: T | None = None
    error: BaseException | None = None


class Watcher:
    """The latest word of the solver, as one line on stderr - only where stderr is a terminal."""

    stopping = ("stopping; the best plan so far is kept (again: abort)", "停止中です。最良の計画を保存します（もう一度で中止）")
    """Said at the first Ctrl-C."""

    def __init__(self, desk: Desk, quiet: bool) -> None:
        self.desk, self.begun = desk, time.monotonic()
        self.live = sys.stderr.isatty() and not quiet
        self._latest: tuple[str, Progress] | None = None
        self._shown = 0

    def __call__(self, stage: str, progress: Progress) -> None:
        """The solver reports from its own thread: only a reference is exchanged."""
        self._latest = (stage, progress)

    def line(self) -> str:
        """Stage, seconds, incumbent, bound, gap."""
        seconds = time.monotonic() - self.begun
        if self._latest is None:
            return self.desk.pick(f"preparing   {seconds:.0f} s", f"準備中   {seconds:.0f} 秒")
        stage, p = self._latest
        names = self.desk.pick("incumbent,bound,gap", "暫定解,限界,ギャップ").split(",")
        gap = p.incumbent - p.bound
        values = [_figure(p.incumbent), _figure(p.bound), _figure(gap)]
        parts = "   ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
        return f"{stage}   {parts}   {seconds:.0f} s"

    def draw(self) -> None:
        """Rewrite the line in place."""
        if self.live:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns or 80
            text = self.line()[: max((columns - 1) // (2 if self.desk.lang == "ja" else 1), 1)]
            self._put("\r" + text + " " * max(self._shown - len(text), 0))
            self._shown = len(text)

    def clear(self) -> None:
        """Leave the terminal as it was."""
        if self.live and self._shown:
            self._put("\r" + " " * (2 * self._shown if self.desk.lang == "ja" else self._shown) + "\r")

    @staticmethod
    def _put(text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            pass


def _figure(value: float) -> str:
    return f"{value:.5g}" if math.isfinite(value) else "-"


def wait_for(work: Callable[[], T], stop: threading.Event, watcher: Watcher) -> T:
    """Run `work` in a thread. The first Ctrl-C sets `stop`, so that the work ends with what it has; the second ends the process."""
    answer: _Answer[T] = _Answer()

    def body() -> None:
        try:
            answer.value = work()
        except BaseException as error:  # handed to the main thread, which raises it
            answer.error = error

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            watcher.clear()
            # The solver may sit in native code: nothing softer ends it at once.
            os._exit(130)
        stop.set()
        watcher.clear()
        watcher.desk.say(watcher.desk.pick(*watcher.stopping))

    before = signal.signal(signal.SIGINT, interrupt)
    worker = threading.Thread(target=body, name="solve", daemon=True)
    try:
        worker.start()
        while worker.is_alive():
            worker.join(TICK)
            watcher.draw()
    finally:
        signal.signal(signal.SIGINT, before)
        watcher.clear()
    if answer.error is not None:
        raise answer.error
    return answer.value  # type: ignore[return-value]  # set whenever no error is
