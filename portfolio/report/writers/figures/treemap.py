"""Money as areas: fields as blocks, archetypes as their parts. Squarified layout (Bruls, Huizing and van Wijk 2000, doi:10.1007/978-3-7091-6783-0_4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len

from portfolio.report.briefing.parts import Heat
from portfolio.report.naming import clean
from portfolio.report.palette import PAPER, on, series_colours
from portfolio.report.writers.figures.words import EM, cut, folded, legend, pieces

Box = tuple[float, float, float, float]
LEAST_LETTERS = 4
"""A name that would be cut shorter than this is left out; the heat map has it."""


def squarified(sizes: Sequence[float], box: Box) -> list[Box]:
    """One rectangle (x, y, width, height) per size > 0, sizes in descending order, areas in proportion, as square as rows allow."""
    total = sum(sizes)
    scale = box[2] * box[3] / total if total else 0.0
    left, found = [s * scale for s in sizes], []
    while left:
        side = min(box[2], box[3])
        n = 1
        while n < len(left) and _worst(left[: n + 1], side) <= _worst(left[:n], side):
            n += 1
        row, left = left[:n], left[n:]
        thick = sum(row) / side
        x, y, w, h = box
        if w >= h:
            for area in row:
                found.append((x, y, thick, area / thick))
                y += area / thick
            box = (x + thick, box[1], w - thick, h)
        else:
            for area in row:
                found.append((x, y, area / thick, thick))
                x += area / thick
            box = (box[0], y + thick, w, h - thick)
    return found


def _worst(row: Sequence[float], side: float) -> float:
    """Largest ratio of sides when the areas share a strip along `side`."""
    thick = sum(row) / side
    return max(max(a / thick / thick, thick * thick / a) for a in row)


def draw_treemap(axes: Any, heat: Heat) -> None:
    """Colour: archetype; a white gap separates fields. Names stand where they fit."""
    from matplotlib.patches import Rectangle

    wide, high = axes.get_figure(root=True).get_figwidth() * 72 * 0.96, axes.get_figure(root=True).get_figheight() * 72 * 0.68
    size = axes.get_figure(root=True).get_figheight() * 72 / 40
    colours = series_colours(len(heat.columns))
    sums = [(sum(row), r) for r, row in enumerate(heat.values) if sum(row) > 0]
    sums.sort(key=lambda e: (-e[0], e[1]))
    axes.set_xlim(0, wide)
    axes.set_ylim(high, 0)
    axes.axis("off")
    for (_, r), (x, y, w, h) in zip(sums, squarified([s for s, _ in sums], (0.0, 0.0, wide, high)), strict=True):
        inner = (x + 1.2, y + 1.2, max(w - 2.4, 0.1), max(h - 2.4, 0.1))
        parts = sorted(((v, c) for c, v in enumerate(heat.values[r]) if v > 0), key=lambda e: (-e[0], e[1]))
        boxes = squarified([v for v, _ in parts], inner)
        for (_, c), box in zip(parts, boxes, strict=True):
            axes.add_patch(Rectangle(box[:2], box[2], box[3], facecolor=colours[c], edgecolor=PAPER, linewidth=0.4))
        _name(axes, clean(heat.rows[r]), heat.row_totals[r] if heat.row_totals else "", boxes[0], colours[parts[0][1]], size)
    used = [c for c in range(len(heat.columns)) if any(row[c] > 0 for row in heat.values)]
    legend(axes, [Rectangle((0, 0), 1, 1, facecolor=colours[c]) for c in used], [clean(heat.columns[c]) for c in used])


def _name(axes: Any, name: str, amount: str, box: Box, fill: str, size: float) -> None:
    """Name and amount inside the field's largest part."""
    x, y, w, h = box
    room = w - 8
    cells = int(room / (EM * size))
    lines = folded(name, room, size).split("\n") if cells >= LEAST_LETTERS else []
    if lines and max(cell_len(p.strip()) for p in pieces(name)) > cells:
        # No word is broken.
        lines = [cut(name, cells)]
    fit = int((h - 4) / (1.25 * size))
    if not lines or fit < 1:
        return
    if amount and len(lines) < fit and len(amount) <= cells:
        lines.append(amount)
    elif len(lines) > fit:
        lines = [*lines[: fit - 1], cut(lines[fit - 1] + "…", cells)]
    axes.text(x + 4, y + 3, "\n".join(lines), ha="left", va="top", fontsize=size, color=on(fill), linespacing=1.1)
