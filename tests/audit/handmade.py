"""A small instance with every feature, a valid plan for it, and the claims about that plan. All numbers were worked out by hand.

Grid u = 0.1, weights w = 1, 0.8, 0.64 (rate 25 %). What is taken, in grid units:

    fab,grant     bonds 100 (2026) 50 (2027), cash 50 (2027)   T = 10 + 0.8 * 10 = 18     s = 18 / 20 = 0.9   e = 0.8 + 0.8 * 0.15 = 0.92
    uav,base@2027 defense 50 (2027) 25 (2028)                  T = 4 + 1.6 = 5.6          s = 0.56            e = 0.4 + 0.75 * 0.36 = 0.67
    vaccine,base  cash 26, 15, 10 (profile 25.5, 15.3, 10.2)   T = 5.1                    s = 1               e = 1
    cable,base    bonds 15 (2026), cash 25 (2027), prescribed  T = 4                      s = 1               e = 1
    storage,base  2 units, cash 30 (2026)                      T = 3                      s = 3 / 2 = 1.5     e = 2 v(0.75) = 1.5
    port,base     costs nothing                                                           s = 1               e = 1

Fund's rate of bonds for fab: 100 + 0.8 * 50 = 140 < 0.5 * 40 * 0.9 / 0.1 + 1 = 181; for cable, prescribed: 15 < 0.5 * 4 / 0.1 + 1 = 21.
"""

from __future__ import annotations

import copy
from typing import Any

from portfolio.audit import Verdict, audit_plan, audit_result
from portfolio.results import Plan, Result
from portfolio.schema.instance import content_hash
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance

