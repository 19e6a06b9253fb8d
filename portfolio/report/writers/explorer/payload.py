"""All that the page knows, as one JSON value: names, units, plans and pages in both languages. Shapes are described where they are made."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from portfolio.report.briefing import Briefing, Material
from portfolio.report.briefing.choice import scatter
from portfolio.report.briefing.core import shares
from portfolio.report.briefing.parts import Page
from portfolio.report.briefing.phrases import say
from portfolio.report.briefing.shape import knee, neighbours
from portfolio.report.content import brought, way_name
from portfolio.report.effects import unfunded, weights_of
from portfolio.report.explain_content import presence_content
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import percent, significant
from portfolio.report.palette import CHOSEN, FAINT, GAIN, GREY, INK, KNEE, LOSS, NEIGHBOUR, PINK, SERIES, on, ramp
from portfolio.report.texts import text
from portfolio.report.writers.explorer.coded import Json, Strings, coded_figure, coded_page, coded_sentences, coded_table
from portfolio.report.writers.explorer.plans import LANGS, Coder, chosen_id, listed
from portfolio.report.writers.explorer.words import words

FORMAT, VERSION = "portfolio-explorer", 1
STEPS = 64
"""Colours of the ramp."""
GROUNDS = ("answer", "conflict", "exchange", "why_not", "core", "robustness", "stairs", "assumptions", "method", "sources")
"""Pages of the briefing that the page shows as they are."""
EXPLAINED = "explain_"
"""Begins the keys of tables that answer other questions to `explain`."""
STATUS = ("claim", "status")
SAID = ("plan", "funded_n", "core_share", "probability", "before", "scenario", "need", "need_weight", "core_note", "coverage_axis", "loss_axis",
        "knee", "neighbour", "efficient")  # fmt: skip
TEXTS = ("criterion", "best_alone", "given_up", "unit", "best_note", "programme", "option", "scale", "payers", "field", "public_cost", "no_field",
         "no_archetype", "round_note")  # fmt: skip
"""Words of the briefing and of the terminal's report that the page uses too."""


def payload(material: Material, said: dict[str, Briefing], lang: str) -> dict[str, Json]:
    """said: the briefing in both languages · lang: the one shown first."""
    instance = material.instance
    strings = {name: Strings() for name in LANGS}
    if not material.solved:
        return _unsolved(said, strings, lang)
    plans = listed(material)
    coder = Coder(material, strings)
    coded = [coder.coded(p) for p in plans]
    places = {p.id: n for n, p in enumerate(plans)}
    frontier = material.frontier if material.frontier is not None and material.frontier.points else None
    own = chosen_id(material, plans)
    return {
        "format": FORMAT,
        "version": VERSION,
        "lang": lang,
        "id": instance.header.id,
        "look": _look(),
        "criteria": [_criterion(material, n) for n in range(len(instance.criteria))],
        "fields": [f.id for f in instance.fields],
        "archetypes": [a.id for a in instance.archetypes],
        "funds": [f.id for f in instance.funds],
        "programmes": [[p.id, coder.fields[p.field], coder.archetypes[p.archetype]] for p in instance.programmes],
        "grid": float(instance.header.grid),
        "chosen": places[own],
        "knee": places[knee(frontier)] if frontier is not None else None,
        "near": [places[p] for p in neighbours(frontier, material.plan)] if frontier is not None else [],
        "frontier": frontier is not None,
        "solved": not material.from_frontier,
        "plans": coded,
        "ways": coder.ways,
        "payers": coder.payers,
        "text": {name: _text(material, said[name], coder, name) for name in LANGS},
        "strings": {name: strings[name].texts for name in LANGS},
    }


def _unsolved(said: dict[str, Briefing], strings: dict[str, Strings], lang: str) -> dict[str, Json]:
    """Without a plan there are pages alone."""
    none = ("criteria", "fields", "archetypes", "funds", "programmes", "near", "plans", "ways", "payers")
    text = {name: {**_head(said[name], name), "pages": _pages(said[name], strings[name], name)} for name in LANGS}
    known: dict[str, Json] = {
        "format": FORMAT,
        "version": VERSION,
        "lang": lang,
        "look": _look(),
        "frontier": False,
        "solved": False,
    }
    empty: dict[str, Json] = {name: [] for name in none}
    return {**known, **empty, "chosen": 0, "knee": None, "text": text, "strings": {name: strings[name].texts for name in LANGS}}


