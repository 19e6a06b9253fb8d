"""Stacked and clustered bars, standing or lying."""

from __future__ import annotations

from typing import Any

from matplotlib import rcParams

from portfolio.report.briefing.parts import Bars, Series
from portfolio.report.naming import clean
from portfolio.report.palette import INK, PAPER
from portfolio.report.writers.figures.words import cut, legend, scaled, wide

THICK = 0.72
WIDTH = 0.88
"""Share of the figure's width that the categories of standing bars have."""
MARGIN = 0.05
LONGEST = 34
"""Cells of a category's name beside a lying bar."""


def draw_bars(axes: Any, bars: Bars) -> None:
    """Values upwards or to the right; the first category stands on top of lying bars."""
    shown = [s for s in bars.series if any(s.values)] or list(bars.series[:1])
    handles = _stacked(axes, bars, shown) if bars.stacked else _clustered(axes, bars, shown)
    places = list(range(len(bars.categories)))
    names = [cut(clean(c), LONGEST) if bars.named else "" for c in bars.categories]
    values = [v for s in bars.series for v in s.values if v is not None]
    _label(axes, bars)
    if bars.lying:
        axes.set_yticks(places, names)
        axes.invert_yaxis()
        scaled(axes.xaxis, values)
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
    else:
        room = axes.get_figure(root=True).get_figwidth() * 72 * WIDTH / max(len(names), 1)
        turned = any(wide(n, rcParams["xtick.labelsize"]) > room for n in names)
        axes.set_xticks(places, names, rotation=40 if turned else 0, ha="right" if turned else "center")
        scaled(axes.yaxis, values)
        axes.grid(axis="y")
        axes.tick_params(axis="x", length=0)
    if bars.value_axis.low is not None:
        # The margin that matplotlib leaves is a share of what begins at 0.
        low, high = bars.value_axis.low, max(_tops(bars), default=1.0)
        (axes.set_xlim if bars.lying else axes.set_ylim)(low, high + MARGIN * (high - low))
    if any(v < 0 for v in values):
        (axes.axvline if bars.lying else axes.axhline)(0, color=INK, linewidth=0.8)
    drawn = [(h, s) for h, s in zip(handles, shown, strict=True) if not s.hidden]
    # One series that says what its axis says needs no legend.
    if len(drawn) > 1 or [s.name for _, s in drawn] != [bars.value_axis.title]:
        legend(axes, [h for h, _ in drawn], [clean(s.name) for _, s in drawn])


def _tops(bars: Bars) -> list[float]:
    """Where the positive parts of each category end."""
    columns = zip(*(s.values for s in bars.series), strict=True)
    return [sum(v for v in column if v is not None and v > 0) for column in columns]


def _label(axes: Any, bars: Bars) -> None:
    """Titles of both axes; that of categories beside lying bars stands above them, unturned."""
    value, category = clean(bars.value_axis.label), clean(bars.category_axis.label)
    if bars.lying:
        axes.set_xlabel(value)
        axes.set_title(category, loc="left")
    else:
        axes.set_ylabel(value)
        axes.set_xlabel(category)


def _stacked(axes: Any, bars: Bars, shown: list[Series]) -> list[Any]:
    """Positive parts on positive ones, negative on negative ones; a hidden part only lifts what follows."""
    n = len(bars.categories)
    above, under = [0.0] * n, [0.0] * n
    handles = []
    for series in shown:
        values = [v or 0.0 for v in series.values]
        feet = [above[i] if v >= 0 else under[i] for i, v in enumerate(values)]
        # What is nothing is not drawn: its edge would be.
        kept = [i for i, v in enumerate(values) if v] if not series.hidden else []
        handles.append(_bar(axes, bars, kept, [values[i] for i in kept], [feet[i] for i in kept], THICK, series.colour))
        for i, v in enumerate(values):
            if v >= 0:
                above[i] += v
            else:
                under[i] += v
    return handles


def _clustered(axes: Any, bars: Bars, shown: list[Series]) -> list[Any]:
    one = bars.on_one_line
    thick = THICK if one else THICK / len(shown)
    handles = []
    for k, series in enumerate(shown):
        kept = [i for i, v in enumerate(series.values) if v is not None]
        places = [i + (0.0 if one else (k + 0.5) * thick - THICK / 2) for i in kept]
        handles.append(_bar(axes, bars, places, [series.values[i] for i in kept], [0.0] * len(kept), thick, series.colour))
    return handles


def _bar(axes: Any, bars: Bars, places: Any, values: Any, feet: Any, thick: float, colour: str) -> Any:
    look = {"color": colour, "edgecolor": PAPER, "linewidth": 0.5 if bars.named else 0.0}
    if bars.lying:
        return axes.barh(places, values, height=thick, left=feet, **look)
    return axes.bar(places, values, width=thick if bars.named else 1.0, bottom=feet, **look)
