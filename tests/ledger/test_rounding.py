"""From the solver's amounts to the publication grid: cumulative outlays, least carrying, and nothing lost but units."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.api.allocate import Effort, allocate
from portfolio.api.generate import generate
from portfolio.ledger.publish import ledgers, outlays
from portfolio.library import load_model
from portfolio.results import Choice, Payment, Result
from portfolio.schema.fund import Fund
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

SPEC = load_model()
WEIGHTS = st.lists(st.integers(0, 20), min_size=1, max_size=6).filter(any)


def fund_of(weights: list[int]) -> Fund:
    profile = [str(Fraction(w, sum(weights))) for w in weights]
    return Fund.model_validate({"id": "k", "years": {"2026": 1}, "outlay_profile": profile})


@settings(deadline=None)
@given(st.integers(0, 10**13), WEIGHTS)
def test_outlays_add_up_to_the_commitment_and_stay_within_a_unit(amount: int, weights: list[int]) -> None:
    fund = fund_of(weights)
    cash = outlays(amount, list(accumulate(q.number for q in fund.outlay_profile)))
    assert sum(cash) == amount and len(cash) == len(weights) and min(cash) >= 0
    done = Fraction(0)
    for n, q in enumerate(fund.outlay_profile):
        done += q.number
        assert abs(sum(cash[: n + 1]) - amount * done) <= Fraction(1, 2)


def one_fund(budgets: list[int], limit: int) -> Instance:
    """A fund whose authority is given year by year; one programme that it may pay."""
    return parse_instance(
        {
            "header": {"id": "carry", "first_year": 2026, "last_year": 2025 + len(budgets)},
            "criteria": [{"id": "growth", "kind": "contribution"}],
            "funds": [{"id": "k", "years": {str(2026 + n): b for n, b in enumerate(budgets)}, "carry_limit": limit}],
            "programmes": [{"id": "a", "cost": 10}],
        }
    )


def paid(amounts: list[int]) -> Choice:
    payments = tuple(Payment(fund="k", year=2026 + n, amount=a) for n, a in enumerate(amounts) if a)
    return Choice(programme="a", option="base", scale=1, effect=1, private=0, payments=payments)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=5))
def test_as_little_as_possible_is_carried(years: list[tuple[int, int]]) -> None:
    """Carrying less in any year would leave a later one short; what is carried closes every ledger where that is possible at all."""
    budgets, amounts = [b for b, _ in years], [a for _, a in years]
    lines, later = ledgers(one_fund(budgets, 100), [paid(amounts)])
    need, least = 0, []
    for budget, amount in reversed(years):
        least.append(need)
        need = max(0, need + amount - budget)
    assert [line.carried_out for line in lines] == list(reversed(least)) and later == {}
    for before, line in zip([None, *lines], lines, strict=False):
        assert line.carried_in == (0 if before is None else before.carried_out)
        assert line.authority + line.carried_in == line.committed + line.carried_out + line.lapsed
    # Money that may be carried without limit is short exactly where the first ledger is.
    assert (lines[0].lapsed >= 0) == (need == 0)


def test_what_is_paid_after_the_horizon_is_listed_per_fund() -> None:
    instance = parse_instance(
        {
            "header": {"id": "later", "first_year": 2026, "last_year": 2027},
            "criteria": [{"id": "growth", "kind": "contribution"}],
            "funds": [{"id": "k", "years": {"2026": 10, "2027": 10}, "outlay_profile": ["0.5", "0.25", "0.25"]}],
            "programmes": [{"id": "a", "cost": 10}],
        }
    )
    # 5 in 2026: 2.5 -> 3, then R(3.75) - 3 = 1, then 1 after the horizon; 4 in 2027: 2, then 2 later.
    lines, later = ledgers(instance, [paid([5, 4])])
    assert [line.outlay for line in lines] == [3, 3] and later == {"k": 3}


@pytest.fixture(scope="module", params=range(6))
def published(request: pytest.FixtureRequest) -> Result:
    """A mid-size plan on a grid of a thousand yen (unit JPY bn)."""
    instance = generate(30, seed=request.param, criteria=3)
    raw = instance.canonical()
    raw["header"]["grid"] = "0.000001"
    return allocate(parse_instance(raw), SPEC, effort=Effort(gap=Fraction(1, 50), seconds=60))


def test_plans_of_generated_instances_are_audited_without_a_violation(published: Result) -> None:
    assert published.status == "proven" and published.plan is not None and published.audit is not None
    assert published.audit.violated == 0 and published.audit.unaudited == 0
    assert published.audit.checks > 500 and len(published.plan.choices) > 5


def test_a_fine_grid_costs_less_than_a_ten_thousandth(published: Result) -> None:
    assert published.plan is not None
    for name, lost in published.grid_loss.items():
        assert lost <= Fraction(1, 10**4) * max(1, abs(published.plan.criteria[name])), name


def test_ledgers_of_a_plan_close_in_every_year(published: Result) -> None:
    assert published.plan is not None
    funds = {f.id: f for f in parse_instance(published.instance).funds}
    total: dict[str, int] = {}
    for line in published.plan.ledger:
        use = line.outlay if funds[line.fund].basis == "outlay" else line.committed
        assert line.authority + line.carried_in == use + line.carried_out + line.lapsed and line.lapsed >= 0
        total[line.fund] = total.get(line.fund, 0) + line.committed - line.outlay
    assert {k: v for k, v in total.items() if v} == published.plan.later


@pytest.mark.parametrize(
    "rule",
    [
        {"needs": [{"id": "n", "weight": 1, "target": 10, "floor": "0.225"}]},
        {
            "criteria": [{"id": "growth", "kind": "contribution"}, {"id": "cover", "kind": "coverage"}],
            "needs": [{"id": "n", "weight": 100, "target": 10}],
            "rules": [{"id": "least", "kind": "criterion_bound", "criterion": "cover", "min": "22.5"}],
        },
    ],
    ids=["need_floor", "criterion_bound"],
)
def test_a_limit_on_what_is_earned_is_kept_by_whole_units_too(rule: dict[str, object]) -> None:
    """10 units of money; the need asks for 4.5 of them, so that 4 are too few whatever the other programme would make of the sixth."""
    raw = {
        "header": {"id": "earned", "first_year": 2026, "last_year": 2026, "grid": 1},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "archetypes": [{"id": "any", "curve": [["0.1", "0.1"], [1, 1]]}],
        "funds": [{"id": "k", "years": {"2026": 10}}],
        "programmes": [
            {"id": "rich", "archetype": "any", "cost": 10, "effects": {"growth": 100}},
            {"id": "needed", "archetype": "any", "cost": 10, "covers": {"n": 5}},
        ],
    }
    session = Session(parse_instance({**raw, **rule}), SPEC)
    weights = np.eye(session.program.q)[0]
    outcome = session.minimise(weights, Ask())
    assert outcome.x is not None and outcome.objective == pytest.approx(-55)
    plan, verdict = session.publish(outcome.x, weights)
    assert verdict.holds
    assert {c.programme: sum(p.amount for p in c.payments) for c in plan.choices} == {"rich": 5, "needed": 5}


def test_what_does_next_to_nothing_for_a_missed_limit_is_left_out_of_its_row() -> None:
    """Against the programme that serves the need, the third one's coefficient is below what the solver's matrix holds."""
    raw = {
        "header": {"id": "earned", "first_year": 2026, "last_year": 2026, "grid": 1},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "archetypes": [{"id": "any", "curve": [["0.1", "0.1"], [1, 1]]}],
        "needs": [{"id": "n", "weight": 1, "target": 1, "floor": "22.5"}],
        "funds": [{"id": "k", "years": {"2026": 10}}, {"id": "own", "years": {"2026": 5}, "eligible": {"programmes": ["tiny"]}}],
        "programmes": [
            {"id": "rich", "archetype": "any", "cost": 10, "effects": {"growth": 100}},
            {"id": "needed", "archetype": "any", "cost": 10, "covers": {"n": 50}},
            {"id": "tiny", "archetype": "any", "cost": 10, "mandatory": True, "funds": ["own"], "covers": {"n": "0.00000003"}},
        ],
    }
    session = Session(parse_instance(raw), SPEC)
    weights = np.eye(session.program.q)[0]
    outcome = session.minimise(weights, Ask())
    assert outcome.x is not None
    plan, verdict = session.publish(outcome.x, weights)
    assert verdict.holds
    paid = {c.programme: sum(p.amount for p in c.payments) for c in plan.choices}
    assert (paid["rich"], paid["needed"]) == (5, 5)


@pytest.mark.parametrize(
    ("header", "fund", "programme"),
    [
        ({"discount_rate": "0.1"}, {"years": {"2027": 1100}}, {"first_year": 2027}),
        ({}, {"basis": "outlay", "outlay_profile": ["0.5", "0.5"], "years": {"2026": 500, "2027": 500}}, {"last_year": 2026}),
    ],
    ids=["discounted", "cash"],
)
def test_a_plan_that_takes_a_fund_to_the_last_unit_is_published(
    header: dict[str, object], fund: dict[str, object], programme: dict[str, object]
) -> None:
    """All or nothing, and the fund holds exactly what it costs: 1100 next year are 1000 today; half of 1000 is paid out in each year."""
    raw = {
        "header": {"id": "exact", "first_year": 2026, "last_year": 2027, "grid": 1, **header},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "k", **fund}],
        "programmes": [{"id": "a", "cost": 1000, "effects": {"growth": 1}, **programme}],
    }
    plan = allocate(parse_instance(raw), SPEC).plan
    assert plan is not None and [c.programme for c in plan.choices] == ["a"]


def test_payers_are_not_settled_at_the_cost_of_money_that_moves() -> None:
    """1100 next year or 1000 today carry out the same; the last plan had 1100, and moving money has a price."""
    raw = {
        "header": {"id": "moved", "first_year": 2026, "last_year": 2027, "grid": 1, "discount_rate": "0.1"},
        "criteria": [{"id": "growth", "kind": "contribution"}],
        "funds": [{"id": "k", "years": {"2026": 2000, "2027": 2000}}],
        "programmes": [{"id": "a", "cost": 1000, "effects": {"growth": 1}}],
        "rules": [{"id": "close", "kind": "persistence", "price": "0.001", "criterion": "growth"}],
        "reference": [{"programme": "a", "option": "base", "money": 1100}],
    }
    plan = allocate(parse_instance(raw), SPEC).plan
    assert plan is not None and plan.criteria["growth"] == 1
    assert [(p.year, p.amount) for c in plan.choices for p in c.payments] == [(2027, 1100)]
