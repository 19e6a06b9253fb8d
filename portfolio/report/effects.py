"""What single ways bring, counted alone, and what that rests on.

contribution: sum g e (a harm: g s) · risk: expected loss removed, sum_s pi_s sum_i value_i sigma_is mu_i e (no ripple, no floors)
coverage: sum omega_n (kappa_n + shared) e / target_n (no curves, no saturation). Positive is better. These are rankings and shares, not
what the plan would lose without the way: that needs a solve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from portfolio.results import Choice, Result
from portfolio.schema.aim import Weighted
from portfolio.schema.criterion import Contribution, Coverage, Criterion, Risk
from portfolio.schema.instance import Instance
from portfolio.schema.programme import Option, Programme
from portfolio.schema.quantity import WEAKNESS, Quantity
from portfolio.schema.resolve import options_of
from portfolio.schema.rules import Synergy
from portfolio.schema.way import Way

ZERO = Fraction(0)


@dataclass(frozen=True)
class Part:
    """One number's share of a criterion: amount per unit of effect (or of scale, for a harm) and how well it is known."""

    amount: Fraction
    kind: str
    harm: bool = False


class Effects:
    """Looks up the parts of every (programme, option)."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.programmes = {p.id: p for p in instance.programmes}
        self.options = {(p.id, o.id): o for p in instance.programmes for o in options_of(p)}
        self.ways = {(w.programme, w.option, w.start): w for w in instance.ways}
        self._exposed: dict[str, dict[str, Fraction]] = {}

    def counted(self, choice: Choice, criterion: Criterion) -> Fraction:
        """What the choice brings at its scale."""
        return sum((self._at(part, choice) for part in self.parts(choice.programme, choice.option, criterion)), ZERO)

    def full(self, way: Way, criterion: Criterion) -> Fraction:
        """What the way brings at full scale, all its units taken."""
        return way.units * sum((part.amount for part in self.parts(way.programme, way.option, criterion)), ZERO)

    def parts(self, programme: str, option: str, criterion: Criterion) -> Iterator[Part]:
        """One part per number."""
        own, said = self.programmes[programme], self.options[programme, option]
        if isinstance(criterion, Contribution):
            sign = 1 if criterion.sense == "max" else -1
            quantity = _merged(own, said, "effects").get(criterion.id)
            if quantity is not None:
                yield Part(sign * quantity.number, quantity.weakest or "unannotated", sign * quantity.number < 0)
        elif isinstance(criterion, Risk):
            yield from self._risk(own, said, criterion)
        else:
            yield from self._coverage(own, said, criterion)

    def knowledge(self, choices: tuple[Choice, ...], synergies: tuple[str, ...], criterion: Criterion) -> dict[str, Fraction]:
        """Share of the criterion's gross value by the weakest factor of each number: stated, derived, unannotated, judgement."""
        sums = dict.fromkeys(("stated", "derived", "unannotated", "judgement"), ZERO)
        for choice in choices:
            for part in self.parts(choice.programme, choice.option, criterion):
                sums[part.kind] += abs(self._at(part, choice))
        for rule in self.instance.rules:
            if isinstance(rule, Synergy) and rule.id in synergies and criterion.id in rule.bonus:
                sums[rule.bonus[criterion.id].weakest or "unannotated"] += abs(rule.bonus[criterion.id].number)
        total = sum(sums.values(), ZERO)
        return {kind: amount / total for kind, amount in sums.items()} if total else {}

    @staticmethod
    def _at(part: Part, choice: Choice) -> Fraction:
        return part.amount * (choice.scale if part.harm else choice.effect)

    def _risk(self, own: Programme, said: Option, criterion: Risk) -> Iterator[Part]:
        worth = self._worth(criterion)
        values = {e.id: e.value for e in self.instance.exposures}
        for exposure, quantity in _merged(own, said, "mitigates").items():
            if exposure in worth:
                amount = worth[exposure] * quantity.number
                yield Part(amount, _weaker(quantity, values[exposure]), amount < 0)

    def _worth(self, criterion: Risk) -> dict[str, Fraction]:
        """Exposure -> expected loss from it when nothing is done."""
        if criterion.id not in self._exposed:
            self._exposed[criterion.id] = {
                e.id: e.value.number
                * sum((s.probability.number * s.severities[e.id].number for s in self.instance.scenarios if e.id in s.severities), ZERO)
                for e in self.instance.exposures
                if not criterion.exposures or e.id in criterion.exposures
            }
        return self._exposed[criterion.id]

    def _coverage(self, own: Programme, said: Option, criterion: Coverage) -> Iterator[Part]:
        needs = {n.id: n for n in self.instance.needs if not criterion.needs or n.id in criterion.needs}
        for name, quantity in _merged(own, said, "covers").items():
            if name in needs and needs[name].target.number:
                amount = needs[name].weight.number * quantity.number / needs[name].target.number
                yield Part(amount, _weaker(quantity, needs[name].target), amount < 0)
        provided = _merged(own, said, "provides")
        for capability in self.instance.capabilities:
            if capability.id in provided:
                for name, covers in capability.covers.items():
                    if name in needs and needs[name].target.number:
                        quantity = provided[capability.id]
                        amount = needs[name].weight.number * quantity.number * covers.number / needs[name].target.number
                        yield Part(amount, _weaker(quantity, covers), amount < 0)


def _merged(own: Programme, said: Option, name: str) -> dict[str, Quantity]:
    return {**getattr(own, name), **getattr(said, name)}


def _weaker(*quantities: Quantity) -> str:
    return max((q.weakest for q in quantities), key=WEAKNESS.__getitem__) or "unannotated"


@dataclass(frozen=True)
class Ranked:
    """An unfunded programme by its best way: gain = weighted share of the ranges per unit of public money."""

    programme: str
    way: Way
    gain: Fraction
    brings: dict[str, Fraction]


def unfunded(effects: Effects, result: Result, aim_weights: dict[str, Fraction]) -> list[Ranked]:
    """Programmes without a place in the plan, best gain per public money first (free ones before all); forbidden ones last of all."""
    funded = {c.programme for c in result.plan.choices} if result.plan is not None else set()
    widths = {c: abs(r.worst - r.best) for c, r in result.ranges.items() if r.worst != r.best}
    criteria = {c.id: c for c in effects.instance.criteria}
    best: dict[str, Ranked] = {}
    for way in effects.instance.ways:
        if way.programme in funded:
            continue
        brings = {name: effects.full(way, criterion) for name, criterion in criteria.items()}
        value = sum((aim_weights.get(c, ZERO) * brings[c] / width for c, width in widths.items()), ZERO)
        public = way.public_cost * way.units
        ranked = Ranked(way.programme, way, value / public if public else value * 10**12, brings)
        if way.programme not in best or ranked.gain > best[way.programme].gain:
            best[way.programme] = ranked
    return sorted(best.values(), key=lambda r: (r.way.forbidden, -r.gain, r.programme))


def weights_of(aim: object, instance: Instance) -> dict[str, Fraction]:
    """Weights of a weighted aim, else equal ones."""
    if isinstance(aim, Weighted) and any(aim.weights.values()):
        return dict(aim.weights)
    n = len(instance.criteria) or 1
    return {c.id: Fraction(1, n) for c in instance.criteria}
