"""Indices of functions whose indices are known, pushed through the same pipeline: design, engine, store, analysis."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction as F
from math import pi, sin
from typing import Any

import numpy as np
import pytest

from portfolio.engine.store import Store
from portfolio.engine.threads import Threads
from portfolio.engine.work import Task, carry_out
from portfolio.results.sweep import Design, DesignKind, Factor, Run, Share, Sweep
from portfolio.sensitivity import designs
from portfolio.sensitivity.bench import question
from portfolio.sensitivity.shares import ALL, shares_of

FACTORS = tuple(Factor(id=f"x{n + 1}", mode="own", paths=(f"x{n + 1}",), source="odd" if n % 2 == 0 else "even") for n in range(3))
Function = Callable[[Sequence[float]], float]


def ishigami(u: Sequence[float]) -> float:
    """Ishigami, Homma (1990) with a = 7, b = 0.1 on [-pi, pi]^3."""
    x = [2 * pi * v - pi for v in u]
    return sin(x[0]) + 7 * sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * sin(x[0])


def linear(u: Sequence[float]) -> float:
    return 3 * u[0] - 2 * u[1] + 0 * u[2]


@dataclass(frozen=True)
class Function_:
    """A function in place of the solver."""

    function: Function
    key: str = "function"

    def __call__(self) -> Any:
        def bench(asked: dict[str, Any], stop: threading.Event, /) -> dict[str, Any]:
            value = self.function([float(F(u)) for u in asked["levels"]])
            return {"status": "optimal", "criteria": {"y": value}, "aim": value, "bound": value}

        return bench


def pushed(kind: DesignKind, function: Function, runs: int, holes: Sequence[int] = ()) -> dict[str, Share]:
    """Shares of `y` by factor, and by source as `source:NAME`."""
    made = {"sobol": lambda: designs.sobol(FACTORS, runs, 1), "morris": lambda: designs.morris(FACTORS, runs, 1),
            "monte-carlo": lambda: designs.monte_carlo(FACTORS, runs, 1, "lhs")}[kind]()  # fmt: skip
    tasks = [Task(str(n), question(point)) for n, point in enumerate(made)]
    stop = threading.Event()
    with Store() as store:
        pool = Threads(Function_(function), 2, stop)
        found = carry_out(tasks, pool, store, stop)
        pool.close()
    runs_ = [Run.model_validate({**found[str(n)], "number": n, "levels": point}) for n, point in enumerate(made) if n not in holes]
    sweep = Sweep(
        status="complete", instance_hash="", model_hash="", instance={}, model={}, aim={},
        design=Design(kind=kind, factors=FACTORS, points=tuple(made)), runs=tuple(runs_),
    )  # fmt: skip
    return {s.of if s.group == "factor" else f"source:{s.of}": s for s in shares_of(sweep) if s.output == "y"}


def test_sobol_indices_of_ishigami() -> None:
    found = pushed("sobol", ishigami, 20_480)
    for name, first, total in (("x1", 0.3139, 0.5576), ("x2", 0.4424, 0.4424), ("x3", 0.0, 0.2437)):
        assert found[name].first == pytest.approx(first, abs=0.02), name
        assert found[name].total == pytest.approx(total, abs=0.02), name
    assert found["source:odd"].first == pytest.approx(0.3139, abs=0.03)
    assert found["source:even"].first == pytest.approx(0.4424, abs=0.02)
    assert found[f"source:{ALL}"].first == pytest.approx(0.7563, abs=0.04)


def test_runs_without_a_plan_take_their_block_with_them() -> None:
    found = pushed("sobol", ishigami, 20_480, holes=(7, 8, 4000))
    assert found["x1"].first == pytest.approx(0.3139, abs=0.02)
    assert found["x3"].total == pytest.approx(0.2437, abs=0.02)
    assert pushed("morris", linear, 40, holes=(0,))["x1"].mu_star == pytest.approx(3)


def test_morris_effects_of_a_linear_function_are_its_slopes() -> None:
    found = pushed("morris", linear, 40)
    assert [found[x].mu_star for x in ("x1", "x2", "x3")] == pytest.approx([3, 2, 0], abs=1e-4)
    assert [found[x].sigma for x in ("x1", "x2", "x3")] == pytest.approx([0, 0, 0], abs=1e-4)


def test_morris_sees_the_interaction_and_curvature_of_ishigami() -> None:
    found = pushed("morris", ishigami, 400)
    # x3 acts only together with x1: its mean effect comes with as large a deviation.
    assert found["x3"].mu_star > 1
    assert found["x3"].sigma >= found["x3"].mu_star
    assert found["x1"].mu_star > found["x3"].mu_star


def test_monte_carlo_shares_of_a_linear_function() -> None:
    found = pushed("monte-carlo", linear, 2000)
    assert found["x1"].first == pytest.approx(9 / 13, abs=0.05)
    assert found["x2"].first == pytest.approx(4 / 13, abs=0.05)
    assert "x3" not in found, "noise is not told as a share"
    assert found[f"source:{ALL}"].first == pytest.approx(1, abs=0.05)


def test_designs_are_seeded_exact_and_as_described() -> None:
    points = designs.monte_carlo(FACTORS, 50, 3, "lhs")
    assert points == designs.monte_carlo(FACTORS, 50, 3, "lhs")
    assert points != designs.monte_carlo(FACTORS, 50, 4, "lhs")
    for column in np.array(points, dtype=float).T:
        assert sorted(np.minimum(np.floor(column * 50), 49)) == list(range(50)), "one point in each of 50 strata"
    assert len(designs.monte_carlo(FACTORS, 33, 0, "sobol")) == 33
    assert designs.tornado(FACTORS)[3] == (None, F(1), None)
    assert len(designs.tornado(FACTORS)) == 6
    assert designs.grid(FACTORS[:1], 3) == [(F(0),), (F(1, 2),), (F(1),)]
    assert len(designs.grid(FACTORS[:2], 25)) == 25
    lattice = designs.simplex(FACTORS, 30)
    assert len(lattice) == len(set(lattice)) == 28
    assert all(sum(u for u in point if u is not None) == 1 for point in lattice)
