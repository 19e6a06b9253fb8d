"""What the runs say together: spreads of the criteria, who is funded how often, swings of single factors; rules and shares from their own files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from portfolio.results.sweep import Answers, Funded, Robustness, Run, Spread, Sweep, Swing
from portfolio.sensitivity.flips import flips_of
from portfolio.sensitivity.shares import shares_of

AIM = "aim"
RANDOM = frozenset(("monte-carlo", "sobol", "morris", "grid"))
"""Designs whose points fill the space, so that rules over them make sense."""


def answers_of(sweep: Sweep) -> Answers:
    """Everything that needs no further solve."""
    runs = [run for run in sweep.runs if run.aim is not None]
    failed = Counter(run.status for run in sweep.runs if run.aim is None)
    kind = sweep.design.kind
    return Answers(
        solved=len(runs),
        failed=dict(sorted(failed.items())),
        spreads=tuple(_spreads(runs, sweep.base)),
        funded=tuple(_funded(runs, sweep.base)),
        swings=_swings(sweep) if kind == "tornado" else (),
        flips=flips_of(sweep, runs) if kind in RANDOM else (),
        shares=shares_of(sweep) if kind in ("monte-carlo", "sobol", "morris") else (),
    )


def outputs_of(run: Run) -> dict[str, float]:
    """Criterion -> value, and the aim."""
    return {**run.criteria, AIM: run.aim} if run.aim is not None else dict(run.criteria)


def _spreads(runs: Sequence[Run], base: Run | None) -> list[Spread]:
    if not runs:
        return []
    named = {name: np.array([outputs_of(run)[name] for run in runs]) for name in outputs_of(runs[0])}
    basis = outputs_of(base) if base is not None else {}
    found = []
    for name, values in named.items():
        least, q05, median, q95, most = (float(v) for v in np.quantile(values, [0, 0.05, 0.5, 0.95, 1]))
        found.append(Spread(output=name, least=least, q05=q05, median=median, q95=q95, most=most, base=basis.get(name)))
    return found


def _funded(runs: Sequence[Run], base: Run | None) -> list[Funded]:
    """By share, largest first; of the programmes that are never funded nothing is known here, so they are not listed."""
    money: dict[str, list[float]] = {}
    for run in runs:
        for t in run.taken:
            money.setdefault(t.programme, []).append(t.money)
    in_base = {t.programme for t in base.taken} if base is not None else set()
    for programme in in_base:
        money.setdefault(programme, [])
    found = []
    for programme, amounts in money.items():
        status: Robustness = "core" if len(amounts) == len(runs) else "contested" if amounts else "never"
        least, mean, most = (min(amounts), sum(amounts) / len(amounts), max(amounts)) if amounts else (0.0, 0.0, 0.0)
        found.append(
            Funded(
                programme=programme, runs=len(amounts), share=len(amounts) / max(len(runs), 1), status=status, in_base=programme in in_base,
                money_least=least, money_mean=mean, money_most=most,
            )
        )  # fmt: skip
    return sorted(found, key=lambda f: (-f.share, f.programme))


def _swings(sweep: Sweep) -> tuple[Swing, ...]:
    """Largest swing of the aim first; factors without a plan at both ends last."""
    base = sweep.base
    if base is None or base.aim is None:
        return ()
    ends: dict[int, dict[Fraction, Run]] = {}
    for run in sweep.runs:
        place = next(n for n, u in enumerate(run.levels) if u is not None)
        ends.setdefault(place, {})[run.levels[place] or Fraction(0)] = run
    found = [_swing(sweep.design.factors[n].id, pair, base) for n, pair in ends.items() if len(pair) == 2]
    return tuple(sorted(found, key=lambda s: (s.low is None and s.high is None, -s.swing, s.factor)))


def _swing(factor: str, pair: Mapping[Fraction, Run], base: Run) -> Swing:
    low, high = pair[Fraction(0)], pair[Fraction(1)]
    values = [run.aim for run in (low, high) if run.aim is not None]
    held = {t.programme for t in base.taken}
    entered, left = ({run.number: _moved(run, held, kind) for run in (low, high)} for kind in ("in", "out"))
    known = [base.aim or 0.0, *values]
    bounds = [run.bound for run in (low, high, base) if run.bound is not None]
    return Swing(
        factor=factor, low=low.aim, high=high.aim, swing=max(known) - min(known),
        criteria_low=low.criteria, criteria_high=high.criteria,
        entered_low=entered[low.number], left_low=left[low.number], entered_high=entered[high.number], left_high=left[high.number],
        statuses=(low.status, high.status),
        # True values lie between bound and plan: the move is certain where some bound lies above some plan's value.
        resolved=bool(bounds) and max(bounds) > min(known),
    )  # fmt: skip


def _moved(run: Run, held: set[str], kind: str) -> tuple[str, ...]:
    now = {t.programme for t in run.taken}
    if run.aim is None:
        return ()
    return tuple(sorted(now - held if kind == "in" else held - now))
