"""A proof as data: the tree, and multipliers with only the digits that the proven bound needs. What proof/verify.py reads.

program      SHA-256 of the Program's exact arrays                     weights, limits   the question: min sum_q w_q f_q, f_q <= limit
splits       [column, at, down, up]: a place >= 0 is a split, place < 0 the leaf -place - 1; the first split is the root
leaves       number of a leaf's multipliers                            multipliers       y[rows] = k 2^(units[row] - digits)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.numerics import FARKAS_MARGIN, MULTIPLIER_DIGITS
from portfolio.program import Floats, Program
from portfolio.proof.envelope import opened, rows_of, sealed, steps_of
from portfolio.proof.leaves import Leaf, Split
from portfolio.proof.multipliers import Cut, Lagrangian
from portfolio.proof.verify import digest

FORMAT = "portfolio-proof"
VERSION = 1
LARGEST_PROOF = 400_000_000
"""Bytes of a proof when unpacked; more is no proof of this toolkit."""
NOWHERE = np.zeros(0)


@dataclass(frozen=True)
class Question:
    """What is proven: min sum_q weights_q f_q over the Program with f_q <= limit; all minimised, exact."""

    weights: tuple[Fraction, ...]
    limits: tuple[tuple[int, Fraction], ...] = ()


def asked(program: Program, question: Question) -> tuple[Program, Floats, tuple[float, ...]]:
    """The Program with a row criteria_q x / size <= (limit - offset_q) / size per limit, the cost (n,), and the sizes: powers of two."""
    cost = np.array([float(w) for w in question.weights]) @ program.criteria
    if not question.limits:
        return program, cost, ()
    used = [np.flatnonzero(program.criteria[q]) for q, _ in question.limits]
    sizes = tuple(2.0 ** np.ceil(np.log2(max(float(np.abs(program.criteria[q]).max()), 1e-9) / 100)) for q, _ in question.limits)
    upper = [(float(v) - program.offsets[q]) / s for (q, v), s in zip(question.limits, sizes, strict=True)]
    data = [program.criteria[q][u] / s for (q, _), u, s in zip(question.limits, used, sizes, strict=True)]
    ends = int(program.indptr[-1]) + np.cumsum([len(u) for u in used])
    limited = replace(
        program,
        indptr=np.concatenate([program.indptr, ends]).astype(np.int32),
        indices=np.concatenate([program.indices, *used]).astype(np.int32),
        data=np.concatenate([program.data, *data]),
        row_lower=np.concatenate([program.row_lower, np.full(len(upper), -np.inf)]),
        row_upper=np.concatenate([program.row_upper, upper]),
        exact_form=None,
    )
    return limited, cost, sizes


def certificate(
    program: Program, question: Question, frame: Lagrangian, leaves: Sequence[Leaf], sizes: Sequence[float] = ()
) -> dict[str, Any]:
    """Plain data of the proof that the leaves of a search hold. frame: of the Program with a row criteria_q x / size per limit below its own
    rows; sizes: those divisors, powers of two. The bound it proves is about the least of the leaves' bounds."""
    goal = min((v for one in leaves if np.isfinite(v := one.bound(NOWHERE))), default=0.0)
    splits, places = tree_of(leaves)
    chosen: dict[int, tuple[Cut, list[Leaf]]] = {}
    for one in leaves:
        cut = one.best_cut(NOWHERE)
        if cut is None:
            raise ValueError("a leaf without multipliers proves nothing")
        chosen.setdefault(id(cut), (cut, []))[1].append(one)
    number = {key: n for n, key in enumerate(chosen)}
    used = [id(one.best_cut(NOWHERE)) for one in leaves]
    order = sorted(range(len(leaves)), key=lambda n: places[n])
    units = frame.units.copy()
    units[program.m :] -= np.array([round(np.log2(s)) for s in sizes], dtype=np.int64)
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": digest(program),
        "weights": [str(w) for w in question.weights],
        "limits": [[q, str(v)] for q, v in question.limits],
        "units": [int(u) for u in units],
        "splits": splits,
        "leaves": [number[used[n]] for n in order],
        "multipliers": [_record(frame, cut, users, goal) for cut, users in chosen.values()],
    }


def _record(frame: Lagrangian, cut: Cut, users: Sequence[Leaf], goal: float) -> dict[str, Any]:
    """The cut's multipliers with the fewest digits that still do for all its leaves."""
    need = FARKAS_MARGIN if cut.farkas else goal
    scale = 0 if cut.farkas else int(np.ceil(np.log2(frame.size)))
    y = np.zeros(frame.program.m)
    y[cut.rows] = cut.y
    for digits in MULTIPLIER_DIGITS:
        step = 2.0 ** (frame.units - digits + scale)
        whole = np.round(y / step)
        short = frame.cut_of(whole * step, cut.farkas)
        if min(short.base + frame.shift(short, one.box) for one in users) >= need:
            return _written(whole[short.rows], short, digits - scale)
    exponents = [Fraction(v) for v in cut.y.tolist()]
    digits = max((e.denominator.bit_length() - 1 + int(frame.units[i]) for e, i in zip(exponents, cut.rows, strict=True)), default=0)
    exact = [int(e * Fraction(2) ** (digits - int(frame.units[i]))) for e, i in zip(exponents, cut.rows, strict=True)]
    return {"empty": cut.farkas, "digits": digits, "rows": cut.rows.tolist(), "y": exact}


def _written(whole: NDArray[Any], cut: Cut, digits: int) -> dict[str, Any]:
    return {"empty": cut.farkas, "digits": digits, "rows": cut.rows.tolist(), "y": [int(k) for k in whole]}


def tree_of(leaves: Sequence[Leaf]) -> tuple[list[list[int]], list[int]]:
    """Splits as [column, at, down, up], the root first, and the place (0, 1, ...) of every leaf."""
    below: dict[tuple[int, bool], tuple[Split | None, int]] = {}
    known: dict[int, Split] = {}
    top: Split | None = None
    for n, one in enumerate(leaves):
        at = one.path
        content: tuple[Split | None, int] = (None, n)
        while at is not None:
            split, up = at
            below[id(split), up] = content
            if id(split) in known:
                break
            known[id(split)] = split
            at, content = split.parent, (split, -1)
            top = split if at is None else top
    if top is None:
        return [], [0]
    splits: list[list[int]] = []
    places = [0] * len(leaves)
    met = 0
    todo: list[tuple[Split, int, int]] = [(top, -1, 0)]
    while todo:
        split, owner, side = todo.pop()
        if owner >= 0:
            splits[owner][side] = len(splits)
        here = len(splits)
        splits.append([split.column, split.at, 0, 0])
        for side, up in ((2, False), (3, True)):
            child, n = below[id(split), up]
            if child is not None:
                todo.append((child, here, side))
            else:
                places[n] = met
                splits[here][side] = -met - 1
                met += 1
    return splits, places


def pack(proof: Mapping[str, Any]) -> str:
    """Compact text: JSON with rows as differences, deflated, base64."""
    slim = [{**m, "rows": steps_of(m["rows"])} for m in proof["multipliers"]]
    return sealed({**proof, "multipliers": slim})


def unpack(text: str) -> dict[str, Any]:
    """Inverse of pack. Raises Unproven for anything that is not a proof of this format."""
    return opened(text, "a proof", (FORMAT, VERSION), LARGEST_PROOF, _whole)


def _whole(proof: dict[str, Any]) -> dict[str, Any]:
    for record in proof["multipliers"]:
        record["rows"] = rows_of(record["rows"])
    return proof
