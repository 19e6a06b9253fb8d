"""The state of a complete search: points, zones, evidence - and which integer program comes next."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from portfolio.numerics import SOLVER_FEASIBILITY, STEP_DOUBT
from portfolio.pareto.evidence import FREE, Archive, Evidence, denied, emptied
from portfolio.pareto.exchange import Exchange
from portfolio.pareto.search_region import SearchRegion
from portfolio.pareto.steps import Counts, Steps
from portfolio.pareto.subproblem import Answer, Task, heaviest
from portfolio.pareto.union import company_of
from portfolio.program import Floats, Program

Vector = tuple[int, ...]
NEAR = 6
"""Known solutions from which a start is tried."""
WORTH_EXCHANGE = 10
"""Nodes per integer program so far from which starts are looked for by exchange."""
TRIED = ("", "alone", "free", "inside")
"""How far the attempts at a zone have come: nothing but trouble in company, a free criterion that proved too little, all criteria limited."""
OUTSIDE = 10.0
"""Price of a whole range of missing the limits, in ranges of the objective, when near solutions are looked for."""


class Search:
    """Everything is in whole steps, minimised. solves, nodes: spent so far · troubles: answers that proved nothing although no limit came first."""

    def __init__(self, program: Program, steps: Steps) -> None:
        self.program, self.steps, self.q = program, steps, program.q
        # No column bound admits more than `most`: the start lies strictly above everything.
        self.start: Vector = tuple(int(v) + 1 for v in steps.most)
        self.region = SearchRegion([float(v) for v in self.start])
        self.archive = Archive(self.q)
        self.ideal = steps.least.astype(np.int64)
        self.points: dict[Vector, Floats] = {}
        self.solves = self.nodes = 0
        self.troubles: list[str] = []
        self._open: dict[int, Vector] = {0: self.start}
        self._closed: dict[int, int] = {}
        self._tried: dict[int, str] = {}
        self._heaviest = heaviest(program)
        self._exchange = Exchange(program, steps.coefficients.astype(np.float64))

    @property
    def open(self) -> int:
        """Zones that are not proven empty."""
        return len(self._open)

    def use_ideals(self, ideals: Sequence[float]) -> None:
        """Lower bounds on the criteria (q,), in their own units, from a relaxation."""
        for i, ideal in enumerate(ideals):
            steps = (ideal - float(self.steps.offset[i])) / float(self.steps.step[i])
            # Reduced costs may be off by the solver's tolerance on every column: in steps, that times the largest coefficient.
            used = self.steps.coefficients[i] != 0
            reach = float((self.program.col_upper - self.program.col_lower)[used].sum()) * float(
                np.abs(self.steps.coefficients[i]).max(initial=0)
            )
            bound = math.ceil(steps - STEP_DOUBT - SOLVER_FEASIBILITY * reach)
            if bound > self.ideal[i]:
                weights = tuple(int(k == i) for k in range(self.q))
                self._prove(Evidence(weights, (FREE,) * self.q, bound, "relaxation"))

    # -- what next -------------------------------------------------------------------------------------------------
    def next_task(self, under_way: Sequence[Task]) -> Task | None:
        """The zone and free criterion with the largest box that no task under way will probably settle; None: nothing to do now."""
        ids = [i for i in self._open if self._tried.get(i) != "inside"]
        if not ids:
            return None
        zones = np.array([self._open[i] for i in ids], dtype=np.int64)
        widths = np.log(np.maximum(zones - self.ideal, 1).astype(np.float64))
        scores = widths.sum(axis=1)[:, None] - widths
        scores[[i in self._tried for i in ids]] = -np.inf
        for task in under_way:
            box = np.array(task.box, dtype=np.int64)
            scores[np.ix_(np.all(zones <= box, axis=1), [int(np.argmax(task.weights))])] = -np.inf
        company = {zone for task in under_way for zone, _ in task.company}
        scores[[i in company for i in ids]] = -np.inf
        busy = company | {task.zone for task in under_way}
        for row, zone in enumerate(ids):
            if zone in self._tried and zone not in busy:
                # The free solve neither closed nor split it: now with all criteria limited - or, after trouble in company, once more alone.
                return self._task(zone, int(widths[row].argmin()) if self._tried[zone] == "alone" else None)
        place, k = (int(at) for at in np.unravel_index(int(scores.argmax()), scores.shape))
        if scores[place, k] == -np.inf:
            return None
        fit = (scores[:, k] > -np.inf) & np.array([i not in busy and i != ids[place] for i in ids])
        return self._task(ids[place], k, [ids[i] for i in self._alike(zones, place, k, fit)])

    def _alike(self, zones: Counts, place: int, k: int, fit: NDArray[np.bool_]) -> list[int]:
        """Zones to be searched together with one whose criterion k is free: those with the most similar limits in the other criteria.

        Their u_k are not larger: if all are empty, the known point that the free box holds at its own u_k is the optimum, which closes them all
        and would expose a false bound.
        """
        at = np.flatnonzero(fit & (zones[:, k] <= zones[place, k]))
        away = np.abs(zones[at] - zones[place]) / np.maximum(np.array(self.start) - self.ideal, 1)
        away[:, k] = 0.0
        return [int(i) for i in at[np.argsort(away.sum(axis=1), kind="stable")[: company_of(self.q)]]]

    def _task(self, zone: int, free: int | None, company: Sequence[int] = ()) -> Task:
        """free: the criterion that is not limited; None limits all, which settles the zone whatever the weights."""
        upper, others = self._open[zone], [(i, self._open[i]) for i in company]
        first = self.q - 1 if free is None else free
        box = tuple(FREE if i == free or u == s else u for i, (u, s) in enumerate(zip(upper, self.start, strict=True)))
        spread = max(self._spread(corner, first) for corner in (upper, *(other for _, other in others)))
        largest = int(np.abs(self.steps.coefficients[first]).max(initial=1))
        weights = [1] * self.q
        weights[first] = max(1, min(spread + 1, self._heaviest // max(largest, 1)))
        known = np.array(list(self.points), dtype=np.int64).reshape(-1, self.q)
        return Task(zone, box, tuple(weights), self._start_for(box, np.array(weights), known), known, tuple(others), free is None)

    def _spread(self, upper: Vector, first: int) -> int:
        """Most that the other criteria can add up to between the ideal and a zone's limits."""
        return sum(int(u) - 1 - int(low) for i, (u, low) in enumerate(zip(upper, self.ideal, strict=True)) if i != first)

    def _start_for(self, box: Vector, weights: Counts, known: Counts) -> Floats | None:
        """The cheapest of the known solutions inside the box and the neighbours of those near it."""
        if not len(known):
            return None
        xs = list(self.points.values())
        limits = np.array([math.inf if b == FREE else b - 1.0 for b in box])
        value = (known @ weights).astype(np.float64)
        over = np.maximum(known - limits, 0.0)
        inside = np.flatnonzero(~over.any(axis=1))
        found = [(float(value[i]), xs[i]) for i in inside[np.argsort(value[inside], kind="stable")[:1]]]
        far = OUTSIDE * (over / np.maximum(np.ptp(known, axis=0), 1)).sum(axis=1) + value / max(float(np.ptp(value)), 1.0)
        cost: Floats = weights.astype(np.float64) @ self.steps.coefficients.astype(np.float64)
        # Exchange takes about a millisecond: it pays where branching takes more than that.
        tries = NEAR if self.nodes >= WORTH_EXCHANGE * self.solves else 0
        for i in np.argsort(far, kind="stable")[:tries]:
            near = self._exchange.fit(xs[i], limits, cost)
            if near is not None:
                found.append(near)
        return min(found, key=lambda pair: pair[0])[1] if found else None

    # -- what came back --------------------------------------------------------------------------------------------
    def integrate(self, task: Task, answer: Answer) -> None:
        """Take in what a task proved."""
        self.solves, self.nodes = self.solves + answer.solves, self.nodes + answer.nodes
        if answer.trouble:
            self.troubles.append(answer.trouble)
        new = answer.counts is not None and answer.counts not in self.points
        if answer.counts is not None and answer.x is not None:
            self._insert(answer.counts, answer.x)
        for piece in answer.evidence:
            self._prove(piece)
        if task.zone in self._open and not new:
            self._tried[task.zone] = max(self._tried.get(task.zone, ""), _tried(task, answer), key=TRIED.index)

    def _insert(self, counts: Vector, x: Floats) -> None:
        if counts in self.points:
            return
        self.points[counts] = x
        false = self.archive.withdraw(counts)
        if false:
            # A solver claimed too much: its zones are searched again.
            self.troubles.append("a bound was contradicted by a later point and withdrawn")
            for zone in [z for z, number in self._closed.items() if number in false]:
                del self._closed[zone]
                self._settle({zone: _whole(self.region.uppers[zone].vector)})
        added, removed = self.region.insert([float(c) for c in counts])
        for zone in removed:
            for known in (self._open, self._closed, self._tried):
                known.pop(zone, None)
        self._settle({upper.id: _whole(upper.vector) for upper in added})

    def _settle(self, zones: dict[int, Vector]) -> None:
        """New zones: closed where some evidence empties them."""
        for zone, upper in zones.items():
            number = self.archive.first_for(upper)
            if number is None:
                self._open[zone] = upper
            else:
                self._closed[zone] = number

    def _prove(self, piece: Evidence) -> None:
        if denied(piece, np.array(list(self.points), dtype=np.int64).reshape(-1, self.q)):
            self.troubles.append("a bound contradicts a known point and is not used")
            return
        number = self.archive.add(piece)
        ids = list(self._open)
        if ids:
            for place in np.flatnonzero(emptied(piece, np.array([self._open[i] for i in ids], dtype=np.int64))):
                self._closed[ids[place]] = number
                del self._open[ids[place]]
        self._raise_ideal(piece)

    def _raise_ideal(self, piece: Evidence) -> None:
        """Better lower bounds for the choice of zones and weights; no claim rests on them."""
        if piece.bound is None or any(b != FREE for b in piece.box):
            return
        first = int(np.argmax(piece.weights))
        rest = sum(w * int(m) for i, (w, m) in enumerate(zip(piece.weights, self.steps.most, strict=True)) if i != first)
        self.ideal[first] = max(int(self.ideal[first]), -((rest - piece.bound) // piece.weights[first]))

    # -- the end ---------------------------------------------------------------------------------------------------
    def certificate(self) -> tuple[list[tuple[Vector, Floats]], list[tuple[Vector, int | None]], list[Evidence]]:
        """Points in lexicographic order, zones with the evidence that empties them, and that evidence; checked afresh from what is handed out."""
        points = sorted((c, x) for c, x in self.points.items() if not any(o != c and _below(o, c) for o in self.points))
        used: dict[int, int] = {}
        zones: list[tuple[Vector, int | None]] = []
        for zone in sorted(self.region.uppers, key=lambda z: self.region.uppers[z].vector):
            upper = _whole(self.region.uppers[zone].vector)
            number = self._closed.get(zone)
            if number is None or number in self.archive.withdrawn or not self.archive.pieces[number].empties(upper):
                zones.append((upper, None))
            else:
                zones.append((upper, used.setdefault(number, len(used))))
        return points, zones, [self.archive.pieces[number] for number in used]


def _tried(task: Task, answer: Answer) -> str:
    # After trouble the zone stays open: with all criteria limited no known point could expose a false "infeasible".
    if answer.trouble:
        return "alone" if task.company else "inside"
    return "inside" if task.inside else "free"


def _whole(vector: Sequence[float]) -> Vector:
    return tuple(int(v) for v in vector)


def _below(a: Vector, b: Vector) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True))
