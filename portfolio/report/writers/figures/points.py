"""Scatters and lines of two numeric axes."""

from __future__ import annotations

from typing import Any

from portfolio.report.briefing.parts import Group, Points
from portfolio.report.naming import clean
from portfolio.report.palette import PAPER
from portfolio.report.writers.figures.words import legend, scaled

MARKERS = {"circle": ("o", 5.0), "square": ("s", 8.0), "diamond": ("D", 9.5), "triangle": ("^", 15.0), "cross": ("x", 8.0)}


def draw_points(axes: Any, points: Points) -> None:
    """Groups in their order: the later ones, which are few, lie on top."""
    # Special points are outlines: none hides another, whichever lies on top.
    handles = [_group(axes, group) for group in points.groups]
    axes.set_xlabel(clean(points.x.label))
    axes.set_ylabel(clean(points.y.label))
    scaled(axes.xaxis, [x for g in points.groups for x in g.xs])
    scaled(axes.yaxis, [y for g in points.groups for y in g.ys])
    axes.margins(0.06)
    axes.grid()
    legend(axes, handles, [clean(g.name) for g in points.groups])


def _group(axes: Any, group: Group) -> Any:
    line = {"linewidth": 1.8} if group.joined else {"linestyle": "none"}
    if group.marker == "none":
        return axes.plot(group.xs, group.ys, color=group.colour, **line)[0]
    sign, size = MARKERS[group.marker]
    filled = group.marker == "circle"
    edge = {"markeredgecolor": PAPER, "markeredgewidth": 0.6} if filled else {"markerfacecolor": "none", "markeredgewidth": 1.8}
    return axes.plot(group.xs, group.ys, marker=sign, markersize=size, color=group.colour, **edge, **line)[0]
