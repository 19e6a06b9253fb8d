"""quantities: ranges, sources, kinds and notes of numbers, found by path.

`*` stands for any one segment; a later row replaces what an earlier one said about the same number. A row without `*` that
names a number exactly speaks of that number only; a shorter name (an option left out, a year left out) speaks of all it covers.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pydantic_core import PydanticCustomError

from portfolio.formats.tables import cells
from portfolio.formats.tables.cells import CellProblem
from portfolio.formats.tables.layout import ANNOTATED, Table
from portfolio.formats.tables.places import Places
from portfolio.formats.tables.registry import TABLES
from portfolio.formats.tables.sheet import Line
from portfolio.schema.exact import exact_text, to_fraction
from portfolio.schema.problem import Problem, shown

Name = tuple[str, ...]
_FACTOR = re.compile(r"^[x*]\s*(.+)$", re.IGNORECASE)
_HERE = ""
"""Key of the numbers that end at a node of the tree; no segment is empty."""
_EFFECTS = frozenset({"effects", "mitigates", "covers", "provides"})
DEEPEST = 20
"""Shared numbers that refer to shared numbers; a circle is refused by the schema."""


@dataclass
class Number:
    """A number as read: where it hangs (container[key]), its name in paths, its JSON path, yen per unit if it is money."""

    container: Any
    key: Any
    name: Name
    path: str
    money_unit: Fraction | None
    row: _Row | None = None

    @property
    def raw(self) -> Any:
        """The raw data: a number, text, or a product."""
        return self.container[self.key]


@dataclass
class _Row:
    path: str
    pattern: Name
    said: dict[str, Any]
    line: Line


@dataclass
class Numbers:
    """All numbers of an instance and the rows that annotate them."""

    numbers: list[Number] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)

    def add(self, number: Number) -> None:
        """Register a number that may be annotated."""
        self.numbers.append(number)

    def drop(self, name: Name) -> None:
        """Forget a shared number that a later row defines anew."""
        self.numbers = [n for n in self.numbers if n.name[: len(name)] != name] if name[:1] == ("quantities",) else self.numbers

    def annotate(self, path: str, said: dict[str, Any], line: Line) -> None:
        """Remember a row; it is applied at the end, when all numbers are known."""
        self.rows.append(_Row(path, segments(path), said, line))

    def finish(self, shared: Mapping[str, Any], known: Mapping[str, set[str]], places: Places) -> list[Problem]:
        """Apply the rows in order; the problems are those of rows."""
        index = _Index(self.numbers)
        problems: list[Problem] = []
        for row in self.rows:
            found, code = index.find(row.pattern)
            for number in found:
                number.row = row
            if not found:
                problems += self._nothing(row, code, known, index, first=len(problems) < 20)
        for number in self.numbers:
            if number.row is not None and number.row.said:
                problems += _apply(number, number.row, shared, places)
        return problems

    def _nothing(self, row: _Row, code: str, known: Mapping[str, set[str]], index: _Index, first: bool) -> Iterator[Problem]:
        waiting = any(_fits(row.pattern, shape, known) for shape in SHAPES)
        if code == "path_unknown" and "*" in row.pattern and waiting:
            return
        if code == "path_unknown" and (waiting or any(_fits(row.pattern, shape, known) for shape in COUNTS)):
            yield Problem("path_empty", str(row.line.place("path")), shown(row.path))
            return
        close: list[str] = []
        if first:
            candidates = {".".join(name) for name in index.exact if name[0] == row.pattern[0]} or {".".join(s) for s in SHAPES}
            close = difflib.get_close_matches(row.path, sorted(candidates), n=1, cutoff=0.6)
        hint = {"hint": f" (did you mean `{close[0]}`?)", "hint_ja": f"（`{close[0]}` では？）"} if close else {"hint": "", "hint_ja": ""}
        yield Problem(code, str(row.line.place("path")), shown(row.path), hint)


class _Index:
    """Numbers by name, and by all names under which a row may speak of them, as a tree of segments."""

    def __init__(self, numbers: list[Number]) -> None:
        self.exact: dict[Name, list[Number]] = {}
        self.tree: dict[str, Any] = {}
        for number in numbers:
            self.exact.setdefault(number.name, []).append(number)
            for name in (number.name, *looser(number.name, isinstance(number.raw, dict))):
                node = self.tree
                for step in name:
                    node = node.setdefault(step, {})
                node.setdefault(_HERE, []).append(number)

    def find(self, pattern: Name) -> tuple[list[Number], str]:
        """(numbers, code of the problem when there are none)."""
        if "*" in pattern:
            # A pattern reaches numbers that stand on their own; a product or a reference is named exactly or not at all.
            return [n for n in self.under(pattern) if not _composed(n.raw)], "path_unknown"
        found = self.exact.get(pattern) or self.under(pattern)
        plain = [n for n in found if not _is_reference(n.raw)]
        return plain, "path_reference" if found else "path_unknown"

    def under(self, pattern: Name) -> list[Number]:
        """The numbers with a name that fits the pattern."""
        nodes = [self.tree]
        for wanted in pattern:
            if wanted == "*":
                nodes = [child for node in nodes for step, child in node.items() if step != _HERE]
            else:
                nodes = [node[wanted] for node in nodes if wanted in node and wanted != _HERE]
        return [number for node in nodes for number in node.get(_HERE, ())]


def segments(path: str) -> Name:
    """Split a path at its dots; the scale after `curve` keeps its own (`curve.0.35`)."""
    parts = path.split(".")
    if "curve" in parts[2:]:
        at = parts.index("curve", 2) + 1
        tail = ["scale"] if parts[-1] == "scale" else []
        scale = parts[at : len(parts) - len(tail)]
        parts = [*parts[:at], *([".".join(scale)] if scale else []), *tail]
    return tuple(parts)


def looser(name: Name, product: bool = False) -> Iterator[Name]:
    """Other names under which a row may speak of a number: see docs/tables.md, paths."""
    names = [name]
    if name[0] == "programmes" and len(name) > 4 and name[2] == "options":
        names.append((*name[:2], *name[4:]))
    for base in names:
        if base is not name:
            yield base
        if base[0] == "programmes" and len(base) > 3 and base[-3] == "uses":
            yield base[:-1]
        if base[0] == "programmes" and not product and base[-2] in _EFFECTS:
            yield (*base, "value")
    if name[0] == "funds" and len(name) == 4 and name[2] == "outlay_profile":
        yield name[:3]
    if name[0] == "ceilings" and len(name) == 5:
        yield (*name[:2], name[4], name[3])
        yield name[:4]
    if name[0] == "rules":
        renamed = tuple("bonuses" if step == "bonus" and i == 2 else step for i, step in enumerate(name))
        yield ("interactions", *renamed[1:])
        if renamed != name:
            yield renamed


def _is_reference(raw: Any) -> bool:
    return isinstance(raw, str) and raw.startswith("@")


def _composed(raw: Any) -> bool:
    return isinstance(raw, dict) or _is_reference(raw)


def _shapes(table: Table, types: frozenset[str] = ANNOTATED) -> Iterator[Name]:
    heads: set[Name] = {(table.collection, "*")} if table.collection else {(owner.collection, "*") for owner in table.owners}
    heads |= {(*head, "options", "*") for head in heads if head[0] == "programmes" and table.owners}
    for column in table.columns:
        for at in column.at if column.type in types else ():
            steps = ["*" if step.startswith("{") else step for step in at.path.split(".")]
            if table.name == "header":
                yield tuple(steps)
                continue
            if len(table.named_by) > 1:
                steps = ["*"]
            elif table.point or table.item == "terms":
                steps = [table.item, "*", *(steps if table.item == "terms" else ())]
            for head in heads:
                yield (*head, *steps)
                if table.name == "effects":
                    yield (*head, *steps, "factors", "*")


SHAPES: tuple[Name, ...] = tuple(
    dict.fromkeys(
        [("quantities", "*"), ("quantities", "*", "factors", "*")]
        + [loose for table in TABLES for shape in _shapes(table) for loose in (shape, *looser(shape))]
    )
)
"""Names that numbers can have; a row of wildcards that fits one may wait for numbers to come."""
COUNTS: tuple[Name, ...] = tuple(shape for table in TABLES for shape in _shapes(table, frozenset({"int", "ints"})))
"""Names of whole numbers, which carry no annotation."""


def _fits(pattern: Name, shape: Name, known: Mapping[str, set[str]]) -> bool:
    if len(pattern) != len(shape) or pattern[0] != shape[0]:
        return False
    for i, (wanted, step) in enumerate(zip(pattern, shape, strict=True)):
        if step != "*" and wanted != step:
            return False
        collection = {"interactions": "rules"}.get(shape[0], shape[0]) if i == 1 else "options" if shape[i - 1] == "options" else ""
        if step == "*" and wanted != "*" and collection and wanted not in known.get(collection, {wanted}):
            return False
    return True


# -- applying a row ------------------------------------------------------------------------------------------------
def _apply(number: Number, row: _Row, shared: Mapping[str, Any], places: Places) -> Iterator[Problem]:
    entry = dict(number.raw) if isinstance(number.raw, dict) else {"value": number.raw}
    factored = []
    for side, said in row.said.items():
        place = row.line.place({"note": "note_en"}.get(side, side))
        places.add(f"{number.path}.{side}", place, row.line.text(side))
        if side not in ("low", "high"):
            entry[side] = dict(said) if isinstance(said, dict) else said
            continue
        try:
            found, scaled = _side(number, said, shared)
            factored += [side] if scaled else []
            if found is not None:
                entry[side] = found
        except CellProblem as problem:
            entry[side] = said
            yield Problem(problem.code, str(place), shown(said), problem.params)
    if factored and "low" in entry and "high" in entry and _below(entry, "high", "low"):
        # x0.7 and x1.5 of a negative value: the factors name the ends of the range, not their order.
        entry["low"], entry["high"] = entry["high"], entry["low"]
    number.container[number.key] = entry


def _side(number: Number, said: str, shared: Mapping[str, Any]) -> tuple[Any, bool]:
    """(raw number or None, was it a factor of the value?)."""
    plain = cells.narrow(said).replace("×", "x")
    factor = _FACTOR.match(plain)
    if factor is None:
        return cells.number(said, number.money_unit), False
    try:
        share = to_fraction(cells.number(factor[1]))
    except PydanticCustomError:
        raise CellProblem("low_factor") from None
    value = evaluate(number.raw, shared)
    # Without a value there is no range; the value's own cell already says what is wrong.
    return (None if value is None else exact_text(value * share)), True


def _below(entry: Mapping[str, Any], one: str, other: str) -> bool:
    try:
        return to_fraction(entry[one]) < to_fraction(entry[other])
    except PydanticCustomError:
        return False


def evaluate(raw: Any, shared: Mapping[str, Any], depth: int = 0) -> Fraction | None:
    """Exact value of raw data: a number, `@id`, a product, annotated or not; None when it has none."""
    if depth > DEEPEST:
        return None
    if isinstance(raw, dict):
        if "factors" not in raw:
            return evaluate(raw.get("value"), shared, depth + 1)
        value = Fraction(1)
        for factor in raw["factors"].values():
            found = evaluate(factor, shared, depth + 1)
            if found is None:
                return None
            value *= found
        return value
    if _is_reference(raw):
        return evaluate(shared.get(raw[1:]), shared, depth + 1)
    try:
        return to_fraction(raw)
    except PydanticCustomError:
        return None
