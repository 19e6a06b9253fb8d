"""A conflict of rules in words: which rules, what each would have to give, the smallest repairs, who decides."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from portfolio.report.blocks import Cell, Column, Content, Sentence, Table
from portfolio.report.explain_texts import PHRASES, phrase
from portfolio.report.naming import clean
from portfolio.report.numbers import NONE, fixed, in_words, significant
from portfolio.results.explanation import Conflict, Repair, RuleChange
from portfolio.schema.instance import Instance

PLAIN = (
    "mandatory",
    "forbidden",
    "requires",
    "excludes",
    "fund_exclusion",
    "project_cap",
    "ticket_min",
    "subsidy_rate",
    "eligible",
    "window",
)
"""Kinds that are given up rather than moved by an amount."""


def conflict_content(instance: Instance, conflict: Conflict | None, lang: str) -> Content:
    """The whole answer to "why is there no plan"."""
    if conflict is None:
        return Content((Sentence("feasible", phrase("feasible", lang), "good"),))
    head = (Sentence("status", phrase("infeasible", lang), "bad"), *conflict_sentences(instance, conflict, lang))
    tables = tuple(repair_table(instance, repair, n + 1, lang) for n, repair in enumerate(conflict.repairs))
    tail = () if conflict.repairs else (Sentence("no_repair", phrase("no_repair", lang)),)
    return Content(head, tables, tail)


def conflict_sentences(instance: Instance, conflict: Conflict, lang: str) -> Iterator[Sentence]:
    """Which rules conflict, and what each would have to give on its own."""
    n = len(conflict.rules)
    if conflict.minimal:
        yield Sentence("conflict", phrase("conflict_one" if n == 1 else "conflict_minimal", lang, n=n))
    else:
        yield Sentence("conflict", phrase("conflict_open", lang, n=n, open=", ".join(conflict.open)))
    for number, change in enumerate(conflict.rules):
        yield Sentence(f"rule_{number}", "  " + _short(instance, change, lang), "bad")
        if change.kind == "mandatory" and not payable(instance, change.place.split(".")[1]):
            yield Sentence(f"rule_{number}_payers", "  " + phrase("hint_eligible", lang), "bad")
    if conflict.integral:
        yield Sentence("integral", phrase("integral", lang))


def payable(instance: Instance, programme: str) -> bool:
    """Has the programme a way that costs the public nothing, or that some fund may pay?"""
    ways = [w for w in instance.ways if w.programme == programme]
    return any(not w.public_cost or any(instance.may_pay(w, f) and instance.open_years(w, f) for f in instance.funds) for w in ways)


def _short(instance: Instance, change: RuleChange, lang: str) -> str:
    owner = phrase("owner", lang, owner=clean(change.owner)) if change.owner else ""
    rule = rule_words(instance, change, lang)
    if change.kind in PLAIN or (change.after is None and change.before is None):
        return phrase("short_logic", lang, rule=rule, owner=owner)
    return phrase("short_amount", lang, rule=rule, owner=owner, amount=_amount(instance, change, change.amount, lang))


def rule_words(instance: Instance, change: RuleChange, lang: str) -> str:
    """The rule's own name with what kind of rule it is."""
    collection, _, rest = change.place.partition(".")
    parts = rest.split(".")
    if change.kind == "aim_floor":
        collection, parts = "criteria", [parts[-1]]
    entry = next((e for e in getattr(instance, collection, ()) if getattr(e, "id", None) == parts[0]), None)
    name = parts[0] if entry is None else clean(entry.name.get(lang)) or parts[0]
    key = f"kind_{change.kind}" if f"kind_{change.kind}" in PHRASES else "kind_rule"
    years = [p for p in parts[1:] if p.isdigit()]
    return phrase(key, lang, name=name) + (f" {years[0]}" if years else "")


def _amount(instance: Instance, change: RuleChange, amount: Fraction, lang: str) -> str:
    if change.money:
        return in_words(instance.header, amount, lang)
    return f"{fixed(amount * 100, 1)} %" if change.kind in ("share", "need") else significant(amount)


def repair_table(instance: Instance, repair: Repair, number: int, lang: str) -> Table:
    """One repair: rule, now, becomes, by how much, who decides."""
    keys = ("rule", "from", "to", "by", "who")
    columns = tuple(Column(k, phrase(k, lang), k in ("from", "to", "by")) for k in keys)
    rows = []
    for change in repair.changes:
        given_up = change.after is None
        ends = [NONE if v is None else _amount(instance, change, v, lang) for v in (change.before, change.after)]
        by = phrase("given_up", lang) if given_up else _amount(instance, change, change.amount, lang)
        rows.append(
            (
                Cell(rule_words(instance, change, lang)),
                Cell(ends[0], change.before),
                Cell(ends[1], change.after),
                Cell(by, change.amount),
                Cell(clean(change.owner) or NONE),
            )
        )
    said = phrase("repair", lang) + f" {number}" + ("" if repair.checked else f" ({phrase('repair_unchecked', lang)})")
    title = f"{phrase('repairs', lang)}\n{said}" if number == 1 and repair.checked else said
    return Table(f"repair_{number}", title.replace("\n", " · "), columns, tuple(rows))
