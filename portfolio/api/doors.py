"""An instance as a Pyomo model, a PuLP problem, an MPS or LP file - and answers of any solver back as an audited plan.

Money stands in the Program's unit (`program.money_unit` instance units, a power of ten that keeps numbers solvable); every doc names it.
Objectives
are minimised; a weighted aim is normalised as in `solve`: 0 = every criterion at its best bound, 1 = at its worst.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

from portfolio.api.aimed import AimLike, Model, Origin, Ranges, aimed, as_aim, objective_of, ranges_for
from portfolio.api.aims import resolve_aim
from portfolio.api.record import versions
from portfolio.errors import AuditFailed, UsageError
from portfolio.formats.files import write_text
from portfolio.formulation.cells import as_view
from portfolio.library import DEFAULT_MODEL, load_model
from portfolio.program import Floats, Program
from portfolio.results import Audit, Result
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import Instance, content_hash
from portfolio.session import Session


# -- out -----------------------------------------------------------------------------------------------------------
def to_pyomo(instance: Instance, model: Model = DEFAULT_MODEL, aim: AimLike = None, ranges: Ranges | None = None) -> Any:
    """A `pyomo.environ.ConcreteModel`, ready for constraints of your own and any solver of Pyomo.

    Components carry the instance's ids - `m.take["small_uav", "grant"]`, `m.fund_ledger["defense_plan", 2026]`, `m.criterion["growth"]` (an
    expression, natural sense) - and one active objective `m.aim`, minimised; docs hold equation and unit. Raises UsageError.
    Source: the components of portfolio/formulation, through the same Program that `solve` uses.

    >>> import portfolio, pyomo.environ as pyo
    >>> instance = portfolio.load("toy")
    >>> m = portfolio.to_pyomo(instance)
    >>> _ = pyo.SolverFactory("appsi_highs").solve(m)
    >>> portfolio.plan_from_pyomo(instance, m).audit.violated
    0
    """
    from portfolio.solvers.pyomo_model import build_pyomo

    exported = aimed(instance, model, aim, ranges)
    built = build_pyomo(exported.program, exported.goal)
    built.portfolio_origin = exported.origin
    return built


def to_pulp(instance: Instance, model: Model = DEFAULT_MODEL, aim: AimLike = None, ranges: Ranges | None = None) -> Any:
    """A `pulp.LpProblem`, ready for constraints of your own and any solver of PuLP.

    PuLP has no indexed components and reads brackets as algebra: variables are called `take(small_uav,grant)` and also stand as
    `p.columns["take"]["small_uav", "grant"]`, rows in `p.rows`, criteria (natural sense) in `p.criteria["growth"]`, equations and units in `p.docs`.
    Minimised. Raises UsageError.
    """
    from portfolio.solvers.pulp_model import build_pulp

    exported = aimed(instance, model, aim, ranges)
    built = build_pulp(exported.program, exported.goal)
    built.origin = exported.origin
    return built


def export(
    instance: Instance, path: Path | str, to: Literal["mps", "lp"] | None = None, model: Model = DEFAULT_MODEL, aim: AimLike = None
) -> None:
    """Write an MPS or LP file (by the path's ending unless `to` says). Names are the labels, coded reversibly. Raises UsageError."""
    kind = to or Path(path).suffix.lower().removeprefix(".")
    write_text(path, file_text(instance, kind, model, aim))


def file_text(instance: Instance, to: str, model: Model = DEFAULT_MODEL, aim: AimLike = None) -> str:
    """Text of the MPS or LP file."""
    from portfolio.solvers.files import lp_text, mps_text

    writers = {"mps": mps_text, "lp": lp_text}
    if to not in writers:
        raise UsageError(f"no file format `{to}`: mps or lp", f"ファイル形式 `{to}` はありません（mps または lp）")
    exported = aimed(instance, model, aim)
    return writers[to](exported.program, exported.goal)


# -- back ----------------------------------------------------------------------------------------------------------
def plan_from_pyomo(instance: Instance, model: Any) -> Result:
    """The solved model's plan on the publication grid, with ledgers, audited against the instance.

    The solver's claim of optimality does not come along: the status is `limit`, a plan without a proven bound. Raises UsageError (not
    solved, or not
    made from this instance), AuditFailed (no rounding obeys the rules - for example after a rule was taken out of the model).
    """
    from portfolio.solvers.pyomo_model import read_pyomo

    origin = _origin_of(instance, getattr(model, "portfolio_origin", None))
    session = Session(as_view(instance, origin.spec), origin.spec)
    return _result(session, origin, read_pyomo(model, session.program))


def plan_from_pulp(instance: Instance, problem: Any) -> Result:
    """As plan_from_pyomo, for a solved PuLP problem (its status is not believed: the audit decides what the plan is worth)."""
    from portfolio.solvers.pulp_model import read_pulp

    origin = _origin_of(instance, getattr(problem, "origin", None))
    session = Session(as_view(instance, origin.spec), origin.spec)
    return _result(session, origin, read_pulp(problem, session.program))


def plan_from_solution_file(instance: Instance, path: Path | str, model: Model = DEFAULT_MODEL, aim: AimLike = None) -> Result:
    """As plan_from_pyomo, for the solution file of any program that solved an exported MPS or LP file (HiGHS, CBC, SCIP, Gurobi, Xpress, CPLEX)."""
    from portfolio.formats.json_text import read_text
    from portfolio.solvers.solution_file import read_solution

    spec = load_model(model) if isinstance(model, str) else model
    viewed = as_view(instance, spec)
    session = Session(viewed, spec)
    x = read_solution(read_text(Path(path)), session.program)
    resolved = resolve_aim(viewed, spec, as_aim(aim))
    ranges = ranges_for(session, resolved)
    weights = objective_of(session, resolved, ranges)[-1]
    return _result(session, Origin(instance.hash, spec, resolved, ranges or {}, tuple(weights.tolist())), x)


def _origin_of(instance: Instance, origin: Any) -> Origin:
    if not isinstance(origin, Origin) or origin.instance_hash != instance.hash:
        raise UsageError(
            "this model was not made from this instance; make it with portfolio.to_pyomo or to_pulp",
            "このモデルはこのデータから作られたものではありません。portfolio.to_pyomo か to_pulp で作ってください",
        )
    return origin


def _result(session: Session, origin: Origin, x: Floats) -> Result:
    program, viewed = session.program, session.instance
    _check_whole(program, x)
    plan, verdict = session.publish(x, np.array(origin.weights))
    dumped = origin.spec.model_dump(mode="json")
    return Result(
        status="limit",
        instance_hash=viewed.hash,
        model_hash=content_hash(dumped),
        instance=viewed.canonical(),
        model=dumped,
        aim=origin.aim.model_dump(mode="json"),
        ranges=origin.ranges,
        options={"solver": "outside", "gap": exact_text(Fraction(0))},
        versions=versions(),
        plan=plan,
        audit=Audit(checks=verdict.checks, violated=len(verdict.violations), unaudited=len(verdict.unaudited)),
        notices=("solved outside: no bound is claimed",),
    )


def _check_whole(program: Program, x: Floats) -> None:
    """Whole numbers must be whole: an LP solution is no plan."""
    off = np.abs(x - np.round(x)) * program.integer
    worst = int(np.argmax(off)) if len(off) else 0
    if len(off) and off[worst] > 1e-4:
        raise AuditFailed(
            f"{program.col_label(worst)} = {x[worst]:g} is not a whole number: solve with integers, not the relaxation",
            f"{program.col_label(worst)} = {x[worst]:g} が整数ではありません。整数条件を付けて解いてください",
        )
