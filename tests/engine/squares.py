"""A bench that squares numbers, and some that misbehave: what the engine is tested with. Importable by worker processes."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import Any

from portfolio.engine.work import Task


@dataclass(frozen=True)
class Squares:
    """pause: seconds per answer · deadly: the number whose answer kills the process."""

    pause: float = 0.0
    deadly: int | None = None
    broken: int | None = None

    def __call__(self) -> Any:
        def bench(question: dict[str, Any], stop: threading.Event) -> dict[str, Any] | None:
            if question["n"] == self.deadly:
                os._exit(1)
            if question["n"] == self.broken:
                raise ZeroDivisionError(question["n"])
            if self.pause and stop.wait(self.pause):
                return None
            return {"square": question["n"] ** 2}

        return bench


def questions(count: int) -> list[Task]:
    return [Task(f"square of {n}", {"n": n}) for n in range(count)]


def squares(count: int) -> dict[str, dict[str, int]]:
    return {f"square of {n}": {"square": n * n} for n in range(count)}
