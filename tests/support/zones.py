"""Zone Programs for tests of trees (alpha between bounds of the test's choice), zones of random Programs with their proofs, and ways to spoil these."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from portfolio.pareto.zone_program import zone_program
from portfolio.program import Floats, Program
from portfolio.proof.certificate import tree_of
from portfolio.proof.family import Family, workshop
from portfolio.proof.forest import Forest
from portfolio.proof.short import Shortener
from portfolio.proof.verify import digest
from portfolio.solvers.outcome import Ask
from tests.support.random_programs import random_program

Raw = dict[str, Any]


def deepest(program: Program, ranges: Sequence[int | Fraction], least: float, most: float) -> tuple[Program, list[int], Floats]:
    """(Program with a column alpha in [least, most], its zone rows, the cost of max alpha)."""
    wide = zone_program(program, tuple(Fraction(r) for r in ranges), most)
    wide = replace(wide, col_lower=np.append(program.col_lower, least))
    cost = np.zeros(wide.n)
    cost[-1] = -1.0
    return wide, list(range(program.m, wide.m)), cost


Case = tuple[Program, Raw, tuple[Fraction, ...], list[tuple[int, tuple[Fraction, ...], Fraction]]]
"""Program, store, ranges, (place, u, alpha) of zones."""
RANGES = (Fraction(3), Fraction(5))
CASES = 12
"""Random Programs with zones."""


@cache
def zones_of(seed: int) -> Case:
    """Zones of a random Program with the trees that a family of them leaves."""
    draw = random.Random(seed)
    program = random_program(seed, criteria=2, integers=4, continuous=1, rows=4)
    wide, rows, cost = deepest(program, RANGES, 0.0, 50.0)
    lp = workshop(wide, cost, rows)
    short, forest, members = Shortener(program, RANGES), Forest(), list[tuple[int, tuple[Fraction, ...], Fraction]]()
    tree = Family(lp.frame)
    for _ in range(4):
        u = tuple(Fraction(draw.randrange(-20, 40)) for _ in range(2))
        sides = (np.array([float(v) for v in u]) - program.offsets) / short.scale
        tree = tree.child()
        tree.improve(lp, sides, Ask(gap=0.0))
        least = tree.bound(sides)
        splits, places = tree_of(tree.leaves)
        cuts = [tree.leaves[n].best_cut(sides) for n in np.argsort(places)]
        root = forest.tree(splits, [short.cut(cut) for cut in cuts if cut is not None])
        members.append((root, u, Fraction(0) if least == float("inf") else Fraction(max(-least, 0.0)) + Fraction(1, 10**5)))
    return program, forest.data(digest(program), short.units.tolist()), RANGES, members


def limits_of(u: tuple[Fraction, ...], alpha: Fraction) -> list[Fraction]:
    return [v - alpha * r for v, r in zip(u, RANGES, strict=True)]


def any_multiplier(data: Raw, draw: random.Random) -> None:
    record = draw.choice([m for m in data["multipliers"] if m["y"]])
    k = draw.randrange(len(record["y"]))
    y = record["y"][k]
    record["y"][k] = draw.choice((y + draw.choice((-3, -1, 1, 3)), -y, 2 * y, 0, y + 10**6, y // 2))


def any_row(data: Raw, draw: random.Random) -> None:
    record = draw.choice([m for m in data["multipliers"] if m["rows"]])
    record["rows"][draw.randrange(len(record["rows"]))] = draw.randrange(-1, len(data["units"]) + 1)


def any_digits(data: Raw, draw: random.Random) -> None:
    draw.choice(data["multipliers"])["digits"] += draw.choice((-2, -1, 1, 2, 10**9))


def any_unit(data: Raw, draw: random.Random) -> None:
    data["units"][draw.randrange(len(data["units"]))] += draw.choice((-1, 1))


def any_place(data: Raw, draw: random.Random) -> None:
    node = draw.choice(data["nodes"])
    node[draw.choice((2, 3))] = draw.randrange(-len(data["multipliers"]) - 1, len(data["nodes"]) + 1)


def any_split(data: Raw, draw: random.Random) -> None:
    node = draw.choice(data["nodes"])
    node[draw.choice((0, 1))] += draw.choice((-9, -2, -1, 1, 2, 9))


def any_dropped(data: Raw, draw: random.Random) -> None:
    part = data[draw.choice([name for name in ("nodes", "multipliers", "units") if data[name]])]
    part.pop(draw.randrange(len(part)))


def any_half(data: Raw, draw: random.Random) -> None:
    node = draw.choice(data["nodes"])
    node[2] = node[3]


def any_type(data: Raw, draw: random.Random) -> None:
    record = draw.choice([m for m in data["multipliers"] if m["y"]])
    record["y"][0] = draw.choice((1.5, "7", None, True, [1]))


SPOILERS = (any_multiplier, any_multiplier, any_row, any_digits, any_unit, any_place, any_split, any_dropped, any_half, any_type)
NEEDS_NODES = (any_place, any_split, any_half)
