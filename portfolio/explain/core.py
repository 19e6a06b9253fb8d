"""Programmes that hold under incomplete weights: core, borderline, exterior (Liesio, Mild, Salo 2007, doi:10.1016/j.ejor.2006.12.061; 2008,
doi:10.1016/j.ejor.2007.05.019).

Admissible weights are a polytope with vertices w^1 ... w^L. A plan counts when it is within `slack` of the best at some admissible weighting. With z_p(w) the best
value without programme p and z(w) the best of all, both concave in w:
    z_p(w^l) > min_j w^l.f(y^j) + slack at every vertex, for plans y^j that are there   =>   z_p(w) > z(w) + slack everywhere: p is in the core
and likewise, with p insisted on, for the exterior. Two plans that count and decide differently about p make it borderline.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal

import numpy as np

from portfolio.api.stages import origin_of
from portfolio.errors import UsageError
from portfolio.explain.effort import Effort
from portfolio.explain.question import Question
from portfolio.program import Floats
from portfolio.results import Range, Result
from portfolio.results.explanation import Core, CoreEntry
from portfolio.schema.aim import Weighted
from portfolio.schema.exact import to_fraction
from portfolio.schema.references import hint
from portfolio.solvers.outcome import Outcome

Weights = dict[str, Fraction]
Status = Literal["core", "borderline", "exterior", "open"]


class Weighing(Question):
    """A result's question under other weights, always as the normalised aim."""

    def __init__(self, result: Result, weights: Weights) -> None:
        super().__init__(result.model_copy(update={"aim": Weighted(weights=weights).model_dump(mode="json")}))
        names = self.program.names
        wide = {c: abs(float(r.worst - r.best)) for c, r in self.ranges.items()}
        self.of = "aim"
        self.aim = Weighted(weights=weights)
        self.cost = self.weights = np.array([float(weights.get(c, 0)) / wide[c] if c in wide else 0.0 for c in names])
        self.origin = origin_of(self.session, self.weights, self.ranges)


def vertices(words: str, ranges: Mapping[str, Range]) -> list[Weights]:
    """Extreme points of the weights that a sentence admits: `a,b,c` (ranked) or `a=0.2..0.5,b=0.1..` (intervals; those not named 0..1).

    Raises UsageError: unknown criterion, empty set.
    """
    names = list(ranges)
    parts = [part.strip() for part in words.split(",") if part.strip()]
    for part in parts:
        name = part.partition("=")[0].strip()
        if name not in names:
            near = hint(name, names)
            raise UsageError(f"--core: no criterion `{name}`{near['hint']}", f"--core: 評価基準 `{name}` はありません{near['hint_ja']}")
    if not any("=" in part for part in parts):
        # The rest come after those that are named, in any order among themselves: equal at the end.
        return [_ranked(parts, n) for n in range(1, len(parts) + 1)] + (
            [] if len(parts) == len(names) else [dict.fromkeys(names, Fraction(1, len(names)))]
        )
    bounds = dict.fromkeys(names, (Fraction(0), Fraction(1)))
    for part in parts:
        name, _, said = part.partition("=")
        low, dots, high = said.partition("..")
        ends = to_fraction(low.strip() or "0"), to_fraction(high.strip() or "1") if dots else to_fraction(low.strip())
        bounds[name.strip()] = ends
    found = _corners(bounds)
    if not found:
        raise UsageError("--core: no weights that add up to 1 lie in these intervals", "--core: 合計1となる重みがこの区間にありません")
    return found


def _ranked(order: Sequence[str], n: int) -> Weights:
    return {c: Fraction(1, n) if i < n else Fraction(0) for i, c in enumerate(order)}


