"""A proof shows what the enumeration finds; a spoiled one is refused, or what it still shows is true."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from portfolio.program import Program
from portfolio.proof.certificate import pack, unpack
from portfolio.proof.verify import Proven, Unproven, digest, objective_step, verify
from tests.support.proofs import Proof, proven, spoiled
from tests.support.random_programs import enumerated, from_dense, random_program

CLOSE = Fraction(1, 10**7)
"""The enumeration solves LPs in floating point."""
INF = float("inf")


@cache
def case(seed: int) -> tuple[Program, Proof]:
    """A random Program and its proof."""
    program = random_program(seed, integers=5)
    return program, proven(program)[1]


def best_of(program: Program, shown: Proven) -> float:
    """The enumerated optimum of the question that the proof answers."""
    weights = np.array([float(w) for w in shown.weights])
    return enumerated(program, weights @ program.criteria)


def assert_true(program: Program, shown: Proven, best: float | None = None) -> None:
    """No feasible point is below the bound; infeasible means that there is none."""
    truth = best_of(program, shown) if best is None else best
    if shown.bound is None:
        assert truth == INF
    elif truth < INF:
        assert shown.bound <= Fraction(truth) + CLOSE * max(1, abs(Fraction(truth))), (shown, truth)


def campaign(seeds: range) -> None:
    for seed in seeds:
        program = random_program(seed, integers=5)
        outcome, proof = proven(program)
        shown = verify(program, unpack(pack(proof)))
        best = enumerated(program, program.criteria[0])
        assert_true(program, shown, best)
        assert (shown.bound is None) == (best == INF), seed
        if shown.bound is not None:
            assert Fraction(best) - shown.bound <= Fraction(1, 10**4), (seed, outcome, best)


def mutations(count: int, seed: int) -> tuple[int, int]:
    """(refused, still true) of `count` spoiled proofs."""
    draw, refused, held = random.Random(seed), 0, 0
    truth: dict[tuple[int, tuple[Fraction, ...]], float] = {}
    for _ in range(count):
        which = draw.randrange(60)
        program, proof = case(which)
        what, bad = spoiled(proof, draw)
        try:
            shown = verify(program, bad)
        except Unproven:
            refused += 1
            continue
        key = which, shown.weights
        if key not in truth:
            truth[key] = best_of(program, shown)
        try:
            assert_true(program, shown, truth[key])
        except AssertionError as error:
            raise AssertionError(f"{what} of program {which}: {error}") from error
        held += 1
    return refused, held


def test_what_is_proven_holds_and_is_tight() -> None:
    campaign(range(80))


@pytest.mark.fuzz
def test_what_is_proven_holds_on_thousands_of_programs() -> None:
    campaign(range(1000, 4000))


def test_a_spoiled_proof_is_refused_or_still_true() -> None:
    refused, held = mutations(500, 1)
    assert refused > 100 and held > 50, (refused, held)


@pytest.mark.fuzz
def test_ten_thousand_spoiled_proofs_are_refused_or_still_true() -> None:
    refused, held = mutations(10_000, 2)
    assert refused > 2_000 and held > 1_000


def test_a_proof_of_another_program_is_refused() -> None:
    program, proof = case(1)
    for other in (random_program(2), replace(program, exact_form=lambda: replace(program.exact, row_upper=program.exact.row_upper + 1))):
        assert digest(other) != digest(program)
        with pytest.raises(Unproven, match="another program"):
            verify(other, proof)


def test_packed_text_that_is_cut_or_foreign_is_refused() -> None:
    text = pack(case(1)[1])
    for bad in ("", text[:-8], "!!", text[:20] + text[24:], pack({**case(1)[1], "version": 2}), pack({**case(1)[1], "format": "other"})):
        with pytest.raises(Unproven):
            unpack(bad)


def one_column(upper: Fraction, integer: bool = True) -> Program:
    """min x, 2 x >= 1, x in [0, upper]."""
    floats = from_dense(
        np.array([[2.0]]), np.array([1.0]), np.array([INF]), np.zeros(1), np.array([float(upper)]), np.array([integer]), np.array([[1.0]])
    )
    return floats


def hand_made(program: Program, **changed: object) -> Proof:
    """y = 1/2 on the only row: L(y) = 1/2, reduced cost 0."""
    proof: Proof = {
        "program": digest(program),
        "weights": ["1"],
        "limits": [],
        "units": [0],
        "splits": [],
        "leaves": [0],
        "multipliers": [{"empty": False, "digits": 1, "rows": [0], "y": [1]}],
    }
    return {**proof, **changed}


def test_a_bound_is_exact_and_rounds_up_to_the_objectives_grid() -> None:
    continuous, integer = one_column(Fraction(3), False), one_column(Fraction(3))
    assert verify(continuous, hand_made(continuous)).bound == Fraction(1, 2)
    shown = verify(integer, hand_made(integer))
    assert shown.bound == 1 and shown.step == 1
    assert objective_step(integer, (Fraction(2, 3),)) == Fraction(2, 3)
    assert objective_step(continuous, (Fraction(1),)) == 0


@pytest.mark.parametrize(
    ("y", "digits", "bound"),
    [(0, 0, Fraction(0)), (1, 0, Fraction(-2)), (1, 2, Fraction(1, 4)), (3, 2, Fraction(-3, 4)), (2, 2, Fraction(1, 2))],
)
def test_weak_duality_by_hand(y: int, digits: int, bound: Fraction) -> None:
    """L(y) = y + min over [0, 3] of (1 - 2 y) x."""
    program = one_column(Fraction(3), False)
    record = {"empty": False, "digits": digits, "rows": [0], "y": [y]}
    assert verify(program, hand_made(program, multipliers=[record])).bound == bound


def test_a_multiplier_of_an_open_side_is_refused() -> None:
    program = one_column(Fraction(3))
    with pytest.raises(Unproven, match="infinite"):
        verify(program, hand_made(program, multipliers=[{"empty": False, "digits": 1, "rows": [0], "y": [-1]}]))


def test_an_empty_leaf_needs_a_positive_combination() -> None:
    """2 x >= 1 with x <= 0: y = 1 gives 1 > 0; with x <= 1/2 it gives 0, which proves nothing."""
    empty, touching = one_column(Fraction(0), False), one_column(Fraction(1, 2), False)
    record = {"empty": True, "digits": 0, "rows": [0], "y": [1]}
    assert verify(empty, hand_made(empty, multipliers=[record])).bound is None
    with pytest.raises(Unproven, match="not proven empty"):
        verify(touching, hand_made(touching, multipliers=[record]))


def test_a_tree_by_hand() -> None:
    """x <= 0 is empty, x >= 1 costs at least 1."""
    program = one_column(Fraction(3))
    empty, bounded = {"empty": True, "digits": 0, "rows": [0], "y": [1]}, {"empty": False, "digits": 0, "rows": [], "y": []}
    good = hand_made(program, splits=[[0, 0, -1, -2]], leaves=[0, 1], multipliers=[empty, bounded])
    shown = verify(program, good)
    assert (shown.bound, shown.leaves, shown.empty) == (1, 2, 1)
    for change, said in (
        ({"splits": [[0, 0, -1, -1]]}, "reached twice"),
        ({"splits": [[0, 0, -1, 0]]}, "reached twice"),
        ({"leaves": [0, 1, 1]}, "never reached"),
        ({"leaves": [0, 2]}, "without multipliers"),
        ({"leaves": [0]}, "malformed"),
        ({"splits": [[0, 1, -1, -2]]}, "not proven empty"),
        ({"splits": [[1, 0, -1, -2]]}, "not integer"),
        ({"units": [0, 0]}, "units"),
        ({"units": [10**6]}, "units"),
        ({"weights": ["1", "0"]}, "weights"),
        ({"limits": [[1, "0"]]}, "weights or limits"),
    ):
        with pytest.raises(Unproven, match=said):
            verify(program, {**good, **change})


def test_a_split_beyond_the_bounds_leaves_a_half_that_needs_nothing() -> None:
    program = one_column(Fraction(3))
    proof = hand_made(program, splits=[[0, 3, -1, -2]], leaves=[0, 0])
    shown = verify(program, proof)
    assert (shown.bound, shown.empty) == (1, 1)


def test_limits_are_rows_of_their_own() -> None:
    """x <= 1/4 and 2 x >= 1 contradict each other: 1 - 2 * (1/4) > 0."""
    program = one_column(Fraction(3), False)
    record = {"empty": True, "digits": 0, "rows": [0, 1], "y": [1, -2]}
    proof = hand_made(program, limits=[[0, "1/4"]], units=[0, 0], multipliers=[record])
    shown = verify(program, proof)
    assert shown.bound is None and shown.limits == ((0, Fraction(1, 4)),)
    with pytest.raises(Unproven):
        verify(program, {**proof, "limits": [[0, "3/4"]]})


def test_a_column_wider_than_64_bits_is_summed_exactly() -> None:
    huge = 10**30
    floats = one_column(Fraction(3), False)
    exact = replace(
        floats.exact, data=np.array([Fraction(2 * huge + 1, huge)], dtype=object), row_lower=np.array([Fraction(1, 3)], dtype=object)
    )
    program = replace(floats, exact_form=lambda: exact)
    shown = verify(program, hand_made(program))
    # y = 1/2: 1/6 + min over [0, 3] of (1 - (2 + 1e-30) / 2) x = 1/6 - 3 / (2e30)
    assert shown.bound is not None and 0 <= Fraction(1, 6) - Fraction(3, 2 * huge) - shown.bound < Fraction(1, 2**78)
