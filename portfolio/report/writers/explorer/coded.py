"""Content as plain JSON values: texts are numbers of a string table, so that what many plans repeat is written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from portfolio.report.blocks import Sentence, Table
from portfolio.report.briefing.parts import Bars, Figure, Heat, Page, Points

MOST_LABELS = 40
"""Categories whose names stand beside their bars."""
Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


class Strings:
    """Each text once, in the order of its first use."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._place: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """Number of the text."""
        place = self._place.get(text)
        if place is None:
            place = self._place[text] = len(self.texts)
            self.texts.append(text)
        return place


def coded_table(table: Table, strings: Strings) -> Json:
    """Titles of columns as text; rows as flat numbers of texts. Bars drawn with letters are left to the screen."""
    kept = [n for n, c in enumerate(table.columns) if c.key != "bar"]
    return {
        "key": table.key,
        "title": table.title,
        "columns": [[table.columns[n].title, table.columns[n].numeric] for n in kept],
        "rows": [[strings(row[n].text) for n in kept] for row in table.rows],
        "totals": table.totals,
        "notes": list(table.notes),
    }


def coded_sentences(sentences: Sequence[Sentence]) -> Json:
    """[key, text, tone] of each."""
    return [[s.key, s.text, s.tone] for s in sentences]


def coded_page(page: Page, strings: Strings) -> Json:
    """A page of the briefing; matrices are left out, because their view follows the picked plan."""
    return {
        "title": page.title,
        "sentences": coded_sentences(page.sentences),
        "figures": [coded_figure(f) for f in page.figures if not isinstance(f, Heat)],
        "tables": [coded_table(t, strings) for t in page.tables],
        "footnotes": list(page.footnotes),
    }


def coded_figure(figure: Figure) -> Json:
    """Bars or points; values in the unit of the axis."""
    if isinstance(figure, Bars):
        return {
            "kind": "bars",
            "key": figure.key,
            "title": figure.title,
            "value": figure.value_axis.label,
            "low": figure.value_axis.low,
            "category": figure.category_axis.label,
            "categories": list(figure.categories),
            "mode": "relative" if figure.stacked else "overlay" if figure.on_one_line else "group",
            "named": len(figure.categories) <= MOST_LABELS,
            "lying": figure.lying,
            "caption": figure.caption,
            "series": [{"name": s.name, "values": list(s.values), "colour": s.colour, "hidden": s.hidden} for s in figure.series],
        }
    assert isinstance(figure, Points)
    return {
        "kind": "points",
        "key": figure.key,
        "title": figure.title,
        "x": figure.x.label,
        "y": figure.y.label,
        "caption": figure.caption,
        "groups": [
            {"key": g.key, "name": g.name, "x": list(g.xs), "y": list(g.ys), "colour": g.colour, "marker": g.marker, "joined": g.joined}
            for g in figure.groups
        ],
    }
