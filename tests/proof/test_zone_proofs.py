"""Proofs of a frontier's zones: they hold without a solver, survive a stop, and nothing follows from one that was changed. Tier: test, fuzz."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import portfolio
from portfolio.api.frontier import Effort, frontier
from portfolio.api.frontier_proofs import ZonesChecked, check_zones
from portfolio.formats.result_text import result_text
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.pareto.certified import Effort as Running
from portfolio.pareto.certified import certified
from portfolio.pareto.integrate import Search
from portfolio.program import Program
from portfolio.proof.forest import Forest, Multipliers, forest_of, pack, unpack
from portfolio.proof.verify import Unproven
from portfolio.proof.verify_zones import verify_zones
from portfolio.results import Frontier, Zone
from portfolio.schema.instance import Instance
from tests.support.random_programs import enumerated
from tests.support.zones import CASES, NEEDS_NODES, SPOILERS, limits_of, zones_of

EPSILON = Fraction(1, 50)
SIZES = {"funds": 3, "years": 3, "scenarios": 4, "exposures": 4, "needs": 3, "fields": 4, "archetypes": 2}


@cache
def instance(seed: int = 0) -> Instance:
    return portfolio.generate(programmes=8, options=1, seed=seed, **SIZES)


@pytest.fixture(scope="module")
def found() -> Frontier:
    return frontier(instance(), load_model(), EPSILON)


# -- what is proven --------------------------------------------------------------------------------------------------
def test_every_zone_that_a_tree_closed_is_proven_without_a_solver(found: Frontier) -> None:
    assert found.status == "certified" and found.certificate is not None
    zones = found.certificate.zones
    assert {zone.proof for zone in zones} <= {"tree", "half-space"}
    assert check_zones(found) == ZonesChecked(proven=len(zones))


def test_zones_closed_by_integer_programs_are_named_as_trusted() -> None:
    by_mips = frontier(instance(), load_model(), EPSILON, Effort(zones="mip"))
    checked = check_zones(by_mips)
    assert by_mips.certificate is not None and checked.holds
    assert checked.proven + sum(checked.trusted.values()) == len(by_mips.certificate.zones)
    assert checked.trusted and set(checked.trusted) <= {"mip", "half-space"}


def test_proofs_are_the_same_after_a_stop(monkeypatch: pytest.MonkeyPatch, found: Frontier) -> None:
    monkeypatch.setattr("portfolio.api.seldom.SAVE_EVERY", 0.0)
    monkeypatch.setattr("portfolio.api.seldom.SHARE", 0)
    monkeypatch.setattr("portfolio.pareto.running.EPOCH", 4)
    states: list[Frontier] = []
    whole = frontier(instance(), load_model(), EPSILON, Effort(save=states.append))
    assert len(states) > 2
    for state in states:
        assert check_zones(state).holds
    middle = states[len(states) // 2]
    assert check_zones(middle).proven > 0
    again = frontier(instance(), load_model(), EPSILON, earlier=middle)
    assert again.certificate == whole.certificate
    assert check_zones(again) == check_zones(whole)


# -- lies ------------------------------------------------------------------------------------------------------------
Raw = dict[str, Any]


def changed(found: Frontier, change: Callable[[Raw, random.Random], None], draw: random.Random) -> Frontier:
    """The frontier with something in its store of proofs changed."""
    assert found.certificate is not None
    data = unpack(found.certificate.proofs)
    change(data, draw)
    return found.model_copy(update={"certificate": found.certificate.model_copy(update={"proofs": pack(data)})})


def with_zones(found: Frontier, change: Callable[[Zone], Zone]) -> Frontier:
    assert found.certificate is not None
    zones = tuple(change(zone) for zone in found.certificate.zones)
    return found.model_copy(update={"certificate": found.certificate.model_copy(update={"zones": zones})})


def less(zone: Zone) -> Zone:
    """A bound that is better than the proof's."""
    return zone.model_copy(update={"alpha": max(zone.alpha - Fraction(1, 1000), -zone.alpha)})


