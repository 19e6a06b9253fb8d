"""Prices, alternatives, core index, price of stability, comparison: each a table with its bounds and a sentence or two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.conflict_content import rule_words
from portfolio.report.explain_content import Words, criteria_table, funds_table, moves_table, rule_name
from portfolio.report.naming import clean
from portfolio.report.numbers import NONE, percent, placed, significant
from portfolio.report.waterfall import waterfall
from portfolio.results import Result
from portfolio.results.explanation import Alternatives, Comparison, Core, Price, RuleChange, Stability
from portfolio.schema.instance import Instance

ZERO = Fraction(0)
MOST_PLACES = 5


def _columns(words: Words, left: Sequence[str], keys: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(k, words.say(k), k not in left) for k in keys)


def prices_content(instance: Instance, result: Result, of: str, prices: Sequence[Price], lang: str) -> Content:
    """Most valuable first: value of more, of less, and the dual inside the fixed set, side by side."""
    words = Words(instance, result, lang)
    columns = _columns(words, ("limit", "why_nothing"), ("limit", "step_size", "gain", "pain", "dual", "why_nothing"))
    rows = []
    for p in sorted(prices, key=lambda p: (-(p.more.low or ZERO), -(p.more.high or ZERO), p.place)):
        change = RuleChange(place=p.place, kind={"fund": "budget"}.get(p.kind, p.kind), amount=p.step)
        step = words.unit.text(p.step) if p.money else significant(p.step)
        per = words.unit.factor if p.money else Fraction(1)
        dual = NONE if p.dual is None else significant((100 if of == "aim" else words.unit_of(of).factor) * p.dual / per, 3)
        rows.append(
            (
                Cell(rule_words(instance, change, lang)),
                Cell(step, p.step),
                Cell(words.span(of, p.more.low, p.more.high), p.more.high),
                Cell(NONE) if p.less is None else Cell(words.span(of, p.less.low, p.less.high), p.less.high),
                Cell(dual, p.dual),
                Cell(words.say(f"reason_{p.reason}") or NONE),
            )
        )
    title = words.say("prices", scale=words.scale(of)) + (f" · {words.unit.label}" if any(p.money for p in prices) else "")
    return Content((Sentence("title", title, "head"),), (Table("prices", "", columns, tuple(rows), notes=(words.say("price_note"),)),))


def alternatives_content(instance: Instance, result: Result, of: str, found: Alternatives, lang: str) -> Content:
    """Every plan with its score, how far it lies from those before, and what it does otherwise than the reported one."""
    words = Words(instance, result, lang)
    columns = _columns(words, ("alt_in", "alt_out"), ("alt_row", "score", "alt_distance", "alt_bound", "alt_in", "alt_out"))
    base = {c.programme for c in found.variants[0].plan.choices}
    rows = []
    for n, v in enumerate(found.variants):
        held = {c.programme for c in v.plan.choices}
        ins, outs = ([p.id for p in instance.programmes if p.id in some] for some in (held - base, base - held))
        far = (Cell(str(v.distance), v.distance), Cell(str(v.bound), v.bound)) if n else (Cell(NONE), Cell(NONE))
        score = Cell(words.score(of, v.value, False), v.value)
        rows.append((Cell(str(n + 1)), score, *far, Cell(words.listed(ins) if ins else NONE), Cell(words.listed(outs) if outs else NONE)))
    head = [Sentence("title", words.say("alternatives", n=len(found.variants), share=percent(found.within, 1)), "head")]
    rest = len(instance.programmes) - len(found.shared) - len(found.never)
    head.append(Sentence("shared", words.say("alt_shared", n=len(found.shared), m=len(found.never), k=rest)))
    if not found.complete:
        head.append(Sentence("limit", words.say("alt_fewer"), "bad"))
    elif found.exhausted:
        head.append(Sentence("exhausted", words.say("alt_none"), "good"))
    return Content(tuple(head), (Table("alternatives", "", columns, tuple(rows), notes=(words.say("alt_note"),)),))


def core_content(instance: Instance, result: Result, found: Core, lang: str) -> Content:
    """Core, borderline and exterior programmes, with the index."""
    words = Words(instance, result, lang)
    by = {s: [e for e in found.entries if e.status == s] for s in ("core", "borderline", "exterior", "open")}
    keys = {"core": "core", "borderline": "borderline", "exterior": "exterior", "open": "open_status"}
    slack = percent(found.slack, 2)
    head = [Sentence("title", words.say("core_title"), "head")]
    for status, entries in by.items():
        if entries:
            named = words.listed([e.programme for e in entries])
            head.append(Sentence(status, words.say(keys[status], n=len(entries), names=named, slack=slack)))
    corners = "; ".join(words.joint.join(f"{words.criteria[c]} {percent(w, 1)}" for c, w in v.items()) for v in found.vertices)
    head.append(Sentence("weights", words.say("core_weights", corners=corners)))
    columns = _columns(words, ("programme", "status"), ("programme", "index", "status"))
    order = sorted(found.entries, key=lambda e: (-e.share, e.programme))
    rows = tuple((Cell(words.names[e.programme]), Cell(percent(e.share), e.share), Cell(words.say(f"status_{e.status}"))) for e in order)
    return Content(tuple(head), (Table("core", words.say("core_table", plans=found.plans), columns, rows, most=40),))


def stability_content(instance: Instance, result: Result, of: str, found: Stability, lang: str) -> Content:
    """The curve, nearest plan first, and what the last plan breaks now."""
    words = Words(instance, result, lang)
    columns = tuple(
        Column(k, words.say(k, unit=words.unit.label)) for k in ("changed", "price", "score", "bound", "programmes_changed", "money_moved")
    )
    grid = instance.header.grid
    rows = []
    for p in found.points:
        limit = words.say("free") if p.changed is None and p.price is None else NONE if p.changed is None else str(p.changed)
        price = NONE if p.price is None else significant(p.price)
        if p.value is None:
            rows.append((Cell(limit), Cell(price), Cell(words.say("infeasible_short")), Cell(NONE), Cell(NONE), Cell(NONE)))
            continue
        bound = Cell(NONE) if p.bound is None else Cell(words.score(of, p.bound, True), p.bound)
        moved = Cell(words.unit.text(grid * p.money_moved), grid * p.money_moved)
        rows.append(
            (
                Cell(limit, p.changed),
                Cell(price, p.price),
                Cell(words.score(of, p.value, False), p.value),
                bound,
                Cell(str(p.moved), p.moved),
                moved,
            )
        )
    head = [Sentence("title", words.say("stability"), "head"), *_breaks(words, found.breaks, "old_breaks", "old_holds")]
    if found.old_value is not None:
        head.append(Sentence("old", words.say("old_value", value=words.score(of, found.old_value, False))))
    near = next((p for p in found.points if p.value is not None), None)
    tables = [Table("stability", "", columns, tuple(rows))]
    if near is not None:
        tables += [t for t in (moves_table(words, near.shift),) if t is not None and t.rows]
    return Content(tuple(head), tuple(tables), (Sentence("score_note", words.say("score_note")),) if of == "aim" else ())


def _breaks(words: Words, rules: Sequence[str], some: str, none: str) -> Iterator[Sentence]:
    if not rules:
        yield Sentence("holds", words.say(none), "good")
        return
    named = [_rule(words, rule) for rule in rules]
    said = words.joint.join(named[:MOST_PLACES]) + (words.say("more", n=len(named) - MOST_PLACES) if len(named) > MOST_PLACES else "")
    yield Sentence("breaks", words.say(some, n=len(rules), names=said), "bad")


def _rule(words: Words, place: str) -> str:
    """The name of the rule at a place of the audit, `ceiling[cash,2026]`: the first id in it that the instance knows."""
    if place.startswith("programmes."):
        return words.names.get(place.partition(".")[2], place)
    ids = [part.strip() for part in place.partition("[")[2].rstrip("]").split(",")]
    for identity in ids:
        for collection in ("rules", "ceilings", "funds", "capacities", "match_groups", "needs", "programmes"):
            name = rule_name(words.instance, f"{collection}.{identity}", words.lang)
            if name != f"{collection}.{identity}":
                years = [i for i in ids if i.isdecimal()]
                return f"{name} {years[0]}" if years else name
    return clean(place)


def comparison_content(instance: Instance, after: Result, found: Comparison, before: Result, lang: str) -> Content:
    """What moved, where, and why: the numbers' part and the plan's part of the change, rules that forced it, inputs that differ."""
    words, of = Words(instance, after, lang), found.of
    head = [Sentence("title", words.say("compare"), "head")]
    if not found.inputs:
        head.append(Sentence("same", words.say("same_input")))
    if found.carried is not None and found.aim_carried is not None and found.aim_after is not None and found.aim_before is not None:
        data, plan = found.aim_before - found.aim_carried, found.aim_carried - found.aim_after
        said = words.say(
            "carried",
            carried=words.score(of, found.aim_carried, False),
            before=words.score(of, found.aim_before, False),
            after=words.score(of, found.aim_after, False),
            data=_signed(words, of, data),
            plan=_signed(words, of, plan),
        )
        head.append(Sentence("carried", said))
    head += _breaks(words, found.breaks, "carried_breaks", "carried_holds")
    tables = [criteria_table(words, found.shift, before.plan.criteria if before.plan else None), moves_table(words, found.shift)]
    tables.append(funds_table(words, found.shift))
    if of == "aim" and found.carried is not None and after.plan is not None:
        change = {c: found.carried[c] - v for c, v in after.plan.criteria.items() if c in found.carried}
        tables.append(waterfall(instance, after, change, lang))
    tables.append(_inputs(words, found))
    return Content(tuple(head), tuple(t for t in tables if t is not None and t.rows))


def _signed(words: Words, of: str, gain: Fraction) -> str:
    """A gain of the minimised aim as points of the score, or in the criterion's unit."""
    text = placed(round(gain * 10**4), 4) if of == "aim" else significant(gain * words.unit_of(of).factor)
    return f"+{text}" if gain > 0 else text


def _inputs(words: Words, found: Comparison) -> Table:
    columns = _columns(words, ("place", "before", "after"), ("place", "before", "after"))
    rows = tuple((Cell(clean(c.place)), Cell(clean(c.before) or NONE), Cell(clean(c.after) or NONE)) for c in found.inputs)
    return Table("inputs", words.say("inputs"), columns, rows, most=20)
