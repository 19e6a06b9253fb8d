"""Figures: every series is in the pixels, Japanese has no missing glyphs, names are drawn as they are, the same figure gives the same bytes."""

from __future__ import annotations

import io
import logging
import re
import warnings
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from portfolio.report.briefing import Briefing, briefing
from portfolio.report.briefing.parts import Axis, Bars, Group, Heat, Page, Points, Series
from portfolio.report.palette import BLUE, GREEN, ORANGE, RED
from portfolio.report.writers.figures import SIZES, drawings, write_figure
from portfolio.report.writers.figures.treemap import squarified
from portfolio.report.writers.figures.words import cut, folded, wide
from portfolio.report.writers.files import files
from tests.support.briefed import generated
from tests.support.briefings import FORMULAS, MARKUP, PATHS, told

MONEY, YEAR = Axis("money", "億円"), Axis("年度")


@pytest.fixture(scope="module")
def said() -> Briefing:
    return told("ja")


def _holding(figure: Bars | Points | Heat, lang: str = "ja") -> Briefing:
    return Briefing(lang, "t", "s", "run", {}, (Page("p", "t", figures=(figure,)),))


def _pixels(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _shows(pixels: NDArray[np.uint8], colour: str) -> bool:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.abs(pixels.astype(int) - rgb).max(axis=2) <= 2).sum()) >= 20


def _colours(figure: Bars | Points | Heat) -> set[str]:
    if isinstance(figure, Bars):
        return {s.colour for s in figure.series if any(s.values) and not s.hidden}
    return {g.colour for g in figure.groups} if isinstance(figure, Points) else set()


def test_the_colour_of_every_series_is_in_the_picture(said: Briefing) -> None:
    seen = 0
    for name, (figure, _) in drawings(said).items():
        wanted = _colours(figure)
        pixels = _pixels(write_figure(said, name))
        assert {c for c in wanted if not _shows(pixels, c)} == set()
        seen += len(wanted)
    assert seen > 10


@pytest.mark.parametrize("name", ["frontier_growth_public", "tornado", "core", "swap", "why_not", "score_swap"])
def test_figures_of_frontier_sweep_and_explanation_show_every_series(name: str) -> None:
    made = briefing(generated(), "en")
    figure = drawings(made)[name][0]
    pixels = _pixels(write_figure(made, name))
    wanted = _colours(figure)
    if isinstance(figure, Bars):
        largest = max(abs(v or 0) for s in figure.series for v in s.values)
        wanted = {s.colour for s in figure.series if not s.hidden and any(abs(v or 0) > largest / 100 for v in s.values)}
    assert {c for c in wanted if not _shows(pixels, c)} == set()


@pytest.mark.parametrize("size", list(SIZES))
def test_pictures_have_the_size_in_print(said: Briefing, size: str) -> None:
    to = SIZES[size]
    picture = Image.open(io.BytesIO(write_figure(said, "reached", "png", size)))
    assert picture.size == (round(to.width * to.dpi), round(to.height * to.dpi))


def test_nothing_is_missing_from_the_font(said: Briefing, caplog: pytest.LogCaptureFixture) -> None:
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        for name in drawings(said):
            write_figure(said, name, "svg")
    assert caplog.text == ""


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("names", [FORMULAS, MARKUP, PATHS], ids=["formula", "markup", "path"])
def test_hostile_names_are_drawn_not_run(names: tuple[str, ...], lang: str) -> None:
    hostile = told(lang, names)
    for name in drawings(hostile):
        picture = ElementTree.fromstring(write_figure(hostile, name, "svg"))
        for element in picture.iter():
            assert element.tag.split("}")[-1] not in ("script", "foreignObject", "image", "a", "iframe")
            for key, value in element.attrib.items():
                assert not key.startswith("on")
                assert value.startswith("#") or not key.endswith("href")


def test_names_that_begin_with_an_underscore_keep_their_place_in_the_legend() -> None:
    series = (Series("a", "_a", (1.0,), BLUE), Series("b", "$x_{", (2.0,), ORANGE))
    picture = write_figure(_holding(Bars("b", "t", MONEY, YEAR, ("2026",), series), "en"), "b")
    pixels = _pixels(picture)
    low = pixels[int(len(pixels) * 0.8) :]
    assert _shows(low, BLUE)
    assert _shows(low, ORANGE)


def test_both_sides_of_a_stack_are_drawn() -> None:
    series = (Series("a", "a", (-1.0, 2.0), BLUE), Series("b", "b", (3.0, None), RED), Series("c", "c", (-2.0, -2.0), GREEN))
    figure = Bars("b", "t", MONEY, YEAR, ("2026", "2027"), series, lying=True)
    pixels = _pixels(write_figure(_holding(figure), "b"))
    assert all(_shows(pixels, c) for c in (BLUE, RED, GREEN))


def test_figures_of_nothing_are_drawn_too() -> None:
    empty = (
        Bars("b", "t", MONEY, YEAR, (), (Series("a", "a", ()),)),
        Bars("b", "t", MONEY, YEAR, ("x",), (Series("a", "a", (0.0,)),), lying=True),
        Points("b", "t", MONEY, YEAR, (Group("g", "g", (1.0,), (1.0,)),)),
        Heat("b", "t", "億円", ("f",), ("a",), ((0.0,),), (("-",),)),
    )
    for figure in empty:
        assert write_figure(_holding(figure), "b").startswith(b"\x89PNG")


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_same_figure_gives_the_same_bytes(said: Briefing, form: str) -> None:
    assert write_figure(said, "commitments_fig", form) == write_figure(said, "commitments_fig", form)


def test_caption_says_what_is_proven_and_which_run(said: Briefing) -> None:
    picture = write_figure(said, "matrix", "svg").decode("utf-8")
    assert said.run in picture


def test_drawing_leaves_the_settings_of_matplotlib_alone(said: Briefing) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    write_figure(said, "reached")
    assert dict(mpl.rcParams) == before


def test_markdown_has_its_figures_beside_it(said: Briefing) -> None:
    found = files(said, "md")
    text = found["briefing.md"].decode("utf-8")
    for name in re.findall(r"\]\(([^)]+)\)", text):
        assert name in found


@pytest.mark.parametrize("sizes", [[6, 6, 4, 3, 2, 2, 1], [1], [5, 5, 5], [100, 1, 1, 1]])
def test_areas_of_a_treemap_are_in_proportion_and_fill_the_box(sizes: list[float]) -> None:
    boxes = squarified(sizes, (0.0, 0.0, 6.0, 4.0))
    for size, (x, y, w, h) in zip(sizes, boxes, strict=True):
        assert w * h == pytest.approx(24 * size / sum(sizes))
        assert x >= -1e-9 and y >= -1e-9 and x + w <= 6 + 1e-9 and y + h <= 4 + 1e-9
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
            down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
            assert across <= 1e-9 or down <= 1e-9


@pytest.mark.parametrize("text", ["a b c d e f", "日本語の長い文章です", "wordwithoutspaces" * 3, "x", ""])
def test_folding_keeps_every_character_within_the_room(text: str) -> None:
    lines = folded(text, 60.0, 10.0).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(wide(line, 10.0) <= 60.0 for line in lines)


def test_cutting_shows_an_ellipsis_and_fits() -> None:
    lengths = [len(cut("abcdefghij", n)) for n in range(1, 12)]
    assert all(a <= b for a, b in pairwise(lengths))
    assert cut("abcdefghij", 4) == "abc…"
