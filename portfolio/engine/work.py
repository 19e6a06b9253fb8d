"""Many independent questions, few workers: hand out in chunks, commit what comes back, stop when told to.

The engine knows nothing about what is asked. A bench answers one question at a time; every worker builds its own with a maker, which is what
travels to other processes. Answers must depend on the question alone, so that neither the number of workers nor an interruption shows.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from portfolio.engine.store import Record, Store

CHUNK_SECONDS = 1.0
"""Work in a chunk: far above what handing it out costs (2 ms on a cluster), short enough that little is lost with a worker."""
PER_WORKER = 0.01
"""Seconds of work in a chunk per worker, where that is more: one scheduler hands out about 500 chunks a second, and is kept at a fifth of that."""
MOST_IN_CHUNK = 500
IN_FLIGHT = 2
"""Chunks per worker that are out at any time: one being worked on, one waiting."""
_TICK = 0.1


@dataclass(frozen=True)
class Task:
    """key: content hash of everything the answer depends on · question: plain JSON data."""

    key: str
    question: Record


class Bench(Protocol):
    """Answers questions; one per worker thread, for what it holds is not shared."""

    def __call__(self, question: Record, stop: threading.Event, /) -> Record | None:
        """The answer; None if `stop` was set before there was one."""


class Maker(Protocol):
    """Builds benches; picklable."""

    def __call__(self) -> Bench:
        """A new bench."""


@dataclass(frozen=True)
class Done:
    """What became of a chunk. seconds: of work · lost: tasks of a chunk whose worker died each time it was tried."""

    records: tuple[tuple[str, Record], ...] = ()
    seconds: float = 0.0
    lost: tuple[Task, ...] = ()


class Pool(Protocol):
    """Workers. `hand_out` returns at once; `back` is called with a Done or an exception, from any thread."""

    width: int

    def hand_out(self, tasks: Sequence[Task], back: Callable[[Done | BaseException], None]) -> None:
        """Give a chunk to some worker."""

    def cancel(self) -> None:
        """After a stop: bring back what is out, finished or not."""

    def close(self) -> None:
        """Let the workers go."""


@dataclass(frozen=True)
class Tally:
    """done, total: runs, those found in the store included · reused: found there · seconds: since the start · left: expected, inf at first."""

    done: int
    total: int
    reused: int
    seconds: float

    @property
    def rate(self) -> float:
        """Runs per second, without those found in the store."""
        return (self.done - self.reused) / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float:
        """Seconds to go at this rate."""
        return (self.total - self.done) / self.rate if self.rate else float("inf")


def answer_all(bench: Bench, tasks: Sequence[Task], stop: threading.Event) -> Done:
    """One chunk on one bench; what a stop leaves unanswered is left out."""
    begun = time.perf_counter()
    records = []
    for task in tasks:
        record = None if stop.is_set() else bench(task.question, stop)
        if record is None:
            break
        records.append((task.key, record))
    return Done(tuple(records), time.perf_counter() - begun)


LOST: Record = {"status": "failed", "reason": "the worker died whenever it was tried"}
"""Stands for a task that kills its workers; never stored, so that resuming tries it again."""


def carry_out(
    tasks: Sequence[Task],
    pool: Pool,
    store: Store,
    stop: threading.Event,
    watch: Callable[[Tally], None] | None = None,
    seconds: float = float("inf"),
) -> dict[str, Record]:
    """Answers by key. What the store has is taken from there; the rest is committed as it comes. Incomplete only when stopped, or when `seconds` are over:
    then nothing more is handed out.

    Raises whatever a bench raised, after committing what else had come back by then.
    """
    unique = {task.key: task for task in tasks}
    found = store.find(list(unique))
    reused, begun = len(found), time.perf_counter()
    waiting = deque(task for key, task in unique.items() if key not in found)
    alone: deque[Task] = deque()
    returned: queue.SimpleQueue[Done | BaseException] = queue.SimpleQueue()
    out, pace = 0, 0.0
    quarantined = False

    def going() -> bool:
        return not stop.is_set() and time.perf_counter() - begun < seconds

    while ((waiting or alone) and going()) or out:
        while waiting and out < IN_FLIGHT * pool.width and going():
            pool.hand_out(_chunk(waiting, pace, pool.width, seconds), returned.put)
            out += 1
        if alone and not waiting and not out and going():
            # Whoever was with a worker when it died is suspected too: only a run that is out all by itself can be found guilty.
            pool.hand_out([alone.popleft()], returned.put)
            out, quarantined = 1, True
        answer = _next(returned)
        if stop.is_set():
            pool.cancel()
        if answer is None:
            continue
        out -= 1
        if isinstance(answer, BaseException):
            stop.set()
            pool.cancel()
            _drain(returned, out, store)
            raise answer
        if answer.records:
            store.put(answer.records)
            found.update(answer.records)
            fresh = answer.seconds / len(answer.records)
            pace = fresh if pace == 0.0 else 0.7 * pace + 0.3 * fresh
        if quarantined:
            found.update({task.key: dict(LOST) for task in answer.lost})
        else:
            alone.extend(answer.lost)
        if watch is not None:
            watch(Tally(len(found), len(unique), reused, time.perf_counter() - begun))
    return found


def _chunk(waiting: deque[Task], pace: float, width: int, seconds: float) -> list[Task]:
    """About CHUNK_SECONDS of work (more for many workers), but never so much that some worker goes without, or that it takes longer than all may."""
    fair = -(-len(waiting) // (IN_FLIGHT * width))
    work = min(max(CHUNK_SECONDS, PER_WORKER * width), seconds / IN_FLIGHT)
    size = min(int(work / pace), MOST_IN_CHUNK, fair) if pace > 0 else 1
    return [waiting.popleft() for _ in range(min(max(size, 1), len(waiting)))]


def _next(returned: queue.SimpleQueue[Any]) -> Done | BaseException | None:
    try:
        answer: Done | BaseException = returned.get(timeout=_TICK)
    except queue.Empty:
        return None
    return answer


def _drain(returned: queue.SimpleQueue[Any], out: int, store: Store) -> None:
    """Keep what the others finished."""
    for _ in range(out):
        answer = returned.get()
        if isinstance(answer, Done):
            store.put(answer.records)
