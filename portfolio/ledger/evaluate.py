"""Exact values that follow from published choices: effects, risk, coverage, criteria (docs/published-rules.md 11-14)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portfolio.formulation.coverage import segments
from portfolio.formulation.risk import ripple_multipliers
from portfolio.schema.criterion import Contribution, Coverage, Risk
from portfolio.schema.exact import dot
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.rules import Persistence, Synergy
from portfolio.schema.way import Curve, Way

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Taken:
    """A way that is carried out: units, scale s, effect e, committed money (instance units)."""

    way: Way
    units: int
    scale: Fraction
    effect: Fraction
    money: Fraction


@dataclass(frozen=True)
class Values:
    """Everything that a plan earns, exactly."""

    criteria: dict[str, Fraction]
    residuals: dict[str, Fraction]
    losses: dict[str, Fraction]
    coverage: dict[str, Fraction]
    synergies: tuple[str, ...]


def effect_at(curve: Curve, units: int, scale: Fraction) -> Fraction:
    """e = units * v(scale / units) on the curve itself, linear between breakpoints."""
    at = scale / units
    for (b0, v0), (b1, v1) in itertools.pairwise(curve):
        if b0 <= at <= b1:
            return units * (v0 + (v1 - v0) * (at - b0) / (b1 - b0))
    return units * (curve[0][1] if at <= curve[0][0] else ONE)


def evaluate(instance: Instance, spec: ModelSpec, taken: Sequence[Taken]) -> Values:
    """Criteria in natural sense and what they are made of."""
    mitigated = _summed(taken, lambda way: way.mitigates)
    residuals = {e.id: max(e.floor.number, 1 - mitigated.get(e.id, ZERO)) for e in instance.exposures}
    ripple = ripple_multipliers(instance.ripple)
    value = {e.id: e.value.number * ripple.get(e.field or "", ONE) * residuals[e.id] for e in instance.exposures}
    losses = _losses(instance, value, set(value))
    coverage = _coverage(instance, taken)
    earned = [r for r in instance.rules if isinstance(r, Synergy) and all(_is_funded(m, taken) for m in r.of)]
    criteria: dict[str, Fraction] = {}
    for c in instance.criteria:
        if isinstance(c, Contribution):
            sign = 1 if c.sense == "max" else -1
            worth = [(t.way.contributes.get(c.id, ZERO), t) for t in taken]
            criteria[c.id] = dot((value, _counts_with(value, t, sign)) for value, t in worth)
        elif isinstance(c, Risk):
            mine = set(c.exposures) or set(value)
            criteria[c.id] = _risk(instance, spec, c, _losses(instance, value, mine))
        elif isinstance(c, Coverage):
            criteria[c.id] = _covered(instance, c, coverage)
        criteria[c.id] += sum((r.bonus[c.id].number for r in earned if c.id in r.bonus), ZERO)
        criteria[c.id] += _price_of_moving(instance, c.id, c.sense, taken)
    return Values(criteria, residuals, losses, coverage, tuple(r.id for r in earned))


def _summed(taken: Sequence[Taken], of: Callable[[Way], Mapping[str, Fraction]]) -> dict[str, Fraction]:
    """What all that is taken gives, by the name of what it is given to."""
    given: defaultdict[str, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    for t in taken:
        for name, value in of(t.way).items():
            given[name].append((value, _counts_with(value, t)))
    return {name: dot(pairs) for name, pairs in given.items()}


def _counts_with(value: Fraction, taken: Taken, benefit_sign: int = 1) -> Fraction:
    """A benefit counts with the effect, a harm with the scale."""
    return taken.effect if value * benefit_sign > 0 else taken.scale


def _is_funded(member: str, taken: Sequence[Taken]) -> bool:
    programme, _, name = (part.strip() for part in member.partition(","))
    return any(t.way.programme == programme and name in ("", t.way.option, t.way.name) for t in taken)


def _losses(instance: Instance, value: Mapping[str, Fraction], mine: set[str]) -> dict[str, Fraction]:
    return {s.id: sum((value[i] * severity.number for i, severity in s.severities.items() if i in mine), ZERO) for s in instance.scenarios}


def _risk(instance: Instance, spec: ModelSpec, criterion: Risk, losses: Mapping[str, Fraction]) -> Fraction:
    measure = criterion.measure or spec.risk.measure
    alpha = criterion.alpha.number if criterion.alpha is not None else spec.risk.alpha
    theta = criterion.blend.number if criterion.blend is not None else spec.risk.blend
    chances = [(losses[s.id], s.probability.number) for s in instance.scenarios if s.probability.number > 0]
    expected = sum((loss * chance for loss, chance in chances), ZERO)
    if measure == "expected":
        return expected
    if measure == "worst":
        return max((loss for loss, _ in chances), default=ZERO)
    tail, left = ZERO, 1 - alpha
    for loss, chance in sorted(chances, reverse=True):
        tail += loss * min(chance, left)
        left -= min(chance, left)
    cvar = tail / (1 - alpha)
    return cvar if measure == "cvar" else theta * expected + (1 - theta) * cvar


def _coverage(instance: Instance, taken: Sequence[Taken]) -> dict[str, Fraction]:
    provided, covered = _summed(taken, lambda way: way.provides), _summed(taken, lambda way: way.covers)
    shared = {j.id: min(ONE, max(ZERO, provided.get(j.id, ZERO))) for j in instance.capabilities}
    return {
        n.id: (
            covered.get(n.id, ZERO) + sum((j.covers[n.id].number * shared[j.id] for j in instance.capabilities if n.id in j.covers), ZERO)
        )
        / n.target.number
        for n in instance.needs
    }


def _covered(instance: Instance, criterion: Coverage, coverage: Mapping[str, Fraction]) -> Fraction:
    total = ZERO
    for need in instance.needs:
        if criterion.needs and need.id not in criterion.needs:
            continue
        left = coverage[need.id]
        for number, (width, slope) in enumerate(segments(need)):
            step = min(left, width) if number or left > 0 else left
            total += need.weight.number * slope * step
            left -= step
            if left <= 0:
                break
    return total


def _price_of_moving(instance: Instance, criterion: str, sense: str, taken: Sequence[Taken]) -> Fraction:
    total = ZERO
    for rule in instance.rules:
        if isinstance(rule, Persistence) and rule.price is not None and rule.criterion == criterion:
            before = {r.programme: r.money.number for r in instance.reference}
            now = {t.way.programme: t.money for t in taken}
            moved = sum((abs(now.get(p, ZERO) - before.get(p, ZERO)) for p in {*before, *now}), ZERO)
            total += rule.price.number * moved
    return -total if sense == "max" else total
