"""The briefing: one content for every format (slides, pages, workbooks, figures). It neither solves nor decides."""

from __future__ import annotations

from dataclasses import replace

from portfolio.report.aim_text import aim_text
from portfolio.report.blocks import Table
from portfolio.report.briefing import answer, choice, core, grounds, money, programmes, reasons, robustness, threats
from portfolio.report.briefing.grounds import HASH, facts, plan_hash
from portfolio.report.briefing.ledgers import exact_ledgers, outcome_table
from portfolio.report.briefing.material import Material, material
from portfolio.report.briefing.parts import Briefing, Page
from portfolio.report.briefing.phrases import say
from portfolio.report.briefing.spoken import spoken
from portfolio.report.briefing.unsolved import unsolved_briefing
from portfolio.report.content import binding_table, criteria_table, knowledge_table
from portfolio.report.naming import clean, name_of

__all__ = ["Briefing", "Material", "briefing", "material"]


def briefing(found: Material, lang: str) -> Briefing:
    """Pages that the material has something to say for, in the order of an argument: answer, money, choice, reasons, grounds."""
    if not found.solved:
        return unsolved_briefing(found, lang)
    header = found.instance.header
    drafted = (
        answer.answer_page(found, lang),
        money.matrix_page(found, lang),
        money.money_page(found, lang),
        choice.frontier_page(found, lang),
        choice.exchange_page(found, lang),
        programmes.funded_page(found, lang),
        reasons.why_not_page(found, lang),
        None if len(reasons.why_not(found)) >= reasons.ENOUGH else programmes.left_page(found, lang),
        robustness.robustness_page(found, lang) or core.core_page(found, lang),
        robustness.stairs_page(found, lang),
        threats.scenario_page(found, lang),
        threats.coverage_page(found, lang),
        grounds.assumptions_page(found, lang),
        grounds.method_page(found, lang),
        grounds.sources_page(found, lang),
    )
    pages = tuple(replace(p, notes=(*p.notes, *spoken(found, p.key, lang))) for p in drafted if p is not None)
    run = say("run", lang, id=header.id, instance=found.result.instance_hash[:HASH], plan=plan_hash(found)[:HASH])
    years = f"{header.first_year}-{header.last_year}"
    goal = say("from_frontier_short", lang, point=found.point) if found.from_frontier else aim_text(found.instance, found.aim, lang)
    subtitle = say("prepared", lang, years=years, aim=goal)
    tables, unit = full_tables(found, lang), clean(header.unit or header.currency)
    beside = (reasons.loss_bars(found, lang), reasons.swap(found, lang))
    gallery = tuple(f for f in beside if f is not None)
    return Briefing(lang, name_of(header, lang), subtitle, run, facts(found, lang), pages, tables, unit, gallery)


def full_tables(found: Material, lang: str) -> tuple[Table, ...]:
    """Every table in full, for workbooks and files."""
    drafted = (
        criteria_table(found.instance, found.result, found.plan, found.units(lang), lang),
        *money.ledger_tables(found, lang),
        outcome_table(found, lang),
        *exact_ledgers(found, lang),
        programmes.all_funded(found, lang),
        programmes.all_left(found, lang),
        reasons.full_table(found, lang),
        *reasons.other_tables(found, lang),
        binding_table(found.instance, found.plan, found.unit(lang), lang),
        knowledge_table(found.effects, found.plan, lang),
        choice.frontier_table(found, lang),
        *robustness.sweep_tables(found, lang),
        grounds.doubt_table(found, lang),
        grounds.assumptions_table(found, lang),
        grounds.sources_table(found, lang),
    )
    return tuple(t for t in drafted if t is not None and t.rows)


def page_keys(said: Briefing) -> list[str]:
    """Keys of the pages, in order."""
    return [p.key for p in said.pages if isinstance(p, Page)]
