"""Proofs about instances: the proven interval holds the plan that enumeration finds; results carry proofs that the audit can check."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache

import pytest

from portfolio.api.allocate import Effort, allocate
from portfolio.api.proving import INFEASIBLE, check_proofs, prove
from portfolio.api.public import load
from portfolio.formats.result_text import parse_result, result_text
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.proof.certificate import Question, pack, unpack
from portfolio.proof.verify import verify
from portfolio.results import Result
from portfolio.schema.aim import Aim, Floor, Lexicographic, Reference, Weighted
from portfolio.schema.validate import parse_instance
from portfolio.solvers.outcome import Ask
from tests.conformance import oracle
from tests.support.small_instances import small

SPEC = load_model()
CLOSE = Fraction(1, 10**6)
"""Relative: the oracle's LPs have tolerances of 1e-9 to 1e-7."""


def campaign(seeds: range) -> tuple[int, int]:
    """(proven bounds, proven infeasible)."""
    bounded = empty = 0
    for seed in seeds:
        instance = parse_instance(small(seed, lambda i: 1 < oracle.count(i, 41) <= 40))
        weights = {c.id: Fraction(1 + (seed + n) % 3, 2) for n, c in enumerate(instance.criteria)}
        best = oracle.minimise(instance, SPEC, {c: float(w) for c, w in weights.items()})
        program = assemble(instance, SPEC)
        question = Question(tuple(weights[c] for c in program.names))
        if best is None:
            proof = prove(program, Question((Fraction(0),) * program.q), INFEASIBLE, Ask(), None, Fraction(0))
            assert proof is not None and verify(program, unpack(proof.data)).bound is None, seed
            empty += 1
            continue
        value = Fraction(best.value)
        size = max(abs(value), Fraction(1))
        proof = prove(program, question, "aim", Ask(), value, CLOSE * size)
        assert proof is not None
        bound = verify(program, unpack(proof.data)).bound
        assert bound is not None and -CLOSE * size <= value - bound <= 3 * CLOSE * size, (seed, float(value), float(bound or 0))
        bounded += 1
    return bounded, empty


def test_the_proven_interval_holds_the_enumerated_plan() -> None:
    bounded, empty = campaign(range(60))
    assert bounded > 30 and empty > 2


@pytest.mark.fuzz
def test_the_proven_interval_holds_the_enumerated_plan_a_thousand_times() -> None:
    campaign(range(5_000, 6_500))


@cache
def proven(name: str = "lorie-savage", gap: Fraction = Fraction(0)) -> Result:
    """A bundled instance solved and proven, through its file's text."""
    return parse_result(result_text(allocate(load(name), SPEC, None, Effort(prove=gap))))


@pytest.mark.parametrize(
    "name",
    ["toy", "lorie-savage", *(f"classics/{n}" for n in ("pet2", "pet3", "pet5", "pet6", "weing1", "weing2", "weing3", "weing4"))],
)
def test_bundled_classics_are_proven_to_gap_zero(name: str) -> None:
    result = proven(name)
    assert result.status == "proven" and [c.gap for c in result.claims] == [0]
    (checked,) = check_proofs(result)
    assert checked.fault is None and checked.bound == result.claims[0].value


@pytest.mark.fuzz
def test_the_largest_bundled_classic_is_proven_to_gap_zero() -> None:
    test_bundled_classics_are_proven_to_gap_zero("classics/sento1")


def some_instance(seed: int = 11) -> Result:
    raw = small(seed, lambda i: len(i.criteria) > 1 and 4 < oracle.count(i, 200) <= 200)
    return allocate(parse_instance(raw), SPEC, None, Effort(prove=Fraction(1, 1000)))


@pytest.mark.parametrize("seed", range(11, 19))
def test_a_normalised_aim_is_proven_as_its_claim_states_it(seed: int) -> None:
    result = some_instance(seed)
    checked = check_proofs(result)
    if result.status == "infeasible":
        assert [c.of for c in checked] == [INFEASIBLE]
    else:
        assert [c.of for c in checked] == [claim.of for claim in result.claims]
        assert result.status == "proven"
    assert all(one.fault is None for one in checked), checked


