"""`portfolio solve --prove` and what `portfolio audit` says about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TOY, Run

from portfolio.commands.solve import with_optional_gap


def test_a_proven_result_is_audited_without_a_solver(cli: Run) -> None:
    solved = cli("solve", TOY, "--prove")
    assert solved.code == 0 and "proof of" in solved.out
    audited = cli("audit", "toy.result.json")
    assert audited.code == 0 and "PROOF HOLDS" in audited.out and "leaves" in audited.out
    assert "proven for the program" in audited.out
    assert "証明成立" in cli("audit", "toy.result.json", "--lang", "ja").out


def test_without_a_proof_the_audit_says_whose_word_it_is(cli: Run) -> None:
    cli("solve", TOY, "-q")
    assert "solver's word" in cli("audit", "toy.result.json").out


def test_a_spoiled_proof_answers_six(cli: Run, tmp_path: Path) -> None:
    cli("solve", TOY, "--prove", "0", "-q")
    path = tmp_path / "toy.result.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["proofs"][0]["data"] = "AAAA" + raw["proofs"][0]["data"][4:]
    path.write_text(json.dumps(raw), encoding="utf-8")
    answer = cli("audit", path)
    assert answer.code == 6 and "PROOF FAILED" in answer.out
    as_json = cli("audit", path, "--json")
    assert as_json.code == 6 and as_json.data["holds"] is False and as_json.data["proofs"][0]["fault"]


def test_an_infeasible_instance_answers_four_with_its_proof(cli: Run) -> None:
    ids = [p["id"] for p in json.loads(TOY.read_text(encoding="utf-8"))["programmes"]]
    forced = [word for i in ids for word in ("--force", i)]
    answer = cli("solve", TOY, "--prove", *forced, "-q", "-o", "none.json")
    assert answer.code == 4
    audited = cli("audit", "none.json")
    assert audited.code == 0 and "no plan obeys all rules" in audited.out


def test_what_floors_of_the_aim_leave_out_is_said(cli: Run) -> None:
    assert cli("solve", TOY, "--prove", "0", "--floor", "growth=10", "-q").code == 0
    assert "no plan within the aim's limits beats " in cli("audit", "toy.result.json").out
    assert cli("solve", TOY, "--prove", "--floor", "growth=1000", "-q").code == 4
    assert "no plan obeys all rules and the aim's floors" in cli("audit", "toy.result.json").out


def test_a_gap_may_follow_or_not() -> None:
    assert with_optional_gap(["solve", "x", "--prove"]) == ["solve", "x", "--prove=gap"]
    assert with_optional_gap(["solve", "--prove", "x.json"]) == ["solve", "--prove=gap", "x.json"]
    assert with_optional_gap(["solve", "x", "--prove", "0.5%", "-q"]) == ["solve", "x", "--prove", "0.5%", "-q"]
    assert with_optional_gap(["audit", "--prove"]) == ["audit", "--prove"]
    assert with_optional_gap([]) == []


@pytest.mark.parametrize("gap", ["-1", "much"])
def test_a_gap_that_is_none_answers_two(cli: Run, gap: str) -> None:
    assert cli("solve", TOY, f"--prove={gap}").code == 2
