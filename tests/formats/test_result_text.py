"""Result files: exact numbers survive, anything else is refused with its place."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from portfolio.api.frontier import frontier
from portfolio.errors import InvalidInput
from portfolio.formats.frontier_text import FrontierWriter
from portfolio.formats.result_text import parse_result, result_text
from portfolio.library import load_model
from portfolio.results import Claim, Result
from portfolio.schema.validate import parse_instance
from tests.support.small_instances import small

LONG = Fraction(10**400 + 1, 3**300)


def _result(value: Fraction) -> Result:
    claim = Claim(of="aim", value=value, bound=Fraction(0), gap=value, target=value, proven=True)
    return Result(status="limit", instance_hash="a", model_hash="b", instance={"x": 0.1}, model={}, aim={}, claims=(claim,))


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(5, 2), LONG, Fraction(10**70)], ids=["third", "decimal", "long", "integer"])
def test_a_result_reads_back_equal(value: Fraction) -> None:
    assert parse_result(result_text(_result(value))) == _result(value)


@pytest.mark.parametrize("bad", ["1" * 9000, "1" * 5000 + "/3", "1" * 100 + "/0"], ids=["too long", "beyond Python", "over zero"])
def test_a_numeral_without_a_value_is_a_problem_not_a_traceback(bad: str) -> None:
    text = result_text(_result(Fraction(1, 3))).replace('"value": "1/3"', f'"value": "{bad}"')
    with pytest.raises(InvalidInput) as caught:
        parse_result(text)
    assert caught.value.problems[0].path == "claims[0].value"


@pytest.mark.parametrize("name", ["日本 2026", 'a "quoted" \\ name', "tab\tline\n", "x: NaN, [Infinity]", "half \ud800", "\u2028"])
def test_the_text_is_that_of_the_standard_library(name: str) -> None:
    result = _result(Fraction(1, 3)).model_copy(
        update={"instance": {"name": name, "x": 0.1, "none": None, "empty": {}, "list": [], "yes": True}}
    )
    text = json.dumps(result.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    assert result_text(result) == text.replace("\ud800", "\\ud800")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_never_written(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        result_text(_result(Fraction(1, 3)).model_copy(update={"seconds": {"x": value}}))


def test_a_frontiers_text_is_the_same_from_a_writer_that_knows_its_plans() -> None:
    instance = parse_instance(small(3))
    done = frontier(instance, load_model(), Fraction(1, 5))
    assert len(done.points) > 1
    writer = FrontierWriter()
    fewer = done.model_copy(update={"points": done.points[:1]})
    for one in (fewer, done, done.model_copy(update={"points": ()}), done):
        assert writer.text(one) == result_text(one)
    ready = FrontierWriter()
    ready.prepare(done.points[:2])
    assert ready.text(done) == result_text(done)
    renamed = done.model_copy(update={"points": tuple(p.model_copy(update={"id": f"x{p.id}"}) for p in done.points)})
    assert writer.text(renamed) == result_text(renamed)
