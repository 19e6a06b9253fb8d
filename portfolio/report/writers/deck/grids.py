"""Tables and heat maps as native tables; columns and sizes are chosen so that no text runs out of its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from portfolio.report.blocks import Cell, Column, Table
from portfolio.report.briefing.parts import Heat
from portfolio.report.naming import clean
from portfolio.report.palette import SOFT, on
from portfolio.report.writers.deck.fit import BOLD, LINE, cut, cut_lines, lines, width
from portfolio.report.writers.deck.look import POINT, Look

Box = tuple[int, int, int, int]
PLAIN_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""Table style `No Style, No Grid`: fills and inks are set per cell."""
SIZES = (13.0, 12.0, 11.0, 10.5, 10.0, 9.5, 9.0)
SIDE, ABOVE = 3.5, 1.8
"""Points of a cell's inner margins."""
MOST_HEAD_LINES = 3
MOST_LINES = 2
"""Lines of a cell of words; one more where words must be cut anyway."""
SMALL = 11.0
"""Points above which nothing is cut to be large."""
MOST_STRETCH = 1.3
"""By how much rows may grow where there is room."""
SAFE = 0.93
"""Share of a column that words may fill."""
LEAST_WORD = 60.0
"""Points below which a column of words is not shrunk."""


@dataclass(frozen=True)
class Fit:
    """A table set at one size of text. tall: lines of the head · rows: lines of each body row shown, then of each sum · most: lines of a cell."""

    size: float
    widths: tuple[float, ...]
    tall: int
    rows: tuple[int, ...]
    shown: int
    most: int

    @property
    def height(self) -> float:
        """Points."""
        return _row(self.size, self.tall) + sum(_row(self.size, n) for n in self.rows)


def fit(table: Table, room: float, height: float, sizes: Sequence[float] = SIZES) -> Fit:
    """The largest size at which the wanted rows fit with every word on two lines; else with words cut at three; else as many rows as fit."""
    body, foot = _parts(table)
    wanted = body[: table.most or len(body)]
    for most in (MOST_LINES, MOST_LINES + 1):
        for size in sizes:
            widths, legible = _widths(table, wanted, size, room)
            counts = tuple(_lines(row, table, widths, size, most) for row in (*wanted, *foot))
            found = Fit(size, tuple(widths), _head_lines(table, widths, size), counts, len(wanted), most)
            if (legible or (most > MOST_LINES and size <= SMALL)) and found.height <= height:
                return found
    counts = tuple(min(n, MOST_LINES) for n in found.rows)
    kept, sums = list(counts[: len(wanted)]), counts[len(wanted) :]
    while len(kept) > 1 and replace(found, rows=(*kept, *sums)).height > height:
        kept.pop()
    return replace(found, rows=(*kept, *sums), shown=len(kept), most=MOST_LINES)


def natural_width(table: Table, size: float) -> float:
    """Points that the table takes with every text on one line."""
    body, _ = _parts(table)
    return sum(_natural(table, body[: table.most or len(body)], size))


def add_table(slide: Any, look: Look, table: Table, box: Box) -> int:
    """As many rows as fit, spread over the room; returns how many are left out."""
    height = box[3] / POINT
    set_ = fit(table, box[2] / POINT, height)
    body, foot = _parts(table)
    kept = body[: set_.shown]
    rows, size = [*kept, *foot], set_.size
    stretch = min(MOST_STRETCH, max(1.0, height / set_.height))
    frame = slide.shapes.add_table(len(rows) + 1, len(table.columns), *box[:3], Emu(int(set_.height * stretch * POINT)))
    grid = _prepare(frame, set_.widths)
    grid.rows[0].height = Emu(int(_row(size, set_.tall) * POINT))
    for c, column in enumerate(table.columns):
        _set(look, grid.cell(0, c), clean(column.title), size, column.numeric, head=True)
    for r, (row, tall) in enumerate(zip(rows, set_.rows, strict=True), 1):
        grid.rows[r].height = Emu(int(_row(size, tall) * stretch * POINT))
        last = r > len(kept)
        for c, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            said = _shown(cell, column, size, set_.widths[c], set_.most)
            _set(look, grid.cell(r, c), said, size, column.numeric, bold=last, fill=SOFT if last or r % 2 == 0 else None)
    return len(body) - len(kept)


def _parts(table: Table) -> tuple[tuple[tuple[Cell, ...], ...], tuple[tuple[Cell, ...], ...]]:
    """Body and sums."""
    n = len(table.rows) - table.totals
    return table.rows[:n], table.rows[n:]


def _shown(cell: Cell, column: Column, size: float, wide: float, most: int) -> str:
    """A number stays on one line; words are cut where they would need one more than `most`, a little early for renderers with a wider font."""
    said, room = clean(cell.text), wide - 2 * SIDE
    if column.numeric:
        return cut(said.replace(" ", "\u00a0"), size, room + 0.5)  # half a point: columns of numbers are as wide as their widest
    return cut_lines(said, size, SAFE * room, most)


def _lines(row: Sequence[Cell], table: Table, widths: Sequence[float], size: float, most: int) -> int:
    """Lines of the tallest cell, at most so many."""
    room = [SAFE * (w - 2 * SIDE) for w in widths]
    counts = [lines(clean(c.text), size, r) for c, column, r in zip(row, table.columns, room, strict=True) if not column.numeric]
    return min(max(counts, default=1), most)


