"""Alternatives, core index, prices, planning again and comparing, against enumeration on random tiny instances."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise, product

import pytest

from portfolio.api.allocate import Effort as Solve
from portfolio.api.allocate import allocate
from portfolio.errors import AuditFailed
from portfolio.explain.alternatives import alternatives
from portfolio.explain.core import core_index, vertices
from portfolio.explain.effort import Effort
from portfolio.explain.persistence import bound_to, stability
from portfolio.explain.prices import fixed_duals, limits, moved, price
from portfolio.explain.public import compare_results
from portfolio.explain.question import Question
from portfolio.explain.variants import with_effect, with_parts
from portfolio.library import load_model
from portfolio.results import Result
from portfolio.schema.aim import Weighted
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from tests.conformance import oracle
from tests.support.small_instances import small
from tests.support.tiers import seeds

SPEC = load_model()
EXACT = Effort(gap=0.0)
GRID_LOSS = 0.05
"""Room for whole units [criterion], as in test_presence."""
Funded = frozenset[str]


def fits(instance: Instance) -> bool:
    return (
        1 < oracle.count(instance, 41) <= 40
        and len(instance.criteria) > 1
        and not any(r.kind == "persistence" for r in instance.rules)
        and oracle.minimise(instance, SPEC, {"growth": 1.0}) is not None
    )


@cache
def drawn(seed: int) -> tuple[Instance, Result]:
    for attempt in range(20):
        instance = parse_instance(small(100 * seed + attempt, fits))
        try:
            result = allocate(instance, SPEC, Weighted(weights={"growth": Fraction(1)}), Solve(gap=Fraction(0)))
        except AuditFailed:
            # No rounding of its best plan: nothing to explain.
            continue
        if "growth" in result.ranges and result.claims[0].of == "growth" and len(result.ranges) > 1:
            return instance, result
    raise AssertionError(seed)


def every_set(instance: Instance, weights: dict[str, float]) -> dict[Funded, float]:
    """Funded set -> best value, over all assignments."""
    found: dict[Funded, float] = {}
    for picks in oracle.assignments(instance):
        lp, criteria = oracle._Question(instance, SPEC, picks).lp()
        answer = lp.minimise(oracle._sum((criteria[c], w) for c, w in weights.items()))
        if answer is not None:
            funded = frozenset(p.way.programme for p in picks)
            found[funded] = min(found.get(funded, float("inf")), answer[0])
    return found


@pytest.mark.parametrize("seed", seeds(6000, 4, 200))
def test_each_alternative_is_as_far_as_any_plan_within_the_share(seed: int) -> None:
    instance, result = drawn(seed)
    question = Question(result)
    within = Fraction(1, 5)
    found = alternatives(question, 3, within, EXACT)
    sets = every_set(instance, {"growth": 1.0})
    best, room = min(sets.values()), float(within) * question.unit
    seen = [frozenset(c.programme for c in found.variants[0].plan.choices)]
    for variant in found.variants[1:]:
        mine = frozenset(c.programme for c in variant.plan.choices)
        assert variant.distance == min(len(mine ^ s) for s in seen)
        surely = max((min(len(s ^ t) for t in seen) for s, v in sets.items() if v <= best + room - GRID_LOSS), default=0)
        maybe = max((min(len(s ^ t) for t in seen) for s, v in sets.items() if v <= best + room + GRID_LOSS), default=0)
        assert variant.distance <= maybe and surely <= variant.bound, (seed, variant.distance, surely, maybe)
        assert float(variant.value) <= best + room + GRID_LOSS
        seen.append(mine)
    assert set(found.shared) == frozenset.intersection(*seen)


@pytest.mark.parametrize("seed", seeds(8100, 4, 200))
def test_core_and_exterior_hold_at_every_admissible_weighting_by_enumeration(seed: int) -> None:
    """Statuses proven at the corners are checked at a grid of weights in between; borderline programmes have plans of both kinds."""
    instance, result = drawn(seed)
    names = list(result.ranges)[:2]
    ranked = vertices(",".join(names), result.ranges)
    slack = Fraction(1, 1000)
    found = core_index(result, ranked, EXACT, slack)
    wide = {c: abs(float(r.worst - r.best)) for c, r in result.ranges.items()}
    always: dict[str, set[bool]] = {p.id: set() for p in instance.programmes}
    for share in list(product((0.0, 1.0), repeat=len(ranked)))[1:]:
        total = sum(share)
        weights = {c: sum(s / total * float(w.get(c, 0)) for s, w in zip(share, ranked, strict=True)) / wide[c] for c in result.ranges}
        sets = every_set(instance, weights)
        best = min(sets.values())
        for funded, value in sets.items():
            if value <= best + float(slack) - 1e-6:
                for name, decisions in always.items():
                    decisions.add(name in funded)
    for entry in found.entries:
        if entry.status == "core":
            assert always[entry.programme] == {True} and entry.share == 1, (seed, entry)
        elif entry.status == "exterior":
            assert always[entry.programme] == {False} and entry.share == 0, (seed, entry)
        elif entry.status == "borderline":
            assert 0 <= entry.share <= 1
    assert all(e.status != "open" for e in found.entries if len(always[e.programme]) == 2)


def test_intervals_of_weights_have_the_corners_of_the_cut_box() -> None:
    _, result = drawn(8100)
    a, b = list(result.ranges)[:2]
    others = {c: Fraction(0) for c in list(result.ranges)[2:]}
    words = ",".join([f"{a}=0.2..0.6", f"{b}=0.4..1", *(f"{c}=0" for c in others)])
    found = vertices(words, result.ranges)
    assert sorted(w[a] for w in found) == [Fraction(1, 5), Fraction(3, 5)]
    assert all(sum(w.values()) == 1 for w in found)


@pytest.mark.parametrize("seed", seeds(8200, 3, 200))
def test_prices_are_intervals_around_the_true_differences(seed: int) -> None:
    instance, result = drawn(seed)
    question = Question(result)
    duals = fixed_duals(question)
    base = oracle.minimise(instance, SPEC, {"growth": 1.0})
    assert base is not None
    for limit in list(limits(instance))[:4]:
        found = price(question, limit, EXACT, duals)
        more = oracle.minimise(moved(instance, limit, found.step), SPEC, {"growth": 1.0})
        less = oracle.minimise(moved(instance, limit, -found.step), SPEC, {"growth": 1.0})
        assert more is not None and found.more.low is not None and found.more.high is not None
        assert float(found.more.low) - GRID_LOSS <= base.value - more.value <= float(found.more.high) + GRID_LOSS
        assert (found.less is None) == (less is None)
        if found.less is not None and less is not None and found.less.low is not None and found.less.high is not None:
            assert float(found.less.low) - GRID_LOSS <= less.value - base.value <= float(found.less.high) + GRID_LOSS


@pytest.mark.parametrize("seed", seeds(8300, 3, 200))
def test_the_price_of_stability_equals_enumeration_for_every_number_of_changes(seed: int) -> None:
    instance, result = drawn(seed)
    assert result.plan is not None
    name = result.plan.choices[0].programme if result.plan.choices else instance.programmes[0].id
    worse = with_effect(instance, name, Fraction(1, 10))
    found = stability(result, worse, (0, 1, 2), (), EXACT)
    for point in found.points:
        bounded = worse if point.changed is None else bound_to(worse, result.plan, point.changed, None, "growth")
        expected = oracle.minimise(bounded, SPEC, {"growth": 1.0})
        assert (point.status == "infeasible") == (expected is None), (seed, point.changed)
        if expected is not None and point.value is not None:
            assert abs(float(point.value) - expected.value) < GRID_LOSS, (seed, point.changed)
            assert point.changed is None or point.moved <= point.changed
    values = [p.value for p in found.points if p.value is not None]
    assert all(later <= earlier + Fraction(5, 100) for earlier, later in pairwise(values))


def test_comparing_splits_the_change_into_numbers_and_plan() -> None:
    instance, before = drawn(8300)
    assert before.plan is not None and before.plan.choices
    name = before.plan.choices[0].programme
    after = allocate(with_effect(instance, name, Fraction(1, 10)), SPEC, Weighted(weights={"growth": Fraction(1)}), Solve(gap=Fraction(0)))
    found = compare_results(before, after)
    assert found.aim_before is not None and found.aim_carried is not None and found.aim_after is not None
    assert found.aim_before <= found.aim_carried
    assert float(found.aim_after) <= float(found.aim_carried) + GRID_LOSS
    assert any(f"programmes.{name}" in c.place for c in found.inputs)
    assert not found.breaks


def test_a_plan_that_the_later_rules_forbid_says_so() -> None:
    instance, before = drawn(8300)
    assert before.plan is not None
    paid = {p.fund for c in before.plan.choices for p in c.payments}
    poorer = with_parts(instance, funds=tuple(f.model_copy(update={"years": {}}) if f.id in paid else f for f in instance.funds))
    found = stability(before, poorer, (0,), (), EXACT)
    assert found.breaks if paid else not found.breaks
