"""The flagship keeps its promises: size, both languages, every number with its home, every quote in its document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portfolio.formats.tables import load_tables
from portfolio.report.reach import judgements
from portfolio.schema.findings import findings, knowledge
from portfolio.schema.instance import Instance

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
UNIT_SHARES = ("subsidy_rate", "severities", "min_scale", "mitigates", "provides", "probability")


@pytest.fixture(scope="module")
def flagship() -> Instance:
    return load_tables(ROOT / "instances" / "japan-2026" / "tables")


def test_it_has_the_promised_size(flagship: Instance) -> None:
    assert (len(flagship.fields), len(flagship.archetypes)) == (17, 5)
    assert len(flagship.programmes) >= 150
    assert len(flagship.funds) == 28
    assert len(flagship.scenarios) >= 24
    assert len(flagship.needs) >= 10
    assert len(flagship.criteria) == 3


def test_every_cell_has_a_programme_or_a_reason(flagship: Instance) -> None:
    filled = {(p.field, p.archetype) for p in flagship.programmes}
    explained = {(cell.field, cell.archetype) for cell in flagship.empty_cells}
    assert filled | explained == {(f.id, a.id) for f in flagship.fields for a in flagship.archetypes}
    assert not filled & explained


def test_everything_has_a_name_in_both_languages(flagship: Instance) -> None:
    named = [
        *(
            getattr(flagship, c)
            for c in ("fields", "archetypes", "criteria", "funds", "ceilings", "programmes", "exposures", "scenarios", "needs")
        ),
        *(getattr(flagship, c) for c in ("capabilities", "capacities", "match_groups", "rules")),
        *(p.options for p in flagship.programmes),
    ]
    things = [thing for group in named for thing in group]
    assert [t.id for t in things if not (t.name.get("en") and t.name.get("ja"))] == []
    # A Japanese name without any Japanese sign is a copy of the English one; an acronym may stand alone.
    english = [t.id for t in things if t.name.get("ja") == t.name.get("en") and len(t.name.get("en")) > 14]
    assert english == []
    assert [c.field for c in flagship.empty_cells if not c.reason.get("ja") or c.reason.get("ja") == c.reason.get("en")] == []


def test_names_of_programmes_are_not_used_twice(flagship: Instance) -> None:
    for lang in ("en", "ja"):
        assert len({p.name.get(lang) for p in flagship.programmes}) == len(flagship.programmes)


def test_every_number_says_where_it_comes_from(flagship: Instance) -> None:
    known = knowledge(flagship)
    assert known["unannotated"] == 0
    assert int(known["total"]) > 4000


def test_every_judgement_has_a_range_and_a_reason_in_both_languages(flagship: Instance) -> None:
    judged = [(path, q) for path, q in flagship.quantities_in_use() if q.kind == "judgement"]
    assert [path for path, q in judged if q.low is None or q.high is None] == []
    assert [path for path, q in judged if q.note is None or not q.note.get("en") or not q.note.get("ja")] == []


def test_both_ends_of_a_share_are_shares(flagship: Instance) -> None:
    ends = [(path, q) for path, q in flagship.quantities_in_use() if any(f".{s}" in path for s in UNIT_SHARES)]
    assert ends
    assert [path for path, q in ends if q.high is not None and q.high > 1] == []


def test_every_stated_or_derived_number_rests_on_quoted_facts(flagship: Instance) -> None:
    sources = {s.id: s for s in flagship.sources}
    claimed = [(path, q) for path, q in flagship.quantities_in_use() if q.kind in ("stated", "derived")]
    assert claimed
    for path, q in claimed:
        assert q.source, path
        for name in q.source:
            fact = sources[name]
            assert fact.kind == "fact" and fact.document and fact.line and fact.quote, (path, name)


def test_every_fact_is_a_quote_from_its_document(flagship: Instance) -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"the documents are not here ({SEEDS}): quotes cannot be compared")
    text = {p.name: _bare(p.read_text(encoding="utf-8")) for p in SEEDS.glob("*.txt")}
    facts = [s for s in flagship.sources if s.kind == "fact"]
    assert len(facts) > 600
    assert [s.id for s in facts if _bare(s.quote or "?") not in text.get(s.document or "", "")] == []


def test_line_numbers_lead_to_the_quote(flagship: Instance) -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"the documents are not here ({SEEDS}): lines cannot be compared")
    lines = {p.name: p.read_text(encoding="utf-8").split("\n") for p in SEEDS.glob("*.txt")}
    used = {name for _, q in flagship.quantities_in_use() if q.kind in ("stated", "derived") for name in q.source}
    far = []
    for s in flagship.sources:
        if s.id in used and s.kind == "fact" and s.document and s.line:
            near = _bare("".join(lines[s.document][max(s.line - 4, 0) : s.line + 8]))
            if _bare(s.quote or "?") not in near:
                far.append(s.id)
    assert far == []


def test_the_check_finds_no_impossibility(flagship: Instance) -> None:
    found = findings(flagship)
    assert [p.line("en") for p in found if p.severity == "error"] == []
    # The only warnings are facts that were collected and that no number cites.
    assert [p.line("en") for p in found if p.severity == "warning" and not (p.code == "unused" and p.path.startswith("sources."))] == []


def test_funds_keep_the_stated_rules(flagship: Instance) -> None:
    funds = {f.id: f for f in flagship.funds}
    # Go-Tech: at most 0.3 bn per project (three years), ten projects in a programme, at most two thirds.
    assert funds["gotech"].project_cap is not None and funds["gotech"].project_cap.number == 3
    assert funds["gotech"].subsidy_rate is not None and 3 * funds["gotech"].subsidy_rate.number == 2
    # Deep tech: at most 3 bn per firm, five firms in a programme, at most two thirds.
    assert funds["deeptech"].project_cap is not None and funds["deeptech"].project_cap.number == 15
    assert funds["deeptech"].subsidy_rate is not None and 3 * funds["deeptech"].subsidy_rate.number == 2
    # The defence plan ends with FY2027, its successor begins then; both pay defence use only.
    assert (funds["defence_plan"].sunset, funds["defence_successor"].opens) == (2027, 2028)
    for way in flagship.ways:
        for name in ("defence_plan", "defence_successor"):
            if flagship.may_pay(way, funds[name]):
                assert "defence_use" in way.tags, way.name
    # No civil fund pays what has no civil use.
    military = {"defence_plan", "defence_successor", "atla_basic", "atla_breakthrough", "drone_fund"}
    for way in flagship.ways:
        if "pure_defence" in way.tags:
            assert {f.id for f in flagship.funds if flagship.may_pay(way, f)} <= military, way.name


def test_every_option_can_be_paid(flagship: Instance) -> None:
    unpaid = [
        way.name
        for way in flagship.ways
        if not way.forbidden and not any(flagship.may_pay(way, f) and flagship.open_years(way, f) for f in flagship.funds)
    ]
    assert unpaid == []


def test_judgements_reach_no_further_than_everything(flagship: Instance) -> None:
    found = judgements(flagship)
    assert sum(len(j.members) for j in found) == knowledge(flagship)["judgement"]
    for yardstick in ("money", "growth", "loss", "needs"):
        assert all(0 <= j.touch.get(yardstick, 0) <= 1 for j in found)


def _bare(text: str) -> str:
    return re.sub(r"[\s*]", "", text)
