"""Slides as a reader sees them: LibreOffice draws the deck, and every series is in its chart's pixels. Skipped where it is not installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pptx import Presentation

from portfolio.report.briefing import Briefing, briefing
from portfolio.report.briefing.parts import Bars, Figure, Points
from portfolio.report.writers.deck import write_deck
from tests.support.briefed import generated

DPI = 110
LEAST_SHARE = 0.01
"""Of a chart's largest value: smaller bars may be thinner than a pixel."""

pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftoppm") is None,
    reason="LibreOffice (soffice) or poppler (pdftoppm) is not installed",
)


@pytest.fixture(scope="module")
def said() -> Briefing:
    return briefing(generated(), "ja")


@pytest.fixture(scope="module")
def drawn(said: Briefing, tmp_path_factory: pytest.TempPathFactory) -> dict[str, NDArray[np.int16]]:
    """Figure key -> pixels of its chart, drawn without legends."""
    folder = tmp_path_factory.mktemp("drawn")
    deck = Presentation(io.BytesIO(write_deck(said)))
    places: dict[str, tuple[int, Any]] = {}
    for number, slide in enumerate(deck.slides):
        for shape in slide.shapes:
            if shape.has_chart:
                shape.chart.has_legend = False
                places[shape.name] = (number, (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height))
    deck.save(str(folder / "deck.pptx"))
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    convert = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "deck.pptx")]
    subprocess.run(convert, check=True, capture_output=True, timeout=300)
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", str(folder / "deck.pdf"), str(folder / "s")], check=True, timeout=300)
    pages = [Image.open(path).convert("RGB") for path in sorted(folder.glob("s-*.png"))]
    assert len(pages) == len(deck.slides)
    scale = pages[0].width / deck.slide_width
    return {key: np.asarray(pages[n].crop(tuple(int(v * scale) for v in box)), np.int16) for key, (n, box) in places.items()}


def series(figure: Figure) -> Iterator[tuple[str, str]]:
    """(name, colour) of what must be seen."""
    if isinstance(figure, Bars):
        largest = max(abs(v or 0) for s in figure.series for v in s.values)
        for s in figure.series:
            if not s.hidden and any(abs(v or 0) > LEAST_SHARE * largest for v in s.values):
                yield s.name, s.colour
    elif isinstance(figure, Points):
        for g in figure.groups:
            yield g.name, g.colour


def shows(pixels: NDArray[np.int16], colour: str) -> bool:
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return bool((np.abs(pixels - wanted).max(axis=2) <= 24).any())


def test_every_series_of_every_slide_is_in_the_pixels(said: Briefing, drawn: dict[str, NDArray[np.int16]]) -> None:
    figures = [f for page in said.pages for f in page.figures if isinstance(f, Bars | Points)]
    assert {f.key for f in figures} == set(drawn)
    assert {"commitments_fig", "tornado", "core", "swap", "scenarios", "coverage"} <= set(drawn)
    missing = [(f.key, name) for f in figures for name, colour in series(f) if not shows(drawn[f.key], colour)]
    assert missing == []
