"""Figures as native charts, editable in PowerPoint; the numbers stand in the chart's own workbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import floor, log10
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xlsx import CategoryWorkbookWriter, XyWorkbookWriter
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.oxml.ns import qn
from pptx.util import Pt
from xlsxwriter import Workbook

from portfolio.report.briefing.parts import Axis, Bars, Group, Points
from portfolio.report.naming import clean
from portfolio.report.writers.deck.fit import LINE, cut
from portfolio.report.writers.deck.look import POINT, Look

MARKERS = {
    "circle": (XL_MARKER_STYLE.CIRCLE, 6),
    "square": (XL_MARKER_STYLE.SQUARE, 10),
    "diamond": (XL_MARKER_STYLE.DIAMOND, 13),
    "triangle": (XL_MARKER_STYLE.TRIANGLE, 16),
    "cross": (XL_MARKER_STYLE.X, 8),
}
TEXTS_ONLY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""The chart's workbook is live: a name that begins with = would be a formula in it."""
LONGEST_NAME = 0.42
"""Share of the chart's width that a category's name may take beside a bar."""
AROUND = 85.0
"""Points of a chart's height that title, axis and legend take."""
LEAST_SIZE, MOST_TICKS = 6.5, 6
ROUNDING = 1e-9
"""Of a logarithm of a power of ten."""


class _Safe:
    @contextmanager
    def _open_worksheet(self, xlsx_file: Any) -> Iterator[tuple[Any, Any]]:
        workbook = Workbook(xlsx_file, TEXTS_ONLY)
        yield workbook, workbook.add_worksheet()
        workbook.close()


class _SafeCategoryWriter(_Safe, CategoryWorkbookWriter):  # type: ignore[misc]
    pass


class _SafeXyWriter(_Safe, XyWorkbookWriter):  # type: ignore[misc]
    pass


class _Categories(CategoryChartData):  # type: ignore[misc]
    @property
    def _workbook_writer(self) -> Any:
        return _SafeCategoryWriter(self)


class _Xy(XyChartData):  # type: ignore[misc]
    @property
    def _workbook_writer(self) -> Any:
        return _SafeXyWriter(self)


Box = tuple[int, int, int, int]


def add_bars(slide: Any, look: Look, bars: Bars, box: Box, size: float, bare: bool = False) -> Any:
    """Stacked or clustered bars; lying ones are listed from the top. bare: without a legend."""
    data = _Categories()
    turn = slice(None, None, -1) if bars.lying else slice(None)
    named = _name_size(bars, box, size)
    longest = LONGEST_NAME * box[2] / POINT if bars.lying else box[2] / POINT
    data.categories = [cut(clean(c), named, longest) or " " for c in bars.categories[turn]]
    shown = [s for s in bars.series if any(s.values)] or list(bars.series[:1])
    drawn = shown if bars.stacked else shown[turn]
    for series in drawn:
        data.add_series(clean(series.name) or " ", series.values[turn])
    kind = {
        (True, True): XL_CHART_TYPE.BAR_STACKED,
        (True, False): XL_CHART_TYPE.COLUMN_STACKED,
        (False, True): XL_CHART_TYPE.BAR_CLUSTERED,
        (False, False): XL_CHART_TYPE.COLUMN_CLUSTERED,
    }[bars.stacked, bars.lying]
    frame = slide.shapes.add_chart(kind, *box, data)
    chart = frame.chart
    _common(chart, bars.title, size)
    plot = chart.plots[0]
    plot.gap_width = 45
    if bars.stacked or bars.on_one_line:
        plot.overlap = 100
    for place, series in enumerate(drawn):
        fill = plot.series[place].format.fill
        if series.hidden:
            fill.background()
        else:
            look.paint(fill, series.colour)
    told = [s for s in shown if not s.hidden]
    # One series that says what its axis says needs no legend.
    _legend(chart, not bare and (len(told) > 1 or [s.name for s in told] != [bars.value_axis.title]), size)
    _axis(chart.value_axis, bars.value_axis, size, grid=True)
    chart.value_axis.tick_labels.number_format = _number_format(*_ends(bars))
    chart.value_axis.tick_labels.number_format_is_linked = False
    # Beside lying bars a title would stand on its side; what the names are is said by the chart's title.
    _axis(chart.category_axis, Axis("") if bars.lying else bars.category_axis, size, grid=False)
    _ticks(chart.value_axis, bars)
    chart.category_axis.tick_labels.font.size = Pt(named)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if bars.named:
        _every_label(chart.category_axis)
    else:
        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
        plot.gap_width = 0
    if bars.value_axis.low is not None:
        chart.value_axis.minimum_scale = bars.value_axis.low
    if bars.value_axis.unit == "%" and bars.stacked and _tops_at_hundred(bars):
        chart.value_axis.maximum_scale = 100
    return frame


