"""The formulas of the audit against their definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portfolio.audit.cash import outlays
from portfolio.audit.curve import coverage_value, response
from portfolio.audit.ripple import multipliers
from portfolio.audit.risk import cvar, expected, worst
from portfolio.schema.catalogue import RippleLink

WEIGHTS = st.lists(st.integers(0, 20), min_size=1, max_size=6).filter(any)
LOSSES = st.fractions(0, 100, max_denominator=7)
SHARES = st.fractions(0, 1, max_denominator=12)


def shares(weights: list[int]) -> list[Fraction]:
    """Weights scaled to sum 1."""
    return [Fraction(w, sum(weights)) for w in weights]


@st.composite
def distributions(draw: st.DrawFn) -> list[tuple[Fraction, Fraction]]:
    """(probability, loss) with probabilities that sum to 1."""
    return [(p, draw(LOSSES)) for p in shares(draw(WEIGHTS))]


@given(distributions(), SHARES.filter(lambda a: a < 1))
def test_cvar_is_the_minimum_of_the_lp_form_over_eta(distribution: list[tuple[Fraction, Fraction]], alpha: Fraction) -> None:
    """min over eta of eta + sum pi max(0, loss - eta) / (1 - alpha); convex and piecewise linear, so a minimum is at some loss."""

    def at(eta: Fraction) -> Fraction:
        return eta + sum((p * max(Fraction(0), loss - eta) for p, loss in distribution), Fraction(0)) / (1 - alpha)

    assert cvar(distribution, alpha) == min(at(loss) for _, loss in distribution)


@given(distributions(), SHARES.filter(lambda a: a < 1))
def test_cvar_lies_between_mean_and_worst(distribution: list[tuple[Fraction, Fraction]], alpha: Fraction) -> None:
    assert cvar(distribution, Fraction(0)) == expected(distribution)
    assert expected(distribution) <= cvar(distribution, alpha) <= worst(distribution)


@given(st.integers(0, 10**9), WEIGHTS)
def test_outlays_sum_to_the_payment_and_stay_within_a_unit_of_their_share(amount: int, weights: list[int]) -> None:
    profile = shares(weights)
    cash = outlays(amount, list(accumulate(profile)))
    assert sum(cash) == amount
    assert all(x >= 0 and abs(x - amount * p) <= 1 for x, p in zip(cash, profile, strict=True))


def test_halves_are_rounded_up() -> None:
    assert outlays(15, [Fraction(1, 2), Fraction(3, 4), Fraction(1)]) == [8, 3, 4]
    assert outlays(1, [Fraction(1, 2), Fraction(1)]) == [1, 0]


@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=4, max_size=4))
def test_ripple_by_exact_inverse_is_the_limit_of_the_series(table: list[list[int]]) -> None:
    """sum_k B^k 1 for row sums of at most 36/40."""
    names = ["a", "b", "c", "d"]
    links = [
        RippleLink.model_validate({"from_field": f, "to_field": g, "share": Fraction(x, 40)})
        for f, row in zip(names, table, strict=True)
        for g, x in zip(names, row, strict=True)
    ]
    matrix, reached = np.array(table) / 40, np.ones(4)
    for _ in range(400):
        reached = 1 + matrix @ reached
    exact = multipliers(tuple(links))
    assert exact is not None
    assert np.allclose([float(exact[n]) for n in names], reached, rtol=1e-9)


def test_ripple_by_hand() -> None:
    links = [
        RippleLink.model_validate({"from_field": "chips", "to_field": "energy", "share": "0.5"}),
        RippleLink.model_validate({"from_field": "energy", "to_field": "chips", "share": "0.2"}),
    ]
    assert multipliers(tuple(links)) == {"chips": Fraction(5, 3), "energy": Fraction(4, 3)}
    assert multipliers(()) == {}


def test_a_ripple_without_inverse_is_said_to_have_none() -> None:
    links = [RippleLink.model_validate({"from_field": f, "to_field": g, "share": 1}) for f, g in (("a", "b"), ("b", "a"))]
    assert multipliers(tuple(links)) is None


CURVE = [(Fraction(1, 2), Fraction(2, 5)), (Fraction(3, 4), Fraction(4, 5)), (Fraction(1), Fraction(1))]


@given(st.fractions(0, 1, max_denominator=1000))
def test_a_response_curve_passes_through_its_breakpoints_and_grows(at: Fraction) -> None:
    assert [response(CURVE, b) for b, _ in CURVE] == [v for _, v in CURVE]
    assert response(CURVE, at) <= response(CURVE, at + Fraction(1, 1000))
    assert Fraction(2, 5) <= response(CURVE, at) <= 1


def test_the_value_of_coverage_is_flat_above_and_goes_on_below() -> None:
    phi = [(Fraction(0), Fraction(0)), (Fraction(1, 2), Fraction(4, 5)), (Fraction(1), Fraction(1))]
    assert coverage_value(phi, Fraction(3)) == 1
    assert coverage_value(phi, Fraction(-1, 4)) == Fraction(-2, 5)
    assert coverage_value(None, Fraction(3)) == 1
    assert coverage_value(None, Fraction(-1, 4)) == Fraction(-1, 4)
    assert coverage_value(phi, Fraction(3, 4)) == Fraction(9, 10)
