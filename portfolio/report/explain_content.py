"""What an explanation of one programme, or of all, says: sentences with their bounds, tables, a waterfall. It neither solves nor decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.break_even_text import break_even_sentences
from portfolio.report.conflict_content import conflict_sentences
from portfolio.report.content import criterion_unit
from portfolio.report.explain_texts import phrase
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import NONE, Unit, in_words, money_unit, placed, significant
from portfolio.report.texts import text
from portfolio.report.waterfall import waterfall
from portfolio.results import Result
from portfolio.results.explanation import Hindrance, Move, Presence, Shift
from portfolio.schema.criterion import Criterion
from portfolio.schema.instance import Instance

MOST_NAMES = 5
"""Programmes named in a sentence; the rest are counted."""
ZERO = Fraction(0)


class Words:
    """Names and numbers of one result in one language."""

    def __init__(self, instance: Instance, result: Result, lang: str) -> None:
        self.instance, self.result, self.lang = instance, result, lang
        self.names = {p.id: name_of(p, lang) for p in instance.programmes}
        self.funds = {f.id: short(name_of(f, lang)) for f in instance.funds}
        self.criteria = {c.id: short(name_of(c, lang)) for c in instance.criteria}
        grid = instance.header.grid
        spent = grid * sum(p.amount for c in result.plan.choices for p in c.payments) if result.plan else ZERO
        self.unit = money_unit(instance.header, spent, lang)
        self.joint = "、" if lang == "ja" else ", "

    def say(self, key: str, **params: object) -> str:
        """A phrase."""
        return phrase(key, self.lang, **params)

    def listed(self, names: Sequence[str]) -> str:
        """So many names, and how many more."""
        said = self.joint.join(self.names.get(n, n) for n in names[:MOST_NAMES])
        return said + (self.say("more", n=len(names) - MOST_NAMES) if len(names) > MOST_NAMES else "")

    def money(self, units: int) -> str:
        """Grid units in words."""
        return in_words(self.instance.header, self.instance.header.grid * units, self.lang)

    def amount(self, value: Fraction) -> str:
        """An amount of the instance's unit in words."""
        return in_words(self.instance.header, value, self.lang)

    def score(self, of: str, value: Fraction, up: bool) -> str:
        """A minimised value as the reader counts: the score of an aim, a criterion in its unit; rounded so that no gap looks smaller."""
        if of == "aim":
            scaled = (1 - value) * 10**4
            return placed(ceil(scaled) if up else floor(scaled), 4)
        return self.natural(of, -value if self.criterion(of).sense == "max" else value)

    def natural(self, of: str, value: Fraction) -> str:
        """A criterion's natural value in its unit."""
        unit = self.unit_of(of)
        return f"{significant(value * unit.factor, 5)} {clean(unit.label)}".strip()

    def criterion(self, of: str) -> Criterion:
        """The criterion of that id."""
        return next(c for c in self.instance.criteria if c.id == of)

    def unit_of(self, of: str) -> Unit:
        """The unit that a single criterion is counted in: that of the reported plan's value."""
        size = abs(self.result.plan.criteria[of]) if self.result.plan else ZERO
        return criterion_unit(self.instance, self.criterion(of), size, self.lang)

    def scale(self, of: str) -> str:
        """What intervals in tables are counted in."""
        if of == "aim":
            return self.say("in_points")
        return self.joint.join(part for part in (self.criteria[of], clean(self.unit_of(of).label)) if part)

    def span(self, of: str, low: Fraction | None, high: Fraction | None) -> str:
        """An interval of the aim in points of 100 (a criterion: its own unit), rounded outwards."""
        if high is None:
            return NONE
        if of == "aim":
            ends = [placed(floor((low or ZERO) * 10**4), 2), placed(ceil(high * 10**4), 2)]
        else:
            factor = self.unit_of(of).factor
            ends = [significant((low or ZERO) * factor), significant(high * factor)]
        return ends[0] if ends[0] == ends[1] else "–".join(ends)

    def loss(self, of: str, low: Fraction | None, high: Fraction | None) -> str:
        """An interval, its ends rounded outwards."""
        if high is None:
            return NONE
        if of == "aim":
            ends = [outward(low or ZERO, False), outward(high, True)]
            key = "exactly" if ends[0] == ends[1] else "between" if low else "at_most"
            return self.say(key, low=ends[0], high=ends[1])
        unit = self.unit_of(of)
        ends = [significant((low or ZERO) * unit.factor), significant(high * unit.factor)]
        key = "exactly_unit" if ends[0] == ends[1] else "between_unit" if low else "at_most_unit"
        return self.say(key, low=ends[0], high=ends[1], unit=clean(unit.label)).strip()


def with_saved(content: Content, saved: str | None, lang: str) -> Content:
    """Told where it was saved."""
    return content if saved is None else replace(content, tail=(*content.tail, Sentence("saved", text("saved", lang, path=clean(saved)))))


