"""A way: one concrete manner of carrying out a programme, every default filled in.

An option with alternative start years becomes one way per start; the ways of a programme are mutually exclusive.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from fractions import Fraction

Curve = tuple[tuple[Fraction, Fraction], ...]
"""Breakpoints (b_j, v_j) of a response curve: scale -> share of the full effect; the last is (1, 1)."""


@dataclass(frozen=True, slots=True)
class Way:
    """Option o of programme p, resolved. All money in the instance's unit, all numbers exact.

    cost: C_o, public + private at full scale · rate: rho_o · curve: (b_j, v_j) · years: the window
    profile: year -> share of the public cost (fixed profile) · payments: (fund, year) -> money at full scale (fixed fund by fund)
    uses: (capacity, year) -> amount at full scale · units: most units that may be taken
    public_cost: rho_o C_o · private_cost: (1 - rho_o) C_o
    """

    programme: str
    option: str
    start: int | None
    field: str | None
    archetype: str | None
    instrument: str | None
    region: str | None
    tags: frozenset[str]
    cost: Fraction
    rate: Fraction
    curve: Curve
    years: tuple[int, ...]
    profile: dict[int, Fraction] | None
    payments: dict[tuple[str, int], Fraction] | None
    ramp: Fraction | None
    units: int
    funds: tuple[str, ...]
    contributes: dict[str, Fraction]
    mitigates: dict[str, Fraction]
    covers: dict[str, Fraction]
    provides: dict[str, Fraction]
    uses: dict[tuple[str, int], Fraction]
    mandatory: bool
    forbidden: bool
    public_cost: Fraction = dataclasses.field(init=False, repr=False, compare=False)
    private_cost: Fraction = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "public_cost", self.rate * self.cost)
        object.__setattr__(self, "private_cost", (1 - self.rate) * self.cost)

    @property
    def name(self) -> str:
        """`option` or `option@start`; unique inside the programme."""
        return self.option if self.start is None else f"{self.option}@{self.start}"

    @property
    def label(self) -> str:
        """`programme,option`; unique in the instance, used in row and column labels."""
        return f"{self.programme},{self.name}"

    @property
    def is_flexible(self) -> bool:
        """May the years be chosen inside the window? Then later money is discounted to the base year."""
        return self.profile is None and self.payments is None
