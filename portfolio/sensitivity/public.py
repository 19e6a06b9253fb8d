"""`portfolio.sweep` for scripts and notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from portfolio.api.public import Number, Source, load
from portfolio.engine.store import Store
from portfolio.library import DEFAULT_MODEL, load_model
from portfolio.numerics import SWEEP_GAP
from portfolio.results.sweep import DesignKind, Sweep
from portfolio.schema.aim import Weighted
from portfolio.schema.exact import to_fraction
from portfolio.schema.model_spec import ModelSpec
from portfolio.sensitivity.factors import Together
from portfolio.sensitivity.sweep import Means, Todo, run_sweep


def sweep(
    source: Source,
    design: DesignKind = "tornado",
    vary: Sequence[str] = (),
    runs: int = 200,
    model: ModelSpec | str = DEFAULT_MODEL,
    weights: Mapping[str, Number] | None = None,
    models: Sequence[ModelSpec | str] = (),
    gap: Number = SWEEP_GAP,
    seed: int = 0,
    budget: str = "total",
    together: Together = "reason",
    workers: int = 1,
    scheduler: str | None = None,
    store: Path | str | None = None,
) -> Sweep:
    """What the judgements in an instance do to its best plan.

    vary: `PATH` (own range), `PATH=LOW:HIGH`, `PATH=x0.8:1.2`, `weights`; none: every judgement over its own range · runs: about how many (random designs, grids)
    models: compared with `model` by the design `models` · gap: share of the aim's range · budget: fund id or `total`, for the design `staircase`
    together: judged numbers that move as one where nothing is said to vary: those with the same `reason`, of the same `kind`, or each `number`
    workers, scheduler: processes here, or a Dask cluster (`tcp://host:port`, `local`) · store: SQLite file in which runs are kept and found again.
    Raises UsageError, InvalidInput, SolverFailure. `portfolio.run_frame(result)` is the table of runs.

    >>> sweep("toy", vary=["programmes.*.cost=x0.8:1.2"]).status
    'complete'
    """
    spec = load_model(model) if isinstance(model, str) else model
    aim = Weighted(weights={c: to_fraction(w) for c, w in weights.items()}) if weights else None
    others = tuple(load_model(m) if isinstance(m, str) else m for m in models)
    todo = Todo(kind=design, vary=tuple(vary), runs=runs, models=others, gap=to_fraction(gap), seed=seed, budget=budget, together=together)
    with Store(store) as opened:
        return run_sweep(load(source), spec, aim, todo, Means(workers, scheduler, opened))
