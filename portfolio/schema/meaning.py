"""Does a well-formed instance mean something? Years, shares, units, curves, eligibility: whatever is wrong before any solver runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from portfolio.schema.catalogue import RippleLink
from portfolio.schema.criterion import Risk
from portfolio.schema.exact import exact_text
from portfolio.schema.fund import Band
from portfolio.schema.instance import Instance
from portfolio.schema.problem import Problem, shown
from portfolio.schema.programme import Option, Programme, Terms
from portfolio.schema.quantity import Quantity
from portfolio.schema.resolve import resolve_ways
from portfolio.schema.rules import CriterionBound, Diversify, Linear, Persistence, Share
from portfolio.schema.way import Curve, Way

LONGEST_HORIZON = 100
Places = Mapping[str, list[int]]


def check_meaning(instance: Instance, kept: Places) -> list[Problem]:
    """Every problem of meaning. kept: collection -> original positions, where broken entries were left out before."""
    header = instance.header
    if header.first_year > header.last_year:
        return [Problem("horizon_order", "header.last_year", str(header.last_year))]
    if header.last_year - header.first_year >= LONGEST_HORIZON:
        return [Problem("horizon_long", "header.last_year", str(header.last_year), {"limit": LONGEST_HORIZON})]
    checker = _Checker(instance, kept)
    return [problem for part in checker.parts() for problem in part]


class _Checker:
    """One method per collection; paths are built from the positions in the user's file."""

    def __init__(self, instance: Instance, kept: Places) -> None:
        self.instance = instance
        self.kept = kept

    def parts(self) -> Iterator[Iterable[Problem]]:
        yield self.header()
        yield self.units()
        yield self.funds()
        yield self.ceilings()
        yield self.archetypes()
        yield self.programmes()
        yield self.risk()
        yield self.needs()
        yield self.capacities()
        yield self.rules()
        yield self.aim()

    def each(self, name: str) -> Iterator[tuple[str, Any]]:
        entries = getattr(self.instance, name)
        positions = self.kept.get(name, range(len(entries)))
        return ((f"{name}[{i}]", entry) for i, entry in zip(positions, entries, strict=True))

    # -- numbers ---------------------------------------------------------------------------------------------------
    def header(self) -> Iterator[Problem]:
        header, instance = self.instance.header, self.instance
        if header.grid <= 0:
            yield Problem("not_positive", "header.grid", exact_text(header.grid))
        if header.discount_rate.number <= -1:
            yield Problem("negative", "header.discount_rate", exact_text(header.discount_rate.number))
        if not instance.criteria and "criteria" not in self.kept:
            yield Problem("no_criteria", "criteria")
        if not instance.programmes and "programmes" not in self.kept:
            yield Problem("no_programmes", "programmes")

    def units(self) -> Iterator[Problem]:
        """Money that names a unit names the instance's."""
        unit = self.instance.header.unit
        for path, quantity in self.instance.quantities_in_use():
            if quantity.unit is not None and _is_money(path) and quantity.unit != unit:
                yield Problem("unit_mismatch", path, shown(quantity.unit), {"expected": unit})

    def year(self, path: str, year: int) -> Iterator[Problem]:
        first, last = self.instance.header.first_year, self.instance.header.last_year
        if not first <= year <= last:
            yield Problem("outside_horizon", path, str(year), {"first": first, "last": last})

    # -- money -----------------------------------------------------------------------------------------------------
    def funds(self) -> Iterator[Problem]:
        for path, fund in self.each("funds"):
            for name in ("years", "legacy_outlay"):
                for year, amount in getattr(fund, name).items():
                    yield from self.year(f"{path}.{name}.{year}", year)
                    yield from _at_least_zero(f"{path}.{name}.{year}", amount)
            for name in ("carry_limit", "project_cap", "ticket_min"):
                yield from _at_least_zero(f"{path}.{name}", getattr(fund, name))
            yield from _share(f"{path}.subsidy_rate", fund.subsidy_rate)
            for i, share in enumerate(fund.outlay_profile):
                yield from _share(f"{path}.outlay_profile[{i}]", share)
            yield from _sums_to_one(f"{path}.outlay_profile", fund.outlay_profile)
            for name in ("opens", "sunset"):
                # A fund may open before the horizon or end after it; it may not miss it altogether.
                year = getattr(fund, name)
                outside = year is not None and (
                    year > self.instance.header.last_year if name == "opens" else year < self.instance.header.first_year
                )
                if outside:
                    yield from self.year(f"{path}.{name}", year)

    def ceilings(self) -> Iterator[Problem]:
        for path, ceiling in self.each("ceilings"):
            for name in ("first_year", "last_year"):
                if getattr(ceiling, name) is not None:
                    yield from self.year(f"{path}.{name}", getattr(ceiling, name))
            for name in ("min", "max"):
                yield from _at_least_zero(f"{path}.{name}", getattr(ceiling, name))
            if ceiling.basis == "burden" and (ceiling.min or ceiling.max):
                yield Problem("burden_period", path)
            if not ceiling.years and ceiling.min is None and ceiling.max is None:
                yield Problem("no_side", path)
            for year, band in ceiling.years.items():
                yield from self.year(f"{path}.years.{year}", year)
                yield from self._band(f"{path}.years.{year}", band)

    def _band(self, path: str, band: Band) -> Iterator[Problem]:
        if band.min is None and band.max is None:
            yield Problem("no_side", path)
        for name in ("min", "max", "legacy"):
            yield from _at_least_zero(f"{path}.{name}", getattr(band, name))

    # -- programmes ------------------------------------------------------------------------------------------------
    def archetypes(self) -> Iterator[Problem]:
        for path, archetype in self.each("archetypes"):
            yield from _curve(f"{path}.curve", archetype.curve)

    def programmes(self) -> Iterator[Problem]:
        for path, programme in self.each("programmes"):
            if programme.mandatory and programme.forbidden:
                yield Problem("mandatory_forbidden", path, programme.id)
            seen: set[str] = set()
            for i, option in enumerate(programme.options):
                if option.id in seen:
                    yield Problem("duplicate_id", f"{path}.options[{i}].id", option.id, {"collection": f"{path}.options"})
                seen.add(option.id)
            broken = list(self._terms(path, programme))
            for i, option in enumerate(programme.options):
                broken += self._terms(f"{path}.options[{i}]", option)
            yield from broken
            if not broken:
                yield from self._ways(path, programme)

    def _terms(self, path: str, terms: Terms) -> Iterator[Problem]:
        yield from _at_least_zero(f"{path}.cost", terms.cost)
        yield from _share(f"{path}.subsidy_rate", terms.subsidy_rate)
        if terms.subsidy_rate is not None and terms.subsidy_rate.number == 0:
            yield Problem("zero_rate", f"{path}.subsidy_rate", "0")
        yield from _share(f"{path}.ramp", terms.ramp)
        yield from _share(f"{path}.min_scale", terms.min_scale)
        yield from _curve(f"{path}.curve", terms.curve)
        for name in ("first_year", "last_year"):
            if getattr(terms, name) is not None:
                yield from self.year(f"{path}.{name}", getattr(terms, name))
        for i, year in enumerate(terms.start_years or ()):
            yield from self.year(f"{path}.start_years[{i}]", year)
        if terms.profile is not None and terms.payments is not None:
            yield Problem("profile_and_payments", path)
        for year, share in (terms.profile or {}).items():
            yield from _share(f"{path}.profile.{year}", share)
        if terms.profile is not None:
            yield from _sums_to_one(f"{path}.profile", terms.profile.values())
        for fund, years in (terms.payments or {}).items():
            for year, amount in years.items():
                yield from _at_least_zero(f"{path}.payments.{fund}.{year}", amount)
        for name in ("mitigates", "provides"):
            for key, value in getattr(terms, name).items():
                if not -1 <= value.number <= 1:
                    yield Problem("not_share", f"{path}.{name}.{key}", exact_text(value.number))
        for capacity, amount in terms.uses.items():
            for year, value in amount.items() if isinstance(amount, dict) else ():
                yield from _at_least_zero(f"{path}.uses.{capacity}.{year}", value)
            if isinstance(amount, Quantity):
                yield from _at_least_zero(f"{path}.uses.{capacity}", amount)

    def _ways(self, path: str, programme: Programme) -> Iterator[Problem]:
        seen: set[str] = set()
        options: tuple[Terms, ...] = programme.options or (programme,)
        for way in resolve_ways(programme, self.instance.archetypes, self.instance.years):
            if way.option in seen:
                continue
            index = next((i for i, o in enumerate(programme.options) if o.id == way.option), None)
            place = path if index is None else f"{path}.options[{index}]"
            found = list(self._way(place, options[index or 0], programme, way))
            if found:
                seen.add(way.option)
            yield from found

    def _way(self, path: str, terms: Terms, programme: Programme, way: Way) -> Iterator[Problem]:
        both = (terms, programme)
        windowed = any(t.first_year is not None or t.last_year is not None for t in both)
        if way.start is not None and windowed:
            yield Problem("start_and_window", path)
            return
        if all(t.cost is None and t.payments is None for t in both):
            yield Problem("no_cost", path)
        elif way.payments is not None and any(t.cost is not None for t in both):
            paid = sum(way.payments.values(), Fraction(0))
            if paid != way.public_cost:
                params = {"payments": exact_text(paid), "public": exact_text(way.public_cost)}
                yield Problem("payments_and_cost", path, "", params)
        scheduled = (t for t in (way.profile or {t for _, t in way.payments or {}}))
        used = {t for _, t in way.uses}
        beyond = sorted(t for t in {*scheduled, *used} if t not in self.instance.years)
        for year in beyond:
            yield from self.year(path, year)
        if not way.years and not beyond:
            yield Problem("empty_window", path)
        if way.units > 1 and not is_concave(way.curve):
            yield Problem("curve_units", path, str(way.units))
        if way.years and not beyond and not way.forbidden:
            yield from self._eligibility(path, way)

    def _eligibility(self, path: str, way: Way) -> Iterator[Problem]:
        if "funds" in self.kept:
            return
        allowed = {f.id: self.instance.open_years(way, f) for f in self.instance.funds if self.instance.may_pay(way, f)}
        if way.payments is not None:
            for (fund, year), amount in way.payments.items():
                if amount and year not in allowed.get(fund, ()):
                    yield Problem("payment_not_allowed", path, "", {"fund": fund, "year": year})
        elif way.public_cost and not any(allowed.values()):
            yield Problem("empty_eligibility", path)

    # -- risk and public goods -------------------------------------------------------------------------------------
    def risk(self) -> Iterator[Problem]:
        instance = self.instance
        for path, exposure in self.each("exposures"):
            yield from _at_least_zero(f"{path}.value", exposure.value)
            yield from _share(f"{path}.floor", exposure.floor)
        for path, scenario in self.each("scenarios"):
            yield from _share(f"{path}.probability", scenario.probability)
            for key, severity in scenario.severities.items():
                yield from _share(f"{path}.severities.{key}", severity)
        if instance.scenarios and "scenarios" not in self.kept:
            yield from _sums_to_one("scenarios", (s.probability for s in instance.scenarios))
        for path, criterion in self.each("criteria"):
            if isinstance(criterion, Risk):
                if not instance.scenarios and "scenarios" not in self.kept:
                    yield Problem("no_scenarios", path, criterion.id)
                yield from _share(f"{path}.alpha", criterion.alpha)
                yield from _share(f"{path}.blend", criterion.blend)
                if criterion.alpha is not None and criterion.alpha.number == 1:
                    yield Problem("not_share", f"{path}.alpha", "1")
        for path, link in self.each("ripple"):
            yield from _share(f"{path}.share", link.share)
        if not dies_out(instance.ripple):
            yield Problem("ripple_radius", "ripple")

    def needs(self) -> Iterator[Problem]:
        for path, need in self.each("needs"):
            yield from _at_least_zero(f"{path}.weight", need.weight)
            yield from _at_least_zero(f"{path}.floor", need.floor)
            if need.target.number <= 0:
                yield Problem("not_positive", f"{path}.target", exact_text(need.target.number))
            if need.curve is not None and not _is_phi(tuple((b.number, v.number) for b, v in need.curve)):
                yield Problem("phi_shape", f"{path}.curve")
        for path, capability in self.each("capabilities"):
            for key, value in capability.covers.items():
                yield from _at_least_zero(f"{path}.covers.{key}", value)

    def capacities(self) -> Iterator[Problem]:
        for path, capacity in self.each("capacities"):
            for year, amount in capacity.years.items():
                yield from self.year(f"{path}.years.{year}", year)
                yield from _at_least_zero(f"{path}.years.{year}", amount)
        for path, group in self.each("match_groups"):
            yield from _at_least_zero(f"{path}.capacity", group.capacity)

    # -- rules -----------------------------------------------------------------------------------------------------
    def rules(self) -> Iterator[Problem]:
        for path, rule in self.each("rules"):
            if isinstance(rule, (Share, CriterionBound, Linear)) and rule.min is None and rule.max is None:
                yield Problem("no_side", path, rule.id)
            if isinstance(rule, Share):
                yield from _share(f"{path}.min", rule.min)
                yield from _share(f"{path}.max", rule.max)
            if isinstance(rule, Linear):
                for i, term in enumerate(rule.terms):
                    if term.year is not None:
                        yield from self.year(f"{path}.terms[{i}].year", term.year)
            if isinstance(rule, Persistence):
                aimless = rule.price is not None and rule.criterion is None
                nothing = rule.price is None and rule.max_changed is None
                if not self.instance.reference or aimless or nothing:
                    yield Problem("persistence_needs", path, rule.id)
                yield from _at_least_zero(f"{path}.price", rule.price)
            if isinstance(rule, Diversify) and rule.min < 0:
                yield Problem("negative", f"{path}.min", str(rule.min))

    def aim(self) -> Iterator[Problem]:
        aim = self.instance.aim
        known = {c.id for c in self.instance.criteria}
        if aim is None or "criteria" in self.kept:
            return
        named = {*getattr(aim, "weights", ()), *getattr(aim, "order", ()), *getattr(aim, "point", ())}
        named |= {f.criterion for f in aim.floors}
        weights = list(getattr(aim, "weights", {}).values())
        if not named <= known or any(w < 0 for w in weights) or (weights and not any(weights)):
            yield Problem("aim_unknown", "aim", ", ".join(sorted(named - known)))


