"""Trees that bound zones they were not grown for: by hand, against enumeration, proven exactly, and withdrawn when a plan shows one to be false. Tier: test."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from portfolio.numerics import CONTRADICTION, FRONTIER_MARGIN
from portfolio.pareto.certified import frame_of, publisher
from portfolio.pareto.integrate import Known, Search
from portfolio.pareto.lattice import shortened
from portfolio.pareto.problem import problem as from_arrays
from portfolio.pareto.running import SMALL, _next, _task, _worth_a_tree
from portfolio.pareto.tree_bounds import Grown, TreeBounds
from portfolio.pareto.tree_zones import FROM_LEAVES, TreeWork, grown
from portfolio.pareto.zone_solves import Setting, ZoneSolves
from portfolio.pareto.zones import Answer, Choice, Limits, Published, Task
from portfolio.payoff import payoff
from portfolio.program import Floats, Program
from portfolio.proof.family import Family
from portfolio.proof.forest import Forest
from portfolio.proof.verify import digest
from portfolio.proof.verify_zones import verify_zones
from portfolio.solvers.outcome import Ask
from tests.pareto.test_placing import flat_search
from tests.support.mixed_problems import deepest, mixed

MARGIN = float(FRONTIER_MARGIN)
TWO = Grown(np.array([1.0, 0.5]), np.array([[-1.0, 0.0], [-0.5, -0.5]]), np.array([False, False]))
"""Leaves with alpha <= u1 - 1 and alpha <= (u1 + u2) / 2 - 0.5: the larger of both bounds a zone."""
OPEN = Grown(np.array([2.0]), np.array([[0.0, -1.0]]), np.array([False]))
"""alpha <= u2 - 2, whatever the first criterion is."""


def said(bounds: TreeBounds, upper: Floats) -> tuple[float, int]:
    """The least bound and its root, where there is one."""
    found = bounds.best(upper)
    assert found is not None
    return found


# -- by hand --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("upper", "alpha"), [((2.0, 0.0), 1.0), ((0.0, 2.0), 0.5), ((1.0, 1.0), 0.5), ((0.0, 0.0), -0.5)])
def test_the_worst_leaf_bounds_a_zone(upper: tuple[float, float], alpha: float) -> None:
    assert said(TreeBounds([(7, TWO)]), np.array(upper)) == pytest.approx((alpha + MARGIN, 0))


def test_the_best_tree_counts_and_an_unlimited_criterion_makes_those_that_lean_on_it_say_nothing() -> None:
    both = TreeBounds([(7, TWO), (9, OPEN)])
    assert said(both, np.array([9.0, 3.0])) == pytest.approx((1.0 + MARGIN, 1))
    assert said(both, np.array([np.inf, 3.0])) == pytest.approx((1.0 + MARGIN, 1))
    assert both.best(np.array([1.0, np.inf])) is None
    assert both.alphas(np.array([[2.0, 0.0], [np.inf, 3.0], [1.0, np.inf]])) == pytest.approx([-2.0 + MARGIN, 1.0 + MARGIN, np.inf])


def test_an_empty_leaf_does_not_count_and_a_leaf_without_a_bound_takes_the_tree_away() -> None:
    first_empty = replace(TWO, empty=np.array([True, False]))
    assert said(TreeBounds([(0, first_empty)]), np.array([2.0, 0.0])) == pytest.approx((0.5 + MARGIN, 0))
    assert TreeBounds([(0, replace(TWO, bases=np.array([-np.inf, 0.5])))]).best(np.array([2.0, 0.0])) is None


def test_weights_are_those_of_the_leaf_that_bounds() -> None:
    bounds = TreeBounds([(0, TWO)])
    assert bounds.weights(np.array([2.0, 0.0])) == pytest.approx([1.0, 0.0])
    assert bounds.weights(np.array([0.0, 2.0])) == pytest.approx([0.5, 0.5])


def test_no_tree_says_nothing() -> None:
    assert TreeBounds().best(np.zeros(2)) is None and TreeBounds().contradicted(np.zeros(2), 0.0) == []
    assert TreeBounds().alphas(np.zeros((2, 2))) == pytest.approx([np.inf, np.inf])


def test_a_plan_outside_of_every_leaf_contradicts() -> None:
    bounds = TreeBounds([(0, TWO), (1, OPEN)])
    assert bounds.contradicted(np.array([0.0, 0.0]), CONTRADICTION) == [0, 1]
    assert bounds.contradicted(np.array([1.0, 1.0]), CONTRADICTION) == [1]
    left = bounds.without([1])
    assert [root for root, _ in left.listed] == [0] and left.best(np.array([1.0, 1.0])) == (pytest.approx(0.5 + MARGIN), 0)


# -- against enumeration ----------------------------------------------------------------------------------------------
def grown_for(problem: Program, nodes: int, draw: random.Random) -> tuple[Grown, ZoneSolves, Floats]:
    """A tree of so many nodes grown at a zone in the middle, with the solver objects and zones (k, q) all over the ranges."""
    spans = payoff(problem, 0, 60.0)
    assert not isinstance(spans, str)
    ranges = tuple(shortened(span.width) for span in spans)
    ends = np.array([[span.ideal for span in spans], [span.nadir for span in spans]])
    epsilon = Fraction(1, 20)
    reach = float(frame_of(problem, ranges, epsilon).reach)
    solves = ZoneSolves(Setting(problem, ranges, reach, float(epsilon), publisher(problem), ends))
    tree = Family(solves.lp.frame)
    middle = ends.mean(axis=0)
    tree.improve(solves.lp, solves.finite_sides(middle), Ask(), nodes, dives=False)
    zones = np.array([ends[0] + np.array([draw.uniform(0.0, 1.1) for _ in spans]) * (ends[1] - ends[0]) for _ in range(12)])
    return grown(tree, middle, solves), solves, zones


def exactly(problem: Program) -> Program:
    """The same Program with its exact form."""
    rows = problem.data.reshape(problem.m, problem.n).tolist()
    lower, upper = problem.col_lower.tolist(), problem.col_upper.tolist()
    return from_arrays(
        problem.criteria.tolist(), rows, ["<="] * problem.m, problem.row_upper.tolist(), lower, upper, problem.integer.tolist()
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_tree_bounds_every_zone_and_its_proof_shows_it_exactly(seed: int) -> None:
    draw = random.Random(seed)
    problem = exactly(mixed(draw, q=3))
    tree, solves, zones = grown_for(problem, 1 + seed, draw)
    forest = Forest()
    bounds = TreeBounds([(forest.tree(tree.splits, tree.multipliers), tree)])
    members = []
    for upper, alpha in zip(zones, bounds.alphas(zones), strict=True):
        assert alpha >= deepest(problem, upper, solves.r) - 1e-9
        limits = [Fraction(float(u)) - Fraction(float(alpha)) * r for u, r in zip(upper, solves.setting.scale, strict=True)]
        members.append((bounds.listed[0][0], limits))
    assert verify_zones(problem, forest.data(digest(problem), solves.short.units.tolist()), range(problem.q), members) == [True] * len(
        zones
    )


def test_more_nodes_bound_better() -> None:
    few, many = (grown_for(mixed(random.Random(3), q=3, binaries=7), nodes, random.Random(0)) for nodes in (1, 30))
    gained = TreeBounds([(0, few[0])]).alphas(few[2]) - TreeBounds([(0, many[0])]).alphas(few[2])
    assert gained.max() > 0.001


# -- in a search ------------------------------------------------------------------------------------------------------
def searched() -> Search:
    """Three points over a plane, with one zone between them that is limited in all criteria."""
    return flat_search([(0.2, 0.4, 0.5), (0.4, 0.5, 0.2), (0.5, 0.2, 0.4)], [(1, 1, 1)])


def plane(height: float) -> Grown:
    """alpha <= (u1 + u2 + u3) / 3 - height, by a leaf each way."""
    return Grown(np.full(2, height), np.full((2, 3), -1 / 3), np.zeros(2, dtype=bool), [[0, 0, -1, -2]], [])


def test_a_tree_lowers_every_open_zone_and_those_that_come(monkeypatch: pytest.MonkeyPatch) -> None:
    search = searched()
    monkeypatch.setattr(Forest, "tree", lambda *_: 5)
    limited = [z for z in search.known if np.isfinite(search.upper(z)).all()]
    before = {z: search.known[z].alpha for z in limited}
    task = search.zone_task(0, limited[0], before[limited[0]], 0, ())
    search.integrate(task, Answer(0, grown=plane(1 / 3 + 0.01)))
    for zone in limited:
        assert float(search.known[zone].alpha) == pytest.approx(float(before[zone]) - 0.01 + MARGIN, abs=1e-8)
        assert (search.known[zone].proof, search.known[zone].at, search.known[zone].root) == ("tree", zone, 5)
    point = (Fraction(3, 10), Fraction(9, 20), Fraction(9, 20))
    search.add_point(Published(point, None, np.array([0.3, 0.45, 0.45]), {}), always=True)
    new = [z for z in search.known if z not in before and np.isfinite(search.upper(z)).all()]
    assert new and all(search.known[z].proof == "tree" and search.known[z].at == z for z in new)


def test_a_tree_that_a_plan_contradicts_is_withdrawn_with_all_that_rests_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    search = searched()
    monkeypatch.setattr(Forest, "tree", lambda *_: 5)
    search.integrate(Task(0, zone=(0.0,) * 3), Answer(0, grown=plane(1 / 3 + 0.01)))
    assert any(known.proof == "tree" for known in search.known.values())
    search.add_point(Published((Fraction(1, 3),) * 3, None, np.full(3, 1 / 3), {}), always=True)
    assert not search.grown.listed and search.counts["withdrawn"] > 0
    assert all(known.proof != "tree" for known in search.known.values())


def test_a_tree_below_a_known_plan_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    search = searched()
    monkeypatch.setattr(Forest, "tree", lambda *_: 5)
    before = dict(search.known)
    search.integrate(Task(0, zone=(0.0,) * 3), Answer(0, grown=plane(0.5)))
    assert search.known == before and not search.grown.listed and search.counts["withdrawn"] == 1


def test_the_same_tree_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    search = searched()
    monkeypatch.setattr(Forest, "tree", lambda *_: 5)
    for serial in range(2):
        search.integrate(Task(serial, zone=(0.0,) * 3), Answer(serial, grown=plane(1 / 3 + 0.01)))
    assert [root for root, _ in search.grown.listed] == [5]


def test_a_large_tree_is_not_asked_about_zones_that_come(monkeypatch: pytest.MonkeyPatch) -> None:
    search = searched()
    monkeypatch.setattr("portfolio.pareto.integrate.LARGEST", 1)
    monkeypatch.setattr(Forest, "tree", lambda *_: 5)
    search.integrate(Task(0, zone=(0.0,) * 3), Answer(0, grown=plane(1 / 3 + 0.01)))
    assert not search.grown.listed and any(known.root == 5 for known in search.known.values())


# -- where one is grown -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("alpha", "proof", "usual", "expected"),
    [
        ("0.08", "half-space", 0.6, True),
        # far above epsilon = 0.02: no near tree to follow yet
        ("0.0801", "half-space", 0.9, False),
        # plans lie close to the bounds: no tree is worth its price
        ("0.03", "half-space", 0.59, False),
        # a tree already bounds it
        ("0.03", "tree", 0.6, True),
        ("0.0301", "tree", 0.9, False),
        ("0.03", "tree", 0.59, False),
    ],
)
def test_a_tree_is_grown_where_points_lie_far_behind(alpha: str, proof: Any, usual: float, expected: bool) -> None:
    assert _worth_a_tree(Known(Fraction(alpha), proof), Fraction(1, 50), usual) is expected


def behind_by(distance: float, alpha: str) -> Search:
    """A search whose points lie so far behind its half-space, the zones between them with this bound."""
    height = 1 / 3 + distance
    search = flat_search([(0.2, 0.4, 3 * height - 0.6), (0.4, 3 * height - 0.6, 0.2), (3 * height - 0.6, 0.2, 0.4)], [(1, 1, 1)])
    limited = {zone: bool(np.isfinite(search.upper(zone)).all()) for zone in search.known}
    search.known = {zone: Known(Fraction(alpha if inside else 0)) for zone, inside in limited.items()}
    return search


@pytest.mark.parametrize(
    ("lower_by", "leaves", "begun_from"),
    [
        (0.005, 2, 0),
        # a twentieth of epsilon: half-spaces say as much
        (0.0005, 2, -1),
        # too large to follow
        (0.005, 61, -1),
    ],
)
def test_a_tree_is_begun_from_the_one_that_says_most(lower_by: float, leaves: int, begun_from: int) -> None:
    search = behind_by(0.02, "0.03")
    tree = plane(1 / 3 + lower_by)
    search.grown.add(5, Grown(np.tile(tree.bases, leaves), np.tile(tree.slopes, (leaves, 1)), np.tile(tree.empty, leaves)))
    given = _next(search, deque())
    # Points lie far behind here: what is followed grows by a dozen nodes.
    assert given is not None and given.pattern == begun_from and given.grow == (12 if begun_from == 0 else SMALL)


@pytest.mark.parametrize(("behind", "nodes"), [(0.6, 6), (0.7, 6), (0.75, 12), (0.9, 12)])
def test_trees_grow_larger_where_points_lie_farther_behind(behind: float, nodes: int) -> None:
    """epsilon = 0.02; the zones are bounded by a tree, and points lie so far behind it."""
    search = behind_by(0.02 * behind + 0.005, "0.03")
    search.grown.add(5, plane(1 / 3 + 0.005))
    search.known = {zone: replace(known, proof="tree") for zone, known in search.known.items()}
    given = _next(search, deque())
    assert given is not None and given.pattern == 0 and given.grow == nodes


def test_a_task_says_what_bounds_its_part_already() -> None:
    """The planes sum f = 1 and, lower, sum f = 1 + 0.015: a zone's bound is the mean of its corner less a third of that. None where the part has no end."""
    search = behind_by(0.02, "0.03")
    search.grown.add(5, plane(1 / 3 + 0.005))
    given = _next(search, deque())
    assert given is not None and given.most is not None
    assert given.most == pytest.approx(search.upper(given.aim or given.zone).mean() - 1 / 3 - 0.005, abs=1e-4)
    assert _task(search, replace(given, pattern=-1)).most == given.most
    search.known = {zone: Known(Fraction(1 if np.isinf(search.upper(zone)).any() else 0)) for zone in search.known}
    search.busy.clear()
    given = _next(search, deque())
    assert given is not None and given.most is None
    assert _task(search, replace(given, pattern=-1)).most == float("inf")


