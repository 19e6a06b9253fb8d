"""The same instance with one thing about one programme changed: its benefits, cost, chance of success, or money earmarked for it.

Variants are for asking "what if", never for publishing: numbers lose their annotations, and shares may pass 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from portfolio.schema.fund import Fund
from portfolio.schema.instance import Instance
from portfolio.schema.programme import Programme, Terms
from portfolio.schema.quantity import Quantity, plain
from portfolio.schema.resolve import resolve_ways
from portfolio.schema.selector import Selector
from portfolio.schema.way import Way

SUCCESS = ("success", "success_probability", "probability_of_success")
"""Names of the factor that is a chance of success in a product of factors."""


def with_parts(instance: Instance, **parts: Any) -> Instance:
    """A copy with other collections; nothing is validated again, and the ways are kept where nothing that they are made of changes."""
    held = {name: getattr(instance, name) for name in type(instance).model_fields}
    copy = Instance.model_construct(**{**held, **parts})
    if not parts.keys() & {"programmes", "archetypes", "header"}:
        copy.__dict__["ways"] = instance.ways
    return copy


def with_programme(instance: Instance, name: str, **terms: Any) -> Instance:
    """A copy in which one programme has other terms (its options as well, where `options` is given)."""
    programmes = tuple(p.model_copy(update=terms) if p.id == name else p for p in instance.programmes)
    copy = with_parts(instance, programmes=programmes)
    # Ways of a large instance take a tenth of a second to resolve: those of the other programmes stay.
    held: dict[str, list[Way]] = {p.id: [] for p in programmes}
    for way in instance.ways:
        held[way.programme].append(way)
    changed = next(p for p in programmes if p.id == name)
    held[name] = list(resolve_ways(changed, instance.archetypes, instance.years))
    copy.__dict__["ways"] = tuple(way for ways in held.values() for way in ways)
    return copy


def _programme(instance: Instance, name: str) -> Programme:
    return next(p for p in instance.programmes if p.id == name)


def _each(programme: Programme, change: Any) -> dict[str, Any]:
    """Changed terms of the programme and of each option."""
    options = tuple(option.model_copy(update=change(option)) for option in programme.options)
    return {**change(programme), "options": options}


def with_effect(instance: Instance, name: str, factor: Fraction) -> Instance:
    """Its own benefits (contributions in the wanted sense, mitigation, coverage, capabilities) times `factor`; harms stay."""
    senses = {c.id: 1 if c.sense == "max" else -1 for c in instance.criteria}

    def scaled(terms: Terms) -> dict[str, Any]:
        signs: dict[str, Mapping[str, int]] = {"effects": senses, "mitigates": {}, "covers": {}, "provides": {}}
        return {part: _times(getattr(terms, part), factor, sign) for part, sign in signs.items()}

    return with_programme(instance, name, **_each(_programme(instance, name), scaled))


def _times(numbers: Mapping[str, Quantity], factor: Fraction, sign: Mapping[str, int]) -> dict[str, Quantity]:
    return {key: plain(q.number * factor) if q.number * sign.get(key, 1) > 0 else q for key, q in numbers.items()}


def with_cost_cut(instance: Instance, name: str, share: Fraction) -> Instance:
    """Its cost (prescribed payments too) lowered by a share in [0, 1)."""

    def cut(terms: Terms) -> dict[str, Any]:
        kept = 1 - share
        paid = terms.payments and {k: {t: plain(q.number * kept) for t, q in years.items()} for k, years in terms.payments.items()}
        return {"cost": terms.cost and plain(terms.cost.number * kept), "payments": paid}

    return with_programme(instance, name, **_each(_programme(instance, name), cut))


def chance(instance: Instance, name: str) -> Fraction | None:
    """The programme's chance of success, where its effects have such a factor (the least of several)."""
    programme = _programme(instance, name)
    every: tuple[Terms, ...] = (programme, *programme.options)
    found = [q.factors[key].number for terms in every for q in _with_factor(terms) for key in _named(q) if q.factors]
    return min(found) if found else None


def with_chance(instance: Instance, name: str, probability: Fraction) -> Instance:
    """Every effect that has a chance of success among its factors, at this chance (never below what it is now)."""

    def sure(terms: Terms) -> dict[str, Any]:
        return {
            part: {key: _at_chance(q, probability) for key, q in getattr(terms, part).items()}
            for part in ("effects", "mitigates", "covers", "provides")
        }

    return with_programme(instance, name, **_each(_programme(instance, name), sure))


def _with_factor(terms: Terms) -> list[Quantity]:
    return [q for part in (terms.effects, terms.mitigates, terms.covers, terms.provides) for q in part.values() if _named(q)]


def _named(quantity: Quantity) -> list[str]:
    return [key for key in quantity.factors or {} if key in SUCCESS]


def _at_chance(quantity: Quantity, probability: Fraction) -> Quantity:
    for key in _named(quantity):
        now = (quantity.factors or {})[key].number
        if 0 < now < probability:
            return plain(quantity.number * probability / now)
    return quantity


def earmarked(fund: str, programme: str) -> str:
    """Id of the fund that holds money earmarked for one programme."""
    return f"{fund}__for__{programme}"[:80]


def with_earmark(instance: Instance, name: str, fund: str, amount: Fraction) -> Instance:
    """More money in a fund that only this programme may use, in the fund's first open year and free to be carried on.

    It pays on the fund's terms (rate, cap per programme, opening, sunset). Ceilings that name the fund are taken to rise by it; ceilings and
    rules on all funds, capacities and private money stay as they are.
    """
    owner = next(f for f in instance.funds if f.id == fund)
    first = max(owner.opens or instance.header.first_year, instance.header.first_year)
    own = owner.model_copy(
        update={
            "id": earmarked(fund, name),
            "basis": "commitment",
            "years": {first: plain(amount)},
            "carry_limit": plain(amount),
            "eligible": _narrowed(owner, name),
            "legacy_outlay": {},
        }
    )
    wider = _each(_programme(instance, name), lambda terms: {"funds": terms.funds and _and(terms.funds, fund, own.id)})
    return with_programme(with_parts(instance, funds=(*instance.funds, own)), name, **wider)


def _narrowed(fund: Fund, name: str) -> Selector:
    return fund.eligible.model_copy(update={"programmes": (name,)})


def _and(funds: tuple[str, ...], fund: str, new: str) -> tuple[str, ...]:
    return (*funds, new) if fund in funds else funds