def higher(zone: Zone) -> Zone:
    """A zone that holds more than the one of the proof."""
    return zone.model_copy(update={"upper": tuple(u + abs(u) / 2 + 1 for u in zone.upper)})


@pytest.mark.parametrize("change", [less, higher])
def test_a_bound_that_the_proof_does_not_show_is_found(found: Frontier, change: Callable[[Zone], Zone]) -> None:
    checked = check_zones(with_zones(found, change))
    assert checked.fault is None and checked.wrong


def test_a_proof_of_another_instance_is_refused(found: Frontier) -> None:
    other = frontier(instance(5), load_model(), EPSILON)
    assert other.certificate is not None
    swapped = found.model_copy(update={"instance": other.instance, "instance_hash": other.instance_hash})
    fault = check_zones(swapped).fault
    assert fault is not None and "another program" in fault[0]


def test_a_start_within_the_criteria_s_reach_is_refused(found: Frontier) -> None:
    assert found.certificate is not None
    low = found.certificate.model_copy(update={"start": tuple(v - abs(v) for v in found.certificate.start)})
    assert check_zones(found.model_copy(update={"certificate": low})).fault is not None


@pytest.mark.parametrize("text", ["", "!!", pack({"format": "other", "version": 1, "nodes": [], "multipliers": []})])
def test_a_store_that_is_none_is_refused(found: Frontier, text: str) -> None:
    assert found.certificate is not None
    bad = found.model_copy(update={"certificate": found.certificate.model_copy(update={"proofs": text})})
    assert check_zones(bad).fault is not None


