"""When does a contested programme flip? Boxes in the space of the factors, found by two methods, with how often they are right.

Classification trees: Breiman, Friedman, Olshen, Stone (1984), via scikit-learn. Patient rule induction: Friedman, Fisher (1999), doi:10.1023/A:1008894516817;
for scenario discovery Bryant, Lempert (2010), doi:10.1016/j.techfore.2009.08.002, from whom coverage and density come.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from portfolio.results.sweep import Flip, Run, Side, Sweep

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
FEWEST = 20
"""Runs below which nothing is said about rules."""
CONTESTED = 0.05
"""A programme is looked at when funded in more than this share of the runs, and in less than the rest."""
SUPPORT = 0.05
"""Least share of all runs that a box holds."""
PEEL = 0.05
"""Share of the box that one peel takes off (Friedman and Fisher's alpha)."""
DENSE = 0.8
"""A rule is told when it is right in at least this share of its runs ..."""
LIFT = 1.2
"""... and at least so many times as often as without the rule."""
DEPTH = 2
SIDES = 3
"""Most conditions of a told rule: more than this nobody can judge."""
FIRST_FACTORS = 40
"""Factors looked at per programme, those that differ most between its runs with and without it."""


def flips_of(sweep: Sweep, runs: Sequence[Run]) -> tuple[Flip, ...]:
    """The best rule per contested programme and outcome, densest first."""
    if len(runs) < FEWEST or not sweep.design.factors:
        return ()
    levels = np.array([[np.nan if u is None else float(u) for u in run.levels] for run in runs])
    names = [f.id for f in sweep.design.factors]
    taken = [{t.programme for t in run.taken} for run in runs]
    found = []
    for programme in sorted(set().union(*taken)):
        funded = np.array([programme in some for some in taken])
        if CONTESTED < funded.mean() < 1 - CONTESTED:
            for outcome in (True, False):
                rule = best_rule(levels, funded == outcome, names, programme, outcome)
                found += [rule] if rule is not None else []
    return tuple(sorted(found, key=lambda f: (-f.density * f.coverage, f.programme, not f.funded)))


def best_rule(levels: Array, outcome: Mask, names: Sequence[str], programme: str, funded: bool) -> Flip | None:
    """The better of the tree's and PRIM's boxes by density x coverage; None if neither is dense enough to be told."""
    columns = _telling(levels, outcome)
    some = levels[:, columns]
    told = [names[n] for n in columns]
    share = float(outcome.mean())
    boxes = [("cart", box) for box in tree_boxes(some, outcome)] + [("prim", box) for box in prim_boxes(some, outcome)]
    best: Flip | None = None
    for method, box in boxes:
        inside = within(some, box)
        density, coverage = float(outcome[inside].mean()) if inside.any() else 0.0, float(outcome[inside].sum() / max(outcome.sum(), 1))
        if not box or len(box) > SIDES or density < max(DENSE, min(LIFT * share, 0.99)) or inside.mean() < SUPPORT:
            continue
        if best is None or density * coverage > best.density * best.coverage + 1e-12:
            sides = tuple(Side(factor=told[n], low=low, high=high) for n, (low, high) in sorted(box.items()))
            lift = density / share if share else 0.0
            best = Flip(
                programme=programme, funded=funded, sides=sides, density=density, coverage=coverage, support=int(inside.sum()), lift=lift,
                method="cart" if method == "cart" else "prim",
            )  # fmt: skip
    return best


Box = dict[int, tuple[float | None, float | None]]
"""Column -> lowest and highest level (None: open)."""


def within(levels: Array, box: Box) -> Mask:
    """Which points lie in the box."""
    inside = np.ones(len(levels), dtype=bool)
    for n, (low, high) in box.items():
        inside &= (levels[:, n] >= (-np.inf if low is None else low)) & (levels[:, n] <= (np.inf if high is None else high))
    return inside


def tree_boxes(levels: Array, outcome: Mask) -> list[Box]:
    """The leaves of a small classification tree, as boxes."""
    from sklearn.tree import DecisionTreeClassifier

    if outcome.all() or not outcome.any():
        return []
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=max(int(SUPPORT * len(levels)), 1), random_state=0).fit(levels, outcome)
    parts = tree.tree_
    boxes: list[Box] = []
    todo: list[tuple[int, Box]] = [(0, {})]
    while todo:
        node, box = todo.pop()
        column = int(parts.feature[node])
        if column < 0:
            boxes.append(box)
            continue
        cut = float(parts.threshold[node])
        low, high = box.get(column, (None, None))
        todo.append((int(parts.children_left[node]), {**box, column: (low, cut if high is None else min(cut, high))}))
        todo.append((int(parts.children_right[node]), {**box, column: (cut if low is None else max(cut, low), high)}))
    return boxes


def prim_boxes(levels: Array, outcome: Mask) -> list[Box]:
    """The peeling trajectory: from the whole space, each step takes the thin slice off that leaves the densest box."""
    box: Box = {}
    inside = np.ones(len(levels), dtype=bool)
    trajectory: list[Box] = []
    while inside.sum() * (1 - PEEL) >= SUPPORT * len(levels) and outcome[inside].mean() < 1:
        peels = [p for n in range(levels.shape[1]) for p in _peels(levels, inside, n)]
        rated = [(float(outcome[kept].mean()), n, side, cut, kept) for n, side, cut, kept in peels]
        if not rated:
            break
        _, n, side, cut, inside = max(rated, key=lambda r: (r[0], int(r[4].sum()), -r[1], -r[2]))
        low, high = box.get(n, (None, None))
        box = {**box, n: (cut, high) if side == 0 else (low, cut)}
        trajectory.append(box)
    return [b for b in trajectory if len(b) <= SIDES]


def _peels(levels: Array, inside: Mask, column: int) -> list[tuple[int, int, float, Mask]]:
    """(column, side, cut, what is left) of the two thin slices at the ends of a column."""
    values = levels[inside, column]
    found = []
    for side, share in ((0, PEEL), (1, 1 - PEEL)):
        cut = float(np.quantile(values, share))
        kept = inside & ((levels[:, column] >= cut) if side == 0 else (levels[:, column] <= cut))
        if kept.sum() == inside.sum():
            # Few distinct levels (a grid): the outermost one goes as a whole.
            rest = values[values > values.min()] if side == 0 else values[values < values.max()]
            if not len(rest):
                continue
            cut = float(rest.min() if side == 0 else rest.max())
            kept = inside & ((levels[:, column] >= cut) if side == 0 else (levels[:, column] <= cut))
        if kept.any():
            found.append((column, side, cut, kept))
    return found


def _telling(levels: Array, outcome: Mask) -> list[int]:
    """Columns whose mean level differs most between the two outcomes, in standard errors; those that every run sets."""
    usable = [n for n in range(levels.shape[1]) if not np.isnan(levels[:, n]).any() and np.ptp(levels[:, n]) > 0]
    if not usable or outcome.all() or not outcome.any():
        return usable[:FIRST_FACTORS]
    kept = levels[:, usable]
    gap = np.abs(kept[outcome].mean(axis=0) - kept[~outcome].mean(axis=0))
    score = gap / np.maximum(kept.std(axis=0), 1e-12)
    order = np.lexsort((usable, -score))
    return [usable[n] for n in order[:FIRST_FACTORS]]
