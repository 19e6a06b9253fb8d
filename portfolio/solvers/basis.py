"""A simplex basis of one Program as a start for a Program of another structure: blocks that both have keep the status of their entries.

Rows that appear are basic, columns that appear rest at a bound; where that is no basis HiGHS mends it (`alien`). Only speed depends on it.
"""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import highspy

from portfolio.program import Block, Program

_BASIC, _AT_LOWER = highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kLower


_STATUSES = {int(status): status for status in highspy.HighsBasisStatus.__members__.values()}


def packed(held: Any) -> str:
    """HiGHS' basis as text, a few kB for thousands of rows."""
    # Each look at a side of a basis copies it.
    columns, rows = held.col_status, held.row_status
    statuses = bytes(map(int, columns)) + bytes(map(int, rows))
    return f"{len(columns)}:{base64.b64encode(zlib.compress(statuses)).decode()}"


def unpacked(text: str) -> Any:
    """Inverse of `packed`. Raises ValueError, KeyError for text that is none."""
    columns, _, rest = text.partition(":")
    try:
        statuses = [_STATUSES[code] for code in zlib.decompress(base64.b64decode(rest, validate=True))]
    except zlib.error as error:
        raise ValueError(f"no basis: {error}") from None
    held = highspy.HighsBasis()
    held.col_status, held.row_status = statuses[: int(columns)], statuses[int(columns) :]
    held.valid, held.alien = True, False
    return held


class Basis:
    """held: as HiGHS gave it, rows added behind those of the Program included."""

    def __init__(self, program: Program, held: Any) -> None:
        self._program, self._held = program, held
        self._columns, self._rows = list(held.col_status), list(held.row_status)

    def of(self, program: Program) -> Any:
        """The basis for `program`."""
        old = self._program
        alike = all(
            [(b.name, b.size) for b in blocks] == [(b.name, b.size) for b in others]
            for blocks, others in ((old.columns, program.columns), (old.rows, program.rows))
        )
        if alike:
            return self._held
        found = highspy.HighsBasis()
        found.col_status = _carried(self._columns, old.columns, program.columns, _AT_LOWER)
        found.row_status = _carried(self._rows, old.rows, program.rows, _BASIC) + self._rows[old.m :]
        found.valid, found.alien = True, True
        return found


def _carried(statuses: Sequence[Any], old: Sequence[Block], new: Sequence[Block], fresh: Any) -> list[Any]:
    before = dict(_named(old))
    found: list[Any] = []
    for name, block in _named(new):
        known = before.get(name)
        if known is None:
            found += [fresh] * block.size
        elif known.size == block.size:
            found += statuses[known.span]
        else:
            place = {key: known.start + n for n, key in enumerate(known.index)}
            found += [statuses[place[key]] if key in place else fresh for key in block.index]
    return found


def _named(blocks: Sequence[Block]) -> Iterator[tuple[tuple[str, int], Block]]:
    """Several components may write blocks of one name: they are told apart by their order."""
    times: Counter[str] = Counter()
    for block in blocks:
        yield (block.name, times[block.name]), block
        times[block.name] += 1
