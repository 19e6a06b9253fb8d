"""Where on its response curve a way is carried out.

    lambda_oj >= 0,  sum_j lambda_oj = y_o,  s_o = sum_j b_j lambda_oj,  e_o = sum_j v_j lambda_oj

On a concave stretch this is the convex hull and needs no binaries. A curve that is not concave is cut into its concave pieces g, each with a
binary d_og: sum_g d_og = y_o, sum of the piece's lambdas = d_og (disaggregated convex combination, locally ideal: Vielma, Ahmed,
Nemhauser 2010, doi:10.1287/opre.1090.0721). An all-or-nothing way has s = e = y.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.build import Build
from portfolio.schema.meaning import slopes
from portfolio.schema.way import Curve


def concave_pieces(curve: Curve) -> list[Curve]:
    """The curve cut where its slope rises; neighbouring pieces share the breakpoint."""
    pieces, start, steep = [], 0, slopes(curve)
    for j in range(1, len(steep)):
        if steep[j] > steep[j - 1]:
            pieces.append(curve[start : j + 1])
            start = j
    return [*pieces, curve[start:]]


def add(b: Build) -> None:
    """Columns position[p,o,j], piece[p,o,g]; rows on_curve[p,o(,g)]. Fills the point arrays of the layout."""
    point: list[tuple[int, int, Fraction, Fraction]] = []  # way, column (-1: still to be made), b, v
    owners: list[tuple[int, list[int]]] = []  # (column that the lambdas of a piece add up to, its points)
    split: list[tuple[int, int]] = []  # (way, number of pieces)
    for i, way in enumerate(b.at.ways):
        if len(way.curve) == 1 or not way.public_cost:
            # All or nothing; and what costs the public nothing is carried out in full (published rule 3).
            point.append((i, int(b.at.take[i]), *way.curve[-1]))
            continue
        pieces = concave_pieces(way.curve)
        if len(pieces) > 1:
            split.append((i, len(pieces)))
        for piece in pieces:
            owners.append((-1 if len(pieces) > 1 else int(b.at.take[i]), list(range(len(point), len(point) + len(piece)))))
            point.extend((i, -1, *breakpoint_) for breakpoint_ in piece)
    _add_pieces(b, owners, split)
    fresh = [k for k, (_, column, _, _) in enumerate(point) if column < 0]
    serial: dict[int, int] = {}
    index = []
    for k in fresh:
        way = b.at.ways[point[k][0]]
        serial[point[k][0]] = serial.get(point[k][0], 0) + 1
        index.append((way.programme, way.name, serial[point[k][0]]))
    most = b.numbers(Fraction(b.at.ways[point[k][0]].units) for k in fresh)
    made = b.columns("position", index, b.number(0), most, "lambda_oj: weight of breakpoint j")
    columns = np.array([column for _, column, _, _ in point], dtype=int)
    columns[fresh] = made
    labels = _owner_labels(b, point, owners)
    rows = b.rows("on_curve", labels, b.number(0), b.number(0), "sum_j lambda_oj = y_o")
    if owners:
        b.enter(np.repeat(rows, [len(points) for _, points in owners]), columns[np.concatenate([p for _, p in owners])], b.number(1))
        b.enter(rows, [column for column, _ in owners], b.number(-1))
    b.at.point_way = np.array([i for i, _, _, _ in point], dtype=int)
    b.at.point_col = columns
    b.at.point_b = b.numbers(p[2] for p in point)
    b.at.point_v = b.numbers(p[3] for p in point)


def _add_pieces(b: Build, owners: list[tuple[int, list[int]]], split: list[tuple[int, int]]) -> None:
    """Binaries d_og for the ways whose curve has several concave pieces; they become the owners of their points."""
    if not split:
        return
    index = [(b.at.ways[i].programme, b.at.ways[i].name, g + 1) for i, count in split for g in range(count)]
    pieces = b.columns("piece", index, b.number(0), b.number(1), "d_og: scale lies on concave piece g", integer=True)
    rows = b.rows(
        "one_piece", [(b.at.ways[i].programme, b.at.ways[i].name) for i, _ in split], b.number(0), b.number(0), "sum_g d_og = y_o"
    )
    b.enter(np.repeat(rows, [count for _, count in split]), pieces, b.number(1))
    b.enter(rows, b.at.take[[i for i, _ in split]], b.number(-1))
    homeless = (k for k, (column, _) in enumerate(owners) if column < 0)
    for k, column in zip(list(homeless), pieces, strict=True):
        owners[k] = (int(column), owners[k][1])


def _owner_labels(
    b: Build, point: list[tuple[int, int, Fraction, Fraction]], owners: list[tuple[int, list[int]]]
) -> list[tuple[str | int, ...]]:
    labels: list[tuple[str | int, ...]] = []
    seen: dict[int, int] = {}
    for _, points in owners:
        i = point[points[0]][0]
        seen[i] = seen.get(i, 0) + 1
        way = b.at.ways[i]
        labels.append((way.programme, way.name) if seen[i] == 1 else (way.programme, way.name, seen[i]))
    return labels
