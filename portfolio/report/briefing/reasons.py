"""Why programmes are left out and what else `portfolio explain` found out about the plan: from its answers, not from this plan's numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Page, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.briefing.stepped import stepped
from portfolio.report.explain_bulk import bulk_content
from portfolio.report.explain_content import Words, presence_content
from portfolio.report.explain_tables import alternatives_content, core_content, prices_content, stability_content
from portfolio.report.naming import clean
from portfolio.report.numbers import NONE, significant
from portfolio.report.palette import FAINT, ORANGE
from portfolio.report.waterfall import steps
from portfolio.results import Answered
from portfolio.results.explanation import Presence

ZERO = Fraction(0)
FIRST = 8
"""Rows of the table on a page."""
ENOUGH = 4
"""Answers from which on they take the place of the ranking of what is left out."""
MOST_BARS, MOST_WHY = 20, 2
TOLD = ("loss", "exchange", "hindrance_0")
"""Sentences of a paragraph about one programme."""


def why_not(material: Material) -> list[Presence]:
    """Answers about programmes that the plan leaves out, the cheapest to fund first; programmes that no plan may fund last."""
    funded = {c.programme for c in material.plan.choices}
    found = () if material.explanation is None else material.explanation.presences().values()
    kept = [p for p in found if p.topic == "why_not" and p.programme not in funded]
    return sorted(kept, key=lambda p: (p.loss.high is None, p.loss.high or ZERO, p.programme))


def why(material: Material, lang: str) -> tuple[Sentence, ...]:
    """What doing without a funded programme would cost, for those that somebody asked about."""
    funded = {c.programme for c in material.plan.choices}
    found = () if material.explanation is None else material.explanation.presences().values()
    kept = [p for p in found if p.topic == "why" and p.programme in funded][:MOST_WHY]
    return tuple(s for p in kept for s in _told(material, p, lang))


def why_not_page(material: Material, lang: str) -> Page | None:
    """The most contested ones: what funding them costs, whom they displace, what stands in their way. None without answers."""
    found = why_not(material)
    if not found:
        return None
    unfunded = len(material.instance.programmes) - len(material.plan.choices)
    table = replace(why_not_table(material, found, lang), most=FIRST)
    title = say("why_not_page", lang, n=unfunded)
    return Page("why_not", title, tuple(_told(material, found[0], lang)), (), (table,), table.notes)


def why_not_table(material: Material, found: list[Presence], lang: str) -> Table:
    """As the screen of `portfolio explain` has it."""
    content = bulk_content(material.instance, material.result, found, len(found), (0, ""), lang)
    return replace(content.tables[0], key="why_not", title=say("why_not_table", lang))


def _told(material: Material, answer: Presence, lang: str) -> Iterator[Sentence]:
    """An answer in one paragraph: its loss, whom it moves, what stands first in its way."""
    said = presence_content(material.instance, material.result, answer, lang)
    name = next(s.text for s in said.head if s.key == "title")
    told = " ".join(s.text for s in said.head if s.key in TOLD)
    yield Sentence(f"{answer.topic}_{answer.programme}", f"{name}. {told}" if lang == "en" else f"{name}。{told}")


def full_table(material: Material, lang: str) -> Table | None:
    """Every answer with its numbers: interval of the loss, break-even of the effect, change of each criterion, all that it displaces, all that hinders it."""
    found = why_not(material)
    if not found:
        return None
    words = Words(material.instance, material.result, lang)
    heads = (
        Column("programme", words.say("programme"), False),
        *(Column(key, say(f"full_{key}", lang)) for key in ("loss_low", "loss_high", "even_low", "even_high")),
        *(Column(c, say("full_change", lang, name=name)) for c, name in words.criteria.items()),
        *(Column(key, say(f"full_{key}", lang), False) for key in ("status", "displaced", "reasons", "answer")),
    )
    return Table(
        "why_not_full",
        say("why_not_table", lang),
        heads,
        tuple(_full_row(material, words, p) for p in found),
        notes=(say("full_note", lang),),
    )


def _full_row(material: Material, words: Words, p: Presence) -> tuple[Cell, ...]:
    even = next((b for b in p.break_evens if b.kind == "effect"), None)
    scale = 100 if p.of == "aim" else 1
    ends = [None if v is None else v * scale for v in (p.loss.low, p.loss.high)] + (
        [None, None] if even is None else [even.out, even.enough]
    )
    changes = [p.shift.criteria.get(c) for c in words.criteria]
    out = words.joint.join(words.names.get(m.programme, m.programme) for m in p.shift.moves if m.after is None)
    said = presence_content(material.instance, material.result, p, words.lang)
    reasons = " ".join(s.text for s in said.head if s.key.startswith(("hindrance", "dominated", "conflict", "rule_")))
    told = " ".join(s.text for s in said.head if s.key in ("verdict", "loss", "limit"))
    numbers = [Cell(NONE) if v is None else Cell(significant(v, 4), v) for v in (*ends, *changes)]
    status = say(f"search_{p.status}", words.lang)
    return (
        Cell(words.names[p.programme]),
        *numbers,
        Cell(status),
        Cell(out or NONE),
        Cell(clean(reasons) or NONE),
        Cell(clean(told) or NONE),
    )


def loss_bars(material: Material, lang: str) -> Bars | None:
    """What funding each one costs: the part that is proven, and up to where it may be."""
    found = [p for p in why_not(material) if p.of == "aim" and p.loss.high is not None][:MOST_BARS]
    if not found:
        return None
    names = {p.id: clean(p.name.get(lang)) or p.id for p in material.instance.programmes}
    low = tuple(float(100 * (p.loss.low or ZERO)) for p in found)
    rest = tuple(float(100 * ((p.loss.high or ZERO) - (p.loss.low or ZERO))) for p in found)
    series = (Series("least", say("loss_least", lang), low, ORANGE), Series("open", say("loss_open", lang), rest, FAINT))
    axis = Axis(say("loss_of_score", lang), say("points_of_100", lang))
    categories = tuple(names[p.programme] for p in found)
    return Bars("why_not", say("why_not_fig", lang), axis, Axis(""), categories, series, lying=True, caption=say("loss_caption", lang))


def swap(material: Material, lang: str) -> Bars | None:
    """The score with the most contested programme instead: criterion by criterion, adding up to the difference. None for other aims."""
    first = next((p for p in why_not(material) if p.of == "aim" and p.value is not None and p.shift.criteria), None)
    if first is None or not material.result.claims:
        return None
    words = Words(material.instance, material.result, lang)
    moves = [(words.criteria[c], points) for c, points in steps(material.instance, material.result, first.shift.criteria)]
    if not moves:
        return None
    start = 100 * (1 - material.result.claims[-1].value)
    name = words.names[first.programme]
    labels = (say("swap_before", lang), say("swap_with", lang, name=name))
    axis = Axis(say("score", lang), say("points_of_100", lang))
    return stepped("score_swap", say("score_swap_fig", lang, name=name), axis, labels, start, moves, lang)


# -- other topics ------------------------------------------------------------------------------------------------------
def other_tables(material: Material, lang: str) -> tuple[Table, ...]:
    """Tables of the latest answer to every other question: prices, alternatives, incomplete weights, stability."""
    explained = material.explanation
    if explained is None:
        return ()
    found: list[Table] = []
    for topic in ("prices", "alternatives", "core", "persist"):
        answer = explained.last(topic)
        if answer is not None:
            found += [replace(t, key=f"explain_{topic}", most=0) for t in _content(material, answer, lang).tables if t.rows][:1]
    return tuple(found)


def _content(material: Material, answer: Answered, lang: str) -> Content:
    instance, result = material.instance, material.result
    if answer.prices:
        return prices_content(instance, result, answer.of, answer.prices, lang)
    if answer.alternatives is not None:
        return alternatives_content(instance, result, answer.of, answer.alternatives, lang)
    if answer.core is not None:
        return core_content(instance, result, answer.core, lang)
    if answer.stability is not None:
        return stability_content(instance, result, answer.of, answer.stability, lang)
    return Content()
