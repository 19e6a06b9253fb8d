"""Where the money goes (field by archetype) and whose money it is, when: commitments beside outlays."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Heat, Page, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.money_tables import commitments, matrix, outlays
from portfolio.report.naming import name_of, short
from portfolio.report.numbers import Unit, in_words
from portfolio.report.palette import series_colours
from portfolio.report.rounding import largest_remainder
from portfolio.report.texts import text
from portfolio.results import LedgerLine
from portfolio.schema.fund import Fund

ZERO = Fraction(0)
MOST_SERIES = 7
"""Funds with a colour of their own; the rest is summed."""


def matrix_page(material: Material, lang: str) -> Page | None:
    """The plan as fields x archetypes; None without fields."""
    unit = material.unit(lang)
    table = matrix(material.instance, material.plan, unit, lang)
    if table is None:
        return None
    body = table.rows[: len(table.rows) - table.totals]
    last = max(body, key=lambda row: row[-1].value or 0)
    money = in_words(material.instance.header, Fraction(last[-1].value or 0), lang)
    return Page("matrix", say("matrix_page", lang, first=last[0].text, money=money), (), (heat(table, unit),), (), table.notes)


def heat(table: Table, unit: Unit) -> Heat:
    """The same cells as a figure, totals beside and below."""
    body, foot = table.rows[: len(table.rows) - table.totals], table.rows[-1]
    return Heat(
        table.key,
        table.title,
        unit.label,
        tuple(row[0].text for row in body),
        tuple(c.title for c in table.columns[1:-1]),
        tuple(tuple(float(Fraction(c.value or 0) * unit.factor) for c in row[1:-1]) for row in body),
        tuple(tuple(c.text for c in row[1:-1]) for row in body),
        tuple(row[-1].text for row in body),
        tuple(c.text for c in foot[1:-1]),
        foot[-1].text,
        foot[0].text,
        table.columns[0].title,
        table.notes[-1] if table.notes else "",
    )


def money_page(material: Material, lang: str) -> Page:
    """Two stacked ledgers and the sums by year."""
    header, unit, grid = material.instance.header, material.unit(lang), material.instance.header.grid
    cash = grid * sum(line.outlay for line in material.plan.ledger)
    commit, paid = (in_words(header, amount, lang) for amount in (material.total, cash))
    title = say("money_page", lang, commit=commit, cash=paid, year=header.last_year)
    return Page(
        "money",
        title,
        (),
        (
            stack(material, "commitments_fig", lambda line: line.committed, unit, lang),
            stack(material, "outlays_fig", lambda line: line.outlay, unit, lang),
        ),
        (year_table(material, unit, lang),),
        (say("authority_note", lang), say("rounded", lang)),
    )


def stack(material: Material, key: str, part: Callable[[LedgerLine], int], unit: Unit, lang: str) -> Bars:
    """Years across, one series per fund; the colour of a fund is the same in every stack."""
    instance, plan = material.instance, material.plan
    grid = instance.header.grid
    lines = {(line.fund, line.year): line for line in plan.ledger}
    size = {f.id: sum(line.committed for line in plan.ledger if line.fund == f.id) for f in instance.funds}
    order = sorted((f for f in instance.funds if size[f.id]), key=lambda f: (-size[f.id], f.id))
    named, rest = (order, []) if len(order) <= MOST_SERIES else (order[: MOST_SERIES - 1], order[MOST_SERIES - 1 :])

    def values(funds: list[Fund]) -> tuple[float, ...]:
        sums = (sum(part(lines[f.id, t]) for f in funds if (f.id, t) in lines) for t in instance.years)
        return tuple(float(grid * s * unit.factor) for s in sums)

    colours = series_colours(len(named) + bool(rest), bool(rest))
    series = [Series(f.id, short(name_of(f, lang)), values([f]), colour) for f, colour in zip(named, colours, strict=False)]
    if rest:
        series.append(Series("others", say("others_n", lang, n=len(rest)), values(rest), colours[-1]))
    years = tuple(map(str, instance.years))
    return Bars(key, say(key, lang), Axis(say("money_axis", lang), unit.label), Axis(say("fiscal_year", lang)), years, tuple(series))


def year_table(material: Material, unit: Unit, lang: str) -> Table:
    """Authority, commitments and outlays of all funds together, by year."""
    instance, plan = material.instance, material.plan
    grid = instance.header.grid
    columns = [Column(str(t), str(t)) for t in instance.years]
    heads = (Column("what", "", False), *columns, Column("later", say("later_short", lang)), Column("total", text("total", lang)))
    later = grid * sum(plan.later.values())
    rows = []
    for key in ("authority", "committed", "outlay"):
        amounts = [grid * sum(getattr(line, key) for line in plan.ledger if line.year == t) for t in instance.years]
        amounts.append(later if key == "outlay" else ZERO)
        rounded = largest_remainder([unit.units(a) for a in amounts])
        cells = [Cell(unit.printed(u), a) for u, a in zip(rounded, amounts, strict=True)]
        rows.append((Cell(say(key, lang)), *cells, Cell(unit.printed(sum(rounded)), sum(amounts, ZERO))))
    return Table("years", say("year_table", lang, unit=unit.label), heads, tuple(rows), notes=(say("rounded", lang),))


def ledger_tables(material: Material, lang: str) -> tuple[Table, ...]:
    """The full ledgers by fund and year, and the matrix as a table."""
    unit = material.unit(lang)
    found = (
        matrix(material.instance, material.plan, unit, lang),
        commitments(material.instance, material.plan, unit, lang),
        outlays(material.instance, material.plan, unit, lang),
    )
    return tuple(t for t in found if t is not None and t.rows)
