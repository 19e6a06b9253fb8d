"""Truth tables: the valid handmade plan against one rule at a time, set so that it just holds and so that it just fails."""

from __future__ import annotations

import copy
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from portfolio.audit import audit_plan
from portfolio.audit.selection import take
from portfolio.results import Choice, Plan
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance
from tests.audit.handmade import INSTANCE, PLAN, broken, verdict_on

Raw = dict[str, Any]

# kind, rule as it just holds, entries that make it fail
RULES: list[tuple[str, Raw, Raw]] = [
    ("requires", {"if": "fab", "of": ["cable", "uav"]}, {"of": ["cable", "lab"]}),
    ("requires", {"if": "lab", "of": ["refinery"]}, {"if": "uav"}),
    ("requires", {"if": "fab,loan", "of": ["lab"]}, {"if": "fab,grant"}),
    ("requires", {"if": "port", "of": ["uav,base@2027"]}, {"of": ["uav,base@2026"]}),
    ("excludes", {"of": ["fab", "lab", "coal"]}, {"of": ["fab", "lab", "uav"]}),
    ("at_least", {"of": ["fab", "lab", "uav"], "min": 2}, {"min": 3}),
    ("at_least", {"of": ["fab,loan", "fab,grant"], "min": 1}, {"of": ["fab,loan", "lab"]}),
    ("focus", {"group": "programme", "max": 6}, {"max": 5}),
    ("focus", {"group": "field", "max": 4}, {"max": 3}),
    ("focus", {"group": "archetype", "max": 2}, {"max": 1}),
    ("focus", {"group": "cell", "max": 4}, {"max": 3}),
    ("focus", {"group": "region", "max": 2}, {"max": 1}),
    ("focus", {"group": "instrument", "max": 1}, {"max": 0}),
    ("focus", {"group": "programme", "select": {"fields": ["energy"]}, "max": 2}, {"max": 1}),
    ("diversify", {"group": "programme", "min": 6}, {"min": 7}),
    ("diversify", {"group": "field", "min": 4}, {"min": 5}),
    ("diversify", {"group": "archetype", "min": 2}, {"min": 3}),
    ("diversify", {"group": "cell", "min": 4}, {"min": 5}),
    ("diversify", {"group": "region", "min": 2}, {"min": 3}),
    ("diversify", {"group": "instrument", "min": 1}, {"min": 2}),
    ("share", {"select": {"fields": ["chips"]}, "max": "200/396"}, {"max": "199/396"}),
    ("share", {"select": {"fields": ["chips"]}, "min": "200/396"}, {"min": "201/396"}),
    ("share", {"select": {"tags": ["dual"]}, "of": {"fields": ["chips", "drones"]}, "min": "75/275"}, {"min": "76/275"}),
    ("max_funds", {"max": 2}, {"max": 1}),
    ("max_funds", {"select": {"fields": ["health"]}, "max": 1}, {"select": {"fields": ["chips"]}}),
    ("fund_exclusion", {"funds": ["bonds", "defense"]}, {"funds": ["bonds", "cash"]}),
    ("fund_exclusion", {"funds": ["bonds", "cash"], "select": {"fields": ["health"]}}, {"select": {"fields": ["energy"]}}),
    ("linear", {"terms": [{"programme": "storage", "coef": 3}], "max": 6}, {"max": 5}),
    ("linear", {"terms": [{"programme": "storage", "on": "scale", "coef": 2}], "min": 3}, {"min": 4}),
    (
        "linear",
        {"terms": [{"programme": "fab", "option": "grant", "coef": 1}], "min": 1},
        {"terms": [{"programme": "fab", "option": "loan", "coef": 1}]},
    ),
    ("linear", {"terms": [{"programme": "fab", "on": "money", "coef": 1}], "max": 20}, {"max": "19.9"}),
    ("linear", {"terms": [{"programme": "fab", "on": "money", "year": 2027, "coef": 1}], "max": 10}, {"max": "9.9"}),
    ("linear", {"terms": [{"programme": "fab", "on": "money", "fund": "cash", "year": 2027, "coef": 1}], "max": 5}, {"max": "4.9"}),
    ("linear", {"terms": [{"programme": "lab", "coef": 1}], "max": 0}, {"max": -1}),
    ("criterion_bound", {"criterion": "safety", "min": "1.8432"}, {"min": "1.8433"}),
    ("criterion_bound", {"criterion": "loss_cvar", "max": "54.25"}, {"max": "54.2"}),
    ("persistence", {"max_changed": 6}, {"max_changed": 5}),
]


@pytest.mark.parametrize(("kind", "entries", "failing"), [pytest.param(*row, id=f"{n}-{row[0]}") for n, row in enumerate(RULES)])
def test_a_rule_holds_up_to_its_limit_and_no_further(kind: str, entries: Raw, failing: Raw) -> None:
    for extra, expected in (({}, False), (failing, True)):
        rule = {"id": "the_rule", "kind": kind, **entries, **extra}
        assert (kind in broken(verdict_on({**INSTANCE, "rules": [rule]}))) is expected


