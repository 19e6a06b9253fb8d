"""Tight rows admit the same plans and fewer fractions of them. Tier: test."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio.api.generate import generate
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.program import Program
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask
from tests.support.small_instances import small

SPEC = load_model()
CAPPED = [seed for seed in range(60) if any(b.name == "project_cap" for b in assemble(parse_instance(small(seed)), SPEC).rows)]


def both(instance: Instance) -> tuple[Program, Program]:
    return assemble(instance, SPEC), assemble(instance, SPEC, tight=True)


def best(program: Program, cost: np.ndarray, relax: bool = False) -> float:
    return Highs(program).minimise(cost, Ask(relax=relax)).objective


@pytest.mark.parametrize("seed", CAPPED)
def test_the_best_plans_are_the_same_and_the_relaxation_is_no_weaker(seed: int) -> None:
    loose, tight = both(parse_instance(small(seed)))
    for weights in np.vstack([np.eye(loose.q), np.ones(loose.q)]):
        cost = weights @ loose.criteria
        room = 1e-6 * max(1.0, float(np.abs(cost).max()))
        assert best(tight, cost) == pytest.approx(best(loose, cost), abs=10 * room) or best(tight, cost) == best(loose, cost) == np.inf
        assert best(tight, cost, relax=True) >= best(loose, cost, relax=True) - room


def test_the_relaxation_gains_where_a_cap_lets_half_a_way_have_it_all() -> None:
    loose, tight = both(generate(40, seed=1))
    cost = loose.criteria.sum(axis=0)
    assert best(tight, cost, relax=True) > best(loose, cost, relax=True) + 1e-6


def test_only_the_cap_rows_differ_also_in_exact_numbers() -> None:
    for seed in CAPPED[:8]:
        loose, tight = both(parse_instance(small(seed)))
        assert [b.name for b in loose.columns] == [b.name for b in tight.columns] and [b.name for b in loose.rows] == [
            b.name for b in tight.rows
        ]
        for a, b in ((loose, tight), (loose.exact, tight.exact)):
            caps = next(b for b in a.rows if b.name == "project_cap")
            for row in range(a.m):
                here, there = (dict(zip(p.indices[s], p.data[s])) for p in (a, b) for s in [slice(p.indptr[row], p.indptr[row + 1])])
                if caps.start <= row < caps.start + caps.size:
                    (column,) = set(there) - set(here)
                    assert a.integer[column] and there[column] == -a.row_upper[row] and b.row_upper[row] == 0
                    assert here == {j: v for j, v in there.items() if j != column}
                else:
                    assert here == there and a.row_upper[row] == b.row_upper[row] and a.row_lower[row] == b.row_lower[row]
