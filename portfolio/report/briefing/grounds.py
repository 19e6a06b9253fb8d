"""What the plan rests on: assumptions and the share of judgement, method and certificate, sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Sentence, Table
from portfolio.report.briefing.material import Material
from portfolio.report.briefing.parts import Axis, Bars, Page, Series
from portfolio.report.briefing.phrases import say
from portfolio.report.content import knowledge_table
from portfolio.report.judgements import JudgementNames
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import NONE, in_words, percent, percent_up, significant
from portfolio.report.palette import KNOWN
from portfolio.report.texts import text
from portfolio.schema.catalogue import Source
from portfolio.schema.instance import content_hash
from portfolio.schema.quantity import Quantity

FIRST = 8
"""Judgements on the page."""
MOST_SOURCES = 16
"""Documents on the page."""
KINDS = ("document", "external", "judgement", "fact")
"""Order of sources: what can be looked up first, single quotes last."""
HASH = 12
"""Characters of a hash on a page; the notes and the workbook hold it in full."""


def assumptions_page(material: Material, lang: str) -> Page | None:
    """Share of judgement by criterion, and the widest judgements; None without either."""
    numbers = list(material.instance.quantities_in_use())
    judged = sum(q.kind == "judgement" for _, q in numbers)
    share = percent(Fraction(judged, len(numbers))) if numbers else "-"
    title = say("assumptions_page", lang, share=share, n=f"{len(numbers):,}")
    known = knowledge_table(material.effects, material.plan, lang) if material.solved else None
    figures = (_rests(material, lang),) if known is not None and known.rows else ()
    table = doubt_table(material, lang)
    # Names on the page; the paths are in the workbook.
    brief = replace(table, columns=table.columns[:-1], rows=tuple(row[:-1] for row in table.rows), most=FIRST, key="judgements_brief")
    return Page(
        "assumptions",
        title,
        (),
        figures,
        (brief,) if brief.rows else (),
        (*(known.notes if known is not None else ()), say("doubt_note", lang)),
    )


def _rests(material: Material, lang: str) -> Bars:
    criteria = material.instance.criteria
    shares = [(c, material.effects.knowledge(material.plan.choices, material.plan.synergies, c)) for c in criteria]
    kept = [(c, s) for c, s in shares if s]
    names = tuple(short(name_of(c, lang)) for c, _ in kept)
    series = tuple(
        Series(kind, text(kind, lang), tuple(float(s[kind] * 100) for _, s in kept), colour)
        for kind, colour in KNOWN.items()
        if any(s[kind] for _, s in kept)
    )
    return Bars("known", say("knowledge_fig", lang), Axis(say("share_axis", lang), "%"), Axis(""), names, series, lying=True)


def doubt_table(material: Material, lang: str) -> Table:
    """Judgements, widest reach first."""
    heads = (
        Column("judgement", say("judgement_col", lang), False),
        Column("numbers", say("numbers_col", lang)),
        Column("touches", say("touches", lang)),
        Column("reason", say("reason", lang), False),
        Column("path", say("path", lang), False),
    )
    rows, names = [], JudgementNames(material.instance, lang)
    for j in material.judged:
        reason = (j.reason_ja or j.reason) if lang == "ja" else (j.reason or j.reason_ja)
        name = names.of(j.label, [path for path, _ in j.members])
        count = Cell(f"{len(j.members):,}", len(j.members))
        rows.append((Cell(name), count, Cell(percent(j.widest), j.widest), Cell(clean(reason) or NONE), Cell(j.label)))
    return Table("judgements", say("doubt_table", lang), heads, tuple(rows))


def assumptions_table(material: Material, lang: str) -> Table:
    """Every number that a person wrote: path, value, range, unit, what it rests on, source, reason."""
    keys = (
        ("path", False),
        ("value", True),
        ("low", True),
        ("high", True),
        ("unit", False),
        ("kind", False),
        ("source", False),
        ("reason", False),
    )
    heads = tuple(Column(k, text(k, lang) if k in ("unit", "kind") else say(k, lang), numeric) for k, numeric in keys)
    rows = tuple(_assumption(path, q, lang) for path, q in material.instance.quantities_in_use())
    return Table("assumptions", say("assumptions_table", lang), heads, rows)


def _assumption(path: str, q: Quantity, lang: str) -> tuple[Cell, ...]:
    ends = [Cell(NONE) if e is None else Cell(significant(e, 6), e) for e in (q.low, q.high)]
    kind = text(q.kind or "unannotated", lang)
    note = clean(q.note.get(lang)) if q.note else ""
    return (
        Cell(path),
        Cell(significant(q.number, 6), q.number),
        *ends,
        Cell(clean(q.unit or "")),
        Cell(kind),
        Cell(", ".join(q.source)),
        Cell(note),
    )


def method_page(material: Material, lang: str) -> Page:
    """What was solved, what is claimed, how it was checked."""
    instance, result = material.instance, material.result
    counts = {"programmes": len(instance.programmes), "ways": len(instance.ways), "funds": len(instance.funds)}
    lines = [say("method_model", lang, model=clean(str(result.model.get("id", ""))), **counts)]
    lines.append(say("method_grid", lang, grid=in_words(instance.header, instance.header.grid, lang)))
    if material.solved:
        lines.append(say("method_bound", lang))
    if material.frontier is not None:
        lines.append(_frontier_line(material, lang))
    sentences = tuple(Sentence(f"method_{n}", line) for n, line in enumerate(lines))
    return Page("method", say("method_page", lang), sentences, (), (facts_table(material, lang),))


def _frontier_line(material: Material, lang: str) -> str:
    frontier = material.frontier
    assert frontier is not None
    said = {"status": say(f"status_{frontier.status}", lang), "n": len(frontier.points)}
    if frontier.certificate is None:
        return say("method_frontier_open", lang, **said)
    return say("method_frontier", lang, **said, epsilon=percent_up(frontier.certificate.certified))


def facts(material: Material, lang: str) -> dict[str, str]:
    """How the plan was made, as key -> text."""
    instance, result = material.instance, material.result
    rate = percent(instance.header.discount_rate.number, 1)
    said = {
        "instance": instance.header.id,
        "instance_hash": result.instance_hash,
        "model_hash": result.model_hash,
        "result_hash": plan_hash(material) if material.solved else "",
        "versions": ", ".join(f"{k} {v}" for k, v in sorted(result.versions.items())),
        "options_used": ", ".join(f"{k}={v}" for k, v in result.options.items() if v is not None),
        "price_basis": say(instance.header.price_basis, lang, rate=rate),
    }
    if result.audit is not None:
        said["audit"] = text("audited", lang, checks=f"{result.audit.checks:,}", violated=result.audit.violated)
    return {key: clean(value) for key, value in said.items() if value}


def plan_hash(material: Material) -> str:
    """SHA-256 of the plan's canonical JSON."""
    return content_hash(material.plan.model_dump(mode="json"))


