"""The numbers in a deck's charts are those of the result files: plan, frontier, sweep, explanation. Rounding is said where it is done."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import pytest
from pptx import Presentation

from portfolio.api.public import load
from portfolio.library import load_model
from portfolio.report.briefing import Briefing, Material, briefing, material
from portfolio.report.briefing.parts import Bars
from portfolio.report.numbers import money_unit
from portfolio.report.writers.deck import write_deck
from portfolio.report.writers.workbook import sheet_tables
from portfolio.results import Result
from tests.support.briefed import generated

MODEL = load_model().model_dump(mode="json")
LANGUAGES = ("ja", "en")


@pytest.fixture(scope="module", params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def found() -> Material:
    return generated()


@pytest.fixture(scope="module")
def said(found: Material, lang: str) -> Briefing:
    return briefing(found, lang)


@pytest.fixture(scope="module")
def charts(said: Briefing) -> dict[str, Any]:
    """Figure key -> chart, from the file."""
    slides = Presentation(io.BytesIO(write_deck(said))).slides
    return {shape.name: shape.chart for slide in slides for shape in slide.shapes if shape.has_chart}


def points(chart: Any) -> dict[str, list[tuple[float, float]]]:
    held: dict[str, list[tuple[float, float]]] = {}
    for series in chart.plots[0].series:
        places = [float(v.text) for v in series._element.findall(".//{*}xVal//{*}v")]
        held[series.name] = list(zip(places, series.values, strict=True))
    return held


def test_the_ledgers_bars_add_up_to_the_plan(found: Material, charts: dict[str, Any], lang: str) -> None:
    unit = money_unit(found.instance.header, found.total, lang)
    grid = found.instance.header.grid
    for key, part in (("commitments_fig", "committed"), ("outlays_fig", "outlay")):
        stacks = [series.values for series in charts[key].plots[0].series]
        for n, year in enumerate(found.instance.years):
            exact = grid * sum(getattr(line, part) for line in found.plan.ledger if line.year == year)
            assert sum(values[n] for values in stacks) == pytest.approx(float(exact * unit.factor))


def test_every_plan_of_the_frontier_is_a_point_at_its_criteria(found: Material, charts: dict[str, Any], lang: str) -> None:
    units, ids = found.units(lang), [c.id for c in found.instance.criteria]
    assert found.frontier is not None
    for x, y in ((ids[0], ids[1]), (ids[0], ids[2]), (ids[1], ids[2])):
        drawn = points(charts[f"frontier_{x}_{y}"])
        wanted = [tuple(float(p.plan.criteria[c] * units[c].factor) for c in (x, y)) for p in found.frontier.points]
        assert wanted in list(drawn.values())
        chosen = tuple(float(found.plan.criteria[c] * units[c].factor) for c in (x, y))
        assert [chosen] in list(drawn.values())


def test_the_tornado_has_the_sweeps_scores(found: Material, charts: dict[str, Any]) -> None:
    assert found.sweep is not None and found.sweep.base is not None and found.sweep.base.aim is not None
    base = found.sweep.base.aim
    low, high = (
        list(series.values)[::-1]
        for series in sorted(charts["tornado"].plots[0].series, key=lambda s: s.name not in ("at the low end", "下限のとき"))
    )
    for n, swing in enumerate(found.sweep.answers.swings):
        for values, aim in ((low, swing.low), (high, swing.high)):
            assert values[n] == (None if aim is None else pytest.approx(100 * (base - aim)))


def test_the_strip_has_every_programme_with_its_share_of_plans(found: Material, charts: dict[str, Any]) -> None:
    assert found.frontier is not None
    plot = charts["core"].plots[0]
    shares = [sum(column) for column in zip(*(series.values for series in plot.series), strict=True)]
    assert len(list(plot.categories)) == len(found.instance.programmes)
    taken = sum(len(p.plan.choices) for p in found.frontier.points)
    assert sum(shares) == pytest.approx(100 * taken / len(found.frontier.points))
    assert shares == sorted(shares, reverse=True)


def test_the_waterfall_ends_at_the_other_plans_money(found: Material, said: Briefing) -> None:
    figure = next(f for f in said.figures if f.key == "swap")
    assert isinstance(figure, Bars)
    held = {s.key: s.values for s in figure.series}
    end = held["total"][0] + sum(held["more"]) - sum(held["less"])  # type: ignore[operator, arg-type]
    assert held["total"][-1] == pytest.approx(end)
    for n in range(1, len(figure.categories) - 1):
        assert (held["more"][n] or 0) * (held["less"][n] or 0) == 0
    assert figure.value_axis.low is None or all(figure.value_axis.low < v for v in (held["total"][0], held["total"][-1]) if v is not None)


def test_why_not_is_told_from_the_explanation_and_in_full_in_the_workbook(found: Material, said: Briefing) -> None:
    page = next(p for p in said.pages if p.key == "why_not")
    assert found.explanation is not None
    answers = list(found.explanation.presences().values())
    assert [row[1].text for row in page.tables[0].rows] == ["1.00–3.00", "4.00–5.00"]
    full = next(t for t in sheet_tables(said) if t.key == "why_not_full")
    keys = [c.key for c in full.columns]
    for row, answer in zip(full.rows, answers, strict=True):
        assert row[keys.index("loss_high")].value == 100 * (answer.loss.high or Fraction(0))
        assert all(row[keys.index(c)].value == v for c, v in answer.shift.criteria.items())


def test_the_bars_of_losses_end_where_the_interval_ends(said: Briefing) -> None:
    figure = next(f for f in said.gallery if f.key == "why_not")
    assert isinstance(figure, Bars)
    least, up_to = (s.values for s in figure.series)
    assert least == pytest.approx((1.0, 4.0))
    assert [a + b for a, b in zip(least, up_to, strict=True)] == pytest.approx([3.0, 5.0])  # type: ignore[operator]


def test_the_swap_of_scores_starts_at_the_plans_score(found: Material, said: Briefing) -> None:
    figure = next(f for f in said.gallery if f.key == "score_swap")
    assert isinstance(figure, Bars)
    totals = next(s.values for s in figure.series if s.key == "total")
    assert totals[0] == pytest.approx(float(100 * (1 - found.result.claims[-1].value)))


def test_rounding_is_said_on_the_slides_that_round(said: Briefing, lang: str) -> None:
    words = {"matrix": ("行と列の合計が一致", "rows and columns add up")}
    slides = list(Presentation(io.BytesIO(write_deck(said))).slides)
    for page, slide in zip(said.pages, slides[1:], strict=True):
        if page.key in ("matrix", "money", "funded"):
            text = " ".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)
            assert words.get(page.key, ("最大剰余法", "largest remainder"))[lang == "en"] in text, page.key


def test_speaker_notes_name_sources_and_count_judgements() -> None:
    lang = "ja"
    instance = load("japan-2026")
    bare = Result(
        status="infeasible", instance_hash="h", model_hash="m", instance=instance.canonical(), model=MODEL, aim={"kind": "weighted"}
    )
    shown = list(Presentation(io.BytesIO(write_deck(briefing(material(bare), lang)))).slides)
    notes = shown[1].notes_slide.notes_text_frame.text
    titles = [s.title.get(lang) for s in instance.sources if s.kind == "document"]
    assert any(title in notes for title in titles)
    judged = sum(q.kind == "judgement" for _, q in instance.quantities_in_use())
    assert f"{judged:,}" in notes


def test_the_deck_has_the_pages_that_were_asked_for(said: Briefing) -> None:
    keys = [
        "answer",
        "matrix",
        "money",
        "frontier",
        "exchange",
        "funded",
        "why_not",
        "left",
        "robustness",
        "scenarios",
        "coverage",
        "assumptions",
        "method",
    ]
    assert [p.key for p in said.pages if p.key != "sources"] == keys
    assert 10 <= len(said.pages) + 1 <= 14
