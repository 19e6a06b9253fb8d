"""All unfunded programmes in one table: what each would cost, displace and need."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.break_even_text import size_of
from portfolio.report.explain_content import Words, rule_name
from portfolio.report.naming import clean
from portfolio.report.numbers import NONE, significant
from portfolio.results import Result
from portfolio.results.explanation import Presence
from portfolio.schema.instance import Instance

ZERO = Fraction(0)


def bulk_content(
    instance: Instance, result: Result, answers: Sequence[Presence], asked: int, reused: tuple[int, str], lang: str
) -> Content:
    """reused: (answers that came from the store, its path). Cheapest to fund first."""
    words = Words(instance, result, lang)
    keys = ("programme", "loss", "break_even", "nearness", "displaced", "reason")
    counted = {a.of for a in answers} or {"aim"}
    scale = words.scale(counted.pop()) if len(counted) == 1 else words.say("own_units")
    columns = tuple(Column(k, words.say(k), k in ("loss", "break_even")) for k in keys)
    order = sorted(answers, key=lambda a: (a.loss.high is None, a.loss.high or ZERO, a.programme))
    rows = tuple(_row(words, a) for a in order)
    head = [Sentence("title", words.say("bulk", n=asked), "head")]
    if len(answers) < asked:
        head.append(Sentence("unfinished", words.say("unfinished", n=len(answers), all=asked), "bad"))
    tail = [Sentence("reused", words.say("reused", n=reused[0], path=clean(reused[1])))] if reused[0] else []
    return Content(tuple(head), (Table("unfunded", "", columns, rows, notes=(words.say("bulk_note", scale=scale),)),), tuple(tail))


def _row(words: Words, a: Presence) -> tuple[Cell, ...]:
    name = Cell(words.names[a.programme])
    if a.status == "infeasible":
        return (name, Cell(NONE), Cell(NONE), Cell(NONE), Cell(words.say("cannot")), Cell(_reason(words, a)))
    out = [m.programme for m in a.shift.moves if m.after is None]
    near = next((share for share, found in a.within.items() if found == "yes"), None)
    nearness = NONE if near is None else near.replace("%", " %")
    displaced = Cell(words.listed(out) if out else NONE)
    return (
        name,
        Cell(words.span(a.of, a.loss.low, a.loss.high), a.loss.high),
        Cell(_even(words, a)),
        Cell(nearness),
        displaced,
        Cell(_reason(words, a)),
    )


def _even(words: Words, a: Presence) -> str:
    """Proven not to be enough - enough, as factors on its effects."""
    for b in a.break_evens:
        if b.kind == "effect":
            below = "" if b.out is None else size_of(words, b, b.out, False)
            if b.enough is None:
                return f"> {significant(b.out)}" if b.out is not None else NONE
            return size_of(words, b, b.enough, True) if b.enough == b.today else f"{below or '?'}–{size_of(words, b, b.enough, True)}"
    return NONE


def _reason(words: Words, a: Presence) -> str:
    if not a.hindrances:
        return words.names.get(a.dominated[0], NONE) if a.dominated else NONE
    first = a.hindrances[0]
    if first.kind == "no_money":
        return words.joint.join(words.funds.get(o, o) for o in first.others)
    return rule_name(words.instance, first.place, words.lang)