def _head(said: Briefing, lang: str) -> dict[str, Json]:
    """Titles and the words of the page itself."""
    ui = {**words(lang), **{key: text(key, lang) for key in TEXTS}, **{key: say(key, lang) for key in SAID}}
    facts = [[say(key, lang), value] for key, value in said.facts.items()]
    return {"title": said.title, "subtitle": said.subtitle, "run": said.run, "facts": facts, "ui": ui}


def _pages(said: Briefing, strings: Strings, lang: str) -> dict[str, Json]:
    """Pages as they are; figures that no page shows stand with the reasons, tables of other answers on a page of their own."""
    pages = {p.key: p for p in said.pages}
    found: dict[str, Json] = {}
    for key in GROUNDS:
        if key in pages:
            page = pages[key] if key != "why_not" else replace(pages[key], figures=(*pages[key].figures, *said.gallery))
            found[key] = coded_page(page, strings)
    others = tuple(t for t in said.extra if t.key.startswith(EXPLAINED))
    if others:
        found["others"] = coded_page(Page("others", words(lang)["other_answers"], tables=others), strings)
    return found


def _look() -> Json:
    """Colours of palette.py; the ramp as [fill, ink] from least to most."""
    fills = [ramp(n / STEPS) for n in range(STEPS + 1)]
    return {
        "series": list(SERIES),
        "others": GREY,
        "faint": FAINT,
        "ink": INK,
        "chosen": CHOSEN,
        "knee": KNEE,
        "neighbour": NEIGHBOUR,
        "other": PINK,
        "gain": GAIN,
        "loss": LOSS,
        "ramp": [[fill, on(fill)] for fill in fills],
    }


def _criterion(material: Material, n: int) -> Json:
    """Sense and range in instance units; factor: to the unit that each language prints."""
    criterion = material.instance.criteria[n]
    span = material.result.ranges.get(criterion.id)
    return {
        "id": criterion.id,
        "sense": criterion.sense,
        "best": None if span is None else float(span.best),
        "worst": None if span is None else float(span.worst),
        "factor": {lang: float(material.units(lang)[criterion.id].factor) for lang in LANGS},
    }


def _text(material: Material, said: Briefing, coder: Coder, lang: str) -> Json:
    instance, strings = material.instance, coder.strings[lang]
    units, unit = material.units(lang), coder.units[lang]
    pages = {p.key: p for p in said.pages}
    claims = [s for s in pages["answer"].sentences if s.key.startswith(STATUS)]
    funded_notes = pages["funded"].footnotes if "funded" in pages else ()
    return {
        **_head(said, lang),
        "answer": say("answer", lang, money="{money}", n="{n}", all=len(instance.programmes)),
        "answer_chosen": pages["answer"].title,
        "question": next((s.text for s in pages["answer"].sentences if s.key == "question"), ""),
        "aim": next((s.text for s in pages["answer"].sentences if s.key == "aim"), ""),
        "claims": coded_sentences(claims),
        "point": _point(material, lang),
        "why_knee": say("why_knee", lang),
        "frontier": coded_sentences(pages["frontier"].sentences) if "frontier" in pages else [],
        "frontier_title": pages["frontier"].title if "frontier" in pages else "",
        "notices": [clean(n) for n in material.result.notices],
        "funded_notes": list(funded_notes),
        "criteria": [short(name_of(c, lang)) for c in instance.criteria],
        "criteria_full": [name_of(c, lang) for c in instance.criteria],
        "units": [clean(units[c.id].label) for c in instance.criteria],
        "best": [_best(material, c.id, lang) for c in instance.criteria],
        "fields": [name_of(f, lang) for f in instance.fields],
        "archetypes": [name_of(a, lang) for a in instance.archetypes],
        "funds": [short(name_of(f, lang)) for f in instance.funds],
        "programmes": [name_of(p, lang) for p in instance.programmes],
        "money": {"label": unit.label, "factor": float(unit.factor), "decimals": unit.decimals},
        "public_money": say("public_money", lang, unit=unit.label),
        "matrix": text("matrix" if instance.archetypes else "matrix_flat", lang, unit=unit.label),
        "amount_in": f"{text('amount', lang)} ({unit.label})",
        "loss": coder.losses[lang].label,
        "scenarios": _scenarios(material, coder, lang),
        "needs": [[short(name_of(n, lang)), f"{float(n.weight.number):g}"] for n in coder.needs],
        "pairs": _pairs(material, lang),
        "shares": _shares(material),
        "left": _left(material, coder, lang),
        "pages": _pages(said, strings, lang),
        "why": _why(material, coder, lang),
    }


