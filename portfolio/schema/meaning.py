"""Does a well-formed instance mean something? Years, shares, units, curves, eligibility: whatever is wrong before any solver runs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from portfolio.schema.aim import Lexicographic, Weighted
from portfolio.schema.catalogue import RippleLink
from portfolio.schema.criterion import Risk
from portfolio.schema.exact import exact_text
from portfolio.schema.fund import Band
from portfolio.schema.instance import Instance
from portfolio.schema.money import Kept, money, places
from portfolio.schema.problem import Problem, shown
from portfolio.schema.programme import Option, Programme, Terms
from portfolio.schema.quantity import Quantity, is_modest
from portfolio.schema.references import hint
from portfolio.schema.resolve import options_of, resolve_ways
from portfolio.schema.rules import CriterionBound, Linear, Persistence, Share, Synergy
from portfolio.schema.way import Curve, Way

LONGEST_HORIZON = 100


def check_meaning(instance: Instance, kept: Kept) -> list[Problem]:
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

    def __init__(self, instance: Instance, kept: Kept) -> None:
        self.instance = instance
        self.kept = kept
        self.way_names: dict[str, list[str]] = {p.id: list(_way_names(p)) for p in instance.programmes}

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
        return places(self.instance, name, self.kept)

    # -- numbers ---------------------------------------------------------------------------------------------------
    def header(self) -> Iterator[Problem]:
        header, instance = self.instance.header, self.instance
        if header.grid <= 0:
            yield Problem("not_positive", "header.grid", exact_text(header.grid))
        if not is_modest(header.grid):
            yield Problem("size", "header.grid", shown(exact_text(header.grid)))
        if header.discount_rate.number <= -1:
            yield Problem("discount_rate", "header.discount_rate", exact_text(header.discount_rate.number))
        if header.base_year is not None and not -LONGEST_HORIZON <= header.base_year - header.first_year <= LONGEST_HORIZON:
            yield Problem("base_year_far", "header.base_year", str(header.base_year), {"limit": LONGEST_HORIZON})
        for currency, rate in header.exchange_rates.items():
            if rate.number <= 0:
                yield Problem("not_positive", f"header.exchange_rates.{currency}", exact_text(rate.number))
        if not instance.criteria and "criteria" not in self.kept:
            yield Problem("no_criteria", "criteria")
        if not instance.programmes and "programmes" not in self.kept:
            yield Problem("no_programmes", "programmes")

    def units(self) -> Iterator[Problem]:
        """Money that names a unit names the instance's."""
        unit = self.instance.header.unit
        for path, quantity in money(self.instance, self.kept):
            if quantity.named_unit not in (None, unit):
                yield Problem("unit_mismatch", path, shown(quantity.named_unit), {"expected": unit})

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
            if fund.opens is not None and fund.sunset is not None and fund.opens > fund.sunset:
                yield Problem("empty_window", f"{path}.sunset", str(fund.sunset))

    def ceilings(self) -> Iterator[Problem]:
        for path, ceiling in self.each("ceilings"):
            for name in ("first_year", "last_year"):
                if getattr(ceiling, name) is not None:
                    yield from self.year(f"{path}.{name}", getattr(ceiling, name))
            if ceiling.first_year is not None and ceiling.last_year is not None and ceiling.first_year > ceiling.last_year:
                yield Problem("empty_window", f"{path}.last_year", str(ceiling.last_year))
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
            curve = next((a.curve for a in self.instance.archetypes if a.id == programme.archetype), None)
            broken = list(self._terms(path, programme))
            for i, option in enumerate(programme.options):
                broken += self._terms(f"{path}.options[{i}]", option)
            yield from broken
            # A way can be judged only on sound terms, the archetype's curve included.
            if not broken and not list(_curve("", curve)):
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
        yield from _repeated(f"{path}.start_years", terms.start_years or ())
        if terms.profile is not None and terms.payments is not None:
            yield Problem("profile_and_payments", path)
        for year, share in (terms.profile or {}).items():
            yield from _share(f"{path}.profile.{year}", share)
        if terms.profile is not None:
            yield from _sums_to_one(f"{path}.profile", terms.profile.values())
        for fund, years in (terms.payments or {}).items():
            for year, amount in years.items():
                yield from _at_least_zero(f"{path}.payments.{fund}.{year}", amount)
        for key in terms.effects:
            yield from self._contribution(f"{path}.effects.{key}", key)
        for name in ("mitigates", "provides"):
            for key, value in getattr(terms, name).items():
                if not (0 if name == "provides" else -1) <= value.number <= 1:
                    yield Problem("not_share", f"{path}.{name}.{key}", exact_text(value.number))
        for capacity, use in terms.uses.items():
            if isinstance(use, Quantity):
                yield from _at_least_zero(f"{path}.uses.{capacity}", use)
            else:
                for year, amount in use.items():
                    yield from _at_least_zero(f"{path}.uses.{capacity}.{year}", amount)

    def _contribution(self, path: str, criterion: str) -> Iterator[Problem]:
        kind = next((c.kind for c in self.instance.criteria if c.id == criterion), None)
        if kind is not None and kind != "contribution":
            yield Problem("not_contribution", path, criterion, {"kind": kind})

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
        if way.profile is not None and way.payments is not None:
            yield Problem("profile_and_payments", path)
            return
        if all(t.cost is None for t in both) and way.payments is None:
            yield Problem("no_cost", path)
        elif way.payments is not None and any(t.cost is not None for t in both):
            paid = sum(way.payments.values(), Fraction(0))
            if paid != way.public_cost:
                params = {"payments": exact_text(paid), "public": exact_text(way.public_cost)}
                yield Problem("payments_and_cost", path, "", params)
        beyond = [(place, t) for place, t in self._prescribed(path, terms, programme, way) if t not in self.instance.years]
        for place, year in beyond:
            yield from self.year(place, year)
        if not way.years and not beyond:
            yield Problem("empty_window", path)
        if way.units > 1 and not is_concave(way.curve):
            yield Problem("curve_units", path, str(way.units))
        if way.years and not beyond and not way.forbidden:
            yield from self._eligibility(path, terms, programme, way)

    def _prescribed(self, path: str, terms: Terms, programme: Programme, way: Way) -> Iterator[tuple[str, int]]:
        """(path, year) of every entry of a profile, of payments and of uses, where the file has it."""
        shift = way.start or 0
        for year in way.profile or ():
            yield f"{self._home(path, terms, programme, 'profile')}.{year - shift}", year
        for fund, year in way.payments or ():
            yield f"{self._home(path, terms, programme, 'payments')}.{fund}.{year - shift}", year
        for capacity, year in way.uses:
            here = path if capacity in terms.uses else path.partition(".")[0]
            if isinstance((terms.uses if capacity in terms.uses else programme.uses)[capacity], dict):
                yield f"{here}.uses.{capacity}.{year - shift}", year

    def _home(self, path: str, terms: Terms, programme: Programme, name: str) -> str:
        """Place of an entry that an option may have from its programme."""
        return f"{path}.{name}" if getattr(terms, name) is not None else f"{path.partition('.')[0]}.{name}"

    def _eligibility(self, path: str, terms: Terms, programme: Programme, way: Way) -> Iterator[Problem]:
        if "funds" in self.kept:
            return
        allowed = {f.id: self.instance.open_years(way, f) for f in self.instance.funds if self.instance.may_pay(way, f)}
        if way.payments is not None:
            for (fund, year), amount in way.payments.items():
                if amount and year not in allowed.get(fund, ()):
                    place = f"{self._home(path, terms, programme, 'payments')}.{fund}.{year - (way.start or 0)}"
                    yield Problem("payment_not_allowed", place, exact_text(amount), {"fund": fund, "year": year})
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
        for name, keys in (("ripple", ("from_field", "to_field")), ("empty_cells", ("field", "archetype")), ("reference", ("programme",))):
            listed = list(self.each(name))
            again = list(_repeated("", (tuple(getattr(entry, key) for key in keys) for _, entry in listed)))
            yield from (Problem("repeated", listed[int(p.path[1:-1])][0], p.value) for p in again)

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
            if isinstance(rule, CriterionBound):
                yield from self._bound_side(path, rule)
            if isinstance(rule, Share):
                yield from _share(f"{path}.min", rule.min)
                yield from _share(f"{path}.max", rule.max)
            if isinstance(rule, Synergy):
                for key in rule.bonus:
                    yield from self._contribution(f"{path}.bonus.{key}", key)
            if isinstance(rule, Linear):
                for i, term in enumerate(rule.terms):
                    if term.year is not None:
                        yield from self.year(f"{path}.terms[{i}].year", term.year)
            if isinstance(rule, Persistence):
                aimless = rule.price is not None and rule.criterion is None
                nothing = rule.price is None and rule.max_changed is None
                adrift = not self.instance.reference and "reference" not in self.kept
                if adrift or aimless or nothing:
                    yield Problem("persistence_needs", path, rule.id)
                yield from _at_least_zero(f"{path}.price", rule.price)
            of = getattr(rule, "of", ())
            for place, member in [
                (f"{path}.if", getattr(rule, "if_", "")),
                *((f"{path}.of[{i}]", m) for i, m in enumerate(of if isinstance(of, tuple) else ())),
            ]:
                yield from self._start(place, *member.partition(",")[::2])
        for path, entry in self.each("reference"):
            yield from _at_least_zero(f"{path}.money", entry.money)
            yield from self._start(f"{path}.option", entry.programme, entry.option)

    def _start(self, path: str, programme: str, option: str) -> Iterator[Problem]:
        """`option@start` names one of the option's start years (whether the option exists is checked with the references)."""
        ways = self.way_names.get(programme.strip(), [])
        known = [name for name in ways if name.partition("@")[0] == option.strip().partition("@")[0]]
        if "@" in option and known and option.strip() not in known:
            yield Problem("no_option", path, shown(option.strip()), {"programme": programme, **hint(option.strip(), known)})

    def _bound_side(self, path: str, rule: CriterionBound) -> Iterator[Problem]:
        """A bound may ask for more of what is wanted, never for less: the hull of a curve is exact only while nothing rewards a smaller effect."""
        criterion = next((c for c in self.instance.criteria if c.id == rule.criterion), None)
        if criterion is not None:
            side = "max" if criterion.sense == "max" else "min"
            if getattr(rule, side) is not None:
                yield Problem("against_sense", f"{path}.{side}", criterion.id, {"good": "min" if side == "max" else "max"})

    def aim(self) -> Iterator[Problem]:
        aim = self.instance.aim
        for key, number in {**getattr(aim, "weights", {}), **getattr(aim, "point", {})}.items():
            if not is_modest(number):
                yield Problem("size", f"aim.{'weights' if isinstance(aim, Weighted) else 'point'}.{key}", shown(exact_text(number)))
        if isinstance(aim, Weighted):
            for key, weight in aim.weights.items():
                if weight < 0:
                    yield Problem("negative", f"aim.weights.{key}", exact_text(weight))
            if aim.weights and not any(aim.weights.values()):
                yield Problem("aim_unknown", "aim.weights")
        if isinstance(aim, Lexicographic) and not 0 <= aim.tolerance <= 1:
            yield Problem("not_share", "aim.tolerance", exact_text(aim.tolerance))
        for i, floor in enumerate(aim.floors if aim else ()):
            if (floor.value is None) == (floor.share_of_best is None):
                yield Problem("floor_side", f"aim.floors[{i}]", floor.criterion)
            if floor.share_of_best is not None and not 0 <= floor.share_of_best <= 1:
                yield Problem("not_share", f"aim.floors[{i}].share_of_best", exact_text(floor.share_of_best))


