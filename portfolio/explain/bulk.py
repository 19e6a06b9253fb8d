"""Every unfunded programme, one question each, on several workers; answers are kept in a store under the hash of what they depend on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portfolio.engine.store import Record, Store
from portfolio.engine.threads import Threads
from portfolio.engine.work import Bench, Tally, Task, carry_out
from portfolio.explain.collection import about, answered, key_of
from portfolio.explain.effort import Effort
from portfolio.explain.presence import explain_programme
from portfolio.explain.question import Question
from portfolio.numerics import BREAK_EVEN_TOLERANCE
from portfolio.results import Result
from portfolio.results.explained import Answered


@dataclass(frozen=True)
class Options:
    """What every answer depends on. gap: share of the aim's range · seconds: per solve · solves: MIPs per break-even · kinds: break-evens
    tolerance: on them."""

    gap: float = 0.001
    seconds: float = float("inf")
    solves: int = 2
    kinds: tuple[str, ...] = ("effect",)
    tolerance: Fraction = BREAK_EVEN_TOLERANCE

    def question(self, name: str) -> dict[str, Any]:
        """The same as plain data, for one programme."""
        limit = None if self.seconds == float("inf") else self.seconds
        return {
            "programme": name,
            "gap": repr(self.gap),
            "seconds": None if limit is None else repr(limit),
            "solves": self.solves,
            "break_evens": list(self.kinds),
            "tolerance": str(self.tolerance),
        }


def explain_all(
    result: Result,
    names: Sequence[str],
    options: Options,
    store: Store,
    workers: int = 1,
    stop: threading.Event | None = None,
    watch: Callable[[Tally], None] | None = None,
) -> tuple[list[Answered], int]:
    """(answers in the order of `names`, as far as they are there; how many came from the store). Raises what a question raised."""
    stop = stop or threading.Event()
    known = about(result)
    tasks = [Task(key_of(known, "programme", options.question(name)), {"programme": name}) for name in names]
    reused = len(store.find([task.key for task in tasks]))
    pool = Threads(_Maker(result, options), max(1, min(workers, len(tasks) or 1)), stop)
    try:
        found = carry_out(tasks, pool, store, stop, watch)
    finally:
        pool.close()
    return [answered(found[task.key]) for task in tasks if task.key in found], reused


class _Maker:
    def __init__(self, result: Result, options: Options) -> None:
        self.result, self.options = result, options
        self.about = about(result)

    def __call__(self) -> Bench:
        return _Bench(Question(self.result), self.options, self.about)


class _Bench:
    def __init__(self, question: Question, options: Options, about_: str) -> None:
        self.question, self.options, self.about = question, options, about_

    def __call__(self, question: Record, stop: threading.Event) -> Record | None:
        effort = Effort(
            self.options.gap * self.question.unit, self.options.seconds, self.options.solves, stop, tolerance=self.options.tolerance
        )
        said = explain_programme(self.question, question["programme"], effort, self.options.kinds)
        # An answer that was cut short depends on the moment it was cut: it is not kept.
        if stop.is_set():
            return None
        asked = self.options.question(said.programme)
        answer = Answered(topic="programme", key=key_of(self.about, "programme", asked), question=asked, of=said.of, presence=said)
        return answer.model_dump(mode="json")
