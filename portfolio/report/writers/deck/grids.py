"""Tables and heat maps as native tables; columns and sizes are chosen so that no text runs out of its cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from portfolio.report.blocks import Table
from portfolio.report.briefing.parts import Heat
from portfolio.report.naming import clean
from portfolio.report.palette import SOFT, on
from portfolio.report.writers.deck.fit import LINE, cut, lines, width
from portfolio.report.writers.deck.look import Look

Box = tuple[int, int, int, int]
POINT = 12_700
"""EMU per point."""
PLAIN_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""Table style `No Style, No Grid`: fills and inks are set per cell."""
SIZES = (13.0, 12.0, 11.0, 10.5, 10.0, 9.5, 9.0)
SIDE, ABOVE = 3.5, 1.8
"""Points of a cell's inner margins."""
MOST_HEAD_LINES = 3
SAFE = 0.93
"""Share of a column that words may fill."""
LEAST_WORD = 60.0
"""Points below which a column of words is not shrunk."""


def add_table(slide: Any, look: Look, table: Table, box: Box) -> int:
    """As many rows as fit; returns how many are left out."""
    room, height = box[2] / POINT, box[3] / POINT
    body = table.rows[: len(table.rows) - table.totals]
    foot = table.rows[len(table.rows) - table.totals :] if table.totals else ()
    wanted = min(len(body), table.most or len(body))
    size, widths, tall = SIZES[-1], [0.0], 1
    for size in SIZES:
        widths, fits = _widths(table, body[:wanted], size, room)
        tall = _head_lines(table, widths, size)
        if fits and _height(tall, wanted + len(foot), size) <= height:
            break
    room_for = int((height - _height(tall, 0, size)) / _row(size)) - len(foot)
    kept = body[: max(1, min(wanted, room_for))]
    rows = [*kept, *foot]
    frame = slide.shapes.add_table(len(rows) + 1, len(table.columns), *box[:3], Emu(int(_height(tall, len(rows), size) * POINT)))
    grid = _prepare(frame, widths)
    grid.rows[0].height = Emu(int((_row(size) + (tall - 1) * LINE * size) * POINT))
    for c, column in enumerate(table.columns):
        _set(look, grid.cell(0, c), clean(column.title), size, column.numeric, head=True)
    for r, row in enumerate(rows, 1):
        grid.rows[r].height = Emu(int(_row(size) * POINT))
        last = r > len(kept)
        for c, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            # A number stays on one line; words are cut a little short of the column, for a renderer with a wider font.
            said = clean(cell.text).replace(" ", "\u00a0") if column.numeric else clean(cell.text)
            said = cut(said, size, (1.0 if column.numeric else SAFE) * (widths[c] - 2 * SIDE))
            _set(look, grid.cell(r, c), said, size, column.numeric, bold=last, fill=SOFT if last or r % 2 == 0 else None)
    return len(body) - len(kept)


def add_heat(slide: Any, look: Look, heat: Heat, box: Box) -> None:
    """Darker = more (square-root ramp), the amount in the cell, totals without colour."""
    room, height = box[2] / POINT, box[3] / POINT
    totals = bool(heat.row_totals)
    rows, columns = len(heat.rows) + 1 + totals, len(heat.columns) + 1 + totals
    size = next((s for s in SIZES if _height(2, rows - 1, s) <= height), SIZES[-1])
    label = min(max(width(clean(r), size) for r in heat.rows) + 2 * SIDE, room * 0.4)
    wide = (room - label) / (columns - 1)
    frame = slide.shapes.add_table(rows, columns, *box[:3], Emu(int(_height(2, rows - 1, size) * POINT)))
    grid = _prepare(frame, [label, *[wide] * (columns - 1)])
    grid.rows[0].height = Emu(int((_row(size) + LINE * size) * POINT))
    heads = [heat.label, *heat.columns, *([heat.total_title] if totals else [])]
    for c, said in enumerate(heads):
        _set(look, grid.cell(0, c), _two_lines(clean(said), size, (label if c == 0 else wide) - 2 * SIDE), size, c > 0, head=True)
    most = max((v for row in heat.values for v in row), default=0.0) or 1.0
    for r, name in enumerate(heat.rows, 1):
        grid.rows[r].height = Emu(int(_row(size) * POINT))
        _set(look, grid.cell(r, 0), cut(clean(name), size, label - 2 * SIDE), size, False)
        for c, value in enumerate(heat.values[r - 1], 1):
            fill = look.ramp((value / most) ** 0.5) if value > 0 else None
            _set(look, grid.cell(r, c), heat.texts[r - 1][c - 1], size, True, fill=fill)
        if totals:
            _set(look, grid.cell(r, columns - 1), heat.row_totals[r - 1], size, True, bold=True)
    if totals:
        grid.rows[rows - 1].height = Emu(int(_row(size) * POINT))
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


def _widths(table: Table, body: Sequence[Any], size: float, room: float) -> tuple[list[float], bool]:
    """Width of every column; does every number show in full and every word column get a useful width?"""
    rows = [*body, *(table.rows[len(table.rows) - table.totals :] if table.totals else ())]
    natural = []
    for c, column in enumerate(table.columns):
        held = max((width(clean(row[c].text), size) for row in rows), default=0.0)
        head = width(clean(column.title), size)
        natural.append(
            max(held, head if not column.numeric else min(head, max(head / MOST_HEAD_LINES * 1.3, _longest_word(column.title, size))))
            + 2 * SIDE
        )
    total = sum(natural)
    if total <= room:
        return [w * room / total for w in natural], True
    words = [c for c, column in enumerate(table.columns) if not column.numeric]
    fixed = sum(w for c, w in enumerate(natural) if c not in words)
    spare = room - fixed
    if not words or spare < LEAST_WORD * len(words):
        return [w * room / total for w in natural], False
    # The widest columns of words give way first.
    level = _level([natural[c] for c in words], spare)
    return [min(w, level) if c in words else w for c, w in enumerate(natural)], size == SIZES[-1] or level >= 0.55 * max(
        natural[c] for c in words
    )


def _level(widths: Sequence[float], room: float) -> float:
    """The height h with sum min(w, h) = room."""
    rest, left = room, sorted(widths)
    for n, w in enumerate(left):
        if w * (len(left) - n) >= rest:
            return rest / (len(left) - n)
        rest -= w
    return left[-1]


def _longest_word(title: str, size: float) -> float:
    return max((width(w, size) for w in clean(title).split(" ")), default=0.0) if title.isascii() else 4.5 * size


def _head_lines(table: Table, widths: Sequence[float], size: float) -> int:
    return max(lines(clean(c.title), size, w - 2 * SIDE) for c, w in zip(table.columns, widths, strict=True))


def _two_lines(said: str, size: float, room: float) -> str:
    while said and lines(said, size, room) > 2:
        said = said[:-2].rstrip() + "…"
    return said


def _row(size: float) -> float:
    return LINE * size + 2 * ABOVE


def _height(head_lines: int, rows: int, size: float) -> float:
    return (rows + 1) * _row(size) + (head_lines - 1) * LINE * size