def test_trees_that_say_most_about_no_zone_are_let_go() -> None:
    low, high = plane(0.30), plane(0.25)
    beside = Grown(np.array([0.1]), np.array([[-1.0, 0.0, 0.0]]), np.array([False]))
    bounds = TreeBounds([(1, high), (2, low), (3, beside)])
    # the mean of u less 0.25 or 0.3 by the planes; u_1 - 0.1 by the last
    zones = np.array([[0.5, 0.5, 0.5], [0.15, 0.5, 0.5], [np.inf, 0.5, 0.5]])
    assert [root for root, _ in bounds.serving(zones[::2]).listed] == [2]
    assert [root for root, _ in bounds.serving(zones).listed] == [2, 3]
    assert TreeBounds().serving(zones).listed == []


def test_a_run_that_goes_on_keeps_what_its_open_zones_need() -> None:
    """Dropping trees changes no bound of an open zone."""
    search = behind_by(0.02, "0.9")
    for root, height in ((1, 0.30), (2, 0.32), (3, 0.25)):
        search.grown.add(root, plane(height))
    uppers = np.array([search.upper(zone) for zone in search.open])
    before = search.grown.alphas(uppers)
    search.forget()
    assert [root for root, _ in search.grown.listed] == [2]
    assert np.array_equal(search.grown.alphas(uppers), before)


