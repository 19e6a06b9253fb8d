"""Results that are malformed, extended by plug-ins, or large."""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import pytest

from portfolio import audit
from portfolio.audit import CHECKERS, Facts, Tally, Violation, audit_plan, register_checker
from portfolio.audit.wording import WORDING
from portfolio.errors import InvalidInput, UsageError
from portfolio.formats.json_text import parse_json
from portfolio.results import Plan
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.rules import Focus
from portfolio.schema.validate import parse_instance
from tests.audit.handmade import INSTANCE, MODEL, PLAN, audited, broken, fresh, sealed

Raw = dict[str, Any]


class Colour(Focus):
    """A plug-in rule."""

    kind: Literal["colour"] = "colour"  # type: ignore[assignment]


@pytest.fixture
def coloured() -> Instance:
    """The handmade instance with one plug-in rule."""
    instance = parse_instance(INSTANCE)
    return instance.model_copy(update={"rules": (*instance.rules, Colour(id="red", max=2), Colour(id="blue", max=3))})


@pytest.fixture
def registry() -> Iterator[None]:
    """Puts the registry back."""
    before = dict(CHECKERS)
    yield
    CHECKERS.clear()
    CHECKERS.update(before)


def test_a_plug_in_rule_without_checker_is_listed_as_unaudited(coloured: Instance) -> None:
    verdict = audit_plan(coloured, ModelSpec.model_validate(MODEL), Plan.model_validate(PLAN))
    assert verdict.unaudited == ("colour",)
    assert verdict.violations == ()


def test_a_proven_result_does_not_hide_what_nothing_checks(registry: None) -> None:
    del CHECKERS["focus"]
    result = fresh()
    assert [v.place for v in audited(result).violations] == ["audit.unaudited"]
    result["audit"]["unaudited"] = 1
    assert audited(result).violations == ()
    result["audit"]["unaudited"] = 0
    result["status"] = "limit"
    assert audited(result).violations == ()


def test_the_counts_of_the_handmade_result_are_those_of_its_plan() -> None:
    verdict = audit_plan(parse_instance(INSTANCE), ModelSpec.model_validate(MODEL), Plan.model_validate(PLAN))
    assert fresh()["audit"] == {"checks": verdict.checks, "violated": len(verdict.violations)}


