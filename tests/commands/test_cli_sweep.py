"""portfolio sweep: answers on the screen, in JSON and in tables; stopped and resumed; clear words for every wrong request."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest
from conftest import Run, command, environment

VARY = (
    "--vary",
    "programmes.*.effects.*=x0.7:1.3",
    "--vary",
    "programmes.project_6.effects.value=5:20",
    "--vary",
    "funds.*.years.*=x0.7:1.2",
)


def test_a_tornado_is_shown_saved_and_kept(cli: Run, tmp_path: Path) -> None:
    answer = cli("sweep", "lorie-savage", *VARY)
    assert answer.code == 0
    assert "6 of 6 runs, 6 with a plan" in answer.out
    assert "Project 6, effect" in answer.out
    assert "regret of plans held fixed" in answer.out
    saved = json.loads((tmp_path / "lorie-savage.sweep.json").read_text(encoding="utf-8"))
    assert saved["format"] == "portfolio-sweep"
    assert len(saved["runs"]) == 6
    assert (tmp_path / "lorie-savage.sweep.sqlite").is_file()
    before = (tmp_path / "lorie-savage.sweep.json").read_text(encoding="utf-8")
    assert cli("sweep", "lorie-savage", *VARY, "--resume", "-q").code == 0
    again = json.loads((tmp_path / "lorie-savage.sweep.json").read_text(encoding="utf-8"))
    assert {**again, "seconds": 0} == {**json.loads(before), "seconds": 0}


def test_random_runs_in_japanese_say_what_flips_a_programme(cli: Run) -> None:
    answer = cli("sweep", "lorie-savage", *VARY, "--design", "monte-carlo", "--runs", "60", "--no-save", "--lang", "ja")
    assert answer.code == 0
    assert "のとき不採択" in answer.out
    assert "後悔" in answer.out


def test_the_staircase_lists_levels_and_who_enters(cli: Run) -> None:
    answer = cli("sweep", "lorie-savage", "--design", "staircase", "--tolerance", "2%", "--no-save", "--json")
    steps = answer.data["result"]["answers"]["staircase"]["steps"]
    assert answer.code == 0
    assert [s["low"] for s in steps] == sorted(s["low"] for s in steps)
    assert answer.data["report"]["tables"]["steps"]["rows"]


def test_tables_for_spreadsheets_and_parquet_hold_every_run(cli: Run, tmp_path: Path) -> None:
    assert cli("sweep", "lorie-savage", *VARY, "--no-save", "-q", "--csv", "r.csv", "--parquet", "r.parquet").code == 0
    csv, parquet = pd.read_csv(tmp_path / "r.csv"), pd.read_parquet(tmp_path / "r.parquet")
    assert list(csv["number"]) == list(parquet["number"]) == [-1, 0, 1, 2, 3, 4, 5]
    assert {"aim", "bound", "value", "level:funds.*.years.*", "money:project_6"} <= set(parquet.columns)
    assert parquet["value"].tolist() == pytest.approx(csv["value"].tolist())


def test_a_sweep_whose_base_is_infeasible_still_writes_its_empty_tables(cli: Run, tmp_path: Path) -> None:
    impossible = ("--set", "programmes.project_1.mandatory=true", "--set", "funds.budget.years.1=1")
    answer = cli("sweep", "lorie-savage", *VARY, *impossible, "--no-save", "--csv", "r.csv", "--parquet", "r.parquet")
    assert answer.code == 4
    assert "infeasible" in answer.out
    for table in (pd.read_csv(tmp_path / "r.csv"), pd.read_parquet(tmp_path / "r.parquet")):
        assert len(table) == 0
        assert {"number", "status", "value", "level:funds.*.years.*"} <= set(table.columns)


def test_failing_runs_are_counted_with_their_first_reason(cli: Run) -> None:
    answer = cli("sweep", "lorie-savage", "--vary", "funds.budget.years.1=-5:80", "--no-save")
    assert answer.code == 0
    assert "without a plan: numbers contradict each other 1" in answer.out
    assert "funds[0].years.1" in answer.out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--vary", "programmes.projct_1.effects.value=1:2"), "did you mean `project_1`"),
        (("--vary", "funds.budget.years.1"), "no range of its own"),
        ((), "no number of this instance is a judgement"),
        (("--design", "models"), "--compare"),
        ((*VARY, "--design", "grid"), "one or two factors"),
        ((*VARY, "--resume"), "no store"),
        ((*VARY, "--scheduler", "nonsense"), "no Dask cluster"),
        ((*VARY, "--csv", "nowhere/r.csv"), "cannot be written"),
        (("--design", "staircase", "--span", "2"), "LOW:HIGH"),
        (("--design", "staircase", "--budget", "budgt"), "did you mean `budget`"),
        (("--design", "weights"), "two or more criteria"),
        ((*VARY, "--json", "-o", "-"), "standard output"),
    ],
)
def test_wrong_requests_are_usage_errors_with_a_remedy(cli: Run, argv: tuple[str, ...], words: str) -> None:
    answer = cli("sweep", "lorie-savage", *argv)
    assert answer.code == 2
    if "--json" not in argv:
        assert words in answer.err
        assert answer.out == ""


def test_a_store_that_is_something_else_is_left_alone(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database " * 100, encoding="utf-8")
    answer = cli("sweep", "lorie-savage", *VARY, "--store", "notes.txt")
    assert answer.code == 2
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "no database " * 100


def test_ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on(tmp_path: Path) -> None:
    argv = command("sweep", "lorie-savage", *VARY, "--design", "monte-carlo", "--runs", "3000", "--candidates", "0", "--json")
    process = subprocess.Popen(argv, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    store = tmp_path / "lorie-savage.sweep.sqlite-wal"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (store.exists() and store.stat().st_size > 60_000):
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    said = json.loads(out)
    assert said["status"] == "interrupted"
    assert 0 < len(said["result"]["runs"]) < 3000