# -- which plan is taken ------------------------------------------------------------------------------------------------
class Plans:
    """The elementary solves of a zone [0, 1]^2 with given depths: of the best plans within choices, of dives by where they begin, of crossings by how many are crossed."""

    def __init__(self, within: list[float | None], dives: dict[Any, float | None], crossings: dict[int, float | None]) -> None:
        self.setting = SimpleNamespace(epsilon=0.1, program=SimpleNamespace(values=lambda x: 1 - x))
        self.alpha, self.r = 2, np.ones(2)
        self._within, self._dives, self._crossings = within, dives, crossings
        self.asked: list[Any] = []

    @property
    def last_basis(self) -> str:
        return f"basis of {self.asked[-1]}"

    def within(self, choice: Choice, _: Limits) -> tuple[Floats | None, str]:
        self.asked.append(f"choice {choice.place}")
        return _at(self._within[choice.place]), f"basis {choice.place}"

    def cross(self, choices: tuple[Choice, ...], _: Limits) -> Floats | None:
        assert [choice.place for choice in choices] == list(range(len(choices)))
        self.asked.append(f"cross {len(choices)}")
        return _at(self._crossings[len(choices)])

    def dive(self, _: Limits, leaf: Any = None) -> Floats | None:
        self.asked.append(leaf)
        return _at(self._dives[leaf])


