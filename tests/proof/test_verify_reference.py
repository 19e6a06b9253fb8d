"""verify.py against a second reading of the definition, and mutants of verify.py against both."""

from __future__ import annotations

import copy
import random
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from portfolio.program import Program
from portfolio.proof import verify as checked
from tests.support.mutants import mutants, within
from tests.support.proof_reference import reference
from tests.support.proofs import SPOILERS, Proof, proven, spoiled_by
from tests.support.random_programs import from_dense, random_program

Case = tuple[Program, Proof, Fraction | None, int, bool]
"""Program, proof, its bound and empty leaves by the definition, and whether the definition refuses it."""
FINE = Fraction(1, 2**70)
"""What rounding the terms of a small proof down may cost."""


def rational(program: Program, draw: random.Random) -> Program:
    """The Program with thirds, offsets, fractional column bounds and a few huge denominators in its exact form."""
    exact = program.exact
    size = draw.choice((3, 7, 10**18 + 9))
    data = exact.data + np.array([Fraction(draw.randrange(2), size) for _ in exact.data], dtype=object)
    offsets = np.array([Fraction(draw.randrange(-3, 4), 3) for _ in exact.offsets], dtype=object)
    lower = np.array([v - Fraction(int(i), 2) for v, i in zip(exact.col_lower, exact.integer, strict=True)], dtype=object)
    upper = np.array(
        [v + (Fraction(1, 2) if i and draw.random() < 0.3 else 0) for v, i in zip(exact.col_upper, exact.integer, strict=True)],
        dtype=object,
    )
    other = replace(exact, data=data, offsets=offsets, col_lower=lower, col_upper=upper)
    return replace(program, exact_form=lambda: other)


def variants(seed: int) -> Iterator[tuple[Program, Proof]]:
    """Proofs of one random Program, sound or not."""
    draw = random.Random(seed)
    program = random_program(seed, criteria=2, integers=4, continuous=draw.choice((0, 2)), rows=4)
    proof = proven(program, nodes=draw.choice((0, 3, 1000)))[1]
    yield program, proof
    other = rational(program, draw)
    hashed = {**proof, "program": checked.digest(other)}
    yield other, hashed
    limit = limited(hashed, program.m, draw)
    yield other, limit
    for base in (proof, limit):
        for kind in SPOILERS:
            bad = spoiled_by(kind, base, draw)
            if bad is not None:
                yield (program if base is proof else other), bad


def limited(proof: Proof, row: int, draw: random.Random) -> Proof:
    """The proof with two limits, whose rows have multipliers too."""
    limits = [[draw.randrange(2), str(Fraction(draw.randrange(-20, 20), 3))], [1, str(draw.randrange(20))]]
    limit = copy.deepcopy({**proof, "limits": limits, "units": [*proof["units"], 0, 0]})
    for one in limit["multipliers"]:
        one["rows"] += [row, row + 1]
        one["y"] += [-draw.randrange(4), -draw.randrange(4)]
    return limit


def by_hand(integer: bool = True, upper: float = np.inf, coefficient: int = 1, **changed: Any) -> tuple[Program, Proof]:
    """min 3 x, 0 <= coefficient x <= upper, x in [0, 3]; without changes a root without multipliers."""
    one = np.ones((1, 1))
    program = from_dense(coefficient * one, np.zeros(1), np.array([upper]), np.zeros(1), np.array([3.0]), np.array([integer]), one)
    proof: Proof = {"program": checked.digest(program), "weights": ["3"], "limits": [], "units": [0], "splits": [], "leaves": [0]}
    return program, {**proof, "multipliers": [record([], [])], **changed}


def record(rows: list[int], y: list[int], digits: int = 0) -> Proof:
    """Multipliers of a leaf that is bounded."""
    return {"empty": False, "digits": digits, "rows": rows, "y": y}


