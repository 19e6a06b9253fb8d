"""Labels of the instance as names that files and solvers accept - unique, legal, and readable back.

A label is `fund_ledger[defense_plan,2026]`. MPS takes it as it is. The LP format (and with it PuLP) reads brackets and hyphens as
algebra, so
there it becomes `fund_ledger(defense_plan,2026)`. Every other character that could be misread is written %XX (UTF-8, as in web addresses).
Names of more than 90 characters (at 100 CBC and PuLP give up) are cut and end in `~` and their position, which finds them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal
from urllib.parse import quote, unquote

from portfolio.program import Block, Program

Style = Literal["mps", "lp"]
LONGEST = 90
"""Characters: at more than 100 CBC renames everything in an LP file and PuLP refuses to write one; the rest is for the tails of two-sided rows."""
_ROUND = str.maketrans("[]", "()")
_SQUARE = str.maketrans("()", "[]")


def labels(blocks: Iterable[Block]) -> list[str]:
    """Labels of all columns (or rows) in order; a repeated one gets `~` and its position."""
    found: list[str] = []
    seen: set[str] = set()
    for block in blocks:
        for entry in range(block.size):
            label = block.label(entry)
            if label in seen:
                label = f"{label}~{len(found)}"
            seen.add(label)
            found.append(label)
    return found


def key(entry: tuple[Any, ...]) -> Any:
    """An entry's index as a user writes it: ways are two parts (`"small_uav", "grant"`), one part stands without its tuple, a scalar is ()."""
    parts = tuple(piece for part in entry for piece in (part.split(",") if isinstance(part, str) else [part]))
    return parts[0] if len(parts) == 1 else parts


def code(label: str, style: Style, position: int = 0) -> str:
    """The name of a label in a file."""
    name = quote(label, safe="[],@.~_-")
    if style == "lp":
        name = name.replace("-", "%2D").translate(_ROUND)
    if name[:1].isdecimal() or name[:1] == ".":
        name = f"%{ord(name[0]):02X}{name[1:]}"
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 12]}~{position}"


def codes(listed: Sequence[str], style: Style) -> list[str]:
    """The names of labels in order; different labels have different names."""
    return [code(label, style, position) for position, label in enumerate(listed)]


def decode(name: str, listed: Sequence[str]) -> str:
    """The label behind a name; `listed` holds all labels in order, for the names that were cut."""
    head, mark, position = name.rpartition("~")
    if mark and position.isdecimal() and int(position) < len(listed) and len(head) == LONGEST - 12:
        return listed[int(position)]
    return unquote(name.translate(_SQUARE))


def positions(program: Program) -> dict[str, int]:
    """Every name that a column may have in a file, a PuLP or a Pyomo model -> its number."""
    listed = labels(program.columns)
    found = {name: j for j, name in enumerate(codes(listed, "lp"))}
    found.update((name, j) for j, name in enumerate(codes(listed, "mps")))
    found.update((name, j) for j, name in enumerate(listed))
    return found
