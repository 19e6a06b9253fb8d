"""An instance as a Pyomo model, a PuLP problem, an MPS or LP file - and answers of any solver back as an audited plan.

Money stands in the Program's unit (`program.money_unit` instance units, a power of ten that keeps numbers solvable); every doc names it.
Objectives
are minimised; a weighted aim is normalised as in `solve`: 0 = every criterion at its best bound, 1 = at its worst.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from portfolio.api.aims import resolve_aim, worse_limit
from portfolio.api.allocate import ranges_of
from portfolio.api.record import versions
from portfolio.api.stages import origin_of, solo_of, weights_of
from portfolio.errors import AuditFailed, UsageError
from portfolio.formats.files import write_text
from portfolio.formulation.cells import as_view
from portfolio.library import DEFAULT_MODEL, load_model
from portfolio.program import Block, Floats, Program
from portfolio.reference_point import with_achievement
from portfolio.results import Audit, Range, Result
from portfolio.schema.aim import Aim, Lexicographic, Reference
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import Instance, content_hash
from portfolio.schema.model_spec import ModelSpec
from portfolio.session import Session
from portfolio.solvers.goal import Goal
from portfolio.solvers.outcome import Ask, Outcome

Model = str | ModelSpec
Ranges = Mapping[str, Range]
AimLike = Aim | Mapping[str, Any] | None
"""An aim, its plain data (as in a result file), or None for that of the instance or model."""


@dataclass(frozen=True)
class Origin:
    """What an exported model was made from, so that its answer can be brought back. weights: on the criteria, minimised, for the rounding."""

    instance_hash: str
    spec: ModelSpec
    aim: Aim
    ranges: dict[str, Range]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Exported:
    """A Program with the one objective of an aim. instance: as the model looks at it."""

    instance: Instance
    origin: Origin
    program: Program
    goal: Goal


def aimed(instance: Instance, model: Model = DEFAULT_MODEL, aim: AimLike = None, ranges: Ranges | None = None) -> Exported:
    """The Program of an instance with an aim's objective and floors.

    ranges: of an earlier result, to save the LPs that find them. A lexicographic aim exports its first criterion.
    Raises UsageError: unknown model or criterion; a normalised aim for an instance that is infeasible.
    """
    spec = load_model(model) if isinstance(model, str) else model
    viewed = as_view(instance, spec)
    resolved = resolve_aim(viewed, spec, as_aim(aim))
    session = Session(viewed, spec)
    known = dict(ranges) if ranges is not None else _ranges_for(session, resolved)
    program = _with_floors(session.program, viewed, resolved, known or {})
    cost, constant, says, weights = _objective(session, resolved, known)
    if isinstance(resolved, Reference):
        program = with_achievement(program, resolved.point, known or {})
        cost, constant = program.criteria[-1], float(program.offsets[-1])
        program = replace(
            program, criteria=program.criteria[:-1], offsets=program.offsets[:-1], signs=program.signs[:-1], names=program.names[:-1]
        )
    money = f"{exact_text(program.money_unit)} {viewed.header.unit}"
    goal = Goal(cost, constant, says, money, viewed.header.id)
    return Exported(viewed, Origin(instance.hash, spec, resolved, known or {}, tuple(weights.tolist())), program, goal)


def as_aim(aim: AimLike) -> Aim | None:
    """Plain data as an aim. Raises UsageError."""
    if not isinstance(aim, Mapping):
        return aim
    try:
        found: Aim = TypeAdapter(Aim).validate_python(dict(aim))
    except ValidationError as error:
        raise UsageError(f"the aim is not well formed: {error.errors()[0]['msg']}", "目標の形式が正しくありません") from None
    return found


def _ranges_for(session: Session, aim: Aim) -> dict[str, Range] | None:
    """Ranges by LPs, as `solve` finds them; None for a single criterion without floors, which needs none."""
    weights = getattr(aim, "weights", {})
    single = isinstance(aim, Lexicographic) or sum(w > 0 for w in weights.values()) == 1
    if session.program.q == 1 or (single and not aim.floors):
        return None
    spans = session.spans(Ask())
    if isinstance(spans, Outcome):
        raise UsageError(
            f"the aim needs the criteria's ranges, and their LPs ended with `{spans.verdict}`; name a single criterion as the aim",
            f"目標には評価基準の値域が必要ですが、計算が {spans.verdict} で終わりました。単一の評価基準を目標にしてください",
        )
    return ranges_of(session, spans)


def _objective(session: Session, aim: Aim, found: dict[str, Range] | None) -> tuple[Floats, float, str, Floats]:
    """cost (n,), constant, what it is, weights (q,)."""
    program, ranges = session.program, found or {}
    if isinstance(aim, Reference):
        wide = {c: abs(float(r.worst - r.best)) for c, r in ranges.items()}
        weights = np.array([1 / wide[c] if wide.get(c) else 0.0 for c in program.names])
        return np.zeros(program.n), 0.0, "largest normalised distance beyond the reference point", weights
    if isinstance(aim, Lexicographic):
        single: str | None = aim.order[0]
    else:
        single = solo_of(aim, ranges) if found is not None else next(c for c, w in aim.weights.items() if w)
    if isinstance(aim, Lexicographic) or single is not None:
        assert single is not None
        q = program.names.index(single)
        weights = np.eye(program.q)[q]
        says = f"{'-' if program.signs[q] < 0 else ''}{single}"
        return program.criteria[q].copy(), float(program.offsets[q]), says, weights
    weights = weights_of(session, aim, ranges)
    constant = float(weights @ program.offsets) - origin_of(session, weights, ranges)
    parts = " + ".join(f"{float(aim.weights[c]):.4g} * (distance of {c} from its best) / range" for c in ranges if aim.weights.get(c))
    return weights @ program.criteria, constant, parts or "0", weights


def _with_floors(program: Program, instance: Instance, aim: Aim, ranges: dict[str, Range]) -> Program:
    """A row aim_floor[criterion] per floor of the aim (minimised form: criterion <= limit)."""
    floors = [f for f in aim.floors if f.criterion in ranges]
    if not floors:
        return program
    by_id = {c.id: c for c in instance.criteria}
    q = [program.names.index(f.criterion) for f in floors]
    limits = [
        program.signs[i] * float(worse_limit(by_id[f.criterion], f, ranges[f.criterion].best)) for i, f in zip(q, floors, strict=True)
    ]
    used = [np.flatnonzero(program.criteria[i]) for i in q]
    block = Block("aim_floor", program.m, [(f.criterion, n) for n, f in enumerate(floors)], "criterion (minimised) <= floor of the aim")
    return replace(
        program,
        indptr=np.concatenate([program.indptr, program.indptr[-1] + np.cumsum([len(u) for u in used])]).astype(np.int32),
        indices=np.concatenate([program.indices, *used]).astype(np.int32),
        data=np.concatenate([program.data, *(program.criteria[i][u] for i, u in zip(q, used, strict=True))]),
        row_lower=np.concatenate([program.row_lower, np.full(len(q), -np.inf)]),
        row_upper=np.concatenate([program.row_upper, [v - program.offsets[i] for i, v in zip(q, limits, strict=True)]]),
        rows=(*program.rows, block),
        exact_form=None,
    )


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
    ranges = _ranges_for(session, resolved)
    weights = _objective(session, resolved, ranges)[-1]
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
