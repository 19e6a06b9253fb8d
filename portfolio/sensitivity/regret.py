"""Regret of a choice of ways: what it loses against the best plan of each run (Savage 1951, doi:10.1080/01621459.1951.10500768).

Followed over all runs: the base plan, and the plans seen that hold most of what is funded most often. The true regret lies between the distance to the run's plan and
the distance to its bound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from portfolio.engine.store import Record
from portfolio.results.sweep import Regret, Run, Sweep
from portfolio.schema.exact import to_fraction
from portfolio.sensitivity.asking import Asking
from portfolio.sensitivity.bench import Choice, question

BASE = -1


def regrets_of(asking: Asking, sweep: Sweep, candidates: int) -> tuple[Regret, ...]:
    """The base first, then `candidates` others by their largest regret; those that can be carried out everywhere before those that cannot."""
    runs = [run for run in sweep.runs if run.aim is not None and run.bound is not None]
    if not runs or sweep.base is None:
        return ()
    found = [_regret(sweep.base, runs, [(run.base_aim, run.base_feasible) for run in runs])]
    others = []
    for run in _central(runs, choice(sweep.base), candidates):
        if asking.stop.is_set():
            break
        records = asking.ask(
            "regret", [question([None if u is None else to_fraction(u) for u in r.levels], only=choice(run)) for r in runs]
        )
        others.append(_regret(run, runs, [_value(record) for record in records]))
    others.sort(key=lambda r: (r.infeasible, float("inf") if r.low_max is None else r.low_max, r.number))
    return (*found, *others)


def choice(run: Run) -> Choice:
    """Which ways a run takes."""
    return {t.programme: (t.way, t.units) for t in run.taken}


def _central(runs: Sequence[Run], base: Choice, candidates: int) -> list[Run]:
    """Runs with distinct choices, nearest to the majority: sum over its programmes of (2 share - 1), the median set's score."""
    times = Counter(p for run in runs for p in choice(run))
    first: dict[str, Run] = {}
    for run in runs:
        if choice(run) != base:
            first.setdefault(str(sorted(choice(run).items())), run)
    score = {key: sum(2 * times[p] / len(runs) - 1 for p in choice(run)) for key, run in first.items()}
    return [first[key] for key in sorted(first, key=lambda key: (-score[key], first[key].number))[:candidates]]


def _value(record: Record | None) -> tuple[float | None, bool | None]:
    if record is None:
        return None, None
    if "aim" in record:
        return float(record["aim"]), True
    return None, False if record["status"] == "infeasible" else None


def _regret(of: Run, runs: Sequence[Run], values: Sequence[tuple[float | None, bool | None]]) -> Regret:
    known = [(run, value) for run, (value, _) in zip(runs, values, strict=True) if value is not None]
    low = [max(value - (run.aim or 0.0), 0.0) for run, value in known]
    high = [max(value - (run.bound or 0.0), 0.0) for run, value in known]
    return Regret(
        number=of.number,
        tried=sum(feasible is not None for _, feasible in values),
        infeasible=sum(feasible is False for _, feasible in values),
        low_max=max(low, default=None),
        high_max=max(high, default=None),
        low_mean=sum(low) / len(low) if low else None,
        high_mean=sum(high) / len(high) if high else None,
        programmes=len(of.taken),
    )
