"""Ways to spoil a frontier file with proofs, as raw data: its store of proofs, its certificate, its plans, its instance; clumsily or with care."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import portfolio
from portfolio.api.frontier import frontier
from portfolio.formats.result_text import result_text
from portfolio.library import load_model
from portfolio.schema.exact import to_fraction
from tests.support.frontier_reference import number, store_of, text_of

Raw = dict[str, Any]
Spoiler = Callable[[Raw, random.Random, Sequence[Raw]], None]
"""Changes the file; the others are sound files to take parts from. IndexError, ValueError: it has nothing of the kind."""
Lie = Callable[[Raw, random.Random], None]


SIZES = {"funds": 2, "years": 2, "scenarios": 3, "exposures": 3, "needs": 2, "fields": 3, "archetypes": 2}
TWO = ("growth", "public")
CASES = ((6, 0, TWO, "1/10"), (8, 1, TWO, "1/20"), (8, 1, TWO, "1/10"), (6, 2, (), "1/5"), (7, 4, (), "1/5"), (8, 6, TWO, "1/50"))
"""Programmes, seed, criteria (none: all three), epsilon."""


@cache
def files() -> tuple[Raw, ...]:
    """Certified frontiers as raw data."""
    found = []
    for programmes, seed, criteria, epsilon in CASES:
        instance = portfolio.generate(programmes=programmes, options=1, seed=seed, **SIZES)
        one = frontier(instance, load_model(), to_fraction(epsilon), criteria=criteria)
        assert one.status == "certified"
        found.append(json.loads(result_text(one)))
    return tuple(found)


def in_store(lie: Lie) -> Spoiler:
    """A change of the packed store."""

    def spoil(raw: Raw, draw: random.Random, _others: Sequence[Raw]) -> None:
        store = store_of(raw["certificate"]["proofs"])
        lie(store, draw)
        raw["certificate"]["proofs"] = text_of(store)

    spoil.__name__ = lie.__name__
    return spoil


def in_file(lie: Lie) -> Spoiler:
    """A change of the file beside its store."""

    def spoil(raw: Raw, draw: random.Random, _others: Sequence[Raw]) -> None:
        lie(raw, draw)

    spoil.__name__ = lie.__name__
    return spoil


def moved(value: object, draw: random.Random, size: Fraction = Fraction(1)) -> str:
    """The number changed by a share of itself or of `size`, mostly small."""
    v, part = number(value), Fraction(1, 10 ** draw.randrange(1, 10))
    return str(draw.choice((v * (1 - part), v * (1 + part), v + part * size, v - part * size, v / 10, v * 10, -v, Fraction(0))))


# -- the store -------------------------------------------------------------------------------------------------------
def bent(y: list[Any], draw: random.Random) -> None:
    k = draw.randrange(len(y))
    y[k] = draw.choice((y[k] + draw.choice((-3, -1, 1, 3)), -y[k], 2 * y[k], 0, y[k] + 10**6, y[k] // 2))


def multiplier(store: Raw, draw: random.Random) -> None:
    bent(draw.choice([y for y in store["multipliers"]["y"] if y]), draw)


def limit_multiplier(store: Raw, draw: random.Random) -> None:
    """The last row of a record stands for a limit on a criterion."""
    y = draw.choice([y for y in store["multipliers"]["y"] if y])
    y[-1] = draw.choice((y[-1] - 1, y[-1] + 1, -y[-1], 0, 2 * y[-1]))


def row(store: Raw, draw: random.Random) -> None:
    steps = draw.choice([rows for rows in store["multipliers"]["rows"] if rows])
    steps[draw.randrange(len(steps))] += draw.choice((-2, -1, 1, 2))


def digits(store: Raw, draw: random.Random) -> None:
    listed = store["multipliers"]["digits"]
    listed[draw.randrange(len(listed))] += draw.choice((-2, -1, 1, 2, 10**9))


def unit(store: Raw, draw: random.Random) -> None:
    store["units"][draw.randrange(len(store["units"]))] += draw.choice((-1, 1, 10**9))


def fixing(store: Raw, draw: random.Random) -> None:
    node = draw.choice(store["nodes"])
    node[draw.randrange(2)] += draw.choice((-9, -2, -1, 1, 2, 9))


def half(store: Raw, draw: random.Random) -> None:
    nodes, records = store["nodes"], len(store["multipliers"]["y"])
    draw.choice(nodes)[draw.choice((2, 3))] = draw.randrange(-records - 1, len(nodes) + 1)


def dropped_leaf(store: Raw, draw: random.Random) -> None:
    """One half stands for the whole."""
    node = draw.choice(store["nodes"])
    node[2:] = [node[draw.choice((2, 3))]] * 2


def swapped_halves(store: Raw, draw: random.Random) -> None:
    node = draw.choice(store["nodes"])
    node[2], node[3] = node[3], node[2]


def dropped_part(store: Raw, draw: random.Random) -> None:
    parts = (store["nodes"], store["units"], *store["multipliers"].values())
    part = draw.choice([part for part in parts if part])
    part.pop(draw.randrange(len(part)))


def kind_of_number(store: Raw, draw: random.Random) -> None:
    y = draw.choice([y for y in store["multipliers"]["y"] if y])
    y[draw.randrange(len(y))] = draw.choice((1.5, "7", None, True, [1]))


def hash_of_program(store: Raw, draw: random.Random) -> None:
    store["program"] = draw.choice((store["program"][::-1], "", None))


# -- the certificate ---------------------------------------------------------------------------------------------------
def zones(raw: Raw) -> list[Raw]:
    listed: list[Raw] = raw["certificate"]["zones"]
    return listed


def consistent(raw: Raw) -> None:
    """The certificate claims what its zones carry."""
    raw["certificate"]["certified"] = str(max(number(zone["alpha"]) for zone in zones(raw)))


def shared_half_space(raw: Raw, draw: random.Random) -> None:
    """The multipliers that most zones rest on, or an ideal's."""
    store = store_of(raw["certificate"]["proofs"])
    users = Counter(zone["tree"] for zone in zones(raw) if zone["tree"] is not None and zone["tree"] < 0)
    place = draw.choice([place for place, _ in users.most_common(3)])
    bent(store["multipliers"]["y"][-place - 1], draw)
    raw["certificate"]["proofs"] = text_of(store)


