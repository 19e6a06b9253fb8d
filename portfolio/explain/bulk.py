"""Every unfunded programme, one question each, on several workers; answers are kept in a store under the hash of what they depend on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portfolio.engine.store import Record, Store
from portfolio.engine.threads import Threads
from portfolio.engine.work import Bench, Tally, Task, carry_out
from portfolio.explain.break_even import Effort
from portfolio.explain.presence import explain_programme
from portfolio.explain.question import Question
from portfolio.formats.result_text import record_of
from portfolio.results import Result
from portfolio.results.explanation import EXPLANATION_VERSION, Presence
from portfolio.schema.instance import content_hash


@dataclass(frozen=True)
class Options:
    """What every answer depends on. gap: absolute, of the aim · seconds: per solve · solves: MIPs per break-even · kinds: break-evens."""

    gap: float = 0.001
    seconds: float = float("inf")
    solves: int = 2
    kinds: tuple[str, ...] = ("effect",)


def explain_all(
    result: Result,
    names: Sequence[str],
    options: Options,
    store: Store,
    workers: int = 1,
    stop: threading.Event | None = None,
    watch: Callable[[Tally], None] | None = None,
) -> tuple[list[Presence], int]:
    """(answers in the order of `names`, as far as they are there; how many came from the store). Raises what a question raised."""
    stop = stop or threading.Event()
    tasks = [Task(_key(result, name, options), {"programme": name}) for name in names]
    reused = len(store.find([task.key for task in tasks]))
    pool = Threads(_Maker(result, options), max(1, min(workers, len(tasks) or 1)), stop)
    try:
        found = carry_out(tasks, pool, store, stop, watch)
    finally:
        pool.close()
    return [record_of(found[task.key], Presence, tuple(Presence.model_fields)) for task in tasks if task.key in found], reused


def _key(result: Result, name: str, options: Options) -> str:
    """The instance, model, aim, ranges, the reported plan and its claims, and the options of the search."""
    plan = None if result.plan is None else result.plan.model_dump(mode="json")
    parts: dict[str, Any] = {
        "explain": EXPLANATION_VERSION,
        "instance": result.instance_hash,
        "model": result.model_hash,
        "aim": result.aim,
        "ranges": {c: r.model_dump(mode="json") for c, r in result.ranges.items()},
        "claims": [c.model_dump(mode="json") for c in result.claims],
        "plan": plan,
        "programme": name,
        "gap": repr(options.gap),
        "seconds": repr(options.seconds),
        "solves": options.solves,
        "kinds": list(options.kinds),
        "seed": result.options.get("seed", 0),
    }
    return content_hash(parts)


class _Maker:
    def __init__(self, result: Result, options: Options) -> None:
        self.result, self.options = result, options
        self.key = content_hash({"explain": result.instance_hash, "kinds": list(options.kinds)})

    def __call__(self) -> Bench:
        return _Bench(Question(self.result), self.options)


class _Bench:
    def __init__(self, question: Question, options: Options) -> None:
        self.question, self.options = question, options

    def __call__(self, question: Record, stop: threading.Event) -> Record | None:
        effort = Effort(self.options.gap, self.options.seconds, self.options.solves, stop)
        answer = explain_programme(self.question, question["programme"], effort, self.options.kinds)
        # An answer that was cut short depends on the moment it was cut: it is not kept.
        return None if stop.is_set() else answer.model_dump(mode="json")
