"""What a solved plan's report says: head, tables, closing sentences. Format-neutral, in one language; it neither solves nor decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pydantic import TypeAdapter

from portfolio.audit.binding import binding
from portfolio.report.aim_text import aim_text, claim_sentences
from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.effects import Effects, unfunded, weights_of
from portfolio.report.money_tables import commitments, matrix, outlays
from portfolio.report.naming import clean, name_of, short
from portfolio.report.numbers import NONE, Unit, in_words, money_unit, percent, significant
from portfolio.report.rounding import largest_remainder
from portfolio.report.texts import text
from portfolio.results import Choice, Plan, Result
from portfolio.schema.aim import Aim
from portfolio.schema.criterion import Contribution, Criterion, Risk
from portfolio.schema.instance import Instance
from portfolio.schema.problem import Problem
from portfolio.schema.validate import parse_instance

MOST_FUNDED, MOST_UNFUNDED = 20, 10
ZERO = Fraction(0)


def solve_content(result: Result, lang: str, saved: str | None = None, causes: Sequence[Problem] = ()) -> Content:
    """The first screen of `portfolio solve`, from the result alone. causes: findings that explain why nothing is feasible."""
    instance = parse_instance(result.instance)
    aim: Aim = TypeAdapter(Aim).validate_python(result.aim)
    units = {c.id: criterion_unit(instance, c, _size(result, c), lang) for c in instance.criteria}
    head = (Sentence("title", _title(instance, result, aim, lang), "head"), *claim_sentences(instance, result, aim, units, lang))
    tail = [Sentence(f"notice_{n}", text("notice", lang, text=clean(notice)), "bad") for n, notice in enumerate(result.notices)]
    if result.plan is None:
        return Content((*head, *_causes(result, causes, lang)), (), (*tail, *_next(saved, lang)))
    plan, effects = result.plan, Effects(instance)
    total = instance.header.grid * sum(p.amount for c in plan.choices for p in c.payments)
    unit = money_unit(instance.header, total, lang)
    tables = (
        criteria_table(instance, result, plan, units, lang),
        matrix(instance, plan, unit, lang),
        commitments(instance, plan, unit, lang),
        outlays(instance, plan, unit, lang),
        funded_table(effects, plan, unit, units, lang),
        unfunded_table(effects, result, aim, unit, units, lang),
        binding_table(instance, plan, unit, lang),
        knowledge_table(effects, plan, lang),
    )
    closing = (*_summary(effects, plan, total, lang), *tail, *_next(saved, lang))
    return Content(head, tuple(t for t in tables if t is not None and t.rows), closing)


def criterion_label(instance: Instance, criterion: Criterion) -> str:
    """The unit that the criterion's exact values stand in; empty for none."""
    return criterion.unit or (instance.header.unit if isinstance(criterion, Risk) and instance.header.unit != "unit" else "")


def criterion_unit(instance: Instance, criterion: Criterion, size: Fraction, lang: str) -> Unit:
    """Criteria in yen are printed like money, all others in their own unit."""
    label = criterion_label(instance, criterion)
    if label and label == instance.header.unit:
        return money_unit(instance.header, size, lang)
    return Unit(label, Fraction(1), 0)


def criteria_table(instance: Instance, result: Result, plan: Plan, units: dict[str, Unit], lang: str) -> Table:
    """This plan against the best that each criterion could reach alone."""
    heads = ("this_plan", "best_alone", "given_up")
    columns = (
        Column("criterion", text("criterion", lang), False),
        *(Column(h, text(h, lang)) for h in heads),
        Column("unit", text("unit", lang), False),
    )
    rows = []
    for c in instance.criteria:
        value, span, unit = plan.criteria[c.id], result.ranges.get(c.id), units[c.id]
        best = Cell(NONE) if span is None else Cell(significant(span.best * unit.factor), span.best)
        lost = Cell(NONE)
        if span is not None and span.best:
            share = (span.best - value if c.sense == "max" else value - span.best) / abs(span.best)
            # A bound comes from floating point: a value past it by less than anything printed is at it.
            lost = Cell(percent(max(share, ZERO), sign=c.sense == "min"), share)
        rows.append((Cell(name_of(c, lang)), Cell(significant(value * unit.factor), value), best, lost, Cell(clean(unit.label) or NONE)))
    return Table("criteria", text("criteria", lang), columns, tuple(rows), notes=(text("best_note", lang),))


