"""Criteria: what is wanted more (or less) of. Any number of them, of three kinds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from portfolio.schema.quantity import Number
from portfolio.schema.record import Id, Record, Text


class _Criterion(Record):
    id: Id
    name: Text = Text()
    unit: str | None = None
    note: Text | None = None


class Contribution(_Criterion):
    """sum_p g_p e_p + sum_q bonus_q z_q. An effect against the sense (a harm) is linear in scale."""

    kind: Literal["contribution"]
    sense: Literal["max", "min"] = "max"


class Risk(_Criterion):
    """Loss under scenarios, minimised: expected, CVaR_alpha, worst case, or blend * expected + (1 - blend) * CVaR.

    Left out, measure and alpha come from the model. exposures: empty = all.
    """

    kind: Literal["risk"]
    sense: Literal["min"] = "min"
    measure: Literal["expected", "cvar", "worst", "blend"] | None = None
    alpha: Number | None = None
    blend: Number | None = None
    exposures: tuple[Id, ...] = ()


class Coverage(_Criterion):
    """sum_n omega_n phi_n(covered_n / target_n), maximised. needs: empty = all."""

    kind: Literal["coverage"]
    sense: Literal["max"] = "max"
    needs: tuple[Id, ...] = ()


Criterion = Annotated[Contribution | Risk | Coverage, Field(discriminator="kind")]
