"""The state of a certified search: points, zones with what is proven about each, half-spaces; and how an answer changes it.

Answers are integrated in the order in which their tasks were given, so that the state depends on nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from portfolio.numerics import CONTRADICTION, ZONE_DEPTH
from portfolio.pareto.corners import Corners
from portfolio.pareto.half_space import HalfSpace, HalfSpaces
from portfolio.pareto.lattice import Lattice, Steps, rounded_up
from portfolio.pareto.search_region import SearchRegion
from portfolio.pareto.tree_bounds import Grown, TreeBounds
from portfolio.pareto.zones import Answer, Choice, Published, Task
from portfolio.program import Floats
from portfolio.proof.forest import Forest
from portfolio.proof.short import Shortener
from portfolio.results.frontier import ZoneProof

Vector = tuple[float, ...]
AHEAD = Fraction(5, 4)
"""A zone that needs MIPs waits until its bound is so many times that of the others: neighbours may settle it."""
LARGEST = 200
"""Leaves of a tree that is asked about zones to come; a larger one serves those that are there when it is grown."""
NEAREST = 6
"""Choices of near points from which a zone may begin (tree_zones.py: WITHIN, CROSSED)."""


@dataclass(frozen=True)
class Known:
    """alpha: proven upper bound for a zone · proof: what it rests on · at: the zone for which it was proven, this one or one that holds it
    space: the half-space behind it · trouble: why a solve could not settle the zone · root: place of the tree that shows it, in the search's forest.
    """

    alpha: Fraction
    proof: ZoneProof = "open"
    at: Vector = ()
    space: HalfSpace | None = None
    trouble: str = ""
    root: int | None = None
    hard: bool = False

    @cached_property
    def size(self) -> float:
        """alpha as a float: bounds have FRONTIER_DIGITS decimals, so that floats stand in the same order."""
        return float(self.alpha)


@dataclass(frozen=True)
class Frame:
    """What is fixed before the search. r: scale as floats · reach: largest alpha that column bounds admit · start: M in steps."""

    lattice: Lattice
    scale: tuple[Fraction, ...]
    r: Floats
    start: Steps
    reach: Fraction
    target: Fraction


class Search:
    """Points found so far and the zones that they leave."""

    def __init__(self, frame: Frame, spaces: Sequence[HalfSpace]) -> None:
        self.frame = frame
        self.region = SearchRegion([float(k) for k in frame.start])
        self.points: list[Published] = []
        self.steps: list[Steps] = []
        self._best = np.zeros(0, dtype=np.int64)
        self._best_steps = np.zeros((0, len(frame.start)))
        self.values: Floats = np.zeros((0, len(frame.start)))
        """(points, q) as the solver has them."""
        self.spaces = HalfSpaces(frame.scale, frame.lattice.exact(frame.start))
        for space in spaces:
            self.spaces.add(space)
        self.known: dict[Vector, Known] = {self.region.start: Known(frame.reach)}
        self.counts: Counter[str] = Counter()
        self.infeasible = False
        self.trouble: list[str] = []
        self.busy: set[Vector] = set()
        self._corners = Corners(self._corner, len(frame.start))
        self.bases: dict[Vector, Any] = {}
        self.packed: dict[int, tuple[Any, str]] = {}
        self.first_with: dict[frozenset[tuple[int, float]], int] = {}
        self.choice_bases: dict[int, Any] = {}
        self.trees: dict[Vector, Any] = {}
        self.forest = Forest()
        self.grown = TreeBounds()
        self.units: tuple[int, ...] = ()
        self.serial = 0
        self.zones = "mip"
        self.kept: tuple[int, ...] = tuple(range(len(frame.start)))

    # -- what is proven ----------------------------------------------------------------------------------------------
    @property
    def certified(self) -> Fraction:
        """Largest bound over all current zones: what the points carry now. Says nothing while there are no points."""
        most = max(known.size for known in self.known.values())
        return max(known.alpha for known in self.known.values() if known.size == most)

    @property
    def open(self) -> list[Vector]:
        """Zones above the target, largest bound first."""
        return sorted(self._above(self.frame.target), key=lambda z: (-self.known[z].size, z))

    @property
    def left(self) -> int:
        """How many zones are above the target."""
        return len(self._above(self.frame.target))

    def _above(self, target: Fraction) -> list[Vector]:
        """Zones whose bound is larger."""
        least = float(target)
        return [z for z, k in self.known.items() if k.size > least or (k.size == least and k.alpha > target)]

    def best_points(self) -> list[int]:
        """Indices of the points that no other dominates or equals, in the order found."""
        return [int(i) for i in self._best]

    def _rank(self, steps: Steps) -> None:
        """One more point among the best, or not. Nothing that was beaten comes back, for dominance is transitive."""
        here = np.array(steps, dtype=np.float64)
        if (self._best_steps <= here).all(axis=1).any():
            return
        kept = (self._best_steps < here).any(axis=1)
        self._best = np.append(self._best[kept], len(self.steps))
        self._best_steps = np.vstack([self._best_steps[kept], here])

    # -- tasks -------------------------------------------------------------------------------------------------------
    def next_zone(self) -> Vector | None:
        """The open zone with the largest bound that nobody works at and no solve has failed on."""
        free = [z for z in self._above(self.frame.target) if z not in self.busy and not self.known[z].trouble]
        easy, hard = (
            min((z for z in free if self.known[z].hard is hard), key=lambda z: (-self.known[z].size, z), default=None)
            for hard in (False, True)
        )
        if easy is None or hard is None:
            return easy or hard
        return hard if self.known[hard].alpha > AHEAD * self.known[easy].alpha else easy

    def zone_task(self, serial: int, zone: Vector, alpha: Fraction, spaces: int, near: Sequence[int]) -> Task:
        """The task for a zone, from what was known when it was given."""
        self.busy.add(zone)
        known = self.spaces.normalised(spaces, "mip")
        choices = tuple(Choice(k, self.points[k].integers, self.choice_bases.get(k)) for k in near)
        basis, tree = self.bases.get(zone), self.trees.get(zone)
        return Task(serial, zone, self.upper(zone), float(alpha), None, spaces, known, choices, basis, tree)

    def nearest(self, zone: Vector) -> tuple[int, ...]:
        """The choices (integer columns) of the points that lie least outside of a zone, at most NEAREST; each by its first point."""
        best = self._best
        depths = ((self.upper(zone) - self.values[best]) / self.frame.r).min(axis=1)
        found: dict[int, None] = {}
        for k in np.argsort(-depths, kind="stable"):
            found[self.first_with[_choice(self.points[best[k]])]] = None
            if len(found) == NEAREST:
                break
        return tuple(found)

    def upper(self, zone: Vector) -> Floats:
        """The zone's bound as floats, rounded outward; inf where it is still the start."""
        corner: Floats = self._corners.of([zone])[0]
        return corner

    def uppers(self, zones: Sequence[Vector]) -> Floats:
        """(zones, q) the same for many."""
        return self._corners.of(zones)

    def _corner(self, zone: Vector) -> Floats:
        free = np.array([v >= s for v, s in zip(zone, self.region.start, strict=True)])
        return np.where(free, np.inf, self.frame.lattice.upper(zone))

    # -- answers -----------------------------------------------------------------------------------------------------
    def integrate(self, task: Task, answer: Answer) -> None:
        """Take in half-spaces, the zone's bound, points - after a check of each against what is known."""
        self.busy.discard(task.zone)
        self.counts.update(answer.counts)
        self.infeasible = self.infeasible or answer.infeasible
        for space in answer.spaces:
            self._add_space(space)
        for inherited, given in ((self.bases, answer.basis), (self.trees, answer.tree)):
            if given is not None:
                inherited.update(dict.fromkeys(self.region.zones_in(task.zone), given))
        self.choice_bases.update(answer.choice_bases)
        root = None if answer.grown is None else self._add_tree(answer.grown)
        if answer.alpha is not None and answer.proof != "half-space":
            # A half-space speaks for itself, with its arithmetic.
            self._add_bound(task.zone, answer.alpha, answer.proof, root if answer.proof == "tree" else None)
        for point in answer.points:
            self.add_point(point, always=task.weights is not None)
        if answer.hard and task.zone in self.known:
            self.known[task.zone] = replace(self.known[task.zone], hard=True)
        if answer.trouble:
            self._note_trouble(task, answer.trouble)

    def add_point(self, point: Published, always: bool = False) -> bool:
        """Insert a point that lies deep enough in some zone. Its zones are replaced; their bounds hold for what replaces them."""
        self._withdraw_false(point.raw)
        steps = self.frame.lattice.outward(point.values)
        held = self.region.zones_with([float(k) for k in steps])
        deepest = max((self._depth(upper.vector, steps) for upper in held), default=-1.0)
        if deepest < 0 or (not always and deepest < float(ZONE_DEPTH * self.frame.target)):
            self.counts["points_left_out"] += 1
            return False
        vectors = {upper.id: upper.vector for upper in held}
        added, _ = self.region.insert([float(k) for k in steps])
        gone = {zone: self.known.pop(zone) for zone in vectors.values()}
        for upper in added:
            parent = vectors[upper.parent]
            known = self._by_space(upper.vector, replace(gone[parent], trouble=""))
            self.known[upper.vector] = self._by_tree(upper.vector, known, self.grown)
            for inherited in (self.bases, self.trees):
                if parent in inherited:
                    inherited[upper.vector] = inherited[parent]
        for zone in gone:
            for inherited in (self.bases, self.trees):
                inherited.pop(zone, None)
        self._rank(steps)
        place = self.first_with.setdefault(_choice(point), len(self.points))
        if point.basis is not None:
            self.choice_bases[place] = point.basis
        self.points.append(point)
        self.values = np.vstack([self.values, point.raw])
        self.steps.append(steps)
        return True

    def put_back(
        self, points: Sequence[Published], steps: Sequence[Steps], known: Mapping[Vector, Known], spaces: Sequence[HalfSpace]
    ) -> None:
        """An earlier state. Raises ValueError when the zones are not those of the points."""
        for k in steps:
            self.region.insert([float(v) for v in k])
        if set(known) != {u.vector for u in self.region.uppers.values()}:
            raise ValueError("the zones are not the search region of the points")
        self.points, self.steps, self.known = list(points), [], dict(known)
        self.values = np.array([point.raw for point in points]).reshape(len(points), len(self.frame.start))
        for k in steps:
            self._rank(k)
            self.steps.append(k)
        for i, point in enumerate(points):
            self.first_with.setdefault(_choice(point), i)
        self.spaces = HalfSpaces(self.frame.scale, self.spaces.start)
        for space in spaces:
            self.spaces.add(space)

    def _depth(self, zone: Vector, steps: Steps) -> float:
        """alpha of a vector in a zone."""
        size = [float(s / r) for s, r in zip(self.frame.lattice.step, self.frame.scale, strict=True)]
        return min((z - k) * one for z, k, one in zip(zone, steps, size, strict=True))

    def _add_space(self, space: HalfSpace) -> None:
        alone = HalfSpaces(self.frame.scale, self.spaces.start)
        alone.add(space)
        if self.points and alone.misses(self.values, CONTRADICTION):
            self.counts["withdrawn"] += 1
            return
        self.spaces.add(space)
        zones = self._above(self.frame.target)
        # Which zones the new one improves is seen in floats, with room for their rounding; what it proves is worked out exactly.
        near = alone.alphas(self.uppers(zones)) <= CONTRADICTION + np.array([self.known[z].size for z in zones])
        for zone in (z for z, one in zip(zones, near, strict=True) if one):
            self.known[zone] = self._by_space(zone, self.known[zone], alone)

    def _add_bound(self, zone: Vector, alpha: Fraction, proof: ZoneProof, root: int | None) -> None:
        """A bound proven for a zone holds for every zone inside it."""
        if self.points and (_depths(self.upper(zone), self.values, self.frame.r) > float(alpha) + CONTRADICTION).any():
            self.counts["withdrawn"] += 1
            return
        for inner in self.region.zones_in(zone):
            if alpha < self.known[inner].alpha:
                self.known[inner] = Known(alpha, proof, zone, root=root)

    def _by_space(self, zone: Vector, known: Known, spaces: HalfSpaces | None = None) -> Known:
        """The better of what is known and what the half-spaces (these, or all) say."""
        found = (spaces or self.spaces).best(self.frame.lattice.exact(zone))
        if found is None or found[0] >= known.alpha:
            return known
        return Known(max(found[0], Fraction(0)), "half-space", zone, found[1], hard=known.hard)

    def _add_tree(self, tree: Grown) -> int:
        """A tree bounds every zone; its place in the forest."""
        root = self.forest.tree(tree.splits, tree.multipliers)
        alone = TreeBounds([(root, tree)])
        if self.points and (alone.alphas(self.values) < -CONTRADICTION).any():
            self.counts["withdrawn"] += 1
            return root
        if len(tree.bases) <= LARGEST and all(root != known for known, _ in self.grown.listed):
            self.grown.add(root, tree)
        zones = self._above(self.frame.target)
        for zone, alpha in zip(zones, alone.alphas(self.uppers(zones)).tolist(), strict=True):
            if alpha < self.known[zone].size:
                self.known[zone] = self._by_tree(zone, self.known[zone], alone)
        return root

    def _by_tree(self, zone: Vector, known: Known, trees: TreeBounds) -> Known:
        """The better of what is known and what the trees say."""
        found = trees.best(self.upper(zone))
        if found is None:
            return known
        alpha = max(rounded_up(Fraction(found[0])), Fraction(0))
        return Known(alpha, "tree", zone, root=trees.listed[found[1]][0], hard=known.hard) if alpha < known.alpha else known

    def _note_trouble(self, task: Task, trouble: str) -> None:
        if task.zone in self.known:
            self.known[task.zone] = replace(self.known[task.zone], trouble=trouble)
        elif task.weights is not None:
            self.trouble.append(trouble)
        self.counts["troubled"] += 1

    def forget(self) -> None:
        """Before a point from which a run can go on: what is not written down, bases and trees that nobody will ask for."""
        self.trees.clear()
        zones = self.open
        self.bases = {z: basis for z, basis in self.bases.items() if self.known[z].alpha > self.frame.target}
        if zones:
            self.grown = self.grown.serving(self.uppers(zones))
        self._corners = Corners(self._corner, len(self.frame.start))

    # -- distrust ----------------------------------------------------------------------------------------------------
    def _withdraw_false(self, raw: Floats) -> None:
        """A plan may show a bound to be false: it goes, and so does everything that rests on it."""
        false = self.spaces.contradicted(raw, CONTRADICTION)
        if false:
            self.spaces.withdraw(false)
            self.counts["withdrawn"] += len(false)
        wrong = self.grown.contradicted(raw, CONTRADICTION)
        self.grown = self.grown.without(wrong)
        self.counts["withdrawn"] += len(wrong)
        shown = [(zone, known) for zone, known in self.known.items() if known.space is None and known.at]
        depths = _depths(self.uppers([known.at for _, known in shown]), raw, self.frame.r)
        beaten = [zone for (zone, known), one in zip(shown, depths.tolist(), strict=True) if one > known.size + CONTRADICTION]
        rests = [zone for zone, known in self.known.items() if known.space in false] if false else []
        for zone in (*rests, *beaten):
            self.known[zone] = self._by_space(zone, Known(self.frame.reach))
            self.counts["withdrawn"] += 1


def _depths(uppers: Floats, values: Floats, r: Floats) -> Floats:
    """Depth (zones.depth) row by row."""
    return np.asarray(((uppers - values) / r).min(axis=1))


def _choice(point: Published) -> frozenset[tuple[int, float]]:
    return frozenset(point.integers.items())


def ideal_spaces(short: Shortener, duals: Sequence[Floats | None]) -> list[HalfSpace]:
    """f_i >= ideal_i by the multipliers of the payoff table's relaxations: one half-space per criterion."""
    spaces = []
    for i, y in enumerate(duals):
        if y is not None:
            proof, weights, bound = short.half_space(np.eye(len(duals))[i], y / short.scale[i])
            spaces.append(HalfSpace(weights, bound, "relaxation", proof))
    return spaces
