"""The other verbs: check, audit, models, instances, generate, import, template."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TOY, Run


def _tampered(cli: Run, tmp_path: Path) -> Path:
    cli("solve", TOY, "-q", "-o", "r.json")
    raw = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    raw["plan"]["criteria"]["growth"] = 10**6
    (tmp_path / "r.json").write_text(json.dumps(raw), encoding="utf-8")
    return tmp_path / "r.json"


def test_a_tampered_result_answers_six_with_the_numbers(cli: Run, tmp_path: Path) -> None:
    path = _tampered(cli, tmp_path)
    answer = cli("audit", path)
    assert answer.code == 6
    assert "criterion[growth]" in answer.out and "1000000" in answer.out
    data = cli("audit", path, "--json").data
    assert data["holds"] is False and data["violated"] == len(data["violations"]) > 0


def test_a_file_that_is_no_result_answers_three(cli: Run) -> None:
    assert cli("audit", TOY).code == 3
    assert cli("audit", TOY, "--json").data["error"]["kind"] == "InvalidInput"


def test_check_lists_findings_sizes_and_knowledge(cli: Run) -> None:
    answer = cli("check", TOY)
    assert answer.code == 0
    for word in ("WELL FORMED", "judgement", "programmes", "asked for"):
        assert word in answer.out
    data = cli("check", TOY, "--json").data
    assert data["well_formed"] is True and len(data["hash"]) == 64


def test_check_prints_impossibilities_first_and_still_answers_zero(cli: Run) -> None:
    answer = cli("check", TOY, "--set", "needs.n1.floor=0.99")
    assert answer.code == 0
    assert "IMPOSSIBLE: needs.n1.floor" in answer.out.splitlines()[2]


def test_check_lists_every_problem_with_place_and_remedy(cli: Run, tmp_path: Path) -> None:
    raw = json.loads(TOY.read_text(encoding="utf-8"))
    raw["funds"][0]["carrylimit"] = 3
    raw["programmes"][0]["field"] = "ff"
    (tmp_path / "bad.json").write_text(json.dumps(raw), encoding="utf-8")
    answer = cli("check", "bad.json")
    assert answer.code == 3
    for word in ("2 problems", "funds[0].carrylimit", "programmes[0].field = ff", "remedy:"):
        assert word in answer.out
    assert cli("solve", "bad.json").code == 3
    error = cli("check", "bad.json", "--json").data["error"]
    assert error["count"] == 2 and error["problems"][0]["remedy"]["ja"]


def test_at_most_fifty_problems_are_listed_unless_all_are_asked_for(cli: Run, tmp_path: Path) -> None:
    raw = json.loads(TOY.read_text(encoding="utf-8"))
    raw["programmes"] = [{"id": f"p{n}", "cost": "x"} for n in range(80)]
    (tmp_path / "bad.json").write_text(json.dumps(raw), encoding="utf-8")
    short, full = cli("check", "bad.json"), cli("check", "bad.json", "--all")
    assert short.out.count("remedy:") == 50 and "more (--all" in short.out
    assert full.out.count("remedy:") > 80


def test_check_schema_is_a_json_schema(cli: Run) -> None:
    schema = cli("check", "--schema").data
    assert "programmes" in schema["properties"]


def test_models_lists_and_explains(cli: Run) -> None:
    assert "worst-case" in cli("models").out
    equations = cli("models", "classic").out
    assert "sum_" in equations and "[choice]" in equations
    assert "equations" in cli("models", "classic", "--json").data
    assert cli("models", "clasic").code == 2


def test_instances_are_listed_with_sizes(cli: Run) -> None:
    listed = cli("instances", "--json").data["instances"]
    assert all(entry["programmes"] > 0 for entry in listed)
    assert cli("instances").code == 0


def test_generate_is_the_same_for_the_same_seed_and_solvable_from_a_pipe(cli: Run) -> None:
    first, second = (cli("generate", "--programmes", "12", "--seed", "3").out for _ in range(2))
    assert first == second and json.loads(first)["format"] == "portfolio-instance"
    assert cli("generate", "--programmes", "12", "--seed", "4").out != first


def test_a_workbook_survives_the_way_out_and_in(cli: Run) -> None:
    assert cli("template", "-o", "t.xlsx", "--from", TOY).code == 0
    assert cli("import", "t.xlsx", "-o", "back.json").code == 0
    before, after = (cli("check", name, "--json").data["hash"] for name in (TOY, "back.json"))
    assert before == after
    assert cli("template", "-o", "t.xlsx").code == 2  # exists


def test_version_help_and_no_arguments(cli: Run) -> None:
    assert cli("--version").out.startswith("portfolio ")
    assert "solve" in cli("--help").out
    assert "solve" in cli().out


@pytest.mark.parametrize("verb", ["check", "solve", "audit", "models", "instances", "generate", "import", "template"])
def test_every_verb_explains_itself(cli: Run, verb: str) -> None:
    answer = cli(verb, "--help")
    assert answer.code == 0 and "--lang" in answer.out


def test_a_mistyped_verb_is_recognised(cli: Run) -> None:
    answer = cli("solv", TOY)
    assert answer.code == 2 and "solve" in answer.err
    assert cli("solv", TOY, "--json").data["error"]["kind"] == "UsageError"


def test_an_unexpected_error_is_one_line_and_answers_one(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_name: str) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("portfolio.library.load_model", broken)
    answer = cli("solve", TOY)
    assert answer.code == 1 and answer.err.count("\n") == 1 and "surprise" in answer.err
    assert cli("solve", TOY, "--json").data["exit_code"] == 1
