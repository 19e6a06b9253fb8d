"""What the convex-hull form cannot say exactly is refused before any solver runs, not answered approximately."""

from __future__ import annotations

from typing import Any

import pytest

from portfolio.errors import InvalidInput
from portfolio.schema.validate import parse_instance


def codes(**parts: Any) -> list[tuple[str, str]]:
    """Problems of one year, one fund of 10 and what is given."""
    raw = {
        "header": {"id": "gap", "first_year": 2026, "last_year": 2026},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "k", "years": {"2026": 10}}],
        "programmes": [{"id": "a", "cost": 1, "effects": {"growth": 5}}],
        **parts,
    }
    with pytest.raises(InvalidInput) as refused:
        parse_instance(raw)
    return [(p.code, p.path) for p in refused.value.problems]


def test_a_bound_that_would_reward_less_of_what_is_wanted_is_refused() -> None:
    rules = [{"id": "r", "kind": "criterion_bound", "criterion": "growth", "max": 12}]
    assert codes(rules=rules) == [("against_sense", "rules[0].max")]


def test_a_floor_under_something_to_be_minimised_is_refused() -> None:
    criteria = [{"id": "growth", "kind": "contribution", "sense": "min"}]
    rules = [{"id": "r", "kind": "criterion_bound", "criterion": "growth", "min": 1}]
    assert codes(criteria=criteria, rules=rules) == [("against_sense", "rules[0].min")]


def test_a_programme_cannot_take_a_shared_capability_away() -> None:
    programmes = [{"id": "a", "cost": 1, "provides": {"c": "-0.5"}}]
    needs = [{"id": "n", "target": 1}]
    assert codes(programmes=programmes, needs=needs, capabilities=[{"id": "c"}]) == [("not_share", "programmes[0].provides.c")]
