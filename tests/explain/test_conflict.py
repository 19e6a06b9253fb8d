"""Conflicts and repairs against enumeration: the set conflicts, every proper subset can be obeyed, what a repair leaves can be obeyed."""

from __future__ import annotations

import copy

import pytest

from portfolio.explain.amend import amended
from portfolio.explain.conflict import find_conflict
from portfolio.explain.feasible import Rulebook
from portfolio.explain.named_rules import only
from portfolio.explain.public import why_infeasible
from portfolio.library import load_model
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from tests.conformance import oracle
from tests.support.cheapest_repair import rule_of
from tests.support.small_instances import Raw, small

SPEC = load_model()
INFEASIBLE = (1, 18, 19, 27, 29, 31, 35, 36, 43, 63, 80, 81, 100)
"""Seeds whose instance no plan obeys, with conflicts of one to five rules of many kinds; in some only whole decisions conflict."""


CAMPAIGN = [*INFEASIBLE, *(pytest.param(seed, marks=pytest.mark.fuzz) for seed in range(120, 1000))]
"""In the long tier every seed is drawn, and those that some plan obeys are skipped: more than 200 are left."""


def drawn(seed: int) -> Instance:
    return parse_instance(small(seed, lambda i: 1 < oracle.count(i, 61) <= 60))


def feasible(instance: Instance) -> bool:
    return oracle.minimise(instance, SPEC, {instance.criteria[0].id: 1.0}) is not None


@pytest.mark.parametrize("seed", CAMPAIGN)
def test_a_conflict_is_one_and_every_part_of_it_is_not(seed: int) -> None:
    instance = drawn(seed)
    if feasible(instance):
        assert seed not in INFEASIBLE
        pytest.skip("some plan obeys it")
    book = Rulebook(instance, SPEC)
    conflict = find_conflict(book)
    assert conflict is not None and conflict.minimal
    named = [rule_of(change, book.rules).key for change in conflict.rules]
    assert len(set(named)) == len(conflict.rules)
    assert not feasible(only(instance, named, book.rules)), (seed, named)
    for left_out in named:
        rest = [k for k in named if k != left_out]
        assert feasible(only(instance, rest, book.rules)), (seed, named, left_out)


@pytest.mark.parametrize("seed", CAMPAIGN)
def test_the_instance_after_a_repair_has_a_plan(seed: int) -> None:
    instance = drawn(seed)
    if feasible(instance):
        pytest.skip("some plan obeys it")
    book = Rulebook(instance, SPEC)
    conflict = find_conflict(book)
    assert conflict is not None
    assert conflict.repairs, seed
    for repair in conflict.repairs:
        assert repair.bound <= repair.cost
        if repair.checked:
            assert feasible(amended(instance, {}, repair.changes)[0]), (seed, repair)


def test_feasible_instances_have_no_conflict() -> None:
    for seed in range(2, 12):
        instance = drawn(seed)
        if feasible(instance):
            assert find_conflict(Rulebook(instance, SPEC)) is None


def knapsack(**more: object) -> Raw:
    """Two programmes of cost 3 and 4, all or nothing, and 10 in the fund."""
    raw: Raw = {
        "header": {"id": "k", "first_year": 2026, "last_year": 2026, "grid": 1, "unit": "JPY bn", "currency": "JPY"},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "budget", "name": "The budget", "owner": "parliament", "years": {"2026": 10}}],
        "programmes": [
            {"id": "a", "name": "Alpha", "cost": 3, "effects": {"growth": 1}},
            {"id": "b", "name": "Beta", "cost": 4, "effects": {"growth": 2}},
        ],
    }
    return {**raw, **copy.deepcopy(more)}


def test_a_floor_between_two_sums_conflicts_only_because_decisions_are_whole() -> None:
    """Sums of 3 and 4 are 0, 3, 4, 7; between 5 and 6 there is none, though fractions reach it."""
    raw = knapsack(ceilings=[{"id": "band", "min": 5, "max": 6}])
    conflict = why_infeasible(raw)
    assert conflict is not None and conflict.integral and conflict.minimal
    assert {(r.place, r.side) for r in conflict.rules} == {("ceilings.band.min", "min"), ("ceilings.band.max", "max")}
    assert {int(r.amount) for r in conflict.rules} == {1}
    assert [c.place for c in conflict.repairs[0].changes] == ["ceilings.band.min"] or [c.place for c in conflict.repairs[0].changes] == [
        "ceilings.band.max"
    ]


def test_a_floor_above_the_budget_tells_the_amount_short_and_who_decides() -> None:
    conflict = why_infeasible(knapsack(ceilings=[{"id": "much", "min": 12}]))
    assert conflict is not None and not conflict.integral
    short = {r.place: (int(r.amount), r.owner) for r in conflict.rules}
    # Everything together costs 7, so it is the programmes, not the budget, that 12 cannot be reached with: the floor alone is impossible.
    assert short == {"ceilings.much.min": (5, "")}


def test_a_mandatory_programme_and_a_small_budget_conflict_with_the_amount() -> None:
    raw = knapsack(funds=[{"id": "budget", "owner": "parliament", "years": {"2026": 2}}])
    raw["programmes"][0]["mandatory"] = True
    conflict = why_infeasible(raw)
    assert conflict is not None
    short = {r.place: (int(r.amount), r.owner) for r in conflict.rules}
    assert short == {"programmes.a.mandatory": (1, ""), "funds.budget.years.2026": (1, "parliament")}
    assert conflict.repairs[0].changes[0].place == "programmes.a.mandatory" or conflict.repairs[0].checked
