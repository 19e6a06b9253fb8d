"""The one recipe: instance, model, what varies and how -> every run, and what the runs say (results/sweep.py)."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from portfolio.api.aims import resolve_aim
from portfolio.api.allocate import ranges_of
from portfolio.api.record import versions
from portfolio.api.vary import Variants
from portfolio.engine.store import Record, Store
from portfolio.errors import UsageError
from portfolio.formulation.cells import as_view
from portfolio.numerics import SWEEP_GAP
from portfolio.results import Range
from portfolio.results.sweep import Answers, Design, DesignKind, Factor, Run, Sweep
from portfolio.schema.aim import Aim, Weighted
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import Instance, content_hash
from portfolio.schema.model_spec import ModelSpec
from portfolio.sensitivity import designs
from portfolio.sensitivity.answers import answers_of
from portfolio.sensitivity.asking import Asking, Watch, distance, remembered
from portfolio.sensitivity.bench import Choice, Frame, SweepMaker, choice_of, question
from portfolio.sensitivity.designs import Levels
from portfolio.sensitivity.factors import WEIGHTS, Together, judgement_factors, typed_factors
from portfolio.sensitivity.regret import regrets_of
from portfolio.sensitivity.staircase import budget_factor, climb
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

ANCHORS = 8
"""First runs of a random design, solved from the base; each later one may begin from the nearest of them too."""
CANDIDATES = 3
BASE_GAP = 0.25
"""Gap of the base, as a share of the runs' gap."""
NEAR = frozenset(("monte-carlo", "grid", "sobol", "morris"))
"""Designs in which many factors move at once, so that another run's plan can be a better start than the base."""


@dataclass(frozen=True)
class Todo:
    """What to do. runs: about how many · gap: of the normalised aim · seconds: per solve · candidates: plans whose regret is followed over all runs
    besides the base (None: some where many factors move at once, else none)
    together: which judged numbers move as one, where nothing is said to vary · budget: of the staircase, a fund or `total`, from low to high times
    today's, to `tolerance` (share of today's) · tree: one branching tree for all its levels."""

    kind: DesignKind = "tornado"
    vary: tuple[str, ...] = ()
    runs: int = 200
    models: tuple[ModelSpec, ...] = ()
    together: Together = "reason"
    sampler: str = "lhs"
    gap: Fraction = SWEEP_GAP
    seconds: float = float("inf")
    seed: int = 0
    candidates: int | None = None
    budget: str = "total"
    span: tuple[Fraction, Fraction] = (Fraction(1, 2), Fraction(3, 2))
    tolerance: Fraction = Fraction(1, 100)
    tree: bool = False


@dataclass(frozen=True)
class Means:
    """With what. None of it changes the answer."""

    workers: int = 1
    scheduler: str | None = None
    store: Store = field(default_factory=Store)
    stop: threading.Event = field(default_factory=threading.Event)
    watch: Watch | None = None


def run_sweep(instance: Instance, spec: ModelSpec, aim: Aim | None = None, todo: Todo | None = None, means: Means | None = None) -> Sweep:
    """Carry a sweep out.

    Raises UsageError (unknown path, criterion or fund; a design that does not fit; no cluster), SolverFailure. Runs that fail are results with their reason; a sweep
    whose base has no plan ends there, with a status.
    """
    todo, means, begun = todo or Todo(), means or Means(), time.perf_counter()
    variants = Variants(instance)
    specs = (spec, *(m for m in todo.models if m.id != spec.id)) if todo.kind == "models" else (spec,)
    aims = [_weighted(instance, s, aim) for s in specs]
    # What is wrong with the question is said before the base is solved.
    factors, left_out = _factors(variants, todo, aims[0].weights)
    points = _points(todo, factors)
    found = [_frame(instance, s, a, todo, means) for s, a in zip(specs, aims, strict=True)]
    frames = [f if isinstance(f, str) else f[0] for f in found]
    design = Design(
        kind=todo.kind,
        factors=tuple(factors),
        seed=todo.seed,
        sampler=todo.sampler if todo.kind == "monte-carlo" else "",
        points=tuple(points),
        models=tuple(s.id for s in specs),
        left_out=left_out,
    )
    first = frames[0]
    head = Sweep(
        status="complete",
        instance_hash=instance.hash,
        model_hash=content_hash(spec.model_dump(mode="json")),
        instance=instance.canonical(),
        model=spec.model_dump(mode="json"),
        aim=aims[0].model_dump(mode="json"),
        design=design,
        options=_options(todo),
        versions=versions(),
    )
    if isinstance(first, str) or isinstance(found[0], str):
        return head.model_copy(update={"status": first})
    head = head.model_copy(update={"base": _run(-1, (), spec.id, found[0][1])})
    maker = SweepMaker(instance, tuple(factors), tuple(f for f in frames if isinstance(f, Frame)))
    head = head.model_copy(update={"ranges": first.ranges})
    with Asking(maker, means.store, means.workers, means.scheduler, means.stop, means.watch) as asking:
        body = _carried_out(asking, head, todo, [f if isinstance(f, str) else None for f in frames])
    return body.model_copy(update={"seconds": {"sweep": round(time.perf_counter() - begun, 1)}})