INSTANCE: dict[str, Any] = {
    "format": "portfolio-instance",
    "schema_version": 1,
    "header": {
        "id": "handmade",
        "first_year": 2026,
        "last_year": 2028,
        "base_year": 2026,
        "discount_rate": "0.25",
        "unit": "JPY bn",
        "grid": "0.1",
    },
    "fields": [{"id": "chips"}, {"id": "drones"}, {"id": "health"}, {"id": "energy"}],
    "archetypes": [
        {"id": "scaler", "curve": [["0.5", "0.4"], ["0.75", "0.8"], [1, 1]]},
        {"id": "top", "curve": [["0.2", "0.4"], [1, 1]]},
    ],
    "criteria": [
        {"id": "growth", "kind": "contribution"},
        {"id": "emissions", "kind": "contribution", "sense": "min"},
        {"id": "loss_cvar", "kind": "risk", "alpha": "0.6"},
        {"id": "loss_mean", "kind": "risk", "measure": "expected", "exposures": ["wafers"]},
        {"id": "loss_worst", "kind": "risk", "measure": "worst"},
        {"id": "loss_blend", "kind": "risk", "measure": "blend"},
        {"id": "public", "kind": "coverage"},
        {"id": "safety", "kind": "coverage", "needs": ["security"]},
    ],
    "funds": [
        {
            "id": "bonds",
            "years": {"2026": "30.05", "2027": 10},
            "carry_limit": "20.05",
            "subsidy_rate": "0.5",
            "outlay_profile": ["0.5", "0.25", "0.25"],
            "legacy_outlay": {"2026": 3, "2027": 1},
            "eligible": {"without_tags": ["secret"]},
        },
        {
            "id": "defense",
            "years": {"2026": 4, "2027": 10, "2028": 6},
            "opens": 2027,
            "eligible": {"tags": ["dual"]},
            "project_cap": 9,
            "ticket_min": 2,
        },
        {
            "id": "cash",
            "basis": "outlay",
            "years": {"2026": 6, "2027": 6, "2028": 5},
            "carry_limit": 4,
            "outlay_profile": ["0.6", "0.4"],
            "legacy_outlay": {"2026": 1},
            "eligible": {"without_tags": ["dual"]},
        },
    ],
    "ceilings": [
        {
            "id": "chips_money",
            "select": {"fields": ["chips"]},
            "years": {"2026": {"min": 5, "max": 12}},
            "min": 15,
            "max": 25,
        },
        {
            "id": "bond_cash",
            "basis": "outlay",
            "funds": ["bonds"],
            "years": {"2026": {"max": 10, "legacy": "0.5"}, "2027": {"max": 8}},
            "max": 20,
            "last_year": 2027,
        },
        {"id": "owed", "basis": "burden", "years": {"2026": {"max": 9, "legacy": 1}, "2028": {"max": 3}}},
    ],
    "exposures": [{"id": "wafers", "field": "chips", "value": 100, "floor": "0.1"}, {"id": "drugs", "value": 40}],
    "ripple": [
        {"from_field": "chips", "to_field": "energy", "share": "0.5"},
        {"from_field": "energy", "to_field": "chips", "share": "0.2"},
    ],
    "scenarios": [
        {"id": "calm", "probability": "0.5"},
        {"id": "blockade", "probability": "0.3", "severities": {"wafers": "0.6", "drugs": "0.3"}},
        {"id": "pandemic", "probability": "0.2", "severities": {"wafers": "0.3", "drugs": "0.5"}},
    ],
    "needs": [
        {"id": "security", "weight": 2, "target": 5, "floor": "0.5", "curve": [[0, 0], ["0.5", "0.8"], [1, 1]]},
        {"id": "care", "target": 4},
        {"id": "comfort", "target": 2, "curve": [[0, 0], [1, "0.5"]]},
    ],
    "capabilities": [{"id": "network", "covers": {"care": "0.5"}}],
    "capacities": [{"id": "engineers", "years": {"2026": 20, "2027": 20}}],
    "match_groups": [{"id": "private_chips", "capacity": "18.5", "select": {"fields": ["chips"]}}],
    "programmes": [
        {
            "id": "fab",
            "field": "chips",
            "archetype": "scaler",
            "region": "east",
            "ramp": "0.6",
            "cost": 40,
            "effects": {"growth": 10, "emissions": 2},
            "mitigates": {"wafers": "0.5"},
            "covers": {"care": -1},
            "uses": {"engineers": 10},
            "options": [
                {"id": "grant", "instrument": "grant", "subsidy_rate": "0.5"},
                {"id": "loan", "instrument": "loan", "subsidy_rate": "0.25"},
            ],
        },
        {
            "id": "uav",
            "field": "drones",
            "archetype": "top",
            "region": "west",
            "tags": ["dual"],
            "start_years": [2026, 2027],
            "duration": 2,
            "cost": 10,
            "effects": {"growth": 4},
            "covers": {"security": 6},
            "uses": {"engineers": {"0": 4, "1": 4}},
        },
        {
            "id": "vaccine",
            "field": "health",
            "archetype": "top",
            "min_scale": 1,
            "cost": "5.1",
            "profile": {"2026": "0.5", "2027": "0.3", "2028": "0.2"},
            "mitigates": {"drugs": "0.6"},
            "covers": {"care": 3},
        },
        {
            "id": "cable",
            "field": "energy",
            "archetype": "top",
            "min_scale": 1,
            "payments": {"bonds": {"2026": "1.5"}, "cash": {"2027": "2.5"}},
            "provides": {"network": "0.7"},
        },
        {
            "id": "storage",
            "field": "energy",
            "units": 3,
            "min_scale": "0.5",
            "cost": 2,
            "effects": {"growth": 2, "emissions": -1},
            "provides": {"network": "0.3"},
            "covers": {"comfort": "-0.4"},
        },
        {"id": "port", "mandatory": True, "cost": 0, "effects": {"growth": "-0.5"}, "mitigates": {"drugs": "-0.1"}},
        {"id": "coal", "field": "energy", "forbidden": True, "cost": 8},
        {"id": "lab", "field": "health", "archetype": "top", "tags": ["secret"], "cost": 6},
        {"id": "refinery", "field": "energy", "archetype": "scaler", "cost": 10},
    ],
    "rules": [
        {"id": "power_first", "kind": "requires", "if": "fab,grant", "of": ["cable"]},
        {"id": "one_site", "kind": "excludes", "of": ["fab", "refinery"]},
        {"id": "some_health", "kind": "at_least", "of": ["vaccine", "lab"]},
        {"id": "wired_fab", "kind": "synergy", "of": ["fab", "cable"], "bonus": {"growth": "1.5"}},
        {"id": "spin_on", "kind": "dual_use", "of": ["uav", "lab"], "bonus": {"growth": 1}},
        {"id": "few_fields", "kind": "focus", "group": "field", "max": 4},
        {"id": "many_cells", "kind": "diversify", "group": "cell", "min": 4},
        {"id": "chips_share", "kind": "share", "select": {"fields": ["chips"]}, "min": "0.2", "max": "0.6"},
        {"id": "two_payers", "kind": "max_funds", "max": 2},
        {"id": "not_both", "kind": "fund_exclusion", "funds": ["bonds", "defense"]},
        {
            "id": "weighted_sum",
            "kind": "linear",
            "terms": [
                {"programme": "storage", "coef": 1},
                {"programme": "uav", "on": "scale", "coef": 2},
                {"programme": "fab", "on": "money", "fund": "bonds", "coef": "0.1"},
            ],
            "min": 4,
            "max": 5,
        },
        {"id": "enough_growth", "kind": "criterion_bound", "criterion": "growth", "min": 15},
        {"id": "stay_close", "kind": "persistence", "max_changed": 6, "price": "0.01", "criterion": "growth"},
    ],
    "reference": [
        {"programme": "fab", "option": "grant", "money": 20},
        {"programme": "uav", "option": "base@2026", "money": "7.5"},
        {"programme": "lab", "option": "base", "money": 6},
    ],
}

