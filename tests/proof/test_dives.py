"""Dives fix columns both ways and end in a solution, or say that they have none. Tier: test."""

from __future__ import annotations

import numpy as np
import pytest

from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.program import Floats, Program
from portfolio.proof.boxed import BoxedLp
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