def funded_table(effects: Effects, plan: Plan, unit: Unit, units: dict[str, Unit], lang: str) -> Table:
    """What is funded, by amount: option, scale, money, effects counted alone, who pays."""
    instance = effects.instance
    grid = instance.header.grid
    amounts = {c.programme: grid * sum(p.amount for p in c.payments) for c in plan.choices}
    order = sorted(plan.choices, key=lambda c: (-amounts[c.programme], c.programme))
    rounded = largest_remainder([unit.units(amounts[c.programme]) for c in order])
    columns = (
        Column("programme", text("programme", lang), False),
        Column("option", text("option", lang), False),
        Column("scale", text("scale", lang)),
        Column("amount", text("amount", lang)),
        *(Column(c.id, short(name_of(c, lang))) for c in instance.criteria),
        Column("payers", text("payers", lang), False),
    )
    rows = []
    for choice, units_of in zip(order, rounded, strict=True):
        brings = [brought(effects.counted(choice, c), units[c.id]) for c in instance.criteria]
        scale = Cell(scale_text(choice), choice.scale)
        name = name_of(effects.programmes[choice.programme], lang)
        money = Cell(unit.printed(units_of), amounts[choice.programme])
        rows.append(
            (
                Cell(name),
                Cell(way_name(effects, choice.programme, choice.option, choice.start, lang)),
                scale,
                money,
                *brings,
                Cell(_payers(instance, choice, lang)),
            )
        )
    title = text("funded", lang, unit=unit.label)
    return Table("funded", title, columns, tuple(rows), most=MOST_FUNDED, notes=(_effects_note(instance, units, lang),))


def unfunded_table(effects: Effects, result: Result, aim: Aim, unit: Unit, units: dict[str, Unit], lang: str) -> Table:
    """A ranking of what is left out, labelled as one."""
    instance = effects.instance
    ranked = unfunded(effects, result, weights_of(aim, instance))
    columns = (
        Column("programme", text("programme", lang), False),
        Column("option", text("option", lang), False),
        Column("public_cost", text("public_cost", lang)),
        *(Column(c.id, short(name_of(c, lang))) for c in instance.criteria),
    )
    rows = tuple(
        (
            Cell(name_of(effects.programmes[r.programme], lang)),
            Cell(way_name(effects, r.programme, r.way.option, r.way.start, lang)),
            Cell(unit.text(r.way.public_cost * r.way.units), r.way.public_cost * r.way.units),
            *(brought(r.brings[c.id], units[c.id]) for c in instance.criteria),
        )
        for r in ranked
    )
    title = text("unfunded", lang, unit=unit.label)
    return Table("unfunded", title, columns, rows, most=MOST_UNFUNDED, notes=(text("unfunded_note", lang),))


def binding_table(instance: Instance, plan: Plan, unit: Unit, lang: str) -> Table:
    """Limits that are used up."""
    columns = (
        Column("limit", text("limit", lang), False),
        Column("kind", text("kind", lang), False),
        Column("years", text("years", lang), False),
        Column("used", text("used", lang)),
        Column("max", text("limit", lang)),
    )
    rows = []
    for b in binding(instance, plan, lang):
        years = ", ".join(map(str, b.years)) or text("whole_period", lang)
        used, limit = (unit.text(b.used), unit.text(b.limit)) if b.money else (significant(b.used), significant(b.limit))
        rows.append(
            (Cell(clean(b.name) or b.id), Cell(text(f"kind_{b.kind}", lang)), Cell(years), Cell(used, b.used), Cell(limit, b.limit))
        )
    return Table("binding", text("binding", lang), columns, tuple(rows), most=MOST_FUNDED)


def knowledge_table(effects: Effects, plan: Plan, lang: str) -> Table:
    """By criterion: share of its gross value that is stated, derived, not annotated, judgement."""
    kinds = ("stated", "derived", "unannotated", "judgement")
    columns = (Column("criterion", text("criterion", lang), False), *(Column(k, text(k, lang)) for k in kinds))
    rows = []
    for criterion in effects.instance.criteria:
        shares = effects.knowledge(plan.choices, plan.synergies, criterion)
        if shares:
            whole = largest_remainder([shares[k] * 100 for k in kinds])
            rows.append((Cell(name_of(criterion, lang)), *(Cell(f"{n} %", shares[k]) for n, k in zip(whole, kinds, strict=True))))
    return Table("known", text("known", lang), columns, tuple(rows), notes=(text("known_note", lang),))


