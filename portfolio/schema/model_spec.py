"""A model file (models/*.toml): which components, which risk measure, which default aim. It holds no algebra."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field

from portfolio.schema.aim import Aim, Weighted
from portfolio.schema.exact import Exact
from portfolio.schema.record import Id, Record, Text


class RiskSpec(Record):
    """Default of a risk criterion that names no measure of its own."""

    measure: Literal["expected", "cvar", "worst", "blend"] = "cvar"
    alpha: Exact = Fraction(4, 5)
    blend: Exact = Fraction(1, 2)


class ModelSpec(Record):
    """components: names in the registry of formulation/, in the order of assembly · view: a transformation of the instance done first."""

    format: Literal["portfolio-model"] = "portfolio-model"
    schema_version: int = 1
    id: Id
    name: Text = Text()
    description: Text = Text()
    view: Literal["as_is", "cells"] = "as_is"
    components: tuple[str, ...] = Field(min_length=1)
    risk: RiskSpec = RiskSpec()
    aim: Aim = Weighted()
