"""What an instance must mean beyond its form: ripple tables that die out, curves, phi, shares; each boundary from both sides."""

from __future__ import annotations

import copy
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portfolio.errors import InvalidInput
from portfolio.formats.json_text import parse_json
from portfolio.schema.catalogue import RippleLink
from portfolio.schema.meaning import dies_out, is_concave, slopes
from portfolio.schema.validate import parse_instance
from portfolio.schema.way import Curve

RAW: dict[str, Any] = parse_json((Path(__file__).parent / "full_instance.json").read_text(encoding="utf-8"))
F = Fraction


def codes(*changes: tuple[tuple[Any, ...], Any]) -> set[str]:
    """Codes of the problems after changes at (key, index, ...)."""
    raw = copy.deepcopy(RAW)
    for path, entry in changes:
        place: Any = raw
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = entry
    try:
        parse_instance(raw)
    except InvalidInput as refused:
        return {p.code for p in refused.problems}
    return set()


# -- the ripple table --------------------------------------------------------------------------------------------------
def links(table: list[list[Any]]) -> list[RippleLink]:
    return [
        RippleLink.model_validate({"from_field": f"f{i}", "to_field": f"f{j}", "share": str(share)})
        for i, row in enumerate(table)
        for j, share in enumerate(row)
        if share
    ]


def test_an_empty_table_dies_out() -> None:
    assert dies_out([])


@pytest.mark.parametrize(
    ("table", "dies"),
    [
        ([["0.999"]], True),
        ([[1]], False),
        ([[0, 1], [0, 0]], True),
        ([[0, 1], [1, 0]], False),
        ([[0, 1], ["0.999", 0]], True),
        ([["1/2", "1/2"], ["1/2", "1/2"]], False),
        ([["1/2", "1/2"], ["1/2", "499/1000"]], True),
        ([[0, 1, 1], [0, 0, 1], [0, 0, 0]], True),
        ([[0, 1, 0], [0, 0, 1], [1, 0, 0]], False),
        ([["1/2", 0], [0, 1]], False),
        ([[0, 2], ["1/3", 0]], True),
        ([[0, 2], ["1/2", 0]], False),
        ([["0.9", 0, 1], [0, "0.9", 1], [0, 0, 0]], True),
    ],
)
def test_a_table_dies_out_exactly_when_every_chain_shrinks(table: list[list[Any]], dies: bool) -> None:
    assert dies_out(links(table)) is dies


def test_shares_of_one_pair_add_up() -> None:
    assert not dies_out(links([["1/2"]]) + links([["1/2"]]))
    assert dies_out(links([["1/2"]]) + links([["49/100"]]))


@settings(max_examples=300)
@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.lists(st.integers(0, 40), min_size=n, max_size=n), min_size=n, max_size=n)))
def test_dying_out_is_a_spectral_radius_below_one(table: list[list[int]]) -> None:
    radius = max(abs(np.linalg.eigvals(np.array(table) / 50)))
    assume(abs(radius - 1) > 1e-6)
    assert dies_out(links([[F(share, 50) for share in row] for row in table])) is bool(radius < 1)


@given(st.integers(2, 6).flatmap(lambda n: st.lists(st.lists(st.integers(1, 9), min_size=n, max_size=n), min_size=n, max_size=n)))
def test_a_table_scaled_to_radius_one_does_not_die_out(table: list[list[int]]) -> None:
    """Rows that sum to exactly 1 have radius exactly 1, where floating point cannot decide."""
    assert not dies_out(links([[F(share, sum(row)) for share in row] for row in table]))


# -- curves ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("curve", "concave"),
    [
        (((F(1), F(1)),), True),
        (((F(0), F(0)), (F(1), F(1))), True),
        (((F(0), F(0)), (F(1, 2), F(1, 2)), (F(1), F(1))), True),
        (((F(0), F(0)), (F(1, 2), F(3, 4)), (F(1), F(1))), True),
        (((F(0), F(0)), (F(1, 2), F(1, 4)), (F(1), F(1))), False),
        (((F(0), F(1)), (F(1, 2), F(1)), (F(1), F(1))), True),
    ],
)
def test_a_curve_is_concave_when_its_slopes_do_not_rise(curve: Curve, concave: bool) -> None:
    assert is_concave(curve) is concave
    assert len(slopes(curve)) == len(curve) - 1


