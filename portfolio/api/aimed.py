"""An instance and an aim as one Program with one objective: what an exported model minimises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from portfolio.api.aims import resolve_aim, worse_limit
from portfolio.api.allocate import ranges_of
from portfolio.api.stages import origin_of, solo_of, weights_of
from portfolio.errors import UsageError
from portfolio.formulation.cells import as_view
from portfolio.library import DEFAULT_MODEL, load_model
from portfolio.program import Block, Floats, Program
from portfolio.reference_point import with_achievement
from portfolio.results import Range
from portfolio.schema.aim import Aim, Lexicographic, Reference
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.session import Session
from portfolio.solvers.goal import Goal
from portfolio.solvers.outcome import Ask

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
    known = dict(ranges) if ranges is not None else ranges_for(session, resolved)
    program = _with_floors(session.program, viewed, resolved, known or {})
    cost, constant, says, weights = objective_of(session, resolved, known)
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


def ranges_for(session: Session, aim: Aim) -> dict[str, Range] | None:
    """Ranges by LPs, as `solve` finds them; None for a single criterion without floors, which needs none."""
    weights = getattr(aim, "weights", {})
    single = isinstance(aim, Lexicographic) or sum(w > 0 for w in weights.values()) == 1
    if session.program.q == 1 or (single and not aim.floors):
        return None
    spans = session.spans(Ask())
    if isinstance(spans, str):
        raise UsageError(
            f"the aim needs the criteria's ranges, and their LPs ended with `{spans}`; name a single criterion as the aim",
            f"目標には評価基準の値域が必要ですが、計算が {spans} で終わりました。単一の評価基準を目標にしてください",
        )
    return ranges_of(session, spans)


def objective_of(session: Session, aim: Aim, found: dict[str, Range] | None) -> tuple[Floats, float, str, Floats]:
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
