"""Programme -> ways: defaults, start years, cut curves, payments, profiles, uses; and which ways a selection admits."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.schema.catalogue import Archetype
from portfolio.schema.programme import Programme
from portfolio.schema.resolve import cut_curve, resolve_ways
from portfolio.schema.selector import EVERYTHING, Selector
from portfolio.schema.way import Curve, Way

HORIZON = (2026, 2027, 2028, 2029)
F = Fraction
SCALER = Archetype.model_validate({"id": "scaler", "curve": [[0.4, 0.3], [0.7, 0.8], [1, 1]]})


def ways(**raw: Any) -> list[Way]:
    return list(resolve_ways(Programme.model_validate({"id": "p", "cost": 10, **raw}), [SCALER], HORIZON))


def way(**raw: Any) -> Way:
    [only] = ways(**raw)
    return only


def test_a_programme_without_options_has_one_way_called_base() -> None:
    found = way()
    assert (found.label, found.name, found.start) == ("p,base", "base", None)
    assert (found.cost, found.rate, found.public_cost, found.units) == (10, 1, 10, 1)
    assert found.curve == ((1, 1),) and found.years == HORIZON
    assert found.profile is found.payments is found.ramp is None and found.funds == ()


@pytest.mark.parametrize(
    ("name", "default", "own", "attribute", "expected"),
    [
        ("cost", 10, 20, "cost", 20),
        ("subsidy_rate", 0.5, "2/3", "rate", F(2, 3)),
        ("ramp", 0.5, 0.4, "ramp", F(2, 5)),
        ("units", 2, 3, "units", 3),
        ("region", "north", "south", "region", "south"),
        ("instrument", "grant", "loan", "instrument", "loan"),
        ("funds", ["a"], ["b"], "funds", ("b",)),
        ("funds", ["a"], [], "funds", ()),
        ("first_year", 2027, 2028, "years", (2028, 2029)),
        ("last_year", 2028, 2026, "years", (2026,)),
        ("min_scale", 0.5, 1, "curve", ((1, 1),)),
        ("effects", {"g": 1, "h": 2}, {"g": 3}, "contributes", {"g": 3, "h": 2}),
        ("mitigates", {"e": 0.1}, {"f": 0.2}, "mitigates", {"e": F(1, 10), "f": F(1, 5)}),
        ("covers", {"n": 1}, {"n": 0}, "covers", {"n": 0}),
        ("provides", {"c": 1}, {}, "provides", {"c": 1}),
        ("tags", ["a"], ["b"], "tags", {"a", "b"}),
    ],
)
def test_the_option_has_its_own_word_and_else_the_programmes(name: str, default: Any, own: Any, attribute: str, expected: Any) -> None:
    mine, other = ways(**{name: default}, options=[{"id": "own", name: own}, {"id": "other"}])
    assert getattr(mine, attribute) == expected
    assert getattr(other, attribute) == getattr(way(**{name: default}), attribute)
    assert getattr(way(options=[{"id": "own", name: default}]), attribute) == getattr(way(**{name: default}), attribute)


def test_alternative_starts_are_alternative_ways() -> None:
    first, second, third = ways(start_years=[2026, 2028, 2029], duration=2, uses={"e": {"0": 1, "1": 2}})
    assert [w.name for w in (first, second, third)] == ["base@2026", "base@2028", "base@2029"]
    assert (first.years, second.years, third.years) == ((2026, 2027), (2028, 2029), (2029,))
    assert second.uses == {("e", 2028): 1, ("e", 2029): 2}


def test_without_a_duration_a_start_lasts_to_the_end() -> None:
    assert [w.years for w in ways(start_years=[2027])] == [(2027, 2028, 2029)]


def test_a_profile_prescribes_the_window_and_counts_from_the_start() -> None:
    assert way(profile={"2026": 0.25, "2028": 0.75}).years == (2026, 2028)
    [started] = ways(start_years=[2027], profile={"0": 0.25, "2": 0.75})
    assert started.profile == {2027: F(1, 4), 2029: F(3, 4)} and started.years == (2027, 2029)


def test_payments_prescribe_fund_window_and_cost() -> None:
    found = way(cost=None, subsidy_rate="1/2", payments={"a": {"2026": 3}, "b": {"2026": 1, "2028": 2}})
    assert found.payments == {("a", 2026): 3, ("b", 2026): 1, ("b", 2028): 2}
    assert (found.cost, found.public_cost, found.years) == (12, 6, (2026, 2028))
    [started] = ways(cost=None, start_years=[2027], payments={"a": {"0": 3, "1": 1}})
    assert started.payments == {("a", 2027): 3, ("a", 2028): 1}


def test_a_use_without_years_is_drawn_in_every_year_of_the_window() -> None:
    assert way(first_year=2028, uses={"e": 2}).uses == {("e", 2028): 2, ("e", 2029): 2}
    assert way(uses={"e": {"2027": 2}}).uses == {("e", 2027): 2}
    assert way(uses={"e": 2}, options=[{"id": "o", "uses": {"e": {"2029": 1}}}]).uses == {("e", 2029): 1}


@pytest.mark.parametrize(
    ("least", "expected"),
    [
        (None, [(F(2, 5), F(3, 10)), (F(7, 10), F(4, 5)), (1, 1)]),
        (0.1, [(F(2, 5), F(3, 10)), (F(7, 10), F(4, 5)), (1, 1)]),
        (0.4, [(F(2, 5), F(3, 10)), (F(7, 10), F(4, 5)), (1, 1)]),
        (0.55, [(F(11, 20), F(11, 20)), (F(7, 10), F(4, 5)), (1, 1)]),
        (0.7, [(F(7, 10), F(4, 5)), (1, 1)]),
        (0.85, [(F(17, 20), F(9, 10)), (1, 1)]),
        (1, [(1, 1)]),
    ],
)
def test_min_scale_cuts_the_archetypes_curve(least: Any, expected: list[tuple[Fraction, Fraction]]) -> None:
    assert way(archetype="scaler", min_scale=least).curve == tuple(expected)


def test_without_a_curve_the_effect_is_proportional_from_min_scale() -> None:
    assert way(min_scale=0.3).curve == ((F(3, 10), F(3, 10)), (1, 1))
    assert way(min_scale=0).curve == ((0, 0), (1, 1))
    assert way(min_scale=1).curve == ((1, 1),)


def test_the_programmes_own_curve_replaces_the_archetypes() -> None:
    assert way(archetype="scaler", curve=[[1, 1]]).curve == ((1, 1),)


units = st.fractions(0, 1, max_denominator=50)
curves = st.builds(
    lambda scales, effects: (
        *zip(sorted(scales)[: min(len(scales), len(effects))], sorted(effects)[: min(len(scales), len(effects))], strict=True),
        (F(1), F(1)),
    ),
    st.sets(units.filter(lambda b: b < 1), max_size=5),
    st.lists(units, max_size=5),
)


def value(curve: Curve, scale: Fraction) -> Fraction:
    for (b0, v0), (b1, v1) in pairwise(curve):
        if b0 <= scale <= b1:
            return v0 + (v1 - v0) * (scale - b0) / (b1 - b0)
    return curve[-1][1]


@given(curves, units, units)
def test_a_cut_curve_is_the_curve_from_the_cut_on(curve: Curve, least: Fraction, scale: Fraction) -> None:
    found = cut_curve(curve, least)
    assert found[0][0] == max(curve[0][0], least) and found[-1] == (1, 1)
    assert all(a[0] < b[0] for a, b in pairwise(found))
    if scale >= found[0][0]:
        assert value(found, scale) == value(curve, scale)


# -- selections --------------------------------------------------------------------------------------------------------
SINGLE = {"fields": "field", "archetypes": "archetype", "instruments": "instrument", "regions": "region", "programmes": "programme"}


def described(**attributes: Any) -> Way:
    base: dict[str, Any] = {f.name: None for f in fields(Way) if f.init} | {"cost": Fraction(1), "rate": Fraction(1)}
    return Way(**{**base, "programme": "p", "tags": frozenset(), **attributes})


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize(
    ("own", "listed", "admitted"),
    [
        ("a", (), True),
        ("a", ("a",), True),
        ("a", ("b", "a"), True),
        ("a", ("b",), False),
        (None, (), True),
        (None, ("a",), False),
    ],
)
def test_a_list_means_any_of_these(name: str, own: str | None, listed: tuple[str, ...], admitted: bool) -> None:
    assert Selector(**{name: listed}).admits(described(**{SINGLE[name]: own})) is admitted


@pytest.mark.parametrize(
    ("own", "tags", "without", "admitted"),
    [
        ("", "", "", True),
        ("", "a", "", False),
        ("a", "a", "", True),
        ("ab", "bc", "", True),
        ("ab", "c", "", False),
        ("", "", "a", True),
        ("a", "", "a", False),
        ("ab", "a", "b", False),
        ("ab", "a", "c", True),
        ("a", "a", "a", False),
    ],
)
def test_tags_need_one_in_common_and_none_of_the_excluded(own: str, tags: str, without: str, admitted: bool) -> None:
    assert Selector(tags=tuple(tags), without_tags=tuple(without)).admits(described(tags=frozenset(own))) is admitted


def test_several_lists_must_all_hold() -> None:
    for field, region, tag in product((True, False), repeat=3):
        found = described(field="f" if field else "x", region="r" if region else "x", tags=frozenset("t" if tag else "x"))
        assert Selector(fields=("f",), regions=("r",), tags=("t",)).admits(found) is (field and region and tag)


def test_everything_restricts_nothing() -> None:
    assert EVERYTHING.is_everything and EVERYTHING.admits(described())
    assert not any(Selector(**{name: ("x",)}).is_everything for name in Selector.model_fields)
