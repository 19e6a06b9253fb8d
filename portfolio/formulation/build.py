"""The bench on which components put columns and rows; nothing here knows what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from portfolio.formulation.arithmetic import Arithmetic, Array
from portfolio.formulation.scale import money_unit
from portfolio.formulation.way_table import WayTable, spread
from portfolio.program import Block, Key, Keys, Program
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.way import Way

Index = Sequence[Key]
INF = float("inf")


def _none() -> Array:
    return np.empty(0, dtype=np.intp)


@dataclass
class Layout:
    """Column ids that several components speak of. Ways, points, payments in file order; arrays run parallel.

    chosen: (ways,) column that is 1 iff the way is taken · take: (ways,) units taken
    point_*: breakpoints: way, column, b (scale), v (effect); point_first: (ways + 1,) where a way's points begin
    pay_*: payments: way, fund, year, column, bound, (programme, name, fund, year); those of a way and fund lie side by side
    use: (funds, years) column of what a fund commits in a year · spend: (ways,) column of a way's money (made when a rule needs it).
    """

    ways: tuple[Way, ...] = ()
    take: Array = field(default_factory=_none)
    chosen: Array = field(default_factory=_none)
    point_way: Array = field(default_factory=_none)
    point_first: Array = field(default_factory=_none)
    point_col: Array = field(default_factory=_none)
    point_b: Array = field(default_factory=lambda: np.empty(0))
    point_v: Array = field(default_factory=lambda: np.empty(0))
    pay_way: Array = field(default_factory=_none)
    pay_fund: Array = field(default_factory=_none)
    pay_year: Array = field(default_factory=_none)
    pay_col: Array = field(default_factory=_none)
    pay_most: Array = field(default_factory=lambda: np.empty(0))
    pay_keys: Keys = field(default_factory=Keys)
    use: Array = field(default_factory=lambda: np.empty((0, 0), dtype=np.intp))
    spend: Array = field(default_factory=_none)
    synergy: dict[str, int] = field(default_factory=dict)

    def points_of(self, ways: Array) -> tuple[Array, Array]:
        """(place in `ways`, point) for every point of these ways."""
        return spread(self.point_first, ways)

    def payments_of(self, ways: Array) -> Array:
        """The payments of these ways."""
        spans = np.searchsorted(self.pay_way, [ways, ways + 1]).T
        return np.concatenate([_none(), *(np.arange(first, end) for first, end in spans)])

    def pair_first(self) -> Array:
        """(pairs + 1,) where the payments of each pair of way and fund begin."""
        size = len(self.pay_way)
        begins = np.ones(size + 1, dtype=bool)
        begins[1:-1] = (self.pay_way[1:] != self.pay_way[:-1]) | (self.pay_fund[1:] != self.pay_fund[:-1])
        return np.flatnonzero(begins) if size else np.zeros(1, dtype=np.intp)


class Build(Arithmetic):
    """Collects blocks and coefficients; `finish` freezes them into a Program. `number`, `numbers` and `money` make its numbers.

    at: columns by what they mean · table: the ways as arrays · tight: rows may take a form that the relaxation gains from (docs/adr/0010).
    """

    def __init__(self, instance: Instance, spec: ModelSpec, exact: bool = False, tight: bool = False) -> None:
        super().__init__(exact, money_unit(instance))
        self.instance, self.spec, self.tight = instance, spec, tight
        self.at = Layout(ways=instance.ways)
        self.table = WayTable(instance, self)
        self.criterion_ids = tuple(c.id for c in instance.criteria)
        self.signs = tuple(-1 if c.sense == "max" else 1 for c in instance.criteria)
        self._columns: list[Block] = []
        self._rows: list[Block] = []
        self._col_bounds: list[tuple[Array, Array, Array]] = []
        self._row_bounds: list[tuple[Array, Array]] = []
        self._entries: list[tuple[Array, Array, Array]] = []
        self._gains: list[tuple[int, Array, Array]] = []
        self._offsets: list[Any] = [self.number(0) for _ in self.criterion_ids]
        self._bounded: list[tuple[str, int, Any, Any]] = []
        self._n = self._m = 0

    # -- columns and rows ------------------------------------------------------------------------------------------
    def columns(self, name: str, index: Index, lower: Any, upper: Any, doc: str, integer: bool = False) -> Array:
        """Add a block of columns with finite bounds; returns their ids."""
        size = len(index)
        low, high = self.filled(lower, size), self.filled(upper, size)
        self._columns.append(Block(name, self._n, index, doc))
        self._col_bounds.append((low, high, np.full(size, integer)))
        ids = np.arange(self._n, self._n + size)
        self._n += size
        return ids

    def rows(self, name: str, index: Index, lower: Any, upper: Any, doc: str, rules: Sequence[str] = ()) -> Array:
        """Add a block of rows; returns their ids. rules: id of the instance's rule behind each row."""
        size = len(index)
        self._rows.append(Block(name, self._m, index, doc, rules))
        self._row_bounds.append((self.filled(lower, size), self.filled(upper, size)))
        ids = np.arange(self._m, self._m + size)
        self._m += size
        return ids

    def enter(self, rows: Any, cols: Any, values: Any) -> None:
        """Coefficients A[rows, cols] += values (broadcast against each other)."""
        r, c = np.asarray(rows, dtype=np.intp), np.asarray(cols, dtype=np.intp)
        if r.ndim == 0:
            r = np.full(c.shape, r)
        elif c.ndim == 0:
            c = np.full(r.shape, c)
        elif r.shape != c.shape:
            r, c = np.broadcast_arrays(r, c)
        self._entries.append((r.ravel(), c.ravel(), self.filled(values, r.size)))

    def gain(self, criterion: str, cols: Any, natural: Any) -> None:
        """Add natural coefficients to a criterion (turned into minimise form here)."""
        q = self.criterion_ids.index(criterion)
        c = np.atleast_1d(np.asarray(cols, dtype=int))
        self._gains.append((q, c, self.filled(natural, c.size) * self.signs[q]))

    def bound_criterion(self, rule: str, criterion: str, lower: Any, upper: Any) -> None:
        """Keep a criterion (natural sense) between two values; the rows are made when all gains are known."""
        self._bounded.append((rule, self.criterion_ids.index(criterion), lower, upper))

    # -- freeze ----------------------------------------------------------------------------------------------------
    def finish(self) -> Program:
        """The Program. Equal (row, column) coefficients are summed, zeros dropped."""
        criteria = self._criteria()
        self._criterion_rows(criteria)
        rows = _joined([e[0] for e in self._entries], np.intp)
        cols = _joined([e[1] for e in self._entries], np.intp)
        data = _joined([e[2] for e in self._entries], self.dtype)
        place = rows * self._n + cols
        order = np.argsort(place, kind="stable")
        place, data = place[order], data[order]
        if len(place):
            first = np.concatenate(([True], place[1:] != place[:-1]))
            if not first.all():
                place, data = place[first], np.add.reduceat(data, np.flatnonzero(first))
            kept = data != 0
            place, data = place[kept], data[kept]
        rows, cols = np.divmod(place, self._n)
        indptr = np.zeros(self._m + 1, dtype=np.int32)
        np.cumsum(np.bincount(rows, minlength=self._m), out=indptr[1:])
        return Program(
            indptr=indptr,
            indices=cols.astype(np.int32),
            data=data,
            row_lower=_joined([b[0] for b in self._row_bounds], self.dtype),
            row_upper=_joined([b[1] for b in self._row_bounds], self.dtype),
            col_lower=_joined([b[0] for b in self._col_bounds], self.dtype),
            col_upper=_joined([b[1] for b in self._col_bounds], self.dtype),
            integer=_joined([b[2] for b in self._col_bounds], np.bool_),
            criteria=criteria,
            offsets=np.array(self._offsets, dtype=self.dtype),
            signs=self.signs,
            names=self.criterion_ids,
            columns=tuple(self._columns),
            rows=tuple(self._rows),
            money_unit=self.unit,
        )

    def _criteria(self) -> Array:
        criteria = self.zeros((len(self.criterion_ids), self._n))
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
    return np.concatenate(parts).astype(dtype, copy=False) if parts else np.empty(0, dtype=dtype)
