"""What holds for every Program: finite bounds, unique labels, rule ids, an exact twin, and the place of each number."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from portfolio.api.generate import generate
from portfolio.errors import UsageError
from portfolio.formulation.assemble import assemble, component, register
from portfolio.library import load_model
from portfolio.program import Program
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from tests.support.small_instances import small

SPEC = load_model()
ARRAYS = ("data", "row_lower", "row_upper", "col_lower", "col_upper", "criteria", "offsets")


def instances() -> list[Instance]:
    """Generated ones of several sizes and shapes, and tiny ones with every feature."""
    sizes = [(1, {}), (3, {"years": 1, "funds": 1}), (40, {"criteria": 4}), (60, {"options": 1, "years": 3, "fields": 30, "archetypes": 7})]
    return [*(generate(n, seed=n, **extra) for n, extra in sizes), *(parse_instance(small(seed)) for seed in range(60))]


@pytest.fixture(scope="module")
def programs() -> list[tuple[Instance, Program]]:
    return [(i, assemble(i, SPEC)) for i in instances()]


def test_every_column_has_finite_bounds_in_order(programs: list[tuple[Instance, Program]]) -> None:
    for _, program in programs:
        assert np.isfinite(program.col_lower).all() and np.isfinite(program.col_upper).all()
        assert (program.col_lower <= program.col_upper).all()
        assert np.isfinite(program.data).all() and np.isfinite(program.criteria).all()


def test_labels_are_unique_and_cover_every_row_and_column(programs: list[tuple[Instance, Program]]) -> None:
    for _, program in programs:
        for labels in ([program.col_label(j) for j in range(program.n)], [program.row_label(i) for i in range(program.m)]):
            twice = [label for label, times in Counter(labels).items() if times > 1]
            assert not twice
        assert sum(b.size for b in program.columns) == program.n and sum(b.size for b in program.rows) == program.m


def test_rows_of_rules_and_ceilings_carry_the_id_of_the_instance(programs: list[tuple[Instance, Program]]) -> None:
    for instance, program in programs:
        named = {*(r.id for r in instance.rules), *(c.id for c in instance.ceilings), *(c.id for c in instance.capacities)}
        named |= {g.id for g in instance.match_groups}
        structure = {b.name for b in program.rows}
        assert {program.rule_of(i) for i in range(program.m)} <= named | structure


def test_the_exact_form_equals_the_float_form(programs: list[tuple[Instance, Program]]) -> None:
    for _, program in programs[:1] + programs[4:24]:
        exact = program.exact
        assert (
            (exact.indptr == program.indptr).all() and (exact.indices == program.indices).all() and (exact.integer == program.integer).all()
        )
        for name in ARRAYS:
            values = getattr(exact, name).ravel()
            assert all(isinstance(v, (Fraction, int)) or v in (float("inf"), -float("inf")) for v in values), name
            np.testing.assert_allclose(values.astype(float), getattr(program, name).ravel(), rtol=1e-12, atol=1e-12)


def test_money_lies_within_three_digits_whatever_its_unit(programs: list[tuple[Instance, Program]]) -> None:
    for instance, program in programs:
        amounts = [way.public_cost * way.units for way in instance.ways] + [q.number for f in instance.funds for q in f.years.values()]
        assert max(amounts) / program.money_unit < 1000


def test_the_generator_is_deterministic_and_its_seeds_differ() -> None:
    assert generate(20, seed=3).hash == generate(20, seed=3).hash
    assert generate(20, seed=3).hash != generate(20, seed=4).hash


@pytest.mark.parametrize("arguments", [{"programmes": 0}, {"programmes": 5, "funds": 0}, {"programmes": 5, "criteria": 5}])
def test_the_generator_refuses_impossible_sizes(arguments: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        generate(**arguments)


def test_the_generator_names_everything_in_both_languages_and_uses_all_kinds_of_rules() -> None:
    instance = generate(80, seed=1)
    for collection in (instance.fields, instance.archetypes, instance.funds, instance.programmes, instance.needs, instance.exposures):
        assert all(entry.name.en and entry.name.ja and entry.name.en != entry.name.ja for entry in collection)
    kinds = {"requires", "excludes", "at_least", "synergy", "dual_use", "focus", "diversify", "share", "max_funds", "fund_exclusion"}
    assert kinds | {"criterion_bound", "linear", "persistence"} <= {r.kind for r in instance.rules}
    demand = sum(max(w.public_cost * w.units for w in instance.ways if w.programme == p.id) for p in instance.programmes)
    money = sum(q.number for f in instance.funds for q in f.years.values())
    assert 1.8 < demand / money < 3.2


def test_a_thousand_programmes_are_assembled_with_every_number_finite() -> None:
    program = assemble(generate(1000, seed=1), SPEC)
    assert program.n > 20_000 and len(program.data) > 100_000
    assert all(np.isfinite(v).all() for v in (program.data, program.criteria, program.col_lower, program.col_upper))


def test_a_component_is_registered_once_and_a_miss_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="exists already"):
        register("choice", component("choice"))
    with pytest.raises(UsageError, match="did you mean `ceilings`"):
        component("ceiling")
