"""Disruption scenarios before and after, and public goods: coverage of needs."""

from __future__ import annotations

from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Page, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.naming import name_of, short
from portfolio.report.numbers import money_unit, percent
from portfolio.report.palette import BLUE, FAINT, GREY, SKY

ZERO = Fraction(0)
MOST = 14
"""Scenarios or needs drawn; the tables hold all."""


def scenario_page(material: Material, lang: str) -> Page | None:
    """Loss of each scenario with nothing funded and with the plan."""
    scenarios = material.instance.scenarios
    before, after = material.nothing.losses, material.plan.losses
    if not scenarios or not any(before.values()):
        return None
    unit = money_unit(material.instance.header, max(before.values()), lang)
    order = sorted(scenarios, key=lambda s: (-s.probability.number * before[s.id], s.id))
    expected = [sum((s.probability.number * losses[s.id] for s in scenarios), ZERO) for losses in (before, after)]
    share = percent(1 - expected[1] / expected[0]) if expected[0] else "-"
    names = tuple(short(name_of(s, lang)) for s in order[:MOST])
    pairs = ((before, "before", GREY), (after, "after", BLUE))
    series = tuple(
        Series(key, say(key, lang), tuple(float(v[s.id] * unit.factor) for s in order[:MOST]), colour) for v, key, colour in pairs
    )
    axis = Axis(say("loss_axis", lang), unit.label)
    figure = Bars("scenarios", say("scenario_fig", lang), axis, Axis(say("scenario", lang)), names, series, stacked=False, lying=True)
    heads = (
        Column("scenario", say("scenario", lang), False),
        Column("probability", say("probability", lang)),
        *(Column(key, say(key, lang)) for key in ("before", "after", "averted")),
    )
    rows = []
    for s in order:
        pair = (before[s.id], after[s.id], before[s.id] - after[s.id])
        odds = Cell(percent(s.probability.number, 1), s.probability.number)
        rows.append((Cell(short(name_of(s, lang))), odds, *(Cell(unit.text(v), v) for v in pair)))
    last = (expected[0], expected[1], expected[0] - expected[1])
    rows.append((Cell(say("expected", lang)), Cell(""), *(Cell(unit.text(v), v) for v in last)))
    table = Table("scenarios", say("scenario_table", lang, unit=unit.label), heads, tuple(rows), totals=1, most=MOST)
    return Page("scenarios", say("scenario_page", lang, share=share), (), (figure,), (table,))


def coverage_page(material: Material, lang: str) -> Page | None:
    """Each need against its target."""
    needs = material.instance.needs
    if not needs:
        return None
    covered = material.plan.coverage
    order = sorted(needs, key=lambda n: (-n.weight.number, n.id))
    shares = [covered.get(n.id, ZERO) for n in order]
    met = sum(s >= 1 for s in shares)
    drawn = [float(s * 100) for s in shares[:MOST]]
    series = (
        Series("met", say("up_to_target", lang), tuple(min(s, 100.0) for s in drawn), BLUE),
        Series("missing", say("missing", lang), tuple(max(100.0 - s, 0.0) for s in drawn), FAINT),
        Series("beyond", say("beyond", lang), tuple(max(s - 100.0, 0.0) for s in drawn), SKY),
    )
    names = tuple(short(name_of(n, lang)) for n in order[:MOST])
    axis = Axis(say("coverage_axis", lang), "%")
    figure = Bars("coverage", say("coverage_fig", lang), axis, Axis(say("need", lang)), names, series, lying=True)
    heads = (Column("need", say("need", lang), False), Column("weight", say("need_weight", lang)), Column("covered", say("covered", lang)))
    rows = tuple(
        (Cell(short(name_of(n, lang))), Cell(f"{float(n.weight.number):g}", n.weight.number), Cell(percent(s), s))
        for n, s in zip(order, shares, strict=True)
    )
    table = Table("coverage", say("coverage_table", lang), heads, rows, most=MOST)
    return Page("coverage", say("coverage_page", lang, met=met, n=len(needs)), (), (figure,), (table,))