def _carried_out(asking: Asking, head: Sweep, todo: Todo, trouble: Sequence[str | None]) -> Sweep:
    if todo.kind == "staircase":
        found = climb(asking, todo.budget, todo.tolerance, float(todo.gap), todo.tree)
        status = "interrupted" if asking.stop.is_set() else "complete"
        return head.model_copy(update={"status": status, "answers": Answers(solved=found.solves, staircase=found)})
    records = _model_runs(asking, trouble) if todo.kind == "models" else _point_runs(asking, todo, head.design.points)
    models = head.design.models
    runs = tuple(
        _run(n, head.design.points[n] if todo.kind != "models" else (), models[n] if todo.kind == "models" else models[0], record)
        for n, record in enumerate(records)
        if record is not None
    )
    head = head.model_copy(update={"runs": runs, "status": "complete" if len(runs) == len(records) else "interrupted"})
    regrets = regrets_of(asking, head, _candidates(todo)) if todo.kind != "models" else ()
    return head.model_copy(update={"answers": answers_of(head).model_copy(update={"regrets": regrets})})


def _point_runs(asking: Asking, todo: Todo, points: Sequence[Levels]) -> list[Record | None]:
    """All points; of a random design first the anchors, then the others from their nearest anchor."""
    anchors = points[:ANCHORS] if todo.kind in NEAR and len(points) > 2 * ANCHORS else []
    early = asking.ask("runs", [question(p) for p in anchors], len(points) - len(anchors))
    solved = [(p, choice_of(r)) for p, r in zip(anchors, early, strict=True) if r is not None and r.get("taken")]
    later = [question(p, starts=_nearest(p, solved)) for p in points[len(anchors) :]]
    return [*early, *(asking.ask("runs", later) if not asking.stop.is_set() else [None] * len(later))]


def _nearest(point: Levels, solved: Sequence[tuple[Levels, Choice]]) -> list[Choice]:
    return [min(solved, key=lambda s: distance(s[0], point))[1]] if solved else []


def _model_runs(asking: Asking, trouble: Sequence[str | None]) -> list[Record | None]:
    place = {n: i for i, n in enumerate(n for n, t in enumerate(trouble) if t is None)}
    levels: list[Any] = [None] * len(asking.maker.factors)
    records = iter(asking.ask("runs", [question(levels, frame=i) for i in place.values()]))
    return [next(records) if t is None else {"status": "infeasible" if t == "infeasible" else "limit"} for t in trouble]


def _candidates(todo: Todo) -> int:
    """Following a plan costs a solve per run: by default only where the design tells plans apart."""
    if todo.candidates is not None:
        return todo.candidates
    return CANDIDATES if todo.kind in NEAR else 0


# -- what all runs share -----------------------------------------------------------------------------------------------
def _weighted(instance: Instance, spec: ModelSpec, aim: Aim | None) -> Weighted:
    """The aim of a model, weights filled in. Raises UsageError for aims of another kind: their runs have no common score."""
    resolved = resolve_aim(as_view(instance, spec), spec, aim)
    if not isinstance(resolved, Weighted):
        raise UsageError(
            f"a sweep compares runs by one weighted sum, and the aim of `{instance.header.id}` under model `{spec.id}` is {resolved.kind}: "
            "give weights, for example --weights A=2,B=1",
            f"sweep は1つの重み付き和で実行を比べますが、`{instance.header.id}`（モデル `{spec.id}`）の目標は {resolved.kind} です。"
            "--weights A=2,B=1 のように重みを指定してください",
        )
    return resolved


