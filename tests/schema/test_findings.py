"""`portfolio check`: arithmetic that no plan can satisfy (proved), and the quality of the data."""

from __future__ import annotations

import copy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from portfolio.formats.json_text import parse_json
from portfolio.schema.findings import findings, knowledge
from portfolio.schema.instance import Instance
from portfolio.schema.problem import Problem
from portfolio.schema.validate import parse_instance

RAW: dict[str, Any] = parse_json((Path(__file__).parent / "full_instance.json").read_text(encoding="utf-8"))
QUIET: dict[str, Any] = {
    "format": "portfolio-instance",
    "header": {"id": "quiet", "first_year": 2026, "last_year": 2027, "grid": 1},
    "criteria": [{"id": "growth", "kind": "contribution"}],
    "funds": [{"id": "fund", "years": {"2026": 10, "2027": 10}}],
    "programmes": [{"id": name, "cost": 8, "effects": {"growth": 1}} for name in ("a", "b", "c")],
}
"""Nothing to find in it but plain numbers."""


def read(**changes: Any) -> Instance:
    return parse_instance(copy.deepcopy({**QUIET, **changes}))


def found(**changes: Any) -> list[tuple[str, str, str]]:
    """(severity, code, path), the note about plain numbers apart."""
    listed = findings(read(**changes))
    for problem in listed:
        assert all(problem.expectation(lang).strip() and problem.remedy(lang).strip() for lang in ("en", "ja"))
    return [(p.severity, p.code, p.path) for p in listed if p.code != "unannotated"]


def programmes(**by_id: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**p, **by_id.get(p["id"], {})} for p in QUIET["programmes"]]


def fund(**changes: Any) -> list[dict[str, Any]]:
    return [{**QUIET["funds"][0], **changes}]


def test_a_quiet_instance_has_nothing_but_plain_numbers() -> None:
    [only] = findings(read())
    assert (only.severity, only.code, dict(only.params)) == ("note", "unannotated", {"count": 8, "total": 8})


def test_the_full_instance_says_only_which_cells_are_unexplained() -> None:
    listed = [p for p in findings(parse_instance(copy.deepcopy(RAW))) if p.severity != "note"]
    assert [(p.code, p.value) for p in listed] == [("cell_unexplained", cell) for cell in ("chips, top", "chips, plain", "energy, top")]


# -- impossible --------------------------------------------------------------------------------------------------------
def ceiling(**changes: Any) -> dict[str, Any]:
    return {"ceilings": [{"id": "line", **changes}]}


def rule(kind: str, **changes: Any) -> dict[str, Any]:
    return {"rules": [{"id": "r", "kind": kind, **changes}]}