def _at(depth: float | None) -> Floats | None:
    return None if depth is None else np.full(2, depth)


def plan_of(solves: Any, choices: int, most: float) -> float | None:
    """The depth of the plan that is taken where the part's bound is `most`."""
    upper = np.ones(2)
    work = TreeWork(solves, Task(0, upper=upper, choices=tuple(Choice(k, {}) for k in range(choices))), Limits())
    work.begun = tuple(one for one in solves._dives if one is not None)
    work.most = most
    x = work._plan(upper)
    depths = {f"basis of choice {k}": depth for k, depth in enumerate(solves._within)}
    depths |= {f"basis of cross {n}": depth for n, depth in solves._crossings.items()} | {
        f"basis of {leaf}": d for leaf, d in solves._dives.items()
    }
    assert x is None or depths[work.deepest_basis] == float(x[0])
    assert set(work.choice_bases) == {k for k, depth in enumerate(solves._within) if depth is not None and f"choice {k}" in solves.asked}
    return None if x is None else float(x[0])


NOTHING: dict[int, float | None] = {3: None, 6: None}


@pytest.mark.parametrize(
    ("within", "dives", "crossings", "taken"),
    [
        ([0.16, 0.19], {None: 0.18}, NOTHING, 0.19),
        ([0.16, 0.17], {None: 0.18}, NOTHING, 0.18),
        ([0.16, 0.17], {None: 0.18}, {3: 0.2, 6: 0.1}, 0.2),
        ([0.16, 0.17], {None: 0.18}, {3: None, 6: 0.21}, 0.21),
        ([None, 0.12], {None: None}, NOTHING, 0.12),
        ([None, None], {None: 0.05}, NOTHING, 0.05),
        ([None, None], {None: None}, NOTHING, None),
        # A tree was grown: from its leaves, not from the relaxation.
        ([0.12, 0.11], {"a": 0.10, "b": 0.14}, NOTHING, 0.14),
        ([0.12, 0.11], {"a": None, "b": None}, NOTHING, 0.12),
    ],
)
def test_the_deepest_plan_is_taken(
    within: list[float | None], dives: dict[Any, float | None], crossings: dict[int, float | None], taken: float | None
) -> None:
    solves: Any = Plans(within, dives, crossings)
    assert plan_of(solves, 6, most=9.0) == taken
    first, *others = dives
    assert solves.asked == ["choice 0", "choice 1", "cross 3", first, "cross 6", *others]


