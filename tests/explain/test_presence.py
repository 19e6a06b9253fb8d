"""Best plan with and without a programme, losses and break-evens against enumeration, on random tiny instances."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest

from portfolio.api.allocate import Effort as Solve
from portfolio.api.allocate import allocate
from portfolio.errors import AuditFailed
from portfolio.explain.break_even import break_even
from portfolio.explain.changes import changes
from portfolio.explain.effort import Effort
from portfolio.explain.presence import explain_programme
from portfolio.explain.question import Question
from portfolio.explain.variants import with_effect, with_programme
from portfolio.library import load_model
from portfolio.results import Result
from portfolio.schema.aim import Weighted
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.solvers.outcome import Ask
from tests.conformance import oracle
from tests.support.small_instances import small
from tests.support.tiers import seeds

SPEC = load_model()
EXACT = Effort(gap=0.0, solves=60)
GRID_LOSS = 0.15
"""Room for whole units [criterion]: published amounts are multiples of 1/1000, effects up to 30 per unit of money and several payments each;
either way (published rule 16)."""


def unforced(instance: Instance) -> bool:
    return (
        1 < oracle.count(instance, 41) <= 40
        and not any(p.mandatory or p.forbidden for p in instance.programmes)
        and oracle.minimise(instance, SPEC, {"growth": 1.0}) is not None
    )


@cache
def drawn(seed: int) -> tuple[Instance, Result]:
    """A feasible instance and the result of maximising growth alone, gap 0."""
    aim = Weighted(weights={"growth": Fraction(1)})
    for attempt in range(20):
        instance = parse_instance(small(100 * seed + attempt, unforced))
        try:
            result = allocate(instance, SPEC, aim, Solve(gap=Fraction(0)))
        except AuditFailed:
            # No rounding of its best plan: nothing to explain.
            continue
        if "growth" in result.ranges and result.claims[0].of == "growth":
            return instance, result
    raise AssertionError(seed)


def fits_the_grid(question: Question, name: str) -> bool:
    on, without = ((), (name,)) if name in question.funded else ((name,), ())
    with question.insisting(on, without):
        x = question.solve(EXACT.ask()).x
    return x is not None and question.published(x) is not None


def best(instance: Instance) -> float | None:
    found = oracle.minimise(instance, SPEC, {"growth": 1.0})
    return None if found is None else found.value


@pytest.mark.parametrize("seed", seeds(5000, 8, 200))
def test_the_best_plan_with_or_without_a_programme_equals_enumeration(seed: int) -> None:
    instance, result = drawn(seed)
    assert result.plan is not None
    question = Question(result)
    funded = {c.programme for c in result.plan.choices}
    for programme in instance.programmes:
        answer = explain_programme(question, programme.id, EXACT, ())
        side = {"forbidden": True} if programme.id in funded else {"mandatory": True}
        expected = best(with_programme(instance, programme.id, **side))
        assert (answer.status == "infeasible") == (expected is None), (seed, programme.id)
        assert (answer.topic == "why") == (programme.id in funded)
        if expected is None:
            assert set(answer.within.values()) == {"no"}
            continue
        assert answer.value is not None and answer.bound is not None and answer.plan is not None
        assert (programme.id in {c.programme for c in answer.plan.choices}) != (programme.id in funded)
        # Below the optimum only by what rounding up may win.
        assert expected - GRID_LOSS <= float(answer.bound) <= expected + 1e-5
        assert float(answer.value) >= expected - GRID_LOSS
        if float(answer.value) - expected >= GRID_LOSS:
            # Only where the best plan has no rounding on the grid; the stated loss is then as wide as that.
            assert not fits_the_grid(question, programme.id), (seed, programme.id)
        true = expected - (best(instance) or 0.0)
        assert answer.loss.low is not None and answer.loss.high is not None
        assert float(answer.loss.low) - GRID_LOSS <= true <= float(answer.loss.high) + GRID_LOSS
        for share, said in answer.within.items():
            room = float(share.removesuffix("%")) / 100 * question.unit
            assert said != "yes" or true <= room + GRID_LOSS, (seed, programme.id, share)
            assert said != "no" or true >= room - GRID_LOSS, (seed, programme.id, share)


@pytest.mark.parametrize("seed", seeds(6000, 5, 200))
def test_break_evens_hold_on_both_sides_by_enumeration(seed: int) -> None:
    """At `out` no plan with the programme is as good as the reported one; at `enough` one is."""
    instance, result = drawn(seed)
    question = Question(result)
    for programme in instance.programmes:
        if programme.id in question.funded:
            continue
        found = question.best(Ask(), on=(programme.id,))
        if found.plan is None:
            continue
        for change in changes(question, programme.id):
            even = break_even(question, programme.id, change, EXACT, found)
            assert even.out is not None or found.bound < question.value, (seed, programme.id, even)
            if even.out is None:
                continue
            below = best(with_programme(change.apply(even.out), programme.id, mandatory=True))
            assert below is None or below >= question.value - GRID_LOSS, (seed, programme.id, even)
            if even.enough is not None:
                above = best(with_programme(change.apply(even.enough), programme.id, mandatory=True))
                assert above is not None and above <= question.value + GRID_LOSS, (seed, programme.id, even)
                # Wider only where whole units are what stands in between.
                tight = even.enough - even.out <= 2 * even.tolerance
                assert tight or even.out == even.today or (below is not None and below <= question.value + GRID_LOSS), (seed, even)


@pytest.mark.parametrize("seed", seeds(7000, 4, 200))
def test_a_funded_programme_leaves_below_its_break_even_and_not_above(seed: int) -> None:
    instance, result = drawn(seed)
    question = Question(result)
    for name in question.funded:
        answer = explain_programme(question, name, EXACT)
        without = best(with_programme(instance, name, forbidden=True))
        if without is None or not answer.break_evens:
            continue
        even = answer.break_evens[0]
        assert even.enough is not None and (even.out or 0) <= even.enough <= 1
        kept = best(with_programme(with_effect(instance, name, even.enough), name, mandatory=True))
        assert kept is not None and kept <= float(answer.value or 0) + GRID_LOSS
        if even.out:
            gone = best(with_programme(with_effect(instance, name, even.out), name, mandatory=True))
            assert gone is None or gone >= without - GRID_LOSS, (seed, name)


@pytest.mark.parametrize("seed", seeds(11000, 3, 200))
def test_looking_near_a_known_plan_first_changes_no_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What large Programs do, on small ones: best plans with and without, and break-evens on both sides."""
    monkeypatch.setattr("portfolio.explain.question.LARGE", 0)
    instance, result = drawn(seed)
    question = Question(result)
    for programme in instance.programmes:
        side = {"forbidden": True} if programme.id in question.funded else {"mandatory": True}
        expected = best(with_programme(instance, programme.id, **side))
        answer = explain_programme(question, programme.id, EXACT, ("effect", "cost"))
        assert (answer.status == "infeasible") == (expected is None), (seed, programme.id)
        if expected is None or answer.topic == "why":
            continue
        assert answer.bound is not None and expected - GRID_LOSS <= float(answer.bound) <= expected + 1e-5, (seed, programme.id)
        for even, change in zip(answer.break_evens, changes(question, programme.id), strict=False):
            if even.out is not None:
                below = best(with_programme(change.apply(even.out), programme.id, mandatory=True))
                assert below is None or below >= question.value - GRID_LOSS, (seed, programme.id, even)
            if even.enough is not None:
                above = best(with_programme(change.apply(even.enough), programme.id, mandatory=True))
                assert above is not None and above <= question.value + GRID_LOSS, (seed, programme.id, even)


