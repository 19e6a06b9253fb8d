"""Content -> text for a terminal of a given width.

No line is wider than the terminal and no number is broken: a table whose numbers do not fit beside its label column is cut into blocks of
columns, each with the labels again. Widths are cells, so that Japanese characters count two.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.naming import clean

GAP = 2
"""Cells between columns."""
LEAST_LABEL, MOST_LABEL = 12, 44
"""Width of a column of words: below the first its names say nothing, above the second numbers drift away from them."""
MOST_HEAD = 11
"""Headings of numbers are broken into lines of at most so many cells."""
NARROWEST = 24
STYLES = {"plain": "", "good": "bold green", "bad": "bold red", "head": "bold"}


def render(content: Content, width: int, colour: bool = False, everything: bool = False) -> str:
    """The whole report as text; with `colour`, ANSI codes."""
    width = max(width, NARROWEST)
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    for line in _lines(content, width, everything):
        console.print(line, soft_wrap=True)
    return stream.getvalue()


def _lines(content: Content, width: int, everything: bool) -> Iterator[Text]:
    for sentence in content.head:
        yield from _sentence(sentence, width)
    for n, table in enumerate(content.tables):
        if n or content.head:
            yield Text()
        yield from _table(table, width, everything)
    if content.tail:
        yield Text()
    for sentence in content.tail:
        yield from _sentence(sentence, width)


def _sentence(sentence: Sentence, width: int) -> Iterator[Text]:
    for line in wrapped(sentence.text, width):
        yield Text(line, STYLES[sentence.tone])


def wrapped(words: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces; a longer word (Japanese) is cut where the line ends."""
    lines, line = [], ""
    indent = words[: len(words) - len(words.lstrip())]
    for chunk in words.strip().split(" "):
        parts = chop_cells(chunk, max(width - len(indent), 2)) if cell_len(chunk) > width - len(indent) else [chunk]
        for n, part in enumerate(parts):
            fresh = f"{line} {part}" if line and n == 0 else f"{line}{part}"
            if line and cell_len(indent + fresh) > width:
                lines.append(indent + line.rstrip())
                fresh = part
            line = fresh
    return [*lines, indent + line] if line or not lines else lines


def _table(table: Table, width: int, everything: bool) -> Iterator[Text]:
    if table.title:
        yield from (Text(line, "bold") for line in wrapped(table.title, width))
    sums = table.rows[len(table.rows) - table.totals :] if table.totals else ()
    body = table.rows[: len(table.rows) - table.totals]
    hidden = 0 if everything or not table.most else max(len(body) - table.most, 0)
    kept = (*body[: len(body) - hidden], *sums)
    for n, block in enumerate(_blocks(table.columns, kept, width)):
        if n:
            yield Text()
        yield from _block(table.columns, kept, block, len(sums))
    if hidden:
        yield Text(f"... +{hidden} (--all)", "dim")
    for note in table.notes:
        yield from (Text(line, "dim") for line in wrapped(note, width))


def _blocks(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], width: int) -> list[dict[int, int]]:
    """Which columns stand side by side, and how wide each is; the first column (labels) is in every block."""
    natural = [_natural(columns, rows, i) for i in range(len(columns))]
    words = [i for i, c in enumerate(columns) if not c.numeric]
    fixed = sum(natural[i] for i in range(len(columns)) if i not in words) + GAP * (len(columns) - 1)
    least = {i: min(natural[i], LEAST_LABEL) for i in words}
    if fixed + sum(least.values()) <= width:
        return [_spread(natural, words, least, width - fixed)]
    label = min(natural[0], max(LEAST_LABEL, width // 3))
    blocks, block, used = [], {0: label}, label
    for i in range(1, len(columns)):
        wide = natural[i] if columns[i].numeric else min(natural[i], max(width - label - GAP, 2))
        wide = min(wide, max(width - label - GAP, 2))
        if len(block) > 1 and used + GAP + wide > width:
            blocks.append(block)
            block, used = {0: label}, label
        block[i] = wide
        used += GAP + wide
    return [*blocks, block]


def _spread(natural: Sequence[int], words: Sequence[int], least: dict[int, int], room: int) -> dict[int, int]:
    """Columns of words share what the numbers leave, each up to its natural width, the first one first."""
    widths = dict(least)
    spare = room - sum(widths.values())
    for ceiling in (MOST_LABEL, max(natural, default=0)):
        for i in words:
            more = min(max(min(natural[i], ceiling) - widths[i], 0), spare)
            widths[i] += more
            spare -= more
    return {i: widths.get(i, natural[i]) for i in range(len(natural))}


def _natural(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], i: int) -> int:
    head = max(map(cell_len, _heading(columns[i])), default=0)
    return max([head, *(cell_len(clean(row[i].text)) for row in rows)])


def _heading(column: Column) -> list[str]:
    return wrapped(clean(column.title), MOST_HEAD) if column.numeric else [clean(column.title)]


def _block(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], widths: dict[int, int], totals: int) -> Iterator[Text]:
    heads = {i: wrapped(" ".join(_heading(columns[i])) if not columns[i].numeric else "", widths[i]) or [""] for i in widths}
    heads.update({i: _heading(columns[i]) for i in widths if columns[i].numeric})
    height = max(map(len, heads.values()))
    for level in range(height):
        cells = []
        for i, wide in widths.items():
            above = height - len(heads[i])
            cells.append(_set(heads[i][level - above] if level >= above else "", wide, columns[i].numeric))
        yield Text((" " * GAP).join(cells).rstrip(), "dim")
    for n, row in enumerate(rows):
        line = (" " * GAP).join(_set(clean(row[i].text), wide, columns[i].numeric) for i, wide in widths.items())
        yield Text(line.rstrip(), "bold" if n >= len(rows) - totals else "")


def _set(words: str, width: int, right: bool) -> str:
    """Flush right or left in `width` cells; words that are too long end in an ellipsis."""
    size = cell_len(words)
    if size > width:
        kept = ""
        for character in words:
            if cell_len(kept + character) > width - 1:
                break
            kept += character
        words = kept + "…"
        size = cell_len(words)
    pad = " " * (width - size)
    return pad + words if right else words + pad