@pytest.mark.parametrize(
    ("choices", "asked"),
    [(0, []), (1, ["choice 0"]), (2, ["choice 0", "choice 1", "cross 2"]), (4, ["choice 0", "choice 1", "cross 3", "cross 4"])],
)
def test_only_choices_that_are_there_are_tried(choices: int, asked: list[str]) -> None:
    solves: Any = Plans([0.1, 0.1], {None: 0.1}, {2: 0.1, 3: 0.1, 4: 0.1})
    plan_of(solves, choices, most=9.0)
    assert [one for one in solves.asked if one is not None] == asked


@pytest.mark.parametrize(
    ("most", "asked"),
    [
        # NEAR = 0.6 of epsilon = 0.1
        (0.21, ["choice 0"]),
        (0.23, ["choice 0", "choice 1", "cross 3"]),
        (0.25, ["choice 0", "choice 1", "cross 3", None]),
        (0.28, ["choice 0", "choice 1", "cross 3", None, "cross 6"]),
    ],
)
def test_no_further_plan_is_looked_for_near_the_bound(most: float, asked: list[Any]) -> None:
    solves: Any = Plans([0.16, 0.1], {None: 0.2}, {3: 0.18, 6: 0.2})
    plan_of(solves, 6, most)
    assert solves.asked == asked