def _corners(bounds: Mapping[str, tuple[Fraction, Fraction]]) -> list[Weights]:
    """Vertices of a box cut by sum = 1: all coordinates but one at an end."""
    names, found = list(bounds), list[Weights]()
    for free in names:
        others = [c for c in names if c != free]
        for ends in product(*(sorted(set(bounds[c])) for c in others)):
            rest = 1 - sum(ends, Fraction(0))
            point = {**dict(zip(others, ends, strict=True)), free: rest}
            if bounds[free][0] <= rest <= bounds[free][1]:
                ordered = {c: point[c] for c in names}
                if ordered not in found:
                    found.append(ordered)
    return found


@dataclass(frozen=True)
class Seen:
    """A plan as the Program has it: funded programmes and minimised criteria (q,)."""

    funded: frozenset[str]
    values: Floats


def core_index(
    result: Result, admissible: Sequence[Weights], effort: Effort, slack: Fraction, watch: Callable[[int, int], None] | None = None
) -> Core:
    """Index and status of every programme. slack: of the normalised aim; effort.gap must not exceed it. Plans stand before whole units."""
    begun = time.perf_counter()
    centre = {c: sum((w.get(c, Fraction(0)) for w in admissible), Fraction(0)) / len(admissible) for c in result.ranges}
    weighings = [Weighing(result, w) for w in admissible]
    middle = [Weighing(result, centre)] if len(admissible) > 1 else []
    search = _Search([*weighings, *middle], len(admissible), float(slack), effort)
    names = [p.id for p in search.weighings[0].instance.programmes]
    statuses: dict[str, Status] = {}
    for n, name in enumerate(names):
        statuses[name] = search.status(name)
        if watch is not None:
            watch(n + 1, len(names))
    sets = list(dict.fromkeys(p.funded for p in search.plans))
    entries = tuple(
        CoreEntry(programme=name, share=Fraction(sum(name in s for s in sets), max(len(sets), 1)), status=statuses[name]) for name in names
    )
    return Core(
        vertices=tuple(dict(w) for w in admissible),
        slack=slack,
        entries=entries,
        plans=len(sets),
        seconds=round(time.perf_counter() - begun, 3),
    )


class _Search:
    """plans: those that count, found so far · tops: the proven bound at each weighting (corners first)."""

    def __init__(self, weighings: list[Weighing], corners: int, slack: float, effort: Effort) -> None:
        self.weighings, self.corners, self.slack, self.effort = weighings, corners, slack, effort
        self.plans: list[Seen] = []
        self.tops: list[float] = []
        for weighing in weighings:
            outcome = weighing.solve(Effort(min(effort.gap, slack), effort.seconds, stop=effort.stop).ask())
            self.tops.append(outcome.bound)
            self._keep(weighing, outcome, outcome.bound)

    def _keep(self, weighing: Weighing, outcome: Outcome, bound: float) -> bool:
        """Keep the plan if it counts: within the slack of the best, since no plan is below the bound."""
        if outcome.x is None or outcome.objective > bound + self.slack + 1e-9:
            return False
        self.plans.append(Seen(weighing.taken(outcome.x), weighing.program.values(outcome.x)))
        return True

    def status(self, name: str) -> Status:
        """core, exterior, borderline or open, from as few solves as it takes."""
        seen = {name in p.funded for p in self.plans}
        if len(seen) == 2:
            return "borderline"
        if not seen:
            return "open"
        inside = seen == {True}
        settled = True
        for weighing, top in zip(self.weighings[: self.corners], self.tops, strict=False):
            known = min(float(weighing.cost @ p.values) - weighing.origin for p in self.plans)
            aside = known + self.slack
            asked = self.effort.ask(target=top + self.slack, cutoff=aside + 1e-9)
            if not inside and not weighing.fundable(name):
                continue
            with weighing.insisting(*(((), (name,)) if inside else ((name,), ()))):
                outcome = weighing.solve(asked)
            if self._keep(weighing, outcome, top):
                return "borderline"
            settled = settled and (outcome.verdict == "infeasible" or outcome.bound > aside)
        return ("core" if inside else "exterior") if settled else "open"
