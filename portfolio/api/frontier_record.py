"""A certified search as a Frontier record, and back again for --resume."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import numpy as np

from portfolio.api.frontier_proofs import gathered, put_back, root_of
from portfolio.errors import UsageError
from portfolio.pareto.half_space import HalfSpace
from portfolio.pareto.integrate import Frame, Known, Search, Vector
from portfolio.pareto.running import Given
from portfolio.pareto.tree_bounds import Grown, TreeBounds
from portfolio.pareto.zones import Published
from portfolio.payoff import Span
from portfolio.program import Floats, Program
from portfolio.proof.forest import Forest
from portfolio.results import Frontier, FrontierCertificate, FrontierPoint, Range, Zone
from portfolio.schema.exact import exact_text, to_fraction
from portfolio.solvers.basis import packed, unpacked


def points_of(search: Search) -> tuple[FrontierPoint, ...]:
    """The nondominated points; ids say in which order they were found."""
    return tuple(FrontierPoint(id=f"p{i + 1}", plan=search.points[i].plan.plan) for i in search.best_points())


def certificate_of(search: Search, program: Program, digest: str, more: Sequence[int | None]) -> tuple[FrontierCertificate, dict[int, int]]:
    """(the certificate of the current state, place of a proof in the search -> in the certificate).

    program: with the criteria of the claim only · digest: of the whole Program · more: places of proofs that must stand in it besides its zones'.
    """
    frame = search.frame
    zones = sorted(search.known.items(), key=lambda item: (-item[1].alpha, item[0]))
    proofs, places = gathered(search, [*(root_of(search, known) for _, known in zones), *more], digest)
    certificate = FrontierCertificate(
        criteria=program.names,
        signs=program.signs,
        scale=frame.scale,
        step=frame.lattice.step,
        start=frame.lattice.exact(frame.start),
        reach=frame.reach,
        target=frame.target,
        certified=search.certified,
        zones=tuple(_zone(search, vector, known, places) for vector, known in zones),
        tight=True,
        proofs=proofs,
    )
    return certificate, places


def _zone(search: Search, vector: Vector, known: Known, places: Mapping[int, int]) -> Zone:
    exact = search.frame.lattice.exact
    space, root = known.space, root_of(search, known)
    return Zone(
        upper=exact(vector),
        alpha=known.alpha,
        proof=known.proof,
        at=exact(known.at) if known.at and known.at != vector else (),
        weights=() if space is None else space.weights,
        bound=None if space is None else space.bound,
        trouble=known.trouble,
        tree=None if root is None else places[root],
    )


def ranges_of(program: Program, spans: Sequence[Span]) -> dict[str, Range]:
    """Payoff spans in natural sense."""
    return {
        name: Range(best=Fraction(repr(sign * span.ideal)), worst=Fraction(repr(sign * span.nadir)))
        for name, sign, span in zip(program.names, program.signs, spans, strict=True)
    }


# -- resume ---------------------------------------------------------------------------------------------------------
def state_of(search: Search, pending: Sequence[Given]) -> dict[str, Any]:
    """What a run needs to go on exactly as it would have: points in the order found, zones, half-spaces, tasks under way.

    Places of proofs are the search's own (frontier_proofs.py numbers them anew for a file), bases the solver's (`with_bases`).
    """
    kept = set(search.best_points())
    places = {id(space): n for n, space in enumerate(search.spaces.listed)}
    return {
        "points": [
            {
                "id": f"p{i + 1}" if i in kept else "",
                "steps": list(search.steps[i]),
                "raw": [repr(float(v)) for v in point.raw],
                "integers": {str(j): int(v) for j, v in point.integers.items()},
            }
            for i, point in enumerate(search.points)
        ],
        "spaces": [_space(search, space) for space in search.spaces.listed],
        "zones": [_written(vector, known, places) for vector, known in search.known.items()],
        **_bases(search),
        "grown": [_tree(root, tree) for root, tree in search.grown.listed],
        "serial": search.serial,
        "pending": [
            {**asdict(g), "zone": [int(v) for v in g.zone], "alpha": exact_text(g.alpha), "aim": [int(v) for v in g.aim]} for g in pending
        ],
        "counts": dict(search.counts),
        "trouble": list(search.trouble),
    }


def _bases(search: Search) -> dict[str, Any]:
    """Where relaxations of zones and LPs within choices start: the distinct bases, and the place among them for each zone and choice that has one."""
    distinct = {id(basis): basis for basis in (*search.bases.values(), *search.choice_bases.values())}
    place = {key: n for n, key in enumerate(distinct)}
    starts = [[[int(v) for v in zone], place[id(basis)]] for zone, basis in search.bases.items()]
    choices = [[choice, place[id(basis)]] for choice, basis in search.choice_bases.items()]
    return {"bases": list(distinct.values()), "starts": starts, "choices": choices}


def with_bases(state: dict[str, Any], search: Search) -> dict[str, Any]:
    """A state with its bases as text: those that were written before are not packed again."""
    # What holds a basis keeps its id from being used again.
    search.packed = {id(basis): search.packed.get(id(basis)) or (basis, packed(basis)) for basis in state["bases"]}
    return {**state, "bases": [text for _, text in search.packed.values()]}


def _tree(root: int, tree: Grown) -> dict[str, Any]:
    return {"root": root, "bases": _exactly(tree.bases), "slopes": _exactly(tree.slopes), "empty": np.flatnonzero(tree.empty).tolist()}


def _grown(entry: Mapping[str, Any], q: int) -> Grown:
    bases = _floats(entry["bases"])
    empty = np.zeros(len(bases), dtype=np.bool_)
    empty[entry["empty"]] = True
    return Grown(bases, _floats(entry["slopes"]).reshape(len(bases), q), empty)


def _exactly(values: Floats) -> str:
    """Floats bit for bit, as text."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode()


