"""The bench on which components put columns and rows; nothing here knows what they mean.

Numbers are float64, or exact rationals (object arrays of Fraction) when `exact`: the components' code is the same for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portfolio.formulation.scale import money_unit
from portfolio.program import Block, Program
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.way import Way

Array = NDArray[Any]
Index = Sequence[tuple[Any, ...]]
INF = float("inf")


@dataclass
class Layout:
    """Column ids that several components speak of. Ways, points, payments in file order; arrays run parallel.

    chosen: (ways,) column that is 1 iff the way is taken · take: (ways,) units taken
    point_*: breakpoints: way, column, b (scale), v (effect) · pay_*: payments: way, fund, year, column
    use: (funds, years) column of what a fund commits in a year · spend: (ways,) column of a way's money (made when a rule needs it).
    """

    ways: tuple[Way, ...] = ()
    take: Array = field(default_factory=lambda: np.empty(0, int))
    chosen: Array = field(default_factory=lambda: np.empty(0, int))
    point_way: Array = field(default_factory=lambda: np.empty(0, int))
    point_col: Array = field(default_factory=lambda: np.empty(0, int))
    point_b: Array = field(default_factory=lambda: np.empty(0))
    point_v: Array = field(default_factory=lambda: np.empty(0))
    pay_way: Array = field(default_factory=lambda: np.empty(0, int))
    pay_fund: Array = field(default_factory=lambda: np.empty(0, int))
    pay_year: Array = field(default_factory=lambda: np.empty(0, int))
    pay_col: Array = field(default_factory=lambda: np.empty(0, int))
    pay_most: Array = field(default_factory=lambda: np.empty(0))
    use: Array = field(default_factory=lambda: np.empty((0, 0), int))
    spend: Array = field(default_factory=lambda: np.empty(0, int))
    synergy: dict[str, int] = field(default_factory=dict)

    @cached_property
    def ways_of(self) -> dict[str, list[int]]:
        """Numbers of the ways of each programme."""
        found: dict[str, list[int]] = {}
        for i, way in enumerate(self.ways):
            found.setdefault(way.programme, []).append(i)
        return found


class Build:
    """Collects blocks and coefficients; `finish` freezes them into a Program."""

    def __init__(self, instance: Instance, spec: ModelSpec, exact: bool = False) -> None:
        self.instance, self.spec, self.exact = instance, spec, exact
        self.unit = money_unit(instance)
        self.at = Layout(ways=instance.ways)
        self.criterion_ids = tuple(c.id for c in instance.criteria)
        self.signs = tuple(-1 if c.sense == "max" else 1 for c in instance.criteria)
        self._columns: list[Block] = []
        self._rows: list[Block] = []
        self._col_bounds: list[tuple[Array, Array, Array]] = []
        self._row_bounds: list[tuple[Array, Array]] = []
        self._entries: list[tuple[Array, Array, Array]] = []
        self._gains: list[tuple[int, Array, Array]] = []
        self._offsets: list[Any] = [Fraction(0) if exact else 0.0 for _ in self.criterion_ids]
        self._bounded: list[tuple[str, int, Any, Any]] = []
        self._n = self._m = 0

    # -- numbers ---------------------------------------------------------------------------------------------------
    def number(self, value: Fraction | int) -> Any:
        """One number in this build's arithmetic."""
        return Fraction(value) if self.exact else float(value)

    def numbers(self, values: Iterable[Fraction]) -> Array:
        """An array in this build's arithmetic."""
        listed = list(values)
        if not self.exact:
            return np.array([v.numerator / v.denominator for v in listed], dtype=np.float64)
        filled = np.empty(len(listed), dtype=object)
        filled[:] = [Fraction(v) for v in listed]
        return filled

    def money(self, values: Iterable[Fraction]) -> Array:
        """Instance money -> Program money."""
        if self.exact:
            return self.numbers(v / self.unit for v in values)
        # One true division of integers: correctly rounded like float(v / unit), without a Fraction in between.
        up, down = self.unit.denominator, self.unit.numerator
        return np.array([v.numerator * up / (v.denominator * down) for v in values], dtype=np.float64)

    # -- columns and rows ------------------------------------------------------------------------------------------
    def columns(self, name: str, index: Index, lower: Any, upper: Any, doc: str, integer: bool = False) -> Array:
        """Add a block of columns with finite bounds; returns their ids."""
        size = len(index)
        low, high = self._filled(lower, size), self._filled(upper, size)
        self._columns.append(Block(name, self._n, index, doc))
        self._col_bounds.append((low, high, np.full(size, integer)))
        ids = np.arange(self._n, self._n + size)
        self._n += size
        return ids

    def rows(self, name: str, index: Index, lower: Any, upper: Any, doc: str, rules: Sequence[str] = ()) -> Array:
        """Add a block of rows; returns their ids. rules: id of the instance's rule behind each row."""
        size = len(index)
        self._rows.append(Block(name, self._m, index, doc, rules))
        self._row_bounds.append((self._filled(lower, size), self._filled(upper, size)))
        ids = np.arange(self._m, self._m + size)
        self._m += size
        return ids

    def enter(self, rows: Any, cols: Any, values: Any) -> None:
        """Coefficients A[rows, cols] += values (broadcast against each other)."""
        r, c = np.broadcast_arrays(np.asarray(rows, dtype=int), np.asarray(cols, dtype=int))
        self._entries.append((r.ravel(), c.ravel(), self._filled(values, r.size)))

    def gain(self, criterion: str, cols: Any, natural: Any) -> None:
        """Add natural coefficients to a criterion (turned into minimise form here)."""
        q = self.criterion_ids.index(criterion)
        c = np.atleast_1d(np.asarray(cols, dtype=int))
        self._gains.append((q, c, self._filled(natural, c.size) * self.signs[q]))

    def bound_criterion(self, rule: str, criterion: str, lower: Any, upper: Any) -> None:
        """Keep a criterion (natural sense) between two values; the rows are made when all gains are known."""
        self._bounded.append((rule, self.criterion_ids.index(criterion), lower, upper))

    def _filled(self, values: Any, size: int) -> Array:
        dtype = object if self.exact else np.float64
        return np.broadcast_to(np.asarray(values, dtype=dtype), (size,))

    # -- freeze ----------------------------------------------------------------------------------------------------
    def finish(self) -> Program:
        """The Program. Equal (row, column) coefficients are summed, zeros dropped."""
        criteria = self._criteria()
        self._criterion_rows(criteria)
        rows = _joined([e[0] for e in self._entries], int)
        cols = _joined([e[1] for e in self._entries], int)
        data = _joined([e[2] for e in self._entries], object if self.exact else np.float64)
        order = np.lexsort((cols, rows))
        rows, cols, data = rows[order], cols[order], data[order]
        if len(rows):
            first = np.concatenate(([True], (rows[1:] != rows[:-1]) | (cols[1:] != cols[:-1])))
            data = np.add.reduceat(data, np.flatnonzero(first))
            rows, cols = rows[first], cols[first]
            kept = data != 0
            rows, cols, data = rows[kept], cols[kept], data[kept]
        indptr = np.zeros(self._m + 1, dtype=np.int32)
        np.cumsum(np.bincount(rows, minlength=self._m), out=indptr[1:])
        dtype: Any = object if self.exact else np.float64
        return Program(
            indptr=indptr,
            indices=cols.astype(np.int32),
            data=data,
            row_lower=_joined([b[0] for b in self._row_bounds], dtype),
            row_upper=_joined([b[1] for b in self._row_bounds], dtype),
            col_lower=_joined([b[0] for b in self._col_bounds], dtype),
            col_upper=_joined([b[1] for b in self._col_bounds], dtype),
            integer=_joined([b[2] for b in self._col_bounds], np.bool_),
            criteria=criteria,
            offsets=np.array(self._offsets, dtype=dtype),
            signs=self.signs,
            names=self.criterion_ids,
            columns=tuple(self._columns),
            rows=tuple(self._rows),
            money_unit=self.unit,
        )

    def _criteria(self) -> Array:
        criteria = np.zeros((len(self.criterion_ids), self._n), dtype=object if self.exact else np.float64)
        if self.exact:
            criteria[:] = Fraction(0)
        for q, cols, values in self._gains:
            np.add.at(criteria[q], cols, values)
        return criteria

    def _criterion_rows(self, criteria: Array) -> None:
        for rule, q, lower, upper in self._bounded:
            sign = self.signs[q]
            if sign < 0:
                lower, upper = (None if upper is None else -upper), (None if lower is None else -lower)
            low = -INF if lower is None else self.number(lower)
            high = INF if upper is None else self.number(upper)
            name = self.criterion_ids[q]
            row = self.rows("criterion_bound", [(rule, name)], low, high, f"min <= {name} <= max", [rule])
            used = np.flatnonzero(criteria[q] != 0)
            self.enter(row[0], used, criteria[q][used])


def _joined(parts: list[Array], dtype: Any) -> Array:
    return np.concatenate(parts).astype(dtype) if parts else np.empty(0, dtype=dtype)
