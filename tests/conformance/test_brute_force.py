"""The session against brute force on hundreds of tiny instances, and what must not change an optimum."""

from __future__ import annotations

import copy
import random
from collections import Counter
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from portfolio.api.allocate import Effort, allocate
from portfolio.errors import AuditFailed
from portfolio.library import load_model
from portfolio.numerics import GRID_SHARE_LIMIT
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.session import Session
from portfolio.solvers.outcome import Ask, Outcome
from tests.conformance import oracle
from tests.support.small_instances import Raw, in_unit, permuted, small

SPEC = load_model()
BLOCK = 10
TOLERANCE = 1e-6
"""Relative; both sides are LP solvers with tolerances of 1e-9 to 1e-7."""


@cache
def draft(seed: int, most: int = 60) -> Raw:
    """The seed's instance, small enough for at most `most` LPs."""
    return small(seed, lambda i: 1 < oracle.count(i, most + 1) <= most)


def weights_of(instance: Instance, seed: int, factor: int = 1) -> dict[str, float]:
    """Random weights; a risk counts money and is weighted per unit of it."""
    draw = random.Random(seed)
    return {c.id: draw.choice((0.3, 1.0, 2.0)) / (factor if c.kind == "risk" else 1) for c in instance.criteria}


def solved(instance: Instance, weights: dict[str, float], limits: dict[str, float] | None = None) -> tuple[Session, Outcome]:
    """The session's optimum, gap 0."""
    session = Session(instance, SPEC)
    names = session.program.names
    inside = {names.index(c): v for c, v in (limits or {}).items()}
    return session, session.minimise(np.array([weights.get(c, 0.0) for c in names]), Ask(), inside)


def value_of(outcome: Outcome) -> float:
    """Objective; inf when infeasible. Anything else is no answer."""
    assert outcome.verdict in ("optimal", "infeasible"), outcome
    return outcome.objective if outcome.verdict == "optimal" else float("inf")


def same(a: float, b: float, rel: float = TOLERANCE) -> bool:
    return a == b or abs(a - b) <= rel * max(1.0, abs(a), abs(b))


@pytest.mark.parametrize("block", range(31))
def test_the_optimum_equals_the_enumerated_one(block: int) -> None:
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        instance = parse_instance(draft(seed))
        weights = weights_of(instance, seed)
        expected = oracle.minimise(instance, SPEC, weights)
        _, outcome = solved(instance, weights)
        assert same(value_of(outcome), float("inf") if expected is None else expected.value), (seed, expected, outcome)


def test_the_random_instances_use_every_feature_and_some_are_infeasible() -> None:
    seen: Counter[str] = Counter()
    for seed in range(120):
        raw = draft(seed)
        instance = parse_instance(raw)
        seen.update({r.kind for r in instance.rules} | {f"criterion {c.kind}" for c in instance.criteria})
        seen.update(f"fund {key}" for fund in raw["funds"] for key in fund)
        seen.update(f"ceiling {c.get('basis', 'commitment')}" for c in raw["ceilings"])
        seen.update(f"programme {key}" for p in raw["programmes"] for key in p)
        if "risk" in {c.kind for c in instance.criteria}:
            seen.update(f"measure {c.measure}" for c in instance.criteria if c.kind == "risk")
        seen["infeasible"] += next(iter(oracle.assignments(instance)), None) is None
    rules = ("requires", "excludes", "at_least", "synergy", "dual_use", "focus", "diversify", "share", "max_funds", "fund_exclusion")
    terms = (
        "units",
        "payments",
        "profile",
        "start_years",
        "ramp",
        "min_scale",
        "options",
        "mandatory",
        "forbidden",
        "uses",
        "provides",
        "covers",
    )
    funds = ("basis", "carry_limit", "legacy_outlay", "subsidy_rate", "project_cap", "ticket_min", "eligible", "opens", "sunset")
    wanted = {*rules, "linear", "criterion_bound", "persistence", "criterion contribution", "criterion risk", "criterion coverage"}
    wanted |= (
        {f"programme {t}" for t in terms} | {f"fund {t}" for t in funds} | {f"ceiling {b}" for b in ("commitment", "outlay", "burden")}
    )
    wanted |= {f"measure {m}" for m in ("cvar", "expected", "worst", "blend", None)}
    assert wanted <= set(seen), wanted - set(seen)


def two_criteria(start: int, count: int) -> list[int]:
    """Seeds whose instances are feasible and have at least two criteria."""
    found = []
    for seed in range(start, start + 10 * count):
        instance = parse_instance(draft(seed))
        if len(instance.criteria) > 1 and oracle.minimise(instance, SPEC, {instance.criteria[0].id: 1.0}) is not None:
            found.append(seed)
        if len(found) == count:
            break
    return found


@pytest.mark.parametrize("start", [1000, 2000])
def test_a_lexicographic_pair_of_solves_equals_enumeration(start: int) -> None:
    for seed in two_criteria(start, 6):
        instance = parse_instance(draft(seed))
        first, second = (c.id for c in instance.criteria[:2])
        best = oracle.minimise(instance, SPEC, {first: 1.0})
        assert best is not None
        room = 1e-4 * max(1.0, abs(best.value))
        expected = oracle.minimise(instance, SPEC, {second: 1.0}, {first: best.value + room})
        assert expected is not None
        _, outcome = solved(instance, {second: 1.0}, {first: best.value + room})
        assert same(value_of(outcome), expected.value), seed


