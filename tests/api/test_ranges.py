"""Ranges that an aim is normalised by."""

from __future__ import annotations

from fractions import Fraction

from portfolio.api.allocate import allocate
from portfolio.audit import audit_result
from portfolio.library import load_model
from portfolio.schema.aim import Weighted
from portfolio.schema.validate import parse_instance


def test_criteria_without_a_conflict_count_all_the_same() -> None:
    """One programme is best in both criteria, so that the payoff table has no range for either; it must be chosen, whichever is weighed."""
    raw = {
        "header": {"id": "agree", "first_year": 2026, "last_year": 2026, "grid": 1},
        "criteria": [
            {"id": "growth", "kind": "contribution"},
            {"id": "jobs", "kind": "contribution"},
            {"id": "still", "kind": "contribution"},
        ],
        "funds": [{"id": "k", "years": {"2026": 10}}],
        "programmes": [
            {"id": "good", "cost": 10, "effects": {"growth": 5, "jobs": 3}},
            {"id": "poor", "cost": 10, "effects": {"growth": 1, "jobs": 1}},
        ],
    }
    for weights in (("growth",), ("growth", "jobs"), ("jobs",), ("growth", "still")):
        result = allocate(parse_instance(raw), load_model(), Weighted(weights=dict.fromkeys(weights, Fraction(1))))
        assert result.plan is not None and [c.programme for c in result.plan.choices] == ["good"], weights
        assert set(result.ranges) == {"growth", "jobs"} and len(result.notices) == 1
        assert not audit_result(result).violations
