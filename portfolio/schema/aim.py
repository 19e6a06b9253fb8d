"""Aims: how several criteria become one question. Precedence: flag > instance > model."""

# ruff: noqa: RUF012 - pydantic copies mutable defaults.
from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from portfolio.schema.exact import Exact
from portfolio.schema.record import Id, Record


class Floor(Record):
    """A bound on one criterion besides the aim: `value` in its unit, or `share_of_best` (0.95 = at least 95 % of its best)."""

    criterion: Id
    value: Exact | None = None
    share_of_best: Exact | None = None


class Weighted(Record):
    """minimise sum_i w_i (f_i - ideal_i) / range_i; no weights = equal weight over the instance's criteria."""

    kind: Literal["weighted"] = "weighted"
    weights: dict[Id, Exact] = {}
    floors: tuple[Floor, ...] = ()

    @model_serializer(mode="wrap")
    def _dump(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The kind tells the aims apart when they are read back, so it is never left out as a default.
        return {"kind": self.kind, **dump(self)}


class Lexicographic(Record):
    """Best first criterion, then the best second one within `tolerance` (share of the range) of it, and so on."""

    kind: Literal["lexicographic"]
    order: tuple[Id, ...] = Field(min_length=1)
    tolerance: Exact = Fraction(0)
    floors: tuple[Floor, ...] = ()


class Reference(Record):
    """minimise the largest weighted distance beyond a reference point (Wierzbicki 1980), with a small sum to break ties."""

    kind: Literal["reference"]
    point: dict[Id, Exact] = Field(min_length=1)
    floors: tuple[Floor, ...] = ()


Aim = Annotated[Weighted | Lexicographic | Reference, Field(discriminator="kind")]