def add_points(slide: Any, look: Look, points: Points, box: Box, size: float, bare: bool = False) -> Any:
    """A scatter; the longest group first, because a shorter one before a longer one vanishes in some readers. bare: without a legend."""
    data = _Xy()
    groups = sorted(points.groups, key=lambda g: -len(g.xs))
    for group in groups:
        series = data.add_series(clean(group.name) or " ")
        for x, y in zip(group.xs, group.ys, strict=True):
            series.add_data_point(x, y)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *box, data)
    chart = frame.chart
    _common(chart, points.title, size)
    for place, group in enumerate(groups):
        _mark(look, chart.plots[0].series[place], group)
    _legend(chart, len(groups) > 1 and not bare, size)
    for axis, said, values in (
        (chart.category_axis, points.x, [x for g in groups for x in g.xs]),
        (chart.value_axis, points.y, [y for g in groups for y in g.ys]),
    ):
        _axis(axis, said, size, grid=True)
        axis.tick_labels.number_format = _number_format(min(values), max(values))
        axis.tick_labels.number_format_is_linked = False
        low, high = min(values), max(values)
        pad = (high - low or abs(high) or 1.0) * 0.08
        axis.minimum_scale, axis.maximum_scale = _round_out(low - pad, high + pad)
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    return frame


def _mark(look: Look, series: Any, group: Group) -> None:
    if group.joined:
        series.format.line.width = Pt(1.75)
        look.paint(series.format.line.fill, group.colour)
    else:
        series.format.line.fill.background()
    series.smooth = False
    if group.marker == "none":
        series.marker.style = XL_MARKER_STYLE.NONE
        return
    series.marker.style, series.marker.size = MARKERS[group.marker]
    if group.marker == "circle":
        look.paint(series.marker.format.fill, group.colour)
        series.marker.format.line.fill.background()
    else:
        # Readers disagree on which series lies on top: outlines hide nothing.
        series.marker.format.fill.background()
        series.marker.format.line.width = Pt(1.75)
        look.paint(series.marker.format.line.fill, group.colour)


def _common(chart: Any, title: str, size: float) -> None:
    chart.font.size = Pt(size)
    chart.has_title = True
    chart.chart_title.include_in_layout = False
    frame = chart.chart_title.text_frame
    frame.text = clean(title)
    frame.paragraphs[0].font.size, frame.paragraphs[0].font.bold = Pt(size + 1), True


def _legend(chart: Any, wanted: bool, size: float) -> None:
    chart.has_legend = wanted
    if wanted:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(size)


def _axis(axis: Any, said: Axis, size: float, grid: bool) -> None:
    axis.has_major_gridlines = grid
    if grid:
        axis.major_gridlines.format.line.width = Pt(0.5)
        axis.major_gridlines.format.line.color.rgb = _FAINT
    axis.tick_labels.font.size = Pt(size)
    axis.format.line.color.rgb = _FAINT
    axis.has_title = bool(said.label)
    if said.label:
        axis.axis_title.text_frame.text = clean(said.label)
        axis.axis_title.text_frame.paragraphs[0].font.size = Pt(size)
        axis.axis_title.text_frame.paragraphs[0].font.bold = False


def _tops_at_hundred(bars: Bars) -> bool:
    return all(sum(s.values[i] or 0.0 for s in bars.series) <= 100.0001 for i in range(len(bars.categories)))


def _number_format(low: float, high: float) -> str:
    """Decimals that tell the numbers of an axis with these ends apart."""
    if high <= low:
        return "General"
    decimals = max(0, -floor(log10(_step(low, high, 8)) + ROUNDING))
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _round_out(low: float, high: float, most: int = 8) -> tuple[float, float]:
    """Ends on a round step outside the interval."""
    step = _step(low, high, most)
    return (low // step) * step, -((-high) // step) * step


def _step(low: float, high: float, most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides the interval into at most so many parts."""
    return next(10.0**p * m for p in range(-12, 16) for m in (1, 2, 5) if (high - low) / (10.0**p * m) <= most)


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour)


_FAINT = _rgb("D9D9D9")


def _ticks(axis: Any, bars: Bars) -> None:
    """Few enough numbers along lying bars that none is turned."""
    ends = _ends(bars)
    if bars.lying and ends[1] > ends[0]:
        axis.major_unit = _step(*ends, MOST_TICKS)
        if bars.value_axis.low is not None:
            axis.maximum_scale = _round_out(*ends, MOST_TICKS)[1]


def _ends(bars: Bars) -> tuple[float, float]:
    """Least and largest value that is drawn, 0 or the axis's beginning included."""
    if bars.stacked:
        sums = [sum(v for s in bars.series if (v := s.values[i]) is not None and v > 0) for i in range(len(bars.categories))]
        low = [sum(v for s in bars.series if (v := s.values[i]) is not None and v < 0) for i in range(len(bars.categories))]
    else:
        sums = low = [v for s in bars.series for v in s.values if v is not None]
    if bars.value_axis.low is not None:
        return bars.value_axis.low, max([bars.value_axis.low, *sums])
    return min([0.0, *low]), max([0.0, *sums])


def _name_size(bars: Bars, box: Box, size: float) -> float:
    """Points of the categories' names: so small that none overlaps the next, which some readers would leave out."""
    if not bars.lying:
        return size
    line = (box[3] / POINT - AROUND) / max(len(bars.categories), 1)
    return min(size, max(LEAST_SIZE, round(line / LINE * 0.95 * 2) / 2))


def _every_label(axis: Any) -> None:
    """No category's label is left out, however small the chart."""
    element = axis._element
    after = element.find(qn("c:lblOffset"))
    skip = etree.Element(qn("c:tickLblSkip"), val="1")
    if after is not None:
        after.addnext(skip)
    else:
        element.find(qn("c:noMultiLvlLbl")).addprevious(skip)