@pytest.mark.usefixtures("registry")
def test_a_plug_in_rule_is_checked_by_the_checker_it_brings(coloured: Instance) -> None:
    def colour(rule: Colour, facts: Facts, tally: Tally) -> None:
        tally.at_most("colour", f"colour[{rule.id}]", len(facts.selection.taken) // 2, rule.max)

    register_checker("colour", colour)
    verdict = audit_plan(coloured, ModelSpec.model_validate(MODEL), Plan.model_validate(PLAN))
    assert verdict.unaudited == ()
    assert [v.place for v in verdict.violations] == ["colour[red]"]
    assert verdict.violations[0].sentence("en").startswith("colour[red]: colour (found 3")


def test_a_second_checker_of_a_kind_is_refused() -> None:
    with pytest.raises(UsageError, match=r"focus.*known: at_least"):
        register_checker("focus", lambda rule, facts, tally: None)


def test_a_claim_about_an_aim_without_one_number_is_unaudited_but_its_bound_is_not() -> None:
    result = fresh()
    result["aim"] = {"kind": "lexicographic", "order": ["growth"]}
    result["claims"][1]["within"] = {}
    assert audited(result).unaudited == ("aim:lexicographic",)
    assert broken(audited(result)) == set()
    result["claims"][0]["bound"] = "0.24"
    assert {"bound", "gap"} <= broken(audited(result))


def test_in_a_ranking_a_bound_holds_within_the_bounds_of_criteria_before_and_the_tolerance() -> None:
    """loss_cvar is at least 54 and counts as kept up to a tenth of its range of 50 above: 59. A closer limit would leave plans out."""
    result = fresh()
    result["aim"] = {"kind": "lexicographic", "order": ["loss_cvar", "growth"], "tolerance": "0.1"}
    ranked = {"of": "loss_cvar", "value": "54.25", "bound": 54, "gap": "1/217", "target": "0.01", "proven": True}
    result["claims"] = [ranked, {**result["claims"][1], "within": {"loss_cvar": 59}}]
    assert broken(audited(result)) == set()
    result["claims"][1]["within"] = {"loss_cvar": "58.9"}
    assert broken(audited(result)) == {"within_aim"}
    result["claims"] = [{**ranked, "within": {"growth": 15}}]
    assert broken(audited(result)) == {"within_aim"}


def test_a_reference_aim_is_the_largest_distance_and_a_thousandth_of_the_sum() -> None:
    result = fresh()
    result["aim"] = {"kind": "reference", "point": {"growth": 16, "loss_cvar": 50}}  # 0.301 / 20 = 0.01505, 4.25 / 50 = 0.085
    result["claims"][1]["within"] = {}
    result["claims"][0].update(value="0.08510005", bound="0.085", gap="0.00010005")
    assert broken(audited(result)) == set()
    result["aim"]["point"]["growth"] = 17
    assert broken(audited(result)) == {"claim_value", "gap"}


def test_an_equal_weight_aim_counts_the_criteria_of_the_instance() -> None:
    result = fresh()
    result["aim"] = {"kind": "weighted"}
    result["claims"][1]["within"] = {}
    result["claims"][0].update(value="0.06250625", bound="0.0625", gap="0.00000625")  # (0.21505 + 0.285) / 8; six have no range
    assert broken(audited(result)) == set()


def test_a_value_within_the_tolerance_of_its_bound_is_no_false_claim() -> None:
    result = fresh()
    result["claims"][0].update(bound="0.1550255", gap="-0.0000005")
    assert broken(audited(result)) == set()
    result["claims"][0].update(gap=0)
    assert broken(audited(result)) == set()
    result["claims"][0].update(bound="0.1550265", gap=0)
    assert broken(audited(result)) == {"bound"}


def test_infeasible_without_a_plan_holds() -> None:
    result = fresh() | {"plan": None, "claims": [], "status": "infeasible"}
    assert audited(result).violations == ()


def test_a_result_read_from_a_file_with_decimals_has_the_same_hashes() -> None:
    result = fresh()
    result["instance"]["header"]["grid"] = 0.1
    result["model"]["risk"] = {"alpha": 0.8}
    resealed = parse_json(json.dumps(result))
    hashes = {key: sealed(result)[key] for key in ("instance_hash", "model_hash")}
    assert broken(audited({**resealed, **hashes})) == set()


GARBAGE: list[tuple[str, Raw]] = [
    ("empty instance", {"instance": {}}),
    ("instance of another version", {"instance": {"schema_version": 9}}),
    ("instance with lists for objects", {"instance": {**INSTANCE, "funds": {"a": 1}, "programmes": "none"}}),
    ("instance with text for numbers", {"instance": {**INSTANCE, "header": {**INSTANCE["header"], "grid": "much"}}}),
    ("grid of zero", {"instance": {**INSTANCE, "header": {**INSTANCE["header"], "grid": 0}}}),
    ("instance with something that is not JSON", {"instance": {**INSTANCE, "header": {1, 2}}}),
    ("instance with NaN", {"instance": {**INSTANCE, "header": {**INSTANCE["header"], "grid": float("nan")}}}),
    ("empty model", {"model": {}}),
    ("model of garbage", {"model": {"id": 3, "components": 7, "risk": "high"}}),
    ("aim of no kind", {"aim": {"kind": "luck"}}),
    ("aim of garbage", {"aim": {"kind": "weighted", "weights": [1, 2]}}),
    ("empty order", {"aim": {"kind": "lexicographic", "order": []}}),
]


@pytest.mark.parametrize("entries", [pytest.param(entries, id=name) for name, entries in GARBAGE])
def test_garbage_in_the_embedded_data_is_invalid_input(entries: Raw) -> None:
    with pytest.raises(InvalidInput) as caught:
        audited(fresh() | entries)
    assert caught.value.problems
    assert caught.value.messages["ja"]


def test_an_empty_plan_is_a_list_of_violations() -> None:
    result = fresh()
    result["plan"] = {"choices": [], "ledger": [], "criteria": {}}
    found = broken(audited(result))
    assert {"mandatory", "ledger_line", "criterion", "loss", "residual", "coverage", "claim_value"} <= found


def test_control_characters_and_endless_names_do_not_reach_the_sentence() -> None:
    result = fresh()
    result["plan"]["choices"].append({"programme": "\x1b[31m" + "x" * 500, "option": "\n", "scale": 1, "effect": 1, "private": 0})
    for violation in audited(result).violations:
        for lang in ("en", "ja"):
            assert violation.sentence(lang).isprintable()
            assert len(violation.sentence(lang)) < 400


def test_endless_numbers_are_shortened() -> None:
    violation = Violation("scale", "scale[a,b]", Fraction(10**5000 + 1, 3 * 10**5000), Fraction(1, 7), "=", Fraction(2, 3))
    assert "~0.333333333333, required = 1/7, off by 2/3" in violation.sentence("en")


def test_every_rule_is_worded_in_both_languages() -> None:
    assert all(en and ja and en != ja for en, ja in WORDING.values())


def large_case(programmes: int, funds: int, years: int) -> tuple[Instance, Plan]:
    """Every programme paid by every fund in every year; unlike costs, so that fractions grow. The plan's claimed values are left wrong."""
    horizon = range(2026, 2026 + years)
    raw = {
        "header": {"id": "large", "first_year": 2026, "last_year": 2025 + years, "discount_rate": "0.03", "grid": "0.001"},
        "fields": [{"id": f"f{i}"} for i in range(17)],
        "archetypes": [{"id": "a", "curve": [["0.3", "0.4"], ["0.6", "0.77"], [1, 1]]}],
        "criteria": [{"id": "growth", "kind": "contribution"}, {"id": "risk", "kind": "risk"}, {"id": "public", "kind": "coverage"}],
        "funds": [
            {"id": f"k{k}", "years": dict.fromkeys(horizon, 9999), "outlay_profile": ["0.4", "0.35", "0.25"], "subsidy_rate": 1}
            for k in range(funds)
        ],
        "ceilings": [
            {"id": f"c{i}", "basis": basis, "select": {"fields": [f"f{i}"]}, "years": {t: {"max": 99999} for t in horizon}}
            for i in range(17)
            for basis in ("commitment", "outlay", "burden")[i % 3 : i % 3 + 1]
        ],
        "exposures": [{"id": f"e{i}", "field": f"f{i % 17}", "value": 100 + i} for i in range(30)],
        "scenarios": [{"id": f"s{s}", "probability": "1/30", "severities": {f"e{i}": "0.37" for i in range(s, 30)}} for s in range(30)],
        "ripple": [{"from_field": f"f{i}", "to_field": f"f{j}", "share": f"0.0{1 + (i * j) % 7}"} for i in range(17) for j in range(17)],
        "needs": [{"id": f"n{n}", "target": 10} for n in range(10)],
        "programmes": [
            {
                "id": f"p{p}", "field": f"f{p % 17}", "archetype": "a", "cost": f"{101 + 2 * p}.{p % 10}7",
                "effects": {"growth": f"{p}.37"}, "covers": {f"n{p % 10}": "0.7"},
                "mitigates": {f"e{(p + i) % 30}": "0.043" for i in range(5)},
            }
            for p in range(programmes)
        ],
        "rules": [{"id": f"r{i}", "kind": "diversify", "group": "cell", "min": 1} for i in range(20)],
    }  # fmt: skip
    payments = [{"fund": f"k{k}", "year": t, "amount": 700 + 13 * k} for k in range(funds) for t in horizon]
    choices = [
        {"programme": f"p{p}", "option": "base", "scale": 1, "effect": 1, "private": 0, "payments": payments} for p in range(programmes)
    ]
    return parse_instance(raw), Plan.model_validate({"choices": choices, "ledger": [], "criteria": {}})


def test_a_large_plan_is_audited_check_by_check() -> None:
    instance, plan = large_case(150, 20, 5)
    assert len(instance.ways) == 150
    started = time.process_time()
    verdict = audit_plan(instance, ModelSpec.model_validate(MODEL), plan)
    assert time.process_time() - started < 5  # against a quadratic check, not a benchmark
    assert verdict.checks > 45_000


def test_the_audit_imports_nothing_that_it_checks() -> None:
    allowed = ("portfolio.audit", "portfolio.schema", "portfolio.results", "portfolio.numerics", "portfolio.errors")
    for path in sorted(Path(audit.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            assert all(name.startswith(allowed) for name in names if name.startswith("portfolio")), path.name
