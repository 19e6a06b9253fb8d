"""How far a search may go."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from fractions import Fraction

from portfolio.explain.question import MOMENT
from portfolio.numerics import BREAK_EVEN_TOLERANCE
from portfolio.solvers.outcome import Ask


@dataclass
class Effort:
    """Absolute gap and seconds of each solve, solves per search; deadline (monotonic clock) for everything; workers: searches at a time
    tolerance: on break-evens (changes.py)."""

    gap: float = 0.0
    seconds: float = float("inf")
    solves: int = 40
    stop: threading.Event | None = None
    deadline: float = float("inf")
    workers: int = 1
    tolerance: Fraction = BREAK_EVEN_TOLERANCE

    @property
    def over(self) -> bool:
        """Is the time up, or was it stopped?"""
        return time.monotonic() >= self.deadline or (self.stop is not None and self.stop.is_set())

    def ask(self, **more: float) -> Ask:
        """The same for a solver."""
        event = {} if self.stop is None else {"stop": self.stop}
        left = min(self.seconds, max(self.deadline - time.monotonic(), MOMENT))
        return Ask(gap=self.gap, seconds=left, **more, **event)  # type: ignore[arg-type]
