"""The public names: they exist, are typed and described, and cost nothing to import."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import portfolio
from portfolio.api import doors, frames, public
from portfolio.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", portfolio.__all__)
def test_every_public_function_is_typed_and_described(name: str) -> None:
    function = getattr(portfolio, name)
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())
    assert function.__doc__ and len(function.__doc__) > 40


def test_the_list_of_names_is_sorted_complete_and_offered_by_dir() -> None:
    assert list(portfolio.__all__) == sorted(portfolio._HOMES)
    assert set(portfolio.__all__) <= set(dir(portfolio))
    with pytest.raises(AttributeError, match="public: "):
        portfolio.nothing  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, portfolio; print([m for m in ('numpy', 'pandas', 'highspy', 'pulp', 'pyomo', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", [public, frames, doors], ids=lambda m: m.__name__)
def test_the_docstrings_examples_hold(module: object) -> None:
    failed, tried = doctest.testmod(module)  # type: ignore[arg-type]
    assert (failed, tried > 0) == (0, True)


def test_frames_add_up_to_the_plan_in_the_instances_unit() -> None:
    result = portfolio.solve("toy", gap=0)
    made = portfolio.plan_frames(result)
    assert result.plan is not None
    grid = made["payments"].attrs["grid"]
    whole = sum(p.amount for c in result.plan.choices for p in c.payments)
    assert made["payments"]["amount"].sum() == pytest.approx(whole * grid)
    assert made["choices"]["public"].sum() == pytest.approx(whole * grid)
    assert made["criteria"].loc["growth" if "growth" in made["criteria"].index else made["criteria"].index[0], "value"] > 0


def test_a_result_without_a_plan_has_no_frames() -> None:
    result = portfolio.solve("toy").model_copy(update={"plan": None, "status": "infeasible"})
    with pytest.raises(UsageError, match="infeasible"):
        portfolio.plan_frames(result)


def test_floors_and_order_are_asked_in_words() -> None:
    name = portfolio.load("toy").criteria[0].id
    best = portfolio.solve("toy", lexicographic=(name,), gap=0).plan.criteria[name]
    assert portfolio.solve("toy", floors={name: best}, gap=0).plan.criteria[name] >= best