@pytest.mark.parametrize(
    ("points", "found"),
    [
        ([[1, 1]], set()),
        ([[0, 0], [1, 1]], set()),
        ([[0, 0.5], [1, 1]], set()),
        ([[0.2, 0.4], [0.6, 0.4], [1, 1]], set()),
        ([[0.2, 0.4], [0.2, 0.5], [1, 1]], {"curve_scale"}),
        ([[-0.1, 0], [1, 1]], {"curve_scale"}),
        ([[0.5, 0.5]], {"curve_scale", "curve_effect"}),
        ([[0.5, 0.5], [1, 0.9]], {"curve_effect"}),
        ([[0.5, -0.5], [1, 1]], {"curve_effect"}),
        ([[0.5, 0.5], [1.5, 1]], {"curve_scale"}),
    ],
)
def test_a_response_curve_rises_to_one_and_one(points: list[Any], found: set[str]) -> None:
    assert codes((("archetypes", 0, "curve"), points)) == found
    assert codes((("programmes", 1, "curve"), points), (("programmes", 1, "units"), 1)) == found


@pytest.mark.parametrize(
    ("points", "valid"),
    [
        ([[0, 0], [1, 1]], True),
        ([[0, 0], [0.5, 1], [2, 1]], True),
        ([[0, 0], [1, 5]], True),
        ([[0, 0], [0.5, 0.25], [1, 1]], False),
        ([[0, 0], [0.5, 1], [1, 0.9]], False),
        ([[0.1, 0], [1, 1]], False),
        ([[0, 0], [0, 1]], False),
    ],
)
def test_phi_begins_at_zero_and_never_bends_up_or_falls(points: list[Any], valid: bool) -> None:
    assert codes((("needs", 0, "curve"), points)) == (set() if valid else {"phi_shape"})


@pytest.mark.parametrize(
    ("units", "curve", "valid"),
    [
        (1, [[0.2, 0.1], [0.6, 0.2], [1, 1]], True),
        (2, [[0.2, 0.1], [0.6, 0.2], [1, 1]], False),
        (2, [[0.2, 0.4], [1, 1]], True),
        (2, None, True),
    ],
)
def test_only_concave_curves_repeat(units: int, curve: Any, valid: bool) -> None:
    assert codes((("programmes", 1, "units"), units), (("programmes", 1, "curve"), curve)) == (set() if valid else {"curve_units"})


# -- each bound from both sides ----------------------------------------------------------------------------------------
SHARES: list[tuple[Any, ...]] = [
    ("funds", 0, "subsidy_rate"),
    ("criteria", 2, "blend"),
    ("exposures", 0, "floor"),
    ("scenarios", 1, "severities", "logic"),
    ("programmes", 0, "options", 0, "ramp"),
    ("programmes", 1, "min_scale"),
    ("rules", 7, "max"),
    ("rules", 7, "min"),
    ("ripple", 0, "share"),
]


@pytest.mark.parametrize("path", SHARES, ids=str)
def test_a_share_lies_between_zero_and_one(path: tuple[Any, ...]) -> None:
    assert [codes((path, value)) for value in (0, "1/2")] == [set(), set()]
    assert "not_share" in codes((path, "-0.000001")) and "not_share" in codes((path, "1.000001"))
    assert codes((path, 1)) == set()


def test_a_harm_to_an_exposure_is_a_negative_share() -> None:
    found = {value: codes((("programmes", 2, "mitigates"), {"logic": value})) for value in ("-1", "0", "1", "-1.01", "1.01")}
    assert found == {"-1": set(), "0": set(), "1": set(), "-1.01": {"not_share"}, "1.01": {"not_share"}}


def test_a_shared_capability_is_provided_never_taken_away() -> None:
    found = {value: codes((("programmes", 2, "provides"), {"sensors": value})) for value in ("-0.01", "0", "1", "1.01")}
    assert found == {"-0.01": {"not_share"}, "0": set(), "1": set(), "1.01": {"not_share"}}


@pytest.mark.parametrize(
    ("path", "zero_is_valid"),
    [
        (("header", "grid"), False),
        (("header", "exchange_rates", "USD"), False),
        (("needs", 0, "target"), False),
        (("needs", 0, "weight"), True),
        (("needs", 0, "floor"), True),
        (("capabilities", 0, "covers", "defence"), True),
        (("match_groups", 0, "capacity"), True),
        (("funds", 0, "project_cap"), True),
        (("funds", 0, "ticket_min"), True),
        (("ceilings", 1, "years", "2026", "legacy"), True),
        (("reference", 0, "money"), True),
        (("rules", 12, "price"), True),
        (("programmes", 1, "cost"), True),
    ],
    ids=str,
)
def test_amounts_are_not_negative(path: tuple[Any, ...], zero_is_valid: bool) -> None:
    assert codes((path, 1)) == set()
    assert (codes((path, 0)) == set()) is zero_is_valid
    assert codes((path, -1)) & {"negative", "not_positive"}


