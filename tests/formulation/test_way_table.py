"""The ways as arrays say what the ways themselves say, in floats and in rationals; ids of entries are made on demand."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from portfolio.api.generate import generate
from portfolio.formulation.arithmetic import Arithmetic
from portfolio.formulation.way_table import Coded, WayTable, spread, starts
from portfolio.program import Keys
from portfolio.schema.instance import Instance
from portfolio.schema.selector import Selector
from portfolio.schema.validate import parse_instance
from tests.support.small_instances import small

UNIT = Fraction(1, 10)


def instances() -> list[Instance]:
    return [generate(40, seed=2), *(parse_instance(small(seed)) for seed in range(20))]


@pytest.fixture(scope="module", params=(False, True), ids=("floats", "rationals"))
def tables(request: pytest.FixtureRequest) -> list[WayTable]:
    return [WayTable(instance, Arithmetic(request.param, UNIT)) for instance in instances()]


def test_a_selection_admits_the_same_ways_one_by_one_and_as_an_array(tables: list[WayTable]) -> None:
    draw = random.Random(4)
    for table in tables:
        values: dict[str, set[Any]] = {
            "fields": {w.field for w in table.ways}, "archetypes": {w.archetype for w in table.ways},
            "instruments": {w.instrument for w in table.ways}, "regions": {w.region for w in table.ways},
            "programmes": {w.programme for w in table.ways}, "tags": {tag for w in table.ways for tag in w.tags},
            "without_tags": {tag for w in table.ways for tag in w.tags},
        }  # fmt: skip
        for _ in range(40):
            lists = {name: [v for v in sorted(map(str, found - {None})) if draw.random() < 0.4] for name, found in values.items()}
            select = Selector.model_validate({name: chosen for name, chosen in lists.items() if draw.random() < 0.4})
            assert table.admitted(select).tolist() == [select.admits(w) for w in table.ways]


def test_a_fund_may_pay_the_same_ways(tables: list[WayTable]) -> None:
    for table in tables:
        for fund in table.instance.funds:
            assert table.payable(fund).tolist() == [table.instance.may_pay(w, fund) for w in table.ways]


def test_money_is_the_ways_own_rounded_at_most_once(tables: list[WayTable]) -> None:
    for table in tables:
        for name, amount in (
            ("cost", lambda w: w.cost),
            ("public", lambda w: w.public_cost),
            ("private", lambda w: w.cost - w.public_cost),
        ):
            expected = [amount(w) / UNIT for w in table.ways]
            assert getattr(table, name).tolist() == (expected if table.arithmetic.exact else [float(v) for v in expected])
        assert table.paid.tolist() == [w.public_cost != 0 for w in table.ways]
        third = table.part_of(table.public_part, range(len(table.ways)), (Fraction(1, 3) for _ in table.ways)).tolist()
        exact = [w.public_cost / 3 / UNIT for w in table.ways]
        assert third == (exact if table.arithmetic.exact else [float(v) for v in exact])


def test_amounts_are_listed_by_target_without_zeros(tables: list[WayTable]) -> None:
    for table, name in product(tables, ("contributes", "mitigates", "covers", "provides", "uses")):
        targets = {target for w in table.ways for target in getattr(w, name)} | {"nobody"}
        for target in targets:
            ways, values = table.amounts(name).of(target)
            expected = [(i, v) for i, w in enumerate(table.ways) if (v := getattr(w, name).get(target, 0))]
            assert list(zip(ways.tolist(), map(Fraction, values.tolist()), strict=True)) == [
                (i, v if table.arithmetic.exact else Fraction(float(v))) for i, v in expected
            ]


def test_windows_and_owners_are_the_ways_own(tables: list[WayTable]) -> None:
    for table in tables:
        assert table.window.tolist() == [[t in w.years for t in table.instance.years] for w in table.ways]
        for programme in table.instance.programmes:
            assert [table.ways[i].programme for i in table.ways_of(programme.id)] == [programme.id] * len(table.ways_of(programme.id))
        assert sum(len(table.ways_of(p.id)) for p in table.instance.programmes) == len(table.ways) and not table.ways_of("nobody")


def test_groups_are_spread_side_by_side() -> None:
    first = starts([2, 0, 3])
    place, member = spread(first, np.array([2, 1, 0, 2]))
    assert place.tolist() == [0, 0, 0, 2, 2, 3, 3, 3] and member.tolist() == [2, 3, 4, 0, 1, 2, 3, 4]
    assert [part.size for part in spread(first, np.array([], dtype=int))] == [0, 0]


def test_values_are_coded_in_order_of_appearance() -> None:
    coded = Coded.of(["b", None, "a", "b"])
    assert coded.words == ["b", None, "a"] and coded.code.tolist() == [0, 1, 2, 0]
    assert coded.where(word == "b" for word in coded.words).tolist() == [True, False, False, True]


def test_ids_are_a_sequence_of_tuples_and_leave_nothing_words_out() -> None:
    keys = Keys((["p", "q"], np.array([0, 1, 1])), ([None, 2], np.array([0, 0, 1])))
    expected = [("p",), ("q",), ("q", 2)]
    assert list(keys) == expected == [keys[n] for n in range(3)] and keys[-1] == ("q", 2) and keys[1:] == expected[1:]
    assert len(keys) == 3 and ("q", 2) in keys and keys.index(("q",)) == 1
    assert list(keys.take([2, 0])) == [("q", 2), ("p",)]
    assert list(keys.extended(range(2026, 2028), [1, 0, 1])) == [("p", 2027), ("q", 2026), ("q", 2, 2027)]
    with pytest.raises(IndexError):
        keys[3]
