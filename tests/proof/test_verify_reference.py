"""verify.py against a second reading of the definition, and mutants of verify.py against both."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from portfolio.program import Program
from portfolio.proof import verify as checked
from tests.support.mutants import Trial, hunt
from tests.support.proof_reference import Refused, reference
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
        # Beyond 64 bits.
        with_sevenths(10**30),
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
    except (Refused, LookupError, ValueError):
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


def with_sevenths(coefficient: int = 1) -> tuple[Program, Proof]:
    """min 3 x, 3/7 <= coefficient x, x in [0, 3], y = 1. For coefficient 1 the bound is 3/7, in binary digits 0.011 011 ...: the 80th and 81st are 1."""
    program, proof = by_hand(integer=False, multipliers=[record([0], [1])])
    exact = replace(program.exact, data=np.array([Fraction(coefficient)], dtype=object), row_lower=np.array([Fraction(3, 7)], dtype=object))
    other = replace(program, exact_form=lambda: exact)
    return other, {**proof, "program": checked.digest(other)}


def keeps_its_digits(module: Any) -> bool:
    """A bound is rounded down to multiples of 2^-80: neither finer, which would cost memory, nor coarser."""
    bound = module.verify(*with_sevenths()).bound
    return bool(bound == Fraction(3 * 2**80 // 7, 2**80))


EQUIVALENT = {
    ("LIMB = 24", "24 -> 25"): "what a column may come to follows the limb: sums stay below 2^62",
    ("LIMB = 24", "24 -> 23"): "the same",
    ("NARROW = 2 ** (62 - LIMB)", "Pow -> Mult"): "fewer columns are summed in 64 bits; the others as objects, with the same sum",
    ("NARROW = 2 ** (62 - LIMB)", "2 -> 1"): "the same",
    ("NARROW = 2 ** (62 - LIMB)", "62 -> 61"): "the same",
    ("NARROW = 2 ** (62 - LIMB)", "62 -> 63"): "sums stay below 2^63, which 64 bits still hold",
    ("narrow = np.array([size[int(j)] < NARROW for j in cols], dtype=bool)", "Lt -> LtE"): "at 2^38 sums are below 2^62 as well",
    ("self._parts.append((self._rows[chosen], whole[chosen].astype(np.int64 if kind else object), starts, at))", "condition False"):
        "objects throughout: the same sum, more slowly",
    ("shift = max([0, *(-power for power in powers.values())])", "0 -> 1"): "numerator and denominator are both doubled",
    ("side = self._lower[i] if y[i] > 0 else self._upper[i]", "Gt -> GtE"): "the side of y = 0 is not read",
    ("side = self._lower[i] if y[i] > 0 else self._upper[i]", "0 -> -1"): "the same, y being whole",
}  # fmt: skip
"""(line, change) -> why nothing can tell the mutant from verify.py."""


@pytest.mark.fuzz
def test_mutants_of_verify_are_noticed() -> None:
    cases = corpus(25)
    trials: list[Trial] = [lambda module, case=case: agrees(module, case) for case in cases]
    trials.append(lambda module: all(module.digest(p) == checked.digest(p) for p, *_ in cases[:5]))
    trials.append(keeps_its_digits)
    tried, alive = hunt(checked, trials, 30.0)
    assert {(one.text, one.change) for one in alive} == set(EQUIVALENT)
    assert tried > 200 and len(alive) <= 0.05 * tried, (tried, alive)