def test_the_verb_tells_proven_from_trusted_and_finds_a_changed_proof(
    found: Frontier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from portfolio.commands.entry import run as cli

    path = tmp_path / "f.frontier.json"
    path.write_text(result_text(found), encoding="utf-8")
    assert cli(["audit", str(path), "--lang", "en"]) == 0
    assert "(100%) in exact arithmetic, no solver" in capsys.readouterr().out
    assert cli(["audit", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["zone_proofs"]
    assert said["holds"] and said["trusted"] == {} and said["proven"] == len(found.certificate.zones if found.certificate else ())
    path.write_text(result_text(with_zones(found, less)), encoding="utf-8")
    assert cli(["audit", str(path), "--lang", "ja"]) == 6


# -- against enumeration ---------------------------------------------------------------------------------------------
def test_zones_of_random_programs_are_proven_and_hold_nothing() -> None:
    proven = 0
    for seed in range(CASES):
        program, data, _, members = zones_of(seed)
        held = verify_zones(program, data, (0, 1), [(root, limits_of(u, a)) for root, u, a in members])
        proven += sum(held)
        assert all(held) and all(nothing_in(seed, n) for n in range(len(members))), (seed, held)
    assert proven == 4 * CASES


@cache
def nothing_in(seed: int, member: int) -> bool:
    """Is this zone, at its bound, empty by enumeration?"""
    program, _, _, members = zones_of(seed)
    _, u, alpha = members[member]
    return is_empty(program, limits_of(u, alpha))


def is_empty(program: Program, limits: list[Fraction]) -> bool:
    """By enumeration: does no x have f <= limits, less what an LP in floats may miss by?"""
    room = np.array([float(v) for v in limits]) - program.offsets - 1e-7
    added = replace(
        program,
        indptr=np.concatenate([program.indptr, program.indptr[-1] + program.n * np.arange(1, 3)]).astype(np.int32),
        indices=np.concatenate([program.indices, *([np.arange(program.n)] * 2)]).astype(np.int32),
        data=np.concatenate([program.data, *program.criteria]),
        row_lower=np.append(program.row_lower, [-np.inf] * 2),
        row_upper=np.append(program.row_upper, room),
        exact_form=None,
    )
    return enumerated(added, np.zeros(program.n)) == float("inf")


def spoiled(count: int, seed: int) -> tuple[int, int]:
    """(refused or not proven, still proven and true)."""
    draw, refused, true = random.Random(seed), 0, 0
    for _ in range(count):
        seed = draw.randrange(CASES)
        program, data, _, members = zones_of(seed)
        bad, spoil = copy.deepcopy(data), draw.choice(SPOILERS)
        if spoil in NEEDS_NODES and not bad["nodes"]:
            continue
        spoil(bad, draw)
        asked = [(root, limits_of(u, a)) for root, u, a in members]
        try:
            held = verify_zones(program, bad, (0, 1), asked)
        except Unproven:
            refused += 1
            continue
        assert all(not holds or nothing_in(seed, n) for n, holds in enumerate(held)), spoil.__name__
        refused, true = refused + (not all(held)), true + all(held)
    return refused, true


def test_a_spoiled_store_is_refused_or_still_true() -> None:
    refused, true = spoiled(150, 1)
    assert refused > 50 and true > 5, (refused, true)


@pytest.mark.fuzz
def test_ten_thousand_spoiled_stores_are_refused_or_still_true() -> None:
    refused, true = spoiled(10_000, 2)
    assert refused > 2_000 and true > 500


def test_the_splits_of_a_tree_come_back_as_they_were_put_in() -> None:
    forest = Forest()
    leaves = [Multipliers(8, (n,), (1,)) for n in range(4)]
    splits = [[7, 0, 1, 2], [3, 1, -1, -2], [5, 0, -3, -4]]
    # depth first, the lower half before the upper one, as certificate.tree_of numbers them
    for tree, parts in ((splits, leaves), ([[2, 0, -1, 1], [4, 0, -2, -3]], leaves[:3]), ([], leaves[:1])):
        assert forest.splits(forest.tree(tree, parts)) == tree


def test_a_tree_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portfolio.proof.verify_zones.LARGEST_TREE", 1_000)
    program, data, _, _ = zones_of(1)
    column = int(np.flatnonzero(program.integer)[0])
    nodes = [[column, 0, -1, -1], *([column, 0, n, n] for n in range(60))]
    with pytest.raises(Unproven, match="without end"):
        verify_zones(program, {**data, "nodes": nodes}, (0, 1), [(60, [Fraction(0)] * 2)])


def test_halves_that_lead_back_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portfolio.proof.verify_zones.LARGEST_TREE", 1_000)
    program, data, _, _ = zones_of(1)
    column = int(np.flatnonzero(program.integer)[0])
    with pytest.raises(Unproven, match="without end"):
        verify_zones(program, {**data, "nodes": [[column, 0, 0, -1]]}, (0, 1), [(0, [Fraction(0)] * 2)])


# -- the store -------------------------------------------------------------------------------------------------------
def test_equal_parts_stand_once_and_places_stay() -> None:
    forest = Forest()
    a, b = Multipliers(8, (0,), (1,)), Multipliers(8, (1,), (-1,))
    first = forest.tree([[0, 0, 1, -1], [1, 2, -2, -3]], [a, b, a])
    second = forest.tree([[2, 0, 1, -1], [1, 2, -2, -3]], [b, b, a])
    assert len(forest.multipliers) == 2 and len(forest.nodes) == 3
    assert first != second and forest.tree([], [b]) == forest.leaf(b)
    part, places = forest.part([second])
    assert len(part.nodes) == 2 and places[second] == 1
    data = part.data("p", [0, 0])
    assert unpack(pack(data)) == data
    assert forest_of(data).nodes == part.nodes


def test_a_search_keeps_places_of_zones_inside_the_one_that_was_proven() -> None:
    program = assemble(instance(), load_model())
    done = certified(program, Fraction(1, 20), effort=Running(zones="tree"))
    assert isinstance(done.search, Search)
    rooted = [known for known in done.search.known.values() if known.proof == "tree"]
    assert rooted and all(known.root is not None for known in rooted)
