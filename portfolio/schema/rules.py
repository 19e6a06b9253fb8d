"""Rules and interactions between programmes. f_p = 1 when programme p is funded, t_o = 1 when option o is taken."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portfolio.schema.quantity import Number
from portfolio.schema.record import Id, Record, Text, Whole
from portfolio.schema.selector import EVERYTHING, Selector

Group = Literal["programme", "field", "archetype", "cell", "region", "instrument"]


class _Rule(Record):
    id: Id
    name: Text = Text()
    owner: Text | None = None
    note: Text | None = None


class Requires(_Rule):
    """f_if <= f_r for every r in `of`. A member is `programme` or `programme,option`."""

    kind: Literal["requires"]
    if_: str = Field(alias="if")
    of: tuple[str, ...] = Field(min_length=1)


class Excludes(_Rule):
    """sum of f_r over `of` <= 1."""

    kind: Literal["excludes"]
    of: tuple[str, ...] = Field(min_length=2)


class AtLeast(_Rule):
    """sum of f_r over `of` >= min."""

    kind: Literal["at_least"]
    of: tuple[str, ...] = Field(min_length=1)
    min: Annotated[Whole, Field(ge=1)] = 1


class Synergy(_Rule):
    """z_q = 1 iff all of `of` are funded; earns bonus[criterion] z_q. kind dual_use: a civil and a defence side (spin-on, spin-off)."""

    kind: Literal["synergy", "dual_use"]
    of: tuple[str, ...] = Field(min_length=2)
    bonus: dict[Id, Number]


class Focus(_Rule):
    """At most `max` members of `group` funded within the selection."""

    kind: Literal["focus"]
    group: Group = "programme"
    select: Selector = EVERYTHING
    max: Annotated[Whole, Field(ge=0)]


class Diversify(_Rule):
    """At least `min` members of `group` funded within the selection."""

    kind: Literal["diversify"]
    group: Group = "programme"
    select: Selector = EVERYTHING
    min: Annotated[Whole, Field(ge=0)]


class Share(_Rule):
    """min * M(of) <= M(select) <= max * M(of), M = committed money over the horizon."""

    kind: Literal["share"]
    select: Selector
    of: Selector = EVERYTHING
    min: Number | None = None
    max: Number | None = None


class MaxFunds(_Rule):
    """At most `max` funds pay one programme of the selection."""

    kind: Literal["max_funds"]
    select: Selector = EVERYTHING
    max: Annotated[Whole, Field(ge=1)]


class FundExclusion(_Rule):
    """At most one of `funds` pays one programme of the selection."""

    kind: Literal["fund_exclusion"]
    funds: tuple[Id, ...] = Field(min_length=2)
    select: Selector = EVERYTHING


class CriterionBound(_Rule):
    """criterion >= min (sense max) or <= max (sense min), natural unit: a bound may only ask for more of what is wanted."""

    kind: Literal["criterion_bound"]
    criterion: Id
    min: Number | None = None
    max: Number | None = None


class Term(Record):
    """coef x (taken units | scale | committed money) of a programme; option, fund and year narrow it down."""

    programme: Id
    option: Id | None = None
    fund: Id | None = None
    year: Whole | None = None
    on: Literal["taken", "scale", "money"] = "taken"
    coef: Number


class Linear(_Rule):
    """min <= sum of terms <= max."""

    kind: Literal["linear"]
    terms: tuple[Term, ...] = Field(min_length=1)
    min: Number | None = None
    max: Number | None = None


class Persistence(_Rule):
    """Stay close to the instance's reference plan: at most `max_changed` programmes change (funded or not, or another option),
    and/or `price` per unit of money moved counts against `criterion`."""

    kind: Literal["persistence"]
    max_changed: Annotated[Whole, Field(ge=0)] | None = None
    price: Number | None = None
    criterion: Id | None = None


Rule = Annotated[
    Requires | Excludes | AtLeast | Synergy | Focus | Diversify | Share | MaxFunds | FundExclusion | CriterionBound | Linear | Persistence,
    Field(discriminator="kind"),
]
