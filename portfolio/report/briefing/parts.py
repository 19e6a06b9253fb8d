"""What a briefing consists of, without any format: pages with a headline, sentences, tables, figures and footnotes.

Numbers of figures are floats of exact values in the unit that the axis names, None where there is none; they are not rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portfolio.report.blocks import Sentence, Table
from portfolio.report.palette import BLUE

Numbers = tuple[float | None, ...]


@dataclass(frozen=True)
class Axis:
    """Title and unit of an axis; both are always printed. low: where it begins if not at what the values ask for."""

    title: str
    unit: str = ""
    low: float | None = None

    @property
    def label(self) -> str:
        """`Growth (trillion yen)`."""
        return f"{self.title} ({self.unit})" if self.unit else self.title


@dataclass(frozen=True)
class Series:
    """One value per category. hidden: takes its place in a stack without being drawn (the foot of a waterfall)."""

    key: str
    name: str
    values: Numbers
    colour: str = BLUE
    hidden: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars over categories. lying: bars run to the right, the first category on top · named: False for a strip of thin bars, named in the data alone."""

    key: str
    title: str
    value_axis: Axis
    category_axis: Axis
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    stacked: bool = True
    lying: bool = False
    caption: str = ""
    named: bool = True

    @property
    def on_one_line(self) -> bool:
        """Bars side by side that never point the same way, as in most tornados: one line holds them."""
        pairs = zip(*(s.values for s in self.series), strict=True)
        return not self.stacked and all(sum(v > 0 for v in p if v) < 2 and sum(v < 0 for v in p if v) < 2 for p in pairs)


@dataclass(frozen=True)
class Group:
    """Points of one kind. joined: drawn as a line · marker: circle (filled), square, diamond, triangle (outlines, so that none hides another), cross, none."""

    key: str
    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    colour: str = BLUE
    marker: str = "circle"
    joined: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Points:
    """A scatter or line chart of two numeric axes."""

    key: str
    title: str
    x: Axis
    y: Axis
    groups: tuple[Group, ...]
    caption: str = ""


@dataclass(frozen=True)
class Heat:
    """A matrix of amounts; texts are the rounded ones that add up."""

    key: str
    title: str
    unit: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    texts: tuple[tuple[str, ...], ...]
    row_totals: tuple[str, ...] = ()
    column_totals: tuple[str, ...] = ()
    total: str = ""
    total_title: str = ""
    label: str = ""
    caption: str = ""


Figure = Bars | Points | Heat


@dataclass(frozen=True)
class Page:
    """One subject. footnotes: printed · notes: spoken (sources); the run's hash is added by every writer from the briefing."""

    key: str
    title: str
    sentences: tuple[Sentence, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    footnotes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Briefing:
    """Pages in order. run: one line that identifies the run · facts: provenance as key -> text · extra: full tables that no page shows

    unit: of exact amounts of money (cells' values), where printed texts have the unit of their title · gallery: figures that no page shows.
    """

    lang: str
    title: str
    subtitle: str
    run: str
    facts: Mapping[str, str]
    pages: tuple[Page, ...]
    extra: tuple[Table, ...] = field(default=())
    unit: str = ""
    gallery: tuple[Figure, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, each key once: the fuller one of `extra` before that of a page."""
        found: dict[str, Table] = {}
        for table in (*self.extra, *(t for p in self.pages for t in p.tables)):
            found.setdefault(table.key, table)
        return tuple(found.values())

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in page order, then those of no page."""
        return (*(f for p in self.pages for f in p.figures), *self.gallery)