MODEL: dict[str, Any] = {"format": "portfolio-model", "schema_version": 1, "id": "full", "components": ["choice", "demand"]}


def choice(programme: str, scale: Any, effect: Any, private: Any, payments: list[tuple[str, int, int]], **more: Any) -> dict[str, Any]:
    """A choice with payments (fund, year, grid units)."""
    paid = [{"fund": k, "year": t, "amount": x} for k, t, x in payments]
    return {"programme": programme, "option": "base", "scale": scale, "effect": effect, "private": private, "payments": paid, **more}


def line(fund: str, year: int, *amounts: int) -> dict[str, Any]:
    """A ledger line: authority, carried in, committed, outlay, carried out, lapsed."""
    names = ("authority", "carried_in", "committed", "outlay", "carried_out", "lapsed")
    return {"fund": fund, "year": year, **dict(zip(names, amounts, strict=True))}


PLAN: dict[str, Any] = {
    "choices": [
        choice("fab", "0.9", "0.92", 18, [("bonds", 2026, 100), ("bonds", 2027, 50), ("cash", 2027, 50)], option="grant"),
        choice("uav", "0.56", "0.67", 0, [("defense", 2027, 50), ("defense", 2028, 25)], start=2027),
        choice("vaccine", 1, 1, 0, [("cash", 2026, 26), ("cash", 2027, 15), ("cash", 2028, 10)]),
        choice("cable", 1, 1, 0, [("bonds", 2026, 15), ("cash", 2027, 25)]),
        choice("storage", "1.5", "1.5", 0, [("cash", 2026, 30)], units=2),
        choice("port", 1, 1, 0, []),
    ],
    "ledger": [
        # outlays of bonds: 100 -> 50 25 25; 15 -> 8 3 4; 50 (2027) -> 25 13, later 12
        line("bonds", 2026, 300, 0, 115, 58, 150, 35),
        line("bonds", 2027, 100, 150, 50, 53, 40, 160),
        line("bonds", 2028, 0, 40, 0, 42, 0, 40),
        line("defense", 2026, 40, 0, 0, 0, 0, 40),
        line("defense", 2027, 100, 0, 50, 50, 0, 50),
        line("defense", 2028, 60, 0, 25, 25, 0, 35),
        # outlays of cash: 26 -> 16 10; 30 -> 18 12; 50 -> 30 20; 15 -> 9 6; 25 -> 15 10; 10 -> 6, later 4
        line("cash", 2026, 60, 0, 56, 34, 26, 0),
        line("cash", 2027, 60, 26, 90, 76, 10, 0),
        line("cash", 2028, 50, 10, 10, 42, 0, 18),
    ],
    "later": {"bonds": 12, "cash": 4},
    "criteria": {
        "growth": "15.699",  # 9.2 + 2.68 + 3 - 0.5 + synergy 1.5 - price 0.01 * (6 + 5.1 + 4 + 3)
        "emissions": "0.3",  # harm 2 * 0.9, benefit -1 * 1.5
        "loss_cvar": "54.25",  # (0.3 * 60 + 0.1 * 37) / 0.4
        "loss_mean": "21.6",  # 0.3 * 54 + 0.2 * 27
        "loss_worst": 60,
        "loss_blend": "42.7",  # (25.4 + 60) / 2
        "public": "2.3432",  # 2 * (0.8 + 0.4 * 0.304) + 0.65 - 0.15
        "safety": "1.8432",
    },
    "residuals": {"wafers": "0.54", "drugs": "0.5"},
    "losses": {"calm": 0, "blockade": 60, "pandemic": 37},  # V = 500/3 (y_chips = 5/3) and 40
    "coverage": {"security": "0.804", "care": "0.65", "comfort": "-0.3"},
    "synergies": ["wired_fab"],
}

