"""Program -> PuLP problem with the names of the instance, and the values of its variables back.

PuLP reads brackets and hyphens in names as algebra and has no indexed families: variable `take[small_uav,grant]` is called
`take(small_uav,grant)` and also stands as `problem.columns["take"]["small_uav", "grant"]`; rows alike in `problem.rows`.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pulp

from portfolio.errors import UsageError
from portfolio.program import Block, Floats, Program
from portfolio.solvers.goal import Goal, natural
from portfolio.solvers.naming import codes, key, labels
from portfolio.solvers.sides import one_sided

Family = dict[Any, Any]
"""Key of an entry -> variable or constraint; a key of one part stands without its tuple, a scalar has the key ()."""


class NamedProblem(pulp.LpProblem):  # type: ignore[misc]
    """A PuLP problem that also finds its parts by family and key.

    columns, rows: family -> key -> variable, constraint · criteria: id -> expression in natural sense · docs: family -> equation and unit
    origin: where it came from (set by portfolio.to_pulp) · order: its variables in the Program's order
    """

    def __init__(self, name: str) -> None:
        super().__init__(name, pulp.LpMinimize)
        self.columns: dict[str, Family] = {}
        self.rows: dict[str, Family] = {}
        self.criteria: dict[str, Any] = {}
        self.docs: dict[str, str] = {}
        self.origin: Any = None
        self.order: list[Any] = []


def build_pulp(program: Program, goal: Goal) -> NamedProblem:
    """The problem, to be minimised. A row with two sides that both matter becomes two constraints, the second named `...~upper`."""
    problem = NamedProblem("portfolio")
    variables = problem.order = _variables(program)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PuLP 4 registers variables itself
        problem.addVariables(variables)
    problem.columns = families(program.columns, variables)
    problem.docs = {b.name: goal.doc(b.doc) for b in (*program.columns, *program.rows)}
    problem.setObjective(expression(variables, goal.cost, goal.constant, unused=_unused(program)))
    problem.objective.name = "aim"
    for q, name in enumerate(program.names):
        coefficients, constant, _ = natural(program, q)
        problem.criteria[name] = expression(variables, coefficients, constant)
        problem.docs[f"criterion {name}"] = natural(program, q)[2]
    problem.rows = families(program.rows, _constraints(program, problem, variables))
    return problem


def _variables(program: Program) -> list[Any]:
    names = codes(labels(program.columns), "lp")
    kinds = {True: pulp.LpInteger, False: pulp.LpContinuous}
    bounds = zip(names, program.col_lower.tolist(), program.col_upper.tolist(), program.integer.tolist(), strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return [pulp.LpVariable(name, low, high, kinds[whole]) for name, low, high, whole in bounds]


def expression(variables: Sequence[Any], coefficients: Floats, constant: float = 0.0, unused: Iterable[int] = ()) -> Any:
    """sum of coefficients (n,) times variables; `unused` columns get a zero so that solvers are told of them."""
    used = np.flatnonzero(coefficients)
    terms = {variables[j]: 0.0 for j in unused} | {variables[j]: v for j, v in zip(used.tolist(), coefficients[used].tolist(), strict=True)}
    return pulp.LpAffineExpression(terms, constant=constant)


def _unused(program: Program) -> list[int]:
    seen = np.zeros(program.n, dtype=bool)
    seen[program.indices] = True
    return np.flatnonzero(~seen).tolist()


def constraints(name: str, terms: dict[Any, float], low: float, high: float) -> list[Any]:
    """None for a free row, one, or two constraints."""
    body = pulp.LpAffineExpression(terms)
    if low == high:
        return [pulp.LpConstraint(body, pulp.LpConstraintEQ, name, low)]
    both = math.isfinite(low) and math.isfinite(high)
    made = [pulp.LpConstraint(body, pulp.LpConstraintGE, name, low)] if math.isfinite(low) else []
    if math.isfinite(high):
        made.append(pulp.LpConstraint(body, pulp.LpConstraintLE, f"{name}~upper" if both else name, high))
    return made


def _constraints(program: Program, problem: NamedProblem, variables: Sequence[Any]) -> list[Any]:
    """Adds the rows; per row its constraint (the first of two, None for a free one)."""
    lower, upper = one_sided(program)
    names = codes(labels(program.rows), "lp")
    indptr, indices, data = program.indptr.tolist(), program.indices.tolist(), program.data.tolist()
    found: list[Any] = []
    for i, (name, low, high) in enumerate(zip(names, lower.tolist(), upper.tolist(), strict=True)):
        entries = range(indptr[i], indptr[i + 1])
        made = constraints(name, {variables[indices[k]]: data[k] for k in entries}, low, high)
        for constraint in made:
            problem.addConstraint(constraint)
        found.append(made[0] if made else None)
    return found


def families(blocks: Sequence[Block], parts: Sequence[Any]) -> dict[str, Family]:
    """Parts in order of the blocks -> family -> key -> part."""
    found: dict[str, Family] = {}
    for block in blocks:
        family = found.setdefault(block.name, {})
        for entry, part in zip(block.index, parts[block.span], strict=True):
            family[key(entry)] = part
    return found


def read_pulp(problem: Any, program: Program) -> Floats:
    """x (n,) of a solved problem. Raises UsageError when it holds no solution. Variables are found by name, so copies work too."""
    by_name = {variable.name: variable.varValue for variable in problem.variables()}
    found = [by_name.get(name) for name in codes(labels(program.columns), "lp")]
    if all(value is None for value in found):
        raise UsageError("this PuLP problem holds no solution: solve it first", "このPuLPモデルには解がありません。先に solve してください")
    resting = np.clip(np.zeros(program.n), program.col_lower, program.col_upper)
    return np.array([rest if value is None else value for rest, value in zip(resting.tolist(), found, strict=True)], dtype=np.float64)
