"""`portfolio solve`: exit codes, what is saved, what is printed, how changes are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import TOY, Run
from rich.cells import cell_len

from portfolio.commands.solve import exit_code
from portfolio.formats.result_text import read_result


def test_a_proven_plan_answers_zero_and_is_saved_under_the_instances_id(cli: Run, tmp_path: Path) -> None:
    answer = cli("solve", TOY)
    assert answer.code == 0
    assert "PROVEN within" in answer.out and "0 violated" in answer.out
    result = read_result(tmp_path / "toy.result.json")
    assert result.status == "proven" and result.plan is not None
    assert "saved: toy.result.json" in answer.out
    assert cli("audit", "toy.result.json").code == 0


def test_the_same_command_writes_the_same_bytes_apart_from_timings(cli: Run, tmp_path: Path) -> None:
    texts = []
    for _ in range(2):
        cli("solve", TOY, "-q")
        raw = json.loads((tmp_path / "toy.result.json").read_text(encoding="utf-8"))
        texts.append(json.dumps({k: v for k, v in raw.items() if k != "seconds"}))
    assert texts[0] == texts[1]


def test_json_is_one_object_with_result_and_tables(cli: Run) -> None:
    answer = cli("solve", TOY, "--no-save", "--json")
    assert answer.code == answer.data["exit_code"] == 0
    assert answer.data["status"] == "proven"
    assert {"criteria", "matrix", "commitments", "outlays", "funded"} <= set(answer.data["report"]["tables"])
    assert answer.data["result"]["format"] == "portfolio-result"


def test_dash_as_output_prints_the_result_and_nothing_else(cli: Run, tmp_path: Path) -> None:
    answer = cli("solve", TOY, "-o", "-")
    assert answer.data["format"] == "portfolio-result"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("saving", [("--no-save",), ("-o", "-")], ids=["nothing saved", "result on stdout"])
def test_quiet_prints_no_tables(cli: Run, saving: tuple[str, ...]) -> None:
    assert "criterion" not in cli("solve", TOY, "-q", *saving).out.split("\n", 1)[0]


def test_a_contradiction_answers_four_with_its_likely_cause(cli: Run) -> None:
    answer = cli("solve", TOY, "--force", "a", "--forbid", "b", "--no-save")
    assert answer.code == 4
    assert "INFEASIBLE" in answer.out and "rules.r1" in answer.out


def test_no_time_answers_seven(cli: Run) -> None:
    cli("generate", "--programmes", "200", "-o", "g.json")
    answer = cli("solve", "g.json", "--time-limit", "0", "--no-save")
    assert answer.code == 7 and "NO PLAN" in answer.out


@pytest.mark.parametrize(
    ("status", "violated", "code"),
    [("proven", 0, 0), ("infeasible", 0, 4), ("limit", 0, 5), ("proven", 1, 6), ("interrupted", 0, 130), ("no_plan", 0, 7)],
)
def test_each_status_has_its_exit_code(cli: Run, tmp_path: Path, status: str, violated: int, code: int) -> None:
    cli("solve", TOY, "-q")
    solved = read_result(tmp_path / "toy.result.json")
    assert solved.audit is not None
    audit = solved.audit.model_copy(update={"violated": violated})
    assert exit_code(solved.model_copy(update={"status": status, "audit": audit})) == code


def test_a_limit_with_a_plan_answers_five(cli: Run, tmp_path: Path) -> None:
    assert cli("generate", "--programmes", "80", "--seed", "7", "-o", "g.json").code == 0
    answer = cli("solve", "g.json", "--gap", "0", "--time-limit", "8", "-o", "g.result.json")
    assert answer.code == 5 and "NOT PROVEN, within" in answer.out and "stopped at a limit" in answer.out
    assert cli("audit", "g.result.json").code == 0


def test_force_and_forbid_change_who_is_funded(cli: Run) -> None:
    def funded(*flags: str) -> set[str]:
        plan = cli("solve", TOY, "--json", "--no-save", *flags).data["result"]["plan"]
        return {choice["programme"] for choice in plan["choices"]}

    assert "e" in funded("--force", "e")
    assert "d" not in funded("--forbid", "d")


def test_set_changes_the_instance_that_is_solved(cli: Run) -> None:
    data = cli("solve", TOY, "--json", "--no-save", "--set", "programmes.a.effects.growth=300").data
    programme = next(p for p in data["result"]["instance"]["programmes"] if p["id"] == "a")
    assert programme["effects"]["growth"] == 300


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--weights", "growth=2,risk=1"), "weights growth 67 %"),
        (("--lexicographic", "growth,pub", "--tolerance", "1%"), "first growth, then pub"),
        (("--reference", "growth=50,risk=52"), "close to growth 50"),
        (("--floor", "growth=80%"), "growth at least 80 % of its best"),
    ],
)
def test_aims_come_from_flags(cli: Run, flags: tuple[str, ...], said: str) -> None:
    # On a grid of 0.001: tenths are too coarse for this toy to be called proven.
    answer = cli("solve", TOY, "--no-save", "--set", "header.grid=0.001", *flags)
    assert answer.code == 0
    assert said in " ".join(answer.out.split())


def test_a_later_solve_starts_from_an_earlier_plan(cli: Run) -> None:
    cli("solve", TOY, "-q", "-o", "first.json")
    data = cli("solve", TOY, "--json", "--no-save", "--start", "first.json").data
    assert data["result"]["options"]["warm_start"] is True


@pytest.mark.parametrize(
    ("flags", "hint"),
    [
        (("--weights", "growht=1"), "growth"),
        (("--force", "aa"), "did you mean `a`"),
        (("--set", "programmes.a.kost=3"), "did you mean `cost`"),
        (("--set", "nonsense"), "path=value"),
        (("--weights", "growth"), "name=number"),
        (("--weights", "growth=x"), "a number or a percentage"),
        (("--gap", "-1"), ">= 0"),
        (("--floor", "growth"), "criterion=95%"),
        (("--weights", "growth=1", "--lexicographic", "pub"), "exclude each other"),
        (("--model", "alocation"), "did you mean `allocation`"),
        (("--json", "-o", "-"), "standard output"),
        (("--weigths", "growth=1"), "--weights"),
        (("--time-limit", "soon"), "--time-limit"),
        (("--start", "nowhere.json"), "no such file"),
        (("-o", "nowhere/x.json"), "does not exist"),
        (("-o", "."), "folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_answers_two_and_says_what_was_meant(cli: Run, flags: tuple[str, ...], hint: str) -> None:
    answer = cli("solve", TOY, *flags)
    assert answer.code == 2
    assert hint in answer.out + answer.err


def test_nothing_but_a_result_is_overwritten(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "toy.result.json").write_text('{"dear": "diary"}', encoding="utf-8")
    assert cli("solve", TOY).code == 2
    assert "diary" in (tmp_path / "toy.result.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [50, 80, 120])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_line_is_wider_than_the_terminal(cli: Run, monkeypatch: pytest.MonkeyPatch, width: int, lang: str) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for verb in (("solve", TOY, "--no-save"), ("check", TOY), ("models",), ("instances",)):
        answer = cli(*verb, "--lang", lang)
        assert answer.code == 0
        for line in answer.out.splitlines():
            assert cell_len(line) <= width, line


def test_japanese_by_flag_by_variable_and_by_locale(cli: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "証明済み" in cli("solve", TOY, "--no-save", "--lang", "ja").out
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert "証明済み" in cli("solve", TOY, "--no-save").out
    monkeypatch.setenv("PORTFOLIO_LANG", "en")
    assert "PROVEN" in cli("solve", TOY, "--no-save").out
    assert "オプション" in cli("solve", TOY, "--nosuch", "--lang", "ja").err
