"""What files for further work hold, in the instance's own units: criteria, ledgers and payments, every fund, every year, nothing rounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.phrases import say
from portfolio.report.content import criterion_label
from portfolio.report.naming import clean, name_of
from portfolio.report.numbers import NONE, placed, significant, whole
from portfolio.report.texts import text
from portfolio.results import LedgerLine

ZERO = Fraction(0)
MOST_DECIMALS = 12
DIGITS = 12
"""Significant digits of values that need not be decimals."""
Amounts = Sequence[Fraction]


def outcome_table(material: Material, lang: str) -> Table:
    """Value of each criterion between its best bound and its far end, in the criterion's own unit."""
    instance, ranges = material.instance, material.result.ranges
    heads = (
        Column("criterion", "id", False),
        Column("name", text("criterion", lang), False),
        Column("sense", say("sense", lang), False),
        *(Column(key, say(key, lang)) for key in ("value", "best", "worst")),
        Column("unit", text("unit", lang), False),
    )
    rows = []
    for c in instance.criteria:
        span = ranges.get(c.id)
        numbers = [material.plan.criteria[c.id], *((None, None) if span is None else (span.best, span.worst))]
        cells = [Cell(NONE) if n is None else Cell(significant(n, DIGITS), n) for n in numbers]
        own = criterion_label(instance, c)
        rows.append((Cell(c.id), Cell(name_of(c, lang)), Cell(c.sense), *cells, Cell(clean(own))))
    return Table("outcome", say("outcome", lang), heads, tuple(rows))


def exact_ledgers(material: Material, lang: str) -> tuple[Table, ...]:
    """Commitments and outlays by fund and year, and the payments that they sum."""
    return commitment_ledger(material, lang), outlay_ledger(material, lang), payments(material, lang)


def commitment_ledger(material: Material, lang: str) -> Table:
    """Committed money per year and its sum; beside it authority, money still carried at the end of the horizon, lapsed money (sums over years)."""
    last = material.instance.header.last_year
    beside = (
        ("authority", lambda line: line.authority),
        ("carried_end", lambda line: line.carried_out if line.year == last else 0),
        ("lapsed", lambda line: line.lapsed),
    )
    extra = [(Column(key, say(key, lang) if key != "lapsed" else text(key, lang)), part) for key, part in beside]
    return _ledger(material, "ledger_commitments", lambda line: line.committed, [], extra, lang)


def outlay_ledger(material: Material, lang: str) -> Table:
    """Cash per year, what is still to be paid after the horizon, and their sum, which is the commitments'."""
    later = [(Column("later", text("later", lang)), material.plan.later)]
    return _ledger(material, "ledger_outlays", lambda line: line.outlay, later, [], lang)


def _ledger(
    material: Material,
    key: str,
    part: Callable[[LedgerLine], int],
    after: Sequence[tuple[Column, dict[str, int]]],
    beside: Sequence[tuple[Column, Callable[[LedgerLine], int]]],
    lang: str,
) -> Table:
    """Rows: funds, then the sum. Columns: years and `after`, their sum, then `beside`, which the sum does not count."""
    instance, plan = material.instance, material.plan
    grid = instance.header.grid
    lines = {(line.fund, line.year): line for line in plan.ledger}
    rows: list[tuple[str, list[Fraction]]] = []
    for fund in instance.funds:
        own = [lines[fund.id, t] for t in instance.years if (fund.id, t) in lines]
        years = [part(lines[fund.id, t]) if (fund.id, t) in lines else 0 for t in instance.years]
        counted = [*years, *(amounts.get(fund.id, 0) for _, amounts in after)]
        values = [*counted, sum(counted), *(sum(map(count, own)) for _, count in beside)]
        rows.append((name_of(fund, lang), [grid * v for v in values]))
    sums = [sum(column, ZERO) for column in zip(*(values for _, values in rows), strict=True)]
    rows.append((text("total", lang), sums))
    heads = (
        Column("fund", text("fund", lang), False),
        *(Column(str(t), str(t)) for t in instance.years),
        *(column for column, _ in after),
        Column("total", text("total", lang)),
        *(column for column, _ in beside),
    )
    body = tuple((Cell(name), *_cells(values, grid)) for name, values in rows)
    return Table(key, say(key, lang, unit=_unit(material)), heads, body, totals=1, notes=(say("unrounded", lang),))


def payments(material: Material, lang: str) -> Table:
    """One row per payment: who gets how much, by which way, from which fund, in which year; the last row is the sum."""
    instance, grid = material.instance, material.instance.header.grid
    funds = {f.id: name_of(f, lang) for f in instance.funds}
    fields = {f.id: name_of(f, lang) for f in instance.fields}
    programmes = {p.id: p for p in instance.programmes}
    rows = []
    for choice in material.plan.choices:
        programme = programmes[choice.programme]
        field = fields.get(programme.field or "", "")
        own = (Cell(choice.programme), Cell(name_of(programme, lang)), Cell(field), Cell(choice.option))
        for p in choice.payments:
            rows.append((*own, Cell(funds[p.fund]), Cell(str(p.year), p.year), *_cells([grid * p.amount], grid)))
    total = sum((Fraction(row[-1].value or 0) for row in rows), ZERO)
    rows.append((Cell(text("total", lang)), *(Cell("") for _ in range(5)), *_cells([total], grid)))
    heads = (
        Column("id", "id", False),
        Column("programme", text("programme", lang), False),
        Column("field", text("field", lang), False),
        Column("option", text("option", lang), False),
        Column("fund", text("fund", lang), False),
        Column("year", say("fiscal_year", lang)),
        Column("amount", text("amount", lang)),
    )
    return Table("payments", say("payments", lang, unit=_unit(material)), heads, tuple(rows), totals=1, notes=(say("unrounded", lang),))


def _unit(material: Material) -> str:
    header = material.instance.header
    return clean(header.unit or header.currency)


def _cells(amounts: Amounts, grid: Fraction) -> list[Cell]:
    """With as many decimals as the grid has: nothing is rounded, unless the grid is no decimal number."""
    decimals = next((d for d in range(MOST_DECIMALS) if (grid * 10**d).denominator == 1), MOST_DECIMALS)
    return [Cell(placed(whole(a * 10**decimals), decimals), a) for a in amounts]
