"""What decides between proof and claim (api/frontier_proofs.py, api/proving.py) under mutation: lies and truths tell sound code apart. Tier: test, fuzz."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from portfolio.api import frontier_proofs, proving
from portfolio.api.allocate import Effort, allocate
from portfolio.api.public import load
from portfolio.errors import InvalidInput
from portfolio.formats.frontier_text import frontier_of
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.program import Program
from portfolio.proof.certificate import pack, unpack
from portfolio.proof.verify import Unproven
from portfolio.results import Frontier, Result
from portfolio.schema.aim import Aim, Floor, Lexicographic, Reference, Weighted
from portfolio.schema.validate import parse_instance
from tests.support.frontier_reference import Reading, Wrong, number, store_of, vector, whole
from tests.support.mutants import Trial, hunt
from tests.support.small_instances import small
from tests.support.spoiled_frontiers import CERTIFICATES, files

Raw = dict[str, Any]


@cache
def program_of(text: str, tight: bool) -> Program:
    return assemble(parse_instance(json.loads(text)), load_model(), tight=tight)


def memo(instance: Any, _: Any, tight: bool = False) -> Program:
    return program_of(json.dumps(instance.canonical()), tight)


# -- zones -------------------------------------------------------------------------------------------------------------
Verdict = tuple[int, dict[str, int], tuple[int, ...], bool]
"""Zones proven, those that are trusted by what they rest on, places of those whose proof does not show their bound, and whether there is a fault."""


def by_definition(raw: Raw, found: Frontier) -> Verdict:
    """What the proofs in a file are worth by the second reading."""
    certificate = raw["certificate"]
    program = memo(parse_instance(found.instance), None, certificate["tight"])
    reading = Reading(program, [program.names.index(name) for name in certificate["criteria"]])
    scale, start = vector(certificate["scale"]), vector(certificate["start"])
    trusted: dict[str, int] = {}
    for zone in certificate["zones"]:
        if zone["tree"] is None:
            trusted[zone["proof"]] = trusted.get(zone["proof"], 0) + 1
    shown = [n for n, zone in enumerate(certificate["zones"]) if zone["tree"] is not None]
    if not shown:
        return 0, trusted, (), False
    if any(s < most + number(certificate["reach"]) * r for s, most, r in zip(start, reading.most, scale, strict=True)):
        return 0, trusted, (), True
    store, wrong = store_of(certificate["proofs"]), []
    for n in shown:
        zone = certificate["zones"][n]
        limits = [u - number(zone["alpha"]) * r for u, r in zip(vector(zone["upper"]), scale, strict=True)]
        try:
            reading.tree(store, whole(zone["tree"]), limits)
        except Wrong:
            wrong.append(n)
    return len(shown) - len(wrong), trusted, tuple(wrong), False


def zone_cases(count: int) -> Iterator[tuple[Frontier, Verdict]]:
    """Files whose certificates were changed, well-formed still, and what they are worth."""
    draw = random.Random(4)
    for raw in files():
        found = frontier_of(raw)
        yield found, by_definition(raw, found)
    for _ in range(count):
        raw = copy.deepcopy(draw.choice(files()))
        try:
            draw.choice(CERTIFICATES)(raw, draw, files())
            found = frontier_of(raw)
            places = [zone["tree"] for zone in raw["certificate"]["zones"] if zone["tree"] is not None]
            store = store_of(raw["certificate"]["proofs"])
            if any(not -len(store["multipliers"]["y"]) <= place < len(store["nodes"]) for place in places):
                continue
            yield found, by_definition(raw, found)
        except (IndexError, ValueError, InvalidInput):
            continue
    # No certificate, no proofs, the edge of the start, and a step below it.
    found = frontier_of(files()[0])
    yield found.model_copy(update={"certificate": None}), (0, {}, (), False)
    raw = copy.deepcopy(files()[0])
    for zone in raw["certificate"]["zones"]:
        zone.update(tree=None, proof="mip")
    raw["certificate"]["proofs"] = ""
    yield frontier_of(raw), (0, {"mip": len(raw["certificate"]["zones"])}, (), False)
    raw = copy.deepcopy(files()[0])
    certificate = raw["certificate"]
    program = memo(parse_instance(raw["instance"]), None, certificate["tight"])
    reading = Reading(program, [program.names.index(name) for name in certificate["criteria"]])
    least = [most + number(certificate["reach"]) * number(r) for most, r in zip(reading.most, certificate["scale"], strict=True)]
    for below in (Fraction(0), Fraction(1, 10**9)):
        for k in range(len(least)):
            certificate["start"] = [str(v - below * (i == k)) for i, v in enumerate(least)]
            found = frontier_of(raw)
            yield found, by_definition(raw, found)


def worth(module: Any, found: Frontier) -> Verdict:
    module.assemble = memo
    said = module.check_zones(found)
    assert said.holds == (not said.wrong and said.fault is None)
    return said.proven, dict(said.trusted), said.wrong, said.fault is not None


def test_zones_are_worth_what_the_second_reading_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier_proofs, "assemble", memo)
    cases = list(zone_cases(40))
    for found, expected in cases:
        assert worth(frontier_proofs, found) == expected
    assert sum(bool(wrong) for _, (_, _, wrong, _) in cases) > 5 and sum(fault for *_, (_, _, _, fault) in cases) > 2


def start_counts_offsets(module: Any) -> bool:
    """Criteria 3 x + 7/3 and -x - 5/2 over x in [0, 2], ranges 1 and 2, reach 4: starts of 37/3 and 11/2 are high enough, nothing lower is."""
    offsets = np.array([Fraction(7, 3), Fraction(-5, 2)], dtype=object)
    criteria = np.array([[Fraction(3)], [Fraction(-1)]], dtype=object)
    exact = SimpleNamespace(criteria=criteria, offsets=offsets, col_lower=[Fraction(0)], col_upper=[Fraction(2)])
    for below, refused in (((0, 0), False), ((1, 0), True), ((0, 1), True)):
        start = [least - Fraction(b, 10**9) for least, b in zip((Fraction(37, 3), Fraction(11, 2)), below, strict=True)]
        certificate = SimpleNamespace(start=start, scale=[Fraction(1), Fraction(2)], reach=Fraction(4))
        try:
            module._check_start(SimpleNamespace(exact=exact), certificate, [0, 1])
        except Unproven:
            if not refused:
                return False
        else:
            if refused:
                return False
    return True


def test_the_start_lies_above_criteria_with_their_offsets() -> None:
    assert start_counts_offsets(frontier_proofs)


@pytest.mark.fuzz
def test_mutants_of_the_check_of_zones_are_noticed() -> None:
    trials: list[Trial] = [lambda module, case=case: worth(module, case[0]) == case[1] for case in zone_cases(150)]
    trials.append(start_counts_offsets)
    tried, alive = hunt(frontier_proofs, trials, 60.0, ("check_zones", "_held", "_check_start", "holds"))
    assert tried > 15 and len(alive) <= 0.05 * tried, (tried, alive)


# -- claims ------------------------------------------------------------------------------------------------------------
SPEC = load_model()


@dataclass(frozen=True)
class ClaimCase:
    """A result, for each of its proofs whether it is one of what the result says, and the sound result that it was made from."""

    result: Result
    holds: tuple[bool, ...]
    sound: Result


def aimed() -> Iterator[Result]:
    """Normalised aims, floors, ranked criteria, a reference point, and an infeasible instance, with their proofs."""
    effort = Effort(prove=Fraction(1, 1000))
    many = [parse_instance(small(seed, lambda i: len(i.criteria) > 1)) for seed in (11, 12, 40, 41, 91)]
    for one in many:
        first, second = (c.id for c in one.criteria[:2])
        aims: tuple[Aim | None, ...] = (
            None,
            Lexicographic(kind="lexicographic", order=(first, second), tolerance=Fraction(1, 20)),
            Weighted(weights={first: Fraction(1), second: Fraction(2)}, floors=(Floor(criterion=second, share_of_best=Fraction(1, 2)),)),
            Reference(kind="reference", point={c.id: Fraction(10 if c.sense == "max" else 1) for c in one.criteria}),
        )
        yield from (allocate(one, SPEC, aim, effort) for aim in aims)
    raw = load("lorie-savage").canonical()
    raw["programmes"][0]["mandatory"] = True
    for fund in raw["funds"]:
        fund["years"] = dict.fromkeys(fund["years"], 1)
    yield allocate(parse_instance(raw), SPEC, None, Effort(prove=Fraction(0)))


def sense(result: Result, of: str) -> int:
    """-1 where more is better: the bound lies above the value then."""
    return -1 if any(c["id"] == of and c.get("sense", "max") == "max" and c["kind"] != "risk" for c in result.instance["criteria"]) else 1


NOTHING = {"splits": [], "leaves": [0], "multipliers": [{"empty": False, "digits": 0, "rows": [], "y": []}]}
"""A tree that is one leaf without multipliers: a bound from the columns alone."""


def infeasible_cases(sound: Result) -> Iterator[ClaimCase]:
    """A proof of infeasibility under another status, and a proof of something else in its place."""
    yield ClaimCase(sound.model_copy(update={"status": "no_plan"}), (False,), sound)
    (proof,) = sound.proofs
    weak = proof.model_copy(update={"data": pack({**unpack(proof.data), **NOTHING})})
    yield ClaimCase(sound.model_copy(update={"proofs": (weak,)}), (False,), sound)


def bound_cases(sound: Result) -> Iterator[ClaimCase]:
    """Every claim with a bound that is better or worse than proven, or about something else."""
    for n, claim in enumerate(sound.claims):
        step = max(abs(claim.value), Fraction(1)) * sense(sound, claim.of) / (1000 if claim.of == "aim" else 100)
        changes: tuple[tuple[dict[str, object], bool], ...] = (
            ({"bound": claim.bound + step}, False), ({"bound": claim.bound - step}, True), ({"of": "no such"}, False),
        )  # fmt: skip
        for change, holds in changes:
            listed = tuple(claim.model_copy(update=change) if k == n else c for k, c in enumerate(sound.claims))
            yield ClaimCase(sound.model_copy(update={"claims": listed}), tuple(p.of != claim.of or holds for p in sound.proofs), sound)


def proof_cases(sound: Result) -> Iterator[ClaimCase]:
    """Every proof with another question, or for another program; an aim in wider ranges, or one that ranks criteria and so has no value."""
    for n, proof in enumerate(sound.proofs):
        data = unpack(proof.data)
        lies: tuple[dict[str, object], ...] = (
            {"weights": [str(Fraction(w) + 1) for w in data["weights"]]},
            {"limits": [*data["limits"], [0, "1000000"]], "units": [*data["units"], 0]},
            {"program": data["program"][::-1]},
        )
        for lie in lies:
            bad = proof.model_copy(update={"data": pack({**data, **lie})})
            said = tuple(bad if k == n else p for k, p in enumerate(sound.proofs))
            yield ClaimCase(sound.model_copy(update={"proofs": said}), tuple(k != n for k in range(len(said))), sound)
        if proof.of != "aim":
            continue
        ranked = {"kind": "lexicographic", "order": [sound.instance["criteria"][0]["id"]]}
        yield ClaimCase(sound.model_copy(update={"aim": ranked}), (False,), sound)
        if any(r.best != r.worst for r in sound.ranges.values()):
            widened = {c: r.model_copy(update={"worst": r.worst + (r.worst - r.best)}) for c, r in sound.ranges.items()}
            yield ClaimCase(sound.model_copy(update={"ranges": widened}), (False,), sound)


@cache
def claim_cases() -> tuple[ClaimCase, ...]:
    cases = list[ClaimCase]()
    for sound in aimed():
        cases.append(ClaimCase(sound, (True,) * len(sound.proofs), sound))
        cases += infeasible_cases(sound) if sound.status == "infeasible" else [*bound_cases(sound), *proof_cases(sound)]
    return tuple(cases)


def says(module: Any, case: ClaimCase) -> bool:
    """Are the proofs told apart, and is the bound that is told the proven one?"""
    module.assemble = memo
    checked = module.check_proofs(case.result)
    for one in checked:
        claim = next((c for c in case.sound.claims if c.of == one.of), None)
        if one.bound is None or claim is None:
            continue
        # A claim states its proven bound with twelve decimals; where that is better than the plan, the plan's value.
        size, toward = max(abs(claim.bound), Fraction(1)), sense(case.sound, one.of)
        if toward * (one.bound - claim.bound) < 0 or (claim.gap and abs(one.bound - claim.bound) > size / 10**9):
            return False
        if claim.gap == 0 and abs(one.bound - claim.bound) > size / 1000:
            return False
        if one.fault is not None and not all(f"{float(one.bound):.9g}" in text for text in one.fault):
            return False
    return tuple(one.fault is None for one in checked) == case.holds


def test_every_claim_rests_on_its_own_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "assemble", memo)
    wrong = [n for n, case in enumerate(claim_cases()) if not says(proving, case)]
    assert not wrong, wrong


EQUIVALENT = {
    ("if of == INFEASIBLE:", "condition False"): "no criterion is called so: all weights are 0 below as well",
    ("if not result.proofs:", "condition False"): "of no proofs nothing is said, after more work",
    ("return shown, Fraction(0) if shown.bound is None else shown.bound - origin", "0 -> 1"): "the number stands for no bound and is not used",
    ("return shown, Fraction(0) if shown.bound is None else shown.bound - origin", "0 -> -1"): "the same",
}  # fmt: skip
"""(line, change) -> why nothing can tell the mutant from proving.py."""


@pytest.mark.fuzz
def test_mutants_of_the_check_of_claims_are_noticed() -> None:
    trials: list[Trial] = [lambda module, case=case: says(module, case) for case in claim_cases()]
    functions = ("check_proofs", "_checked", "proven_bound", "question_of", "program_of", "floors_of")
    tried, alive = hunt(proving, trials, 60.0, functions)
    assert {(one.text, one.change) for one in alive} <= set(EQUIVALENT), alive
    assert tried > 60