def _way_names(programme: Programme) -> Iterator[str]:
    for option in options_of(programme):
        starts = programme.start_years if option.start_years is None else option.start_years
        yield from (f"{option.id}@{start}" for start in starts) if starts else (option.id,)


def _repeated(path: str, keys: Iterable[Hashable]) -> Iterator[Problem]:
    """Entries that say again what an earlier one said."""
    seen: set[Hashable] = set()
    for i, key in enumerate(keys):
        if key in seen:
            text = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
            yield Problem("repeated", f"{path}[{i}]", shown(text))
        seen.add(key)


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
    rising = all(a < b for a, b in pairwise(scales))
    if not rising or scales[0] < 0 or scales[-1] != 1:
        yield Problem("curve_scale", path)
    growing = all(a <= b for a, b in pairwise(effects))
    if not growing or effects[0] < 0 or effects[-1] != 1:
        yield Problem("curve_effect", path)


def slopes(curve: Curve) -> list[Fraction]:
    """Slope of each stretch between breakpoints."""
    return [(v1 - v0) / (b1 - b0) for (b0, v0), (b1, v1) in pairwise(curve)]


def is_concave(curve: Curve) -> bool:
    """Are the slopes non-increasing on [b_1, 1]?"""
    steep = slopes(curve)
    return all(a >= b for a, b in pairwise(steep))


def _is_phi(points: Curve) -> bool:
    rising = all(a < b for (a, _), (b, _) in pairwise(points))
    return rising and points[0] == (Fraction(0), Fraction(0)) and is_concave(points) and all(s >= 0 for s in slopes(points))


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
    # The largest row sum bounds the radius: most tables are settled here.
    if all(sum(share.get((a, b), Fraction(0)) for b in names) < 1 for a in names) and all(s >= 0 for s in share.values()):
        return True
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