def _floats(text: str) -> Floats:
    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f8").astype(np.float64)


def finished(state: dict[str, Any]) -> dict[str, Any]:
    """A state of which nothing goes on: without what only further solves would need."""
    return {**state, "bases": [], "starts": [], "choices": [], "grown": []}


def with_plans(state: dict[str, Any], search: Search) -> dict[str, Any]:
    """An earlier state of a search that has gone on since, with the plans of its points that are no longer nondominated."""
    kept = {f"p{i + 1}" for i in search.best_points()}
    gone = [entry["id"] for entry in state["points"] if entry["id"] and entry["id"] not in kept]
    return {**state, "plans": {name: search.points[int(name[1:]) - 1].plan.plan.model_dump(mode="json") for name in gone}}


def _space(search: Search, space: HalfSpace) -> dict[str, Any]:
    proof = None if space.proof is None else search.forest.leaf(space.proof)
    return {"weights": [exact_text(w) for w in space.weights], "bound": exact_text(space.bound), "of": space.of, "proof": proof}


def _written(vector: Vector, known: Known, places: dict[int, int]) -> dict[str, Any]:
    space = None if known.space is None else places[id(known.space)]
    entry = {"zone": [int(v) for v in vector], "alpha": exact_text(known.alpha), "proof": known.proof, "at": [int(v) for v in known.at]}
    return {**entry, "space": space, "trouble": known.trouble, "root": known.root, "hard": known.hard}


def restored(earlier: Frontier, frame: Frame, plan_of: Any) -> tuple[Search, list[Given]]:
    """The search of an earlier Frontier. plan_of: FrontierPoint -> what stands behind a point.

    Raises UsageError when the file belongs to another run (other ranges, target or model) or holds no state.
    """
    certificate = earlier.certificate
    if certificate is None or not earlier.search:
        raise UsageError("this frontier holds nothing to resume from", "このフロンティアには再開できる状態がありません")
    said = (certificate.scale, certificate.step, certificate.start, certificate.target)
    if said != (frame.scale, frame.lattice.step, frame.lattice.exact(frame.start), frame.target):
        raise UsageError(
            "the frontier to resume was made with another epsilon, other criteria, another model or another instance",
            "再開するフロンティアのε、評価基準、モデル、インスタンスのいずれかが異なります",
        )
    try:
        return _restored(earlier, frame, plan_of)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"the state to resume from is damaged: {error}", f"再開用の状態が壊れています: {error}") from None


def _restored(earlier: Frontier, frame: Frame, plan_of: Any) -> tuple[Search, list[Given]]:
    state, forest = earlier.search, Forest() if earlier.certificate is None else put_back(earlier.certificate)
    search = Search(frame, ())
    search.forest = forest
    gone = [FrontierPoint(id=name, plan=plan) for name, plan in state.get("plans", {}).items()]
    plans = {point.id: plan_of(point) for point in (*earlier.points, *gone)}
    points, steps = [], []
    for entry in state["points"]:
        k = tuple(int(v) for v in entry["steps"])
        integers = {int(j): float(v) for j, v in entry["integers"].items()}
        raw = np.array([float(v) for v in entry["raw"]])
        points.append(Published(frame.lattice.exact(k), plans.get(entry["id"]), raw, integers))
        steps.append(k)
    listed = [_half_space(entry, forest) for entry in state["spaces"]]
    known = {tuple(float(v) for v in entry["zone"]): _read(entry, listed) for entry in state["zones"]}
    search.put_back(points, steps, known, listed)
    bases = [unpacked(text) for text in state.get("bases", ())]
    search.bases = {tuple(float(v) for v in zone): bases[n] for zone, n in state.get("starts", ())}
    search.choice_bases = {int(place): bases[n] for place, n in state.get("choices", ())}
    search.grown = TreeBounds([(int(entry["root"]), _grown(entry, len(frame.start))) for entry in state.get("grown", ())])
    search.counts.update(state["counts"])
    search.trouble.extend(state["trouble"])
    search.serial = int(state["serial"])
    return search, [_given(entry) for entry in state["pending"]]


def _given(entry: Mapping[str, Any]) -> Given:
    vectors = {name: tuple(float(v) for v in entry.get(name, ())) for name in ("zone", "aim")}
    most = None if entry.get("most") is None else float(entry["most"])
    return Given(**{**entry, **vectors, "alpha": to_fraction(entry["alpha"]), "near": tuple(entry["near"]), "most": most})


def _half_space(entry: dict[str, Any], forest: Forest) -> HalfSpace:
    proof = None if entry["proof"] is None else forest.multipliers[-entry["proof"] - 1]
    return HalfSpace(tuple(to_fraction(w) for w in entry["weights"]), to_fraction(entry["bound"]), entry["of"], proof)


def _read(entry: dict[str, Any], listed: Sequence[HalfSpace]) -> Known:
    space = None if entry["space"] is None else listed[entry["space"]]
    at = tuple(float(v) for v in entry["at"])
    return Known(to_fraction(entry["alpha"]), entry["proof"], at, space, entry["trouble"], entry["root"], entry.get("hard", False))