def test_what_no_plan_can_fund_today_still_has_a_break_even_in_money_and_cost() -> None:
    """10 in the fund, all or nothing: a programme of 12 lacks 2, or a sixth of its cost; then it beats what is funded instead."""
    raw = {
        "header": {"id": "k", "first_year": 2026, "last_year": 2026, "grid": "0.01"},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "budget", "years": {"2026": 10}}],
        "programmes": [
            {"id": "a", "cost": 3, "effects": {"growth": 1}},
            {"id": "b", "cost": 4, "effects": {"growth": 2}},
            {"id": "big", "cost": 12, "effects": {"growth": 50}},
        ],
    }
    result = allocate(parse_instance(raw), SPEC, Weighted(weights={"growth": Fraction(1)}), Solve(gap=Fraction(0)))
    answer = explain_programme(Question(result), "big", EXACT, ("effect", "cost", "money"))
    assert answer.status == "infeasible"
    evens = {e.kind: e for e in answer.break_evens}
    assert set(evens) == {"cost", "money"}
    money, cost = evens["money"], evens["cost"]
    assert money.out is not None and money.enough is not None and money.out < 2 <= money.enough <= money.out + money.tolerance
    assert cost.out is not None and cost.enough is not None and cost.out < Fraction(1, 6) <= cost.enough <= cost.out + cost.tolerance


def test_a_programme_in_a_tie_needs_no_change() -> None:
    """Two programmes alike and money for one: the other is in a plan as good as the reported one, whatever one asks about."""
    raw = {
        "header": {"id": "k", "first_year": 2026, "last_year": 2026, "grid": "0.01"},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "budget", "years": {"2026": 4}}],
        "programmes": [{"id": name, "cost": 4, "effects": {"growth": 2}} for name in ("a", "b")],
    }
    result = allocate(parse_instance(raw), SPEC, Weighted(weights={"growth": Fraction(1)}), Solve(gap=Fraction(0)))
    question = Question(result)
    other = next(name for name in ("a", "b") if name not in question.funded)
    answer = explain_programme(question, other, EXACT, ("effect", "cost", "money"))
    assert answer.loss.high == 0 and all(e.enough == e.today and e.solves == 0 for e in answer.break_evens)
