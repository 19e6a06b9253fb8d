"""A command line in an empty folder with the toy's result in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portfolio.commands.entry import run

Answer = tuple[int, str, str]
"""Exit code, standard output, standard error."""
Cli = Callable[..., Answer]


def toy_solved(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> Cli:
    """Runs a command line in `folder` in English, 160 cells wide; the toy is solved to toy.result.json."""
    monkeypatch.chdir(folder)
    for name in ("PORTFOLIO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*argv: str) -> Answer:
        capsys.readouterr()
        code = run(list(argv))
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err

    call("solve", "toy", "-q", "-o", "toy.result.json", "--gap", "0")
    return call
