"""`portfolio explain` and `portfolio compare` as a user meets them, on the toy instance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.toy_cli import Answer, Cli, toy_solved

SMALL = "funds.budget.years.2026=1"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    return toy_solved(capsys, monkeypatch, tmp_path)


def data(answer: Answer) -> Any:
    return json.loads(answer[1])


def test_one_programme_in_full_states_the_loss_what_goes_and_the_break_evens(cli: Cli) -> None:
    code, out, _ = cli("explain", "toy.result.json", "b")
    assert code == 0
    for words in (
        "Programme B: why it is not funded",
        "Funding it costs 1 billion yen",
        "take the place of",
        "What would bring it in",
        "proven",
    ):
        assert words in out, words
    code, out, _ = cli("explain", "toy.result.json", "b", "--lang", "ja")
    assert code == 0 and "採択されない理由" in out and "採択に転じる条件" in out


def test_a_funded_programme_is_explained_by_what_would_take_its_place(cli: Cli) -> None:
    answer = data(cli("explain", "toy.result.json", "a", "--json"))["answer"]
    assert answer["topic"] == "why" and answer["loss"] == {"low": 1, "high": 1}
    assert {m["programme"] for m in answer["shift"]["moves"] if m["before"] is None} == {"b", "d"}


def test_all_unfunded_programmes_are_answered_and_kept(cli: Cli) -> None:
    first = data(cli("explain", "toy.result.json", "--json"))["answer"]
    assert first["asked"] == 3 and first["reused"] == 0 and len(first["programmes"]) == 3
    assert Path("toy.explain.sqlite").exists()
    again = data(cli("explain", "toy.result.json", "--json"))["answer"]
    assert again["reused"] == 3
    without = [{k: v for k, v in p.items() if k != "seconds"} for p in again["programmes"]]
    assert without == [{k: v for k, v in p.items() if k != "seconds"} for p in first["programmes"]]


def test_solve_tells_the_conflict_at_once_and_explain_tells_it_again(cli: Cli) -> None:
    code, out, _ = cli("solve", "toy", "--set", SMALL, "--force", "a", "-o", "none.result.json")
    assert code == 4
    for words in ("These 2 rules conflict", "Programme A is mandatory", "3 billion yen", "repair 1"):
        assert words in out, words
    code, out, _ = cli("explain", "none.result.json", "--lang", "ja")
    assert code == 4 and "次の2件の規則が矛盾しています" in out
    found = data(cli("explain", "none.result.json", "--json"))["answer"]
    assert found["minimal"] is True and all(r["checked"] for r in found["repairs"])
    assert data(cli("solve", "toy", "--set", SMALL, "--force", "a", "--no-save", "--json"))["conflict"]["minimal"] is True


def test_every_topic_answers_in_words_and_as_data(cli: Cli) -> None:
    for flags in (["--prices", "--all"], ["--alternatives", "2", "--within", "20%"], ["--persist", "0,2"]):
        code, out, _ = cli("explain", "toy.result.json", *flags)
        assert code in (0, 5) and out.strip(), flags
        assert {"topic", "report", "answer", "exit_code"} <= set(data(cli("explain", "toy.result.json", *flags, "--json")))


def test_a_single_criterion_is_counted_in_its_own_unit(cli: Cli) -> None:
    """Nothing else moves the toy's criterion, so that a share of the best is a share of its value: 1 of 21 is within 5 % and not within 2 %."""
    _, out, _ = cli("explain", "toy.result.json")
    assert "billion yen, a proven interval" in out and "points of 100" not in out
    within = data(cli("explain", "toy.result.json", "b", "--json"))["answer"]["within"]
    assert within == {"1%": "no", "2%": "no", "5%": "yes"}
    assert "points of 100" not in cli("explain", "toy.result.json", "--prices", "--all")[1]


def test_that_nothing_else_is_close_is_an_answer_and_no_limit(cli: Cli) -> None:
    code, out, _ = cli("explain", "toy.result.json", "--alternatives", "3", "--within", "1%")
    assert code == 0 and "No other set of programmes" in out
    found = data(cli("explain", "toy.result.json", "--alternatives", "9", "--within", "6%", "--json"))["answer"]
    assert found["exhausted"] and found["complete"] and 1 < len(found["variants"]) < 9


def test_planning_again_says_what_the_old_plan_breaks(cli: Cli) -> None:
    code, out, _ = cli("explain", "toy.result.json", "--persist", "0,1,3", "--set", "funds.budget.years.2026=8")
    assert code == 0 and "breaks" in out and "The budget" in out


def test_wrong_questions_are_usage_errors(cli: Cli) -> None:
    for argv in (
        ["b", "--prices"],
        ["nobody"],
        ["--break-even", "luck"],
        ["b", "--tolerance", "0"],
        ["--persist", "few"],
        ["--core", "growth"],
        ["--core", "glory"],
        ["--prices", "--only", "nothing"],
    ):
        code, _, err = cli("explain", "toy.result.json", *argv)
        assert code == 2 and err, argv


def test_a_question_that_cannot_be_asked_is_refused_before_anything_is_assembled(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("assembled")

    monkeypatch.setattr("portfolio.explain.question.Question.__init__", never)
    for argv in (["toy.result.json", "nobody"], ["toy.result.json", "b", "--break-even", "luck"]):
        for lang in ("en", "ja"):
            code, _, err = cli("explain", *argv, "--lang", lang)
            assert code == 2 and err, argv


def test_another_file_of_ours_is_named_with_what_to_do(cli: Cli) -> None:
    cli("generate", "--programmes", "6", "--seed", "1", "-o", "made.json")
    cli("explain", "toy.result.json", "b", "-q")
    for file, words in (
        ("made.json", "portfolio solve made.json"),
        ("toy.explain.json", "portfolio-explanation"),
        ("none.json", "no such file"),
    ):
        code, _, err = cli("explain", file, "b")
        assert code == 2 and words in err, file


def test_comparing_names_the_input_that_differs_and_what_moved(cli: Cli) -> None:
    cli("solve", "toy", "-q", "--set", "programmes.a.effects.growth=1", "-o", "later.result.json", "--gap", "0")
    code, out, _ = cli("compare", "toy.result.json", "later.result.json")
    assert code == 0 and "programmes.a.effects.growth" in out and "Programme A" in out
    answer = data(cli("compare", "toy.result.json", "later.result.json", "--json"))["answer"]
    assert [c["place"] for c in answer["inputs"]] == ["programmes.a.effects.growth"]
