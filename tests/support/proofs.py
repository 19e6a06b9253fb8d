"""Proofs of random Programs, and ways to spoil them."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from typing import Any

from portfolio.program import Program
from portfolio.proof.certificate import Question, certificate
from portfolio.proof.workers import Tree
from portfolio.solvers.outcome import Ask, Outcome

Proof = dict[str, Any]


def proven(program: Program, gap: float = 0.0, nodes: int = 1_000_000) -> tuple[Outcome, Proof]:
    """A search for the least value of the first criterion, and its proof."""
    tree = Tree(program, program.criteria[0], Ask(gap=gap), nodes=nodes)
    outcome = tree.minimise()
    weights = (Fraction(1), *(Fraction(0) for _ in range(program.q - 1)))
    return outcome, certificate(program, Question(weights), tree.frame, tree.leaves)


def spoiled(proof: Proof, draw: random.Random) -> tuple[str, Proof]:
    """What was done, and a copy of the proof with one thing changed."""
    bad = copy.deepcopy(proof)
    kinds = [kind for kind in SPOILERS if kind.__name__.startswith("any") or bad["splits"]]
    kind = draw.choice(kinds)
    kind(bad, draw)
    return kind.__name__, bad


def any_multiplier(bad: Proof, draw: random.Random) -> None:
    """A multiplier is moved, flipped, scaled or zeroed."""
    record = draw.choice(bad["multipliers"])
    if record["y"]:
        k = draw.randrange(len(record["y"]))
        y = record["y"][k]
        record["y"][k] = draw.choice((y + draw.choice((-3, -1, 1, 3)), -y, 2 * y, 0, y + 10**6, y // 2))


def any_row(bad: Proof, draw: random.Random) -> None:
    """A multiplier is given to another row, or to one that is not there."""
    record = draw.choice(bad["multipliers"])
    if record["rows"]:
        record["rows"][draw.randrange(len(record["rows"]))] = draw.randrange(-1, len(bad["units"]) + 1)


def any_digits(bad: Proof, draw: random.Random) -> None:
    """The scale of one vector of multipliers."""
    draw.choice(bad["multipliers"])["digits"] += draw.choice((-2, -1, 1, 2, 10**9))


def any_unit(bad: Proof, draw: random.Random) -> None:
    """The scale of one row, in all vectors."""
    bad["units"][draw.randrange(len(bad["units"]))] += draw.choice((-1, 1))


def any_kind(bad: Proof, draw: random.Random) -> None:
    """A bounded leaf is called empty, or the reverse."""
    record = draw.choice(bad["multipliers"])
    record["empty"] = not record["empty"]


def any_question(bad: Proof, draw: random.Random) -> None:
    """Other weights: the bound is then about another objective, and says so."""
    bad["weights"][draw.randrange(len(bad["weights"]))] = draw.choice(("2", "-1", "1/3", "0", "x"))


def any_program(bad: Proof, draw: random.Random) -> None:
    """The hash of another instance."""
    bad["program"] = bad["program"][::-1]


def any_type(bad: Proof, draw: random.Random) -> None:
    """A number that is none."""
    record = draw.choice(bad["multipliers"])
    if record["y"]:
        record["y"][draw.randrange(len(record["y"]))] = draw.choice((1.5, "7", None, True, [1]))


def any_lost_key(bad: Proof, draw: random.Random) -> None:
    """A part is missing."""
    del bad[draw.choice(sorted(set(bad) - {"format", "version"}))]


def any_leaf(bad: Proof, draw: random.Random) -> None:
    """A leaf is bounded by the multipliers of another, or of none."""
    bad["leaves"][draw.randrange(len(bad["leaves"]))] = draw.randrange(-1, len(bad["multipliers"]) + 1)


def any_dropped_leaf(bad: Proof, draw: random.Random) -> None:
    """A leaf is gone."""
    bad["leaves"].pop(draw.randrange(len(bad["leaves"])))


def split_column(bad: Proof, draw: random.Random) -> None:
    """A branching of another column."""
    draw.choice(bad["splits"])[0] = draw.randrange(-1, 12)


def split_place(bad: Proof, draw: random.Random) -> None:
    """The bound of a branching is moved."""
    draw.choice(bad["splits"])[1] += draw.choice((-2, -1, 1, 2))


def split_side(bad: Proof, draw: random.Random) -> None:
    """A branching leads elsewhere."""
    draw.choice(bad["splits"])[draw.choice((2, 3))] = draw.randrange(-len(bad["leaves"]), len(bad["splits"]))


def split_swapped(bad: Proof, draw: random.Random) -> None:
    """The halves change places."""
    split = draw.choice(bad["splits"])
    split[2], split[3] = split[3], split[2]


def split_dropped(bad: Proof, draw: random.Random) -> None:
    """One half stands for the whole."""
    split = draw.choice(bad["splits"])
    split[2] = split[3]


SPOILERS = (
    any_multiplier, any_multiplier, any_row, any_digits, any_unit, any_kind, any_question, any_program, any_type, any_lost_key, any_leaf,
    any_dropped_leaf, split_column, split_place, split_side, split_swapped, split_dropped,
)  # fmt: skip
