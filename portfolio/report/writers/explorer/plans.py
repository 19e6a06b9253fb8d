"""Every plan of the page as numbers: criteria, choices, money by field and archetype, flows, losses, coverage.

What is printed is rounded here, by the functions that round for the other formats; the page places decimals and adds nothing up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portfolio.report.briefing.material import Material
from portfolio.report.content import brought, criteria_table, scale_text, way_name
from portfolio.report.money_tables import matrix
from portfolio.report.numbers import in_words, money_unit, percent
from portfolio.report.rounding import largest_remainder
from portfolio.report.writers.explorer.coded import Json, Strings
from portfolio.results import Choice, Payment, Plan

LANGS = ("en", "ja")
ZERO = Fraction(0)
OUTSIDE = "*"
"""Id of a plan that is not a point of the frontier."""


@dataclass(frozen=True)
class Listed:
    """A plan by the id that links and the reader name it by."""

    id: str
    plan: Plan


def listed(material: Material) -> list[Listed]:
    """The points of the frontier in their order; the result's own plan first where it is none of them."""
    points = [Listed(p.id, p.plan) for p in material.frontier.points] if material.frontier is not None else []
    known = material.point is not None and any(p.id == material.point for p in points)
    return points if known else [Listed(OUTSIDE, material.plan), *points]


def chosen_id(material: Material, plans: Sequence[Listed]) -> str:
    """Id of the briefing's plan."""
    return material.point if material.point is not None and any(p.id == material.point for p in plans) else OUTSIDE


class Coder:
    """Codes plans one after the other; ways that several plans take are kept once. strings: language -> string table."""

    def __init__(self, material: Material, strings: dict[str, Strings]) -> None:
        self.material, self.strings = material, strings
        instance = material.instance
        self.programmes = {p.id: n for n, p in enumerate(instance.programmes)}
        self.funds = {f.id: n for n, f in enumerate(instance.funds)}
        self.fields: dict[str | None, int] = {None: -1, **{f.id: n for n, f in enumerate(instance.fields)}}
        self.archetypes: dict[str | None, int] = {None: -1, **{a.id: n for n, a in enumerate(instance.archetypes)}}
        self.own = {p.id: p for p in instance.programmes}
        self.units = {lang: material.unit(lang) for lang in LANGS}
        self.criteria = {lang: material.units(lang) for lang in LANGS}
        largest = max(material.nothing.losses.values(), default=ZERO)
        self.losses = {lang: money_unit(instance.header, largest, lang) for lang in LANGS}
        self.scenarios = instance.scenarios
        self.needs = sorted(instance.needs, key=lambda n: (-n.weight.number, n.id))
        self._ways: dict[tuple[object, ...], int] = {}
        self.ways: list[dict[str, Json]] = []
        self._payers: dict[tuple[tuple[int, int], ...], int] = {}
        self.payers: list[Json] = []

    def coded(self, entry: Listed) -> Json:
        """k: programme, way, payers of each choice, largest first · f: fund, field, amount · a: field, archetype, amount (grid units)

        x: criteria (instance units) · per language: c: value and share given up of each criterion, m: the matrix, a: printed amounts of k,
        l: losses, v: coverage, money, words.
        """
        plan, grid = entry.plan, self.material.instance.header.grid
        amounts = {c.programme: sum(p.amount for p in c.payments) for c in plan.choices}
        order = sorted(plan.choices, key=lambda c: (-amounts[c.programme], c.programme))
        total = sum(amounts.values())
        choices: list[int] = []
        for choice in order:
            choices += (self.programmes[choice.programme], self._way(choice), self._paid(choice.payments))
        return {
            "id": entry.id,
            "x": [float(plan.criteria[c.id]) for c in self.material.instance.criteria],
            "n": len(order),
            "g": float(grid * total),
            "k": choices,
            "f": self._flows((self.funds[p.fund], self.fields[self.own[c.programme].field], p.amount) for c in order for p in c.payments),
            "a": self._flows(
                (self.fields[self.own[c.programme].field], self.archetypes[self.own[c.programme].archetype], amounts[c.programme])
                for c in order
            ),
            **{lang: self._said(plan, [grid * amounts[c.programme] for c in order], grid * total, lang) for lang in LANGS},
        }

    def _said(self, plan: Plan, amounts: list[Fraction], total: Fraction, lang: str) -> Json:
        material, text, unit = self.material, self.strings[lang], self.units[lang]
        criteria = criteria_table(material.instance, material.result, plan, self.criteria[lang], lang)
        found = matrix(material.instance, plan, unit, lang)
        losses = self.losses[lang]
        return {
            "c": [[text(row[1].text), text(row[3].text)] for row in criteria.rows],
            "m": [] if found is None else [[text(cell.text) for cell in row] for row in found.rows],
            "h": [] if found is None else [text(c.title) for c in found.columns],
            "a": largest_remainder([unit.units(a) for a in amounts]),
            "l": [text(losses.text(plan.losses.get(s.id, ZERO))) for s in self.scenarios],
            "e": text(losses.text(self.expected(plan.losses))),
            "v": [text(percent(plan.coverage.get(n.id, ZERO))) for n in self.needs],
            "money": text(unit.text(total)),
            "words": text(in_words(material.instance.header, total, lang)),
        }

    def expected(self, losses: dict[str, Fraction]) -> Fraction:
        """Expected loss over the scenarios."""
        return sum((s.probability.number * losses.get(s.id, ZERO) for s in self.scenarios), ZERO)

    def _way(self, choice: Choice) -> int:
        key = (choice.programme, choice.option, choice.start, choice.units, choice.scale, choice.effect)
        place = self._ways.get(key)
        if place is None:
            place = self._ways[key] = len(self.ways)
            effects = self.material.effects
            brings = {c.id: effects.counted(choice, c) for c in self.material.instance.criteria}
            said: dict[str, Json] = {}
            for lang in LANGS:
                text, units = self.strings[lang], self.criteria[lang]
                name = way_name(effects, choice.programme, choice.option, choice.start, lang)
                said[lang] = [text(t) for t in (name, scale_text(choice), *(brought(v, units[c]).text for c, v in brings.items()))]
            self.ways.append(said)
        return place

    def _paid(self, payments: Sequence[Payment]) -> int:
        """Place of the shares of the funds in per cent, the largest first."""
        paid: dict[int, int] = {}
        for payment in payments:
            paid[self.funds[payment.fund]] = paid.get(self.funds[payment.fund], 0) + payment.amount
        order = sorted((k for k in paid if paid[k]), key=lambda k: (-paid[k], k))
        total = sum(paid.values())
        shares = largest_remainder([Fraction(100 * paid[k], total) for k in order])
        key = tuple(zip(order, shares, strict=True))
        if key not in self._payers:
            self._payers[key] = len(self.payers)
            self.payers.append([list(pair) for pair in key])
        return self._payers[key]

    @staticmethod
    def _flows(parts: Iterable[tuple[int, int, int]]) -> list[int]:
        sums: dict[tuple[int, int], int] = {}
        for start, end, amount in parts:
            sums[start, end] = sums.get((start, end), 0) + amount
        return [n for (start, end), amount in sorted(sums.items()) if amount for n in (start, end, amount)]
