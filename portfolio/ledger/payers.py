"""Who pays, when it does not matter for the criteria: a stated tie-break instead of the solver's accident.

At fixed ways and scales: few fund-programme pairs, then early years. Fewest pairs is a fixed-charge problem; its usual relaxation, an LP whose
prices fall where money already flows (reweighted l1: Candes, Wakin, Boyd 2008, doi:10.1007/s00041-008-9045-x), is solved TIE_ROUNDS times. The answer is
good, deterministic and not proven to be the fewest; it changes no criterion.
"""

from __future__ import annotations

import numpy as np

from portfolio.errors import SolverFailure
from portfolio.ledger.reduced import Reduced
from portfolio.numerics import TIE_ROUNDS, YEAR_PRICE
from portfolio.program import Floats, Program
from portfolio.solvers.relaxation import Relaxation


def settle_payers(system: Reduced) -> Floats:
    """New values of [X, c, s] with s unchanged; the current ones when nothing better is found."""
    paying, free = len(system.pay), len(system.pay) + len(system.carry)
    if not paying:
        return system.now
    keys = system.pay_keys
    pairs = {pair: n for n, pair in enumerate(dict.fromkeys(key[:3] for key in keys))}
    owner = np.array([pairs[key[:3]] for key in keys])
    program = _payments_only(system, free)
    solver = Relaxation(program, jumps=True)
    # Only who pays changes: today's payments are feasible, and most of what is nothing stays nothing.
    solver.restart_near(program, system.now[:free])
    first = min(key[3] for key in keys)
    late = np.array([YEAR_PRICE * (key[3] - first) for key in keys])
    values = system.now[:free]
    small = max(float(np.abs(values[:paying]).max()) * 1e-3, 1e-9)
    for _ in range(TIE_ROUNDS):
        held = np.bincount(owner, weights=values[:paying], minlength=len(pairs))
        price = small / (held[owner] + small)
        solver.cost(np.concatenate([price * (1.0 + late), np.zeros(free - paying)]))
        try:
            value = solver.solve(primal=True)
        except SolverFailure:
            return system.now
        if value == np.inf:
            return system.now
        values = np.maximum(solver.x, 0.0)
    return np.concatenate([values, system.now[free:]])


def _payments_only(system: Reduced, free: int) -> Program:
    """The rows with the scale's share moved to the sides, opened by the solver's tolerance so that today's payments stay feasible."""
    mine = system.entry_col < free
    constant = np.zeros(len(system.lower))
    np.add.at(constant, system.entry_row[~mine], system.entry_value[~mine] * system.now[system.entry_col[~mine]])
    activity = constant.copy()
    np.add.at(activity, system.entry_row[mine], system.entry_value[mine] * system.now[system.entry_col[mine]])
    rows, cols, values = system.entry_row[mine], system.entry_col[mine], system.entry_value[mine]
    order = np.lexsort((cols, rows))
    return Program(
        indptr=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(constant)))]).astype(np.int32),
        indices=cols[order].astype(np.int32),
        data=values[order],
        row_lower=np.minimum(system.lower, activity) - constant,
        row_upper=np.maximum(system.upper, activity) - constant,
        col_lower=np.zeros(free),
        col_upper=np.maximum(system.most[:free], system.now[:free]),
        integer=np.zeros(free, dtype=bool),
        criteria=np.zeros((0, free)),
        offsets=np.zeros(0),
        signs=(),
        names=(),
    )