# rule, path in the instance, value that just holds, value that just fails
LIMITS: list[tuple[str, tuple[Any, ...], Any, Any]] = [
    ("ceiling", ("ceilings", 0, "years", "2026", "max"), 10, "9.99"),
    ("ceiling_floor", ("ceilings", 0, "years", "2026", "min"), 10, "10.01"),
    ("ceiling", ("ceilings", 0, "max"), 20, "19.99"),
    ("ceiling_floor", ("ceilings", 0, "min"), 20, "20.01"),
    ("ceiling", ("ceilings", 1, "years", "2026", "max"), "9.3", "9.29"),
    ("ceiling", ("ceilings", 1, "years", "2027", "max"), "6.3", "6.29"),
    ("ceiling", ("ceilings", 1, "max"), "15.6", "15.59"),
    ("ceiling", ("ceilings", 2, "years", "2026", "max"), "8.9", "8.89"),
    ("ceiling", ("ceilings", 2, "years", "2028", "max"), "1.6", "1.59"),
    ("match", ("match_groups", 0, "capacity"), 18, "17.99"),
    ("capacity", ("capacities", 0, "years", "2026"), 9, "8.99"),
    ("capacity", ("capacities", 0, "years", "2027"), "11.24", "11.23"),
    ("need_floor", ("needs", 0, "floor"), "0.804", "0.805"),
    ("ramp", ("programmes", 0, "ramp"), "0.551", "0.55"),  # 100 < 180 ramp + 1 exactly when ramp > 0.55
    ("subsidy_rate", ("funds", 0, "subsidy_rate"), "0.3862", "0.3861"),  # fab: 100 + 0.8 * 50 < 360 rate + 1 exactly when rate > 139/360
    ("subsidy_rate", ("funds", 2, "subsidy_rate"), "0.981", "0.98"),  # vaccine, prescribed: 26 + 15 + 10 < 51 rate + 1, w = 1
    ("project_cap", ("funds", 1, "project_cap"), "7.5", "7.4"),
    ("ticket", ("funds", 1, "ticket_min"), "2.5", "2.6"),
    ("min_scale", ("programmes", 0, "min_scale"), "0.9", "0.901"),
    ("overpaid", ("programmes", 2, "cost"), "5.01", "5.0"),
    ("carry_limit", ("funds", 0, "carry_limit"), 15, "14.99"),
    ("authority", ("funds", 0, "years", "2026"), "30.09", "30.1"),
    ("eligibility", ("funds", 0, "sunset"), 2027, 2026),
    ("mandatory", ("programmes", 0, "mandatory"), True, None),
    ("forbidden", ("programmes", 7, "forbidden"), True, None),
]


def with_entry(path: tuple[Any, ...], value: Any) -> Raw:
    """The instance with one entry changed."""
    changed = copy.deepcopy(INSTANCE)
    place: Any = changed
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return changed


@pytest.mark.parametrize(("rule", "path", "holds", "fails"), [pytest.param(*row, id=".".join(map(str, row[1]))) for row in LIMITS])
def test_a_limit_holds_up_to_its_value_and_no_further(rule: str, path: tuple[Any, ...], holds: Any, fails: Any) -> None:
    assert rule not in broken(verdict_on(with_entry(path, holds)))
    if fails is not None:
        assert rule in broken(verdict_on(with_entry(path, fails)))


def test_burden_and_outlay_floors_are_kept_too() -> None:
    for basis, holds, fails in (("burden", "7.9", "8"), ("outlay", "13.2", "13.3")):  # outlay: 5.8 + 3.4 + legacy 3 + 1
        for least, expected in ((holds, False), (fails, True)):
            ceiling = {"id": "c", "basis": basis, "years": {"2026": {"min": least}}}
            assert ("ceiling_floor" in broken(verdict_on({**INSTANCE, "ceilings": [ceiling]}))) is expected


def test_an_all_or_nothing_way_that_is_short_by_one_unit_is_below_its_scale() -> None:
    plan = copy.deepcopy(PLAN)
    plan["choices"][2]["payments"][0]["amount"] = 25
    assert "min_scale" in broken(verdict_on(INSTANCE, plan))


def test_a_synergy_with_a_negative_bonus_lowers_the_criterion() -> None:
    rules = [dict(r, bonus={"growth": "-1.5"}) if r["id"] == "wired_fab" else r for r in INSTANCE["rules"]]
    plan = {**PLAN, "criteria": {**PLAN["criteria"], "growth": "12.699"}}
    assert broken(verdict_on({**INSTANCE, "rules": rules}, plan)) == {"criterion_bound"}


def test_a_persistence_price_on_a_minimised_criterion_is_added() -> None:
    rules = [dict(r, criterion="emissions") if r["id"] == "stay_close" else r for r in INSTANCE["rules"]]
    plan = {**PLAN, "criteria": {**PLAN["criteria"], "growth": "15.88", "emissions": "0.481"}}
    assert broken(verdict_on({**INSTANCE, "rules": rules}, plan)) == set()


