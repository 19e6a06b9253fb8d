"""Ties between payments are broken without touching a bound, and dives fix columns both ways. Tier: test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.numerics import TIE
from portfolio.program import Floats, Program
from portfolio.proof.boxed import BoxedLp, ties
from portfolio.proof.dive import dive
from portfolio.proof.multipliers import Lagrangian
from portfolio.schema.validate import parse_instance
from portfolio.solvers.relaxation import Relaxation
from tests.support.random_programs import enumerated, random_program
from tests.support.small_instances import small


def program_of(seed: int) -> Program:
    return assemble(parse_instance(small(seed)), load_model())


def lp_of(program: Program, cost: Floats) -> BoxedLp:
    return BoxedLp(Lagrangian(program, cost), Relaxation(program))


def test_only_amounts_without_a_cost_are_rewarded() -> None:
    program = program_of(3)
    cost = program.criteria.sum(axis=0)
    found, width = ties(program, cost), program.col_upper - program.col_lower
    rewarded = found > 0
    assert rewarded.any() and (found * width <= TIE).all() and (found >= 0).all()
    assert not (rewarded & (program.integer | (cost != 0) | (width == 1))).any()
    assert (rewarded | program.integer | (cost != 0) | (width == 1) | (width == 0)).all()


def test_a_column_that_may_be_negative_is_not_rewarded() -> None:
    """There a reward would raise the LP's value above the true one."""
    program = replace(random_program(3), criteria=np.zeros((2, random_program(3).n)))
    free = np.flatnonzero(~program.integer)
    low, high = np.zeros(program.n), np.full(program.n, 5.0)
    low[free[0]] = -1.0
    found = ties(replace(program, col_lower=low, col_upper=high), np.zeros(program.n))
    assert found[free[0]] == 0 and (found[free[1:]] > 0).all()


@pytest.mark.parametrize("seed", range(12))
def test_a_reward_lowers_the_value_by_less_than_it_may_and_no_bound_is_false(seed: int) -> None:
    program = program_of(seed)
    cost = program.criteria.sum(axis=0)
    lp, plain = lp_of(program, cost), Relaxation(program)
    plain.cost(cost / lp.size)
    answer, value = lp.solve(), plain.solve()
    assert value is not None
    if value == np.inf:
        assert answer.empty
        return
    true = value * lp.size
    room = 1e-6 * max(1.0, abs(true))
    assert true - TIE * program.n * lp.size - room <= answer.value <= true + room
    cut = lp.cut(answer, {}, np.inf, 0.0)
    assert cut is not None and cut.base <= true + room


@pytest.mark.parametrize("share", [0.1, 0.6, 1.0])
def test_a_dive_ends_in_a_solution_or_says_that_it_has_none(share: float) -> None:
    found = 0
    for seed in range(40):
        program = random_program(seed)
        cost = program.criteria.sum(axis=0)
        lp = lp_of(program, cost)
        if lp.solve().empty:
            continue
        x = dive(lp, {}, lp.x, np.inf, share=share)
        if x is None:
            continue
        found += 1
        assert len(lp.fractional(x)) == 0
        owner = np.repeat(np.arange(program.m), np.diff(program.indptr))
        rows = np.bincount(owner, program.data * x[program.indices], program.m)
        assert (rows >= program.row_lower - 1e-5).all() and (rows <= program.row_upper + 1e-5).all()
        assert (x >= program.col_lower - 1e-6).all() and (x <= program.col_upper + 1e-6).all()
        assert cost @ x >= enumerated(program, cost) - 1e-5
    assert found > 15


def test_columns_that_are_nearly_left_out_go_down() -> None:
    """min -x1 - x2 - x3 with x3 at 0.05 in the relaxation: one step fixes x3 at 0 before the half-taken column is decided."""
    program = Program(
        indptr=np.array([0, 2, 3], dtype=np.int32),
        indices=np.array([0, 1, 2], dtype=np.int32),
        data=np.array([1.0, 1.0, 1.0]),
        row_lower=np.array([-np.inf, -np.inf]),
        row_upper=np.array([1.5, 0.05]),
        col_lower=np.zeros(3),
        col_upper=np.ones(3),
        integer=np.array([True, True, True]),
        criteria=np.array([[-2.0, -1.0, -1.0]]),
        offsets=np.zeros(1),
        signs=(1,),
        names=("f",),
    )
    lp = lp_of(program, program.criteria[0])
    lp.solve()
    assert lp.x.tolist() == pytest.approx([1.0, 0.5, 0.05])
    boxes: list[dict[int, tuple[float, float]]] = []
    move = lp.move_to
    lp.move_to = lambda box: (boxes.append(dict(box)), move(box))[1]  # type: ignore[method-assign, assignment]
    x = dive(lp, {}, lp.x, np.inf, share=0.5)
    assert boxes[0] == {2: (0.0, 0.0)}
    assert x is not None and len(lp.fractional(x)) == 0 and round(float(x[2])) == 0