_MONEY_ENDINGS = (".cost", ".carry_limit", ".project_cap", ".ticket_min")


def _is_money(path: str) -> bool:
    head = path.partition(".")[0]
    return path.endswith(_MONEY_ENDINGS) or (head == "funds" and ".years." in path) or (head == "exposures" and path.endswith(".value"))


def _at_least_zero(path: str, quantity: Quantity | None) -> Iterator[Problem]:
    if quantity is not None and quantity.number < 0:
        yield Problem("negative", path, exact_text(quantity.number))


def _share(path: str, quantity: Quantity | None) -> Iterator[Problem]:
    if quantity is not None and not 0 <= quantity.number <= 1:
        yield Problem("not_share", path, exact_text(quantity.number))


def _sums_to_one(path: str, shares: Iterable[Quantity]) -> Iterator[Problem]:
    total = sum((q.number for q in shares), Fraction(0))
    if total != 1:
        yield Problem("sum_to_one", path, "", {"total": exact_text(total)})


def _curve(path: str, points: Any) -> Iterator[Problem]:
    if points is None:
        return
    scales, effects = [b.number for b, _ in points], [v.number for _, v in points]
    rising = all(a < b for a, b in zip(scales, scales[1:], strict=False))
    if not rising or scales[0] < 0 or scales[-1] != 1:
        yield Problem("curve_scale", path)
    growing = all(a <= b for a, b in zip(effects, effects[1:], strict=False))
    if not growing or effects[0] < 0 or effects[-1] != 1:
        yield Problem("curve_effect", path)


