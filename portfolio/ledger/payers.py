"""Who pays, when it does not matter for the criteria: a stated tie-break instead of the solver's accident.

At fixed ways and scales: fewest fund-programme pairs, then earliest years. The search for fewer pairs stops after TIE_NODES branching
nodes, so it is a good answer, not a proven one; it changes no criterion.
"""

from __future__ import annotations

import numpy as np

from portfolio.ledger.reduced import Reduced
from portfolio.numerics import TIE_NODES, YEAR_PRICE
from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs
from portfolio.solvers.outcome import Ask


def settle_payers(system: Reduced, program: Program) -> Floats:
    """New values of [X, c, s] with s unchanged; the current ones when nothing better is found."""
    paying, carrying = len(system.pay), len(system.carry)
    if not paying:
        return system.now
    block = program.block("pay")
    assert block is not None
    keys = [block.index[j - block.start] for j in system.pay]
    pairs = {pair: n for n, pair in enumerate(dict.fromkeys(key[:3] for key in keys))}
    owner = np.array([pairs[key[:3]] for key in keys])
    width = paying + carrying + len(pairs)
    free = system.entry_col < paying + carrying
    scale_part = np.zeros(len(system.lower))
    np.add.at(scale_part, system.entry_row[~free], system.entry_value[~free] * system.now[system.entry_col[~free]])
    lower, upper = _opened(system, scale_part)
    # x <= most * w per payment: tighter than one row per pair, and the LP is small.
    tie = np.arange(paying)
    rows = np.concatenate([system.entry_row[free], len(lower) + tie, len(lower) + tie])
    cols = np.concatenate([system.entry_col[free], tie, paying + carrying + owner])
    need = _need(system, scale_part, keys)
    values = np.concatenate([system.entry_value[free], np.ones(paying), -np.minimum(system.most[:paying], need)])
    order = np.lexsort((cols, rows))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(lower) + paying))]).astype(np.int32)
    small = Program(
        indptr=indptr,
        indices=cols[order].astype(np.int32),
        data=values[order],
        row_lower=np.concatenate([lower, np.full(paying, -np.inf)]),
        row_upper=np.concatenate([upper, np.zeros(paying)]),
        col_lower=np.zeros(width),
        col_upper=np.concatenate([system.most[: paying + carrying], np.ones(len(pairs))]),
        integer=np.concatenate([np.zeros(paying + carrying, bool), np.ones(len(pairs), bool)]),
        criteria=np.zeros((0, width)),
        offsets=np.zeros(0),
        signs=(),
        names=(),
    )
    first = min(key[3] for key in keys)
    early = np.array([YEAR_PRICE * (key[3] - first) for key in keys]) / max(float(np.abs(system.now[:paying]).sum()), 1.0)
    cost = np.concatenate([early, np.zeros(carrying), np.ones(len(pairs))])
    outcome = Highs(small, options={"mip_max_nodes": TIE_NODES}).minimise(cost, Ask(gap=0.5))
    if outcome.x is None:
        return system.now
    return np.concatenate([np.maximum(outcome.x[: paying + carrying], 0.0), system.now[paying + carrying :]])


def _opened(system: Reduced, scale_part: Floats) -> tuple[Floats, Floats]:
    """Sides without the scale's share, opened by the solver's tolerance so that the current payments stay feasible."""
    activity = np.zeros(len(system.lower))
    np.add.at(activity, system.entry_row, system.entry_value * system.now[system.entry_col])
    lower, upper = np.minimum(system.lower, activity), np.maximum(system.upper, activity)
    return lower - scale_part, upper - scale_part


def _need(system: Reduced, scale_part: Floats, keys: list[tuple[str, ...]]) -> Floats:
    """A bound on each payment from its way's demand at the fixed scale (inf where no demand row says)."""
    limit: dict[tuple[str, ...], float] = {}
    for row, (block, index) in enumerate(zip(system.block, system.index, strict=True)):
        if block == "demand":
            limit[index] = max(system.upper[row] - scale_part[row], 0.0)
    weight = np.ones(len(keys))
    for row, col, value in zip(system.entry_row, system.entry_col, system.entry_value, strict=True):
        if system.block[row] == "demand" and col < len(keys):
            weight[col] = value
    return np.array([limit.get(key[:2], np.inf) / w for key, w in zip(keys, weight, strict=True)]) + 1e-6
