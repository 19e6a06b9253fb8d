"""What the report says about a plan, checked against the plan itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from rich.cells import cell_len

from portfolio.api.allocate import Effort, allocate
from portfolio.formats.json_text import parse_json
from portfolio.library import load_model
from portfolio.report.blocks import Cell, Column, Content, Sentence, Table, as_data
from portfolio.report.content import solve_content
from portfolio.report.naming import clean, short
from portfolio.report.terminal import render, wrapped
from portfolio.report.texts import TEXTS
from portfolio.results import Result
from portfolio.schema.validate import parse_instance

TOY = Path(__file__).parents[1] / "commands" / "toy.json"


@pytest.fixture(scope="module")
def result() -> Result:
    return allocate(parse_instance(parse_json(TOY.read_text(encoding="utf-8"))), load_model(), None, Effort())


def _table(content: Content, key: str) -> Table:
    return next(t for t in content.tables if t.key == key)


def _number(cell: Cell) -> Fraction:
    return Fraction(0) if cell.text == "-" else Fraction(cell.text.replace(",", ""))


@pytest.mark.parametrize("key", ["matrix", "commitments", "outlays"])
def test_printed_money_adds_up_in_both_directions(result: Result, key: str) -> None:
    table = _table(solve_content(result, "en"), key)
    at = [c.key for c in table.columns].index("total")
    for row in table.rows:
        assert sum(map(_number, row[1:at])) == _number(row[at])
    for column in range(1, len(table.columns)):
        assert sum(_number(row[column]) for row in table.rows[:-1]) == _number(table.rows[-1][column])


def test_every_table_of_money_has_the_same_total(result: Result) -> None:
    content = solve_content(result, "en")
    totals = {row[[c.key for c in t.columns].index("total")].text for t in content.tables if t.totals for row in t.rows[-1:]}
    assert len(totals) == 1
    assert sum(_number(row[3]) for row in _table(content, "funded").rows) == Fraction(totals.pop())


def test_funds_have_the_same_total_in_commitments_and_in_cash(result: Result) -> None:
    content = solve_content(result, "en")
    sums = []
    for key in ("commitments", "outlays"):
        table = _table(content, key)
        at = [c.key for c in table.columns].index("total")
        sums.append([row[at].text for row in table.rows])
    assert sums[0] == sums[1]


def test_cells_carry_exact_values(result: Result) -> None:
    assert result.plan is not None
    rows = {row[0].text: row for row in _table(solve_content(result, "en"), "criteria").rows}
    assert rows["growth"][1].value == result.plan.criteria["growth"]
    data = as_data(solve_content(result, "en"))
    assert data["tables"]["criteria"]["rows"][0]["criterion"] == "growth"


def test_the_ranking_says_that_it_is_no_explanation(result: Result) -> None:
    table = _table(solve_content(result, "en"), "unfunded")
    assert "not an explanation" in table.notes[0]
    funded = {row[0].text for row in _table(solve_content(result, "en"), "funded").rows}
    assert funded.isdisjoint(row[0].text for row in table.rows)


def test_both_languages_say_the_same_numbers(result: Result) -> None:
    english, japanese = (as_data(solve_content(result, lang))["tables"]["commitments"]["rows"] for lang in ("en", "ja"))
    assert english == japanese


def test_a_phrase_has_the_same_parameters_in_both_languages() -> None:
    import string

    for key, (en, ja) in TEXTS.items():
        names = [{name for _, name, _, _ in string.Formatter().parse(side) if name} for side in (en, ja)]
        assert names[0] == names[1], key


def test_a_name_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in clean("a\x1b[2Jb\u202e\nc")
    assert short("Growth: domestic value added") == "Growth" and short("成長：国内付加価値") == "成長"


WIDE = Table(
    "t",
    "見出し title",
    (Column("name", "名称", False), *(Column(str(n), f"column number {n}") for n in range(8))),
    tuple((Cell("とても長い日本語の名前です" * 3), *(Cell("1,234,567.8"),) * 8) for _ in range(3)),
)


@pytest.mark.parametrize("width", [30, 50, 80, 120])
def test_no_number_is_broken_and_no_line_too_wide(width: int) -> None:
    lines = render(Content((Sentence("s", "日本語と English words " * 9),), (WIDE,)), width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert sum(line.count("1,234,567.8") for line in lines) == 24


def test_wrapping_keeps_every_character() -> None:
    words = "  abc " + "あ" * 30 + " def"
    lines = wrapped(words, 20)
    assert all(cell_len(line) <= 20 for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())
