"""The command line as a user meets it: in this process for speed, as a process of its own where streams and signals matter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOY = Path(__file__).parent / "toy.json"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command line in an empty folder, in English, 120 cells wide."""
    from portfolio.commands.entry import run

    monkeypatch.chdir(tmp_path)
    for name in ("PORTFOLIO_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*argv: object) -> Answer:
        capsys.readouterr()
        code = run([str(word) for word in argv])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Answer(code, captured.out, captured.err)

    return call


def environment(**extra: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("PORTFOLIO_LANG", "LC_ALL", "LANG", "COLUMNS", "NO_COLOR")}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


def command(*argv: object) -> list[str]:
    return [sys.executable, str(ROOT / "cli.py"), *map(str, argv)]


def spawn(*argv: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command(*argv), cwd=cwd, env=environment(**env), capture_output=True, timeout=120, check=False)
