"""Pages of a sweep: bars and steps stand where the record has them, in the direction of the score."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import pairwise

import openpyxl
import pytest
from pptx import Presentation

from portfolio.api.allocate import Effort, allocate
from portfolio.api.public import load
from portfolio.library import load_model
from portfolio.report.briefing import Material, briefing, material
from portfolio.report.briefing.parts import Bars, Points
from portfolio.report.writers.deck import write_deck
from portfolio.report.writers.files import files
from portfolio.sensitivity.sweep import Todo, run_sweep

VARY = ("programmes.*.effects.*=x0.7:1.3", "programmes.project_6.effects.value=5:20", "funds.*.years.*=x0.7:1.2")


def _swept(kind: str) -> Material:
    instance = load("lorie-savage")
    sweep = run_sweep(instance, load_model(), None, Todo(kind=kind, vary=VARY, runs=30, tolerance=Fraction(1, 20)))  # type: ignore[arg-type]
    return material(allocate(instance, load_model(), None, Effort()), None, sweep)


@pytest.fixture(scope="module")
def tornado() -> Material:
    return _swept("tornado")


@pytest.fixture(scope="module")
def staircase() -> Material:
    return _swept("staircase")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_bars_of_the_tornado_are_changes_of_the_score(tornado: Material, lang: str) -> None:
    figure = next(f for f in briefing(tornado, lang).figures if f.key == "tornado")
    assert isinstance(figure, Bars)
    base, swings = tornado.sweep.base.aim, tornado.sweep.answers.swings
    for series, end in zip(figure.series, ("low", "high"), strict=True):
        for value, swing in zip(series.values, swings, strict=True):
            aim = getattr(swing, end)
            assert (value is None) == (aim is None)
            assert value is None or value == pytest.approx(100 * (1 - aim) - 100 * (1 - base))
    spans = [max(abs(v or 0) for v in ends) for ends in zip(*(s.values for s in figure.series), strict=True)]
    assert max(spans) in spans[:2]


def test_steps_of_the_staircase_rise_with_the_budget(staircase: Material) -> None:
    figure = next(f for f in briefing(staircase, "en").figures if f.key == "stairs")
    assert isinstance(figure, Points)
    steps = figure.groups[0]
    assert list(steps.xs) == sorted(steps.xs)
    rises = [b - a for a, b in pairwise(steps.ys) if b != a]
    assert len(rises) == len(staircase.sweep.answers.staircase.steps) - 1
    assert all(x == y for (x, a), (y, b) in pairwise(zip(steps.xs, steps.ys, strict=True)) if a != b)
    assert figure.groups[1].xs[0] == pytest.approx(staircase.sweep.answers.staircase.today)


def test_runs_without_a_tornado_still_say_what_is_contested() -> None:
    page = next(p for p in briefing(_swept("monte-carlo"), "en").pages if p.key == "robustness")
    assert not page.figures
    assert page.sentences


@pytest.mark.parametrize("kind", ["tornado", "staircase"])
def test_a_sweep_alone_makes_a_deck_that_claims_no_plan(kind: str, tornado: Material, staircase: Material) -> None:
    sweep = {"tornado": tornado, "staircase": staircase}[kind].sweep
    for lang in ("en", "ja"):
        said = briefing(material(None, None, sweep), lang)
        keys = [p.key for p in said.pages]
        assert keys[0] == "answer" and {"tornado": "robustness", "staircase": "stairs"}[kind] in keys
        assert not {"matrix", "money", "funded"} & set(keys)
        made = files(said, "xlsx")["briefing.xlsx"]
        assert any("sweep" in name or "感度" in name for name in openpyxl.load_workbook(io.BytesIO(made)).sheetnames)
        slides = list(Presentation(io.BytesIO(write_deck(said))).slides)
        drawn = {shape.name: shape.chart for slide in slides for shape in slide.shapes if shape.has_chart}
        assert {"tornado": "tornado", "staircase": "stairs"}[kind] in drawn


def test_no_sweep_no_page(tornado: Material) -> None:
    pages = {p.key for p in briefing(material(tornado.result), "en").pages}
    assert not pages & {"robustness", "stairs"}


def test_the_sweep_is_in_the_workbook_without_bars_of_letters(tornado: Material) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files(briefing(tornado, "en"), "xlsx")["briefing.xlsx"]))
    sheet = book["sweep, tornado"]
    assert [c.value for c in sheet[3]].count("swing") == 1
    assert sheet.max_row >= 3 + len(tornado.sweep.answers.swings)
    assert not any(isinstance(c.value, str) and "--" in c.value for row in sheet.iter_rows(min_row=4, max_row=5) for c in row)