MANDATORY = programmes(a={"mandatory": True}, b={"mandatory": True})
SEVERED: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("a ceiling's sides", ceiling(min=5, max=5), ceiling(min="5.5", max=5), "floor_above_ceiling", "ceilings.line"),
    (
        "a year's sides",
        ceiling(years={"2026": {"min": 5, "max": 5}}),
        ceiling(years={"2026": {"min": 6, "max": 5}}),
        "floor_above_ceiling",
        "ceilings.line.years.2026",
    ),
    (
        "floors of years against the period",
        ceiling(max=8, years={"2026": {"min": 4}, "2027": {"min": 4}}),
        ceiling(max=7, years={"2026": {"min": 4}, "2027": {"min": 4}}),
        "floor_above_ceiling",
        "ceilings.line",
    ),
    (
        "a floor against ceilings of all years",
        ceiling(min=8, years={"2026": {"max": 4}, "2027": {"max": 4}}),
        ceiling(min=9, years={"2026": {"max": 4}, "2027": {"max": 4}}),
        "floor_above_ceiling",
        "ceilings.line",
    ),
    (
        "a floor against one year's ceiling",
        ceiling(min=9, years={"2026": {"max": 4}}),
        ceiling(min=9, last_year=2026, years={"2026": {"max": 4}}),
        "floor_above_ceiling",
        "ceilings.line",
    ),
    ("a floor against the money", ceiling(min=20), ceiling(min=21), "floor_above_money", "ceilings.line"),
    (
        "a year's floor against the money",
        ceiling(years={"2027": {"min": 10}}),
        ceiling(years={"2027": {"min": 11}}),
        "floor_above_money",
        "ceilings.line.years.2027",
    ),
    (
        "a year's floor against carried money",
        {**ceiling(years={"2027": {"min": 13}}), "funds": fund(carry_limit=3)},
        {**ceiling(years={"2027": {"min": 14}}), "funds": fund(carry_limit=3)},
        "floor_above_money",
        "ceilings.line.years.2027",
    ),
    (
        "cash comes from everything committed",
        ceiling(basis="outlay", years={"2027": {"min": 20}}),
        ceiling(basis="outlay", years={"2027": {"min": 21}}),
        "floor_above_money",
        "ceilings.line.years.2027",
    ),
    (
        "legacy of a year",
        ceiling(basis="burden", years={"2027": {"max": 5, "legacy": 5}}),
        ceiling(basis="burden", years={"2027": {"max": 5, "legacy": 6}}),
        "legacy_above_ceiling",
        "ceilings.line.years.2027",
    ),
    (
        "legacy of the funds",
        {**ceiling(basis="outlay", max=5), "funds": fund(legacy_outlay={"2026": 5})},
        {**ceiling(basis="outlay", max=5), "funds": fund(legacy_outlay={"2026": 6})},
        "legacy_above_ceiling",
        "ceilings.line",
    ),
    (
        "a share's sides",
        rule("share", select={"programmes": ["a"]}, min=0.5, max=0.5),
        rule("share", select={"programmes": ["a"]}, min=0.6, max=0.5),
        "floor_above_ceiling",
        "rules.r",
    ),
    (
        "a linear rule's sides",
        rule("linear", terms=[{"programme": "a", "coef": 1}], min=0, max=0),
        rule("linear", terms=[{"programme": "a", "coef": 1}], min=1, max=0),
        "floor_above_ceiling",
        "rules.r",
    ),
    ("at least of too few", rule("at_least", of=["a", "b"], min=2), rule("at_least", of=["a", "b"], min=3), "floor_above_reach", "rules.r"),
    (
        "at least of forbidden ones",
        {**rule("at_least", of=["a", "b"], min=2), "programmes": programmes(c={"forbidden": True})},
        {**rule("at_least", of=["a", "c"], min=2), "programmes": programmes(c={"forbidden": True})},
        "floor_above_reach",
        "rules.r",
    ),
    ("more groups than there are", rule("diversify", min=3), rule("diversify", min=4), "floor_above_reach", "rules.r"),
    (
        "two mandatory ones exclude each other",
        {**rule("excludes", of=["a", "c"]), "programmes": MANDATORY, "funds": fund()},
        {**rule("excludes", of=["a", "b"]), "programmes": MANDATORY, "funds": fund()},
        "mandatory_above_limit",
        "rules.r",
    ),
    (
        "focus below the mandatory ones",
        {**rule("focus", max=2), "programmes": MANDATORY},
        {**rule("focus", max=1), "programmes": MANDATORY},
        "mandatory_above_limit",
        "rules.r",
    ),
    (
        "mandatory above the budget",
        {"programmes": MANDATORY, "funds": fund(years={"2026": 16})},
        {"programmes": MANDATORY, "funds": fund(years={"2026": 15})},
        "mandatory_above_budget",
        "programmes",
    ),
    (
        "one mandatory above its fund",
        {"programmes": programmes(a={"mandatory": True}), "funds": fund(years={"2026": 8})},
        {"programmes": programmes(a={"mandatory": True}), "funds": fund(years={"2026": 7})},
        "mandatory_above_budget",
        "programmes.a",
    ),
    (
        "a scale that shrinks the need",
        {"programmes": programmes(a={"mandatory": True, "min_scale": 0.5}), "funds": fund(years={"2026": 4})},
        {"programmes": programmes(a={"mandatory": True, "min_scale": 0.5}), "funds": fund(years={"2026": 3})},
        "mandatory_above_budget",
        "programmes.a",
    ),
    (
        "a mandatory one requires a forbidden one",
        {**rule("requires", **{"if": "a", "of": ["b"]}), "programmes": programmes(a={"mandatory": True}, c={"forbidden": True})},
        {**rule("requires", **{"if": "a", "of": ["b", "c"]}), "programmes": programmes(a={"mandatory": True}, c={"forbidden": True})},
        "forbidden_required",
        "rules.r.of.1",
    ),
]