RESULT: dict[str, Any] = {
    "format": "portfolio-result",
    "schema_version": 1,
    "status": "proven",
    "instance_hash": "",
    "model_hash": "",
    "instance": INSTANCE,
    "model": MODEL,
    "aim": {
        "kind": "weighted",
        "weights": {"growth": 3, "loss_cvar": 1, "emissions": 2},
        "floors": [{"criterion": "growth", "value": 12}, {"criterion": "loss_cvar", "share_of_best": "0.5"}],
    },
    "ranges": {
        "growth": {"best": 20, "worst": 0},
        "loss_cvar": {"best": 40, "worst": 90},
        "emissions": {"best": "0.3", "worst": "0.3"},
    },
    "claims": [
        # 3/6 * (15.699 - 20) / -20 + 1/6 * (54.25 - 40) / 50; emissions has range 0
        {"of": "aim", "value": "0.155025", "bound": "0.1545", "gap": "0.000525", "target": "0.001", "proven": True},
        {
            "of": "growth",
            "value": "15.699",
            "bound": "15.8",
            "gap": "101/15699",
            "target": "0.01",
            "proven": True,
            "within": {"loss_cvar": 80},
        },
        {"of": "emissions", "value": "0.3", "bound": "0.29", "gap": "0.01", "target": "0.008", "proven": True, "grid": "0.002"},
    ],
    "plan": PLAN,
    "audit": {"checks": 254, "violated": 0},
}


def sealed(result: dict[str, Any]) -> dict[str, Any]:
    """The result with the hashes of what it embeds."""
    result["instance_hash"] = content_hash(result["instance"])
    result["model_hash"] = content_hash(result["model"])
    return result


def fresh() -> dict[str, Any]:
    """A copy of the valid result, free to be tampered with."""
    return sealed(copy.deepcopy(RESULT))


def audited(result: dict[str, Any]) -> Verdict:
    """The verdict on raw result data."""
    return audit_result(Result.model_validate(result))


def verdict_on(instance: dict[str, Any], plan: dict[str, Any] | None = None) -> Verdict:
    """The verdict on a plan (the valid one by default) for another instance."""
    return audit_plan(parse_instance(instance), ModelSpec.model_validate(MODEL), Plan.model_validate(PLAN if plan is None else plan))


def broken(verdict: Verdict) -> set[str]:
    """Codes of the rules that the verdict finds violated."""
    return {v.rule for v in verdict.violations}
