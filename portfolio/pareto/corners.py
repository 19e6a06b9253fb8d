"""The corners of zones as floats, a row each: worked out once, then looked up for thousands of zones at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from portfolio.program import Floats


class Corners:
    """corner: of a zone's vector, as floats (q,)."""

    def __init__(self, corner: Callable[[tuple[float, ...]], Floats], q: int) -> None:
        self._corner = corner
        self._place: dict[tuple[float, ...], int] = {}
        self._rows = np.zeros((64, q))

    def of(self, zones: Sequence[tuple[float, ...]]) -> Floats:
        """(zones, q)"""
        for zone in zones:
            if zone not in self._place:
                self._add(zone)
        return self._rows[[self._place[zone] for zone in zones]]

    def _add(self, zone: tuple[float, ...]) -> None:
        place = len(self._place)
        if place == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[place] = self._corner(zone)
        self._place[zone] = place
