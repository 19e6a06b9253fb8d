"""Effects on criteria, exposures, needs and capabilities in terms of the curve's points.

    benefit: value * e_o = value * sum_j v_j lambda_oj          harm: value * s_o = value * sum_j b_j lambda_oj

The hull of the curve is exact only while nothing rewards a smaller effect: a harm therefore grows with scale, not with the curve's effect.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from portfolio.formulation.build import Array, Build


def on_points(b: Build, per_way: list[Fraction], benefit_sign: int = 1) -> tuple[Array, Array]:
    """(columns, coefficients) of sum_o value_o * (e_o or s_o). benefit_sign: +1 when larger values are benefits, -1 otherwise."""
    values = b.numbers(per_way)
    used = np.flatnonzero(values[b.at.point_way] != 0)
    at_point = values[b.at.point_way[used]]
    share = np.where(at_point * benefit_sign > 0, b.at.point_v[used], b.at.point_b[used])
    return b.at.point_col[used], at_point * share