def _point(material: Material, lang: str) -> str:
    """What is proven of a plan of the frontier."""
    if material.frontier is None or material.frontier.certificate is None:
        return "{point}: " + say("no_certificate", lang)
    return say("from_frontier", lang, point="{point}", why="{why}")


def _best(material: Material, criterion: str, lang: str) -> str:
    """Best bound in the printed unit."""
    span = material.result.ranges.get(criterion)
    return "" if span is None else significant(span.best * material.units(lang)[criterion].factor)


def _scenarios(material: Material, coder: Coder, lang: str) -> Json:
    """Name, probability, loss with nothing funded; the last is the expectation."""
    losses, unit = material.nothing.losses, coder.losses[lang]
    rows = [
        [short(name_of(s, lang)), percent(s.probability.number, 1), unit.text(losses.get(s.id, Fraction(0)))]
        for s in material.instance.scenarios
    ]
    return [*rows, [say("expected", lang), "", unit.text(coder.expected(losses))]]


def _pairs(material: Material, lang: str) -> Json:
    """`i,j` -> titles, axes, caption, and of the groups those that are no plans: the certified bound and the ideal point."""
    frontier = material.frontier
    if frontier is None or not frontier.points:
        return {}
    found: dict[str, Json] = {}
    for (i, x), (j, y) in combinations(enumerate(material.instance.criteria), 2):
        figure = scatter(material, frontier, x, y, lang)
        coded = coded_figure(figure)
        assert isinstance(coded, dict)
        coded["groups"] = [g for g in coded["groups"] if g["key"] in ("band", "ideal")]
        found[f"{i},{j}"] = coded
    return found


def _shares(material: Material) -> Json:
    """How many of the frontier's plans fund each programme: [count, share]."""
    found = shares(material)
    if found is None:
        return [[0, ""] for _ in material.instance.programmes]
    return [[found.taken[p], percent(Fraction(found.taken[p], found.n))] for p in found.programmes]


def _left(material: Material, coder: Coder, lang: str) -> Json:
    """Of each programme the way with most gain per public money: option, public cost, what it brings; place: its rank, 0 first."""
    effects, strings, unit, units = material.effects, coder.strings[lang], coder.units[lang], coder.criteria[lang]
    nothing = material.result.model_copy(update={"plan": None})
    found: list[Json] = [None] * len(coder.programmes)
    for place, r in enumerate(unfunded(effects, nothing, weights_of(material.aim, material.instance))):
        public = r.way.public_cost * r.way.units
        told = (way_name(effects, r.programme, r.way.option, r.way.start, lang), unit.text(public))
        brings = (brought(r.brings[c.id], units[c.id]).text for c in material.instance.criteria)
        found[coder.programmes[r.programme]] = [place, *(strings(t) for t in (*told, *brings))]
    return found


def _why(material: Material, coder: Coder, lang: str) -> Json:
    """Programme -> what `explain` found about it for the result's plan."""
    if material.explanation is None or material.from_frontier:
        return {}
    found: dict[str, Json] = {}
    for programme, answer in material.explanation.presences().items():
        content = presence_content(material.instance, material.result, answer, lang)
        found[str(coder.programmes[programme])] = {
            "head": coded_sentences(content.head),
            "tables": [coded_table(t, coder.strings[lang]) for t in content.tables],
            "tail": coded_sentences(content.tail),
        }
    return found
