"""Solutions become audited plans on the publication grid: in this process, or in workers of their own while threads search.

Publishing is exact arithmetic in Python, a quarter of a second a plan on a large instance: beside threads that solve, it would hold the interpreter.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.audit import Verdict
from portfolio.engine.processes import Processes
from portfolio.engine.store import Record
from portfolio.engine.work import Done, Task
from portfolio.errors import AuditFailed, SolverFailure
from portfolio.formulation.assemble import BUNDLED
from portfolio.pareto.zones import Publisher
from portfolio.program import Floats
from portfolio.results import Plan
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.session import Session

HIRING = 1.0
"""Seconds of publishing in this process after which workers of their own are worth their start."""
Made = tuple[tuple[Fraction, ...], Any] | None
"""What a Publisher returns."""


@dataclass(frozen=True)
class Checked:
    """A published plan and what its audit counted."""

    plan: Plan
    verdict: Verdict


def publisher_of(session: Session, chosen: Sequence[int]) -> Publisher:
    """Solutions as audited plans on the publication grid, with their values in the chosen criteria."""
    names, signs = session.program.names, session.program.signs

    def publish(x: Floats, weights: Floats) -> Made:
        every = np.zeros(len(names))
        every[list(chosen)] = weights
        try:
            plan, verdict = session.publish(x, every)
        except AuditFailed:
            return None
        return tuple(signs[i] * plan.criteria[names[i]] for i in chosen), Checked(plan, verdict)

    return publish


@dataclass(frozen=True)
class Publishers:
    """What a worker needs to publish."""

    instance: Instance
    spec: ModelSpec
    seed: int
    tight: bool
    chosen: tuple[int, ...]

    def __call__(self) -> Callable[[Record, threading.Event], Record]:
        publish = publisher_of(Session(self.instance, self.spec, self.seed, tight=self.tight), self.chosen)
        return lambda question, stop: {"made": publish(question["x"], question["weights"])}


@contextmanager
def publishing(session: Session, chosen: Sequence[int], workers: int, stop: threading.Event) -> Iterator[Publisher]:
    """A publisher for `workers` threads. The same plans whoever publishes them."""
    here = publisher_of(session, chosen)
    # What a script registered is known to its own process alone.
    if workers == 1 or not BUNDLED.issuperset(session.spec.components):
        yield here
        return
    office = _Office(here, Publishers(session.instance, session.spec, session.seed, session.tight, tuple(chosen)), workers, stop)
    try:
        yield office.publish
    finally:
        office.close()


class _Office:
    """Publishes in this process at first, in others when it turns out to be worth their start."""

    def __init__(self, here: Publisher, maker: Publishers, workers: int, stop: threading.Event) -> None:
        self._here, self._maker, self._workers, self._stop = here, maker, workers, stop
        self._spent = 0.0
        self._pool: Processes | None = None
        self._hiring = threading.Lock()

    def publish(self, x: Floats, weights: Floats) -> Made:
        """As publisher_of."""
        if self._pool is None:
            begun = time.thread_time()
            made = self._here(x, weights)
            with self._hiring:
                self._spent += time.thread_time() - begun
                if self._spent > HIRING and self._pool is None:
                    self._pool = Processes(self._maker, self._workers, self._stop)
            return made
        returned: queue.SimpleQueue[Done | BaseException] = queue.SimpleQueue()
        self._pool.hand_out([Task("", {"x": x, "weights": weights})], returned.put)
        done = returned.get()
        if isinstance(done, BaseException):
            raise done
        if done.lost:
            raise SolverFailure(
                "a worker process ended whenever it published this plan", "この計画の公表処理でワーカープロセスが毎回終了しました"
            )
        # Nothing comes back after a stop alone; the search then takes nothing more.
        return done.records[0][1]["made"] if done.records else None

    def close(self) -> None:
        """Let the workers go."""
        if self._pool is not None:
            self._pool.close()
