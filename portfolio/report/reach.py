"""How far each judgement reaches: what it touches times how wide it is.

A *judgement* is what one person decided in one go: all numbers of the same kind (path with the entries' names left out) that carry the same reason.

touch(n): share of what is at stake that depends on the number n, on one of four yardsticks - public money (or public cost on offer), growth on offer, loss at stake,
weighted need. Each yardstick sums to 1 over its numbers; every option counts.
reach(J) = sum over n in J of touch(n) x (high(n) - low(n)) / |value(n)|.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from portfolio.schema.families import common_path, judged_together
from portfolio.schema.instance import Instance
from portfolio.schema.quantity import Quantity
from portfolio.schema.rules import Share
from portfolio.schema.way import Way

ZERO = Fraction(0)


@dataclass
class Judgement:
    """One decision. paths: the numbers it covers · reach, touch: see above."""

    family: str
    reason: str
    reason_ja: str
    members: list[tuple[str, Quantity]] = field(default_factory=list)
    reach: Fraction = ZERO
    touch: dict[str, Fraction] = field(default_factory=dict)

    @property
    def widest(self) -> Fraction:
        """Share touched on the yardstick it touches most."""
        return max(self.touch.values(), default=ZERO)

    @property
    def label(self) -> str:
        """The path if it is one number, else the path with `*` where the members differ."""
        return common_path([path for path, _ in self.members])


def judgements(instance: Instance) -> list[Judgement]:
    """All judgements, widest reach first."""
    found: dict[tuple[str, str], Judgement] = {}
    stakes = Stakes(instance)
    for path, quantity in instance.quantities_in_use():
        if quantity.kind != "judgement":
            continue
        family, reason = judged_together(path, quantity)
        entry = found.setdefault((family, reason), Judgement(family, reason, (quantity.note.get("ja") if quantity.note else None) or ""))
        entry.members.append((path, quantity))
        yardstick, touch = stakes.touch(path, quantity)
        if touch:
            entry.touch[yardstick] = entry.touch.get(yardstick, ZERO) + touch
            entry.reach += touch * width(quantity)
    return sorted(found.values(), key=lambda j: (-j.reach, j.family, j.reason))


def width(quantity: Quantity) -> Fraction:
    """(high - low) / |value|; 0 where an end is missing or the value is 0."""
    if quantity.low is None or quantity.high is None or not quantity.number:
        return ZERO
    return (quantity.high - quantity.low) / abs(quantity.number)


class Stakes:
    """What is at stake on the four yardsticks, and who holds which part of it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.money = {f.id: sum((q.number for t, q in f.years.items() if t in instance.years), ZERO) for f in instance.funds}
        self.all_money = sum(self.money.values(), ZERO) or Fraction(1)
        self.cost = {(w.programme, w.option): w.public_cost * w.units for w in instance.ways}
        self.all_cost = sum(self.cost.values(), ZERO) or Fraction(1)
        self.options = {p.id: [o for (q, o) in self.cost if q == p.id] for p in instance.programmes}
        self.full_cost = sum((w.cost * w.units for w in instance.ways), ZERO) or Fraction(1)
        self.growth = dict(self._growth())
        self.all_growth = sum((abs(q.number) for q in self.growth.values()), ZERO) or Fraction(1)
        self.shared = self._shared()
        value = {e.id: e.value.number for e in instance.exposures}
        self.lost = {
            (s.id, e): s.probability.number * q.number * value[e] for s in instance.scenarios for e, q in s.severities.items() if e in value
        }
        self.all_lost = sum(self.lost.values(), ZERO) or Fraction(1)
        self.weights = sum((n.weight.number for n in instance.needs), ZERO) or Fraction(1)
        self.need = {n.id: n for n in instance.needs}
        self.offered = self._offered()
        self.used = self._used()

    def _growth(self) -> Iterator[tuple[str, Quantity]]:
        """path -> every growth effect as written."""
        names = {c.id for c in self.instance.criteria if c.kind == "contribution"}
        for p in self.instance.programmes:
            for name in names & set(p.effects):
                yield f"programmes.{p.id}.effects.{name}", p.effects[name]
            for o in p.options:
                for name in names & set(o.effects):
                    yield f"programmes.{p.id}.options.{o.id}.effects.{name}", o.effects[name]

    def _shared(self) -> dict[str, tuple[str, Fraction]]:
        """Shared quantity -> (yardstick, what depends on it)."""
        found: dict[str, tuple[str, Fraction]] = {}

        def add(name: str, yardstick: str, amount: Fraction) -> None:
            found[name] = (yardstick, found.get(name, (yardstick, ZERO))[1] + amount)

        for effect in self.growth.values():
            for factor in (effect.factors or {}).values():
                if factor.ref:
                    add(factor.ref, "growth", abs(effect.number) / self.all_growth)
        for f in self.instance.funds:
            for t, amount in f.years.items():
                for factor in (amount.factors or {}).values():
                    if factor.ref and t in self.instance.years:
                        add(factor.ref, "money", amount.number / self.all_money)
        return found

    def _offered(self) -> dict[tuple[str, str], Fraction]:
        """(kind, target) -> sum of all mitigation or coverage written for it."""
        total: dict[tuple[str, str], Fraction] = {}
        for p in self.instance.programmes:
            for terms in (p, *p.options):
                for kind in ("mitigates", "covers"):
                    for target, q in getattr(terms, kind).items():
                        total[kind, target] = total.get((kind, target), ZERO) + abs(q.number)
        return total

    def _used(self) -> dict[str, Fraction]:
        """Capacity -> share of the public cost that needs it, an option's cost split over the capacities it needs."""
        total: dict[str, Fraction] = {}
        seen: set[tuple[str, str]] = set()
        for way in self.instance.ways:
            names = {c for (c, _), amount in way.uses.items() if amount}
            if names and (way.programme, way.option) not in seen:
                seen.add((way.programme, way.option))
                for name in names:
                    total[name] = total.get(name, ZERO) + self._option(way) / len(names)
        return total

    def _without_own_uses(self, programme: str) -> Fraction:
        """Public cost of the options that take the programme's own uses."""
        found = next(p for p in self.instance.programmes if p.id == programme)
        own = {o.id for o in found.options if o.uses}
        return sum((self.cost.get((programme, o), ZERO) for o in self.options[programme] if o not in own), ZERO) / self.all_cost

    def _option(self, way: Way) -> Fraction:
        return self.cost[way.programme, way.option] / self.all_cost

    def touch(self, path: str, quantity: Quantity) -> tuple[str, Fraction]:
        """(yardstick, share)."""
        parts = path.split(".")
        rule = getattr(self, f"_in_{parts[0]}", None)
        found: tuple[str, Fraction] = ("money", ZERO) if rule is None else rule(parts, quantity)
        return found

    def _in_header(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        # Discounting touches what it takes away.
        years = ((t, q) for f in self.instance.funds for t, q in f.years.items() if t in self.instance.years)
        taken = sum((q.number * (1 - self.instance.weights[t]) for t, q in years), ZERO)
        return "money", taken / self.all_money if parts[1] == "discount_rate" else ZERO

    def _in_criteria(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        return "loss", Fraction(1)

    def _in_quantities(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        return self.shared.get(parts[1], ("growth", ZERO))

    def _in_funds(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        fund, what = self.money.get(parts[1], ZERO), parts[2]
        if what == "years":
            amount = next(
                (q.number for f in self.instance.funds if f.id == parts[1] for t, q in f.years.items() if str(t) == parts[3]), ZERO
            )
            return "money", amount / self.all_money
        if what == "outlay_profile":
            return "money", fund * quantity.number / self.all_money
        if what in ("carry_limit", "legacy_outlay"):
            return "money", min(quantity.number, fund) / self.all_money
        return "money", fund / self.all_money

    def _in_ceilings(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        if parts[2] in ("max", "min"):
            return "money", min(quantity.number / self.all_money, Fraction(1))
        return "money", min(quantity.number / self.all_money, Fraction(1, len(self.instance.years)))

    def _in_programmes(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        inner = parts[4:] if parts[2] == "options" else parts[2:]
        options = [parts[3]] if parts[2] == "options" else self.options.get(parts[1], [])
        cost = sum((self.cost.get((parts[1], o), ZERO) for o in options), ZERO) / self.all_cost
        if inner[0] == "effects":
            effect = self.growth.get(".".join(parts[: len(parts) - len(inner) + 2]))
            return "growth", abs(effect.number) / self.all_growth if effect is not None else ZERO
        if inner[0] == "mitigates":
            loss = sum((v for (_, e), v in self.lost.items() if e == inner[1]), ZERO) / self.all_lost
            return "loss", loss * abs(quantity.number) / (self.offered["mitigates", inner[1]] or 1)
        if inner[0] == "covers":
            weight = self.need[inner[1]].weight.number / self.weights
            return "needs", weight * abs(quantity.number) / (self.offered["covers", inner[1]] or 1)
        if inner[0] == "uses":
            way = next((w for w in self.instance.ways if w.programme == parts[1] and w.option in options), None)
            own = any(o.uses for q in self.instance.programmes if q.id == parts[1] for o in q.options)
            shared = cost if parts[2] == "options" or not own else self._without_own_uses(parts[1])
            return "money", shared / max(len({c for c, _ in way.uses}), 1) if way is not None else ZERO
        if inner[0] in ("curve", "profile"):
            return "money", cost * min(abs(quantity.number), Fraction(1))
        return ("money", cost) if inner[0] in ("cost", "subsidy_rate", "min_scale", "ramp", "units") else ("money", ZERO)

    def _in_archetypes(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        owners = {p.id: p for p in self.instance.programmes}
        mine = sum((abs(q.number) for path, q in self.growth.items() if owners[path.split(".")[1]].archetype == parts[1]), ZERO)
        points = next(len(a.curve or ()) for a in self.instance.archetypes if a.id == parts[1])
        return "growth", mine / self.all_growth / max(points, 1)

    def _in_exposures(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        loss = sum((v for (_, e), v in self.lost.items() if e == parts[1]), ZERO) / self.all_lost
        return "loss", loss * quantity.number if parts[2] == "floor" else loss

    def _in_ripple(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        link = self.instance.ripple[int(parts[1])] if parts[1].isdigit() else None
        origin = {e.id for e in self.instance.exposures if link is not None and e.field == link.from_field}
        return "loss", sum((v for (_, e), v in self.lost.items() if e in origin), ZERO) / self.all_lost * quantity.number

    def _in_scenarios(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        target = parts[3] if parts[2] == "severities" else None
        return "loss", sum((v for (s, e), v in self.lost.items() if s == parts[1] and target in (None, e)), ZERO) / self.all_lost

    def _in_needs(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        need = self.need[parts[1]]
        weight = need.weight.number / self.weights
        if parts[2] == "floor":
            return "needs", weight * quantity.number
        return "needs", weight / max(len(need.curve or ()), 1) if parts[2] == "curve" else weight

    def _in_capabilities(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        need = self.need[parts[3]]
        return "needs", need.weight.number / self.weights * min(quantity.number / (need.target.number or 1), Fraction(1))

    def _in_capacities(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        years = next(len(c.years) for c in self.instance.capacities if c.id == parts[1])
        return "money", self.used.get(parts[1], ZERO) / max(years, 1)

    def _in_match_groups(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        group = next(g for g in self.instance.match_groups if g.id == parts[1])
        private = sum((w.private_cost * w.units for w in self.instance.ways if group.select.admits(w)), ZERO)
        return "money", private / self.full_cost

    def _in_rules(self, parts: list[str], quantity: Quantity) -> tuple[str, Fraction]:
        rule = next((r for r in self.instance.rules if r.id == parts[1]), None)
        if "bonus" in parts:
            return "growth", min(abs(quantity.number) / self.all_growth, Fraction(1))
        return "money", min(quantity.number, Fraction(1)) if isinstance(rule, Share) else ZERO
