"""Starts for integer programs: a known solution with one or two integer columns moved by one step, so that it fits into new limits.

A start is a hint: the solver checks it, and nothing is claimed from it. Solutions of neighbouring nondominated points often differ in a few
columns; measured on knapsacks, half of these starts are already optimal, and the integer programs take a third less time.
"""

from __future__ import annotations

import numpy as np

from portfolio.numerics import SOLVER_FEASIBILITY
from portfolio.program import Floats, Ints, Program

MOST_PAIRS = 4_000_000
"""Numbers in the table of all pairs of moves; above it only single moves are tried."""
ROUNDS = 3
"""Improvements of one candidate."""


class Exchange:
    """The moves of one Program. rows: (m + q, n) dense, the Program's rows above those of the criteria."""

    def __init__(self, program: Program, criteria: Floats) -> None:
        self.program = program
        owner = np.repeat(np.arange(program.m), np.diff(program.indptr))
        self._rows = np.zeros((program.m + len(criteria), program.n))
        np.add.at(self._rows, (owner, program.indices), program.data)
        self._rows[program.m :] = criteria
        self._columns = np.flatnonzero(program.integer).astype(np.int32)
        pairs = 2 * len(self._columns) ** 2 * len(self._rows)
        self._in_pairs = pairs <= MOST_PAIRS

    def fit(self, x: Floats, limits: Floats, cost: Floats) -> tuple[float, Floats] | None:
        """The best reachable (cost, solution (n,)) with criteria <= limits (q,), from x (n,); None when no move leads inside."""
        best = self._step(x, limits, cost)
        for _ in range(ROUNDS - 1):
            further = None if best is None else self._step(best[1], limits, cost)
            if best is None or further is None or further[0] >= best[0]:
                break
            best = further
        return best

    def _step(self, x: Floats, limits: Floats, cost: Floats) -> tuple[float, Floats] | None:
        program, m = self.program, self.program.m
        activity = self._rows @ x
        above = np.concatenate([program.row_upper, limits]) - activity + SOLVER_FEASIBILITY
        below = program.row_lower - activity[:m] - SOLVER_FEASIBILITY
        columns = np.concatenate([self._columns, self._columns])
        step = np.repeat([1.0, -1.0], len(self._columns))
        moved = x[columns] + step
        allowed = (moved <= program.col_upper[columns]) & (moved >= program.col_lower[columns])
        columns, step = columns[allowed], step[allowed]
        change, price = self._rows[:, columns] * step, cost[columns] * step
        found = _best(change, price, above, below)
        if self._in_pairs and len(columns) > 1:
            first, second = np.triu_indices(len(columns), 1)
            other = columns[first] != columns[second]
            first, second = first[other], second[other]
            pair = _best(change[:, first] + change[:, second], price[first] + price[second], above, below)
            if pair is not None and (found is None or pair[0] < found[0]):
                return self._moved(x, cost, columns, step, (int(first[pair[1]]), int(second[pair[1]])))
        return None if found is None else self._moved(x, cost, columns, step, (found[1],))

    @staticmethod
    def _moved(x: Floats, cost: Floats, columns: Ints, step: Floats, moves: tuple[int, ...]) -> tuple[float, Floats]:
        other = x.copy()
        for move in moves:
            other[columns[move]] += step[move]
        return float(cost @ other), other


def _best(change: Floats, price: Floats, above: Floats, below: Floats) -> tuple[float, int] | None:
    """(price, position) of the cheapest move that keeps every row inside."""
    fits = (change <= above[:, None]).all(axis=0) & (change[: len(below)] >= below[:, None]).all(axis=0)
    if not fits.any():
        return None
    place = int(np.where(fits, price, np.inf).argmin())
    return float(price[place]), place
