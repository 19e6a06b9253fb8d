"""The things a programme refers to: sources, fields, archetypes, exposures, scenarios, needs, capacities ..."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults.
from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field

from portfolio.schema.programme import Point
from portfolio.schema.quantity import Number, plain
from portfolio.schema.record import Id, Record, Text, Whole
from portfolio.schema.selector import EVERYTHING, Selector
from portfolio.schema.way import Curve


class Source(Record):
    """Where numbers come from: a document, a quoted fact in it (document, line, quote), outside knowledge, a judgement."""

    id: Id
    kind: Literal["document", "fact", "external", "judgement"] = "document"
    title: Text = Text()
    document: str | None = None
    line: Whole | None = None
    quote: str | None = None
    url: str | None = None


class Field_(Record):
    """A strategic field f."""

    id: Id
    name: Text = Text()
    note: Text | None = None


class Archetype(Record):
    """A winning-path archetype a; `curve` is the default response curve of its programmes: [[b_1, v_1], ..., [1, 1]]."""

    id: Id
    name: Text = Text()
    curve: tuple[Point, ...] | None = Field(default=None, min_length=1)
    note: Text | None = None

    @cached_property
    def response(self) -> Curve | None:
        """The curve's numbers; one object, which all its programmes share."""
        return None if self.curve is None else tuple((b.number, v.number) for b, v in self.curve)


class Exposure(Record):
    """A dependency i whose loss hurts. value: direct loss in money when the supply is cut entirely; carried downstream from
    `field` by the ripple table. floor: share that no programme removes."""

    id: Id
    name: Text = Text()
    field: Id | None = None
    value: Number
    floor: Number = plain(0)
    note: Text | None = None


class Scenario(Record):
    """A disruption s with probability pi_s; severities: exposure -> share sigma_is of the supply that is cut."""

    id: Id
    name: Text = Text()
    probability: Number
    severities: dict[Id, Number] = {}
    note: Text | None = None


class Need(Record):
    """A public-goods need n: weight omega_n, target, floor (smallest coverage/target), curve phi (concave, nondecreasing)."""

    id: Id
    name: Text = Text()
    weight: Number = plain(1)
    target: Number
    floor: Number | None = None
    curve: tuple[Point, ...] | None = Field(default=None, min_length=2)
    unit: str | None = None
    note: Text | None = None


class Capability(Record):
    """A shared capability j, counted once: u_j <= 1, u_j <= what providers bring; covers: need -> coverage at u_j = 1."""

    id: Id
    name: Text = Text()
    covers: dict[Id, Number] = {}
    note: Text | None = None


class Capacity(Record):
    """Talent, construction, testing sites: what is there in each year (a year that is missing is unlimited)."""

    id: Id
    name: Text = Text()
    unit: str | None = None
    years: dict[Whole, Number] = {}
    note: Text | None = None


class MatchGroup(Record):
    """Private side of a group g: sum of (1 - rho) C s over the selection <= capacity (money)."""

    id: Id
    name: Text = Text()
    capacity: Number
    select: Selector = EVERYTHING
    note: Text | None = None


class RippleLink(Record):
    """share = money lost in `to_field` for each unit of money lost in `from_field` (downstream, Ghosh-type)."""

    from_field: Id
    to_field: Id
    share: Number


class EmptyCell(Record):
    """A cell (field, archetype) without programmes, and why."""

    field: Id
    archetype: Id
    reason: Text
