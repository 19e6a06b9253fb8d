"""Rounding under which printed tables add up: largest remainder for a list, controlled rounding for a table with totals.

Controlled rounding (Cox 1987, "A constructive procedure for unbiased controlled rounding", JASA 82:398,
doi:10.1080/01621459.1987.10478456): every cell and every total becomes one of its two neighbouring integers, and the totals are the sums of
the rounded cells. Departures: a cycle is shifted in the direction of the smaller step instead of at random, so that equal data give equal
tables; row totals are rounded first, by largest remainder, so that one amount reads the same in every table that shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

Grid = list[list[Fraction]]


def largest_remainder(values: Sequence[Fraction]) -> list[int]:
    """Integers that sum to the rounded sum; each is its value rounded down or up."""
    down = [floor(v) for v in values]
    missing = floor(sum(values, Fraction(0)) + Fraction(1, 2)) - sum(down)
    order = sorted(range(len(values)), key=lambda i: (down[i] - values[i], i))
    for i in order[:missing]:
        down[i] += 1
    return down


def controlled(values: Sequence[Sequence[Fraction]]) -> list[list[int]]:
    """(rows, columns), all >= 0 -> integers with the row sums of `largest_remainder`; a cell is off by less than two, zeros stay zeros."""
    rows, columns = len(values), len(values[0]) if values else 0
    if not rows or not columns:
        return [[] for _ in values]
    sums = [sum(row, Fraction(0)) for row in values]
    values = [[v * to / of if of else v for v in row] for row, of, to in zip(values, sums, largest_remainder(sums), strict=True)]
    # Totals with a minus sign make every row and column of the table sum to zero.
    grid: Grid = [[*row, -sum(row, Fraction(0))] for row in values]
    grid.append([-sum((row[c] for row in grid), Fraction(0)) for c in range(columns + 1)])
    while (cycle := _cycle(grid)) is not None:
        _shift(grid, cycle)
    return [[int(cell) for cell in row[:columns]] for row in grid[:rows]]


def _open(cell: Fraction) -> bool:
    return cell.denominator != 1


def _cycle(grid: Grid) -> list[tuple[int, int]] | None:
    """Cells that are no integers, joined alternately along rows and columns into a closed walk; None when all are integers."""
    start = next(((r, c) for r, row in enumerate(grid) for c, cell in enumerate(row) if _open(cell)), None)
    if start is None:
        return None
    # Rows and columns are the corners of the walk, cells its edges: a row or column that sums to an integer has no single
    # fractional cell, so the walk can always go on; it closes at the first corner that comes again.
    walk = [start]
    corners = {("column", start[1]): 0, ("row", start[0]): 1}
    while True:
        r, c = walk[-1]
        if len(walk) % 2:
            c = next(k for k, cell in enumerate(grid[r]) if k != c and _open(cell))
            corner = ("column", c)
        else:
            r = next(k for k in range(len(grid)) if k != r and _open(grid[k][c]))
            corner = ("row", r)
        walk.append((r, c))
        if corner in corners:
            return walk[corners[corner] :]
        corners[corner] = len(walk)


def _shift(grid: Grid, cycle: list[tuple[int, int]]) -> None:
    """Add d to every other cell and take it from the rest, d the smallest step at which one becomes an integer."""
    up = [grid[r][c] for r, c in cycle[0::2]]
    down = [grid[r][c] for r, c in cycle[1::2]]
    rise = min([1 - v % 1 for v in up] + [v % 1 for v in down])
    fall = min([v % 1 for v in up] + [1 - v % 1 for v in down])
    step = rise if rise <= fall else -fall
    for n, (r, c) in enumerate(cycle):
        grid[r][c] += step if n % 2 == 0 else -step
