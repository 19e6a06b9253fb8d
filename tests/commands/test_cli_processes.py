"""Streams, signals and hostile files, with processes of our own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, TOY, Run, command, environment, spawn

HEAVY = ("numpy", "pandas", "pyomo", "highspy", "pulp", "openpyxl")


def test_help_imports_nothing_heavy_and_is_quick(tmp_path: Path) -> None:
    code = f"import sys; from portfolio.commands.entry import run; run(['--help']); print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], env=environment(), cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.decode().strip().endswith("[]")
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        spawn("--help", cwd=tmp_path)
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.5


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    for verb in (("solve", TOY, "--no-save", "--all"), ("models", "allocation"), ("--help",), ("generate", "--programmes", "300")):
        process = subprocess.Popen(command(*verb), cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        process.stderr.close()
        assert process.wait(60) == 0
        assert b"Traceback" not in said and b"Exception" not in said


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_an_ascii_console_gets_ascii(tmp_path: Path, lang: str) -> None:
    for verb in (("solve", TOY, "--no-save"), ("check", TOY), ("check", "nowhere.json"), ("solve", "--json", TOY, "--no-save")):
        done = spawn(*verb, "--lang", lang, cwd=tmp_path, PYTHONIOENCODING="ascii")
        done.stdout.decode("ascii")
        assert b"Traceback" not in done.stderr and b"Error" not in done.stderr
    auto = spawn("solve", TOY, "--no-save", cwd=tmp_path, PYTHONIOENCODING="ascii", LANG="ja_JP.UTF-8")
    assert b"PROVEN" in auto.stdout


def test_a_pipe_gets_no_progress_and_no_colours(tmp_path: Path) -> None:
    done = spawn("solve", TOY, cwd=tmp_path)
    assert b"\x1b" not in done.stdout + done.stderr and b"\r" not in done.stderr


def test_standard_input_is_read_and_standard_output_written(tmp_path: Path) -> None:
    done = subprocess.run(
        command("solve", "-", "-o", "-"), input=TOY.read_bytes(), cwd=tmp_path, env=environment(), capture_output=True, check=True
    )
    again = subprocess.run(command("audit", "-"), input=done.stdout, cwd=tmp_path, env=environment(), capture_output=True, check=True)
    assert b"HOLDS" in again.stdout


def _solving(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A solve that takes minutes, a few seconds after its start."""
    spawn("generate", "--programmes", "400", "-o", "g.json", cwd=tmp_path)
    process = subprocess.Popen(
        command("solve", "g.json", "--gap", "0", "-o", "g.result.json", "--json"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(5)
    assert process.poll() is None
    return process


def test_ctrl_c_keeps_the_best_plan(tmp_path: Path) -> None:
    process = _solving(tmp_path)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert json.loads(out)["status"] == "interrupted"
    saved = json.loads((tmp_path / "g.result.json").read_text(encoding="utf-8"))
    assert saved["status"] == "interrupted"
    if saved["plan"] is not None:
        assert spawn("audit", "g.result.json", cwd=tmp_path).returncode == 0


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path) -> None:
    process = _solving(tmp_path)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    _, err = process.communicate(timeout=90)
    assert process.returncode == 130 and time.monotonic() - begun < 10
    assert b"Traceback" not in err
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("solve", TOY, "--no-save"), cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2 and b"Traceback" not in done.stderr and done.stderr.count(b"\n") == 1
    rescue = tmp_path / "spare"
    rescue.mkdir()
    saved = spawn("solve", TOY, "-o", "/dev/full", "-q", cwd=tmp_path, TMPDIR=str(rescue))
    assert saved.returncode == 2
    kept = list(rescue.iterdir())
    assert len(kept) == 1 and str(kept[0]).encode() in saved.stderr
    assert Path("/dev/full").is_char_device()


def test_a_folder_that_cannot_be_written_is_noticed_before_the_solve(tmp_path: Path) -> None:
    begun = time.monotonic()
    # /proc refuses new files even to root, whom permission bits do not stop.
    done = spawn("solve", TOY, "-o", "/proc/x.json", "--json", cwd=tmp_path)
    assert done.returncode == 2 and time.monotonic() - begun < 5
    assert json.loads(done.stdout)["error"]["exit_code"] == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything: run as another user to see this")
def test_a_file_without_permission_is_wrong_usage(cli: Run, tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_text("{}", encoding="utf-8")
    path.chmod(0)
    assert cli("check", path).code == 2


def _hostile(folder: Path) -> dict[str, tuple[Path, int]]:
    made = {name: folder / f"{name}.json" for name in ("empty", "binary", "large", "broken", "list", "number", "latin", "control")}
    made["empty"].write_bytes(b"")
    made["binary"].write_bytes(bytes(range(256)) * 40)
    with made["large"].open("wb") as file:
        file.truncate(50_000_000)
    made["broken"].write_bytes(b'{"header": ')
    made["list"].write_bytes(b"[1]")
    made["number"].write_bytes(b"1e999999999")
    made["latin"].write_bytes('{"header": "é"}'.encode("latin-1"))
    made["control"].write_bytes(b'{"header":{"id":"\\u001b[31m"}}')
    cases = {name: (path, 3) for name, path in made.items()}
    return {**cases, "missing": (folder / "missing.json", 2), "folder": (folder / "d.json", 2)}


@pytest.mark.parametrize("verb", ["check", "solve", "audit"])
@pytest.mark.parametrize("case", ["empty", "binary", "large", "broken", "list", "number", "latin", "control", "missing", "folder"])
def test_hostile_files_are_refused_with_a_message(cli: Run, tmp_path: Path, verb: str, case: str) -> None:
    (tmp_path / "d.json").mkdir()
    path, code = _hostile(tmp_path)[case]
    answer = cli(verb, path)
    assert answer.code == code
    assert answer.out + answer.err and "\x1b" not in answer.out + answer.err
    data = cli(verb, path, "--json").data
    assert data["exit_code"] == code and data["error"]["message"]["ja"]


def test_the_checkout_entry_is_the_command() -> None:
    assert (ROOT / "cli.py").is_file()
