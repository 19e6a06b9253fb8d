"""Funds and ceilings: whose money, when, for what, and how fast it turns into cash."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults.
from __future__ import annotations

from typing import Literal

from portfolio.schema.quantity import Number, plain
from portfolio.schema.record import Id, Record, Text, Whole
from portfolio.schema.selector import EVERYTHING, Selector


class Fund(Record):
    """Fund k with new budget authority B_kt.

    basis: is B_kt a limit on commitments (contract basis) or on outlays (cash)? · carry_limit: most money carried into the next year
    eligible: what it may pay for · subsidy_rate: most of a programme's total cost it may pay · project_cap: most money per programme
    ticket_min: smallest payment per programme and year · outlay_profile: shares of a commitment paid in its own year, the next, ...
    legacy_outlay: cash already owed from earlier commitments · opens/sunset: first and last year of commitments
    external: the amounts are not in the source documents.
    """

    id: Id
    name: Text = Text()
    owner: Text | None = None
    basis: Literal["commitment", "outlay"] = "commitment"
    years: dict[Whole, Number]
    carry_limit: Number = plain(0)
    opens: Whole | None = None
    sunset: Whole | None = None
    eligible: Selector = EVERYTHING
    subsidy_rate: Number | None = None
    project_cap: Number | None = None
    ticket_min: Number | None = None
    outlay_profile: tuple[Number, ...] = (plain(1),)
    legacy_outlay: dict[Whole, Number] = {}
    external: bool = False
    note: Text | None = None


class Band(Record):
    """Between min and max; a side that is missing is open. legacy: what earlier commitments already take."""

    min: Number | None = None
    max: Number | None = None
    legacy: Number | None = None


class Ceiling(Record):
    """Money of a selection of programmes and funds kept between floors and ceilings, per year and over a period.

    basis commitment: sum x · outlay: cash, published by cumulative rounding, plus legacy
    burden: commitments not yet paid at the end of the year.
    min/max: over first_year..last_year together (commitment and outlay only) · years: per year.
    """

    id: Id
    name: Text = Text()
    basis: Literal["commitment", "outlay", "burden"] = "commitment"
    funds: tuple[Id, ...] = ()
    select: Selector = EVERYTHING
    min: Number | None = None
    max: Number | None = None
    first_year: Whole | None = None
    last_year: Whole | None = None
    years: dict[Whole, Band] = {}
    owner: Text | None = None
    note: Text | None = None