@pytest.mark.parametrize(("possible", "impossible", "code", "path"), [case[1:] for case in SEVERED], ids=[case[0] for case in SEVERED])
def test_an_impossibility_is_found_on_the_other_side_of_the_boundary_only(
    possible: dict[str, Any], impossible: dict[str, Any], code: str, path: str
) -> None:
    assert [entry for entry in found(**possible) if entry[0] == "error"] == []
    assert [entry for entry in found(**impossible) if entry[0] == "error"] == [("error", code, path)]


def test_a_group_of_mandatory_programmes_is_held_against_the_funds_that_may_pay_it() -> None:
    """Enough money in total, not in the one fund that a and b may use."""
    tagged = programmes(a={"mandatory": True, "funds": ["fund"]}, b={"mandatory": True, "funds": ["fund"]}, c={"mandatory": True})
    rich = {"id": "rich", "years": {"2026": 1000}}
    assert found(programmes=tagged, funds=[*fund(years={"2026": 15}), rich]) == [("error", "mandatory_above_budget", "programmes")]
    assert found(programmes=tagged, funds=[*fund(years={"2026": 16}), rich]) == []


def test_a_cash_budget_bounds_commitments_only_where_they_are_paid_at_once() -> None:
    cash = fund(basis="outlay", years={"2026": 7}, outlay_profile=[0.5, 0.5])
    assert found(programmes=programmes(a={"mandatory": True}), funds=cash) == []
    at_once = fund(basis="outlay", years={"2026": 7})
    assert found(programmes=programmes(a={"mandatory": True}), funds=at_once) == [("error", "mandatory_above_budget", "programmes.a")]


def test_a_requirement_is_followed_through_other_programmes() -> None:
    rules = [{"id": "r1", "kind": "requires", "if": "a", "of": ["b"]}, {"id": "r2", "kind": "requires", "if": "b", "of": ["c"]}]
    forbidden = programmes(a={"mandatory": True}, c={"forbidden": True})
    assert found(rules=rules, programmes=forbidden) == [("error", "forbidden_required", "rules.r2.of.0")]
    optional = programmes(c={"forbidden": True})
    assert found(rules=rules, programmes=optional) == [("warning", "cannot_be_funded", "rules.r2.of.0")]


@pytest.mark.parametrize(("floor", "impossible"), [("1.2", False), ("1.3", True)])
def test_a_need_floor_is_held_against_what_all_programmes_reach(floor: str, impossible: bool) -> None:
    """a brings 40 with two units of 20, b and c bring 0.5 + 0.75 of a capability that counts once: 40 + 1 * 80 of 100."""
    effects = programmes(
        a={"units": 2, "covers": {"need": 20}}, b={"provides": {"shared": 0.5}}, c={"provides": {"shared": 0.75}, "mandatory": False}
    )
    needs = [{"id": "need", "target": 100, "floor": floor}]
    extra = {"programmes": effects, "needs": needs, "capabilities": [{"id": "shared", "covers": {"need": 80}}]}
    assert found(**extra) == ([("error", "floor_above_reach", "needs.need.floor")] if impossible else [])


