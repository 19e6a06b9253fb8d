"""Where on its response curve a way is carried out.

    lambda_oj >= 0,  sum_j lambda_oj = y_o,  s_o = sum_j b_j lambda_oj,  e_o = sum_j v_j lambda_oj

On a concave stretch this is the convex hull and needs no binaries. A curve that is not concave is cut into its concave pieces g, each with a
binary d_og: sum_g d_og = y_o, sum of the piece's lambdas = d_og (disaggregated convex combination, locally ideal: Vielma, Ahmed,
Nemhauser 2010, doi:10.1287/opre.1090.0721). An all-or-nothing way has s = e = y.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import Build
from portfolio.formulation.way_table import Coded, spread, starts
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


@dataclass(frozen=True)
class Shapes:
    """The distinct curves, cut into pieces, and each way's place among them.

    of: (ways,) shape · points, pieces: (shapes + 1,) where a shape's points and pieces begin · b, v: per point · size: points per piece.
    A shape without pieces is all or nothing: its one point is the way's take column itself.
    """

    of: Array
    points: Array
    pieces: Array
    b: Array
    v: Array
    size: Array


def add(b: Build) -> None:
    """Columns position[p,o,j], piece[p,o,g]; rows on_curve[p,o(,g)]. Fills the point arrays of the layout."""
    shapes = _shapes(b)
    way, source = spread(shapes.points, shapes.of)
    owner_way, piece = spread(shapes.pieces, shapes.of)
    number = piece - shapes.pieces[shapes.of[owner_way]]
    owner = _owners(b, np.diff(shapes.pieces)[shapes.of], owner_way, number)
    columns = b.at.take[way]
    fresh = np.flatnonzero(np.diff(shapes.pieces)[shapes.of[way]])
    serial = source[fresh] - shapes.points[shapes.of[way[fresh]]]
    index = b.table.keys.take(way[fresh]).extended(range(1, int(serial.max(initial=0)) + 2), serial)
    most = b.table.units[way[fresh]]
    columns[fresh] = b.columns("position", index, b.number(0), most, "lambda_oj: weight of breakpoint j")
    # The first piece's row bears the way's name alone, further ones a number.
    labels = b.table.keys.take(owner_way).extended([None, *range(2, int(number.max(initial=0)) + 2)], number)
    rows = b.rows("on_curve", labels, b.number(0), b.number(0), "sum_j lambda_oj = y_o")
    b.enter(np.repeat(rows, shapes.size[piece]), columns[fresh], b.number(1))
    b.enter(rows, owner, b.number(-1))
    b.at.point_way, b.at.point_col = way, columns
    b.at.point_first = starts(np.bincount(way, minlength=len(b.at.ways)))
    b.at.point_b, b.at.point_v = shapes.b[source], shapes.v[source]


def _shapes(b: Build) -> Shapes:
    """All or nothing; and what costs the public nothing is carried out in full (published rule 3)."""
    whole = [len(w.curve) == 1 or not paid for w, paid in zip(b.at.ways, b.table.paid.tolist(), strict=True)]
    # Ways share their archetype's curve as one object: compared by identity, each is cut into pieces once.
    coded = Coded.of((id(w.curve), bare) for w, bare in zip(b.at.ways, whole, strict=True))
    curve_of = dict(zip(coded.code.tolist(), (w.curve for w in b.at.ways), strict=True))
    cut = [[] if bare else concave_pieces(curve_of[n]) for n, (_, bare) in enumerate(coded.words)]
    point = [curve_of[n][-1:] if not pieces else tuple(chain.from_iterable(pieces)) for n, pieces in enumerate(cut)]
    return Shapes(
        of=coded.code,
        points=starts([len(p) for p in point]),
        pieces=starts([len(pieces) for pieces in cut]),
        b=b.numbers(p[0] for p in chain.from_iterable(point)),
        v=b.numbers(p[1] for p in chain.from_iterable(point)),
        size=np.array([len(piece) for piece in chain.from_iterable(cut)], dtype=np.intp),
    )


def _owners(b: Build, pieces: Array, way: Array, number: Array) -> Array:
    """The column that the lambdas of a piece add up to: the way's take, or a binary d_og where the curve has several pieces.

    pieces: (ways,) how many · way, number: per piece.
    """
    owner = b.at.take[way]
    split = np.flatnonzero(pieces > 1)
    if len(split):
        inside = np.flatnonzero(pieces[way] > 1)
        index = b.table.keys.take(way[inside]).extended(range(1, int(pieces.max()) + 1), number[inside])
        made = b.columns("piece", index, b.number(0), b.number(1), "d_og: scale lies on concave piece g", integer=True)
        rows = b.rows("one_piece", b.table.keys.take(split), b.number(0), b.number(0), "sum_g d_og = y_o")
        b.enter(np.repeat(rows, pieces[split]), made, b.number(1))
        b.enter(rows, b.at.take[split], b.number(-1))
        owner[inside] = made
    return owner
