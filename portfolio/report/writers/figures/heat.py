"""A matrix of amounts: darker is more (square-root ramp), the amount in its cell, totals beside and below without colour."""

from __future__ import annotations

from typing import Any

from portfolio.report.briefing.parts import Heat
from portfolio.report.naming import clean
from portfolio.report.palette import INK, PAPER, SOFT, on, ramp
from portfolio.report.writers.figures.words import cut, folded

LONGEST = 36


def draw_heat(axes: Any, heat: Heat) -> None:
    """Rows from the top; sizes follow the number of rows so that no text leaves its cell."""
    from matplotlib.patches import Rectangle

    totals = bool(heat.row_totals)
    rows, columns = len(heat.rows) + totals, len(heat.columns) + totals
    high = axes.get_figure(root=True).get_figheight() * 72 * 0.7 / (rows + 1)
    size = min(axes.get_figure(root=True).get_figheight() * 72 / 37, high * 0.72)
    most = max((v for row in heat.values for v in row), default=0.0) or 1.0

    def cell(r: int, c: int, text: str, fill: str) -> None:
        axes.add_patch(Rectangle((c, r), 1, 1, facecolor=fill, edgecolor=PAPER, linewidth=1.0))
        axes.text(c + 0.5, r + 0.5, clean(text), ha="center", va="center", color=on(fill), fontsize=size)

    for r, row in enumerate(heat.values):
        for c, value in enumerate(row):
            cell(r, c, heat.texts[r][c], ramp((value / most) ** 0.5) if value > 0 else SOFT)
        if totals:
            cell(r, columns - 1, heat.row_totals[r], PAPER)
    if totals:
        for c, text in enumerate((*heat.column_totals, heat.total)):
            cell(rows - 1, c, text, PAPER)
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    wide = axes.get_figure(root=True).get_figwidth() * 72 * 0.66 / columns
    heads = [clean(c) for c in heat.columns] + ([clean(heat.total_title)] if totals else [])
    names = [clean(r) for r in heat.rows] + ([clean(heat.total_title)] if totals else [])
    axes.set_xticks([c + 0.5 for c in range(columns)], [folded(h, wide, size) for h in heads], fontsize=size)
    axes.set_yticks([r + 0.5 for r in range(rows)], [cut(n, LONGEST) for n in names], fontsize=size)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, colors=INK)
    for side in axes.spines.values():
        side.set_visible(False)