def test_a_capacity_is_held_against_the_mandatory_programmes() -> None:
    busy = programmes(a={"mandatory": True, "uses": {"staff": 3}}, b={"mandatory": True, "min_scale": 0.5, "uses": {"staff": 4}})
    for amount, expected in (("5", []), ("4.9", [("error", "mandatory_above_limit", "capacities.staff.years.2026")])):
        assert found(programmes=busy, capacities=[{"id": "staff", "years": {"2026": amount}}]) == expected


@pytest.mark.parametrize(
    ("parts", "total_above_one"),
    [((["a"], ["b"], ["c"]), True), ((["a"], ["a", "b"]), False), ((["a"], ["b"]), False), ((["a", "b"], ["c"], ["a"]), False)],
)
def test_shares_of_disjoint_parts_add_up(parts: tuple[list[str], ...], total_above_one: bool) -> None:
    rules = [{"id": f"r{i}", "kind": "share", "select": {"programmes": part}, "min": 0.4} for i, part in enumerate(parts)]
    assert [code for _, code, _ in found(rules=rules)] == (["shares_above_one"] if total_above_one else [])


# -- warnings ----------------------------------------------------------------------------------------------------------
def warned(**changes: Any) -> list[tuple[str, str]]:
    listed = found(**changes)
    assert {severity for severity, _, _ in listed} <= {"warning"}
    return [(code, path) for _, code, path in listed]


def requires(*pairs: str) -> list[dict[str, Any]]:
    return [{"id": f"r{i}", "kind": "requires", "if": pair[0], "of": list(pair[1:])} for i, pair in enumerate(pairs)]


@pytest.mark.parametrize(
    ("pairs", "closing"),
    [(["ab", "bc"], []), (["ab", "ba"], ["r1"]), (["ab", "bc", "ca"], ["r2"]), (["aa"], ["r0"]), (["abc", "ba", "ca"], ["r1", "r2"])],
)
def test_programmes_that_require_each_other_in_a_circle(pairs: list[str], closing: list[str]) -> None:
    assert warned(rules=requires(*pairs)) == [("requirement_cycle", f"rules.{name}") for name in closing]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"funds": fund(years={"2026": "10.4", "2027": 10})}, "funds.fund.years.2026"),
        ({"funds": fund(carry_limit="1/3")}, "funds.fund.carry_limit"),
        ({"funds": fund(project_cap=8.1)}, "funds.fund.project_cap"),
        ({"funds": fund(ticket_min=0.1)}, "funds.fund.ticket_min"),
        ({"funds": fund(legacy_outlay={"2026": 0.1})}, "funds.fund.legacy_outlay.2026"),
        (ceiling(max=7.5), "ceilings.line.max"),
        (ceiling(years={"2026": {"max": 7.5}}), "ceilings.line.years.2026.max"),
        ({"programmes": programmes(a={"cost": None, "payments": {"fund": {"2026": 7.5}}})}, "programmes.a.payments.fund.2026"),
        (
            {"programmes": programmes(a={"cost": None, "options": [{"id": "o", "payments": {"fund": {"2026": 7.5}}}]})},
            "programmes.a.options.o.payments.fund.2026",
        ),
    ],
)
def test_an_amount_off_the_grid(changes: dict[str, Any], path: str) -> None:
    assert warned(**changes) == [("off_grid", path)]


def test_a_cost_may_lie_off_the_grid() -> None:
    assert warned(programmes=programmes(a={"cost": "7.77"})) == []


