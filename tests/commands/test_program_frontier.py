"""`portfolio frontier --program`: what it prints, saves and returns; what it refuses. Tier: test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import TOY, Run

SMALL: dict[str, Any] = {
    "name": "small",
    "sense": "max",
    "objectives": [["1/2", 1, 2], [1, "0.1", 2]],
    "constraints": {"A": [[2, 2, 3]], "sense": ["<="], "rhs": [4]},
    "bounds": {"lower": [0, 0, 0], "upper": [1, 1, 1]},
    "integrality": ["B", "B", "B"],
}
CONFLICT = {**SMALL, "objectives": [[3, 1, 0], [0, 1, "5/2"]]}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_text(json.dumps(CONFLICT), encoding="utf-8")
    return path


def test_the_complete_set_is_shown_saved_and_answers_zero(cli: Run, small: Path, tmp_path: Path) -> None:
    answer = cli("frontier", "--program", small)
    assert answer.code == 0
    assert "COMPLETE" in answer.out and "saved: small.frontier.json" in answer.out
    saved = json.loads((tmp_path / "small.frontier.json").read_text(encoding="utf-8"))
    assert saved["format"] == "portfolio-program-frontier" and saved["status"] == "complete"
    assert sorted(point["values"] for point in saved["points"]) == [[0, 2.5], [4, 1]]
    assert all(zone["evidence"] is not None for zone in saved["zones"])


def test_json_and_quiet_and_dash(cli: Run, small: Path) -> None:
    answer = cli("frontier", "--program", small, "--json")
    assert (answer.data["status"], answer.data["exit_code"]) == ("complete", 0)
    assert "points" in answer.data["report"]["tables"]
    assert cli("frontier", "--program", small, "-q").out == ""
    assert cli("frontier", "--program", small, "-o", "-").data["method"] == "complete"


def test_the_same_bytes_for_one_and_two_workers(cli: Run, small: Path) -> None:
    texts = []
    for workers in (1, 2):
        raw = cli("frontier", "--program", small, "-o", "-", "--workers", workers).data
        texts.append(json.dumps({k: v for k, v in raw.items() if k != "seconds"}))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(("method", "said"), [("epsilon-constraint", "NOT PROVEN"), ("weighted", "NOT PROVEN"), ("certified", "CERTIFIED")])
def test_other_methods_claim_no_more_than_they_prove(cli: Run, small: Path, method: str, said: str) -> None:
    answer = cli("frontier", "--program", small, "--method", method)
    assert answer.code == 0 and said in answer.out


def test_a_continuous_criterion_goes_to_the_certificate(cli: Run, small: Path) -> None:
    small.write_text(json.dumps({**CONFLICT, "integrality": ["C", "B", "B"]}), encoding="utf-8")
    assert cli("frontier", "--program", small, "-o", "-").data["method"] == "certified"
    refused = cli("frontier", "--program", small, "--method", "complete")
    assert refused.code == 2 and "continuous" in refused.err


def test_no_time_answers_seven_and_infeasible_four(cli: Run, small: Path) -> None:
    stopped = cli("frontier", "--program", small, "--time-limit", "0")
    assert stopped.code == 7 and "NO POINT" in stopped.out
    small.write_text(json.dumps({**CONFLICT, "constraints": {"A": [[1, 1, 1]], "sense": [">="], "rhs": [9]}}), encoding="utf-8")
    assert cli("frontier", "--program", small).code == 4


def test_every_problem_of_the_file_is_listed_in_both_languages(cli: Run, small: Path) -> None:
    broken = {**CONFLICT, "objectives": [[1, 2], [1, 2, 3]], "bounds": {"lower": [0, 0, 2], "upper": [1, 1]}, "names": ["a"]}
    small.write_text(json.dumps(broken), encoding="utf-8")
    answer = cli("frontier", "--program", small)
    assert answer.code == 3
    assert all(place in answer.err for place in ("objectives[0]", "bounds.upper", "names"))
    assert "3件のリスト" in cli("frontier", "--program", small, "--lang", "ja").err
    small.write_text(json.dumps({**CONFLICT, "sense": "up", "integrality": ["B", "X", "B"]}), encoding="utf-8")
    answer = cli("frontier", "--program", small, "--json")
    assert answer.code == 3 and answer.data["error"]["count"] == 2


def test_a_column_without_bounds_is_refused(cli: Run, small: Path) -> None:
    free = {
        **CONFLICT,
        "constraints": {"A": [[2, 2, 0]], "sense": ["<="], "rhs": [4]},
        "bounds": {"lower": [0, 0, 0], "upper": [1, 1, 1e30]},
    }
    small.write_text(json.dumps({**free, "integrality": ["I", "I", "I"]}), encoding="utf-8")
    answer = cli("frontier", "--program", small)
    assert answer.code == 2 and "no finite bounds" in answer.err


@pytest.mark.parametrize("argv", [("--method", "complete", TOY), (), ("--program", "no.json"), (TOY, "--program", TOY)])
def test_wrong_calls_answer_two(cli: Run, argv: tuple[str, ...]) -> None:
    assert cli("frontier", *argv).code == 2


def test_an_unknown_method_is_named(cli: Run, small: Path) -> None:
    answer = cli("frontier", "--program", small, "--method", "magic")
    assert answer.code == 2 and "epsilon-constraint" in answer.err
