"""Where an instance holds money: every amount with its place in the user's file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portfolio.schema.instance import Instance
from portfolio.schema.quantity import Quantity

Kept = Mapping[str, list[int]]
Places = Kept | None
"""collection -> original positions, where broken entries were left out of the instance; None = name entries by their ids."""


def places(instance: Instance, name: str, kept: Places = None) -> Iterator[tuple[str, Any]]:
    """(path, entry) of a collection: `funds[0]` in the user's file, or `funds.bonds` in the grammar of docs/tables.md."""
    entries = getattr(instance, name)
    if kept is None:
        return ((f"{name}.{getattr(entry, 'id', i)}", entry) for i, entry in enumerate(entries))
    positions = kept.get(name, range(len(entries)))
    return ((f"{name}[{i}]", entry) for i, entry in zip(positions, entries, strict=True))


def published(instance: Instance, kept: Places = None) -> Iterator[tuple[str, Quantity]]:
    """Amounts that meet payments, and so belong on the grid: budgets, carry limits, caps, tickets, ceilings, prescribed payments."""
    for path, fund in places(instance, "funds", kept):
        yield from _by_key(f"{path}.years", fund.years)
        yield from _by_key(f"{path}.legacy_outlay", fund.legacy_outlay)
        yield from _named(path, fund, "carry_limit", "project_cap", "ticket_min")
    for path, ceiling in places(instance, "ceilings", kept):
        yield from _named(path, ceiling, "min", "max")
        for year, band in ceiling.years.items():
            yield from _named(f"{path}.years.{year}", band, "min", "max", "legacy")
    for path, terms in all_terms(instance, kept):
        for fund_id, years in (terms.payments or {}).items():
            yield from _by_key(f"{path}.payments.{fund_id}", years)


def money(instance: Instance, kept: Places = None) -> Iterator[tuple[str, Quantity]]:
    """Every amount of money: those above, costs, losses, private capacity, the reference plan."""
    yield from published(instance, kept)
    for path, terms in all_terms(instance, kept):
        yield from _named(path, terms, "cost")
    for collection, name in (("exposures", "value"), ("match_groups", "capacity"), ("reference", "money")):
        for path, entry in places(instance, collection, kept):
            yield from _named(path, entry, name)


def all_terms(instance: Instance, kept: Places = None) -> Iterator[tuple[str, Any]]:
    """(path, terms) of every programme and every option."""
    for path, programme in places(instance, "programmes", kept):
        yield path, programme
        for i, option in enumerate(programme.options):
            yield (f"{path}.options.{option.id}" if kept is None else f"{path}.options[{i}]"), option


def _named(path: str, record: Any, *names: str) -> Iterator[tuple[str, Quantity]]:
    yield from ((f"{path}.{name}", getattr(record, name)) for name in names if getattr(record, name) is not None)


def _by_key(path: str, amounts: Mapping[int, Quantity]) -> Iterator[tuple[str, Quantity]]:
    yield from ((f"{path}.{key}", amount) for key, amount in amounts.items())
