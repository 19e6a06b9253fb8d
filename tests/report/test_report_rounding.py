"""Printed tables add up."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from portfolio.report.rounding import controlled, largest_remainder

AMOUNTS = st.fractions(min_value=0, max_value=1000, max_denominator=1000)


@given(st.lists(AMOUNTS, max_size=30))
def test_a_list_sums_to_its_rounded_sum_and_no_entry_moves_by_one(values: list[Fraction]) -> None:
    rounded = largest_remainder(values)
    assert abs(sum(rounded) - sum(values, Fraction(0))) <= Fraction(1, 2)
    assert all(abs(r - v) < 1 for r, v in zip(rounded, values, strict=True))


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.lists(AMOUNTS, min_size=n, max_size=n), min_size=1, max_size=8)))
def test_a_table_keeps_row_totals_column_totals_and_zeros(values: list[list[Fraction]]) -> None:
    rounded = controlled(values)
    assert [sum(row) for row in rounded] == largest_remainder([sum(row, Fraction(0)) for row in values])
    for row, true in zip(rounded, values, strict=True):
        for cell, amount in zip(row, true, strict=True):
            assert cell >= 0 and abs(cell - amount) < 2 and (amount or not cell)
    for column, true_column in zip(zip(*rounded, strict=True), zip(*values, strict=True), strict=True):
        assert abs(sum(column) - sum(true_column, Fraction(0))) < 1 + len(values)


def test_a_hand_made_table() -> None:
    half = Fraction(1, 2)
    assert sorted(controlled([[half, half], [half, half]])) in ([[0, 1], [1, 0]],)
