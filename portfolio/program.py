"""The mixed-integer program as immutable arrays: the one thing that every door, proof and frontier works on.

    minimise  F(x) = (criteria @ x + offsets)   subject to  row_lower <= A x <= row_upper,  col_lower <= x <= col_upper,  x_j integer for j in `integer`

Inside the Program every criterion is minimised; `signs` flips back (natural = sign * minimised). Every column has finite, derived bounds.
Money is in units of `money_unit` (instance units), chosen by formulation/scale.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


Key = tuple[Any, ...]


class Keys(Sequence[Key]):
    """Ids of the entries of a block, made when somebody asks: a native solve of 200,000 columns asks for none of them.

    parts: per position of the id a vocabulary and, for each entry, the place in it; a word that is None is left out of the id.
    """

    __slots__ = ("parts",)

    def __init__(self, *parts: tuple[Sequence[Any], NDArray[Any]]) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return len(self.parts[0][1])

    @overload
    def __getitem__(self, entry: int) -> Key: ...
    @overload
    def __getitem__(self, entry: slice) -> list[Key]: ...
    def __getitem__(self, entry: int | slice) -> Key | list[Key]:
        if isinstance(entry, slice):
            return [self[n] for n in range(*entry.indices(len(self)))]
        return tuple(word for words, place in self.parts if (word := words[place[entry]]) is not None)

    def __iter__(self) -> Iterator[Key]:
        columns = ([words[n] for n in place.tolist()] for words, place in self.parts)
        return (tuple(word for word in row if word is not None) for row in zip(*columns, strict=True))

    def take(self, entries: Any) -> Keys:
        """The ids of these entries, in this order."""
        return Keys(*((words, place[entries]) for words, place in self.parts))

    def extended(self, words: Sequence[Any], place: Any) -> Keys:
        """The same ids with one more position."""
        return Keys(*self.parts, (words, np.asarray(place, dtype=np.intp)))


@dataclass(frozen=True, slots=True)
class Block:
    """A named, indexed family of columns or rows: `pay[small_uav,grant,gx_bonds,2027]` is entry (small_uav, grant, gx_bonds, 2027) of block `pay`.

    start, size: where it lies · index: one tuple of ids per entry · doc: equation and unit · rules: id of the instance's rule per entry.
    """

    name: str
    start: int
    index: Sequence[Key]
    doc: str = ""
    rules: Sequence[str] = ()

    @property
    def size(self) -> int:
        return len(self.index)

    @property
    def span(self) -> slice:
        return slice(self.start, self.start + self.size)

    def label(self, entry: int) -> str:
        """`name[a,b,c]`, or the bare name of a scalar."""
        key = self.index[entry]
        return f"{self.name}[{','.join(map(str, key))}]" if key else self.name


@dataclass(frozen=True)
class Program:
    """A is (m, n) in CSR form (indptr (m+1,), indices (nnz,), data (nnz,)); criteria is (q, n); offsets (q,)."""

    indptr: Ints
    indices: Ints
    data: Floats
    row_lower: Floats
    row_upper: Floats
    col_lower: Floats
    col_upper: Floats
    integer: NDArray[np.bool_]
    criteria: Floats
    offsets: Floats
    signs: tuple[int, ...]
    names: tuple[str, ...]
    columns: tuple[Block, ...] = ()
    rows: tuple[Block, ...] = ()
    money_unit: Any = 1
    exact_form: Callable[[], Program] | None = field(default=None, compare=False)

    @property
    def n(self) -> int:
        """Number of columns."""
        return len(self.col_lower)

    @property
    def m(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    @property
    def q(self) -> int:
        """Number of criteria."""
        return len(self.names)

    @cached_property
    def exact(self) -> Program:
        """The same Program with exact rationals (object arrays of Fraction) in place of floats."""
        if self.exact_form is None:
            raise ValueError("this Program was built from floats: no exact form was given")
        return self.exact_form()

    def block(self, name: str) -> Block | None:
        """The column block of that name."""
        return next((b for b in self.columns if b.name == name), None)

    def values(self, x: Floats) -> Floats:
        """All criteria at x, minimised, shape (q,)."""
        return self.criteria @ x + self.offsets

    def col_label(self, j: int) -> str:
        """Label of column j in the instance's words."""
        return _label(self.columns, j, "x")

    def row_label(self, i: int) -> str:
        """Label of row i in the instance's words."""
        return _label(self.rows, i, "c")

    def rule_of(self, i: int) -> str:
        """Id of the instance's rule behind row i; the block's name where it comes from the model's structure."""
        for block in self.rows:
            if block.start <= i < block.start + block.size:
                return block.rules[i - block.start] if block.rules else block.name
        return f"c{i}"


def _label(blocks: Sequence[Block], position: int, prefix: str) -> str:
    for block in blocks:
        if block.start <= position < block.start + block.size:
            return block.label(position - block.start)
    return f"{prefix}{position}"
