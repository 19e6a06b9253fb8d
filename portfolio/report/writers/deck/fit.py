"""How much room text takes, without a renderer: a wide character is 1 em, a narrow one 0.56 em, % 0.95 em, a line 1.22 em. Errs on the large side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

NARROW, WIDE, PERCENT, LINE = 0.56, 1.0, 0.95, 1.22


def width(text: str, size: float) -> float:
    """Points that one line takes at `size` points."""
    wide = max(cell_len(text) - len(text), 0)
    return size * (WIDE * wide + NARROW * (len(text) - wide) + (PERCENT - NARROW) * text.count("%"))


def lines(text: str, size: float, room: float) -> int:
    """Lines in a column of `room` points; words of narrow characters stay whole."""
    count, used = 1, 0.0
    for piece in _pieces(text):
        wide = width(piece, size)
        if used and used + wide > room:
            count, used = count + 1, 0.0
        while wide > room:
            count, wide = count + 1, wide - room
        used += wide
    return count


def largest(texts: Sequence[str], room: float, height: float, sizes: Iterable[float]) -> float:
    """The first (largest) size at which all paragraphs fit, else the last."""
    size = 0.0
    for size in sizes:
        if sum(lines(t, size, room) for t in texts) * LINE * size + 0.3 * size * len(texts) <= height:
            return size
    return size


def cut(text: str, size: float, room: float) -> str:
    """The text, or as much as fits with an ellipsis."""
    if width(text, size) <= room:
        return text
    kept = text
    while kept and width(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _pieces(text: str) -> Iterable[str]:
    piece = ""
    for character in text:
        if cell_len(character) > 1:
            if piece:
                yield piece
            yield character
            piece = ""
        else:
            piece += character
            if character in " -/":
                yield piece
                piece = ""
    if piece:
        yield piece
