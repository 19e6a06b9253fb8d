"""Programme -> ways: defaults filled in, curves cut at the minimum scale, start years unrolled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from portfolio.schema.catalogue import Archetype
from portfolio.schema.programme import Option, Programme, Terms, Years
from portfolio.schema.quantity import Quantity
from portfolio.schema.way import Curve, Way

ONE = Fraction(1)
ALL_OR_NOTHING: Curve = ((ONE, ONE),)


def options_of(programme: Programme) -> tuple[Option, ...]:
    """The programme's options; `base` when it lists none."""
    return programme.options or (Option(id="base"),)


def resolve_ways(programme: Programme, archetypes: Iterable[Archetype], horizon: tuple[int, ...]) -> Iterator[Way]:
    """Yield the ways of one programme in file order."""
    default = next((a.response for a in archetypes if a.id == programme.archetype), None)
    for option in options_of(programme):
        starts: tuple[int | None, ...] = _said(option, programme, "start_years") or (None,)
        for start in starts:
            yield _way(programme, option, start, default, horizon)


def _said(option: Option, programme: Programme, name: str) -> Any:
    own = getattr(option, name)
    return own if own is not None else getattr(programme, name)


def _numbers(option: Option, programme: Programme, name: str) -> dict[str, Fraction]:
    merged = {**getattr(programme, name), **getattr(option, name)}
    return {key: quantity.number for key, quantity in merged.items()}


def _window(terms: Any, start: int | None, horizon: tuple[int, ...]) -> tuple[int, ...]:
    if start is None:
        first, last = terms("first_year"), terms("last_year")
        first = horizon[0] if first is None else first
        last = horizon[-1] if last is None else last
    else:
        first, last = start, start + (terms("duration") or horizon[-1] - start + 1) - 1
    return tuple(t for t in horizon if first <= t <= last)


def cut_curve(curve: Curve | None, min_scale: Fraction | None) -> Curve:
    """The curve on [max(b_1, min_scale), 1], interpolated at the cut; without a curve, proportional from min_scale (default 1)."""
    if curve is None:
        least = ONE if min_scale is None else min_scale
        return ALL_OR_NOTHING if least >= 1 else ((least, least), (ONE, ONE))
    if min_scale is None or min_scale <= curve[0][0]:
        return curve
    for (b0, v0), (b1, v1) in pairwise(curve):
        if b0 < min_scale < b1:
            cut = v0 + (v1 - v0) * (min_scale - b0) / (b1 - b0)
            return ((min_scale, cut), *(point for point in curve if point[0] > min_scale))
    return tuple(point for point in curve if point[0] >= min_scale)


def _uses(option: Option, programme: Programme, window: tuple[int, ...], shift: int) -> dict[tuple[str, int], Fraction]:
    merged: dict[str, Quantity | Years] = {**programme.uses, **option.uses}
    flat: dict[tuple[str, int], Fraction] = {}
    for capacity, amount in merged.items():
        if isinstance(amount, Quantity):
            flat.update({(capacity, t): amount.number for t in window})
        else:
            flat.update({(capacity, t + shift): q.number for t, q in amount.items()})
    return flat


def _way(programme: Programme, option: Option, start: int | None, default: Curve | None, horizon: tuple[int, ...]) -> Way:
    def said(name: str) -> Any:
        return _said(option, programme, name)

    def number(name: str) -> Fraction | None:
        quantity = said(name)
        return None if quantity is None else quantity.number

    shift = start or 0
    window = _window(said, start, horizon)
    points = said("curve")
    curve = default if points is None else tuple((b.number, v.number) for b, v in points)
    rate = number("subsidy_rate")
    rate = ONE if rate is None else rate
    profile = said("profile")
    payments = said("payments")
    paid = payments and {(k, t + shift): q.number for k, years in payments.items() for t, q in years.items()}
    cost = number("cost")
    if cost is None:
        cost = sum(paid.values(), Fraction(0)) / rate if paid and rate else Fraction(0)
    shares = profile and {t + shift: q.number for t, q in profile.items()}
    if shares or paid:
        window = tuple(t for t in horizon if t in (shares or {t for _, t in paid}))
    return Way(
        programme=programme.id,
        option=option.id,
        start=start,
        field=programme.field,
        archetype=programme.archetype,
        instrument=said("instrument"),
        region=said("region"),
        tags=frozenset(programme.tags) | frozenset(option.tags),
        cost=cost,
        rate=rate,
        curve=cut_curve(curve, number("min_scale")),
        years=window,
        profile=shares or None,
        payments=paid or None,
        ramp=number("ramp"),
        units=said("units") or 1,
        funds=said("funds") or (),
        contributes=_numbers(option, programme, "effects"),
        mitigates=_numbers(option, programme, "mitigates"),
        covers=_numbers(option, programme, "covers"),
        provides=_numbers(option, programme, "provides"),
        uses=_uses(option, programme, window, shift),
        mandatory=programme.mandatory,
        forbidden=programme.forbidden,
    )


__all__ = ["Terms", "cut_curve", "options_of", "resolve_ways"]
