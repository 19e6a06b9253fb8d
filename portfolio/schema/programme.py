"""Programmes and their options, as written by a user."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults.
from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from portfolio.schema.quantity import Number
from portfolio.schema.record import Id, Record, Text, Whole

Years = dict[Whole, Number]


def _number_or_years(raw: Any) -> str:
    by_year = isinstance(raw, dict) and raw and all(str(key).lstrip("-").isdigit() for key in raw)
    return "years" if by_year else "number"


NumberOrYears = Annotated[Annotated[Number, Tag("number")] | Annotated[Years, Tag("years")], Discriminator(_number_or_years)]
Point = tuple[Number, Number]


class Terms(Record):
    """What may be said once for a programme or for each option; the option's own word wins.

    cost: total cost C at full scale, public + private · subsidy_rate: public share rho (default 1)
    curve: [[b_1, v_1], ..., [1, 1]] · min_scale: cuts the archetype's curve; without any curve a programme is all-or-nothing
    window: first_year..last_year, or start_years with a duration · profile: year -> share of the public cost (year counted from the
    start when start_years is given: 0, 1, ...) · payments: fund -> year -> money at full scale · ramp: most of the public cost per year
    effects/mitigates/covers/provides: id of criterion/exposure/need/capability -> effect at full scale
    uses: capacity -> amount per window year, or capacity -> year -> amount.
    """

    instrument: Id | None = None
    cost: Number | None = None
    subsidy_rate: Number | None = None
    curve: tuple[Point, ...] | None = Field(default=None, min_length=1)
    min_scale: Number | None = None
    first_year: Whole | None = None
    last_year: Whole | None = None
    start_years: tuple[Whole, ...] | None = Field(default=None, min_length=1)
    duration: Annotated[Whole, Field(ge=1)] | None = None
    profile: Years | None = None
    payments: dict[Id, Years] | None = None
    ramp: Number | None = None
    units: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    region: Id | None = None
    tags: tuple[Id, ...] = ()
    funds: tuple[Id, ...] | None = None
    effects: dict[Id, Number] = {}
    mitigates: dict[Id, Number] = {}
    covers: dict[Id, Number] = {}
    provides: dict[Id, Number] = {}
    uses: dict[Id, NumberOrYears] = {}


class Option(Terms):
    """One way to carry out a programme (instrument x ambition); options exclude each other."""

    id: Id
    name: Text = Text()


class Programme(Terms):
    """A programme p with field f(p), archetype a(p) and its options O(p); without `options` it has one, called `base`."""

    id: Id
    name: Text = Text()
    field: Id | None = None
    archetype: Id | None = None
    mandatory: bool = False
    forbidden: bool = False
    enabler: bool = False
    note: Text | None = None
    options: tuple[Option, ...] = ()
