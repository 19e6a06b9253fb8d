"""Risk criteria: what disruptions still cost.

    r_i >= max(floor_i, 1 - sum_o mu_oi e_o),     loss_s = sum_i V_i sigma_is r_i
    expected   sum_s pi_s loss_s
    CVaR_a     eta + 1/(1-a) sum_s pi_s u_s,  u_s >= loss_s - eta,  u_s >= 0     (Rockafellar, Uryasev 2000, doi:10.21314/JOR.2000.038)
    worst      W >= loss_s for pi_s > 0
    blend      theta * expected + (1 - theta) * CVaR

V_i = value_i * sum_g ((I - B)^-1)_(f(i),g): the direct loss carried downstream (Ghosh 1958, doi:10.2307/2550694).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from portfolio.formulation.build import INF, Array, Build
from portfolio.formulation.effects import on_points
from portfolio.schema.catalogue import Exposure, RippleLink
from portfolio.schema.criterion import Risk

ZERO = Fraction(0)


def add(b: Build) -> None:
    """Columns residual[i]; per criterion tail[c,s], eta[c] or worst[c]; rows residual_link[i], tail_link[c,s], worst_link[c,s]."""
    criteria = [c for c in b.instance.criteria if isinstance(c, Risk)]
    if not criteria:
        return
    exposures = b.instance.exposures
    residual, highest = _residuals(b, exposures)
    multiplier = ripple_multipliers(b.instance.ripple)
    value = [e.value.number * multiplier.get(e.field or "", Fraction(1)) for e in exposures]
    for criterion in criteria:
        mine = [n for n, e in enumerate(exposures) if not criterion.exposures or e.id in criterion.exposures]
        loss = {
            s.id: {n: value[n] * s.severities[exposures[n].id].number / b.unit for n in mine if exposures[n].id in s.severities}
            for s in b.instance.scenarios
        }
        _measure(b, criterion, residual, loss, highest)


def _residuals(b: Build, exposures: tuple[Exposure, ...]) -> tuple[Array, list[Fraction]]:
    """r_i with its bounds: down to the floor, up to 1 (more only where a programme makes the exposure worse)."""
    shares = [[w.mitigates.get(e.id, ZERO) for w in b.at.ways] for e in exposures]
    harm = [sum((-m * w.units for m, w in zip(row, b.at.ways, strict=True) if m < 0), Fraction(0)) for row in shares]
    touched = [any(row) for row in shares]
    highest = [1 + h for h in harm]
    lower = [e.floor.number if t else Fraction(1) for e, t in zip(exposures, touched, strict=True)]
    residual = b.columns(
        "residual", [(e.id,) for e in exposures], b.numbers(lower), b.numbers(highest), "r_i: share of the exposure that remains"
    )
    linked = [n for n, t in enumerate(touched) if t]
    rows = b.rows("residual_link", [(exposures[n].id,) for n in linked], b.number(1), INF, "r_i + sum_o mu_oi e_o >= 1")
    b.enter(rows, residual[linked], b.number(1))
    for row, n in zip(rows, linked, strict=True):
        columns, values = on_points(b, shares[n])
        b.enter(row, columns, values)
    return residual, highest


def _measure(b: Build, criterion: Risk, residual: Array, loss: dict[str, dict[int, Fraction]], highest: list[Fraction]) -> None:
    spec = b.spec.risk
    measure = criterion.measure or spec.measure
    theta = criterion.blend.number if criterion.blend is not None else spec.blend
    alpha = criterion.alpha.number if criterion.alpha is not None else spec.alpha
    scenarios = [s for s in b.instance.scenarios if s.probability.number > 0]
    most = {s: sum((v * highest[n] for n, v in row.items()), Fraction(0)) for s, row in loss.items()}
    if measure in ("expected", "blend"):
        part = Fraction(1) if measure == "expected" else theta
        for s in scenarios:
            cols = [residual[n] for n in loss[s.id]]
            b.gain(criterion.id, cols, b.numbers(part * s.probability.number * v * b.unit for v in loss[s.id].values()))
    if measure in ("cvar", "blend"):
        part = Fraction(1) if measure == "cvar" else 1 - theta
        top = max(most.values(), default=Fraction(0))
        eta = b.columns("eta", [(criterion.id,)], b.number(0), b.number(top), "eta: value at risk [money unit]")
        tail = b.columns(
            "tail",
            [(criterion.id, s.id) for s in scenarios],
            b.number(0),
            b.numbers(most[s.id] for s in scenarios),
            "u_s: loss beyond eta [money unit]",
        )
        b.gain(criterion.id, eta, b.number(part * b.unit))
        b.gain(criterion.id, tail, b.numbers(part * b.unit * s.probability.number / (1 - alpha) for s in scenarios))
        rows = _loss_rows(b, "tail_link", criterion.id, [s.id for s in scenarios], residual, loss, "u_s + eta - loss_s >= 0")
        b.enter(rows, tail, b.number(1))
        b.enter(rows, eta[0], b.number(1))
    if measure == "worst":
        top = max((most[s.id] for s in scenarios), default=Fraction(0))
        worst = b.columns("worst", [(criterion.id,)], b.number(0), b.number(top), "W: largest loss [money unit]")
        b.gain(criterion.id, worst, b.number(b.unit))
        rows = _loss_rows(b, "worst_link", criterion.id, [s.id for s in scenarios], residual, loss, "W - loss_s >= 0")
        b.enter(rows, worst[0], b.number(1))


def _loss_rows(
    b: Build, name: str, criterion: str, scenarios: list[str], residual: Array, loss: dict[str, dict[int, Fraction]], doc: str
) -> Any:
    rows = b.rows(name, [(criterion, s) for s in scenarios], b.number(0), INF, doc)
    for row, s in zip(rows, scenarios, strict=True):
        if loss[s]:
            b.enter(row, residual[list(loss[s])], b.numbers(-v for v in loss[s].values()))
    return rows


def ripple_multipliers(links: Iterable[RippleLink]) -> dict[str, Fraction]:
    """Money lost in all fields per unit lost in field f: row sums of (I - B)^-1, exactly (Gauss-Jordan in rationals)."""
    share: dict[tuple[str, str], Fraction] = {}
    for link in links:
        share[link.from_field, link.to_field] = share.get((link.from_field, link.to_field), Fraction(0)) + link.share.number
    names = sorted({name for key in share for name in key})
    size = len(names)
    rows = [[(a == c) - share.get((a, c), Fraction(0)) for c in names] + [Fraction(1)] for a in names]
    for i in range(size):
        pivot = rows[i][i]
        rows[i] = [v / pivot for v in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                factor = rows[j][i]
                rows[j] = [v - factor * p for v, p in zip(rows[j], rows[i], strict=True)]
    return {name: rows[i][size] for i, name in enumerate(names)}
