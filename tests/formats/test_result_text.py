"""Result files: exact numbers survive, anything else is refused with its place."""

from __future__ import annotations

from fractions import Fraction

import pytest

from portfolio.errors import InvalidInput
from portfolio.formats.result_text import parse_result, result_text
from portfolio.results import Claim, Result

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
