"""The instance: everything that a decision is made from. `format: portfolio-instance`, JSON (docs/tables.md, docs/schema)."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults.
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, Field

from portfolio.schema.aim import Aim
from portfolio.schema.catalogue import (
    Archetype,
    Capability,
    Capacity,
    EmptyCell,
    Exposure,
    Field_,
    MatchGroup,
    Need,
    RippleLink,
    Scenario,
    Source,
)
from portfolio.schema.criterion import Criterion
from portfolio.schema.exact import Exact, exact_text
from portfolio.schema.fund import Ceiling, Fund
from portfolio.schema.programme import Programme
from portfolio.schema.quantity import Number, Quantity, plain
from portfolio.schema.record import Id, Record, Text, Whole
from portfolio.schema.resolve import resolve_ways
from portfolio.schema.rules import Rule
from portfolio.schema.way import Way

SCHEMA_VERSION = 1


class Header(Record):
    """What every number of the instance means: horizon, base year t_start, discount rate, prices, currency, unit, grid.

    unit: money unit of all amounts (for example "JPY bn") · grid: published amounts are whole multiples of it, in that unit.
    """

    id: Id
    name: Text = Text()
    description: Text | None = None
    first_year: Whole = Field(ge=0, le=9999)
    last_year: Whole = Field(ge=0, le=9999)
    base_year: Whole | None = Field(default=None, ge=0, le=9999)
    discount_rate: Number = plain(0)
    price_basis: Literal["nominal", "real"] = "nominal"
    currency: str = ""
    unit: str = "unit"
    grid: Exact = Fraction(1)
    exchange_rates: dict[str, Number] = {}


class ReferenceChoice(Record):
    """What an earlier plan did with a programme: option (with `@start` if any) and committed money."""

    programme: Id
    option: str
    money: Number = plain(0)


class Instance(Record):
    """A validated instance. Numbers are exact; `ways` are the options with every default filled in."""

    format: Literal["portfolio-instance"] = "portfolio-instance"
    schema_version: Whole = SCHEMA_VERSION
    header: Header
    sources: tuple[Source, ...] = ()
    quantities: dict[Id, Quantity] = {}
    fields: tuple[Field_, ...] = ()
    archetypes: tuple[Archetype, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    funds: tuple[Fund, ...] = ()
    ceilings: tuple[Ceiling, ...] = ()
    programmes: tuple[Programme, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    ripple: tuple[RippleLink, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    needs: tuple[Need, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    match_groups: tuple[MatchGroup, ...] = ()
    rules: tuple[Rule, ...] = ()
    empty_cells: tuple[EmptyCell, ...] = ()
    reference: tuple[ReferenceChoice, ...] = ()
    aim: Aim | None = None

    @cached_property
    def years(self) -> tuple[int, ...]:
        """T, the fiscal years of the horizon."""
        return tuple(range(self.header.first_year, self.header.last_year + 1))

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Every option with its defaults filled in, one per start year, in file order."""
        return tuple(way for p in self.programmes for way in resolve_ways(p, self.archetypes, self.years))

    def weight(self, year: int) -> Fraction:
        """w_t = (1 + r)^-(t - t_start): what a unit paid in `year` buys at prices of the base year."""
        return self.weights[year]

    @cached_property
    def weights(self) -> dict[int, Fraction]:
        """w_t of the years of the horizon."""
        start = self.header.first_year if self.header.base_year is None else self.header.base_year
        return {t: (1 + self.header.discount_rate.number) ** (start - t) for t in self.years}

    def may_pay(self, way: Way, fund: Fund) -> bool:
        """Do the fund's selection and the option's own list of funds both allow it?"""
        return (not way.funds or fund.id in way.funds) and fund.eligible.admits(way)

    def open_years(self, way: Way, fund: Fund) -> tuple[int, ...]:
        """Years of the way's window in which the fund takes commitments."""
        first = self.header.first_year if fund.opens is None else fund.opens
        last = self.header.last_year if fund.sunset is None else fund.sunset
        return tuple(t for t in way.years if first <= t <= last)

    def quantities_in_use(self) -> Iterator[tuple[str, Quantity]]:
        """(path, quantity) of every number that a person wrote, in file order; paths as in docs/tables.md."""
        for name, quantity in self.quantities.items():
            yield from quantity.leaves(f"quantities.{name}")
        for name in type(self).model_fields:
            if name != "quantities":
                yield from _walk(getattr(self, name), name)

    def canonical(self) -> dict[str, Any]:
        """Plain data that reads back to an equal instance."""
        dumped: dict[str, Any] = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return {"format": self.format, "schema_version": self.schema_version, **dumped}

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON: the identity of the data."""
        return content_hash(self.canonical())


def _walk(thing: Any, path: str) -> Iterator[tuple[str, Quantity]]:
    if isinstance(thing, Quantity):
        yield from thing.leaves(path)
    elif isinstance(thing, BaseModel):
        for name, info in type(thing).model_fields.items():
            if name in thing.model_fields_set:
                yield from _walk(getattr(thing, name), f"{path}.{info.alias or name}")
    elif isinstance(thing, dict):
        for key, entry in thing.items():
            yield from _walk(entry, f"{path}.{key}")
    elif isinstance(thing, (tuple, list)):
        for index, entry in enumerate(thing):
            if path.endswith("curve") and isinstance(entry, tuple):
                yield from _walk(entry[1], f"{path}.{exact_text(entry[0].number)}")
            else:
                yield from _walk(entry, f"{path}.{getattr(entry, 'id', index)}")


def canonical_text(data: Any) -> str:
    """JSON with sorted keys and no spaces: equal data, equal text."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_hash(data: Any) -> str:
    """SHA-256 (hex) of the canonical text."""
    return hashlib.sha256(canonical_text(data).encode("utf-8", "surrogatepass")).hexdigest()
