"""Funded programmes, and those left out (a ranking, unless explanations are at hand)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from portfolio.report.blocks import Sentence, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Page
from portfolio.report.briefing.phrases import say
from portfolio.report.briefing.reasons import why
from portfolio.report.content import funded_table, unfunded_table
from portfolio.report.numbers import percent

FIRST = 14
"""Rows of a table on a page."""


def funded_page(material: Material, lang: str) -> Page:
    """The largest programmes; the full list is in the workbook."""
    table = all_funded(material, lang)
    k = min(FIRST, len(table.rows))
    top = sum(sorted(material.amounts.values(), reverse=True)[:k], Fraction(0))
    share = percent(top / material.total) if material.total else "-"
    title = say("funded_page", lang, n=len(table.rows), k=k, share=share)
    return Page("funded", title, why(material, lang), (), (replace(table, most=FIRST),), (*table.notes, say("rounded", lang)))


def all_funded(material: Material, lang: str) -> Table:
    """Every funded programme."""
    return funded_table(material.effects, material.plan, material.unit(lang), material.units(lang), lang)


def left_page(material: Material, lang: str) -> Page | None:
    """What is left out, ranked by gain per public money."""
    table = all_left(material, lang)
    if not table.rows:
        return None
    note = Sentence("ranking", say("ranking_note", lang))
    return Page("left", say("left_page", lang, n=len(table.rows)), (note,), (), (replace(table, most=FIRST),), table.notes)


def all_left(material: Material, lang: str) -> Table:
    """Every programme that is not funded."""
    return unfunded_table(material.effects, material.result, material.aim, material.unit(lang), material.units(lang), lang)
