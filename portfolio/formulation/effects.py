"""Effects on criteria, exposures, needs and capabilities in terms of the curve's points.

    benefit: value * e_o = value * sum_j v_j lambda_oj          harm: value * s_o = value * sum_j b_j lambda_oj

The hull of the curve is exact only while nothing rewards a smaller effect: a harm therefore grows with scale, not with the curve's effect.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from portfolio.formulation.arithmetic import Array
from portfolio.formulation.build import Build


def on_points(b: Build, ways: Array, values: Array, benefit_sign: int = 1) -> tuple[Array, Array]:
    """(columns, coefficients) of sum_o value_o * (e_o or s_o). benefit_sign: +1 when larger values are benefits, -1 otherwise."""
    place, point = b.at.points_of(ways)
    at_point = values[place]
    return b.at.point_col[point], at_point * np.where(at_point * benefit_sign > 0, b.at.point_v[point], b.at.point_b[point])


def on_scale(b: Build, rows: Any, ways: Array, values: Array) -> None:
    """Enter value_o s_o for these ways; rows: one for all of them, or one per way."""
    place, point = b.at.points_of(ways)
    b.enter(np.broadcast_to(rows, ways.shape)[place], b.at.point_col[point], values[place] * b.at.point_b[point])
