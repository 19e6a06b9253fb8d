"""Question and answer on one page, and what the plan reaches of each criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from portfolio.report.aim_text import aim_text, claim_sentences
from portfolio.report.blocks import Sentence
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Page, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.briefing.shape import knee
from portfolio.report.content import criteria_table
from portfolio.report.naming import name_of, short
from portfolio.report.numbers import in_words, percent_up
from portfolio.report.palette import BLUE, FAINT

ZERO = Fraction(0)
LARGEST = 3
"""Fields named in the answer."""


def answer_page(material: Material, lang: str) -> Page:
    """The question, the plan in a sentence, status and audit, the criteria."""
    instance, result = material.instance, material.result
    header = instance.header
    counts = {"n": len(material.plan.choices), "all": len(instance.programmes), "money": in_words(header, material.total, lang)}
    claim = next((c for c in result.claims if c.of == "aim"), None)
    proven = claim is not None and result.status == "proven" and claim.proven
    title = say("answer_proven", lang, **counts, gap=percent_up(claim.gap)) if claim and proven else say("answer", lang, **counts)
    sentences = [question(material, lang)]
    if material.from_frontier:
        bend = knee(material.frontier) if material.frontier is not None else None
        why = say("why_knee", lang) if material.point == bend else say("why_asked", lang)
        sentences.append(Sentence("point", say("from_frontier", lang, point=material.point, why=why)))
    else:
        sentences.append(Sentence("aim", say("aim_is", lang, aim=aim_text(instance, material.aim, lang))))
        sentences += told(claim_sentences(instance, result, material.aim, material.units(lang), lang))
    named = _largest(material, lang)
    if named:
        sentences.append(Sentence("largest", say("largest", lang, names=named)))
    table = criteria_table(instance, result, material.plan, material.units(lang), lang)
    figure = reached(material, lang)
    return Page("answer", title, tuple(sentences), () if figure is None else (figure,), (table,))


def told(claims: Iterable[Sentence]) -> list[Sentence]:
    """The screen's claims for a page: it sets them apart by spaces, which a page does not keep."""
    return [replace(s, text=s.text.replace("   ", " · ")) for s in claims if s.key != "score_note"]


def question(material: Material, lang: str) -> Sentence:
    """What was asked, in numbers."""
    instance, header = material.instance, material.instance.header
    asked = {"all": len(instance.programmes), "years": f"{header.first_year}-{header.last_year}", "funds": len(instance.funds)}
    if instance.fields:
        return Sentence("question", say("question", lang, fields=len(instance.fields), **asked))
    return Sentence("question", say("question_plain", lang, **asked))


def reached(material: Material, lang: str) -> Bars | None:
    """Per criterion the share of its range that the plan reaches; None where no criterion has a range."""
    ranges = material.result.ranges
    names, shares = [], []
    for c in material.instance.criteria:
        span = ranges.get(c.id)
        if span is not None and span.best != span.worst:
            names.append(short(name_of(c, lang)))
            shares.append(float((material.plan.criteria[c.id] - span.worst) / (span.best - span.worst)) * 100)
    if not names:
        return None
    rest = tuple(max(100 - s, 0.0) for s in shares)
    axis = Axis(say("reached_axis", lang), "%")
    done = Series("reached", say("after", lang), tuple(shares), BLUE)
    left = Series("rest", say("missing", lang), rest, FAINT)
    caption = say("reached_caption", lang)
    return Bars("reached", say("reached", lang), axis, Axis(""), tuple(names), (done, left), lying=True, caption=caption)


def _largest(material: Material, lang: str) -> str:
    """`AI (4.8 trillion yen), ...`: the fields with most money."""
    fields = {p.id: p.field for p in material.instance.programmes}
    money: dict[str, Fraction] = {}
    for programme, amount in material.amounts.items():
        field = fields[programme]
        if field is not None:
            money[field] = money.get(field, ZERO) + amount
    names = {f.id: name_of(f, lang) for f in material.instance.fields}
    order = sorted(money, key=lambda f: (-money[f], f))[:LARGEST]
    joint = "、" if lang == "ja" else ", "
    return joint.join(f"{names[f]} {in_words(material.instance.header, money[f], lang)}" for f in order)