def add_heat(slide: Any, look: Look, heat: Heat, box: Box) -> None:
    """Darker = more (square-root ramp), the amount in the cell, totals without colour."""
    room, height = box[2] / POINT, box[3] / POINT
    totals = bool(heat.row_totals)
    rows, columns = len(heat.rows) + 1 + totals, len(heat.columns) + 1 + totals
    size = next((s for s in SIZES if _row(s, 2) + (rows - 1) * _row(s) <= height), SIZES[-1])
    label = min(max(width(clean(r), size) for r in heat.rows) * BOLD + 2 * SIDE, room * 0.4)
    wide = (room - label) / (columns - 1)
    needed = _row(size, 2) + (rows - 1) * _row(size)
    stretch = min(MOST_STRETCH, max(1.0, height / needed))
    frame = slide.shapes.add_table(rows, columns, *box[:3], Emu(int(needed * stretch * POINT)))
    grid = _prepare(frame, [label, *[wide] * (columns - 1)])
    grid.rows[0].height = Emu(int(_row(size, 2) * POINT))
    heads = [heat.label, *heat.columns, *([heat.total_title] if totals else [])]
    for c, said in enumerate(heads):
        _set(look, grid.cell(0, c), _two_lines(clean(said), size, (label if c == 0 else wide) - 2 * SIDE), size, c > 0, head=True)
    most = max((v for row in heat.values for v in row), default=0.0) or 1.0
    for r, name in enumerate(heat.rows, 1):
        grid.rows[r].height = Emu(int(_row(size) * stretch * POINT))
        _set(look, grid.cell(r, 0), cut(clean(name), size, label - 2 * SIDE), size, False)
        for c, value in enumerate(heat.values[r - 1], 1):
            fill = look.ramp((value / most) ** 0.5) if value > 0 else None
            _set(look, grid.cell(r, c), heat.texts[r - 1][c - 1], size, True, fill=fill)
        if totals:
            _set(look, grid.cell(r, columns - 1), heat.row_totals[r - 1], size, True, bold=True)
    if totals:
        grid.rows[rows - 1].height = Emu(int(_row(size) * stretch * POINT))
        for c, said in enumerate((heat.total_title, *heat.column_totals, heat.total)):
            _set(look, grid.cell(rows - 1, c), said, size, c > 0, bold=True, fill=SOFT)


def _prepare(frame: Any, widths: Sequence[float]) -> Any:
    grid = frame.table
    grid.first_row = grid.horz_banding = False
    for found in frame._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId"):
        found.text = PLAIN_STYLE
    for c, wide in enumerate(widths):
        grid.columns[c].width = Emu(int(wide * POINT))
    return grid


def _set(
    look: Look, cell: Any, said: str, size: float, right: bool, head: bool = False, bold: bool = False, fill: str | None = None
) -> None:
    cell.margin_left = cell.margin_right = Pt(SIDE)
    cell.margin_top = cell.margin_bottom = Pt(ABOVE)
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.MIDDLE
    frame = cell.text_frame
    frame.word_wrap = True
    frame.text = said
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    for run in paragraph.runs:
        run.font.size, run.font.bold = Pt(size), head or bold
        if head:
            run.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
        elif fill is not None:
            run.font.color.rgb = RGBColor.from_string(on(fill)[1:])
    if head:
        cell.fill.solid()
        cell.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    elif fill is not None:
        cell.fill.solid()
        cell.fill.fore_color.rgb = RGBColor.from_string(fill[1:])
    else:
        cell.fill.background()


def _natural(table: Table, body: Sequence[Any], size: float) -> list[float]:
    """Width of every column when no text wraps but the heads of numbers."""
    natural = []
    for c, column in enumerate(table.columns):
        held = max((width(clean(row[c].text), size) for row in body), default=0.0)
        held = max(held, max((BOLD * width(clean(row[c].text), size) for row in _parts(table)[1]), default=0.0))
        head = BOLD * width(clean(column.title), size)
        if column.numeric:
            head = min(head, max(head / MOST_HEAD_LINES * 1.3, BOLD * _longest_word(column.title, size))) / SAFE
        else:
            held, head = held / SAFE, head / SAFE
        natural.append(max(held, head) + 2 * SIDE)
    return natural


def _widths(table: Table, body: Sequence[Any], size: float, room: float) -> tuple[list[float], bool]:
    """Width of every column; does every number show in full and every column of words get a useful width?"""
    natural = _natural(table, body, size)
    total = sum(natural)
    if total <= room:
        return [w * room / total for w in natural], True
    words = [c for c, column in enumerate(table.columns) if not column.numeric]
    spare = room - sum(w for c, w in enumerate(natural) if c not in words)
    if not words or spare < LEAST_WORD * len(words):
        return [w * room / total for w in natural], False
    # The widest columns of words give way first.
    level = _level([natural[c] for c in words], spare)
    return [min(w, level) if c in words else w for c, w in enumerate(natural)], MOST_LINES * SAFE * level >= max(natural[c] for c in words)


def _level(widths: Sequence[float], room: float) -> float:
    """The height h with sum min(w, h) = room."""
    rest, left = room, sorted(widths)
    for n, w in enumerate(left):
        if w * (len(left) - n) >= rest:
            return rest / (len(left) - n)
        rest -= w
    return left[-1]


def _longest_word(title: str, size: float) -> float:
    """Japanese may break anywhere but is left six characters."""
    return max((width(w, size) for w in clean(title).split(" ")), default=0.0) if title.isascii() else 6.0 * size


def _head_lines(table: Table, widths: Sequence[float], size: float) -> int:
    return max(lines(clean(c.title), BOLD * size, SAFE * (w - 2 * SIDE)) for c, w in zip(table.columns, widths, strict=True))


def _two_lines(said: str, size: float, room: float) -> str:
    while said and lines(said, size, room) > 2:
        said = said[:-2].rstrip() + "…"
    return said


def _row(size: float, tall: int = 1) -> float:
    """Points of a row of `tall` lines."""
    return tall * LINE * size + 2 * ABOVE
