"""Zones of a frontier solved again through another door: does any plan lie deeper in a zone than its bound says?"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from portfolio.formulation.assemble import assemble
from portfolio.numerics import CONTRADICTION
from portfolio.pareto.lattice import reach
from portfolio.pareto.zone_program import sides, subset, zone_program
from portfolio.program import Floats, Program
from portfolio.results import Frontier, Zone
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.validate import parse_instance
from portfolio.solvers.door import open_door
from portfolio.solvers.outcome import Ask, Verdict


@dataclass(frozen=True)
class Recheck:
    """zone: its place in the certificate · alpha: what the certificate says · found: the deepest plan that the door found, its bound
    holds: no plan found lies deeper · confirmed: the door's own bound is no larger either.
    """

    zone: int
    alpha: Fraction
    found: float
    bound: float
    verdict: Verdict
    holds: bool
    confirmed: bool
    seconds: float


def start_is_high_enough(frontier: Frontier) -> bool:
    """Does the start of the search lie above max f + reach r, from the column bounds of the Program assembled anew?"""
    certificate = frontier.certificate
    if certificate is None:
        return True
    program = _program(frontier, certificate.criteria)
    _, most = reach(program)
    tops = [Fraction(float(m)) + certificate.reach * r for m, r in zip(most, certificate.scale, strict=True)]
    return all(m >= top for m, top in zip(certificate.start, tops, strict=True))


def recheck(frontier: Frontier, door: str, zones: int, seconds: float, seed: int = 0) -> list[Recheck]:
    """Solve a sample of zones: the one with the largest bound, the others drawn. seconds: per zone.

    Raises UsageError for a door that is not there.
    """
    certificate = frontier.certificate
    if certificate is None or not certificate.zones:
        return []
    others = list(range(1, len(certificate.zones)))
    chosen = [0, *sorted(random.Random(seed).sample(others, min(zones - 1, len(others))))]
    program = _program(frontier, certificate.criteria)
    wide = zone_program(program, certificate.scale, float(certificate.reach))
    opened = open_door(door, _first_rows(wide, program.m), seed)
    # Rows of a zone come one by one: doors hold back what has no side yet.
    rows = opened.add_rows([(_dense(wide, row), -np.inf, np.inf) for row in range(program.m, wide.m)])
    cost = np.zeros(wide.n)
    cost[-1] = -1.0
    r = np.array([float(v) for v in certificate.scale])
    start = np.array([float(v) for v in certificate.start])
    found = []
    for n in chosen:
        begun = time.perf_counter()
        zone = certificate.zones[n]
        upper = np.nextafter(np.array([float(v) for v in zone.upper]), np.inf)
        opened.bound_rows(rows, np.full(len(rows), -np.inf), sides(program, r, upper, start))
        outcome = opened.minimise(cost, Ask(gap=float(_room(zone)), seconds=seconds))
        deepest = -outcome.objective if outcome.x is not None else -np.inf
        limit = float(zone.alpha) + CONTRADICTION
        found.append(
            Recheck(
                n,
                zone.alpha,
                deepest,
                -outcome.bound,
                outcome.verdict,
                deepest <= limit,
                outcome.verdict == "infeasible" or -outcome.bound <= limit + 2 * float(_room(zone)),
                time.perf_counter() - begun,
            )
        )
    return found


def _first_rows(program: Program, m: int) -> Program:
    end = program.indptr[m]
    return replace(
        program,
        indptr=program.indptr[: m + 1],
        indices=program.indices[:end],
        data=program.data[:end],
        row_lower=program.row_lower[:m],
        row_upper=program.row_upper[:m],
        rows=program.rows[:-1],
    )


def _dense(program: Program, row: int) -> Floats:
    found = np.zeros(program.n)
    inside = slice(program.indptr[row], program.indptr[row + 1])
    found[program.indices[inside]] = program.data[inside]
    return found


def _room(zone: Zone) -> Fraction:
    """Gap at which the door may stop: a tenth of the zone's bound. Some doors print their bounds to few digits, hence twice this when compared."""
    return max(zone.alpha / 10, Fraction(1, 10**5))


def _program(frontier: Frontier, criteria: Sequence[str]) -> Program:
    instance, model = parse_instance(frontier.instance), ModelSpec.model_validate(frontier.model)
    program = assemble(instance, model)
    return subset(program, [program.names.index(c) for c in criteria])
