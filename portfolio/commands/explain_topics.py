"""The topics of `portfolio explain`: each asks its question under the progress line and puts the answer into words."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from portfolio.commands.desk import Desk
from portfolio.commands.waiting import Watcher, wait_for
from portfolio.errors import UsageError

if TYPE_CHECKING:
    from portfolio.engine.work import Tally
    from portfolio.report.blocks import Content
    from portfolio.results import Answered, Frontier, Result
    from portfolio.results.explained import Topic

T = TypeVar("T")
Said = tuple["Content", Any, int, list["Answered"]]
"""Words, the answer as plain data, exit code, what is saved."""
LIMIT, INFEASIBLE, INTERRUPTED = 5, 4, 130
BUDGET = 50.0
"""Seconds for one programme in full: its break-evens are narrowed for as long."""
KINDS = ("effect", "cost", "success", "money")


@dataclass(frozen=True)
class Asked:
    """What the command line says, read."""

    desk: Desk
    result: Result
    programme: str | None
    frontier: Frontier | None
    kinds: tuple[str, ...] | None
    gap: float
    seconds: float | None
    workers: int
    store: Path | None
    quiet: bool
    settings: tuple[str, ...]
    within: Fraction
    tolerance: Fraction
    only: tuple[str, ...]

    @property
    def limit(self) -> float:
        """Seconds, inf where none are said."""
        return float("inf") if self.seconds is None else self.seconds

    def wait(self, work: Callable[[threading.Event], T], watcher: Watcher | None = None) -> tuple[T, bool]:
        """(the answer, was it interrupted?)."""
        stop = threading.Event()
        answer = wait_for(lambda: work(stop), stop, watcher or CountWatcher(self.desk, self.quiet))
        return answer, stop.is_set()

    def once(
        self,
        topic: Topic,
        question: Mapping[str, Any],
        work: Callable[[threading.Event], Mapping[str, Any]],
        watcher: Watcher | None = None,
    ) -> tuple[Answered, bool]:
        """(the answer, from the store where it is there; was it interrupted?). work: fields of the answer."""
        from portfolio.explain.collection import ask_once

        asked = {"gap": repr(self.gap), "seconds": None if self.seconds is None else repr(self.seconds), **question}
        (answer, _), stopped = self.wait(lambda stop: ask_once(self.result, topic, asked, self.store, stop, lambda: work(stop)), watcher)
        return answer, stopped


class CountWatcher(Watcher):
    """How many questions are answered, and how long the rest will take."""

    stopping = ("stopping; what is answered so far is kept (again: abort)", "停止中です。ここまでの回答を保存します（もう一度で中止）")

    def __init__(self, desk: Desk, quiet: bool) -> None:
        super().__init__(desk, quiet)
        self._tally: tuple[int, int, float] | None = None

    def see(self, tally: Tally) -> None:
        """The latest count."""
        self._tally = (tally.done, tally.total, tally.left)

    def count(self, done: int, total: int) -> None:
        """The same without a store."""
        spent = time.monotonic() - self.begun
        self._tally = (done, total, spent / done * (total - done) if done else float("inf"))

    def line(self) -> str:
        """One line."""
        seconds = time.monotonic() - self.begun
        if self._tally is None:
            return self.desk.pick(f"working   {seconds:.0f} s", f"計算中   {seconds:.0f} 秒")
        done, total, left = self._tally
        rest = "-" if left == float("inf") else f"{left:.0f}"
        return self.desk.pick(
            f"{done} of {total} answered   {seconds:.0f} s, {rest} s to go", f"{total}件中{done}件   {seconds:.0f} 秒、残り {rest} 秒"
        )


def topics() -> dict[str, Callable[[Asked, Any], Said]]:
    """Topic -> who answers it."""
    from portfolio.commands import explain_more as more

    return {
        "programme": programme,
        "unfunded": unfunded,
        "infeasible": infeasible,
        "prices": more.prices,
        "alternatives": more.alternatives,
        "core": more.core,
        "persist": more.persist,
    }


def kinds_of(asked: Asked, default: tuple[str, ...]) -> tuple[str, ...]:
    """The break-evens asked for. Raises UsageError for an unknown one."""
    for kind in asked.kinds or ():
        if kind not in KINDS:
            listed = ", ".join(KINDS)
            raise UsageError(f"--break-even {kind}: there are {listed}", f"--break-even {kind}: 使えるのは {listed} です")
    return default if asked.kinds is None else asked.kinds


def programme(asked: Asked, _: Any) -> Said:
    """One programme in full."""
    from portfolio.explain.known import known_programme

    kinds = kinds_of(asked, KINDS)
    # Before any file is made, and before anything slow is imported.
    known_programme(asked.result, asked.programme or "")

    from portfolio.explain.presence import on_frontier
    from portfolio.explain.public import explain_result
    from portfolio.report.explain_content import presence_content
    from portfolio.schema.validate import parse_instance

    instance = parse_instance(asked.result.instance)
    budget = BUDGET if asked.seconds is None else asked.seconds

    def work(stop: threading.Event) -> dict[str, Any]:
        found = explain_result(asked.result, asked.programme or "", kinds, asked.gap, budget=budget, stop=stop, tolerance=asked.tolerance)
        return {"of": found.of, "presence": found}

    answer, stopped = asked.once(
        "programme",
        {"programme": asked.programme, "break_evens": list(kinds), "seconds": repr(budget), "tolerance": str(asked.tolerance)},
        work,
    )
    said = answer.presence
    assert said is not None
    if asked.frontier is not None:
        # Membership is looked up each time: the frontier may be another one.
        said = on_frontier(said, asked.frontier)
        answer = answer.model_copy(update={"presence": said})
    content = presence_content(instance, asked.result, said, asked.desk.lang)
    code = INTERRUPTED if stopped else LIMIT if said.status in ("limit", "failed") else 0
    return content, said.model_dump(mode="json"), code, [answer]


def unfunded(asked: Asked, _: Any) -> Said:
    """Every programme that is not funded."""
    from portfolio.engine.store import Store
    from portfolio.explain.bulk import Options, explain_all
    from portfolio.explain.public import unfunded as names_of
    from portfolio.report.explain_bulk import bulk_content
    from portfolio.schema.validate import parse_instance

    options = Options(gap=asked.gap, seconds=asked.limit, kinds=kinds_of(asked, ("effect",)), tolerance=asked.tolerance)
    names = names_of(asked.result)
    watcher = CountWatcher(asked.desk, asked.quiet)
    if asked.result.plan is None:
        raise UsageError("the result holds no plan to explain", "説明すべき計画がない結果です")

    def work(stop: threading.Event) -> tuple[list[Answered], int]:
        # SQLite wants the thread that opened it.
        with Store(asked.store) as kept:
            return explain_all(asked.result, names, options, kept, asked.workers, stop, watcher.see)

    (found, reused), stopped = asked.wait(work, watcher)
    answers = [a.presence for a in found if a.presence is not None]
    told = (reused, str(asked.store or ""))
    content = bulk_content(parse_instance(asked.result.instance), asked.result, answers, len(names), told, asked.desk.lang)
    code = INTERRUPTED if stopped else LIMIT if any(a.status in ("limit", "failed") for a in answers) else 0
    data = {"programmes": [a.model_dump(mode="json") for a in answers], "asked": len(names), "reused": reused}
    return content, data, code, found


def infeasible(asked: Asked, _: Any) -> Said:
    """Rules in conflict and repairs."""
    from portfolio.explain.public import why_infeasible
    from portfolio.report.conflict_content import conflict_content
    from portfolio.schema.validate import parse_instance

    seconds = 300.0 if asked.seconds is None else asked.seconds
    answer, stopped = asked.once(
        "infeasible",
        {"seconds": repr(seconds)},
        lambda stop: {"conflict": why_infeasible(asked.result, seconds=seconds, stop=stop)},
    )
    found = answer.conflict
    content = conflict_content(parse_instance(asked.result.instance), found, asked.desk.lang)
    code = INTERRUPTED if stopped else INFEASIBLE if found is not None else 0
    return content, None if found is None else found.model_dump(mode="json"), code, [answer]
