"""What is left to decide once the integer columns are fixed: who pays what in which year, at which scale.

The rows of the Program that speak of money or scale, on the columns X (payments of the taken ways), c (carried) and s (scale of the taken ways that
have a curve); everything else is a constant. A row's coefficient on s_o is its coefficient on the curve's last point, where b = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.program import Floats, Program

MONEY_ROWS = frozenset(
    ("demand", "profile", "payment", "ramp", "fund_rate", "fund_ledger", "project_cap", "pays_if", "ticket_lower", "ticket_upper",
     "ceiling", "ceiling_total", "capacity", "match", "share_min", "share_max", "linear")
)  # fmt: skip
"""Blocks whose rows a change of payments or scale can break (criteria are re-computed, not kept)."""
SUMS = {"use": "fund_use", "spend": "spend_sum"}
"""Sum columns of the Program -> the rows that define them."""
Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Reduced:
    """Rows in Program units: lower <= A [X, c, s] <= upper, constants already subtracted.

    pay, carry: column ids in the Program · scale: (way key, column of the last point) · now: current values of [X, c, s]
    entry_*: sparse A · block, label: of each row · program_row: row id in the Program · scale_floor, scale_top: b_1 y and y.
    """

    pay: Ids
    carry: Ids
    scale: tuple[tuple[str, str], ...]
    now: Floats
    most: Floats
    scale_floor: Floats
    entry_row: Ids
    entry_col: Ids
    entry_value: Floats
    lower: Floats
    upper: Floats
    block: tuple[str, ...]
    index: tuple[tuple[Any, ...], ...]
    program_row: Ids

    @property
    def size(self) -> int:
        """Number of columns."""
        return len(self.pay) + len(self.carry) + len(self.scale)


def reduce(program: Program, x: Floats, curves: dict[tuple[str, str], tuple[Floats, Floats]]) -> Reduced:
    """Fix the integer columns of x (rounded) and keep the money rows. curves: way key -> (b, v) of its points, as in the Program."""
    fixed = np.where(program.integer, np.round(x), x)
    taken = _taken(program, fixed)
    pay = [j for j, key in _entries(program, "pay") if key[:2] in taken]
    carry = [j for j, _ in _entries(program, "carry")]
    points: dict[tuple[str, str], list[int]] = {}
    for j, key in _entries(program, "position"):
        if key[:2] in taken:
            points.setdefault(key[:2], []).append(j)
    scale = tuple(points)
    last = [points[key][-1] for key in scale]
    rows, cols, values = _without_sums(program)
    kind = np.zeros(program.n, dtype=int)  # 0 constant, 1 kept, 2 dropped (inner points: s stands for them)
    for j, _ in _entries(program, "position"):
        kind[j] = 2
    place = np.full(program.n, -1)
    kept = [*pay, *carry, *last]
    kind[kept] = 1
    place[kept] = np.arange(len(kept))
    of_interest = np.zeros(program.m, dtype=bool)
    blocks = [(b, b.name) for b in program.rows if b.name in MONEY_ROWS]
    for block, _ in blocks:
        of_interest[block.span] = True
    mine = of_interest[rows]
    rows, cols, values = rows[mine], cols[mine], values[mine]
    constant = np.zeros(program.m)
    still = kind[cols] == 0
    np.add.at(constant, rows[still], values[still] * fixed[cols[still]])
    kept_entries = kind[cols] == 1
    used = np.unique(rows[kept_entries])
    serial = np.full(program.m, -1)
    serial[used] = np.arange(len(used))
    names, index = _row_names(program, used)
    scale_now = [float(np.dot(curves[key][0], fixed[points[key]])) for key in scale]
    units = [taken[key] for key in scale]
    return Reduced(
        pay=np.array(pay, dtype=int),
        carry=np.array(carry, dtype=int),
        scale=scale,
        now=np.array([*fixed[pay], *fixed[carry], *scale_now]),
        most=np.array([*program.col_upper[pay], *program.col_upper[carry], *units]),
        scale_floor=np.array([u * curves[key][0].min() for key, u in zip(scale, units, strict=True)]),
        entry_row=serial[rows[kept_entries]],
        entry_col=place[cols[kept_entries]],
        entry_value=values[kept_entries],
        lower=program.row_lower[used] - constant[used],
        upper=program.row_upper[used] - constant[used],
        block=names,
        index=index,
        program_row=used,
    )


def _without_sums(program: Program) -> tuple[Ids, Ids, Floats]:
    """(row, column, value) of A with the sum columns (use, spend) replaced by the payments they add up."""
    rows = np.repeat(np.arange(program.m), np.diff(program.indptr))
    cols, values = program.indices.astype(int), program.data
    owner = np.full(program.n, -1)  # payment -> its sum column, one kind of sum at a time
    for name, definition in SUMS.items():
        columns = program.block(name)
        defined = next((b for b in program.rows if b.name == definition), None)
        if columns is None or defined is None:
            continue
        own = (rows >= defined.start) & (rows < defined.start + defined.size)
        parts = own & ((cols < columns.start) | (cols >= columns.start + columns.size))
        owner[:] = -1
        owner[cols[parts]] = columns.start + rows[parts] - defined.start
        members: dict[int, list[int]] = {}
        for part, total in zip(cols[parts].tolist(), owner[cols[parts]].tolist(), strict=True):
            members.setdefault(total, []).append(part)
        summed = ~own & (cols >= columns.start) & (cols < columns.start + columns.size)
        spread = [
            (r, part, v)
            for r, c, v in zip(rows[summed].tolist(), cols[summed].tolist(), values[summed].tolist(), strict=True)
            for part in members.get(c, [])
        ]
        kept = ~summed
        rows = np.concatenate([rows[kept], np.array([r for r, _, _ in spread], dtype=int)])
        cols = np.concatenate([cols[kept], np.array([c for _, c, _ in spread], dtype=int)])
        values = np.concatenate([values[kept], np.array([v for _, _, v in spread], dtype=float)])
    return rows, cols, values


def _entries(program: Program, name: str) -> list[tuple[int, tuple[Any, ...]]]:
    block = program.block(name)
    return [] if block is None else [(block.start + n, key) for n, key in enumerate(block.index)]


def _taken(program: Program, fixed: Floats) -> dict[tuple[str, str], int]:
    """Way key -> units, for the ways that are taken."""
    return {(key[0], key[1]): int(fixed[j]) for j, key in _entries(program, "take") if fixed[j] > 0.5}


def _row_names(program: Program, used: Ids) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    owner = {i: (b.name, b.index[i - b.start]) for b in program.rows if b.name in MONEY_ROWS for i in range(b.start, b.start + b.size)}
    return tuple(owner[int(i)][0] for i in used), tuple(owner[int(i)][1] for i in used)
