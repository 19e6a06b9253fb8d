"""A session that moves to another instance answers like a new one: in place where only numbers differ, anew where the structure does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from portfolio.api.generate import generate
from portfolio.api.public import load
from portfolio.formulation.assemble import assemble
from portfolio.library import load_model
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

SPEC = load_model()
Change = Callable[[dict[str, Any]], None]


def changed(instance: Instance, change: Change) -> Instance:
    raw = instance.canonical()
    change(raw)
    return parse_instance(raw)


def double_costs(raw: dict[str, Any]) -> None:
    for programme in raw["programmes"]:
        for option in programme.get("options", ()):
            if "cost" in option:
                option["cost"] = option["cost"] * 2


def more_money(raw: dict[str, Any]) -> None:
    for fund in raw["funds"]:
        fund["years"] = {year: amount + 40 for year, amount in fund["years"].items()}


def other_effects(raw: dict[str, Any]) -> None:
    for n, programme in enumerate(raw["programmes"]):
        programme["effects"] = dict.fromkeys(programme.get("effects", {}), 1 + n)


def no_programme(raw: dict[str, Any]) -> None:
    raw["programmes"][-1]["forbidden"] = True


def fewer(raw: dict[str, Any]) -> None:
    del raw["rules"][-1]


@pytest.mark.parametrize("change", [double_costs, more_money, other_effects, no_programme, fewer])
def test_moving_there_and_back_answers_like_new_sessions(change: Change) -> None:
    here = generate(7, seed=3)
    there = changed(here, change)
    session = Session(here, SPEC)
    weights = np.array([1e-2, 1e-2, 1.0])
    for instance in (there, here):
        session.move_to(instance, assemble(instance, SPEC))
        fresh = Session(instance, SPEC).minimise(weights, Ask())
        moved = session.minimise(weights, Ask())
        assert moved.verdict == fresh.verdict == "optimal"
        assert moved.objective == pytest.approx(fresh.objective, abs=1e-6)


def test_after_a_move_the_solver_holds_the_new_numbers() -> None:
    here = generate(7, seed=3)
    session = Session(here, SPEC)
    for change in (more_money, double_costs, fewer):
        there = changed(here, change)
        program = assemble(there, SPEC)
        session.move_to(there, program)
        held = session.solver._highs.getLp()  # type: ignore[attr-defined]
        m = program.m
        assert np.array_equal(np.array(held.row_upper_)[:m], np.array(program.row_upper).clip(max=held.row_upper_[m]))
        assert np.array_equal(held.col_upper_, program.col_upper)
        dense = np.zeros((m + program.q, program.n))
        start, index, value = (np.array(part) for part in (held.a_matrix_.start_, held.a_matrix_.index_, held.a_matrix_.value_))
        if "Colwise" in str(held.a_matrix_.format_):
            dense[index, np.repeat(np.arange(program.n), np.diff(start))] = value
        else:
            dense[np.repeat(np.arange(m + program.q), np.diff(start)), index] = value
        known = np.zeros((m, program.n))
        known[np.repeat(np.arange(m), np.diff(program.indptr)), program.indices] = program.data
        assert np.array_equal(dense[:m], known)
        session.move_to(here, assemble(here, SPEC))


def test_floors_on_criteria_follow_the_move() -> None:
    here = generate(7, seed=3)
    there = changed(here, other_effects)
    session, fresh = Session(here, SPEC), Session(there, SPEC)
    session.move_to(there, fresh.program)
    limit = {0: 0.5 * fresh.minimise(np.array([1.0, 0, 0]), Ask()).objective}
    weights = np.array([0.0, 1.0, 0.0])
    assert session.minimise(weights, Ask(), limit).objective == pytest.approx(fresh.minimise(weights, Ask(), limit).objective, abs=1e-6)


def test_taking_fixes_the_ways_and_lets_them_go_again() -> None:
    session = Session(load("toy"), SPEC)
    weights = np.ones(session.program.q)
    take = session.program.block("take")
    assert take is not None
    free = session.minimise(weights, Ask())
    assert free.x is not None
    chosen = {key: round(v) for key, v in zip(take.index, free.x[take.span], strict=True) if v > 0.5}
    with session.taking(chosen):
        assert session.minimise(weights, Ask()).objective == pytest.approx(free.objective, abs=1e-6)
    with session.taking({}):
        nothing = session.minimise(weights, Ask())
        assert nothing.x is None or not nothing.x[take.span].any()
    assert session.minimise(weights, Ask()).objective == pytest.approx(free.objective, abs=1e-6)