def edges() -> list[tuple[Program, Proof]]:
    """Cases at the edge of what is allowed, and just beyond."""
    return [
        by_hand(multipliers=[record([], [], 4_000)]),
        by_hand(multipliers=[record([], [], -4_000)]),
        by_hand(units=[4_000]),
        by_hand(units=[-4_000]),
        by_hand(multipliers=[record([0], [0])]),
        by_hand(multipliers=[record([0], [1])]),
        by_hand(multipliers=[record([0], [-1])]),
        by_hand(upper=7.0, multipliers=[record([0], [-1])]),
        by_hand(upper=7.0, multipliers=[record([0], [1])]),
        by_hand(coefficient=10**12, multipliers=[record([0], [2**24 - 1], 20)]),
        by_hand(coefficient=10**12, multipliers=[record([0], [2**24 - 1], 60)]),
        by_hand(integer=False, splits=[[0, 0, -1, -2]], leaves=[0, 0]),
        *(by_hand(splits=[[column, at, -1, -2]], leaves=[0, 0]) for column, at in ((0, 3), (0, 1), (0, -1), (-1, 1), (1, 1))),
    ]


@cache
def corpus(seeds: int) -> tuple[Case, ...]:
    """Cases with what the definition says about them."""
    pairs = [*edges(), *(pair for seed in range(seeds) for pair in variants(seed))]
    return tuple(told(program, proof) for program, proof in pairs)


def told(program: Program, proof: Proof) -> Case:
    """A case: the definition's answer."""
    try:
        return program, proof, *reference(program, proof, checked.digest(program)), False
    except Exception:
        return program, proof, None, 0, True


def agrees(module: Any, case: Case) -> bool:
    """Does the module say what the definition says?"""
    program, proof, bound, empty, refused = case
    try:
        shown = module.verify(program, proof)
    except module.Unproven:
        return refused
    if refused or (shown.bound is None) != (bound is None) or (shown.leaves, shown.empty) != (len(proof["leaves"]), empty):
        return False
    return bound is None or 0 <= bound - shown.bound <= FINE


def test_verify_says_what_the_definition_says() -> None:
    cases = corpus(25)
    wrong = [n for n, case in enumerate(cases) if not agrees(checked, case)]
    assert not wrong, (wrong[0], cases[wrong[0]])
    assert sum(refused for *_, refused in cases) > 50 and sum(not refused for *_, refused in cases) > 150


@pytest.mark.fuzz
def test_verify_says_what_the_definition_says_ten_thousand_times() -> None:
    assert all(agrees(checked, case) for case in corpus(300))


def survives(code: types.CodeType, trials: list[Callable[[Any], bool]]) -> bool:
    """Does no trial tell the mutant from a sound module?"""
    module = types.ModuleType("mutant")
    module.__dict__["__name__"] = "portfolio.proof.verify"
    try:
        with within(30.0):
            exec(code, module.__dict__)
            return all(trial(module) for trial in trials)
    except Exception:
        return False


@pytest.mark.fuzz
def test_mutants_of_verify_are_noticed() -> None:
    source = Path(str(checked.__file__)).read_text(encoding="utf-8")
    cases = corpus(25)
    trials: list[Callable[[Any], bool]] = [lambda module, case=case: agrees(module, case) for case in cases]
    trials.append(lambda module: all(module.digest(p) == checked.digest(p) for p, *_ in cases[:5]))
    tried, alive = 0, []
    for said, tree in mutants(source):
        tried += 1
        if survives(compile(tree, "verify.py", "exec"), trials):
            alive.append(said)
    print(f"{tried} mutants, {len(alive)} alive", *alive, sep="\n")
    # Other digits kept and other limb widths are as right: of ten such mutants eight change nothing but the time.
    named = tuple(f"line {n}:" for n, line in enumerate(source.splitlines(), 1) if line.startswith(("GUARD", "LIMB", "NARROW")))
    assert tried > 150 and len([said for said in alive if not said.startswith(named)]) <= 0.05 * tried, (tried, alive)
    assert len(alive) <= 0.1 * tried, (tried, alive)
