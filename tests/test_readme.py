"""What the README says is run: its Python, its verbs, its two commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portfolio.commands.app import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_tour_runs_and_is_about_ten_lines(capsys: pytest.CaptureFixture[str]) -> None:
    (tour,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    code = [line for line in tour.splitlines() if line.strip()]
    assert len(code) <= 11
    exec(compile(tour, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("proven 21\n")
    assert [line.split()[0] for line in printed.splitlines()[1:]] == ["a", "c", "f"]


def test_every_verb_it_names_exists() -> None:
    named = set(re.findall(r"`portfolio ([a-z]+)", README))
    known = {command.name or command.callback.__name__.rstrip("_") for command in app.registered_commands if command.callback}
    assert named <= known, named - known


def test_its_two_commands_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_every_file_it_links_to_is_there() -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / link).exists(), link
