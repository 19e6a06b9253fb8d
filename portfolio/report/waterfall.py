"""How a score becomes another, criterion by criterion: points of 100 and a bar for each, adding up to the printed difference."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pydantic import TypeAdapter

from portfolio.report.blocks import Cell, Column, Table
from portfolio.report.explain_texts import phrase
from portfolio.report.naming import name_of, short
from portfolio.report.numbers import placed
from portfolio.report.rounding import largest_remainder
from portfolio.results import Result
from portfolio.schema.aim import Aim, Weighted
from portfolio.schema.instance import Instance

WIDTH = 24
"""Cells of the longest bar."""
DECIMALS = 2


def steps(instance: Instance, result: Result, criteria: Mapping[str, Fraction]) -> list[tuple[str, Fraction]]:
    """(criterion, points of 100 gained) of changes in natural sense, under a weighted aim; empty for other aims."""
    aim: Aim = TypeAdapter(Aim).validate_python(result.aim)
    if not isinstance(aim, Weighted):
        return []
    found = []
    for c in instance.criteria:
        span = result.ranges.get(c.id)
        if span is not None and span.best != span.worst and c.id in criteria and aim.weights.get(c.id):
            found.append((c.id, -100 * aim.weights[c.id] * criteria[c.id] / (span.worst - span.best)))
    return found


def waterfall(instance: Instance, result: Result, criteria: Mapping[str, Fraction], lang: str) -> Table | None:
    """Rows: start, a step per criterion, end. Bars show steps against the largest one, + to the right of |, - to its left."""
    parts = steps(instance, result, criteria)
    if not parts or result.plan is None or not result.claims:
        return None
    start = 100 * (1 - result.claims[-1].value)
    units = largest_remainder([start * 10**DECIMALS, *(v * 10**DECIMALS for _, v in parts)])
    largest = max((abs(v) for _, v in parts), default=Fraction(0))
    names = {c.id: short(name_of(c, lang)) for c in instance.criteria}
    columns = (
        Column("step", phrase("step", lang), False),
        Column("points", phrase("points", lang)),
        Column("bar", phrase("bar", lang), False),
    )
    rows = [(Cell(phrase("wf_start", lang)), Cell(placed(units[0], DECIMALS), start), Cell(""))]
    for (criterion, points), whole in zip(parts, units[1:], strict=True):
        sign = "+" if whole > 0 else ""
        rows.append((Cell(names[criterion]), Cell(sign + placed(whole, DECIMALS), points), Cell(_bar(points, largest))))
    end = start + sum((v for _, v in parts), Fraction(0))
    rows.append((Cell(phrase("wf_end", lang)), Cell(placed(sum(units), DECIMALS), end), Cell("")))
    return Table("waterfall", phrase("waterfall", lang), columns, tuple(rows), totals=1)


def _bar(points: Fraction, largest: Fraction) -> str:
    size = round(abs(points) / largest * WIDTH / 2) if largest else 0
    half = WIDTH // 2
    return (" " * half + "|" + "+" * size) if points > 0 else (" " * (half - size) + "-" * size + "|")
