"""The report of a sweep: every phrase in both languages, nothing wider than the screen, scores and bars that say what the record says."""

from __future__ import annotations

from fractions import Fraction as F
from string import Formatter

import pytest
from rich.cells import cell_len

from portfolio.api.public import load
from portfolio.library import load_model
from portfolio.report.blocks import as_data
from portfolio.report.sweep_cells import bar
from portfolio.report.sweep_content import sweep_content
from portfolio.report.sweep_section import sweep_section
from portfolio.report.sweep_texts import TEXTS
from portfolio.report.terminal import render
from portfolio.results.sweep import Sweep, Swing
from portfolio.sensitivity.sweep import Todo, run_sweep

VARY = ("programmes.*.effects.*=x0.7:1.3", "programmes.project_6.effects.value=5:20", "funds.*.years.*=x0.7:1.2")


@pytest.fixture(scope="module", params=["tornado", "monte-carlo", "staircase", "sobol", "morris"])
def sweep(request: pytest.FixtureRequest) -> Sweep:
    return run_sweep(load("lorie-savage"), load_model(), None, Todo(kind=request.param, vary=VARY, runs=40, tolerance=F(1, 20)))


def test_every_phrase_has_both_languages_with_the_same_parameters() -> None:
    for key, (en, ja) in TEXTS.items():
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (en, ja)]
        assert names[0] == names[1], key


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("width", [60, 120])
def test_no_line_is_wider_than_the_screen(sweep: Sweep, lang: str, width: int) -> None:
    text = render(sweep_content(sweep, lang, "x.sweep.json"), width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert as_data(sweep_content(sweep, lang))["head"]["title"]


def test_scores_are_one_minus_the_aim_and_their_ends_change_places() -> None:
    sweep = run_sweep(load("lorie-savage"), load_model(), None, Todo(vary=VARY))
    row = next(r for r in as_data(sweep_content(sweep, "en"))["tables"]["ranges"]["rows"] if r["output"] == "score")
    spread = next(s for s in sweep.answers.spreads if s.output == "aim")
    assert row["least"] == pytest.approx(100 * (1 - spread.most))
    assert row["most"] == pytest.approx(100 * (1 - spread.least))
    first = as_data(sweep_content(sweep, "en"))["tables"]["tornado"]["rows"][0]
    assert first["swing"] == pytest.approx(100 * sweep.answers.swings[0].swing)


def test_a_grid_of_two_factors_is_a_table_of_scores() -> None:
    sweep = run_sweep(load("lorie-savage"), load_model(), None, Todo(kind="grid", vary=VARY[1:], runs=9))
    table = as_data(sweep_content(sweep, "en"))["tables"]["grid"]
    assert [row["level"] for row in table["rows"]] == ["5", "12.5", "20"]
    assert list(table["columns"].values())[1:] == ["x0.7", "x0.95", "x1.2"]
    corner = next(run for run in sweep.runs if run.levels == (F(1), F(0)))
    assert table["rows"][2]["at_0"] == pytest.approx(100 * (1 - corner.aim))


def test_a_bar_runs_from_the_low_to_the_high_end_around_the_base() -> None:
    def drawn(low: float | None, high: float | None) -> str:
        return bar(Swing(factor="f", low=low, high=high, swing=1), 0.5, 0.25).strip()

    assert drawn(0.75, 0.25) == "<-----------|----------->"
    assert drawn(0.25, 0.75) == ">-----------|-----------<"
    assert drawn(0.5, 0.5) == "|"
    assert drawn(0.75, None) == "<-----------|"


def test_the_section_of_the_document_says_when_it_is_stale_and_what_is_missing() -> None:
    instance = load("lorie-savage")
    part = {
        "status": "interrupted", "planned": 10, "runs": 6, "gap": "0.02", "seed": 0, "factors": 3, "numbers": 5, "left_out": {}, "solved": 5,
        "failed": {"infeasible": 1}, "base_within_gap": 4, "base_infeasible": 1, "base": {"aim": 0.2, "bound": 0.19, "programmes": 5}, "told": 2,
        "swings": [{"factor": "a.b", "numbers": 2, "low": 0.3, "high": None, "swing": 0.1, "resolved": True, "moved": [[1, 2], [0, 0]]}],
        "larger": {"1": 2, "5": 0}, "spreads": [], "funded": [], "flips": [], "shares": [], "staircase": None,
    }  # fmt: skip
    said = sweep_section(instance, {"instance_hash": "another", "kinds": part, "tornado": part, "random": part, "stairs": part})
    assert "for an earlier state of the data" in said
    assert "6 runs of 10 planned (not complete)" in said
    assert "5 with a plan, 1 infeasible" in said
    assert "| `a.b` | 2 | 70.00 | no plan | 10.00* | 1/2 | 0/0 |" in said
    assert "Not computed" in said
