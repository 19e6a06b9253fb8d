"""Contribution criteria: sum_o g_o e_o (harms: g_o s_o); bonuses of synergies are added by interactions.py."""

from __future__ import annotations

from portfolio.formulation.build import Build
from portfolio.formulation.effects import on_points
from portfolio.schema.criterion import Contribution


def add(b: Build) -> None:
    """Gains on the points of every way that contributes."""
    for criterion in b.instance.criteria:
        if isinstance(criterion, Contribution):
            ways, values = b.table.amounts("contributes").of(criterion.id)
            columns, gains = on_points(b, ways, values, 1 if criterion.sense == "max" else -1)
            b.gain(criterion.id, columns, gains)