@pytest.mark.parametrize(
    ("cost", "codes"),
    [
        ({"value": 8, "kind": "judgement", "low": 7, "high": 9, "note": "Why."}, []),
        ({"value": 8, "kind": "judgement", "low": 7, "note": "Why."}, ["no_range"]),
        ({"value": 8, "kind": "judgement", "high": 9, "note": "Why."}, ["no_range"]),
        ({"value": 8, "kind": "judgement", "low": 7, "high": 9}, ["no_reason"]),
        ({"value": 8, "kind": "judgement"}, ["no_range", "no_reason"]),
        ({"value": 8, "kind": "stated", "source": "plan"}, []),
        ({"value": 8, "kind": "stated"}, ["no_source"]),
        ({"value": 8, "kind": "derived"}, ["no_source"]),
        ({"value": 8}, []),
    ],
)
def test_an_annotation_is_complete(cost: Any, codes: list[str]) -> None:
    cited = {"value": 0, "source": "plan"}
    listed = warned(programmes=programmes(a={"cost": cost}), sources=[{"id": "plan"}], header={**QUIET["header"], "discount_rate": cited})
    assert listed == [(code, "programmes.a.cost") for code in codes]


def test_what_nothing_refers_to() -> None:
    assert warned(sources=[{"id": "s"}]) == [("unused", "sources.s")]
    assert ("note", "unused_sources", "sources") in found(sources=[{"id": f"s{n}"} for n in range(11)])
    assert warned(quantities={"q": 5}) == [("unused", "quantities.q")]
    assert warned(quantities={"q": 8}, programmes=programmes(a={"cost": "@q"})) == []
    assert warned(quantities={"q": 8, "r": {"factors": {"x": "@q"}}}, programmes=programmes(a={"cost": "@r"})) == []
    assert warned(needs=[{"id": "n", "target": 1}]) == [("unused", "needs.n")]
    assert warned(capabilities=[{"id": "c"}], programmes=programmes(a={"provides": {"c": 1}})) == [("unused", "capabilities.c")]
    source = {"value": 8, "source": "s"}
    assert warned(sources=[{"id": "s"}], programmes=programmes(a={"cost": {"factors": {"x": source, "y": 1}}})) == []


RISK: dict[str, Any] = {
    "criteria": [*QUIET["criteria"], {"id": "risk", "kind": "risk"}],
    "scenarios": [{"id": "s", "probability": 1, "severities": {"e": 0.5}}],
}


def test_an_exposure_is_cut_in_a_scenario_watched_by_a_criterion_and_mitigated() -> None:
    exposures = [{"id": "e", "value": 5}]
    helped = programmes(a={"mitigates": {"e": 0.5}})
    assert warned(**RISK, exposures=exposures, programmes=helped) == []
    assert warned(**RISK, exposures=exposures) == [("zero_use", "exposures.e")]
    assert warned(**{**RISK, "criteria": QUIET["criteria"]}, exposures=exposures, programmes=helped) == [("unused", "exposures.e")]
    calm = {**RISK, "scenarios": [{"id": "s", "probability": 1, "severities": {"e": 0}}]}
    assert warned(**calm, exposures=exposures, programmes=helped) == [("unused", "exposures.e")]


def test_a_need_is_covered_directly_or_through_a_capability() -> None:
    extra = {"criteria": [*QUIET["criteria"], {"id": "goods", "kind": "coverage"}], "needs": [{"id": "n", "target": 1}]}
    shared = {"capabilities": [{"id": "c", "covers": {"n": 1}}]}
    assert warned(**extra) == [("zero_use", "needs.n")]
    assert warned(**extra, programmes=programmes(a={"covers": {"n": 1}})) == []
    assert warned(**extra, **shared, programmes=programmes(a={"provides": {"c": 1}})) == []
    assert warned(**extra, **shared, programmes=programmes(a={"covers": {"n": 1}})) == [("zero_use", "capabilities.c")]