def alpha(raw: Raw, draw: random.Random) -> None:
    zone = draw.choice(zones(raw))
    zone["alpha"] = moved(zone["alpha"], draw, Fraction(1, 100))


def alpha_with_care(raw: Raw, draw: random.Random) -> None:
    alpha(raw, draw)
    consistent(raw)


def all_alphas(raw: Raw, draw: random.Random) -> None:
    share = draw.choice((Fraction(1, 2), Fraction(9, 10), Fraction(999, 1000), 1 - Fraction(1, 10**6), Fraction(11, 10)))
    for zone in zones(raw):
        zone["alpha"] = str(share * number(zone["alpha"]))
    consistent(raw)


def weaker(raw: Raw, draw: random.Random) -> None:
    """No lie: a larger bound for some zones."""
    for zone in draw.sample(zones(raw), draw.randint(1, len(zones(raw)))):
        zone["alpha"] = str(number(zone["alpha"]) * (1 + Fraction(1, 10 ** draw.randrange(1, 7))))
    consistent(raw)


def claimed(raw: Raw, draw: random.Random) -> None:
    name = draw.choice(("certified", "target", "reach"))
    raw["certificate"][name] = moved(raw["certificate"][name], draw)


def upper(raw: Raw, draw: random.Random) -> None:
    vector = draw.choice(zones(raw))["upper"]
    i = draw.randrange(len(vector))
    vector[i] = draw.choice((moved(vector[i], draw), str(number(vector[i]) + draw.choice((-1, 1)) * number(raw["certificate"]["step"][i]))))


def frame(raw: Raw, draw: random.Random) -> None:
    vector = raw["certificate"][draw.choice(("start", "scale", "step", "signs"))]
    i = draw.randrange(len(vector))
    vector[i] = -vector[i] if vector is raw["certificate"]["signs"] else moved(vector[i], draw)


def rows_of_another_form(raw: Raw, _draw: random.Random) -> None:
    raw["certificate"]["tight"] = not raw["certificate"]["tight"]


def scale_with_care(raw: Raw, draw: random.Random) -> None:
    """Everything in units of a longer range: all limits stay what they are, and epsilon looks smaller."""
    certificate, by = raw["certificate"], draw.choice((2, 10, Fraction(101, 100)))
    certificate["scale"] = [str(number(r) * by) for r in certificate["scale"]]
    certificate["reach"] = str(number(certificate["reach"]) / by)
    for zone in zones(raw):
        zone["alpha"] = str(number(zone["alpha"]) / by)
    consistent(raw)


