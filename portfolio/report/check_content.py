"""What `portfolio check` says about an instance: impossibilities first, then findings, knowledge, sizes, demand against money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.naming import name_of
from portfolio.report.numbers import NONE, fixed, money_unit
from portfolio.report.rounding import largest_remainder
from portfolio.report.texts import text
from portfolio.schema.instance import Instance
from portfolio.schema.problem import Problem

MOST_FINDINGS = 50
SIZES = ("fields", "archetypes", "programmes", "funds", "ceilings", "rules", "exposures", "scenarios", "needs")
KINDS = ("stated", "derived", "unannotated", "judgement")
ZERO = Fraction(0)


def check_content(instance: Instance, found: Sequence[Problem], known: Mapping[str, int | Fraction], lang: str) -> Content:
    """From the instance, its findings and the counts of its numbers."""
    counts = {severity: sum(p.severity == severity for p in found) for severity in ("error", "warning", "note")}
    header = instance.header
    title = f"{name_of(header, lang)} · {header.first_year}-{header.last_year}"
    verdict = text("well_formed", lang, errors=counts["error"], warnings=counts["warning"], notes=counts["note"])
    head = (Sentence("title", title, "head"), Sentence("verdict", verdict, "bad" if counts["error"] else "good"))
    # Impossibilities stand before everything: nothing else matters until they are gone.
    causes = tuple(
        Sentence(f"error_{n}", f"{text('error', lang)}: {p.line(lang)}", "bad") for n, p in enumerate(found) if p.severity == "error"
    )
    rest = [p for p in found if p.severity != "error"]
    tables = (_findings(rest, lang), _knowledge(known, lang), _sizes(instance, lang), _demand(instance, lang))
    return Content((*head, *causes), tuple(t for t in tables if t.rows), ())


def _findings(found: Sequence[Problem], lang: str) -> Table:
    columns = tuple(Column(key, text(key, lang), False) for key in ("severity", "place", "finding"))
    rows = tuple((Cell(text(p.severity, lang)), Cell(p.path), Cell(_said(p, lang))) for p in found)
    return Table("findings", text("found", lang), columns, rows, most=MOST_FINDINGS)


def _said(problem: Problem, lang: str) -> str:
    got = f"{problem.value}: " if problem.value else ""
    return f"{got}{problem.expectation(lang)}"


def _knowledge(known: Mapping[str, int | Fraction], lang: str) -> Table:
    total = known["total"] or 1
    shares = [Fraction(known[k]) / total for k in KINDS]
    whole = largest_remainder([s * 100 for s in shares])
    columns = (Column("kind", text("what", lang), False), Column("count", text("count", lang)), Column("share", text("share", lang)))
    rows = [
        (Cell(text(k, lang)), Cell(f"{int(known[k]):,}", Fraction(known[k])), Cell(f"{n} %", share))
        for k, n, share in zip(KINDS, whole, shares, strict=True)
    ]
    rows.append(
        (Cell(text("total", lang)), Cell(f"{int(known['total']):,}", Fraction(known["total"])), Cell(f"{sum(whole)} %", sum(shares, ZERO)))
    )
    return Table("knowledge", text("knowledge", lang), columns, tuple(rows), totals=1)


def _sizes(instance: Instance, lang: str) -> Table:
    counts = {name: len(getattr(instance, name)) for name in SIZES}
    counts["options"] = sum(max(len(p.options), 1) for p in instance.programmes)
    counts["ways"] = len(instance.ways)
    counts["years"] = len(instance.years)
    columns = (Column("what", text("what", lang), False), Column("count", text("count", lang)))
    order = ("fields", "archetypes", "programmes", "options", "ways", "funds", "years", *SIZES[4:])
    return Table("sizes", text("sizes", lang), columns, tuple((Cell(text(k, lang)), Cell(f"{counts[k]:,}", counts[k])) for k in order))


def _demand(instance: Instance, lang: str) -> Table:
    """Per fund: its money, what could be asked of it, and what could be asked of nobody else."""
    asked = {f.id: dict[str, Fraction]() for f in instance.funds}
    sole = {f.id: dict[str, Fraction]() for f in instance.funds}
    for way in instance.ways:
        if way.forbidden or not way.public_cost:
            continue
        payers = [f.id for f in instance.funds if instance.may_pay(way, f) and instance.open_years(way, f)]
        for fund in payers:
            cost = way.public_cost * way.units
            asked[fund][way.programme] = max(asked[fund].get(way.programme, ZERO), cost)
            if len(payers) == 1:
                sole[fund][way.programme] = max(sole[fund].get(way.programme, ZERO), cost)
    money = {f.id: sum((q.number for t, q in f.years.items() if t in instance.years), ZERO) for f in instance.funds}
    unit = money_unit(instance.header, max(money.values(), default=ZERO), lang)
    heads = ("money", "asking", "sole", "ratio")
    columns = (Column("fund", text("fund", lang), False), *(Column(h, text(h, lang)) for h in heads))
    rows = []
    for f in instance.funds:
        amounts = (money[f.id], sum(asked[f.id].values(), ZERO), sum(sole[f.id].values(), ZERO))
        ratio = Cell(NONE) if not amounts[0] else Cell(fixed(amounts[1] / amounts[0], 1), amounts[1] / amounts[0])
        rows.append((Cell(name_of(f, lang)), *(Cell(unit.text(a) if a else NONE, a) for a in amounts), ratio))
    return Table("demand", text("demand", lang, unit=unit.label), columns, tuple(rows), notes=(text("demand_note", lang),))
