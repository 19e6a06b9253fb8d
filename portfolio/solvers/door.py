"""Doors: the same Program, another solver. `highs` holds arrays; `pulp:SOLVER` and `pyomo:SOLVER` go through those packages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from portfolio.errors import UsageError
from portfolio.program import Floats, Program
from portfolio.schema.references import hint
from portfolio.solvers.outcome import Ask, Outcome

Row = tuple[Floats, float, float]
"""Dense coefficients (n,), lower and upper side."""


class Door(Protocol):
    """What a session asks of a solver. Rows are numbered: the Program's first, then those added."""

    @property
    def name(self) -> str:
        """As in --solver."""

    def add_rows(self, rows: Sequence[Row]) -> list[int]:
        """Append rows; returns their numbers. A row without finite sides is held back until it gets one."""

    def bound_rows(self, ids: Sequence[int], lower: Floats, upper: Floats) -> None:
        """New sides for rows."""

    def bound_columns(self, ids: Sequence[int], lower: Floats, upper: Floats) -> None:
        """New bounds for columns."""

    def minimise(self, cost: Floats, ask: Ask) -> Outcome:
        """min cost @ x, as far as `ask` says. Bounds are only what the solver proved."""


Factory = Callable[[Program, str, int, int], Door]


def _highs(program: Program, solver: str, seed: int, threads: int) -> Door:
    from portfolio.solvers.highs import Highs

    return Highs(program, seed, {"threads": threads, "parallel": "on" if threads > 1 else "off"})


def _pulp(program: Program, solver: str, seed: int, threads: int) -> Door:
    from portfolio.solvers.pulp_door import PulpDoor

    return PulpDoor(program, solver or "cbc", seed, threads)


def _pyomo(program: Program, solver: str, seed: int, threads: int) -> Door:
    from portfolio.solvers.pyomo_door import PyomoDoor

    return PyomoDoor(program, solver or "highs", seed, threads)


DOORS: dict[str, Factory] = {"highs": _highs, "pulp": _pulp, "pyomo": _pyomo}
"""Family -> how it is opened. PuLP and Pyomo are imported when they are asked for: together they take two seconds."""


_ALL = frozenset(("start", "stop", "target", "cutoff", "watch", "nodes"))
_HEEDED: dict[str, frozenset[str]] = {"highs": _ALL, "pulp:highs": _ALL, "pulp": frozenset(("start",)), "pulp:cbc": frozenset(("start",))}
"""What of an Ask a door passes on beside gap and seconds, which all do. PuLP and Pyomo wait for a solver outside the process and offer no word to it
meanwhile; starts go through PuLP to HiGHS and CBC."""


def heeded(name: str) -> frozenset[str]:
    """Which wishes of an Ask the door of that name heeds: a subset of start, stop, target, cutoff, watch, nodes."""
    return _HEEDED.get(name.lower(), frozenset())


def open_door(name: str, program: Program, seed: int = 0, threads: int = 1) -> Door:
    """The door of that name: `highs`, `pulp:highs`, `pulp:cbc`, `pyomo:highs`, `pyomo:scip`, ... or any solver that PuLP or Pyomo knows.

    Raises UsageError for an unknown family, and for a solver that is not installed - with what to install.
    """
    family, _, solver = name.lower().partition(":")
    if family not in DOORS or (family == "highs" and solver):
        near = hint(name, ["highs", "pulp:cbc", "pulp:highs", "pyomo:highs", "pyomo:cbc", "pyomo:scip"])
        raise UsageError(
            f"no solver `{name}`{near['hint']}; there are highs, pulp:SOLVER and pyomo:SOLVER (see: portfolio doctor)",
            f"ソルバー `{name}` はありません{near['hint_ja']}。highs、pulp:SOLVER、pyomo:SOLVER が使えます（portfolio doctor）",
        )
    return DOORS[family](program, solver, seed, threads)


def missing(door: str, remedy: str) -> UsageError:
    """A solver that is not there, and what to do about it."""
    return UsageError(f"{door}: this solver is not installed. {remedy}", f"{door}: このソルバーは入っていません。導入: {remedy}")


class Rows:
    """Rows whose sides move, for doors that hold models rather than arrays: coefficients from the Program or as added."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.added: list[tuple[list[int], list[float]]] = []

    def add(self, coefficients: Floats) -> int:
        """The number of a new row."""
        used = np.flatnonzero(coefficients)
        self.added.append((used.tolist(), coefficients[used].tolist()))
        return self.program.m + len(self.added) - 1

    def terms(self, row: int) -> tuple[list[int], list[float]]:
        """Columns and values of a row."""
        if row >= self.program.m:
            return self.added[row - self.program.m]
        inside = slice(self.program.indptr[row], self.program.indptr[row + 1])
        return self.program.indices[inside].tolist(), self.program.data[inside].tolist()