def test_dives_begin_in_the_leaves_that_say_least() -> None:
    """The tree's lowest bounds [-alpha] are where its deepest plans may be; so many leaves at most, and each dive stays in its leaf's box."""
    begun = 0
    for seed in range(8):
        draw = random.Random(seed)
        _, solves, zones = grown_for(mixed(draw, q=3, binaries=7), 1, draw)
        for upper in zones[:4]:
            work = TreeWork(solves, Task(0, upper=upper, alpha=9.0, grow=SMALL), Limits())
            work._relaxed(upper)
            work._bound(upper)
            if work.grown is None or work._closed:
                continue
            u = solves.finite_sides(upper)
            bounds = [one.bound(u) for one in work.begun]
            assert bounds == sorted(bounds) and len(bounds) == min(FROM_LEAVES, len(work.grown.bases))
            assert -bounds[0] >= work.alpha - 1e-5
            for one in work.begun:
                x = solves.dive(Limits(), leaf=one)
                if x is not None:
                    begun += 1
                    assert all(low - 1e-6 <= x[j] <= high + 1e-6 for j, (low, high) in one.box.items())
    assert begun >= 10


# -- whose proof it is --------------------------------------------------------------------------------------------------
def test_the_tree_handed_on_shows_the_bound_that_is_claimed_also_beside_an_inherited_one() -> None:
    """A zone that inherits a weak tree and grows a better one of its own: the bound is the better one's, and so is the proof."""
    by_trees = 0
    for seed in range(6):
        draw = random.Random(seed)
        problem = mixed(draw, q=3, binaries=7)
        _, solves, zones = grown_for(problem, 1, draw)
        for upper in zones[:6]:
            weak = Family(solves.lp.frame)
            weak.improve(solves.lp, solves.finite_sides(upper), Ask(), 1, dives=False)
            answer = TreeWork(solves, Task(0, upper=upper, alpha=9.0, tree=weak, grow=SMALL), Limits()).answer()
            if answer.proof != "tree":
                continue
            by_trees += 1
            assert answer.alpha is not None and answer.grown is not None
            assert TreeBounds([(0, answer.grown)]).alphas(upper[None, :])[0] <= float(answer.alpha) + 1e-9
    assert by_trees > 5
