"""Where the Program promises more than the published rules give: each is a defect with its smallest instance, strict until it is mended."""

from __future__ import annotations

from typing import Any

import pytest

from portfolio.api.allocate import allocate
from portfolio.library import load_model
from portfolio.results import Result
from portfolio.schema.validate import parse_instance

SPEC = load_model()


def answer(programmes: list[dict[str, Any]], **parts: Any) -> Result:
    """One year, one fund of 10."""
    raw = {
        "header": {"id": "gap", "first_year": 2026, "last_year": 2026, "grid": "0.01"},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "k", "years": {"2026": 10}}],
        "programmes": programmes,
        **parts,
    }
    return allocate(parse_instance(raw), SPEC)


@pytest.mark.xfail(strict=True, reason="a criterion bound against the sense rewards a smaller z: the synergy of funded members is left out")
def test_a_synergy_is_earned_even_where_an_upper_bound_dislikes_it() -> None:
    two = [{"id": name, "cost": 1, "effects": {"growth": 5}} for name in "ab"]
    rules = [
        {"id": "s", "kind": "synergy", "of": ["a", "b"], "bonus": {"growth": 5}},
        {"id": "r", "kind": "criterion_bound", "criterion": "growth", "max": 12},
    ]
    # Both together make 15: the best plan funds one of them.
    result = answer(two, rules=rules)
    assert result.plan is not None and result.plan.criteria["growth"] == 5 and result.claims[0].bound == 5


@pytest.mark.xfail(strict=True, reason="a criterion bound against the sense rewards a smaller effect: the hull lies below the curve")
def test_an_effect_lies_on_the_curve_even_where_an_upper_bound_dislikes_it() -> None:
    curve = [["0.5", "0.5"], ["0.75", "0.9"], [1, 1]]
    rules = [
        {"id": "s", "kind": "linear", "terms": [{"programme": "a", "on": "scale", "coef": 1}], "min": "0.75"},
        {"id": "r", "kind": "criterion_bound", "criterion": "growth", "max": 8},
    ]
    # v(0.75) = 0.9: nothing fits under 8.
    assert answer([{"id": "a", "cost": 4, "curve": curve, "effects": {"growth": 10}}], rules=rules).status == "infeasible"


@pytest.mark.xfail(strict=True, reason="the capability row leaves negative `provides` out, the published rule 13 counts them")
def test_what_takes_a_capability_away_counts() -> None:
    programmes = [
        {"id": "a", "cost": 1, "provides": {"c": "0.8"}},
        {"id": "b", "cost": 1, "effects": {"growth": 1}, "provides": {"c": "-0.5"}},
    ]
    parts = {"needs": [{"id": "n", "target": 1, "weight": 100}], "capabilities": [{"id": "c", "covers": {"n": 1}}]}
    result = answer(programmes, criteria=[{"id": "pub", "kind": "coverage"}, {"id": "growth", "kind": "contribution"}], **parts)
    # A trade-off: 80 without b, growth 1 and 30 with it. The Program sees 80 and 1 together, and no range.
    assert set(result.ranges) == {"pub", "growth"}
