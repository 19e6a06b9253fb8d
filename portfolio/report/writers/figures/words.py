"""Text in figures: how wide it is, where it breaks, what is cut, and how numbers read on an axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import floor, log10
from typing import Any

from matplotlib.ticker import FuncFormatter, MaxNLocator
from rich.cells import cell_len

EM = 0.56
"""Width of a narrow character against the size; a wide one takes two."""
CLOSING = "、。，．・：；！？）」』】〕ー%"
LONGEST_NAME = 44
"""Cells of a name in a legend."""


def wide(text: str, size: float) -> float:
    """Points that a line takes, on the large side."""
    return cell_len(text) * EM * size


def cut(text: str, cells: int) -> str:
    """At most so many cells, with an ellipsis."""
    if cell_len(text) <= cells:
        return text
    kept = text
    while kept and cell_len(kept) + 1 > cells:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def folded(text: str, room: float, size: float) -> str:
    """Broken into lines of at most `room` points, at spaces or between wide characters."""
    lines, line = [], ""
    for piece in pieces(text):
        if line and wide(line + piece.rstrip(), size) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while wide(line.rstrip(), size) > room and cell_len(line) > 1:
            head = cut(line, int(room / (EM * size))).removesuffix("…") or line[:1]
            lines.append(head)
            line = line[len(head) :]
    return "\n".join([*lines, line.rstrip()])


def pieces(text: str) -> list[str]:
    """Where a line may break: after spaces and wide characters, not before closing marks."""
    found: list[str] = []
    word = ""
    for c in text:
        if c in CLOSING and not word and found:
            found[-1] += c
            continue
        word += c
        if c == " " or cell_len(c) > 1:
            found.append(word)
            word = ""
    return [*found, word] if word else found


def scaled(axis: Any, values: Sequence[float]) -> None:
    """Numbers of an axis: grouped, with the decimals that tell neighbouring ticks apart; whole ones for counts."""
    whole = all(v == int(v) for v in values)
    axis.set_major_locator(MaxNLocator(nbins=7, integer=whole, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda x, _: _number(x, axis.get_ticklocs())))


def _number(value: float, ticks: Sequence[float]) -> str:
    step = min((abs(b - a) for a, b in pairwise(ticks)), default=1.0) or 1.0
    return f"{value:,.{min(max(0, -floor(log10(step) + 1e-9)), 12)}f}"


def legend(axes: Any, handles: Sequence[Any], names: Sequence[str]) -> None:
    """Under the axes. Names are set afterwards: matplotlib would leave out one that begins with an underscore."""
    if not handles:
        return
    names = [cut(n, LONGEST_NAME) for n in names]
    longest = max(cell_len(n) for n in names)
    columns = max(1, min(len(names), 100 // (longest + 6)))
    box = axes.get_figure(root=False).legend(handles, [" " * cell_len(n) for n in names], loc="outside lower left", ncols=columns)
    for text, name in zip(box.get_texts(), names, strict=True):
        text.set_text(name)
