"""Figures as native charts, editable in PowerPoint; the numbers stand in the chart's own workbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xlsx import CategoryWorkbookWriter, XyWorkbookWriter
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.oxml.ns import qn
from pptx.util import Pt
from xlsxwriter import Workbook

from portfolio.report.briefing.parts import Axis, Bars, Group, Numbers, Points
from portfolio.report.naming import clean
from portfolio.report.writers.deck.fit import cut
from portfolio.report.writers.deck.look import Look

MARKERS = {
    "circle": (XL_MARKER_STYLE.CIRCLE, 7),
    "square": (XL_MARKER_STYLE.SQUARE, 8),
    "diamond": (XL_MARKER_STYLE.DIAMOND, 12),
    "triangle": (XL_MARKER_STYLE.TRIANGLE, 11),
    "cross": (XL_MARKER_STYLE.X, 8),
}
TEXTS_ONLY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""The chart's workbook is live: a name that begins with = would be a formula in it."""
LONGEST_NAME = 150.0
"""Points that a category's name may take beside a bar."""


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


def add_bars(slide: Any, look: Look, bars: Bars, box: Box, size: float) -> Any:
    """Stacked or clustered bars; lying ones are listed from the top."""
    data = _Categories()
    turn = slice(None, None, -1) if bars.lying else slice(None)
    data.categories = [cut(clean(c), size, LONGEST_NAME) or " " for c in bars.categories[turn]]
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
    if bars.stacked:
        plot.overlap = 100
    for place, series in enumerate(drawn):
        fill = plot.series[place].format.fill
        if series.hidden:
            fill.background()
        else:
            look.paint(fill, series.colour)
    _legend(chart, len([s for s in shown if not s.hidden]) > 1, [n for n, s in enumerate(drawn) if s.hidden], size)
    _axis(chart.value_axis, bars.value_axis, size, grid=True)
    chart.value_axis.tick_labels.number_format = _number_format([v for s in bars.series for v in s.values if v is not None])
    chart.value_axis.tick_labels.number_format_is_linked = False
    _axis(chart.category_axis, bars.category_axis, size, grid=False)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _every_label(chart.category_axis)
    if bars.value_axis.unit == "%" and bars.stacked and _tops_at_hundred(bars):
        chart.value_axis.maximum_scale = 100
    return frame


def add_points(slide: Any, look: Look, points: Points, box: Box, size: float) -> Any:
    """A scatter; the longest group first, because a shorter one before a longer one vanishes in some readers."""
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
    _legend(chart, len(groups) > 1, [], size)
    for axis, said, values in (
        (chart.category_axis, points.x, [x for g in groups for x in g.xs]),
        (chart.value_axis, points.y, [y for g in groups for y in g.ys]),
    ):
        _axis(axis, said, size, grid=True)
        axis.tick_labels.number_format = _number_format(values)
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
    look.paint(series.marker.format.fill, group.colour)
    if group.marker == "cross":
        look.paint(series.marker.format.line.fill, group.colour)
    else:
        series.marker.format.line.fill.background()


def _common(chart: Any, title: str, size: float) -> None:
    chart.font.size = Pt(size)
    chart.has_title = True
    chart.chart_title.include_in_layout = False
    frame = chart.chart_title.text_frame
    frame.text = clean(title)
    frame.paragraphs[0].font.size, frame.paragraphs[0].font.bold = Pt(size + 1), True


def _legend(chart: Any, wanted: bool, hidden: list[int], size: float) -> None:
    chart.has_legend = wanted
    if not wanted:
        return
    legend = chart.legend
    legend.position, legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    legend.font.size = Pt(size)
    space = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    for place, index in enumerate(hidden):
        entry = etree.Element(f"{{{space}}}legendEntry")
        etree.SubElement(entry, f"{{{space}}}idx", val=str(index))
        etree.SubElement(entry, f"{{{space}}}delete", val="1")
        legend._element.insert(1 + place, entry)


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


def _number_format(values: list[float] | Numbers) -> str:
    most = max((abs(v) for v in values if v is not None), default=0.0)
    return "#,##0" if most >= 20 else "#,##0.0" if most >= 2 else "#,##0.00" if most >= 0.2 else "General"


def _round_out(low: float, high: float) -> tuple[float, float]:
    """Ends on a round step outside the interval."""
    span = high - low
    step = next(10.0**p * m for p in range(-12, 16) for m in (1, 2, 5) if span / (10.0**p * m) <= 8)
    return (low // step) * step, -((-high) // step) * step


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour)


_FAINT = _rgb("D9D9D9")


def _every_label(axis: Any) -> None:
    """No category's label is left out, however small the chart."""
    element = axis._element
    after = element.find(qn("c:lblOffset"))
    skip = etree.Element(qn("c:tickLblSkip"), val="1")
    if after is not None:
        after.addnext(skip)
    else:
        element.find(qn("c:noMultiLvlLbl")).addprevious(skip)