@pytest.mark.parametrize("year", [2026, 2029])
def test_the_horizons_own_years_are_inside(year: int) -> None:
    assert codes((("programmes", 0, "options", 0, "first_year"), year)) == set()
    assert codes((("funds", 1, "years"), {str(year): 50})) == set()


@pytest.mark.parametrize("year", [2025, 2030])
def test_the_years_beside_the_horizon_are_outside(year: int) -> None:
    assert "outside_horizon" in codes((("programmes", 0, "options", 0, "first_year"), year))
    assert "outside_horizon" in codes((("funds", 1, "years"), {str(year): 50}))


def test_a_fund_may_open_before_the_horizon_and_end_after_it() -> None:
    assert codes((("funds", 1, "opens"), 1990), (("funds", 1, "sunset"), 2090)) == set()
    assert "outside_horizon" in codes((("funds", 1, "opens"), 2030))


@pytest.mark.parametrize(("length", "valid"), [(99, True), (100, False)])
def test_a_horizon_has_at_most_a_hundred_years(length: int, valid: bool) -> None:
    assert (codes((("header", "last_year"), 2026 + length)) == set()) is valid


@pytest.mark.parametrize(("rate", "valid"), [("-0.99", True), (0, True), (-1, False), (-2, False)])
def test_a_discount_rate_is_above_minus_one(rate: Any, valid: bool) -> None:
    assert codes((("header", "discount_rate"), rate)) == (set() if valid else {"discount_rate"})


def test_probabilities_sum_to_one_exactly() -> None:
    thirds = [{"id": f"s{i}", "probability": "1/3"} for i in range(3)]
    assert codes((("scenarios",), thirds)) == set()
    assert codes((("scenarios",), [{**s, "probability": "0.3333333333333333"} for s in thirds])) == {"sum_to_one"}


@pytest.mark.parametrize(
    ("unit", "valid"),
    [(None, True), ("JPY bn", True), ("JPY", False), ("jpy bn", False), ("", False)],
)
def test_money_that_names_a_unit_names_the_instances(unit: str | None, valid: bool) -> None:
    for path in (("programmes", 1, "cost"), ("funds", 0, "carry_limit"), ("exposures", 1, "value"), ("match_groups", 0, "capacity")):
        assert codes((path, {"value": 30, "unit": unit})) == (set() if valid else {"unit_mismatch"})


def test_an_effect_on_a_criterion_called_cost_is_not_money() -> None:
    criteria = [*RAW["criteria"], {"id": "cost", "kind": "contribution", "sense": "min"}]
    assert codes((("criteria",), criteria), (("programmes", 1, "effects"), {"cost": {"value": 5, "unit": "points"}})) == set()


@pytest.mark.parametrize(
    ("payments", "rate", "cost", "found"),
    [
        ({"cash": {"2026": 12}}, None, None, set()),
        ({"cash": {"2026": 12}}, None, 12, set()),
        ({"cash": {"2026": 12}}, 0.5, 24, set()),
        ({"cash": {"2026": 12}}, 0.5, 12, {"payments_and_cost"}),
        ({"bonds": {"2026": 12}}, None, None, {"payment_not_allowed"}),
        ({"bonds": {"2026": 0}, "cash": {"2026": 12}}, None, None, set()),
        ({}, None, None, {"no_cost"}),
        (None, None, None, {"no_cost"}),
        (None, None, 0, set()),
    ],
)
def test_payments_and_cost_agree(payments: Any, rate: Any, cost: Any, found: set[str]) -> None:
    place = ("programmes", 3)
    assert codes(((*place, "payments"), payments), ((*place, "subsidy_rate"), rate), ((*place, "cost"), cost)) == found


@pytest.mark.parametrize(
    ("max_changed", "price", "criterion", "valid"),
    [(1, None, None, True), (0, None, None, True), (None, 1, "growth", True), (None, 1, None, False), (None, None, "growth", False)],
)
def test_persistence_needs_a_limit_or_a_price_with_its_criterion(max_changed: Any, price: Any, criterion: Any, valid: bool) -> None:
    rule = {"id": "r", "kind": "persistence", "max_changed": max_changed, "price": price, "criterion": criterion}
    assert codes((("rules", 12), rule)) == (set() if valid else {"persistence_needs"})
