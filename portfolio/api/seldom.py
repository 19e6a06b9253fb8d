"""Not more often than it is worth: checkpoints of a long run."""

from __future__ import annotations

import time
from collections.abc import Callable

SAVE_EVERY = 2.0
"""Least seconds between checkpoints."""
SHARE = 40
"""Where one takes long, the next waits so many times as long."""


class Seldom:
    """Calls what it is given, unless it did so a moment ago."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, action: Callable[[], None]) -> None:
        """Call now or not at all."""
        begun = time.perf_counter()
        if begun < self._next:
            return
        action()
        now = time.perf_counter()
        self._next = now + max(SAVE_EVERY, SHARE * (now - begun))
