"""LPs in widths of boxes: nothing is rounded, and answers come back in the Program's own units. Tier: test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portfolio.program import Program
from portfolio.proof.multipliers import Lagrangian
from portfolio.solvers.relaxation import Relaxation
from portfolio.solvers.scaling import Scaling
from tests.support.random_programs import random_program


def amounts_beside_shares() -> Program:
    """x: an amount up to 3,000; s: a share; x <= 2,000 s,   x + 500 s <= 1,500."""
    return Program(
        indptr=np.array([0, 2, 4], dtype=np.int32),
        indices=np.array([0, 1, 0, 1], dtype=np.int32),
        data=np.array([1.0, -2000.0, 1.0, 500.0]),
        row_lower=np.full(2, -np.inf),
        row_upper=np.array([0.0, 1500.0]),
        col_lower=np.zeros(2),
        col_upper=np.array([3000.0, 1.0]),
        integer=np.array([False, True]),
        criteria=np.array([[-1.0, 0.0]]),
        offsets=np.zeros(1),
        signs=(1,),
        names=("f",),
    )


def test_an_answer_is_in_the_programs_units() -> None:
    """max x: both rows hold, s = 0.6 and x = 1,200; duals by hand: y = (-0.2, -0.8), reduced costs nothing."""
    program = amounts_beside_shares()
    lp = Relaxation(program)
    lp.cost(program.criteria[0])
    assert lp.solve() == pytest.approx(-1200)
    assert lp.x.tolist() == pytest.approx([1200, 0.6])
    assert lp.duals.tolist() == pytest.approx([-0.2, -0.8])
    assert lp.reduced_costs.tolist() == pytest.approx([0, 0], abs=1e-9)


def test_moved_sides_bounds_and_further_rows_are_in_the_programs_units() -> None:
    program = amounts_beside_shares()
    lp = Relaxation(program)
    lp.cost(program.criteria[0])
    lp.bound_rows([1], np.array([-np.inf]), np.array([1000.0]))
    assert lp.solve() == pytest.approx(-800)
    lp.bound_columns([1], np.array([0.0]), np.array([0.25]))
    assert lp.solve() == pytest.approx(-500)
    assert lp.reduced_costs.tolist() == pytest.approx([0, -2000])
    assert lp.add_row(np.array([2.0, 0.0]), -np.inf, 600.0) == 2
    assert lp.solve() == pytest.approx(-300)
    assert lp.duals.tolist() == pytest.approx([0, 0, -0.5])
    lp.bound_rows([2], np.array([-np.inf]), np.array([400.0]))
    assert lp.solve() == pytest.approx(-200)


@pytest.mark.parametrize("width", [1e3, 1e6, 1e9, 1e12])
def test_a_wide_box_hides_nothing_of_what_lies_beside_it(width: float) -> None:
    """min x, x >= s, s >= 1: x = 1 however far x might go."""
    program = Program(
        indptr=np.array([0, 2, 3], dtype=np.int32),
        indices=np.array([0, 1, 1], dtype=np.int32),
        data=np.array([1.0, -1.0, 1.0]),
        row_lower=np.array([0.0, 1.0]),
        row_upper=np.full(2, np.inf),
        col_lower=np.zeros(2),
        col_upper=np.array([width, 1.0]),
        integer=np.zeros(2, dtype=bool),
        criteria=np.array([[1.0, 0.0]]),
        offsets=np.zeros(1),
        signs=(1,),
        names=("f",),
    )
    lp = Relaxation(program)
    lp.cost(program.criteria[0])
    assert lp.solve() == pytest.approx(1.0)
    assert lp.x.tolist() == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("seed", range(10))
def test_factors_are_powers_of_two_so_that_every_number_comes_back_as_it_was(seed: int) -> None:
    program = random_program(seed)
    wide = replace(program, col_upper=np.where(program.integer, program.col_upper, program.col_upper * 731.3))
    scaling = Scaling(wide)
    for factors in (scaling.rows, scaling.columns):
        assert (np.frexp(factors)[0] == 0.5).all()
    scaled = scaling.scaled(wide)
    owner = np.repeat(np.arange(wide.m), np.diff(wide.indptr))
    assert (scaled.data / scaling.rows[owner] / scaling.columns[wide.indices] == wide.data).all()
    assert (scaled.col_upper * scaling.columns == wide.col_upper).all()
    finite = np.isfinite(wide.row_upper)
    assert (scaled.row_upper[finite] / scaling.rows[finite] == wide.row_upper[finite]).all()
    boxes = scaled.col_upper - scaled.col_lower
    assert ((boxes == 0) | (boxes >= 0.7) & (boxes <= 1.5)).all()
    largest = np.maximum.reduceat(np.abs(scaled.data), wide.indptr[:-1][np.diff(wide.indptr) > 0])
    assert ((largest == 0) | (largest >= 0.7) & (largest <= 1.5)).all()


@pytest.mark.parametrize("seed", range(30))
def test_duals_and_rays_prove_what_the_relaxation_says(seed: int) -> None:
    program = random_program(seed)
    wide = replace(program, col_upper=np.where(program.integer, program.col_upper, program.col_upper * 977.0))
    cost = wide.criteria.sum(axis=0)
    lp, frame = Relaxation(wide), Lagrangian(wide, cost)
    lp.cost(cost)
    value = lp.solve()
    assert value is not None
    if value == np.inf:
        assert lp.ray is not None and frame.infeasible(lp.ray, {}, np.zeros(0)) is not None
        return
    assert frame.value(frame.cut_of(lp.duals, farkas=False), {}, np.zeros(0)) == pytest.approx(value, rel=1e-6, abs=1e-6)
    assert cost @ lp.x == pytest.approx(value, rel=1e-9, abs=1e-9)
