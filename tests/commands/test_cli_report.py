"""`portfolio report` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run
from pptx import Presentation

TOY = "toy"


@pytest.fixture
def solved(cli: Run) -> Run:
    assert cli("solve", TOY, "-q").code == 0
    return cli


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_deck_and_a_workbook_are_written_unless_told_otherwise(solved: Run, tmp_path: Path, lang: str) -> None:
    answer = solved("report", "toy.result.json", "--lang", lang)
    assert answer.code == 0, answer.err
    assert {p.name for p in (tmp_path / "toy.report").iterdir()} == {"briefing.pptx", "briefing.xlsx"}
    titles = [s.shapes.title.text for s in Presentation(str(tmp_path / "toy.report/briefing.pptx")).slides if s.shapes.title is not None]
    assert len(titles) >= 5 and all(titles)


def test_what_is_there_is_not_overwritten_unasked(solved: Run, tmp_path: Path) -> None:
    assert solved("report", "toy.result.json", "--to", "md", "-o", "out").code == 0
    mine = tmp_path / "out/briefing.md"
    mine.write_text("edited by hand", encoding="utf-8")
    refused = solved("report", "toy.result.json", "--to", "md,json", "-o", "out")
    assert refused.code == 2 and "briefing.md" in refused.err and "--replace" in refused.err
    assert mine.read_text(encoding="utf-8") == "edited by hand" and not (tmp_path / "out/briefing.json").exists()
    assert solved("report", "toy.result.json", "--to", "md", "-o", "out", "--replace").code == 0
    assert mine.read_text(encoding="utf-8") != "edited by hand"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("missing.json",), 2, "missing.json"),
        (("toy.result.json", "--to", "docx"), 2, "docx"),
        (("toy.result.json", "--to", " , "), 2, "pptx"),
        (("toy.result.json", "toy.result.json"), 2, "two files"),
        (("toy.result.json", "--point", "p1"), 2, "frontier"),
        (("toy.result.json", "--to", "md", "--template", "x.pptx"), 2, "--to pptx"),
        (("toy.result.json", "--template", "missing.potx"), 2, "missing.potx"),
        (("toy.result.json", "-o", "toy.result.json"), 2, "folder"),
        (("broken.json",), 3, "format"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_and_nothing_is_written(
    solved: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "broken.json").write_text('{"a": 1}', encoding="utf-8")
    before = {p.name for p in tmp_path.rglob("*")}
    answer = solved("report", *arguments, "--lang", "en")
    assert answer.code == code and said in answer.err and "Traceback" not in answer.err
    assert {p.name for p in tmp_path.rglob("*")} == before


def test_a_folder_stands_for_the_results_in_it(solved: Run, tmp_path: Path) -> None:
    assert solved("report", ".", "--to", "json", "-o", "out").code == 0
    (tmp_path / "empty").mkdir()
    refused = solved("report", "empty", "--lang", "en")
    assert refused.code == 2 and "no .result.json" in refused.err


def test_an_explanation_brings_its_page_and_only_beside_its_own_result(solved: Run, tmp_path: Path) -> None:
    assert solved("explain", "toy.result.json", "--store", "none").code == 0
    assert solved("report", "toy.result.json", "toy.explain.json", "--to", "json", "-o", "out").code == 0
    pages = [p["key"] for p in json.loads((tmp_path / "out/briefing.json").read_text(encoding="utf-8"))["pages"]]
    assert "why_not" in pages
    alone = solved("report", "toy.explain.json", "--lang", "en")
    assert alone.code == 2 and "name that result" in alone.err
    assert solved("solve", TOY, "--forbid", "a", "-o", "other.result.json").code == 0
    other = solved("report", "other.result.json", "toy.explain.json", "--lang", "en")
    assert other.code == 2 and "another plan" in other.err


def test_a_result_without_a_plan_is_reported_as_such(solved: Run, tmp_path: Path) -> None:
    assert solved("solve", TOY, "--floor", "growth=1000000", "-o", "none.result.json").code == 4
    assert solved("report", "none.result.json", "--to", "pptx,json,xlsx", "-o", "out", "--lang", "en").code == 0
    data = json.loads((tmp_path / "out/briefing.json").read_text(encoding="utf-8"))
    assert data["pages"][0]["title"] == "No plan obeys all rules"
    assert "--infeasible" in " ".join(data["pages"][0]["sentences"].values())
    assert solved("explain", "none.result.json", "--infeasible", "--store", "none").code == 4
    assert solved("report", "none.result.json", "toy.explain.json", "--to", "json", "-o", "with", "--lang", "en").code == 0
    data = json.loads((tmp_path / "with/briefing.json").read_text(encoding="utf-8"))
    assert "conflict" in [p["key"] for p in data["pages"]] and any(key.startswith("repair") for key in data["tables"])


def test_json_lists_the_files(solved: Run) -> None:
    answer = json.loads(solved("report", "toy.result.json", "--to", "csv,json", "-o", "out", "--json").out)
    assert answer["exit_code"] == 0 and "briefing.json" in answer["files"] and "payments.csv" in answer["files"]
