"""Answers of `portfolio explain` as files: nothing that was answered is lost, nothing is answered twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from portfolio.explain import presence as sought
from portfolio.explain.collection import about, explanation
from portfolio.formats.explanation_text import read_explanation
from portfolio.formats.result_text import read_result
from tests.support.toy_cli import Cli, toy_solved

SAVED = Path("toy.explain.json")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    return toy_solved(capsys, monkeypatch, tmp_path)


def test_several_questions_about_one_result_share_one_file_and_none_is_lost(cli: Cli) -> None:
    for flags in (
        ["b"],
        ["a"],
        ["--prices"],
        ["--alternatives", "2", "--within", "20%"],
        ["--persist", "1"],
    ):
        code, out, _ = cli("explain", "toy.result.json", *flags)
        assert code in (0, 5) and f"saved: {SAVED}" in out, flags
    held = read_explanation(SAVED)
    assert [a.topic for a in held.answers] == ["programme", "programme", "prices", "alternatives", "persist"]
    assert set(held.presences()) == {"a", "b"} and held.presences()["b"].topic == "why_not"
    assert held.about == about(read_result("toy.result.json")) and held.title == "toy"
    prices = held.last("prices")
    assert prices is not None and prices.prices


def test_the_file_reads_back_as_it_was_written(cli: Cli) -> None:
    cli("explain", "toy.result.json")
    first = SAVED.read_text(encoding="utf-8")
    again = explanation(read_result("toy.result.json"), (), read_explanation(SAVED))
    assert again.model_dump(mode="json") == json.loads(first)


def test_a_fuller_answer_stands_before_one_of_many(cli: Cli) -> None:
    cli("explain", "toy.result.json", "b")
    cli("explain", "toy.result.json")
    held = read_explanation(SAVED)
    assert len(held.answers) == 4
    assert {e.kind for e in held.presences()["b"].break_evens} >= {"effect", "cost", "money"}


def test_asking_again_is_answered_from_the_store(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = (["b"], ["--prices"], ["--alternatives", "2"], ["--persist", "1"], [])
    first = [cli("explain", "toy.result.json", *flags) for flags in questions]

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("sought again")

    monkeypatch.setattr(sought.Question, "best", never)
    monkeypatch.setattr(sought.Question, "solve", never)
    again = [cli("explain", "toy.result.json", *flags) for flags in questions]
    assert [a[:1] for a in again] == [f[:1] for f in first]
    assert [a[1] for a in again[:-1]] == [f[1] for f in first[:-1]]
    assert "from earlier runs" in again[-1][1] or "3" in again[-1][1]


def test_answers_about_another_plan_go_to_another_file(cli: Cli) -> None:
    cli("explain", "toy.result.json", "b")
    before = SAVED.read_text(encoding="utf-8")
    cli("solve", "toy", "-q", "-o", "later.result.json", "--set", "programmes.a.effects.growth=1")
    code, out, _ = cli("explain", "later.result.json", "a")
    assert code == 0 and SAVED.read_text(encoding="utf-8") == before
    others = [p for p in Path().glob("toy.*.explain.json") if p != SAVED]
    assert len(others) == 1 and str(others[0]) in out
    assert read_explanation(others[0]).about == about(read_result("later.result.json"))
    code, _, err = cli("explain", "later.result.json", "a", "-o", str(SAVED))
    assert code == 2 and "another result" in err and SAVED.read_text(encoding="utf-8") == before


def test_a_file_that_is_no_explanation_is_never_written_over(cli: Cli) -> None:
    SAVED.write_text('{"mine": 1}', encoding="utf-8")
    code, _, err = cli("explain", "toy.result.json", "b")
    assert code == 2 and "-o" in err and SAVED.read_text(encoding="utf-8") == '{"mine": 1}'
    code, _, _ = cli("explain", "toy.result.json", "b", "-o", "toy.result.json")
    assert code == 2 and read_result("toy.result.json").plan is not None


def test_a_broken_file_of_answers_is_told_and_left_alone(cli: Cli) -> None:
    broken = '{"format": "portfolio-explanation", "answers": ['
    SAVED.write_text(broken, encoding="utf-8")
    code, _, err = cli("explain", "toy.result.json", "b")
    assert code == 3 and err and SAVED.read_text(encoding="utf-8") == broken


def test_standard_output_takes_the_file_and_no_save_writes_none(cli: Cli) -> None:
    code, out, _ = cli("explain", "toy.result.json", "b", "-o", "-", "--store", "none")
    assert code == 0 and json.loads(out)["format"] == "portfolio-explanation" and not SAVED.exists()
    code, out, _ = cli("explain", "toy.result.json", "b", "--no-save")
    assert code == 0 and "saved" not in out
    assert not SAVED.exists() and not list(Path().glob("*.sqlite"))
    assert cli("explain", "toy.result.json", "b", "-o", "-", "--json")[0] == 2


def test_an_unknown_programme_gets_a_suggestion_and_leaves_no_file(cli: Cli) -> None:
    cli("generate", "--programmes", "8", "--seed", "1", "-o", "made.json")
    cli("solve", "made.json", "-q", "-o", "made.result.json")
    known = json.loads(Path("made.result.json").read_text(encoding="utf-8"))["instance"]["programmes"][0]["id"]
    code, _, err = cli("explain", "made.result.json", known[:-1] + "_")
    assert code == 2 and known[:-2] in err
    assert not list(Path().glob("*.explain.*"))
    for called, lang in (("Programme B", "en"), ("B", "en"), ("事業B", "ja")):
        code, _, err = cli("explain", "toy.result.json", called, "--lang", lang)
        assert code == 2 and "`b`" in err, called


def test_what_a_frontier_said_is_kept_when_asked_again_without_it(cli: Cli) -> None:
    cli("explain", "toy.result.json", "b")
    held, result = read_explanation(SAVED), read_result("toy.result.json")
    plain = held.answers[0]
    assert plain.presence is not None
    asked = plain.model_copy(update={"presence": plain.presence.model_copy(update={"frontier": ("p2",), "frontier_size": 3})})
    again = explanation(result, [plain], explanation(result, [asked])).presences()["b"]
    assert again.frontier == ("p2",) and again.frontier_size == 3


def test_an_answer_cut_short_never_replaces_a_finished_one(cli: Cli) -> None:
    cli("explain", "toy.result.json", "b")
    held, result = read_explanation(SAVED), read_result("toy.result.json")
    short = held.answers[0].model_copy(update={"finished": False, "presence": None})
    assert explanation(result, [short], held).answers == held.answers
    assert explanation(result, held.answers, explanation(result, [short])).answers == held.answers