@pytest.mark.parametrize("seed", range(4))
def test_floors_and_lexicographic_stages_are_limits_of_the_proof(seed: int) -> None:
    instance = parse_instance(small(seed + 40, lambda i: len(i.criteria) > 1 and 4 < oracle.count(i, 200) <= 200))
    first, second = (c.id for c in instance.criteria[:2])
    aims: tuple[Aim, ...] = (
        Lexicographic(kind="lexicographic", order=(first, second), tolerance=Fraction(1, 20)),
        Weighted(weights={first: Fraction(1)}, floors=(Floor(criterion=second, share_of_best=Fraction(1, 2)),)),
    )
    for aim in aims:
        result = allocate(instance, SPEC, aim, Effort(prove=Fraction(1, 1000)))
        checked = check_proofs(result)
        assert checked and all(one.fault is None for one in checked), checked
        if result.plan is not None:
            assert {one.of for one in checked} == {claim.of for claim in result.claims}


def test_an_infeasible_instance_carries_its_proof() -> None:
    raw = load("lorie-savage").canonical()
    raw["programmes"][0]["mandatory"] = True
    for fund in raw["funds"]:
        fund["years"] = dict.fromkeys(fund["years"], 1)
    result = allocate(parse_instance(raw), SPEC, None, Effort(prove=Fraction(0)))
    assert result.status == "infeasible" and [p.of for p in result.proofs] == [INFEASIBLE]
    (checked,) = check_proofs(result)
    assert checked.fault is None and checked.shown is not None and checked.shown.bound is None
    assert check_proofs(result.model_copy(update={"status": "no_plan"}))[0].fault is not None


def test_a_limit_before_the_first_relaxation_leaves_no_proof_and_no_proven_status(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = load("classics/weing1")
    program = assemble(instance, SPEC)
    assert prove(program, Question((Fraction(1),)), "value", Ask(seconds=0.0), Fraction(-141278), Fraction(0)) is None
    monkeypatch.setattr("portfolio.api.allocate.prove_stages", lambda *_: ())
    result = allocate(instance, SPEC, None, Effort(prove=Fraction(0)))
    assert result.status == "limit" and result.claims and not result.proofs
    assert any("solver's word" in notice for notice in result.notices)


@pytest.mark.parametrize("seed", range(6))
def test_a_reference_point_is_proven_with_its_own_column(seed: int) -> None:
    instance = parse_instance(small(seed + 90, lambda i: len(i.criteria) > 1 and 4 < oracle.count(i, 100) <= 100))
    aim = Reference(kind="reference", point={c.id: Fraction(10 if c.sense == "max" else 1) for c in instance.criteria})
    result = allocate(instance, SPEC, aim, Effort(prove=Fraction(1, 1000)))
    checked = check_proofs(result)
    assert len(checked) == 1 and checked[0].fault is None, checked
    if result.plan is not None:
        assert result.status == "proven" and checked[0].bound is not None and checked[0].bound <= result.claims[0].value


def faults(result: Result) -> list[str]:
    """What the check of the proofs says against a result."""
    return [one.fault[0] for one in check_proofs(result) if one.fault is not None]


def test_a_claim_that_was_made_better_than_its_proof_is_found() -> None:
    result = proven("classics/weing1")
    claim = result.claims[0]
    tight = claim.model_copy(update={"bound": claim.bound - 1})
    assert "better than the proven" in faults(result.model_copy(update={"claims": (tight,)}))[0]
    loose = claim.model_copy(update={"bound": claim.bound + 1})
    assert faults(result.model_copy(update={"claims": (loose,)})) == []


def test_proofs_of_another_instance_question_or_claim_are_found() -> None:
    one, other = proven("classics/weing1"), proven("classics/weing2")
    assert "another program" in faults(one.model_copy(update={"proofs": other.proofs}))[0]
    renamed = one.proofs[0].model_copy(update={"of": INFEASIBLE})
    assert faults(one.model_copy(update={"proofs": (renamed,)}))
    assert faults(one.model_copy(update={"proofs": (one.proofs[0].model_copy(update={"of": "no such"}),)}))
    data = unpack(one.proofs[0].data)
    easier = one.proofs[0].model_copy(update={"data": pack({**data, "weights": ["2"]})})
    assert "another question" in faults(one.model_copy(update={"proofs": (easier,)}))[0]
    limited = one.proofs[0].model_copy(update={"data": pack({**data, "limits": [[0, "0"]], "units": [*data["units"], 0]})})
    assert "another question" in faults(one.model_copy(update={"proofs": (limited,)}))[0]


def test_an_instance_that_was_changed_after_the_proof_is_found() -> None:
    result = proven("classics/weing1")
    raw = json.loads(result_text(result))
    fund = raw["instance"]["funds"][0]
    year = next(iter(fund["years"]))
    fund["years"][year] = 10**6
    assert "another program" in faults(parse_result(json.dumps(raw)))[0]