@pytest.mark.parametrize("start", [3000, 4000])
def test_a_floor_on_one_criterion_equals_enumeration(start: int) -> None:
    """Halfway between what the others leave and its best; then beyond its best, which is infeasible for both."""
    for seed in two_criteria(start, 6):
        instance = parse_instance(draft(seed))
        first, second = (c.id for c in instance.criteria[:2])
        best, other = oracle.minimise(instance, SPEC, {first: 1.0}), oracle.minimise(instance, SPEC, {second: 1.0})
        assert best is not None and other is not None
        middle = (best.value + other.criteria[0]) / 2
        expected = oracle.minimise(instance, SPEC, {second: 1.0}, {first: middle})
        _, outcome = solved(instance, {second: 1.0}, {first: middle})
        assert expected is not None and same(value_of(outcome), expected.value), seed
        beyond = best.value - 0.1 * max(1.0, abs(best.value))
        assert oracle.minimise(instance, SPEC, {second: 1.0}, {first: beyond}) is None
        assert solved(instance, {second: 1.0}, {first: beyond})[1].verdict == "infeasible"


@pytest.mark.parametrize("block", range(4))
def test_the_unit_of_money_changes_nothing(block: int) -> None:
    """Trillions, millions and single yen: the same ways, the same amounts, criteria in proportion."""
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        raw = draft(seed)
        base = parse_instance(raw)
        session, outcome = solved(base, weights_of(base, seed))
        for factor in (10**6, 10**12):
            instance = parse_instance(in_unit(raw, factor))
            other, scaled = solved(instance, weights_of(instance, seed, factor))
            assert scaled.verdict == outcome.verdict
            if outcome.x is None or scaled.x is None:
                continue
            assert other.program.money_unit == factor * session.program.money_unit
            np.testing.assert_allclose(scaled.x[other.program.integer], outcome.x[session.program.integer], atol=1e-6)
            for c, before, after in zip(base.criteria, session.program.values(outcome.x), other.program.values(scaled.x), strict=True):
                if weights_of(base, seed)[c.id]:
                    assert same(before, after / (factor if c.kind == "risk" else 1)), (seed, factor, c.id)


@pytest.mark.parametrize("block", range(4))
def test_the_order_of_entries_and_redundant_rules_change_nothing(block: int) -> None:
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        raw = draft(seed)
        instance = parse_instance(raw)
        weights = weights_of(instance, seed)
        before = value_of(solved(instance, weights)[1])
        assert same(value_of(solved(parse_instance(permuted(raw, seed)), weights)[1]), before)
        more = copy.deepcopy(raw)
        everything: dict[str, Any] = {"kind": "focus", "group": "programme", "max": len(raw["programmes"])}
        more["rules"] = [*raw["rules"], {"id": "redundant", **everything}, {"id": "idle", "kind": "share", "select": {}, "max": 1}]
        more["ceilings"] = [*raw["ceilings"], {"id": "roomy", "max": 10**4}]
        assert same(value_of(solved(parse_instance(more), weights)[1]), before)


@pytest.mark.parametrize("block", range(4))
def test_more_money_never_makes_the_aim_worse(block: int) -> None:
    """At frozen weights: budgets, carry limits and ceilings relaxed."""
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        raw = draft(seed)
        instance = parse_instance(raw)
        weights = weights_of(instance, seed)
        before = value_of(solved(instance, weights)[1])
        richer = copy.deepcopy(raw)
        for fund in richer["funds"]:
            fund["years"] = {t: Fraction(v) * 3 / 2 for t, v in fund["years"].items()}
            fund["carry_limit"] = Fraction(fund.get("carry_limit", 0)) + 1
        assert value_of(solved(parse_instance(richer), weights)[1]) <= before + TOLERANCE * max(1.0, abs(before)), seed


GRIDS = [
    pytest.param(1, "0.001", False, id="fine"),
    pytest.param(1, "0.1", True, id="coarse"),
    pytest.param(1, "1", True, id="one programme is a few units"),
    pytest.param(10**9, "1", False, id="single yen"),
    pytest.param(10**9, "1000000", False, id="millions of yen"),
    pytest.param(10**11, "1", False, id="trillions on a grid of one yen"),
]


@pytest.mark.parametrize(("factor", "grid", "may_fail"), GRIDS)
@pytest.mark.parametrize("block", range(3))
def test_every_published_plan_is_audited_without_a_violation(block: int, factor: int, grid: str, may_fail: bool) -> None:
    """On a coarse grid the ways chosen may have no integer plan: then AuditFailed says so, and no plan is published."""
    published = 0
    for seed in range(block * BLOCK + 1, (block + 1) * BLOCK + 1):
        raw = in_unit(draft(seed), factor)
        raw["header"]["grid"] = grid
        try:
            result = allocate(parse_instance(raw), SPEC, effort=Effort(gap=Fraction(1, 10**5)))
        except AuditFailed:
            assert may_fail, seed
            continue
        too_coarse = any(c.grid > GRID_SHARE_LIMIT for c in result.claims)
        assert result.status in ("proven", "infeasible") or too_coarse, (seed, result.status)
        if result.plan is not None:
            assert result.audit is not None and result.audit.violated == 0 and result.audit.unaudited == 0
            published += 1
    assert published >= 4
