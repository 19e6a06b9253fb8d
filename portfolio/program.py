"""The mixed-integer program as immutable arrays: the one thing that every door, proof and frontier works on.

    minimise  F(x) = (criteria @ x + offsets)   subject to  row_lower <= A x <= row_upper,  col_lower <= x <= col_upper,  x_j integer for j in `integer`

Inside the Program every criterion is minimised; `signs` flips back (natural = sign * minimised). Every column has finite, derived bounds.
Money is in units of `money_unit` (instance units), chosen by formulation/scale.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Block:
    """A named, indexed family of columns or rows: `pay[small_uav,grant,gx_bonds,2027]` is entry (small_uav, grant, gx_bonds, 2027) of block `pay`.

    start, size: where it lies · index: one tuple of ids per entry · doc: equation and unit · rules: id of the instance's rule per entry.
    """

    name: str
    start: int
    index: Sequence[tuple[Any, ...]]
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
