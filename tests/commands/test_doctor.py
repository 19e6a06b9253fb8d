"""`portfolio doctor` finds what is wrong and says what to do about it."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import pytest

from portfolio.api import doctor
from portfolio.api.doctor import cluster, examine, fonts, fuzz, highs_version
from portfolio.solvers import fuzz as fuzzer
from portfolio.solvers.fuzz import Disagreement
from tests.commands.test_export import run


def test_a_sound_installation_is_fit(tmp_path: Path) -> None:
    done = run("doctor", "--seconds", "0.5", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["fit"]
    states = {f["subject"]: f["state"] for f in told["findings"]}
    assert states["solver pulp:cbc"] == states["solver highs"] == states["fuzz"] == "ok"
    assert all(f["remedy"] for f in told["findings"] if f["state"] != "ok")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ("1.14.0", "error"),
        ("1.13.2.dev1", "error"),
        (None, "error"),
        ("1.15.1", "ok"),
        ("1.15.4", "ok"),
        ("1.16.0", "warning"),
        ("2.0", "warning"),
    ],
)
def test_only_tested_versions_of_highs_pass(found: str | None, state: str) -> None:
    finding = highs_version(found)
    assert finding.state == state and (finding.remedy == "") == (state == "ok")


def test_wrong_answers_of_the_installed_highs_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What 1.14.0 does within seconds, whatever version it says it is."""
    monkeypatch.setattr(fuzzer, "disagreements", lambda seconds, seed: [Disagreement(seed, 17, "optimal", 3.0, 2.0)])
    finding = fuzz(5.0)
    assert finding.state == "error" and "1.15.1" in finding.remedy and "number 17" in finding.says["en"]


def test_a_scheduler_that_answers_and_one_that_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert cluster(f"tcp://127.0.0.1:{port}").state == "ok"
    gone = cluster(f"tcp://127.0.0.1:{port}")
    assert gone.state == "error" and "dask scheduler" in gone.remedy
    assert cluster("scheduler").state == cluster("tcp://host:x").state == "error"


def test_fonts_are_looked_for_and_their_absence_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda _: None)
    assert fonts().state == "absent"
    monkeypatch.setattr(doctor.shutil, "which", lambda _: "/usr/bin/fc-list")
    for listed, state in (("", "warning"), ("Noto Sans CJK JP,Noto\n", "ok")):
        monkeypatch.setattr(doctor.subprocess, "run", lambda *a, listed=listed, **k: subprocess.CompletedProcess(a, 0, listed))
        assert fonts().state == state


def test_a_missing_package_is_an_error_and_the_rest_is_still_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    known = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "pulp" else known(name))
    found = {f.subject: f for f in examine(0.1)}
    assert found["pulp"].state == "error" and found["pulp"].remedy == "pip install pulp"
    assert found["fuzz"].state == "ok" and "solver pulp:cbc" not in found


def test_the_answer_is_in_the_users_language(tmp_path: Path) -> None:
    done = run("doctor", "--seconds", "0.1", "--lang", "ja", cwd=tmp_path)
    assert done.returncode == 0 and "正常" in done.stdout and "対処" in done.stdout
