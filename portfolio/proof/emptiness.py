"""Proofs that nothing is feasible: a row that cannot be kept becomes the objective, so that bounds say how near each half of a split comes to it.

A search without an objective has nothing to branch by. Let a row ask for a'x >= b (for <= with signs changed) and leave that side out. In a leaf,
multipliers y with L(y) > -b for min -a'x, and 1 more on the row itself, combine to c = 0 and L > 0: the leaf is empty (Farkas). Which row it is
cannot be known beforehand; those are tried first that the relaxation of all others clears by the least.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from portfolio.program import Floats, Program
from portfolio.proof.leaves import Leaf, leaf
from portfolio.proof.multipliers import Lagrangian
from portfolio.proof.workers import NOWHERE, Tree
from portfolio.solvers.outcome import Ask
from portfolio.solvers.relaxation import Relaxation

_INF = float("inf")
PLAIN = 200
"""Nodes of the first search, which has no objective: most contradictions show in the relaxation or a few splits below."""
FIRST, GROWTH = 500, 4
"""Nodes spent on each row in the first round, and how many times more in the next."""
TRIED = 4
"""Rows tried in a round."""
MOST_ROWS = 600
"""Rows whose clearance is computed, an LP or two each."""
CLEAR = 1e-7
"""Least clearance of a row that is tried, and how far a leaf must miss the row [share of the row's reach over the columns' bounds]: below are the LP's tolerances."""
Found = tuple[Lagrangian, list[Leaf]]
Side = tuple[int, int]
"""A row and its side: 1 for a'x >= lower, -1 for a'x <= upper."""


def empty_leaves(program: Program, ask: Ask, seed: int = 0, threads: int = 1) -> Found | None:
    """Leaves that prove each of their boxes empty, and the frame of their multipliers (cost 0); None when none are found within ask.seconds, or
    when something is feasible."""
    deadline = time.perf_counter() + ask.seconds
    sides: list[Side] | None = None
    nodes = PLAIN
    while (left := deadline - time.perf_counter()) > 0 and not ask.stop.is_set():
        tree = Tree(program, np.zeros(program.n), replace(ask, seconds=left, target=0.0), seed, threads, nodes, dives=False)
        verdict = tree.minimise().verdict
        if verdict == "infeasible":
            return tree.frame, tree.leaves
        if tree.best is not None:
            return None
        if sides is None:
            sides, nodes = tightest_sides(program, seed, deadline)[:TRIED], FIRST
        for side in sides:
            seconds = deadline - time.perf_counter()
            found, feasible = _without(program, side, replace(ask, seconds=seconds), seed, threads, nodes) if seconds > 0 else (None, False)
            if found is not None or feasible:
                return found
        nodes *= GROWTH
    return None


def tightest_sides(program: Program, seed: int = 0, deadline: float = _INF) -> list[Side]:
    """Sides of rows by how little the relaxation of all others clears them; rows of rules and limits are looked at first."""
    lp, reach = Relaxation(program, seed), _reach(program)
    named = {block.start + n for block in program.rows for n, rule in enumerate(block.rules) if rule}
    blocks = max((block.span.stop for block in program.rows), default=program.m)
    rows = sorted(np.flatnonzero(reach > 0).tolist(), key=lambda i: (i not in named and i < blocks, i))
    found = []
    for i in rows[:MOST_ROWS]:
        lower, upper = program.row_lower[[i]], program.row_upper[[i]]
        for sign, side in ((1, lower[0]), (-1, -upper[0])):
            if not np.isfinite(side) or time.perf_counter() > deadline:
                continue
            lp.bound_rows([i], np.array([-_INF]) if sign > 0 else lower, np.array([_INF]) if sign < 0 else upper)
            lp.cost(-sign * _row(program, i) / reach[i])
            value = lp.solve(primal=True, seconds=deadline - time.perf_counter())
            lp.bound_rows([i], lower, upper)
            clearance = -_INF if value is None else -value - side / reach[i]
            if CLEAR < clearance < _INF:
                found.append((clearance, i, sign))
    return [(i, sign) for _, i, sign in sorted(found)]


def _without(program: Program, side: Side, ask: Ask, seed: int, threads: int, nodes: int) -> tuple[Found | None, bool]:
    """(leaves that prove emptiness by way of this side, whether something feasible was met)."""
    i, sign = side
    least, most, size = program.row_lower.copy(), program.row_upper.copy(), float(_reach(program)[i])
    asked = sign * float(least[i] if sign > 0 else most[i]) / size
    (least if sign > 0 else most)[i] = -sign * _INF
    cost = -sign * _row(program, i) / size
    tree = Tree(
        replace(program, row_lower=least, row_upper=most, exact_form=None),
        cost,
        replace(ask, cutoff=CLEAR - asked, target=-asked),
        seed,
        threads,
        nodes,
        dives=False,
    )
    outcome = tree.minimise()
    if outcome.bound < CLEAR / 2 - asked:
        return None, outcome.objective <= -asked
    frame = Lagrangian(program, np.zeros(program.n))
    leaves = [_emptied(frame, one, i, sign / size) for one in tree.leaves]
    return (None if None in leaves else (frame, [one for one in leaves if one is not None])), False


def _emptied(frame: Lagrangian, one: Leaf, row: int, more: float) -> Leaf | None:
    """The leaf with multipliers that prove it empty; None where they do not."""
    cut = one.best_cut(NOWHERE)
    if cut is None:
        return None
    y = np.zeros(frame.program.m)
    y[cut.rows] = cut.y
    if not cut.farkas:
        y[row] += more
    proof = frame.infeasible(y, one.box, NOWHERE)
    return None if proof is None else leaf(frame, one.path, one.box, [proof], None)


def _row(program: Program, i: int) -> Floats:
    found = np.zeros(program.n)
    inside = slice(program.indptr[i], program.indptr[i + 1])
    found[program.indices[inside]] = program.data[inside]
    return found


def _reach(program: Program) -> Floats:
    """(m,) how far each row can move over the columns' bounds."""
    owner = np.repeat(np.arange(program.m), np.diff(program.indptr))
    width = np.abs(program.data) * (program.col_upper - program.col_lower)[program.indices]
    return np.asarray(np.bincount(owner, width, program.m), dtype=np.float64)
