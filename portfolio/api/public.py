"""What scripts and notebooks call, in a sentence each: load, check, solve, audit_result."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portfolio import audit
from portfolio.api.allocate import allocate
from portfolio.api.complete_frontier import complete_frontier
from portfolio.api.frontier import DEFAULT_EPSILON
from portfolio.api.frontier import Effort as FrontierEffort
from portfolio.api.frontier import frontier as certify
from portfolio.api.stages import Effort
from portfolio.audit import Verdict
from portfolio.formats.frontier_text import LARGEST_FRONTIER, frontier_of
from portfolio.formats.json_text import parse_json, read_text
from portfolio.formats.result_text import raw_record, result_of
from portfolio.library import DEFAULT_MODEL, find_instance, load_model
from portfolio.numerics import DEFAULT_GAP
from portfolio.results import Frontier, Result
from portfolio.schema.aim import Aim, Floor, Lexicographic, Weighted
from portfolio.schema.exact import to_fraction
from portfolio.schema.findings import findings
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance

if TYPE_CHECKING:
    from portfolio.schema.model_spec import ModelSpec
    from portfolio.schema.problem import Problem

Number = int | float | str | Fraction
Source = Instance | Mapping[str, Any] | Path | str


def load(source: Source) -> Instance:
    """A validated instance from a path (JSON, .xlsx, folder of tables), the name of a bundled one, or raw data (a dict).

    Amounts are exact, in the header's `unit`. Raises UsageError (nothing there), InvalidInput (`.problems` lists all of them, each with
    its place).

    >>> load("toy").header.id
    'toy'
    """
    if isinstance(source, Instance):
        return source
    if isinstance(source, Mapping):
        return parse_instance(dict(source))
    path = find_instance(str(source))
    if path.is_dir() or path.suffix.lower() in (".xlsx", ".xlsm"):
        from portfolio.formats.tables.load import load_tables  # openpyxl, only for tables

        return load_tables(path)
    return parse_instance(parse_json(read_text(path)))


def check(source: Source) -> list[Problem]:
    """Findings of a well-formed instance (severity `error`: nothing can be feasible); raises InvalidInput when it is ill-formed."""
    return list(findings(load(source)))


def solve(
    source: Source,
    model: ModelSpec | str = DEFAULT_MODEL,
    weights: Mapping[str, Number] | None = None,
    lexicographic: tuple[str, ...] = (),
    floors: Mapping[str, Number] | None = None,
    aim: Aim | None = None,
    gap: Number = DEFAULT_GAP,
    seconds: float = float("inf"),
    seed: int = 0,
    solver: str = "highs",
    prove: Number | None = None,
) -> Result:
    """The best plan found, its bound and gap, audited and replayable.

    weights: criterion -> weight (normalised by the criteria's ranges) · lexicographic: criteria in order of rank · floors: criterion ->
    worst admitted
    value, in its unit · aim: instead of these three · gap: share of the aim's range · seconds: wall time · solver: `highs`, `pulp:cbc`,
    `pyomo:highs`, ... · prove: gap to be proven without trust in the solver (`check_proofs` verifies what the result then holds).
    Money in the plan is in grid units (`instance.header.grid`). Raises InvalidInput, UsageError (unknown criterion, missing solver),
    SolverFailure,
    AuditFailed. Infeasible and stopped are statuses.

    >>> solve("toy").status
    'proven'
    """
    spec = load_model(model) if isinstance(model, str) else model
    bounds = tuple(Floor(criterion=c, value=to_fraction(v)) for c, v in (floors or {}).items())
    if aim is None and lexicographic:
        aim = Lexicographic(kind="lexicographic", order=lexicographic, floors=bounds)
    elif aim is None and (weights or bounds):
        aim = Weighted(weights={c: to_fraction(w) for c, w in (weights or {}).items()}, floors=bounds)
    proven = None if prove is None else to_fraction(prove)
    return allocate(load(source), spec, aim, Effort(gap=to_fraction(gap), seconds=seconds, seed=seed, solver=solver, prove=proven))


def frontier(
    source: Source,
    epsilon: Number = DEFAULT_EPSILON,
    model: ModelSpec | str = DEFAULT_MODEL,
    criteria: tuple[str, ...] = (),
    seconds: float = float("inf"),
    workers: int = 1,
    seed: int = 0,
    resume: Frontier | None = None,
    complete: bool = False,
) -> Frontier:
    """Plans such that no plan is better than all of them by more than epsilon of each criterion's range, certified and audited.

    complete: instead all nondominated plans, where every criterion lies on a grid; epsilon then says nothing.

    epsilon: share of the ranges · criteria: those of the claim (none: all, 2 to 5) · seconds: wall time; the certificate is then weaker
    workers: threads, which change the time and never the frontier · resume: a stopped frontier to go on with. Raises InvalidInput,
    UsageError, SolverFailure. Infeasible and stopped are statuses.
    """
    spec = load_model(model) if isinstance(model, str) else model
    effort = FrontierEffort(seconds=seconds, workers=workers, seed=seed)
    if complete:
        return complete_frontier(load(source), spec, effort, criteria, resume)
    return certify(load(source), spec, to_fraction(epsilon), effort, criteria, resume)


def audit_result(result: Result | Frontier | Path | str) -> Verdict:
    """Check a result or frontier (or its file) in exact arithmetic, without any solver. Raises InvalidInput, UsageError.

    >>> audit_result(solve("toy")).violations
    ()
    """
    if not isinstance(result, Result | Frontier):
        raw = raw_record(read_text(Path(result), LARGEST_FRONTIER))
        result = frontier_of(raw) if raw.get("format") == "portfolio-frontier" else result_of(raw)
    return audit.audit_frontier(result) if isinstance(result, Frontier) else audit.audit_result(result)
