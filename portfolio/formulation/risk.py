"""Risk criteria: what disruptions still cost.

    r_i >= max(floor_i, 1 - sum_o mu_oi e_o),     loss_s = sum_i V_i sigma_is r_i
    expected   sum_s pi_s loss_s
    CVaR_a     eta + 1/(1-a) sum_s pi_s u_s,  u_s >= loss_s - eta,  u_s >= 0     (Rockafellar, Uryasev 2000, doi:10.21314/JOR.2000.038)
    worst      W >= loss_s for pi_s > 0
    blend      theta * expected + (1 - theta) * CVaR

V_i = value_i * sum_g ((I - B)^-1)_(f(i),g): the direct loss carried downstream (Ghosh 1958, doi:10.2307/2550694).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import INF, Build
from portfolio.formulation.effects import on_points
from portfolio.schema.catalogue import Exposure, RippleLink
from portfolio.schema.criterion import Risk


@dataclass(frozen=True)
class Residuals:
    """r_i: column and highest value per exposure."""

    column: Array
    highest: Array


@dataclass(frozen=True)
class Loss:
    """loss_s = sum over the exposures hit of value_i sigma_is r_i. chance: pi_s · hit: numbers of exposures · value: Program money each."""

    scenario: str
    chance: Fraction
    hit: Array
    value: Array

    def most(self, residuals: Residuals) -> Any:
        """The largest loss that the bounds of r allow."""
        return (self.value * residuals.highest[self.hit]).sum()


def add(b: Build) -> None:
    """Columns residual[i]; per criterion tail[c,s], eta[c] or worst[c]; rows residual_link[i], tail_link[c,s], worst_link[c,s]."""
    criteria = [c for c in b.instance.criteria if isinstance(c, Risk)]
    if criteria:
        residuals = _residuals(b, b.instance.exposures)
        for criterion in criteria:
            _measure(b, criterion, residuals, _losses(b, criterion))


def _residuals(b: Build, exposures: tuple[Exposure, ...]) -> Residuals:
    """r_i with its bounds: down to the floor, up to 1 (more only where a programme makes the exposure worse)."""
    shares = [b.table.amounts("mitigates").of(e.id) for e in exposures]
    highest = b.filled([b.number(1) - (np.minimum(mu, 0) * b.table.units[ways]).sum() for ways, mu in shares], len(exposures))
    linked = [n for n, (ways, _) in enumerate(shares) if len(ways)]
    lower = b.numbers(e.floor.number if len(ways) else Fraction(1) for e, (ways, _) in zip(exposures, shares, strict=True))
    column = b.columns("residual", [(e.id,) for e in exposures], lower, highest, "r_i: share of the exposure that remains")
    rows = b.rows("residual_link", [(exposures[n].id,) for n in linked], b.number(1), INF, "r_i + sum_o mu_oi e_o >= 1")
    b.enter(rows, column[linked], b.number(1))
    for row, n in zip(rows, linked, strict=True):
        b.enter(row, *on_points(b, *shares[n]))
    return Residuals(column, highest)


def _losses(b: Build, criterion: Risk) -> list[Loss]:
    """The scenarios' losses in the criterion's exposures."""
    exposures = b.instance.exposures
    multiplier = ripple_multipliers(b.instance.ripple) if b.exact else _nearly(b.instance.ripple)
    spread = b.filled([multiplier.get(e.field or "", b.number(1)) for e in exposures], len(exposures))
    mine = [n for n, e in enumerate(exposures) if not criterion.exposures or e.id in criterion.exposures]
    losses = []
    for s in b.instance.scenarios:
        hit = [n for n in mine if exposures[n].id in s.severities]
        money = b.money(exposures[n].value.number * s.severities[exposures[n].id].number for n in hit)
        losses.append(Loss(s.id, s.probability.number, np.array(hit, dtype=np.intp), money * spread[hit]))
    return losses


def _measure(b: Build, criterion: Risk, residuals: Residuals, every: list[Loss]) -> None:
    spec = b.spec.risk
    measure = criterion.measure or spec.measure
    theta = criterion.blend.number if criterion.blend is not None else spec.blend
    alpha = criterion.alpha.number if criterion.alpha is not None else spec.alpha
    losses = [loss for loss in every if loss.chance > 0]
    most = b.filled([loss.most(residuals) for loss in losses], len(losses))
    if measure in ("expected", "blend"):
        part = Fraction(1) if measure == "expected" else theta
        for loss in losses:
            b.gain(criterion.id, residuals.column[loss.hit], b.number(part * loss.chance * b.unit) * loss.value)
    if measure in ("cvar", "blend"):
        part = Fraction(1) if measure == "cvar" else 1 - theta
        top = max((loss.most(residuals) for loss in every), default=b.number(0))
        eta = b.columns("eta", [(criterion.id,)], b.number(0), top, "eta: value at risk [money unit]")
        index = [(criterion.id, loss.scenario) for loss in losses]
        tail = b.columns("tail", index, b.number(0), most, "u_s: loss beyond eta [money unit]")
        b.gain(criterion.id, eta, b.number(part * b.unit))
        beyond = part * b.unit / (1 - alpha)
        b.gain(criterion.id, tail, b.numbers(beyond * loss.chance for loss in losses))
        rows = _loss_rows(b, "tail_link", criterion.id, residuals, losses, "u_s + eta - loss_s >= 0")
        b.enter(rows, tail, b.number(1))
        b.enter(rows, eta[0], b.number(1))
    if measure == "worst":
        worst = b.columns("worst", [(criterion.id,)], b.number(0), most.max(initial=b.number(0)), "W: largest loss [money unit]")
        b.gain(criterion.id, worst, b.number(b.unit))
        rows = _loss_rows(b, "worst_link", criterion.id, residuals, losses, "W - loss_s >= 0")
        b.enter(rows, worst[0], b.number(1))


def _loss_rows(b: Build, name: str, criterion: str, residuals: Residuals, losses: list[Loss], doc: str) -> Array:
    rows = b.rows(name, [(criterion, loss.scenario) for loss in losses], b.number(0), INF, doc)
    for row, loss in zip(rows, losses, strict=True):
        b.enter(row, residuals.column[loss.hit], -loss.value)
    return rows


@lru_cache(maxsize=8)
def ripple_multipliers(links: tuple[RippleLink, ...]) -> Mapping[str, Fraction]:
    """Money lost in all fields per unit lost in field f: row sums of (I - B)^-1, exactly (Gauss-Jordan in rationals on sparse rows)."""
    names = sorted({name for link in links for name in (link.from_field, link.to_field)})
    # The right-hand side of ones is kept under the key None.
    rows: dict[str, dict[str | None, Fraction]] = {name: {name: Fraction(1), None: Fraction(1)} for name in names}
    for link in links:
        row = rows[link.from_field]
        row[link.to_field] = row.get(link.to_field, Fraction(0)) - link.share.number
    for name in names:
        pivot = rows[name].pop(name)
        own = rows[name] = {column: value / pivot for column, value in rows[name].items()}
        for other, row in rows.items():
            if other != name and (factor := row.pop(name, Fraction(0))):
                for column, value in own.items():
                    row[column] = row.get(column, Fraction(0)) - factor * value
    return MappingProxyType({name: rows[name][None] for name in names})


def _nearly(links: Iterable[RippleLink]) -> dict[str, float]:
    """The same multipliers in floats."""
    listed = list(links)
    place: dict[str, int] = {}
    for link in listed:
        for name in (link.from_field, link.to_field):
            place.setdefault(name, len(place))
    kept = np.eye(len(place))
    for link in listed:
        kept[place[link.from_field], place[link.to_field]] -= float(link.share.number)
    return dict(zip(place, np.linalg.solve(kept, np.ones(len(place))).tolist(), strict=True))
