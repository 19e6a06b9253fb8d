"""Coverage criteria: public-goods needs.

    sum_k width_nk d_nk <= covered_n / target_n,  0 <= d_nk <= 1 per segment k of phi,  value = sum_n omega_n sum_k slope_nk width_nk d_nk
    covered_n = sum_o kappa_on e_o + sum_j kappa_jn u_j,   u_j <= sum_o provided_oj e_o,  0 <= u_j <= 1   (a capability counts once)
    covered_n >= floor_n target_n

phi is concave, so the segments fill in order. A harm to a need counts with scale; below zero phi goes on with its first slope.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import INF, Build
from portfolio.formulation.effects import on_points
from portfolio.schema.catalogue import Need
from portfolio.schema.criterion import Coverage

ZERO, ONE = Fraction(0), Fraction(1)


def segments(need: Need) -> list[tuple[Fraction, Fraction]]:
    """(width, slope) of phi's stretches with a positive slope; default phi(x) = min(1, x)."""
    if need.curve is None:
        return [(ONE, ONE)]
    points = [(x.number, v.number) for x, v in need.curve]
    parts = [(x1 - x0, (v1 - v0) / (x1 - x0)) for (x0, v0), (x1, v1) in itertools.pairwise(points)]
    return [(width, slope) for width, slope in parts if slope > 0]


def add(b: Build) -> None:
    """Columns segment[n,k], capability[j]; rows need[n], need_floor[n], capability_link[j]."""
    needs = b.instance.needs
    if not needs or not (any(isinstance(c, Coverage) for c in b.instance.criteria) or any(n.floor for n in needs)):
        return
    shared = _capabilities(b)
    stretches = [segments(need) for need in needs]
    keys = [(n, k) for n, parts in enumerate(stretches) for k in range(len(parts))]
    width = b.numbers(stretches[n][k][0] for n, k in keys)
    # Only the first segment may go below zero: there the need is worse off than with no plan at all.
    lower = b.filled([_least(b, needs[n]) / w if k == 0 else b.number(0) for (n, k), w in zip(keys, width, strict=True)], len(keys))
    columns = b.columns(
        "segment", [(needs[n].id, k + 1) for n, k in keys], lower, b.number(1), "d_nk: share of phi's segment k that is reached"
    )
    rows = b.rows("need", [(n.id,) for n in needs], -INF, b.number(0), "sum_k width d_nk - covered_n / target_n <= 0")
    floored = [n for n, need in enumerate(needs) if need.floor is not None]
    floors = b.rows(
        "need_floor",
        [(needs[n].id,) for n in floored],
        b.numbers(_floor(needs[n]) for n in floored),
        INF,
        "covered_n / target_n >= floor_n",
    )
    floor_row = dict(zip(floored, floors, strict=True))
    b.enter(rows[[n for n, _ in keys]], columns, width)
    for n, need in enumerate(needs):
        cols, values = _covered(b, need, shared)
        b.enter(rows[n], cols, -values)
        if n in floor_row:
            b.enter(floor_row[n], cols, values)
    for criterion in b.instance.criteria:
        if isinstance(criterion, Coverage):
            mine = [m for m, (n, _) in enumerate(keys) if not criterion.needs or needs[n].id in criterion.needs]
            gains = [needs[keys[m][0]].weight.number * stretches[keys[m][0]][keys[m][1]][1] for m in mine]
            b.gain(criterion.id, columns[mine], b.numbers(gains) * width[mine])


def _floor(need: Need) -> Fraction:
    return need.floor.number if need.floor is not None else ZERO


def _least(b: Build, need: Need) -> Any:
    """The most that harms can take away, as a share of the target."""
    ways, values = b.table.amounts("covers").of(need.id)
    return (np.minimum(values, 0) * b.table.units[ways]).sum() / b.number(need.target.number)


def _capabilities(b: Build) -> Array:
    listed = b.instance.capabilities
    columns = b.columns(
        "capability", [(j.id,) for j in listed], b.number(0), b.number(1), "u_j: share of the shared capability that is there"
    )
    # Where providers could take away more than others bring, u_j = 0 must stay possible: the row's lower side opens by that much.
    rows = b.rows("capability_link", [(j.id,) for j in listed], -INF, b.number(0), "u_j - sum_o provided_oj e_o <= 0")
    b.enter(rows, columns, b.number(1))
    for row, capability in zip(rows, listed, strict=True):
        ways, provided = b.table.amounts("provides").of(capability.id)
        cols, values = on_points(b, ways, np.maximum(provided, 0))
        b.enter(row, cols, -values)
    return columns


def _covered(b: Build, need: Need, shared: Array) -> tuple[Array, Array]:
    """(columns, coefficients) of covered_n / target_n."""
    target = need.target.number
    ways, _ = b.table.amounts("covers").of(need.id)
    cols, values = on_points(b, ways, b.shares((b.at.ways[i].covers[need.id] for i in ways.tolist()), target))
    brought = [(j, c.covers[need.id].number / target) for j, c in enumerate(b.instance.capabilities) if need.id in c.covers]
    if brought:
        cols = np.concatenate([cols, shared[[j for j, _ in brought]]])
        values = np.concatenate([values, b.numbers(v for _, v in brought)])
    return cols, values
