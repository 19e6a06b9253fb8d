"""Program -> Pyomo ConcreteModel with named, indexed components, and the values of its variables back.

`model.take["small_uav", "grant"]`, `model.fund_ledger["defense_plan", 2026]`, `model.criterion["growth"]` (an expression in its natural sense) and one
active objective, `model.aim`. Every component's doc holds its equation and unit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

from portfolio.errors import UsageError
from portfolio.program import Block, Floats, Program
from portfolio.solvers.goal import Goal, natural
from portfolio.solvers.naming import key

OBJECTIVE, CRITERIA = "aim", "criterion"


def build_pyomo(program: Program, goal: Goal) -> Any:
    """The model, to be minimised. A family of columns and one of rows that share a name: the rows' gets an underscore."""
    model = pyo.ConcreteModel(name="portfolio", doc=f"{goal.title}: minimise {goal.says}; money in units of {goal.money}")
    for name, blocks in _merged(program.columns).items():
        _add_columns(model, program, name, blocks, goal)
    variables = columns_of(model, program)
    for name, blocks in _merged(program.rows).items():
        _add_rows(model, program, name, blocks, variables, goal)
    parts = [natural(program, q) for q in range(program.q)]
    doc = "criteria in natural sense: " + "; ".join(says for _, _, says in parts)
    criteria = pyo.Expression(list(program.names), doc=doc)
    model.add_component(free_name(model, CRITERIA), criteria)
    for name, (coefficients, constant, _) in zip(program.names, parts, strict=True):
        criteria[name] = linear(variables, coefficients, constant)
    objective = pyo.Objective(expr=linear(variables, goal.cost, goal.constant), sense=pyo.minimize, doc=goal.says)
    model.add_component(free_name(model, OBJECTIVE), objective)
    return model


def free_name(model: Any, name: str) -> str:
    """The name, with underscores where the model has something of that name already."""
    while hasattr(model, name):
        name += "_"
    return name


def family_of(model: Any, name: str, kind: Any) -> Any:
    """The component of a block: its name may have got underscores. None when there is none."""
    for tail in ("", "_", "__"):
        component = model.component(name + tail)
        if component is not None and component.ctype is kind:
            return component
    return None


def rows_of(model: Any, program: Program) -> list[Any]:
    """The model's constraints in the Program's order."""
    found: list[Any] = [None] * program.m
    for name, blocks in _merged(program.rows).items():
        family = family_of(model, name, pyo.Constraint)
        for at, i in zip(_keys(blocks), _ids(blocks), strict=True):
            found[i] = family[None if at == () else at]
    return found


def _merged(blocks: Sequence[Block]) -> dict[str, list[Block]]:
    found: dict[str, list[Block]] = {}
    for block in blocks:
        if block.size:
            found.setdefault(block.name, []).append(block)
    return found


def _keys(blocks: Sequence[Block]) -> list[Any]:
    return [key(entry) for block in blocks for entry in block.index]


def _ids(blocks: Sequence[Block]) -> list[int]:
    return [j for block in blocks for j in range(block.start, block.start + block.size)]


def _indexed(model: Any, kind: Any, name: str, blocks: Sequence[Block], goal: Goal) -> tuple[Any, list[Any]]:
    """A new component over the keys of the blocks (keys of different length may share a family), and its keys."""
    keys, doc = _keys(blocks), goal.doc(" / ".join(dict.fromkeys(b.doc for b in blocks)))
    if keys == [()]:
        component = kind(doc=doc)
        model.add_component(free_name(model, name), component)
        return component, [None]
    index = pyo.Set(initialize=keys, dimen=None)
    model.add_component(free_name(model, f"{name}_index"), index)
    component = kind(index, doc=doc)
    model.add_component(free_name(model, name), component)
    return component, keys


def _add_columns(model: Any, program: Program, name: str, blocks: Sequence[Block], goal: Goal) -> None:
    family, keys = _indexed(model, pyo.Var, name, blocks, goal)
    for at, j in zip(keys, _ids(blocks), strict=True):
        low, high = float(program.col_lower[j]), float(program.col_upper[j])
        variable = family[at]
        if program.integer[j]:
            variable.domain = pyo.Binary if (low, high) == (0.0, 1.0) else pyo.Integers
        variable.setlb(low)
        variable.setub(high)


def _add_rows(model: Any, program: Program, name: str, blocks: Sequence[Block], variables: Sequence[Any], goal: Goal) -> None:
    family, keys = _indexed(model, pyo.Constraint, name, blocks, goal)
    for at, i in zip(keys, _ids(blocks), strict=True):
        inside = slice(program.indptr[i], program.indptr[i + 1])
        low, high = float(program.row_lower[i]), float(program.row_upper[i])
        made = row(variables, program.indices[inside].tolist(), program.data[inside].tolist(), low, high)
        if at is None:
            family.set_value(made)
        else:
            family[at] = made


def row(variables: Sequence[Any], columns: Sequence[int], values: Sequence[float], low: float, high: float) -> Any:
    """A constraint's tuple; a row without entries keeps a zero, for Pyomo takes no constant as a constraint."""
    columns, values = (columns, values) if len(columns) else ([0], [0.0])
    body = LinearExpression(constant=0, linear_coefs=list(values), linear_vars=[variables[j] for j in columns])
    if low == high:
        return (body, low)
    return (low if math.isfinite(low) else None, body, high if math.isfinite(high) else None)


def linear(variables: Sequence[Any], coefficients: Floats, constant: float = 0.0) -> Any:
    """sum of coefficients (n,) times variables plus a constant."""
    used = np.flatnonzero(coefficients).tolist()
    return LinearExpression(constant=constant, linear_coefs=coefficients[used].tolist(), linear_vars=[variables[j] for j in used])


def columns_of(model: Any, program: Program) -> list[Any]:
    """The model's variables in the Program's order. Raises UsageError when one is gone."""
    found: list[Any] = [None] * program.n
    for name, blocks in _merged(program.columns).items():
        family = family_of(model, name, pyo.Var)
        for at, j in zip(_keys(blocks), _ids(blocks), strict=True):
            try:
                found[j] = family[None if at == () else at]
            except (KeyError, TypeError):
                raise UsageError(
                    f"the Pyomo model has no variable {name}{list(at) if isinstance(at, tuple) else [at]}: was it made from this instance?",
                    f"Pyomoモデルに変数 {name} {at} がありません。このデータから作ったモデルですか？",
                ) from None
    return found


def read_pyomo(model: Any, program: Program) -> Floats:
    """x (n,) of a solved model. Raises UsageError when it holds no solution."""
    values = [variable.value for variable in columns_of(model, program)]
    if all(value is None for value in values):
        raise UsageError("this Pyomo model holds no solution: solve it first", "このPyomoモデルには解がありません。先に solve してください")
    resting = np.clip(np.zeros(program.n), program.col_lower, program.col_upper).tolist()
    return np.array([rest if value is None else value for rest, value in zip(resting, values, strict=True)], dtype=np.float64)
