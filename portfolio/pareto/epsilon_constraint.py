"""The plain epsilon-constraint method: a baseline to measure others against.

The set for the criteria 1..j under a limit on criterion j+1 is found first; the limit then drops one step below the worst value that these points
have in it, until nothing is feasible (Ozlen and Azizoglu 2009, doi:10.1016/j.ejor.2008.10.023, with steps from the data instead of 1). Every limit
starts at the column bounds, so that no payoff table needs to be right. The set is complete only if every integer program was solved to its end.
"""

from __future__ import annotations

import time

import numpy as np

from portfolio.numerics import LARGEST_WEIGHTED
from portfolio.pareto.baseline import Baseline, BasePoint, listed
from portfolio.pareto.evidence import FREE
from portfolio.pareto.steps import steps_of
from portfolio.pareto.subproblem import Answer, Subproblems, Task
from portfolio.pareto.zone_solves import Opener
from portfolio.pareto.zones import Limits
from portfolio.program import Floats, Program
from portfolio.solvers.highs import Highs

Vector = tuple[int, ...]


def epsilon_constraint(program: Program, limits: Limits | None = None, seed: int = 0, opener: Opener = Highs) -> Baseline:
    """Nondominated points of criteria on grids. Raises UsageError when a criterion has no grid."""
    return _Run(program, limits or Limits(), seed, opener).all()


class _Run:
    def __init__(self, program: Program, limits: Limits, seed: int, opener: Opener) -> None:
        self.program, self.limits, self.steps = program, limits, steps_of(program)
        self.subproblems = Subproblems(program, self.steps, opener, seed)
        self.points: dict[Vector, Floats] = {}
        self.solves = 0
        self.finished = True

    def all(self) -> Baseline:
        begun = time.perf_counter()
        found = self._set(self.program.q - 1, (FREE,) * self.program.q)
        points = listed(BasePoint(self.steps.values(counts), x) for counts, x in self.points.items())
        return Baseline(points, self.finished, self.finished and not found, self.solves, time.perf_counter() - begun)

    def _set(self, last: int, box: Vector) -> list[Vector]:
        """Points whose criteria 0..last are nondominated among the feasible ones strictly below the box."""
        if last == 0:
            return self._solve(box)
        found: list[Vector] = []
        limit = FREE
        while self.finished:
            part = self._set(last - 1, (*box[:last], limit, *box[last + 1 :]))
            if not part:
                break
            found += part
            limit = max(point[last] for point in part)
        return found

    def _solve(self, box: Vector) -> list[Vector]:
        q, largest = len(box), int(np.abs(self.steps.coefficients[0]).max(initial=1))
        spread = int((self.steps.most - self.steps.least)[1:].sum()) + 1
        if spread * largest <= LARGEST_WEIGHTED:
            return self._keep(self._ask(box, (spread, *[1] * (q - 1))))
        # One objective cannot put the first criterion before all others: two solves do.
        first = self._ask(box, (1, *[0] * (q - 1)))
        if first.counts is None:
            return self._keep(first)
        return self._keep(self._ask((first.counts[0] + 1, *box[1:]), (1,) * q))

    def _ask(self, box: Vector, weights: Vector) -> Answer:
        answer = self.subproblems.solve(Task(0, box, weights, None, np.zeros((0, len(box)), dtype=np.int64)), self.limits)
        self.solves += answer.solves
        return answer

    def _keep(self, answer: Answer) -> list[Vector]:
        if answer.counts is None or answer.x is None:
            self.finished = self.finished and bool(answer.evidence) and answer.evidence[0].bound is None
            return []
        self.points[answer.counts] = answer.x
        return [answer.counts]
