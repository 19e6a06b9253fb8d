"""The wheel: top level holds `portfolio` only; models and instances travel inside it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("portfolio_toolkit-*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_the_top_level_is_portfolio_only(names: list[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"portfolio"}


def test_models_and_instances_travel_along(names: list[str]) -> None:
    for needed in (
        "models/allocation.toml",
        "instances/toy/instance.json",
        "instances/japan-2026/instance.json",
        "instances/classics/weing1/expected.json",
    ):
        assert f"portfolio/_bundled/{needed}" in names


def test_the_explorers_page_travels_along(names: list[str]) -> None:
    folder = ROOT / "portfolio" / "report" / "writers" / "explorer" / "page"
    parts = [file.relative_to(ROOT).as_posix() for file in folder.rglob("*.*")]
    assert parts and set(parts) <= set(names)


def test_nothing_of_the_workshop_travels_along(names: list[str]) -> None:
    assert not [name for name in names if "tests/" in name or "benchmarks/" in name or name.endswith("cli.py")]
