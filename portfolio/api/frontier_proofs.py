"""Proofs of zones in a frontier file: gathered from a search, put back for --resume, and checked without a solver."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from portfolio.formulation.assemble import assemble
from portfolio.pareto.integrate import Known, Search
from portfolio.program import Program
from portfolio.proof.forest import Forest, forest_of, pack, unpack
from portfolio.proof.verify import Unproven
from portfolio.proof.verify_zones import verify_zones
from portfolio.results import Frontier, FrontierCertificate
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance


# -- out -----------------------------------------------------------------------------------------------------------
def root_of(search: Search, known: Known) -> int | None:
    """Place of a zone's proof in the search's store; None where it rests on a solver's word."""
    if known.root is not None:
        return known.root
    proof = None if known.space is None else known.space.proof
    return None if proof is None else search.forest.leaf(proof)


def gathered(search: Search, roots: Sequence[int | None], program: str) -> tuple[str, dict[int, int]]:
    """(the store with what these places need, place in the search -> place in it). program: digest of the Program."""
    part, places = search.forest.part(list(dict.fromkeys(r for r in roots if r is not None)))
    return (pack(part.data(program, search.units)) if places else ""), places


def put_back(certificate: FrontierCertificate) -> Forest:
    """The store of an earlier run. Raises ValueError, KeyError, TypeError for one that is damaged."""
    return forest_of(unpack(certificate.proofs)) if certificate.proofs else Forest()


# -- the check -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ZonesChecked:
    """proven: zones whose bound was shown from the Program alone · trusted: zones that rest on a solver's word, by what they rest on
    wrong: places in the certificate of zones whose proof does not show their bound · fault: why the proofs say nothing at all (en, ja)."""

    proven: int = 0
    trusted: Mapping[str, int] = field(default_factory=dict)
    wrong: tuple[int, ...] = ()
    fault: tuple[str, str] | None = None

    @property
    def holds(self) -> bool:
        """No proof is false."""
        return not self.wrong and self.fault is None


def check_zones(frontier: Frontier) -> ZonesChecked:
    """Every proof of a zone against the Program of the instance and model that the frontier embeds. Raises InvalidInput."""
    certificate = frontier.certificate
    if certificate is None:
        return ZonesChecked()
    shown = [n for n, zone in enumerate(certificate.zones) if zone.tree is not None]
    trusted = Counter[str](zone.proof for zone in certificate.zones if zone.tree is None)
    if not shown:
        return ZonesChecked(0, trusted)
    program = assemble(parse_instance(frontier.instance), ModelSpec.model_validate(frontier.model), tight=certificate.tight)
    try:
        held = _held(program, certificate, shown)
    except Unproven as error:
        return ZonesChecked(0, trusted, fault=(f"the proofs of zones do not hold: {error}", f"領域の証明が成り立ちません: {error}"))
    return ZonesChecked(sum(held), trusted, tuple(n for n, holds in zip(shown, held, strict=True) if not holds))


def _held(program: Program, certificate: FrontierCertificate, shown: Sequence[int]) -> list[bool]:
    """For each of these zones: is there no x in X and alpha > zone.alpha with f(x) + alpha r <= u?"""
    criteria = [program.names.index(name) for name in certificate.criteria]
    zones = [certificate.zones[n] for n in shown]
    limits = [[u - zone.alpha * r for u, r in zip(zone.upper, certificate.scale, strict=True)] for zone in zones]
    members = [(int(zone.tree or 0), limit) for zone, limit in zip(zones, limits, strict=True)]
    held = verify_zones(program, unpack(certificate.proofs), criteria, members)
    _check_start(program, certificate, criteria)
    return held


def _check_start(program: Program, certificate: FrontierCertificate, criteria: Sequence[int]) -> None:
    """Raises Unproven unless start > f + reach r for every x within the columns' bounds: a zone as high as the start limits nothing."""
    exact = program.exact
    for q, start, r in zip(criteria, certificate.start, certificate.scale, strict=True):
        row = exact.criteria[q]
        most = sum((max(c * low, c * high) for c, low, high in zip(row, exact.col_lower, exact.col_upper, strict=True) if c), Fraction(0))
        if not math.isfinite(most) or start < most + exact.offsets[q] + certificate.reach * r:
            raise Unproven("the start of the search is too low for the columns' bounds")


def renumbered(state: Mapping[str, Any], places: Mapping[int, int]) -> dict[str, Any]:
    """A state for --resume with the places of its proofs in the file."""
    zones = [{**entry, "root": places.get(entry["root"])} for entry in state["zones"]]
    spaces = [{**entry, "proof": places.get(entry["proof"])} for entry in state["spaces"]]
    grown = [{**entry, "root": places[entry["root"]]} for entry in state["grown"] if entry["root"] in places]
    return {**state, "zones": zones, "spaces": spaces, "grown": grown}


def state_roots(state: Mapping[str, Any]) -> list[int | None]:
    """The places of the proofs that a state needs."""
    return [entry["root"] for part in ("zones", "grown") for entry in state[part]] + [entry["proof"] for entry in state["spaces"]]
