"""docs/japan-2026.md is what the generator says about the data, and the generator says the truth about small data."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from portfolio.formats.tables import load_tables
from portfolio.report.instance_doc import document, figures, main, read_worth
from portfolio.report.reach import judgements
from portfolio.report.svg import heat_map, stacked_bars
from portfolio.schema.families import common_path, family_of
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
AGAIN = "run: python -m portfolio.report.instance_doc instances/japan-2026/instance.json -o docs/japan-2026.md"


@pytest.fixture(scope="module")
def flagship() -> Instance:
    return load_tables(ROOT / "instances" / "japan-2026" / "tables")


def test_the_document_is_what_the_generator_writes(flagship: Instance) -> None:
    said = document(flagship, "japan-2026", read_worth(DOCS / "figures", "japan-2026"))
    assert (DOCS / "japan-2026.md").read_text(encoding="utf-8") == said, AGAIN


def test_the_figures_are_what_the_generator_draws(flagship: Instance) -> None:
    for name, svg in figures(flagship, "japan-2026").items():
        ElementTree.fromstring(svg)
        assert (DOCS / "figures" / name).read_text(encoding="utf-8") == svg, AGAIN


def test_the_evidence_belongs_to_this_data(flagship: Instance) -> None:
    worth = read_worth(DOCS / "figures", "japan-2026")
    assert worth["instance_hash"] == flagship.hash, "run: python benchmarks/worth_solving.py"


def test_the_evidence_says_that_it_is_worth_solving(flagship: Instance) -> None:
    worth = read_worth(DOCS / "figures", "japan-2026")
    for plan in worth["plans"]:
        assert set(plan["archetypes"]) == {a.id for a in flagship.archetypes}
    assert {p for plan in worth["plans"] for p in plan["purposes"]} == {c.id for c in flagship.criteria}


def _small(**changes: object) -> Instance:
    judged = {"kind": "judgement", "source": "me", "note": {"en": "A guess.", "ja": "推測。"}}
    raw = {
        "format": "portfolio-instance",
        "schema_version": 1,
        "header": {"id": "small", "first_year": 2026, "last_year": 2026, "unit": "JPY bn", "currency": "JPY"},
        "sources": [
            {"id": "me", "kind": "judgement"},
            {"id": "f", "kind": "fact", "document": "d.txt", "line": 1, "quote": "10 | 億円"},
        ],
        "fields": [{"id": "x"}],
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "k", "years": {"2026": {"value": 10, "kind": "stated", "source": "f", "note": "As quoted"}}}],
        "programmes": [
            {
                "id": name,
                "field": "x",
                "cost": {"value": cost, "low": cost / 2, "high": 2 * cost, **judged},
                "effects": {"growth": {"value": 1, "low": 1, "high": 1, **judged}},
            }
            for name, cost in (("a", 6), ("b", 2))
        ],
        **changes,
    }
    return parse_instance(raw)


def test_reach_is_share_times_width() -> None:
    first = judgements(_small())[0]
    assert (first.label, len(first.members)) == ("programmes.*.cost", 2)
    # All of the cost on offer, and each range is from half to double: 1 x (2 - 1/2).
    assert first.touch == {"money": 1}
    assert float(first.reach) == 1.5


def test_a_small_document_has_every_part_and_no_broken_table() -> None:
    said = document(_small(), "small")
    assert "| stated | 1 | 20.0 % | 100.0 % | 0.0 % |" in said
    assert "| judgement | 4 | 80.0 % | 0.0 % | 100.0 % |" in said
    assert "要約" in said
    assert "“10 \\| 億円”" in said
    widths: list[int] = []
    for line in said.splitlines():
        bars = line.replace("\\|", "").count("|") if line.startswith("|") else 0
        assert not widths or not bars or bars == widths[-1], line
        widths = [bars] if bars else []


def test_the_command_writes_document_and_figures(tmp_path: Path) -> None:
    source = tmp_path / "instance.json"
    source.write_text(json.dumps(_small().canonical()), encoding="utf-8")
    main([str(source), "-o", str(tmp_path / "out" / "small.md")])
    assert (tmp_path / "out" / "small.md").is_file()
    assert len(list((tmp_path / "out" / "figures").glob("*.svg"))) == 2


def test_paths_fold_into_families() -> None:
    assert family_of("programmes.p.options.o.effects.growth.factors.share_gain") == "programmes.*.options.*.effects.*.factors.share_gain"
    assert family_of("archetypes.digital.curve.0.35") == "archetypes.*.curve.*"
    assert family_of("header.discount_rate") == "header.discount_rate"
    assert common_path(["a.x.c", "a.y.c"]) == "a.*.c"
    assert common_path(["a.x.c"]) == "a.x.c"


def test_figures_survive_names_and_emptiness() -> None:
    for svg in (
        stacked_bars("a < b & c", "JPY", [("<fund>", {"stated": 1.0}), ("none", {})], {"stated": "stated"}),
        heat_map("h", "u", ["f"], ["x", "y"], [[0.0, 3.0]]),
        stacked_bars("nothing", "JPY", [], {"stated": "stated"}),
        heat_map("nothing", "u", [], [], []),
    ):
        ElementTree.fromstring(svg)
