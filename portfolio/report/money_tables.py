"""Tables of money: field by archetype, fund by year, cash by year. Every printed total is the sum of the printed cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Table
from portfolio.report.naming import name_of
from portfolio.report.numbers import Unit
from portfolio.report.rounding import controlled, largest_remainder
from portfolio.report.texts import text
from portfolio.results import Plan
from portfolio.schema.instance import Instance

MOST_ROWS = 40
"""Rows of a table of fields or funds; the smallest ones beyond that share one row."""
ZERO = Fraction(0)
Row = tuple[str, list[Fraction]]


def summed(
    key: str,
    title: str,
    label: Column,
    columns: Sequence[Column],
    rows: Sequence[Row],
    unit: Unit,
    lang: str,
    extra: Sequence[tuple[Column, Sequence[Fraction]]] = (),
    notes: Sequence[str] = (),
) -> Table:
    """Rows of amounts (instance unit) with totals of rows and columns; `extra` columns have a total of their own below only."""
    rounded = controlled([[unit.units(v) for v in values] for _, values in rows])
    extras = [largest_remainder([unit.units(v) for v in values]) for _, values in extra]
    body = []
    for i, (name, values) in enumerate(rows):
        cells = [Cell(unit.printed(u), v) for u, v in zip(rounded[i], values, strict=True)]
        cells.append(Cell(unit.printed(sum(rounded[i])), sum(values, ZERO)))
        cells += [Cell(unit.printed(column[i]), extra[n][1][i]) for n, column in enumerate(extras)]
        body.append((Cell(name), *cells))
    sums = [sum(column) for column in zip(*rounded, strict=True)]
    true = [sum(column, ZERO) for column in zip(*(values for _, values in rows), strict=True)]
    foot = [Cell(unit.printed(u), v) for u, v in zip(sums, true, strict=True)]
    foot.append(Cell(unit.printed(sum(sums)), sum(true, ZERO)))
    foot += [Cell(unit.printed(sum(column)), sum(extra[n][1], ZERO)) for n, column in enumerate(extras)]
    body.append((Cell(text("total", lang)), *foot))
    heads = (label, *columns, Column("total", text("total", lang)), *(column for column, _ in extra))
    return Table(key, title, heads, tuple(body), totals=1, notes=(*notes, text("round_note", lang)))


def matrix(instance: Instance, plan: Plan, unit: Unit, lang: str) -> Table | None:
    """Fields down, archetypes across; None where an instance has no fields."""
    if not instance.fields:
        return None
    own = {p.id: p for p in instance.programmes}
    grid = instance.header.grid
    money: dict[tuple[str | None, str | None], Fraction] = {}
    for choice in plan.choices:
        programme = own[choice.programme]
        key = (programme.field, programme.archetype)
        money[key] = money.get(key, ZERO) + grid * sum(p.amount for p in choice.payments)
    archetypes: list[str | None] = [a.id for a in instance.archetypes]
    fields: list[str | None] = [f.id for f in instance.fields]
    if any(a is None for _, a in money):
        archetypes.append(None)
    if any(f is None for f, _ in money):
        fields.append(None)
    names: dict[str | None, str] = {f.id: name_of(f, lang) for f in instance.fields}
    names[None] = text("no_field", lang)
    titles: dict[str | None, str] = {a.id: name_of(a, lang) for a in instance.archetypes}
    titles[None] = text("no_archetype", lang)
    rows = [(names[f], [money.get((f, a), ZERO) for a in archetypes]) for f in fields]
    label = Column("field", text("field", lang), False)
    if not instance.archetypes:
        flat = Column("amount", text("amount", lang))
        return summed("matrix", text("matrix_flat", lang, unit=unit.label), label, [flat], shortened(rows, lang), unit, lang)
    columns = [Column(a or "none", titles[a]) for a in archetypes]
    return summed("matrix", text("matrix", lang, unit=unit.label), label, columns, shortened(rows, lang), unit, lang)


def commitments(instance: Instance, plan: Plan, unit: Unit, lang: str) -> Table:
    """What each fund commits per year, what is carried, what lapses."""
    lines = {(line.fund, line.year): line for line in plan.ledger}
    grid = instance.header.grid
    funds = [f for f in instance.funds if any((f.id, t) in lines for t in instance.years)]
    wide = [
        (
            name_of(f, lang),
            [
                *(grid * lines[f.id, t].committed for t in instance.years),
                grid * sum(lines[f.id, t].carried_out for t in instance.years),
                grid * sum(lines[f.id, t].lapsed for t in instance.years),
            ],
        )
        for f in funds
    ]
    kept = shortened(wide, lang)
    rows = [(name, values[:-2]) for name, values in kept]
    extra = [
        (Column("carried", text("carried", lang)), [v[-2] for _, v in kept]),
        (Column("lapsed", text("lapsed", lang)), [v[-1] for _, v in kept]),
    ]
    columns = [Column(str(t), str(t)) for t in instance.years]
    title, label = text("commitments", lang, unit=unit.label), Column("fund", text("fund", lang), False)
    return summed("commitments", title, label, columns, rows, unit, lang, extra, [text("carried_note", lang)])


def outlays(instance: Instance, plan: Plan, unit: Unit, lang: str) -> Table:
    """When the commitments turn into cash; `later` is what falls after the horizon."""
    lines: Mapping[tuple[str, int], int] = {(line.fund, line.year): line.outlay for line in plan.ledger}
    grid = instance.header.grid
    rows = [
        (name_of(f, lang), [*(grid * lines.get((f.id, t), 0) for t in instance.years), Fraction(grid * plan.later.get(f.id, 0))])
        for f in instance.funds
    ]
    columns = [*(Column(str(t), str(t)) for t in instance.years), Column("later", text("later", lang))]
    label = Column("fund", text("fund", lang), False)
    return summed("outlays", text("outlays", lang, unit=unit.label), label, columns, shortened(rows, lang), unit, lang)


def shortened(rows: Sequence[Row], lang: str) -> list[Row]:
    """At most MOST_ROWS, the largest, in their order; the rest as one row."""
    if len(rows) <= MOST_ROWS:
        return list(rows)
    largest = sorted(range(len(rows)), key=lambda i: (-sum(rows[i][1], ZERO), i))[: MOST_ROWS - 1]
    kept = set(largest)
    rest = [values for i, (_, values) in enumerate(rows) if i not in kept]
    others = [sum(column, ZERO) for column in zip(*rest, strict=True)]
    return [rows[i] for i in sorted(kept)] + [(text("others", lang, n=len(rest)), others)]
