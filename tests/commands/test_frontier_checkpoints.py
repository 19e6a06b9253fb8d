"""Checkpoints of `portfolio frontier`: one that cannot be written never ends a run, a run that was killed goes on. Tier: test, fuzz."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import TOY, Run, command, environment

from portfolio.formats import files

CASES = Path(__file__).parents[1] / "pareto" / "cases"
KNAPSACK = CASES / "ks_KP_p3_n30_1.json"
SMALL = CASES / "spa_didactic.json"
GRIDS: dict[str, Any] = {
    "header": {"id": "grids", "first_year": 2026, "last_year": 2026, "grid": "0.1"},
    "criteria": [{"id": "a", "kind": "contribution"}, {"id": "b", "kind": "contribution"}],
    "funds": [{"id": "k", "years": {"2026": 6}}],
    "programmes": [{"id": f"p{k}", "cost": 2, "effects": {"a": k, "b": f"{9 - k}/2"}} for k in range(6)],
}
RUNS: dict[str, tuple[object, ...]] = {
    "certified": (TOY, "--epsilon", "10%", "--solver-of-zones", "mip"),
    "complete": ("grids.json", "--complete"),
    "a bare problem": ("--program", SMALL),
}


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "grids.json").write_text(json.dumps(GRIDS), encoding="utf-8")
    return tmp_path


class Disk:
    """Writing that fails so many times, as a full disk, a folder without permission or a folder that is gone would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int, times: int) -> None:
        self.left, self.failed, self.written = times, 0, 0
        real = files._replace

        def replace(target: Path, data: bytes) -> None:
            if self.left > 0:
                self.left, self.failed = self.left - 1, self.failed + 1
                raise OSError(number, os.strerror(number))
            self.written += 1
            real(target, data)

        monkeypatch.setattr(files, "_replace", replace)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "no permission"), (errno.ENOENT, "does not exist")]
)
def test_a_checkpoint_that_fails_costs_a_notice_only(
    name: str, number: int, said: str, cli: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portfolio.api.seldom.SAVE_EVERY", 0.0)
    whole = cli("frontier", *RUNS[name], "-o", "whole.json", "-q")
    disk = Disk(monkeypatch, number, 1)
    answer = cli("frontier", *RUNS[name], "-o", "again.json", "-q")
    assert (answer.code, answer.err.count("checkpoint not written"), disk.failed) == (whole.code, 1, 1)
    assert said in answer.err and disk.written
    a, b = (json.loads((here / file).read_text(encoding="utf-8")) for file in ("whole.json", "again.json"))
    assert {**a, "seconds": 0} == {**b, "seconds": 0}


def test_the_notice_speaks_japanese(cli: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Disk(monkeypatch, errno.ENOSPC, 1)
    assert "途中経過を保存できませんでした" in cli("frontier", *RUNS["complete"], "--lang", "ja", "-q").err


def test_a_folder_that_is_gone_keeps_the_result_elsewhere(cli: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints and the last file fail: the work is kept in the folder for temporary files and the answer says where."""
    (here / "out").mkdir()
    (here / "spare").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(here / "spare"))
    from portfolio.pareto.complete_search import Search

    real = Search.integrate

    def integrate(self: Search, *more: Any) -> None:
        shutil.rmtree(here / "out", ignore_errors=True)
        real(self, *more)

    monkeypatch.setattr(Search, "integrate", integrate)
    answer = cli("frontier", *RUNS["complete"], "-o", "out/f.json")
    kept = list((here / "spare").glob("rescued-*"))
    assert answer.code == 2 and "COMPLETE" in answer.out and len(kept) == 1 and str(kept[0]) in answer.err
    assert json.loads(kept[0].read_text(encoding="utf-8"))["status"] == "complete"


def test_complete_sets_are_asked_for_and_audited(cli: Run, here: Path) -> None:
    answer = cli("frontier", *RUNS["complete"])
    assert answer.code == 0 and "COMPLETE" in answer.out and (here / "grids.frontier.json").is_file()
    assert cli("audit", "grids.frontier.json").code == 0
    refused = cli("frontier", TOY, "--complete")
    assert refused.code == 2 and "no usable grid" in refused.err
    assert "格子" in cli("frontier", TOY, "--complete", "--lang", "ja").err
    assert cli("frontier", "--program", SMALL, "--complete", "--method", "weighted").code == 2


def test_only_its_own_stopped_run_is_taken_up(cli: Run, here: Path) -> None:
    assert cli("frontier", "--program", KNAPSACK, "--time-limit", "0", "-o", "part.json", "-q").code == 7
    assert cli("frontier", "--program", SMALL, "--resume", "part.json").code == 2
    assert cli("frontier", "--program", KNAPSACK, "--seed", "3", "--resume", "part.json").code == 2
    assert cli("frontier", "--program", KNAPSACK, "--method", "certified", "--resume", "part.json").code == 2
    assert cli("frontier", *RUNS["complete"], "-q").code == 0
    assert cli("frontier", "--program", SMALL, "--resume", "grids.frontier.json").code == 2


@pytest.mark.parametrize("seconds", [0.0, *(pytest.param(s, marks=pytest.mark.fuzz) for s in (0.3, 1.0, 2.0, 4.0))])
def test_a_killed_complete_search_goes_on_to_the_same_set(seconds: float, cli: Run, tmp_path: Path) -> None:
    call = ("frontier", "--program", KNAPSACK, "-o", "cut.json", "-q")
    started = subprocess.Popen(command(*call), cwd=tmp_path, env=environment())
    while not (tmp_path / "cut.json").exists() and started.poll() is None:
        time.sleep(0.02)
    time.sleep(seconds)
    started.send_signal(signal.SIGKILL)
    started.wait()
    assert cli(*call, "--resume", "cut.json").code == 0
    assert cli("audit", "cut.json").code == 0
    assert cli("frontier", "--program", KNAPSACK, "-o", "whole.json", "-q").code == 0
    a, b = (json.loads((tmp_path / file).read_text(encoding="utf-8")) for file in ("whole.json", "cut.json"))
    assert {**a, "seconds": 0} == {**b, "seconds": 0}
