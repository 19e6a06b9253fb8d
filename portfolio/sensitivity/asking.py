"""Questions in, records out: keys for the store, the pool of workers, and what a stop leaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from portfolio.engine.store import Record, Store
from portfolio.engine.threads import Threads
from portfolio.engine.work import Pool, Tally, Task, carry_out
from portfolio.schema.instance import content_hash
from portfolio.sensitivity.bench import SweepMaker

Watch = Callable[[str, Tally], None]
"""Called with (stage, tally) while runs come in; stage is `runs`, `regret` or `staircase`."""


class Asking:
    """A maker, its workers and the store. Use as a context."""

    def __init__(
        self, maker: SweepMaker, store: Store, workers: int, scheduler: str | None, stop: threading.Event, watch: Watch | None
    ) -> None:
        self.maker, self.store, self.stop, self._watch = maker, store, stop, watch
        self._frames = [content_hash(f.identity(maker.instance)) for f in maker.frames]
        self._factors = [content_hash(f.model_dump(mode="json", include={"mode", "paths", "low", "high"})) for f in maker.factors]
        self._workers, self._scheduler = workers, scheduler
        self._pool: Pool | None = None

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.close()

    def ask(self, stage: str, questions: Sequence[Record]) -> list[Record | None]:
        """One record per question, in their order; None where a stop came first."""
        tasks = [Task(self.key(q), q) for q in questions]
        known = self.store.find([t.key for t in tasks])
        if all(t.key in known for t in tasks):
            return [known[t.key] for t in tasks]
        report = None if self._watch is None else (lambda tally, watch=self._watch: watch(stage, tally))
        found = carry_out(tasks, self._workers_now(), self.store, self.stop, report)
        return [found.get(t.key) for t in tasks]

    def key(self, asked: Record) -> str:
        """Content hash of all that the answer depends on; factors left as they are do not count."""
        moved = {self._factors[n]: u for n, u in enumerate(asked["levels"]) if u is not None}
        return content_hash([self._frames[asked["frame"]], moved, asked.get("starts", []), asked.get("only")])

    def _workers_now(self) -> Pool:
        """Workers are hired when there is something to do: a sweep that is all in the store starts no cluster."""
        if self._pool is None:
            if self._scheduler is None:
                self._pool = Threads(self.maker, self._workers, self.stop)
            else:
                from portfolio.engine.cluster import Cluster

                self._pool = Cluster(self.maker, self._scheduler, self._workers, self.stop)
        return self._pool


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
