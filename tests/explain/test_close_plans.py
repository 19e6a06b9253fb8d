"""Alternatives, core index, prices, planning again and comparing, against enumeration on random tiny instances."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise, product

import pytest

from portfolio.api.allocate import Effort as Solve
from portfolio.api.allocate import allocate
from portfolio.audit import Tally
from portfolio.audit.plan import check_plan
from portfolio.errors import AuditFailed, UsageError
from portfolio.explain.alternatives import alternatives
from portfolio.explain.core import core_index, vertices
from portfolio.explain.effort import Effort
from portfolio.explain.persistence import bound_to, stability
from portfolio.explain.prices import fixed_duals, limits, moved, price
from portfolio.explain.public import compare_results
from portfolio.explain.question import Question
from portfolio.explain.variants import with_cost_cut, with_effect, with_parts
from portfolio.library import load_model
from portfolio.results import Plan, Result
from portfolio.schema.aim import Weighted
from portfolio.schema.instance import Instance
from portfolio.schema.quantity import plain
from portfolio.schema.rules import Excludes
from portfolio.schema.validate import parse_instance
from tests.conformance import oracle
from tests.support.small_instances import small
from tests.support.tiers import seeds

SPEC = load_model()
EXACT = Effort(gap=0.0)
GRID_LOSS = 0.15
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
    """Statuses proven at the corners are checked at a grid of weights in between; borderline programmes have plans of both kinds at some of them."""
    instance, result = drawn(seed)
    names = list(result.ranges)[:2]
    # Ranks and intervals in turn.
    words = (
        ",".join(names)
        if seed % 2
        else ",".join([f"{names[0]}=0.3..0.6", f"{names[1]}=0.2..", *(f"{c}=..0.3" for c in list(result.ranges)[2:])])
    )
    ranked = vertices(words, result.ranges)
    slack = Fraction(1, 1000)
    found = core_index(result, ranked, EXACT, slack)
    wide = {c: abs(float(r.worst - r.best)) for c, r in result.ranges.items()}
    always: dict[str, set[bool]] = {p.id: set() for p in instance.programmes}
    nearly: dict[str, set[bool]] = {p.id: set() for p in instance.programmes}
    for share in list(product((0.0, 1.0), repeat=len(ranked)))[1:]:
        total = sum(share)
        if total not in (1, 2, len(ranked)):
            continue
        weights = {c: sum(s / total * float(w.get(c, 0)) for s, w in zip(share, ranked, strict=True)) / wide[c] for c in result.ranges}
        sets = every_set(instance, weights)
        best = min(sets.values())
        for funded, value in sets.items():
            for seen, room in ((always, -1e-6), (nearly, 1e-5)):
                if value <= best + float(slack) + room:
                    for name, decisions in seen.items():
                        decisions.add(name in funded)
    for entry in found.entries:
        if entry.status == "core":
            assert always[entry.programme] == {True} and entry.share == 1, (seed, entry)
        elif entry.status == "exterior":
            assert always[entry.programme] == {False} and entry.share == 0, (seed, entry)
        elif entry.status == "borderline":
            assert 0 < entry.share < 1 and nearly[entry.programme] == {True, False}, (seed, entry)
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
    found = stability(result, worse, (0, 1, 2), (Fraction(1, 5), Fraction(3)), EXACT)
    for point in found.points:
        free = point.changed is None and point.price is None
        bounded = worse if free else bound_to(worse, result.plan, point.changed, point.price, "growth")
        expected = oracle.minimise(bounded, SPEC, {"growth": 1.0})
        assert (point.status == "infeasible") == (expected is None), (seed, point.changed)
        if expected is not None and point.value is not None:
            moving = (point.price or 0) * point.money_moved * instance.header.grid
            assert abs(float(point.value + moving) - expected.value) < GRID_LOSS, (seed, point.changed, point.price)
            assert point.changed is None or point.moved <= point.changed
            assert point.bound is None or float(point.bound) <= expected.value + 1e-5
    values = [p.value for p in found.points if p.value is not None and p.price is None]
    assert all(later <= earlier + Fraction(5, 100) for earlier, later in pairwise(values))


def later(seed: int, instance: Instance, plan: Plan) -> tuple[Instance, str]:
    """The instance after one change, and the path it lies under."""
    funded = sorted({c.programme for c in plan.choices})
    others = [p.id for p in instance.programmes if p.id not in funded]
    if seed % 4 == 0 and funded:
        return with_effect(instance, funded[0], Fraction(1, 10)), f"programmes.{funded[0]}"
    if seed % 4 == 1 and others:
        return with_cost_cut(instance, others[0], Fraction(1, 2)), f"programmes.{others[0]}"
    if seed % 4 == 2 and len(funded) > 1:
        rule = Excludes.model_validate({"id": "apart", "kind": "excludes", "of": funded[:2]})
        return with_parts(instance, rules=(*instance.rules, rule)), "rules"
    fund = instance.funds[seed % len(instance.funds)]
    less = fund.model_copy(update={"years": {t: plain(q.number / 2) for t, q in fund.years.items()}})
    return with_parts(instance, funds=tuple(less if f is fund else f for f in instance.funds)), f"funds.{fund.id}"


def obeys(instance: Instance, plan: Plan) -> bool:
    """May the plan's ways be paid as it pays them, to a unit? By the enumeration's LP."""
    unit = float(max(w.public_cost for w in instance.ways) or 1)
    grid = float(instance.header.grid) / unit
    taken = {(c.programme, c.option if c.start is None else f"{c.option}@{c.start}", c.units): c for c in plan.choices}
    for picks in oracle.assignments(instance):
        if {(p.way.programme, p.way.name, p.units) for p in picks} != set(taken):
            continue
        question = oracle._Question(instance, SPEC, picks)
        lp, _ = question.lp()
        for x, (way, fund, year) in question.pay.items():
            choice = taken[way.programme, way.name, next(p.units for p in picks if p.way is way)]
            paid = grid * sum(p.amount for p in choice.payments if (p.fund, p.year) == (fund, year))
            lp.row({x: 1.0}, paid - grid, paid + grid)
        if lp.minimise({}) is not None:
            return True
    return False


@pytest.mark.parametrize("seed", seeds(8600, 4, 200))
def test_comparing_tells_what_moved_and_splits_the_change_of_the_aim(seed: int) -> None:
    """The earlier plan is valued under the later numbers by the audit's own reckoning, and its breaches by the enumeration's LP."""
    instance, before = drawn(seed)
    assert before.plan is not None
    changed, place = later(seed, instance, before.plan)
    expected = oracle.minimise(changed, SPEC, {"growth": 1.0})
    try:
        after = allocate(changed, SPEC, Weighted(weights={"growth": Fraction(1)}), Solve(gap=Fraction(0)))
    except AuditFailed:
        pytest.skip("no rounding of the later plan")
    if after.plan is None:
        assert expected is None
        with pytest.raises(UsageError):
            compare_results(before, after)
        return
    found = compare_results(before, after)
    assert bool(found.inputs) == (changed.hash != instance.hash) and all(c.place.startswith(place) for c in found.inputs)
    old, new = (
        {c.programme: (c.option, c.start, sum(p.amount for p in c.payments)) for c in r.plan.choices} for r in (before, after) if r.plan
    )
    assert {m.programme for m in found.shift.moves} == {p for p in {*old, *new} if old.get(p) != new.get(p)}
    carried = check_plan(changed, SPEC, before.plan, Tally()).criteria["growth"]
    assert found.of in ("growth", "aim")
    if found.of == "growth":
        assert found.aim_before == -before.plan.criteria["growth"] and found.aim_after == -after.plan.criteria["growth"]
        assert found.aim_carried == -carried and (found.bound_after is None or found.bound_after == after.claims[0].bound)
    else:
        # Growth does not move any more: it is dropped from the aim, which scores every plan alike.
        assert "growth" not in after.ranges and found.aim_before == found.aim_carried == found.aim_after == 0
    if found.breaks:
        assert not place.startswith("programmes") or (
            seed % 4 == 0 and any("need_floor" in b or "criterion_bound" in b for b in found.breaks)
        )
    else:
        assert obeys(changed, before.plan)
        assert expected is not None and float(found.aim_after) <= float(found.aim_carried) + GRID_LOSS
    if not obeys(changed, before.plan):
        assert found.breaks, seed


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
