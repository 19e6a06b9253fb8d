"""Complete sets of published problems: counts and points are the published ones. Tiers: test for those of seconds, fuzz for the others."""

from __future__ import annotations

import pytest

from portfolio.pareto.complete import complete
from tests.pareto.published import case

QUICK = (
    "spa_didactic",
    "Kirlik14-ILP_p-3_n-10_m-5_ins-7",
    "4kp50",
    "2kp50",
    "vopt_2KP50-11",
    "ks_KP_p3_n30_1",
    "Forget21-UFLP_3_5_1-1000_1-100_spheredown_1_5",
    "ks_AP_p3_n10_1",
    "spa_sppnw10",
    "Kirlik14-ILP_p-3_n-20_m-10_ins-7",
    "2kp100",
    "ks_KP_p5_n20_1",
)
LONG = (
    "Forget21-PPP_8_4_1-100_1-100_1-2500_1_50_random_1_1",
    "tv_MOKP_p2_n200_1",
    "3kp40",
    "3kp50",
)

MOST_SOLVES = {2: 1.1, 3: 2.0, 4: 4.5, 5: 9.0}
"""Integer programs per point that must suffice, by the number of criteria; for two, where there are enough points to speak of a rate."""


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.fuzz) for name in LONG)])
def test_the_complete_set_is_the_published_one(name: str) -> None:
    published, program = case(name)
    found = complete(program)
    assert found.status == "complete" and found.open == 0
    assert len(found.points) == published.expected_nondominated_count
    assert found.solves <= MOST_SOLVES[program.q] * len(found.points) or (program.q == 2 and len(found.points) < 30)
    if published.expected_points:
        natural = {tuple(s * v for s, v in zip(program.signs, point.values)) for point in found.points}
        assert natural == set(published.expected_points)
