"""The shared quantities of an instance, read in an order in which everything referred to is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic import ValidationError

from portfolio.schema.quantity import Quantity

LONGEST_CHAIN = 50
"""Quantities that refer to one another in a row; far above any real derivation."""


@dataclass
class Shared:
    """known: every name, a broken one as 1 · broken: names that have, or rest on, an error · circles: names that close a circle."""

    known: dict[str, Quantity] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    circles: set[str] = field(default_factory=set)


def read_shared(raw: Any) -> Shared:
    """Errors of form are left to the instance's own validation, which names their place."""
    shared = Shared()
    entries = {name: entry for name, entry in raw.items() if isinstance(name, str)} if isinstance(raw, dict) else {}
    depth: dict[str, int] = {}
    for name, needs in _in_order(entries, shared.circles):
        depth[name] = 1 + max((depth.get(other, 0) for other in needs), default=0)
        if depth[name] > LONGEST_CHAIN:
            shared.circles.add(name)
            depth[name] = 0
        try:
            if name not in shared.circles:
                shared.known[name] = Quantity.model_validate(entries[name], context={"quantities": shared.known})
        except ValidationError:
            shared.broken.add(name)
        if name not in shared.known:
            shared.known[name] = Quantity(value=Fraction(1))
        if name in shared.circles or not shared.broken.isdisjoint(needs):
            shared.broken.add(name)
    return shared


def _in_order(entries: dict[str, Any], circles: set[str]) -> list[tuple[str, set[str]]]:
    graph = {name: set(mentions(entry)) & entries.keys() for name, entry in entries.items()}
    while True:
        try:
            return [(name, graph[name]) for name in TopologicalSorter(graph).static_order()]
        except CycleError as error:
            first = min(error.args[1])
            circles.add(first)
            graph[first] = set()


def mentions(raw: Any) -> Iterator[str]:
    """Names of the shared quantities that a part of a file refers to."""
    if isinstance(raw, str) and raw.startswith("@"):
        yield raw[1:]
    elif isinstance(raw, dict):
        for key, entry in raw.items():
            if key in ("note", "source", "unit"):
                continue
            if key == "ref" and isinstance(entry, str):
                yield entry
            else:
                yield from mentions(entry)
    elif isinstance(raw, list):
        for entry in raw:
            yield from mentions(entry)
