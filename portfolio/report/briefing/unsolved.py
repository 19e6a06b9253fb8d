"""Briefings without a plan: of a result that has none (which rules conflict, what would repair it), of a sweep alone; and the grounds."""

from __future__ import annotations

from dataclasses import replace

from portfolio.report.aim_text import aim_text, claim_sentences
from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.briefing.answer import question, told
from portfolio.report.briefing.grounds import (
    HASH,
    assumptions_page,
    assumptions_table,
    doubt_table,
    facts,
    method_page,
    sources_page,
    sources_table,
)
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Briefing, Page
from portfolio.report.briefing.phrases import say
from portfolio.report.briefing.robustness import PREFIX, robustness_page, stairs_page, sweep_tables
from portfolio.report.briefing.spoken import spoken
from portfolio.report.conflict_content import conflict_content
from portfolio.report.naming import clean, name_of
from portfolio.results.explanation import Conflict

MOST_REPAIRS = 1
"""Repairs on the page; the workbook has all."""
RULE = "rule_"
"""Keys of the sentences that name one rule each."""


def unsolved_briefing(found: Material, lang: str) -> Briefing:
    """Pages that need no plan."""
    header = found.instance.header
    drafted = (
        _sweep_page(found, lang) if found.from_sweep else _status_page(found, lang),
        _conflict_page(found, lang),
        robustness_page(found, lang),
        stairs_page(found, lang),
        assumptions_page(found, lang),
        method_page(found, lang),
        sources_page(found, lang),
    )
    pages = tuple(replace(p, notes=(*p.notes, *spoken(found, p.key, lang))) for p in drafted if p is not None)
    run = say("run_unsolved", lang, id=header.id, instance=found.result.instance_hash[:HASH])
    years = f"{header.first_year}-{header.last_year}"
    subtitle = say("prepared", lang, years=years, aim=aim_text(found.instance, found.aim, lang))
    tables = (
        *_repairs(found, lang),
        *sweep_tables(found, lang),
        doubt_table(found, lang),
        assumptions_table(found, lang),
        sources_table(found, lang),
    )
    kept = tuple(t for t in tables if t.rows)
    return Briefing(lang, name_of(header, lang), subtitle, run, facts(found, lang), pages, kept, clean(header.unit or header.currency))


def _conflict(found: Material) -> Conflict | None:
    answer = None if found.explanation is None else found.explanation.last("infeasible")
    return None if answer is None else answer.conflict


def _repairs(found: Material, lang: str) -> tuple[Table, ...]:
    conflict = _conflict(found)
    if conflict is None:
        return ()
    said = conflict_content(found.instance, conflict, lang)
    return (_rules(said, lang), *said.tables)


def _rules(said: Content, lang: str) -> Table:
    """One row per rule in conflict, with the least by which it would have to give way alone."""
    rows = tuple((Cell(s.text.strip()),) for s in said.head if s.key.startswith(RULE))
    return Table("conflict", say("conflict_table", lang), (Column("rule", say("conflict_rule", lang), False),), rows)


def _status_page(found: Material, lang: str) -> Page:
    """The question, the solver's status, what to do next."""
    result = found.result
    none = result.status == "infeasible"
    sentences = [question(found, lang), Sentence("aim", say("aim_is", lang, aim=aim_text(found.instance, found.aim, lang)))]
    sentences += told(claim_sentences(found.instance, result, found.aim, {}, lang))
    if none and _conflict(found) is None:
        sentences.append(Sentence("next", say("next_conflict", lang)))
    elif not none:
        sentences.append(Sentence("next", say("next_longer", lang)))
    return Page("answer", say("answer_infeasible" if none else "answer_no_plan", lang), tuple(sentences))


def _sweep_page(found: Material, lang: str) -> Page:
    """The question, and what was varied how often."""
    said = found.swept(lang)
    title = next((s.text for s in said.head if s.key == "title"), "").split(" · ", 1)[-1]
    sentences = [question(found, lang), Sentence("aim", say("aim_is", lang, aim=aim_text(found.instance, found.aim, lang)))]
    sentences += told(s for s in said.head if s.key != "title")
    tables = tuple(t for t in sweep_tables(found, lang) if t.key == f"{PREFIX}ranges")
    return Page("answer", title, tuple(sentences), (), tables)


def _conflict_page(found: Material, lang: str) -> Page | None:
    """Rules that no plan obeys together, and the smallest repairs."""
    conflict = _conflict(found)
    if conflict is None:
        return None
    said = conflict_content(found.instance, conflict, lang)
    sentences = tuple(s for s in said.head if s.key != "status" and not s.key.startswith(RULE))
    tables = (_rules(said, lang), *said.tables[:MOST_REPAIRS])
    return Page("conflict", say("conflict_page", lang, n=len(conflict.rules)), (*sentences, *said.tail), (), tables)
