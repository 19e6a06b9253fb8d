"""A frontier file with anything in it spoiled is refused by the audit, or what it still says follows from it by the plain definitions. Tier: test, fuzz."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from portfolio.api import frontier_proofs
from portfolio.api.frontier_proofs import check_zones
from portfolio.audit import audit_frontier
from portfolio.audit import frontier as audited
from portfolio.audit.plan import check_plan
from portfolio.audit.verdict import Tally
from portfolio.errors import InvalidInput
from portfolio.formats.frontier_text import frontier_of
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.program import Program
from portfolio.proof import verify, verify_zones
from portfolio.results import Plan
from portfolio.schema.exact import to_fraction
from portfolio.schema.instance import Instance, content_hash
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance
from tests.support.frontier_reference import Reading, Wrong, ensure_certified, store_of, text_of
from tests.support.spoiled_frontiers import SPOILERS, files

Raw = dict[str, Any]


@cache
def program_of(text: str, tight: bool) -> Program:
    return assemble(parse_instance(json.loads(text)), load_model(), tight=tight)


@cache
def reading(text: str, criteria: tuple[str, ...], tight: bool) -> Reading:
    program = program_of(text, tight)
    return Reading(program, [program.names.index(name) for name in criteria])


def reading_of(raw: Raw) -> Reading:
    return reading(json.dumps(raw["instance"]), tuple(raw["certificate"]["criteria"]), raw["certificate"]["tight"])


@cache
def instance_of(text: str) -> Instance:
    return parse_instance(json.loads(text))


def once(function: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """The function, called once per key."""
    known: dict[Any, Any] = {}

    def call(*given: Any) -> Any:
        at = key(*given)
        if at not in known:
            # What was given is kept too: an id is one only as long as it lives.
            known[at] = function(*given), given
        return known[at][0]

    return call


def plan_check() -> Callable[..., Any]:
    """check_plan with its comparisons kept per instance and plan."""

    def tallied(instance: Instance, model: ModelSpec, plan: Plan) -> tuple[Tally, Any]:
        tally = Tally()
        return tally, check_plan(instance, model, plan, tally)

    kept = once(tallied, lambda instance, _, plan: (id(instance), plan.model_dump_json()))

    def call(instance: Instance, model: ModelSpec, plan: Plan, tally: Tally) -> Any:
        found, outcome = kept(instance, model, plan)
        tally.checks += found.checks
        tally.violations += found.violations
        for kind in found.unaudited:
            tally.unknown(kind)
        return outcome

    return call


@contextmanager
def quick() -> Iterator[None]:
    """What depends on the instance or a plan alone is worked out once, and trees that lead back to themselves are given up soon."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (frontier_proofs, audited):
            patch.setattr(module, "parse_instance", lambda raw: instance_of(json.dumps(raw)))
        patch.setattr(audited, "check_plan", plan_check())
        patch.setattr(frontier_proofs, "assemble", lambda instance, _, tight: program_of(json.dumps(instance.canonical()), tight))
        patch.setattr(verify, "digest", once(verify.digest, id))
        patch.setattr(verify, "_Columns", once(verify._Columns, lambda exact, limits, cost: (id(exact), limits, tuple(cost))))
        patch.setattr(verify_zones, "LARGEST_TREE", 5_000)
        yield


def accepted(raw: Raw) -> bool:
    """What `portfolio audit` says of the file."""
    try:
        found = frontier_of(raw)
        return audit_frontier(found).holds and check_zones(found).holds
    except InvalidInput:
        return False


def other_instance(raw: Raw, draw: random.Random, _others: object) -> None:
    """An amount of the instance is changed, and all hashes with it: the proofs are then about the new Program."""
    instance = raw["instance"]
    fund = draw.choice(instance["funds"])
    owner, name = draw.choice([(fund["years"], year) for year in fund["years"]] + [(p, "cost") for p in instance["programmes"]])
    amount = owner[name]["number"] if isinstance(owner[name], dict) else owner[name]
    changed = str(to_fraction(amount) * draw.choice((99, 101, 50, 200, 100)) / 100)
    owner[name] = {**owner[name], "number": changed} if isinstance(owner[name], dict) else changed
    parsed = parse_instance(instance)
    raw.update(instance=parsed.canonical(), instance_hash=parsed.hash)
    assert raw["instance_hash"] == content_hash(raw["instance"])
    store = store_of(raw["certificate"]["proofs"])
    store["program"] = verify.digest(program_of(json.dumps(raw["instance"]), raw["certificate"]["tight"]))
    raw["certificate"]["proofs"] = text_of(store)


def plans_of(raw: Raw) -> set[str]:
    """Its plans, however their numbers are written."""
    return {Plan.model_validate(point["plan"]).model_dump_json() for point in raw["points"]}


def campaign(count: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """(spoiled files that were refused, that still hold), by what was done. AssertionError: one was accepted that does not hold."""
    draw, refused, held = random.Random(seed), Counter[str](), Counter[str]()
    known = set().union(*(plans_of(raw) for raw in files()))
    while refused.total() + held.total() < count:
        which = draw.randrange(len(files()))
        raw, spoil = copy.deepcopy(files()[which]), draw.choice((*SPOILERS, other_instance))
        try:
            spoil(raw, draw, [other for n, other in enumerate(files()) if n != which])
        except (IndexError, ValueError):
            continue
        name = spoil.__name__
        if not accepted(raw):
            refused[name] += 1
            continue
        try:
            ensure_certified(raw, reading_of(raw))
        except Wrong as error:
            raise AssertionError(f"{name} of file {which} was accepted: {error}") from None
        if raw["instance"] == files()[which]["instance"]:
            assert plans_of(raw) <= known, name
        held[name] += 1
    return refused, held


def test_sound_files_hold_by_both_readings() -> None:
    for raw in files():
        with quick():
            assert accepted(raw)
        ensure_certified(raw, reading_of(raw))


def test_a_spoiled_file_is_refused_or_still_holds() -> None:
    with quick():
        refused, held = campaign(150, 1)
    assert refused.total() > 80 and held.total() > 5, (refused, held)


@pytest.mark.fuzz
@pytest.mark.parametrize("block", range(10))
def test_ten_thousand_spoiled_files_are_refused_or_still_hold(block: int) -> None:
    with quick():
        refused, held = campaign(1_000, 100 + block)
    print(
        f"block {block}: refused {refused.total()}, held {held.total()}", sorted((refused + held).items()), sorted(held.items()), sep="\n"
    )
    assert refused.total() > 600 and held.total() > 100
    # A lie of every kind is found, but for changes that are none (the tighter rows change nothing of these instances); a hash that is not the Program's always.
    assert set(refused) >= {spoil.__name__ for spoil in SPOILERS} - {"weaker", "without_proof", "rows_of_another_form"}
    assert not held["hash_of_program"] and not held["kind_of_number"]