def test_a_model_without_a_tail_is_not_divided_by() -> None:
    criteria = [dict(c, alpha=None) if c["id"] == "loss_cvar" else c for c in INSTANCE["criteria"]]
    model = ModelSpec.model_validate({"id": "m", "components": ["risk"], "risk": {"alpha": 1}})
    verdict = audit_plan(parse_instance({**INSTANCE, "criteria": criteria}), model, Plan.model_validate(PLAN))
    assert "risk_measure" in broken(verdict)


THIRD, QUARTER = Fraction(1, 3), Fraction(1, 4)
# b_1, rho C, units, T, scale
SCALES: list[tuple[str, Fraction, int, int, int, str]] = [
    ("money for exactly b_1 = 1/3", THIRD, 3, 1, 1, "1/3"),
    ("a third where b_1 is less", QUARTER, 3, 1, 1, "0.333333333333"),
    ("two thirds above b_1", THIRD, 3, 1, 2, "0.666666666666"),
    ("money for exactly units b_1", THIRD, 3, 2, 2, "2/3"),
    ("between the step below b_1 and b_1", THIRD, 3 * 10**13, 1, 10**13 - 1, "0.333333333333"),
    ("just above b_1, where the step is below it", THIRD, 3 * 10**13, 1, 10**13 + 1, "1/3"),
    ("less than b_1", THIRD, 10, 1, 3, "0.3"),
    ("a number with few digits stays", QUARTER, 8, 1, 5, "0.625"),
    ("a step below the full scale", QUARTER, 10**13, 1, 10**13 - 1, "0.999999999999"),
    ("full scale", QUARTER, 8, 1, 8, "1"),
    ("more than the full scale", QUARTER, 8, 1, 9, "1"),
    ("several units", QUARTER, 7, 3, 10, "1.428571428571"),
    ("several units, all of them", QUARTER, 7, 3, 21, "3"),
    ("no cost", THIRD, 0, 2, 0, "2"),
]


@pytest.mark.parametrize(("first", "cost", "units", "paid", "scale"), [pytest.param(*row[1:], id=row[0]) for row in SCALES])
def test_the_scale_is_rounded_down_but_not_below_the_smallest(first: Fraction, cost: int, units: int, paid: int, scale: str) -> None:
    base = next(w for w in parse_instance(INSTANCE).ways if w.programme == "storage")
    way = replace(base, cost=Fraction(cost), rate=Fraction(1), units=units, curve=((first, first), (Fraction(1), Fraction(1))))
    claim = Choice.model_validate({"programme": "storage", "option": "base", "units": units, "scale": 0, "effect": 0, "private": 0})
    taken = take(way, claim, {("cash", 2026): paid} if paid else {}, Fraction(1), {2026: Fraction(1)})
    assert taken.scale == Fraction(scale)


def test_a_ramp_binds_flexible_ways_with_more_than_one_year_only() -> None:
    def with_ramp(place: int, **entries: Any) -> set[str]:
        return broken(verdict_on(with_entry(("programmes", place), {**INSTANCE["programmes"][place], "ramp": "0.1", **entries})))

    assert "ramp" in with_ramp(4)  # storage: 30 in 2026 against 0.1 * 2 * 1.5 / 0.1 + 1 = 4
    assert "ramp" in with_ramp(4, first_year=2026, last_year=2027)
    assert with_ramp(4, first_year=2026, last_year=2026) == set()
    assert with_ramp(2) == set()  # vaccine, by profile


@pytest.mark.parametrize(("option", "changes"), [("base@2027", 5), ("base@2026", 6), ("base", 6)])
def test_the_reference_names_a_way_with_its_start(option: str, changes: int) -> None:
    reference = [dict(r, option=option) if r["programme"] == "uav" else r for r in INSTANCE["reference"]]
    for most, expected in ((changes, False), (changes - 1, True)):
        rule = {"id": "the_rule", "kind": "persistence", "max_changed": most}
        assert ("persistence" in broken(verdict_on({**INSTANCE, "rules": [rule], "reference": reference}))) is expected


def test_legacy_of_a_band_does_not_count_on_commitment_basis() -> None:
    for most, expected in ((10, False), ("9.99", True)):
        ceiling = {"id": "c", "select": {"fields": ["chips"]}, "years": {"2026": {"max": most, "legacy": 5}}}
        assert ("ceiling" in broken(verdict_on({**INSTANCE, "ceilings": [ceiling]}))) is expected


@pytest.mark.parametrize("measure", [{"on": "taken"}, {"on": "scale"}])
def test_a_term_on_units_or_scale_ignores_fund_and_year(measure: Raw) -> None:
    # storage is paid by cash in 2026 only
    terms = [{"programme": "storage", "coef": 2, "fund": "defense", "year": 2028, **measure}]
    amount = 4 if measure["on"] == "taken" else 3
    for least, expected in ((amount, False), (amount + 1, True)):
        rule = {"id": "the_rule", "kind": "linear", "terms": terms, "min": least}
        assert ("linear" in broken(verdict_on({**INSTANCE, "rules": [rule]}))) is expected
