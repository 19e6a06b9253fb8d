"""Twenty ways of making the flagship infeasible: the planted cause is named, in both languages. Tier: fuzz (each takes 5-40 s)."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from portfolio.commands.inputs import read_instance
from portfolio.explain.conflict import find_conflict
from portfolio.explain.feasible import Rulebook
from portfolio.library import load_model
from portfolio.report.conflict_content import conflict_content
from portfolio.schema.validate import parse_instance

FLAGSHIP = str(Path(__file__).parents[2] / "instances" / "japan-2026" / "instance.json")
THREE = ("semi_gan", "gx_hydrogen", "aero_launch")
Case = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...], set[str]]

CASES: list[Case] = [
    # name, --set, --force, --forbid, places that must be in the conflict
    ("a floor on a need that no plan reaches", ("needs.NEED.floor=0.999",), (), (), {"needs"}),
    (
        "a mandatory programme and empty defence funds",
        ("funds.defence_plan.years.2026=1", "funds.defence_plan.years.2027=1"),
        ("def_maint_air",),
        (),
        {"programmes.def_maint_air"},
    ),
    (
        "a requirement of a forbidden programme",
        (),
        ("port_alt_logistics",),
        ("port_digital_trade",),
        {"rules.port_alt_needs_trade", "programmes.port_alt_logistics", "programmes.port_digital_trade"},
    ),
    (
        "a trial that needs a forbidden survey",
        (),
        ("sea_minerals",),
        ("sea_survey",),
        {"rules.sea_survey_mining", "programmes.sea_minerals", "programmes.sea_survey"},
    ),
    (
        "a fighter that needs a forbidden test site",
        (),
        ("aero_gcap",),
        ("aero_test_infra",),
        {"rules.f16_req_gcap_tests", "programmes.aero_gcap", "programmes.aero_test_infra"},
    ),
    ("drones at home forbidden, the shield required", (), ("aero_shield",), ("aero_small_uav",), {"rules.f16_req_shield_uav"}),
    ("a model without its computing base", (), ("semi_domestic_model",), ("semi_ai_compute",), {"rules.f16_req_model_compute"}),
    ("more fields than there are", ("rules.diversify_fields.min=18",), (), (), {"rules.diversify_fields"}),
    ("more archetypes than there are", ("rules.diversify_archetypes.min=6",), (), (), {"rules.diversify_archetypes"}),
    ("more regions than there are", ("rules.diversify_regions.min=40",), (), (), {"rules.diversify_regions"}),
    (
        "no digital programme allowed, one required",
        ("rules.focus_digital.max=0",),
        ("cyb_vertical_ai",),
        (),
        {"rules.focus_digital", "programmes.cyb_vertical_ai"},
    ),
    (
        "shares above one",
        ("rules.share_next.min=0.6", "rules.share_civil.min=0.99", "rules.share_today.max=0.1", "rules.share_seed.min=0.5"),
        ("def_maint_air",),
        (),
        {"rules"},
    ),
    (
        "semiconductors capped at nothing, one required",
        ("rules.cap_semis.max=0",),
        ("semi_rapidus_2nm",),
        (),
        {"rules.cap_semis", "programmes.semi_rapidus_2nm"},
    ),
    (
        "energy capped at nothing, one required",
        ("rules.cap_energy.max=0",),
        ("gx_hydrogen",),
        (),
        {"rules.cap_energy", "programmes.gx_hydrogen"},
    ),
    (
        "Kanto capped at nothing",
        ("rules.kanto_cap.max=0",),
        ("semi_domestic_model",),
        (),
        {"rules.kanto_cap", "programmes.semi_domestic_model"},
    ),
    (
        "no maintenance money, maintenance mandatory",
        ("ceilings.defence_maintenance.max=0", "ceilings.defence_maintenance_after.max=0"),
        ("def_maint_air",),
        (),
        {"programmes.def_maint_air"},
    ),
    (
        "no engineers, a programme that needs them",
        tuple(f"capacities.ai_engineers.years.{t}=0" for t in range(2026, 2031)),
        ("semi_gan", "semi_ai_compute", "cyb_vertical_ai"),
        (),
        {"capacities.ai_engineers"},
    ),
    (
        "a required programme and a rule of at most none",
        ("rules.focus_scalers.max=0",),
        ("semi_rapidus_2nm",),
        (),
        {"rules.focus_scalers"},
    ),
    (
        "cash in no year, maintenance mandatory",
        tuple(f"ceilings.cash_all.years.{t}.max=0" for t in range(2026, 2031)),
        ("def_maint_air",),
        (),
        {"ceilings.cash_all"},
    ),
]


ADDED: list[tuple[str, dict[str, list[dict[str, Any]]], set[str]]] = [
    # name, entries added to collections, places of the conflict; the relaxation obeys them all
    (
        "a band of money below the smallest scale",
        {"ceilings": [{"id": "band", "name": "Band", "select": {"programmes": ["semi_rapidus_2nm"]}, "min": 1, "max": 2}]},
        {"ceilings.band"},
    ),
    (
        "three that exclude each other, and more than one of them",
        {
            "rules": [
                *({"id": f"not_{a}_{b}", "name": f"Not {a} {b}", "kind": "excludes", "of": [a, b]} for a, b in combinations(THREE, 2)),
                {
                    "id": "some",
                    "name": "Some of three",
                    "kind": "linear",
                    "terms": [{"programme": p, "on": "taken", "coef": 1} for p in THREE],
                    "min": "1.2",
                },
            ]
        },
        {"rules.some", *(f"rules.not_{a}_{b}" for a, b in combinations(THREE, 2))},
    ),
]


@pytest.mark.fuzz
@pytest.mark.parametrize("case", ADDED, ids=[c[0] for c in ADDED])
def test_a_conflict_of_whole_decisions_alone_is_called_one(case: tuple[str, dict[str, list[dict[str, Any]]], set[str]]) -> None:
    _, added, wanted = case
    raw = json.loads(Path(FLAGSHIP).read_text(encoding="utf-8"))
    for collection, entries in added.items():
        raw[collection] = [*raw[collection], *entries]
    conflict = find_conflict(Rulebook(parse_instance(raw), load_model(), seconds=120), with_repairs=False)
    assert conflict is not None and conflict.integral and conflict.minimal
    places = [change.place for change in conflict.rules]
    assert all(any(place.startswith(root) for place in places) for root in wanted), places
    assert all(any(place.startswith(root) for root in wanted) for place in places), places


@pytest.mark.fuzz
@pytest.mark.parametrize("case", CASES, ids=[c[0] for c in CASES])
def test_the_planted_cause_is_named_in_both_languages(case: Case) -> None:
    _, settings, force, forbid, wanted = case
    first_need = read_instance(FLAGSHIP).needs[0].id
    instance = read_instance(FLAGSHIP, [s.replace("NEED", first_need) for s in settings], force, forbid)
    conflict = find_conflict(Rulebook(instance, load_model(), seconds=120), with_repairs=False)
    assert conflict is not None and conflict.minimal, conflict
    places = [change.place for change in conflict.rules]
    assert all(any(place.startswith(root) for place in places) for root in wanted), places
    english, japanese = (" ".join(s.text for s in conflict_content(instance, conflict, lang).head) for lang in ("en", "ja"))
    assert "INFEASIBLE" in english and "実行不可能" in japanese
    for change in conflict.rules:
        entry = next(e for e in getattr(instance, change.place.split(".")[0]) if e.id == change.place.split(".")[1])
        assert entry.name.get("en") in english and entry.name.get("ja") in japanese