def facts_table(material: Material, lang: str) -> Table:
    """The same as a table."""
    heads = (Column("fact", say("fact", lang), False), Column("value", say("value", lang), False))
    rows = tuple((Cell(say(k, lang)), Cell(v)) for k, v in facts(material, lang).items())
    return Table("facts", say("facts_table", lang), heads, rows)


def sources_page(material: Material, lang: str) -> Page | None:
    """Documents with how many numbers cite each."""
    table = sources_table(material, lang)
    if not table.rows:
        return None
    kinds = Counter(s.kind for s in material.instance.sources)
    line = Sentence("sources", say("sources_counts", lang, documents=kinds["document"], facts=kinds["fact"]))
    columns, kept = (0, 1, 2, 5), [r for r, s in zip(table.rows, _sources(material), strict=True) if s[0].kind != "fact"]
    brief = Table(
        table.key + "_brief",
        table.title,
        tuple(table.columns[i] for i in columns),
        tuple(tuple(r[i] for i in columns) for r in kept),
        most=MOST_SOURCES,
    )
    return Page("sources", say("sources_page", lang), (line,), (), (brief,))


def documents_of(material: Material) -> dict[str, Source]:
    """What a fact may name as its document, the id or the file, -> that document."""
    found = [s for s in material.instance.sources if s.kind == "document"]
    return {name: s for s in found for name in (s.id, s.document) if name}


def _sources(material: Material) -> list[tuple[Source, int]]:
    cited = Counter(s for _, q in material.instance.quantities_in_use() for s in q.source)
    documents = documents_of(material)
    by_document: Counter[str] = Counter()
    for s in material.instance.sources:
        if s.kind == "fact" and s.document in documents:
            by_document[documents[s.document].id] += cited[s.id]
    listed = [(s, cited[s.id] + by_document[s.id]) for s in material.instance.sources]
    return sorted(listed, key=lambda e: (KINDS.index(e[0].kind), -e[1], e[0].id))


def sources_table(material: Material, lang: str) -> Table:
    """Every source: id, kind, title, line, quote, how many numbers cite it (documents: their facts included)."""
    heads = (
        Column("id", "id", False),
        Column("kind", text("kind", lang), False),
        Column("title", say("title_col", lang), False),
        Column("line", say("line", lang)),
        Column("quote", say("quote", lang), False),
        Column("uses", say("uses", lang)),
    )
    rows = []
    for s, n in _sources(material):
        title = clean(s.title.get(lang)) or clean(s.document or "") or NONE
        line = Cell(NONE) if s.line is None else Cell(str(s.line), s.line)
        rows.append(
            (Cell(s.id), Cell(say(f"kind_{s.kind}", lang)), Cell(title), line, Cell(clean(s.quote or s.url or "")), Cell(str(n), n))
        )
    return Table("sources", say("sources_table", lang), heads, tuple(rows))