def _frame(instance: Instance, spec: ModelSpec, aim: Weighted, todo: Todo, means: Means) -> tuple[Frame, Record] | str:
    """Ranges and base plan of a model, with the base's run; or the status that says why there are none."""
    viewed = as_view(instance, spec)
    what = [instance.hash, spec.model_dump(mode="json"), "ranges", versions()["highspy"]]
    found = remembered(means.store, what, lambda: _ranges(viewed, spec, todo, means))
    if found is None or "status" in found:
        return "interrupted" if found is None else str(found["status"])
    ranges = {c: Range.model_validate(r) for c, r in found["ranges"].items()}
    frame = Frame(spec, aim, ranges, {}, float(todo.gap), todo.seconds, todo.seed)
    # Every run is compared with the base: it is solved closer, so that what looks like a move is not the base's own gap.
    maker = SweepMaker(instance, (), (replace(frame, gap=frame.gap * BASE_GAP),))
    with Asking(maker, means.store, 1, None, means.stop, None) as asking:
        base = asking.ask("base", [question([])])[0]
    if base is None or base["status"] == "infeasible":
        return "interrupted" if base is None else "infeasible"
    return (replace(frame, base=choice_of(base)), base) if "aim" in base else "no_plan"


def _ranges(viewed: Instance, spec: ModelSpec, todo: Todo, means: Means) -> Record | None:
    session = Session(viewed, spec, todo.seed)
    spans = session.spans(Ask(stop=means.stop))
    if isinstance(spans, str):
        return {"status": spans} if spans == "infeasible" else None
    ranges = ranges_of(session, spans)
    if session.program.q == 1:
        ranges = {c: _from_zero(r) for c, r in ranges.items()}
    return {"ranges": {c: r.model_dump(mode="json") for c, r in ranges.items()}}


def _from_zero(span: Range) -> Range:
    """A single criterion conflicts with nothing, so its payoff table has no far end: it is measured from 0, in shares of its best value."""
    return Range(best=span.best, worst=Fraction(0) if span.best else Fraction(-1))


def _factors(variants: Variants, todo: Todo, weights: Mapping[str, Fraction]) -> tuple[list[Factor], dict[str, int]]:
    if todo.kind == "models":
        return [], {}
    if todo.kind == "staircase":
        return [budget_factor(variants.base, todo.budget, todo.span)], {}
    if todo.kind == "weights":
        return typed_factors(variants, [WEIGHTS], weights), {}
    if todo.vary:
        return typed_factors(variants, todo.vary, weights), {}
    found, left_out = judgement_factors(variants, todo.together)
    if not found:
        raise UsageError(
            "no number of this instance is a judgement with a range; say what varies: --vary PATH=LOW:HIGH",
            "範囲を持つ判断値がありません。--vary PATH=下限:上限 で変数を指定してください",
        )
    return found, left_out


def _points(todo: Todo, factors: Sequence[Factor]) -> list[Levels]:
    if todo.kind == "tornado":
        return designs.tornado(factors)
    if todo.kind == "grid":
        return designs.grid(factors, todo.runs)
    if todo.kind == "monte-carlo":
        return designs.monte_carlo(factors, todo.runs, todo.seed, todo.sampler)
    if todo.kind == "morris":
        return designs.morris(factors, todo.runs, todo.seed)
    if todo.kind == "sobol":
        return designs.sobol(factors, todo.runs, todo.seed)
    return designs.simplex(factors, todo.runs) if todo.kind == "weights" else []


def _run(number: int, levels: Levels, model: str, record: Record) -> Run:
    return Run.model_validate({**record, "number": number, "levels": levels, "model": model})


def _options(todo: Todo) -> dict[str, Any]:
    found: dict[str, Any] = {
        "design": todo.kind,
        "vary": list(todo.vary),
        "together": todo.together,
        "gap": exact_text(todo.gap),
        "seconds": None if todo.seconds == float("inf") else todo.seconds,
        "seed": todo.seed,
        "candidates": _candidates(todo),
    }
    return found | ({"budget": todo.budget, "tolerance": exact_text(todo.tolerance)} if todo.kind == "staircase" else {})
