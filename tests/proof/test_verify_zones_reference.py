"""verify_zones.py against the plain definition of a proof, and mutants of it against both. Tier: test, fuzz."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from portfolio.program import Program
from portfolio.proof import verify_zones as checked
from portfolio.proof.verify import Unproven, digest
from tests.support.mutants import Trial, hunt
from tests.support.proof_reference import Refused, reference
from tests.support.random_programs import random_program
from tests.support.zones import CASES, NEEDS_NODES, SPOILERS, limits_of, zones_of

Raw = dict[str, Any]
Case = tuple[Program, Raw, list[tuple[int, list[Fraction]]], list[bool]]
"""Program, store, members, and whether each is proven by the definition."""
SMALL_TREE = 1_000
"""Spoiled trees may lead back to themselves; nobody should wait for a million leaves."""


def unrolled(data: Raw, root: int) -> tuple[list[list[int]], list[int]]:
    """(splits, leaves) of one tree, shared parts written out as often as they are met."""
    splits: list[list[int]] = []
    leaves: list[int] = []

    def place(at: int, depth: int) -> int:
        if depth > 40:
            raise ValueError("too deep")
        if at < 0:
            leaves.append(-at - 1)
            return -len(leaves)
        here = len(splits)
        splits.append([*data["nodes"][at][:2], 0, 0])
        splits[here][2:] = [place(half, depth + 1) for half in data["nodes"][at][2:]]
        return here

    place(root, 0)
    return splits, leaves


def by_definition(program: Program, data: Raw, root: int, limits: list[Fraction]) -> bool:
    """Is the zone proven?"""
    try:
        splits, leaves = unrolled(data, root)
        records = [{"empty": True, **record} for record in data["multipliers"]]
        question = {"program": data["program"], "weights": ["0", "0"], "limits": [[q, str(v)] for q, v in enumerate(limits)]}
        proof = {**question, "units": data["units"], "splits": splits, "leaves": leaves, "multipliers": records}
        return reference(program, proof, digest(program))[0] is None
    except (Refused, LookupError, ValueError):
        return False


def edges(program: Program) -> list[tuple[Program, Raw, list[tuple[int, list[Fraction]]]]]:
    """Hand-made stores at the edge of what is allowed: the box itself, a limit that is missed by nothing, by a little, and halves without points."""
    columns = [int(j) for j in np.flatnonzero(program.integer)]
    free = int(np.argmin(program.integer))
    low = int(program.exact.col_lower[columns[0]])
    units = [0] * (program.m + 2)
    least = [
        sum((min(c * a, c * b) for c, a, b in zip(row, program.exact.col_lower, program.exact.col_upper, strict=True)), Fraction(0)) + o
        for row, o in zip(program.exact.criteria, program.exact.offsets, strict=True)
    ]
    record = {"digits": 1, "rows": [program.m], "y": [-2]}
    store = {"program": digest(program), "units": units, "multipliers": [record], "nodes": []}
    far = Fraction(10**6)
    found = [(program, store, [(-1, [least[0] - shift, far])]) for shift in (Fraction(0), Fraction(1, 1000), Fraction(-1, 1000))]
    for column, at in ((columns[0], low - 1), (columns[0], low), (columns[-1], 10**6), (free, 0), (-1, 0), (program.n, 0)):
        nodes = [[column, at, -1, -1]]
        found.append((program, {**store, "nodes": nodes}, [(0, [least[0] - Fraction(1, 10), far]), (0, [far, far])]))
    found.append((program, {**store, "nodes": [[columns[0], low, -1, -2]]}, [(0, [least[0] - 1, far])]))
    found.append((program, {**store, "nodes": [[columns[0], low, -1, 0]]}, [(0, [least[0] - 1, far])]))
    # The halves of one column do not meet: a leaf without points needs no proof of its own.
    nodes = [[columns[0], low, -1, -2], [columns[0], low, -1, 0]]
    zero = {"digits": 0, "rows": [], "y": []}
    for bad in (nodes, [[columns[0], low, -2, -1], [columns[0], low - 1, -2, 0]]):
        found.append((program, {**store, "nodes": bad, "multipliers": [record, zero]}, [(1, [least[0] - 1, far])]))
    return found


def moved() -> Program:
    """All columns integer, criteria with offsets."""
    program = random_program(7, criteria=2, integers=4, continuous=0, rows=3)
    other = replace(program.exact, offsets=np.array([Fraction(7, 3), Fraction(-5, 2)], dtype=object))
    return replace(program, offsets=np.array([7 / 3, -2.5]), exact_form=lambda: other)


def doubling(program: Program, parts: int) -> tuple[Raw, int]:
    """(a store that proves nothing, the place in it of a tree with exactly so many splits and leaves; an odd number, as of every binary tree)."""
    column, nodes, known = int(np.flatnonzero(program.integer)[0]), list[list[int]](), {1: -1}

    def place(size: int) -> int:
        if size not in known:
            half = (size - 1) // 2
            down, up = place(half - 1 + half % 2), place(size - half - half % 2)
            known[size] = len(nodes)
            nodes.append([column, 0, down, up])
        return known[size]

    root = place(parts)
    units, nothing = [0] * (program.m + 2), {"digits": 0, "rows": [], "y": []}
    return {"program": digest(program), "units": units, "multipliers": [nothing], "nodes": nodes}, root


def ends_at(parts: int) -> Trial:
    """Is a tree of so many parts still read, and the next larger one refused?"""

    def trial(module: Any) -> bool:
        program = zones_of(0)[0]
        (small, root), (large, other) = doubling(program, parts), doubling(program, parts + 2)
        if module.verify_zones(program, small, (0, 1), [(root, [Fraction(0)] * 2)]) != [False]:
            return False
        try:
            module.verify_zones(program, large, (0, 1), [(other, [Fraction(0)] * 2)])
        except Unproven:
            return True
        return False

    return trial


def small_trees(largest: int, trial: Trial) -> Trial:
    """The trial of a module that takes no larger trees than these."""

    def limited(module: Any) -> bool:
        before, module.LARGEST_TREE = module.LARGEST_TREE, largest
        try:
            return trial(module)
        finally:
            module.LARGEST_TREE = before

    return limited


@cache
def corpus(spoils: int) -> tuple[Case, ...]:
    """Sound stores, spoiled ones and edges, with what the definition says."""
    draw, found = random.Random(3), list[Case]()
    pairs = edges(zones_of(0)[0]) + edges(moved())
    for seed in range(CASES):
        program, data, _, members = zones_of(seed)
        asked = [(root, limits_of(u, a)) for root, u, a in members]
        # Bounds that the trees do not show, beside those that they do.
        asked += [(root, limits_of(u, a - Fraction(1, 50))) for root, u, a in members]
        pairs.append((program, data, asked))
        for _ in range(spoils):
            bad, spoil = copy.deepcopy(data), draw.choice(SPOILERS)
            if spoil not in NEEDS_NODES or bad["nodes"]:
                spoil(bad, draw)
                pairs.append((program, bad, asked))
    for program, data, asked in pairs:
        said = [by_definition(program, data, root, limits) for root, limits in asked]
        found.append((program, data, asked, said))
    return tuple(found)


def agrees(module: Any, case: Case) -> bool:
    """Does the module say what the definition says? It may refuse a store in which some member asked for is no proof."""
    program, data, asked, said = case
    try:
        held = module.verify_zones(program, data, (0, 1), asked)
    except Unproven:
        return not all(said)
    return bool(held == said)


def test_zones_are_proven_exactly_where_the_definition_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "LARGEST_TREE", SMALL_TREE)
    cases = corpus(4)
    wrong = [n for n, case in enumerate(cases) if not agrees(checked, case)]
    assert not wrong, (wrong, cases[wrong[0]][1:])
    answers = [holds for *_, said in cases for holds in said]
    assert sum(answers) > 50 and answers.count(False) > 20


def test_a_tree_may_have_as_many_parts_as_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for largest, parts in ((SMALL_TREE, SMALL_TREE - 1), (SMALL_TREE + 1, SMALL_TREE + 1)):
        assert small_trees(largest, ends_at(parts))(checked)


EQUIVALENT = {
    ("LARGEST_TREE = 1_000_000", "1000000 -> 999999"): "a binary tree has an odd number of splits and leaves: 999,999 are still read, 1,000,001 not",
}  # fmt: skip
"""(line, change) -> why nothing can tell the mutant from verify_zones.py."""


@pytest.mark.fuzz
def test_mutants_of_verify_zones_are_noticed() -> None:
    cases = corpus(8)
    trials: list[Trial] = [small_trees(SMALL_TREE, lambda module, case=case: agrees(module, case)) for case in cases]
    trials += [small_trees(SMALL_TREE, ends_at(SMALL_TREE - 1)), small_trees(SMALL_TREE + 1, ends_at(SMALL_TREE + 1))]
    trials.append(ends_at(999_999))
    tried, alive = hunt(checked, trials, 60.0)
    assert {(one.text, one.change) for one in alive} == set(EQUIVALENT)
    assert tried > 50 and len(alive) <= 0.05 * tried, (tried, alive)