def _title(instance: Instance, result: Result, aim: Aim, lang: str) -> str:
    header = instance.header
    horizon = f"{header.first_year}-{header.last_year}"
    model = f"{text('model', lang)} {clean(str(result.model.get('id', '')))}"
    return " · ".join((name_of(header, lang), horizon, model, f"{text('aim', lang)}: {aim_text(instance, aim, lang)}"))


def _size(result: Result, criterion: Criterion) -> Fraction:
    span = result.ranges.get(criterion.id)
    value = result.plan.criteria[criterion.id] if result.plan is not None else ZERO
    return max(abs(value), abs(span.best) if span is not None else ZERO)


def _causes(result: Result, causes: Sequence[Problem], lang: str) -> Iterator[Sentence]:
    if result.status != "infeasible":
        return
    if not causes:
        yield Sentence("causes", text("no_causes", lang))
        return
    yield Sentence("causes", f"{text('causes', lang)}:")
    for n, problem in enumerate(causes):
        yield Sentence(f"cause_{n}", f"  {problem.line(lang)}", "bad")


def brought(value: Fraction, unit: Unit) -> Cell:
    """What a programme brings of a criterion; a dash for nothing."""
    return Cell(significant(value * unit.factor, 3) if value else NONE, value)


def scale_text(choice: Choice) -> str:
    """70 %, or 2.5/3 where there are several units."""
    return percent(choice.scale / choice.units) if choice.units == 1 else f"{significant(choice.scale, 3)}/{choice.units}"


def way_name(effects: Effects, programme: str, option: str, start: int | None, lang: str) -> str:
    """The option's name, with the year of its start where there is a choice."""
    return name_of(effects.options[programme, option], lang) + ("" if start is None else f" @{start}")


def _payers(instance: Instance, choice: Choice, lang: str) -> str:
    """Funds by how much they pay, with their share where there are several."""
    paid: dict[str, int] = {}
    for payment in choice.payments:
        paid[payment.fund] = paid.get(payment.fund, 0) + payment.amount
    names = {f.id: short(name_of(f, lang)) for f in instance.funds}
    total = sum(paid.values())
    if len(paid) < 2:
        return names[next(iter(paid))] if paid else NONE
    order = sorted(paid, key=lambda k: (-paid[k], k))
    whole = largest_remainder([Fraction(100 * paid[k], total) for k in order])
    return ", ".join(f"{names[k]} {n or '<1'} %" for k, n in zip(order, whole, strict=True))


def _effects_note(instance: Instance, units: dict[str, Unit], lang: str) -> str:
    said = []
    for c in instance.criteria:
        kind = "contribution" if isinstance(c, Contribution) else "risk" if isinstance(c, Risk) else "coverage"
        label = clean(units[c.id].label)
        said.append(text(f"alone_{kind}", lang, name=short(name_of(c, lang))) + (f" [{label}]" if label else ""))
    return text("effects_note", lang, list="; ".join(said))


def _summary(effects: Effects, plan: Plan, total: Fraction, lang: str) -> Iterator[Sentence]:
    instance = effects.instance
    counts = {"n": len(plan.choices), "all": len(instance.programmes)}
    parts = [text("summary", lang, money=in_words(instance.header, total, lang), **counts)]
    for criterion in instance.criteria:
        shares = effects.knowledge(plan.choices, plan.synergies, criterion)
        if isinstance(criterion, Contribution) and shares:
            name, bare = short(name_of(criterion, lang)), shares["unannotated"]
            key = "rests_bare" if bare else "rests"
            parts.append(text(key, lang, share=percent(shares["judgement"]), name=name, bare=percent(bare)))
    yield Sentence("summary", " · ".join(parts))


def _next(saved: str | None, lang: str) -> Iterator[Sentence]:
    if saved is not None:
        yield Sentence("saved", text("saved", lang, path=clean(saved)))
        yield Sentence("next", text("next", lang, path=clean(saved)))