def test_what_no_programme_touches() -> None:
    assert warned(capacities=[{"id": "c", "years": {"2026": 1}}]) == [("zero_use", "capacities.c")]
    assert warned(criteria=[*QUIET["criteria"], {"id": "k", "kind": "contribution"}]) == [("zero_use", "criteria.k")]
    assert warned(funds=[*fund(), {"id": "idle", "years": {"2026": 1}, "eligible": {"tags": ["none"]}}]) == [("idle_fund", "funds.idle")]
    assert warned(**rule("focus", max=1, select={"tags": ["non"]})) == [("selects_nothing", "rules.r.select")]
    assert warned(**ceiling(max=5, select={"regions": ["north"]})) == [("selects_nothing", "ceilings.line.select")]


@pytest.mark.parametrize(("least", "idle"), [(0.3, True), (0.4, False), (0.5, False), (None, False)])
def test_a_min_scale_below_the_first_breakpoint_is_idle(least: Any, idle: bool) -> None:
    curve = {"archetypes": [{"id": "scaler", "curve": [[0.4, 0.3], [1, 1]]}]}
    expected = [("min_scale_idle", "programmes.a.min_scale")] if idle else []
    assert warned(**curve, programmes=programmes(a={"archetype": "scaler", "min_scale": least})) == expected
    option = programmes(a={"archetype": "scaler", "options": [{"id": "o", "min_scale": least}]})
    assert warned(**curve, programmes=option) == [(code, "programmes.a.options.o.min_scale") for code, _ in expected]


@pytest.mark.parametrize(("ramp", "short"), [("1/2", False), ("0.49", True), (1, False)])
def test_a_ramp_lets_the_whole_cost_through_the_window(ramp: Any, short: bool) -> None:
    assert warned(programmes=programmes(a={"ramp": ramp})) == ([("ramp_short", "programmes.a")] if short else [])


def test_a_duration_needs_start_years() -> None:
    assert warned(programmes=programmes(a={"duration": 1})) == [("duration_idle", "programmes.a.duration")]
    assert warned(programmes=programmes(a={"duration": 1, "start_years": [2026]})) == []
    assert warned(programmes=programmes(a={"duration": 1, "options": [{"id": "o", "start_years": [2026]}]})) == []


def test_a_cell_has_programmes_or_a_reason() -> None:
    placed = programmes(a={"field": "f", "archetype": "x"}, b={"field": "f", "archetype": "x"})
    both = {"fields": [{"id": "f"}], "archetypes": [{"id": "x"}, {"id": "y"}], "programmes": placed}
    line = {"field": "f", "archetype": "y", "reason": "None exist."}
    assert warned(**both) == [("cell_unexplained", "empty_cells")]
    assert warned(**both, empty_cells=[line]) == []
    assert warned(**both, empty_cells=[line, {**line, "archetype": "x"}]) == [("cell_not_empty", "empty_cells.1")]
    assert warned(fields=[{"id": "f"}]) == [] == warned(archetypes=[{"id": "x"}])


# -- knowledge ---------------------------------------------------------------------------------------------------------
def test_knowledge_counts_numbers_as_written() -> None:
    costs = programmes(
        a={"cost": {"value": 8, "kind": "stated"}},
        b={"cost": {"factors": {"x": {"value": 8, "kind": "judgement"}, "y": {"value": 1, "kind": "derived"}}}},
    )
    expected = {"stated": 1, "derived": 1, "judgement": 1, "unannotated": 6, "total": 9, "share_of_judgement": Fraction(1, 9)}
    assert knowledge(read(programmes=costs)) == expected


def test_a_shared_number_counts_once() -> None:
    shared = {"quantities": {"q": {"value": 8, "kind": "judgement"}}, "programmes": [{**p, "cost": "@q"} for p in QUIET["programmes"]]}
    assert knowledge(read(**shared))["judgement"] == 1


def test_errors_come_first_and_notes_last() -> None:
    listed: list[Problem] = findings(read(**ceiling(min=21, max=20.5), sources=[{"id": "s"}]))
    assert [p.severity for p in listed] == ["error", "error", "warning", "warning", "note"]
