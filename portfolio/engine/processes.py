"""Workers as processes of this machine, each with a pipe of its own: what the interpreter lock allows one thread of, they do side by side.

A worker is a fresh interpreter (engine/serving.py), so that nothing of this process - threads, locks, solver objects, the user's main module - is copied or run
again. A pipe per worker tells which chunk died with it and leaves the others undisturbed; the end of the pipe tells a worker that this process is gone.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO, Any

from portfolio.engine.serving import STOP, packed
from portfolio.engine.work import Done, Maker, Task
from portfolio.errors import PortfolioError

TRIES = 2
"""Workers that may die over a chunk before it comes back as lost: one death is often the machine's (memory, an operator), two are suspect."""
STARTS = 5
"""Workers that may die in a row before they are ready: then this machine lets none live."""
_BEGIN = "import sys; sys.path[:] = sys.argv[1:]; from portfolio.engine.serving import serve; serve()"
_APART: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)} if sys.platform == "win32" else {"start_new_session": True}
)
"""Ctrl-C in a terminal is for this process alone, which tells its workers."""
Back = Callable[[Done | BaseException], None]


class Processes:
    """`width` processes, each with a bench of its own, started when there is work for them. `maker`, questions and records must be picklable.

    What a bench raises comes back as it is, a note saying where it was raised. `close` when done; no process is left behind, whatever happens to this one.
    """

    def __init__(self, maker: Maker, width: int, stop: threading.Event) -> None:
        self.width = width
        self._stop = stop
        self._waiting: queue.SimpleQueue[tuple[tuple[Task, ...], Back] | None] = queue.SimpleQueue()
        given = packed(maker)
        self._workers = [_Worker(given) for _ in range(width)]
        self._threads = [threading.Thread(target=self._attend, args=(worker,), daemon=True) for worker in self._workers]
        for thread in self._threads:
            thread.start()

    def hand_out(self, tasks: Sequence[Task], back: Back) -> None:
        """Give a chunk to some worker."""
        self._waiting.put((tuple(tasks), back))

    def cancel(self) -> None:
        """Tell the workers to bring back what they have finished."""
        for worker in self._workers:
            worker.halt()

    def close(self) -> None:
        """End the workers, idle or not."""
        for _ in self._threads:
            self._waiting.put(None)
        for worker in self._workers:
            worker.retire()
        for thread in self._threads:
            thread.join()

    def _attend(self, worker: _Worker) -> None:
        """A thread per worker: it waits on the worker's pipe and needs the interpreter for nothing else."""
        while (job := self._waiting.get()) is not None:
            tasks, back = job
            try:
                back(self._tried(worker, tasks))
            except BaseException as error:  # handed to the thread that asked, which raises it
                back(error)
        worker.end()

    def _tried(self, worker: _Worker, tasks: tuple[Task, ...]) -> Done | BaseException:
        for _ in range(TRIES):
            if self._stop.is_set() or worker.retired:
                return Done()
            answer = worker.answer(tasks)
            if answer is not None:
                return answer
        return Done() if self._stop.is_set() or worker.retired else Done(lost=tasks)


class _Worker:
    """One process, replaced when it died. given: the maker, packed."""

    def __init__(self, given: bytes) -> None:
        self._given = given
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = self._halted = False
        self._speaking = threading.Lock()
        self.retired = False

    def answer(self, tasks: tuple[Task, ...]) -> Done | BaseException | None:
        """What became of a chunk; None: the worker died over it. Raises PortfolioError when no worker lives long enough to begin."""
        try:
            process = self._started()
            if isinstance(process, BaseException):
                return process
            self._say(process, packed(tasks))
            found: Done | BaseException = _heard(process)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.end()
            return None
        return found

    def halt(self) -> None:
        """Ask it to stop early; from any thread."""
        process = self._process
        if process is not None and self._ready and not self._halted:
            self._halted = True
            # It may be dying, its pipe closed by the thread that attends it.
            with contextlib.suppress(OSError, ValueError):
                self._say(process, STOP)

    def retire(self) -> None:
        """Let it end, whatever it is doing; from any thread. No other one is started."""
        with self._speaking:
            self.retired = True
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """See the process off, so that none is left behind."""
        process, self._process, self._ready, self._halted = self._process, None, False, False
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    _open(pipe).close()

    def _started(self) -> subprocess.Popen[bytes] | BaseException:
        """The process with its bench built; or what its maker raised."""
        for _ in range(STARTS):
            process = self._process or self._hired()
            try:
                if not self._ready:
                    self._say(process, self._given)
                    answer = _heard(process)
                    if isinstance(answer, BaseException):
                        return answer
                    self._ready = True
                return process
            except (OSError, EOFError, pickle.UnpicklingError):
                self.end()
                if self.retired:
                    raise
        raise PortfolioError(
            "worker processes end as soon as they are started; --workers 1 does without them",
            "ワーカープロセスが起動直後に終了します。--workers 1 ならプロセスを使いません",
        )

    def _hired(self) -> subprocess.Popen[bytes]:
        with self._speaking:
            if self.retired:
                raise EOFError
            self._process = subprocess.Popen(
                [sys.executable, "-c", _BEGIN, *sys.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **_APART
            )
            return self._process

    def _say(self, process: subprocess.Popen[bytes], message: bytes) -> None:
        with self._speaking:
            pipe = _open(process.stdin)
            pipe.write(packed(message))
            pipe.flush()


def _heard(process: subprocess.Popen[bytes]) -> Any:
    """The worker's next message. Raises EOFError, UnpicklingError: it died first."""
    return pickle.load(_open(process.stdout))


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
