"""The topics of `portfolio explain`: each asks its question under the progress line and puts the answer into words."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
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
    from portfolio.results import Frontier, Result

T = TypeVar("T")
Answered = tuple["Content", Any, int]
LIMIT, INFEASIBLE, INTERRUPTED = 5, 4, 130
SUFFIX = ".explain.sqlite"
BUDGET = 50.0
"""Seconds for one programme in full: its break-evens are narrowed for as long."""
KINDS = ("effect", "cost", "success", "money")


@dataclass(frozen=True)
class Asked:
    """What the command line says, read."""

    desk: Desk
    result: Result
    path: str
    programme: str | None
    frontier: Frontier | None
    kinds: tuple[str, ...] | None
    gap: float
    seconds: float | None
    workers: int
    store: str | None
    quiet: bool
    settings: tuple[str, ...]
    within: Fraction
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


class CountWatcher(Watcher):
    """How many questions are answered, and how long the rest will take."""

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


def topics() -> dict[str, Callable[[Asked, Any], Answered]]:
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


def programme(asked: Asked, _: Any) -> Answered:
    """One programme in full."""
    from portfolio.explain.public import explain_result
    from portfolio.report.explain_content import presence_content
    from portfolio.schema.validate import parse_instance

    kinds = kinds_of(asked, KINDS)
    budget = BUDGET if asked.seconds is None else asked.seconds
    answer, stopped = asked.wait(
        lambda stop: explain_result(
            asked.result, asked.programme or "", kinds, asked.gap, budget=budget, frontier=asked.frontier, stop=stop
        )
    )
    content = presence_content(parse_instance(asked.result.instance), asked.result, answer, asked.desk.lang)
    code = INTERRUPTED if stopped else LIMIT if answer.status in ("limit", "failed") else 0
    return content, answer.model_dump(mode="json"), code


def unfunded(asked: Asked, _: Any) -> Answered:
    """Every programme that is not funded."""
    from portfolio.explain.bulk import Options
    from portfolio.explain.public import explain_unfunded
    from portfolio.explain.public import unfunded as names_of
    from portfolio.report.explain_bulk import bulk_content
    from portfolio.schema.validate import parse_instance

    kept = asked.store if asked.store is not None else ("none" if asked.path == "-" else asked.path + SUFFIX)
    options = Options(gap=asked.gap, seconds=asked.limit, kinds=kinds_of(asked, ("effect",)))
    names = names_of(asked.result)
    watcher = CountWatcher(asked.desk, asked.quiet)
    (answers, reused), stopped = asked.wait(
        lambda stop: explain_unfunded(
            asked.result, names, options, None if kept == "none" else Path(kept), asked.workers, stop, watcher.see
        ),
        watcher,
    )
    content = bulk_content(parse_instance(asked.result.instance), asked.result, answers, len(names), (reused, kept), asked.desk.lang)
    code = INTERRUPTED if stopped else LIMIT if any(a.status in ("limit", "failed") for a in answers) else 0
    data = {"programmes": [a.model_dump(mode="json") for a in answers], "asked": len(names), "reused": reused}
    return content, data, code


def infeasible(asked: Asked, _: Any) -> Answered:
    """Rules in conflict and repairs."""
    from portfolio.explain.public import why_infeasible
    from portfolio.report.conflict_content import conflict_content
    from portfolio.schema.validate import parse_instance

    seconds = 300.0 if asked.seconds is None else asked.seconds
    found, stopped = asked.wait(lambda stop: why_infeasible(asked.result, seconds=seconds, stop=stop))
    content = conflict_content(parse_instance(asked.result.instance), found, asked.desk.lang)
    code = INTERRUPTED if stopped else INFEASIBLE if found is not None else 0
    return content, None if found is None else found.model_dump(mode="json"), code