def outward(share: Fraction, up: bool) -> str:
    """A share in per cent with two decimals, rounded away from the middle of its interval."""
    units = share * 10**4
    return f"{placed(ceil(units) if up else floor(units), 2)} %"


def presence_content(instance: Instance, result: Result, answer: Presence, lang: str) -> Content:
    """One programme in full: a paragraph, tables of what moves, the waterfall of the score."""
    words = Words(instance, result, lang)
    head = [Sentence("title", words.say(answer.topic, name=words.names[answer.programme]), "head")]
    head += _verdict(words, answer)
    head += _held(words, answer)
    head += _exchange(words, answer)
    head += [Sentence(f"hindrance_{n}", _hindrance(words, h)) for n, h in enumerate(answer.hindrances)]
    if answer.dominated:
        head.append(Sentence("dominated", words.say("dominated", names=words.listed(answer.dominated))))
    head += break_even_sentences(words, answer)
    head += _nearness(words, answer)
    if answer.conflict is not None:
        head.append(Sentence("conflict", words.say("for_insisting", name=words.names[answer.programme]), "bad"))
        head += conflict_sentences(instance, answer.conflict, lang)
    tables = [criteria_table(words, answer.shift), moves_table(words, answer.shift), funds_table(words, answer.shift)]
    if answer.value is not None and answer.of == "aim":
        tables.append(waterfall(instance, result, answer.shift.criteria, lang))
    notes = (Sentence("score_note", words.say("score_note")),) if answer.of == "aim" else ()
    return Content(tuple(head), tuple(t for t in tables if t is not None and t.rows), notes)


def _verdict(words: Words, answer: Presence) -> Iterator[Sentence]:
    why_not = answer.topic == "why_not"
    if answer.status == "infeasible":
        key = ("cannot" if why_not else "cannot_without") + ("_held" if answer.held else "")
        yield Sentence("verdict", words.say(key, held=_limits(words, answer)), "bad")
        return
    claim = next((c for c in words.result.claims if c.of == answer.of), words.result.claims[-1])
    natural = -1 if answer.of != "aim" and words.criterion(answer.of).sense == "max" else 1
    base, top = natural * claim.value, natural * claim.bound
    if answer.value is not None and answer.bound is not None:
        said = words.say(
            "with_plan" if why_not else "without_plan",
            value=words.score(answer.of, answer.value, False),
            bound=words.score(answer.of, answer.bound, True),
            base=words.score(answer.of, base, False),
            top=words.score(answer.of, top, True),
        )
        yield Sentence("verdict", said)
    loss = words.loss(answer.of, answer.loss.low, answer.loss.high)
    if loss != NONE:
        yield Sentence("loss", words.say("loss_with" if why_not else "loss_without", loss=loss), "head")
    if answer.loss.low is not None and answer.loss.low == 0 and answer.value is not None:
        better = answer.value < base
        yield Sentence("tie", words.say("better" if better else "tie"))
    if answer.status != "proven":
        yield Sentence("limit", words.say("not_settled"), "bad")


def _held(words: Words, answer: Presence) -> Iterator[Sentence]:
    """Under which limits the comparison stands, where the aim ranks criteria or has floors."""
    if answer.held and answer.status != "infeasible":
        yield Sentence("held", words.say("held", of=words.criteria.get(answer.of, words.say("the_aim")), held=_limits(words, answer)))
    if answer.note == "ranked":
        yield Sentence("ranked", words.say("ranked", of=words.criteria.get(answer.of, "")))


def _limits(words: Words, answer: Presence) -> str:
    return words.joint.join(f"{words.criteria[c]} {words.natural(c, v)}" for c, v in answer.held.items())


def _exchange(words: Words, answer: Presence) -> Iterator[Sentence]:
    if answer.plan is None:
        return
    out = [m for m in answer.shift.moves if m.after is None and m.programme != answer.programme]
    new = [m for m in answer.shift.moves if m.before is None and m.programme != answer.programme]
    why_not = answer.topic == "why_not"
    first, second = (out, new) if why_not else (new, out)
    keys = ("displaces", "no_displaced", "brings_in") if why_not else ("takes_place", "nothing_new", "also_leave")
    if first:
        total = sum(m.money_before + m.money_after for m in first)
        yield Sentence("exchange", words.say(keys[0], names=words.listed([m.programme for m in first]), money=words.money(total)))
    else:
        yield Sentence("exchange", words.say(keys[1]))
    if second:
        yield Sentence("company", words.say(keys[2], names=words.listed([m.programme for m in second])))


