"""From a JSON path back to the cell it was read from."""

from __future__ import annotations

import re
from dataclasses import replace

from portfolio.formats.tables.sheet import Place
from portfolio.schema.problem import Problem, shown

_LAST = re.compile(r"(\.[^.\[\]]+|\[\d+\])$")
_ROW_SIDE = {"range_order": ("low", "high"), "unit_mismatch": ("unit",)}
"""Problems that lie in the annotation, not in the number's own cell."""
_KEY_SIDE = frozenset({"dangling", "outside_horizon", "bad_id"})
"""Problems that lie in the key of an entry, not in its value."""


class Places:
    """exact: path -> cell, also of empty cells · near: path of anything larger -> its first filled cell · tables: collection -> label ·
    keys: path -> cell that names its last key · by_name: annotation path -> JSON path."""

    def __init__(self) -> None:
        self.exact: dict[str, tuple[Place, str]] = {}
        self.near: dict[str, tuple[Place, str]] = {}
        self.tables: dict[str, str] = {}
        self.keys: dict[str, tuple[Place, str]] = {}
        self.by_name: dict[str, str] = {}

    def add(self, path: str, place: Place, text: str) -> None:
        """Register a cell; of two cells for one path the filled one, then the first, counts."""
        if path not in self.exact or (text and not self.exact[path][1]):
            self.exact[path] = (place, text)
        while text and path not in self.near:
            self.near[path] = (place, text)
            shorter = _LAST.sub("", path)
            if shorter == path or "[" not in shorter:
                return
            path = shorter

    def add_key(self, path: str, place: Place, text: str) -> None:
        """Register the cell that names the last key of a path."""
        self.keys.setdefault(path, (place, text))

    def find(self, problem: Problem) -> tuple[str, str | None]:
        """(address, text of that very cell) for a problem of the schema; (its own path, None) when no cell is behind it."""
        path = self.by_name.get(problem.path, problem.path)
        for side in _ROW_SIDE.get(problem.code, ()):
            if f"{path}.{side}" in self.exact:
                place, text = self.exact[f"{path}.{side}"]
                return str(place), text
        for found in ((self.keys,) if problem.code in _KEY_SIDE else ()) + (self.exact,):
            if path in found:
                place, text = found[path]
                return str(place), text
        while True:
            if path in self.near:
                return str(self.near[path][0]), None
            if path in self.exact:
                return str(self.exact[path][0]), None
            if path in self.tables:
                return self.tables[path], None
            shorter = _LAST.sub("", path)
            if shorter == path:
                return self.tables.get(path.partition(".")[0].partition("[")[0], problem.path), None
            path = shorter

    def readdressed(self, problem: Problem) -> Problem:
        """The same finding, at its cell, with the text as it stands there."""
        address, text = self.find(problem)
        return replace(problem, path=address, value=problem.value if text is None else shown(text))
