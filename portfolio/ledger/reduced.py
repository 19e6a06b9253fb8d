"""What is left to decide once the integer columns are fixed: who pays what in which year, at which scale.

The rows of the Program that speak of money or scale, on the columns X (payments of the taken ways), c (carried) and s (scale of the taken ways that
have a curve); everything else is a constant. A row's coefficient on s_o is its coefficient on the curve's last point, where b = 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.program import Floats, Key, Program

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

    pay, carry: column ids in the Program · pay_keys: (programme, name, fund, year) of each payment
    scale: (way key, column of the last point) · now: current values of [X, c, s]
    entry_*: sparse A · block, label: of each row · program_row: row id in the Program · scale_floor, scale_top: b_1 y and y.
    """

    pay: Ids
    pay_keys: tuple[Key, ...]
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


class MoneyRows:
    """What a Program says of money and scale before anything is fixed: made once, for every plan that is published from it.

    curves: way key -> (b, v) of its points, as in the Program.
    """

    def __init__(self, program: Program, curves: dict[tuple[str, str], tuple[Floats, Floats]]) -> None:
        self.program, self.curves = program, curves
        self._take, self._pay = _entries(program, "take"), _entries(program, "pay")
        self._carry, self._position = _entries(program, "carry"), _entries(program, "position")
        self._owner = {
            i: (b.name, key) for b in program.rows if b.name in MONEY_ROWS for i, key in enumerate(b.index, start=b.start)
        }  # fmt: skip
        rows, cols, values = _without_sums(program)
        of_interest = np.zeros(program.m, dtype=bool)
        of_interest[list(self._owner)] = True
        mine = of_interest[rows]
        self._rows, self._cols, self._values = rows[mine], cols[mine], values[mine]

    def fixed(self, x: Floats) -> Reduced:
        """With the integer columns of x (n,), rounded."""
        program, rows, cols, values, curves = self.program, self._rows, self._cols, self._values, self.curves
        fixed = np.where(program.integer, np.round(x), x)
        # Way key -> units, for the ways that are taken.
        taken = {(key[0], key[1]): int(fixed[j]) for j, key in self._take if fixed[j] > 0.5}
        paid = [(j, key) for j, key in self._pay if key[:2] in taken]
        pay, carry = [j for j, _ in paid], [j for j, _ in self._carry]
        points: dict[tuple[str, str], list[int]] = {}
        for j, key in self._position:
            if key[:2] in taken:
                points.setdefault((key[0], key[1]), []).append(j)
        scale = tuple(points)
        last = [points[key][-1] for key in scale]
        kind = np.zeros(program.n, dtype=int)  # 0 constant, 1 kept, 2 dropped (inner points: s stands for them)
        kind[[j for j, _ in self._position]] = 2
        place = np.full(program.n, -1)
        kept = [*pay, *carry, *last]
        kind[kept] = 1
        place[kept] = np.arange(len(kept))
        still, moves = kind[cols] == 0, kind[cols] == 1
        constant = np.bincount(rows[still], values[still] * fixed[cols[still]], program.m)
        used = np.unique(rows[moves])
        serial = np.full(program.m, -1)
        serial[used] = np.arange(len(used))
        scale_now = [float(np.dot(curves[key][0], fixed[points[key]])) for key in scale]
        units = [taken[key] for key in scale]
        return Reduced(
            pay=np.array(pay, dtype=int),
            pay_keys=tuple(key for _, key in paid),
            carry=np.array(carry, dtype=int),
            scale=scale,
            now=np.array([*fixed[pay], *fixed[carry], *scale_now]),
            most=np.array([*program.col_upper[pay], *program.col_upper[carry], *units]),
            scale_floor=np.array([u * curves[key][0].min() for key, u in zip(scale, units, strict=True)]),
            entry_row=serial[rows[moves]],
            entry_col=place[cols[moves]],
            entry_value=values[moves],
            lower=program.row_lower[used] - constant[used],
            upper=program.row_upper[used] - constant[used],
            block=tuple(self._owner[int(i)][0] for i in used),
            index=tuple(self._owner[int(i)][1] for i in used),
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


def _entries(program: Program, name: str) -> list[tuple[int, Key]]:
    block = program.block(name)
    return [] if block is None else [(block.start + n, key) for n, key in enumerate(block.index)]
