"""A result or frontier as pandas DataFrames, with units in `.attrs`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from portfolio.errors import UsageError
from portfolio.results import Frontier, Plan, Result
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance

if TYPE_CHECKING:
    import pandas as pd

LEDGER = ("authority", "carried_in", "committed", "outlay", "carried_out", "lapsed")


def plan_frames(result: Result) -> dict[str, pd.DataFrame]:
    """choices, payments, ledger, criteria of a result's plan.

    choices: one row per funded programme - units, scale and effect (shares of the full programme), public, private · payments: one row
    per programme,
    option, fund and year · ledger: one row per fund and year · criteria: value, unit, sense, and the range (best: a bound, worst).
    Amounts are floats in the instance's money unit (`frame.attrs["unit"]`), whole multiples of `frame.attrs["grid"]`; the exact integers stay in
    `result.plan`. Raises UsageError when the result holds no plan.

    >>> import portfolio
    >>> frames = plan_frames(portfolio.solve("toy"))
    >>> sorted(frames)
    ['choices', 'criteria', 'ledger', 'payments']
    """
    import pandas as pd

    if result.plan is None:
        raise UsageError(f"the result holds no plan (status {result.status})", f"この結果には計画がありません（状態 {result.status}）")
    instance = parse_instance(result.instance)
    grid = instance.header.grid
    frames = {
        "choices": pd.DataFrame(_choices(result.plan, grid, instance)),
        "payments": pd.DataFrame(_payments(result.plan, grid), columns=["programme", "option", "start", "fund", "year", "amount"]),
        "ledger": pd.DataFrame(_ledger(result.plan, grid), columns=["fund", "year", *LEDGER]),
        "criteria": pd.DataFrame(_criteria(result, instance), columns=["value", "unit", "sense", "best", "worst"], index=_ids(instance)),
    }
    for frame in frames.values():
        frame.attrs.update(unit=instance.header.unit, currency=instance.header.currency, grid=float(grid), instance=instance.header.id)
    return frames


def frontier_frames(frontier: Frontier) -> dict[str, pd.DataFrame]:
    """points, funded, zones of a frontier.

    points: one row per point - its criteria (natural sense), programmes funded, public money · funded: one row per point, one column per
    programme, scale of what is funded (0: not funded) · zones: one row per zone - bound alpha, what it rests on, and the upper bound (minimised sense).
    `frame.attrs["certified"]` is the certified epsilon. Raises UsageError when the frontier holds no point.
    """
    import pandas as pd

    certificate = frontier.certificate
    if certificate is None or not frontier.points:
        raise UsageError(
            f"the frontier holds no point (status {frontier.status})", f"このフロンティアには点がありません（状態 {frontier.status}）"
        )
    instance = parse_instance(frontier.instance)
    grid = instance.header.grid
    ids = [p.id for p in frontier.points]
    rows = [
        {
            **{c: float(v) for c, v in p.plan.criteria.items()},
            "programmes": len(p.plan.choices),
            "public": float(grid * sum(m.amount for c in p.plan.choices for m in c.payments)),
        }
        for p in frontier.points
    ]
    funded = [{c.programme: float(c.scale) for c in p.plan.choices} for p in frontier.points]
    zones = [
        {"alpha": float(z.alpha), "proof": z.proof, **dict(zip(certificate.criteria, map(float, z.upper), strict=True))}
        for z in certificate.zones
    ]
    frames = {
        "points": pd.DataFrame(rows, index=ids),
        "funded": pd.DataFrame(funded, index=ids, columns=[p.id for p in instance.programmes]).fillna(0.0),
        "zones": pd.DataFrame(zones),
    }
    for frame in frames.values():
        frame.attrs.update(unit=instance.header.unit, certified=float(certificate.certified), instance=instance.header.id)
    return frames


def _choices(plan: Plan, grid: Fraction, instance: Instance) -> dict[str, list[object]]:
    fields = {p.id: p.field for p in instance.programmes}
    names = {p.id: p.name for p in instance.programmes}
    chosen = plan.choices
    return {
        "programme": [c.programme for c in chosen],
        "name": [names[c.programme].get("en") for c in chosen],
        "field": [fields[c.programme] for c in chosen],
        "option": [c.option for c in chosen],
        "start": [c.start for c in chosen],
        "units": [c.units for c in chosen],
        "scale": [float(c.scale) for c in chosen],
        "effect": [float(c.effect) for c in chosen],
        "public": [float(sum(p.amount for p in c.payments) * grid) for c in chosen],
        "private": [float(c.private) for c in chosen],
    }


def _payments(plan: Plan, grid: Fraction) -> list[tuple[object, ...]]:
    return [(c.programme, c.option, c.start, p.fund, p.year, float(p.amount * grid)) for c in plan.choices for p in c.payments]


def _ledger(plan: Plan, grid: Fraction) -> list[tuple[object, ...]]:
    return [(line.fund, line.year, *(float(getattr(line, name) * grid) for name in LEDGER)) for line in plan.ledger]


def _ids(instance: Instance) -> list[str]:
    return [c.id for c in instance.criteria]


def _criteria(result: Result, instance: Instance) -> list[tuple[object, ...]]:
    assert result.plan is not None
    rows: list[tuple[object, ...]] = []
    for c in instance.criteria:
        span = result.ranges.get(c.id)
        ends = (None, None) if span is None else (float(span.best), float(span.worst))
        rows.append((float(result.plan.criteria[c.id]), c.unit, c.sense, *ends))
    return rows
