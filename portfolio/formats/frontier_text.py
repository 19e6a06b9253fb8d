"""Frontiers as JSON files: like results (result_text.py), with plans and certificate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portfolio.formats.json_text import read_text
from portfolio.formats.result_text import raw_record, record_of, result_text
from portfolio.results import Frontier, FrontierPoint

LARGEST_FRONTIER = 400_000_000
"""Bytes: hundreds of plans of the largest instance."""
_NO_POINTS = '\n "points": [],\n'
_COMPUTED = ("points", "certificate", "ranges", "search")


class FrontierWriter:
    """Texts of the frontiers of one run, as `result_text` has them; what was written of a plan is kept for the next checkpoint."""

    def __init__(self) -> None:
        self._points: dict[int, tuple[FrontierPoint, str]] = {}

    def prepare(self, points: Sequence[FrontierPoint]) -> None:
        """Write what is new of these, for texts to come."""
        for point in points:
            self._point(point)

    def text(self, frontier: Frontier) -> str:
        """JSON text; ends with a newline."""
        if not frontier.points:
            return result_text(frontier)
        before, empty, after = result_text(frontier.model_copy(update={"points": ()})).partition(_NO_POINTS)
        assert empty  # a line of this depth belongs to the frontier itself
        points = ",\n".join(self._point(point) for point in frontier.points)
        return f'{before}\n "points": [\n{points}\n ],\n{after}'

    def _point(self, point: FrontierPoint) -> str:
        # Points are made anew for every checkpoint, their plans are not.
        known = self._points.get(id(point.plan))
        if known is None or known[0].id != point.id:
            text = "  " + result_text(point).rstrip("\n").replace("\n", "\n  ")
            known = self._points[id(point.plan)] = (point, text)
        return known[1]


def parse_frontier(text: str) -> Frontier:
    """Raises InvalidInput with every problem of form. Whether its certificate holds is for the audit to say."""
    return frontier_of(raw_record(text))


def frontier_of(raw: dict[str, Any]) -> Frontier:
    """The frontier in raw data. Raises InvalidInput."""
    return record_of(raw, Frontier, _COMPUTED)


def read_frontier(path: Path | str) -> Frontier:
    """The frontier in a file. Raises UsageError (missing, folder, no permission), InvalidInput."""
    return parse_frontier(read_text(Path(path), LARGEST_FRONTIER))
