"""`portfolio export` and --solver."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str, cwd: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PORTFOLIO_LANG": "en"}
    command = [sys.executable, str(ROOT / "cli.py"), *words]
    return subprocess.run(command, cwd=cwd, env=env, input=stdin, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("kind", ["mps", "lp"])
def test_a_file_is_written_and_an_older_export_replaced_but_nothing_else(kind: str, tmp_path: Path) -> None:
    for _ in range(2):
        done = run("export", "toy", "--to", kind, cwd=tmp_path)
        assert done.returncode == 0 and f"wrote toy.{kind}" in done.stderr
    assert "take" in (tmp_path / f"toy.{kind}").read_text()
    (tmp_path / "mine.txt").write_text("my notes")
    done = run("export", "toy", "--to", kind, "-o", "mine.txt", cwd=tmp_path)
    assert done.returncode == 2 and (tmp_path / "mine.txt").read_text() == "my notes"


@pytest.mark.parametrize("kind", ["pyomo", "pulp"])
def test_the_script_runs_and_prints_the_plan(kind: str, tmp_path: Path) -> None:
    assert run("export", "toy", "--to", kind, "--weights", "growth=1", cwd=tmp_path).returncode == 0
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    script = [sys.executable, f"toy_{kind}.py"]
    done = subprocess.run(script, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "Programme A" in done.stdout


def test_an_instance_from_stdin_or_with_changes_stands_in_the_script(tmp_path: Path) -> None:
    text = (ROOT / "instances/toy/instance.json").read_text(encoding="utf-8")
    done = run("export", "-", "--to", "pyomo", "-o", "-", cwd=tmp_path, stdin=text)
    assert done.returncode == 0
    compile(done.stdout, "script", "exec")
    assert "SOURCE = {" in done.stdout


def test_json_says_what_was_saved(tmp_path: Path) -> None:
    done = run("export", "toy", "--to", "mps", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["saved"] == "toy.mps"


def test_solve_takes_another_solver_and_writes_it_down(tmp_path: Path) -> None:
    done = run("solve", "toy", "--solver", "pulp:cbc", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "toy.result.json").read_text())["options"]["solver"] == "pulp:cbc"


def test_a_missing_solver_is_a_usage_error_with_the_remedy(tmp_path: Path) -> None:
    done = run("solve", "toy", "--solver", "pulp:mosek", "--no-save", cwd=tmp_path)
    assert done.returncode == 2 and "pip install mosek" in done.stderr
