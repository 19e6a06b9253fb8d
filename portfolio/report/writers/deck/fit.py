"""How much room text takes, without a renderer: widths of Arial's and Helvetica's letters in em, a wide character 1 em, a line 1.22 em. Errs on the large side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from rich.cells import cell_len

WIDE, LINE = 1.0, 1.22
BETWEEN = 0.2
BOLD = 1.08
"""Width of bold text against plain."""
LETTERS = {
    0.30: "ijlI.,:;'|! ()[]/ft\u00a0-",
    0.36: 'r"*',
    0.52: "cksvxyzJ",
    0.74: "ABEKPSVXY&CDHNRUwGOQ",
    0.88: "mMW",
    0.95: "%@",
}
NARROW = {letter: em for em, letters in LETTERS.items() for letter in letters}
OTHER = 0.60
"""Letters and figures that are not listed."""


def width(text: str, size: float) -> float:
    """Points that one line takes at `size` points, with the space that programs put between Japanese and Latin letters."""
    wide = [cell_len(c) > 1 for c in text]
    between = sum(a != b for a, b in pairwise(wide))
    return size * (sum(WIDE if w else NARROW.get(c, OTHER) for c, w in zip(text, wide, strict=True)) + BETWEEN * between)


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


def cut_lines(text: str, size: float, room: float, most: int) -> str:
    """The text, or as much as fits on `most` lines with an ellipsis."""
    if lines(text, size, room) <= most:
        return text
    kept = text
    while kept and lines(kept + "…", size, room) > most:
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
