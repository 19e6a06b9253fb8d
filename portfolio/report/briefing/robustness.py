"""What a sweep says: which judgement moves the score most, what depends on it, and at which budgets the plan changes."""

from __future__ import annotations

from dataclasses import replace

from portfolio.report.blocks import Content, Table
from portfolio.report.briefing.core import core_sentence, core_table, shares, strip
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Group, Page, Points, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.judgements import JudgementNames
from portfolio.report.numbers import money_unit, significant
from portfolio.report.palette import BLUE, GREY, ORANGE
from portfolio.report.sweep_cells import exact
from portfolio.results.sweep import Staircase

MOST = 12
"""Judgements of the tornado that are drawn; the table has all."""
FIRST, FEW = 10, 7
"""Rows of a table on a page, beside a figure and below two."""
MOST_SENTENCES = 4
PREFIX = "sweep_"
"""Before the keys of the sweep's tables, which others use too."""


def robustness_page(material: Material, lang: str) -> Page | None:
    """The tornado; beside it, with a frontier, what is core and what is contested. None without runs that have plans."""
    sweep = material.sweep
    if sweep is None or sweep.base is None or sweep.base.aim is None or not sweep.answers.funded:
        return None
    said = material.swept(lang)
    sentences = [s for s in said.tail if s.key.startswith(("robust", "flip"))][:MOST_SENTENCES]
    found = shares(material)
    tables: tuple[Table, ...]
    if found is not None:
        sentences = [*sentences[:1], core_sentence(found, lang)]
        tables = (replace(core_table(material, found, lang), most=FEW),)
    else:
        tables = tuple(replace(t, most=FIRST) for t in _tables(said) if t.key == f"{PREFIX}contested")
    figures: tuple[Bars, ...] = (tornado(material, lang),) if sweep.answers.swings else ()
    notes = _notes(said, "tornado") if figures else ()
    if found is not None:
        figures, notes = (*figures, strip(material, found, lang)), (*notes, say("core_note", lang))
    title = say("robust_runs", lang, n=sweep.answers.solved)
    if sweep.answers.swings:
        first = sweep.answers.swings[0]
        title = say("robust_page", lang, factor=_names(material, lang)[first.factor], points=significant(exact(first.swing) * 100, 3))
    return Page("robustness", title, tuple(sentences), figures, tables, notes)


def tornado(material: Material, lang: str) -> Bars:
    """Change of the score at both ends of each judgement, the widest on top; an end without a plan has no bar."""
    sweep, names = material.sweep, _names(material, lang)
    assert sweep is not None
    assert sweep.base is not None
    assert sweep.base.aim is not None
    base, drawn = sweep.base.aim, sweep.answers.swings[:MOST]

    def change(aim: float | None) -> float | None:
        return None if aim is None else 100 * (base - aim)

    low = Series("low", say("low_end", lang), tuple(change(s.low) for s in drawn), ORANGE)
    high = Series("high", say("high_end", lang), tuple(change(s.high) for s in drawn), BLUE)
    axis = Axis(say("score_change", lang), say("points_of_100", lang))
    categories = tuple(names[s.factor] for s in drawn)
    return Bars("tornado", say("tornado_fig", lang), axis, Axis(""), categories, (low, high), stacked=False, lying=True)


def _names(material: Material, lang: str) -> dict[str, str]:
    """Judgement -> its name."""
    return {} if material.sweep is None else JudgementNames(material.instance, lang).of_all(material.sweep.design.factors)


def stairs_page(material: Material, lang: str) -> Page | None:
    """The budget's staircase; None unless the sweep is one."""
    sweep = material.sweep
    if sweep is None or sweep.answers.staircase is None or not sweep.answers.staircase.steps:
        return None
    said = material.swept(lang)
    tables = tuple(replace(t, most=FIRST) for t in _tables(said) if t.key == f"{PREFIX}steps")
    sentences = tuple(s for s in said.tail if s.key in ("not_monotone", "not_nested"))
    title = say("stairs_page", lang, n=len(sweep.answers.staircase.steps))
    return Page("stairs", title, sentences, (stairs(material, sweep.answers.staircase, lang),), tables, _notes(said, "steps"))


def stairs(material: Material, found: Staircase, lang: str) -> Points:
    """Score over the budget, each step with its own plan; a step that cannot be carried out at an end begins or ends where it can.

    Between two steps the change is somewhere: the earlier plan's score is drawn up to where the later one is known.
    """
    unit = money_unit(material.instance.header, exact(found.steps[-1].high), lang)
    ends: list[tuple[float, float]] = []
    for step in found.steps:
        known = [(m, 100 * (1 - aim)) for m, aim in ((step.low, step.aim_low), (step.high, step.aim_high)) if aim is not None]
        if ends and known:
            ends.append((known[0][0], ends[-1][1]))
        ends += known
    factor = float(unit.factor)
    xs, ys = tuple(m * factor for m, _ in ends), tuple(score for _, score in ends)
    groups = [Group("steps", say("steps_of_plan", lang), xs, ys, BLUE, "none", joined=True)]
    if ys:
        today = found.today * factor
        groups.append(Group("today", say("today", lang), (today, today), (min(ys), max(ys)), GREY, "none", joined=True))
    axes = Axis(say("budget", lang), unit.label), Axis(say("score", lang), say("points_of_100", lang))
    return Points("stairs", say("stairs_fig", lang), *axes, tuple(g for g in groups if g.xs))


def sweep_tables(material: Material, lang: str) -> tuple[Table, ...]:
    """Every table of the sweep in full; bars drawn with letters are left to the screen."""
    if material.sweep is None:
        return ()
    return tuple(t for t in _tables(material.swept(lang)) if t.rows)


def _tables(said: Content) -> list[Table]:
    found = []
    for table in said.tables:
        kept = [i for i, c in enumerate(table.columns) if c.key != "bar"]
        rows = tuple(tuple(row[i] for i in kept) for row in table.rows)
        found.append(replace(table, key=PREFIX + table.key, columns=tuple(table.columns[i] for i in kept), rows=rows, most=0))
    return found


def _notes(said: Content, key: str) -> tuple[str, ...]:
    return next((t.notes for t in said.tables if t.key == key), ())