def _hindrance(words: Words, h: Hindrance) -> str:
    rule = rule_name(words.instance, h.place, words.lang)
    if h.kind in ("requires", "excludes"):
        return words.say(f"hint_{h.kind}", rule=rule, others=words.joint.join(_member(words, o) for o in h.others))
    if h.kind == "no_money":
        others = words.joint.join(words.funds.get(o, o) for o in h.others)
        ends = {key: words.amount(v or ZERO) for key, v in (("used", h.used), ("limit", h.limit), ("short", h.short))}
        return words.say("hint_no_money", others=others, **ends)
    show = words.amount if h.money else significant
    ends = {key: NONE if v is None else show(v) for key, v in (("used", h.used), ("limit", h.limit))}
    listed = words.joint.join(h.others)
    years = "" if not listed else f"（{listed}）" if words.lang == "ja" else f" ({listed})"
    return words.say(f"hint_{h.kind}", rule=rule, years=years, **ends)


def _member(words: Words, member: str) -> str:
    programme, _, option = (part.strip() for part in member.partition(","))
    return words.names.get(programme, programme) + (f" ({option})" if option else "")


def rule_name(instance: Instance, place: str, lang: str) -> str:
    """The name of what a path points at."""
    collection, _, rest = place.partition(".")
    identity = rest.split(".")[0]
    entry = next((e for e in getattr(instance, collection, ()) if getattr(e, "id", None) == identity), None)
    return place if entry is None else clean(entry.name.get(lang)) or identity


def _nearness(words: Words, answer: Presence) -> Iterator[Sentence]:
    if answer.within and answer.status != "infeasible":
        said = words.joint.join(
            words.say("within_one", share=share.replace("%", " %"), answer=words.say(found)) for share, found in answer.within.items()
        )
        yield Sentence("within", words.say("within", answers=said))
    if answer.frontier is not None:
        key = "on_frontier" if answer.frontier else "off_frontier"
        yield Sentence(
            "frontier",
            words.say(key, n=len(answer.frontier), all=answer.frontier_size, names=words.joint.join(answer.frontier[:MOST_NAMES])),
        )


# -- tables ------------------------------------------------------------------------------------------------------------
def criteria_table(words: Words, shift: Shift, before: Mapping[str, Fraction] | None = None) -> Table | None:
    """Criteria of the reported plan, of the other, and the difference."""
    base = before if before is not None else words.result.plan.criteria if words.result.plan else None
    if base is None or not shift.criteria:
        return None
    keys = ("criterion", "reported", "other_plan", "change", "unit")
    columns = tuple(Column(k, words.say(k), k not in ("criterion", "unit")) for k in keys)
    rows = []
    for c in words.instance.criteria:
        if c.id not in shift.criteria:
            continue
        old, change = base[c.id], shift.criteria[c.id]
        unit = criterion_unit(words.instance, c, max(abs(old), abs(old + change)), words.lang)
        numbers = [Cell(significant(v * unit.factor), v) for v in (old, old + change, change)]
        rows.append((Cell(name_of(c, words.lang)), *numbers, Cell(clean(unit.label) or NONE)))
    return Table("criteria", words.say("criteria_moved"), columns, tuple(rows))


def moves_table(words: Words, shift: Shift) -> Table | None:
    """Programmes that come, go or change."""
    columns = (
        Column("programme", words.say("programme"), False),
        Column("before", words.say("before")),
        Column("after", words.say("after")),
        Column("change", words.say("change")),
    )
    grid = words.instance.header.grid

    def cell(units: int, there: bool = True) -> Cell:
        return Cell(words.unit.text(grid * units) if there else NONE, grid * units)

    def row(m: Move) -> tuple[Cell, ...]:
        there = (m.before is not None, m.after is not None)
        return (
            Cell(words.names.get(m.programme, m.programme)),
            cell(m.money_before, there[0]),
            cell(m.money_after, there[1]),
            cell(m.money_after - m.money_before),
        )

    return Table(
        "moves", words.say("moves", unit=words.unit.label), columns, tuple(row(m) for m in shift.moves if _shows(words, m)), most=15
    )


def _shows(words: Words, m: Move) -> bool:
    """Does the table show that it moves? Not where the difference is below what is printed."""
    return m.before is None or m.after is None or m.before != m.after or _printed(words, m.money_after - m.money_before)


def _printed(words: Words, units: int) -> bool:
    return words.unit.units(words.instance.header.grid * abs(units)) >= Fraction(1, 2)


def funds_table(words: Words, shift: Shift) -> Table | None:
    """Money by fund, more or less."""
    columns = (Column("fund", words.say("fund"), False), Column("change", words.say("change")))
    grid = words.instance.header.grid
    order = sorted((pair for pair in shift.funds.items() if _printed(words, pair[1])), key=lambda pair: (-abs(pair[1]), pair[0]))
    rows = tuple((Cell(words.funds.get(k, k)), Cell(words.unit.text(grid * v), grid * v)) for k, v in order)
    return Table("funds", words.say("funds_moved", unit=words.unit.label), columns, rows, most=12)