def lower_start(raw: Raw, draw: random.Random) -> None:
    """Start and all zones that reach it, together."""
    certificate = raw["certificate"]
    i = draw.randrange(len(certificate["start"]))
    before, step = number(certificate["start"][i]), number(certificate["step"][i])
    after = before - step * int(draw.choice((1, 1000, (before - number(zones(raw)[0]["upper"][i])) / step + 1)))
    certificate["start"][i] = str(after)
    for zone in zones(raw):
        zone["upper"][i] = str(after) if number(zone["upper"][i]) == before else zone["upper"][i]


def tree(raw: Raw, draw: random.Random) -> None:
    """The proof of another zone, none, or one that is not there."""
    zone = draw.choice(zones(raw))
    zone["tree"] = draw.choice([*(z["tree"] for z in zones(raw)), None, 10**6, -(10**6), 0, -1])


def without_proof(raw: Raw, draw: random.Random) -> None:
    """No lie: a zone that rests on a solver's word, and says so."""
    zone = draw.choice(zones(raw))
    zone.update(tree=None, proof=draw.choice(("mip", "half-space", "relaxation")))


def listed_zones(raw: Raw, draw: random.Random) -> None:
    listed = zones(raw)
    one, other = draw.choice(listed), draw.choice(listed)
    draw.choice(
        (
            lambda: listed.remove(one),
            lambda: listed.append(copy.deepcopy(one)),
            lambda: one.update(alpha=other["alpha"]),
            lambda: one.update(upper=other["upper"]),
            lambda: listed.clear(),
            lambda: draw.shuffle(listed),
        )
    )()


def half_space(raw: Raw, draw: random.Random) -> None:
    """Weights, bound or zone of a half-space, beside its proof."""
    zone = draw.choice([zone for zone in zones(raw) if zone["proof"] == "half-space"])
    name = draw.choice([name for name in ("weights", "bound", "at") if zone[name]])
    if name == "bound":
        zone["bound"] = moved(zone["bound"], draw)
    else:
        i = draw.randrange(len(zone[name]))
        zone[name][i] = moved(zone[name][i], draw)


# -- plans and instances -----------------------------------------------------------------------------------------------
def plan(raw: Raw, draw: random.Random, others: Sequence[Raw]) -> None:
    """Another plan under a point's name."""
    point = draw.choice(raw["points"])
    point["plan"] = copy.deepcopy(draw.choice(draw.choice([raw, *others])["points"])["plan"])


def points(raw: Raw, draw: random.Random) -> None:
    listed = raw["points"]
    point = draw.choice(listed)
    choice = draw.choice(point["plan"]["choices"])
    criteria = point["plan"]["criteria"]
    name = draw.choice(sorted(criteria))
    draw.choice(
        (
            lambda: listed.remove(point),
            lambda: listed.append({**copy.deepcopy(point), "id": "p999"}),
            lambda: criteria.update({name: moved(criteria[name], draw)}),
            lambda: draw.choice(choice["payments"]).update(amount=draw.randrange(1000)),
            lambda: choice.update(scale="1"),
            lambda: point["plan"]["choices"].remove(choice),
            lambda: draw.shuffle(listed),
        )
    )()


def instance(raw: Raw, draw: random.Random, others: Sequence[Raw]) -> None:
    """Another instance, or parts of another frontier."""
    other = draw.choice(list(others))
    kind = draw.randrange(4)
    if kind == 0:
        raw.update(instance=other["instance"], instance_hash=other["instance_hash"])
    elif kind == 1:
        raw["certificate"]["proofs"] = other["certificate"]["proofs"]
    elif kind == 2:
        raw["certificate"] = copy.deepcopy(other["certificate"])
    else:
        raw["ranges"] = copy.deepcopy(other["ranges"])


CERTIFICATES: tuple[Spoiler, ...] = tuple(
    map(in_file, (alpha, alpha_with_care, all_alphas, upper, frame, scale_with_care, lower_start, tree, without_proof))
)
"""Those that leave the store as it is."""
SPOILERS: tuple[Spoiler, ...] = (
    *map(in_store, (multiplier, multiplier, limit_multiplier, row, digits, unit, fixing, fixing, half, dropped_leaf, dropped_leaf)),
    *map(in_store, (swapped_halves, dropped_part, kind_of_number, hash_of_program)),
    *map(in_file, (shared_half_space, shared_half_space, alpha, alpha_with_care, alpha_with_care, all_alphas, all_alphas, weaker, claimed)),
    *map(in_file, (upper, frame, rows_of_another_form, scale_with_care, lower_start, tree, without_proof, listed_zones, half_space, points)),
    plan, instance,
)  # fmt: skip
