"""Questions in, records out: keys for the store, the pool of workers, and what a stop leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from portfolio.engine.processes import Processes
from portfolio.engine.store import Record, Store
from portfolio.engine.threads import Threads
from portfolio.engine.work import Pool, Tally, Task, carry_out
from portfolio.schema.instance import content_hash
from portfolio.sensitivity.bench import SweepMaker

Watch = Callable[[str, Tally], None]
"""Called with (stage, tally) while runs come in; stage is `runs`, `regret` or `staircase`."""
TRIAL = 0.3
"""Seconds of work done in this process before others are hired: many sweeps of small instances are over by then."""
HIRING = 1.5
"""Seconds of work left that make it worth while to hire: a worker process is ready after 0.6 s (docs/adr/0009)."""


class Asking:
    """A maker, its workers and the store. Use as a context."""

    def __init__(
        self, maker: SweepMaker, store: Store, workers: int, scheduler: str | None, stop: threading.Event, watch: Watch | None
    ) -> None:
        self.maker, self.store, self.stop, self._watch = maker, store, stop, watch
        self._frames = [content_hash(f.identity(maker.instance)) for f in maker.frames]
        self._factors = [content_hash(f.model_dump(mode="json", include={"mode", "paths", "low", "high"})) for f in maker.factors]
        self._workers, self._scheduler = workers, scheduler
        self._here: Threads | None = None
        self._pool: Pool | None = None

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in (self._here, self._pool):
            if pool is not None:
                pool.close()

    def ask(self, stage: str, questions: Sequence[Record], coming: int = 0) -> list[Record | None]:
        """One record per question, in their order; None where a stop came first. coming: questions that will follow, which may make it worth while to hire now."""
        tasks = [Task(self.key(q), q) for q in questions]
        known = self.store.find([t.key for t in tasks])
        if all(t.key in known for t in tasks):
            return [known[t.key] for t in tasks]
        report = None if self._watch is None else (lambda tally, watch=self._watch: watch(stage, tally))
        found = self._carried_out(tasks, report, coming)
        return [found.get(t.key) for t in tasks]

    def key(self, asked: Record) -> str:
        """Content hash of all that the answer depends on; factors left as they are do not count."""
        moved = {self._factors[n]: u for n, u in enumerate(asked["levels"]) if u is not None}
        return content_hash([self._frames[asked["frame"]], moved, asked.get("starts", []), asked.get("only")])

    def _carried_out(self, tasks: Sequence[Task], report: Callable[[Tally], None] | None, coming: int) -> dict[str, Record]:
        """By workers hired when there is something to do for them: a sweep that is all in the store, or soon done, starts no process and no cluster."""
        if self._pool is None and self._scheduler is not None:
            from portfolio.engine.cluster import Cluster

            self._pool = Cluster(self.maker, self._scheduler, self._workers, self.stop)
        if self._pool is None:
            self._here = self._here or Threads(self.maker, 1, self.stop)
            if self._workers == 1 or not self.maker.travels or self._soon_done(tasks, self._here, report, coming):
                return carry_out(tasks, self._here, self.store, self.stop, report)
            self._pool = Processes(self.maker, self._workers, self.stop)
        return carry_out(tasks, self._pool, self.store, self.stop, report)

    def _soon_done(self, tasks: Sequence[Task], here: Pool, report: Callable[[Tally], None] | None, coming: int) -> bool:
        """Begin in this process, and see what is left."""
        begun, reused = time.perf_counter(), len(self.store.find([t.key for t in tasks]))
        found = len(carry_out(tasks, here, self.store, self.stop, report, TRIAL))
        left = len({t.key for t in tasks}) - found + coming
        return self.stop.is_set() or left * (time.perf_counter() - begun) < HIRING * max(found - reused, 1)


def remembered(store: Store, what: Any, find: Callable[[], Record | None]) -> Record | None:
    """A record found once and kept under the content hash of what it depends on; None is not kept."""
    key = content_hash(what)
    known = store.find([key])
    if key in known:
        return known[key]
    found = find()
    if found is not None:
        store.put({key: found})
    return found


def distance(one: Sequence[Fraction | None], other: Sequence[Fraction | None]) -> float:
    """Squared distance of two points of a design."""
    half = Fraction(1, 2)
    return sum(float((half if a is None else a) - (half if b is None else b)) ** 2 for a, b in zip(one, other, strict=True))