def slopes(curve: Curve) -> list[Fraction]:
    """Slope of each stretch between breakpoints."""
    return [(v1 - v0) / (b1 - b0) for (b0, v0), (b1, v1) in zip(curve, curve[1:], strict=False)]


def is_concave(curve: Curve) -> bool:
    """Are the slopes non-increasing on [b_1, 1]?"""
    steep = slopes(curve)
    return all(a >= b for a, b in zip(steep, steep[1:], strict=False))


def _is_phi(points: Curve) -> bool:
    rising = all(a < b for (a, _), (b, _) in zip(points, points[1:], strict=False))
    return rising and points[0] == (0, 0) and is_concave(points) and all(s >= 0 for s in slopes(points))


def dies_out(links: Iterable[RippleLink]) -> bool:
    """Is the spectral radius of the ripple table below 1?

    For a nonnegative matrix B that holds exactly when (I - B) x = 1 has a solution x >= 0 (it is then an M-matrix: Berman and
    Plemmons 1994, doi:10.1137/1.9781611971262, ch. 6); solved here in exact rationals.
    """
    share: dict[tuple[str, str], Fraction] = {}
    for link in links:
        key = (link.from_field, link.to_field)
        share[key] = share.get(key, Fraction(0)) + link.share.number
    names = sorted({name for key in share for name in key})
    rows = [[(a == b) - share.get((a, b), Fraction(0)) for b in names] + [Fraction(1)] for a in names]
    for i in range(len(names)):
        # The leading minors of an M-matrix are positive: a pivot that is not shows radius >= 1.
        if rows[i][i] <= 0:
            return False
        for j in range(i + 1, len(names)):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    return True


__all__ = ["Option", "check_meaning", "dies_out", "is_concave", "slopes"]
