"""Random tiny instances that together use every feature of the schema, small enough to be solved by enumeration."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import Any

from portfolio.errors import InvalidInput
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance

Raw = dict[str, Any]
FIRST = 2026
CURVES = (
    [["0.4", "0.36"], ["0.7", "0.75"], [1, 1]],
    [["0.2", "0.4"], [1, 1]],
    [["0.5", "0.2"], ["0.7", "0.35"], ["0.85", "0.75"], [1, 1]],
    [["0.1", "0.12"], ["0.5", "0.54"], [1, 1]],
    None,
)
NOT_CONCAVE = 2
RIPPLE = [{"from_field": "f", "to_field": "g", "share": "0.3"}, {"from_field": "g", "to_field": "f", "share": "0.2"}]


def small(seed: int, fits: Callable[[Instance], bool] = lambda _: True) -> Raw:
    """Raw data of a tiny instance (amounts between 0.1 and 30 on a grid of 1/1000): the first draft of the seed that fits."""
    for attempt in range(200):
        raw = _Draft(random.Random(f"{seed}/{attempt}")).raw(seed)
        # Some drafts contradict themselves (a fund that no way may use): they are drawn again.
        with suppress(InvalidInput):
            if fits(parse_instance(raw)):
                return raw
    raise AssertionError(f"no draft of seed {seed} fits")


def in_unit(raw: Raw, factor: int) -> Raw:
    """The same instance with every amount of money in a unit `factor` times smaller: numbers of money grow, nothing else changes."""
    scaled = copy.deepcopy(raw)

    def times(owner: Raw, *names: str) -> None:
        owner.update({name: Fraction(owner[name]) * factor for name in names if name in owner})

    def by_year(owner: Raw, name: str) -> None:
        if name in owner:
            owner[name] = {t: Fraction(v) * factor for t, v in owner[name].items()}

    times(scaled["header"], "grid")
    for fund in scaled["funds"]:
        times(fund, "carry_limit", "project_cap", "ticket_min")
        by_year(fund, "years")
        by_year(fund, "legacy_outlay")
    for ceiling in scaled.get("ceilings", ()):
        times(ceiling, "min", "max")
        for band in ceiling.get("years", {}).values():
            times(band, "min", "max", "legacy")
    for programme in scaled["programmes"]:
        for terms in (programme, *programme.get("options", ())):
            times(terms, "cost")
            for years in terms.get("payments", {}).values():
                years.update({t: Fraction(v) * factor for t, v in years.items()})
    for exposure in scaled.get("exposures", ()):
        times(exposure, "value")
    for group in scaled.get("match_groups", ()):
        times(group, "capacity")
    for entry in scaled.get("reference", ()):
        times(entry, "money")
    risks = {c["id"] for c in scaled["criteria"] if c["kind"] == "risk"}
    for rule in scaled.get("rules", ()):
        if rule["kind"] == "criterion_bound" and rule["criterion"] in risks:
            times(rule, "min", "max")
        if rule["kind"] == "persistence" and "price" in rule:
            rule["price"] = Fraction(rule["price"]) / factor
        for term in rule.get("terms", ()):
            if term["on"] == "money":
                term["coef"] = Fraction(term["coef"]) / factor
    return scaled


def permuted(raw: Raw, seed: int) -> Raw:
    """The same instance with programmes, funds, rules and scenarios in another order."""
    mixed, draw = copy.deepcopy(raw), random.Random(seed)
    for name in ("programmes", "funds", "rules", "scenarios", "exposures", "needs"):
        draw.shuffle(mixed.get(name, []))
    return mixed


class _Draft:
    """One random instance; `maybe` draws whether a feature is there."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.years = list(range(FIRST, FIRST + draw.choice((1, 2, 2, 3))))
        self.names = [f"p{n}" for n in range(draw.randint(2, 6))]

    def maybe(self, chance: float) -> bool:
        return self.draw.random() < chance

    def number(self, low: float, high: float, digits: int = 2) -> Fraction:
        return Fraction(round(self.draw.uniform(low, high), digits)).limit_denominator(10**digits)

    def raw(self, seed: int) -> Raw:
        draw = self.draw
        criteria: list[Raw] = [{"id": "growth", "kind": "contribution"}]
        if self.maybe(0.25):
            criteria.append({"id": "harm", "kind": "contribution", "sense": "min"})
        if self.maybe(0.6):
            measure = draw.choice(("cvar", "expected", "worst", "blend", None))
            criteria.append(
                {"id": "risk", "kind": "risk", **({"measure": measure} if measure else {}), "alpha": draw.choice(("0.5", "0.8", "2/3"))}
            )
            if self.maybe(0.3):
                criteria[-1]["exposures"] = ["e1"]
        if self.maybe(0.6):
            criteria.append({"id": "public", "kind": "coverage", **({"needs": ["n1"]} if self.maybe(0.2) else {})})
        draw.shuffle(criteria)
        self.criteria = [c["id"] for c in criteria]
        self.funds = [f"k{n}" for n in range(draw.randint(1, 3))]
        programmes = [self._programme(name) for name in self.names]
        names = self.years[0], self.years[-1]
        return {
            "header": {
                "id": f"small-{seed}",
                "first_year": names[0],
                "last_year": names[1],
                "grid": "0.001",
                "discount_rate": draw.choice((0, "0.02", "0.1")),
                **({"base_year": names[1]} if self.maybe(0.2) else {}),
            },
            "fields": [{"id": "f"}, {"id": "g"}],
            "archetypes": [{"id": f"a{n}", **({"curve": c} if c else {})} for n, c in enumerate(CURVES)],
            "criteria": criteria,
            "funds": [self._fund(n, name) for n, name in enumerate(self.funds)],
            "ceilings": self._ceilings(),
            "programmes": programmes,
            "exposures": [
                {"id": "e1", "field": "f", "value": self.number(5, 50), "floor": "0.1"},
                {"id": "e2", "field": "g", "value": self.number(5, 30)},
            ],
            "ripple": RIPPLE if self.maybe(0.5) else [],
            "scenarios": [
                {"id": "s0", "probability": "0.5"},
                {"id": "s1", "probability": "0.3", "severities": {"e1": "0.8"}},
                {"id": "s2", "probability": "0.2", "severities": {"e1": "0.3", "e2": 1}},
                {"id": "s3", "probability": 0, "severities": {"e1": 1, "e2": 1}},
            ],
            "needs": [
                {"id": "n1", "weight": 60, "target": 10, **({"floor": self.number(0.01, 0.5)} if self.maybe(0.2) else {})},
                {"id": "n2", "weight": 40, "target": 5, "curve": [[0, 0], ["0.5", "0.7"], [1, 1], [2, 1]]},
            ],
            "capabilities": [{"id": "cap", "covers": {"n1": 4, "n2": 1}}],
            "capacities": [{"id": "eng", "years": {str(t): self.number(1, 6) for t in self.years}}],
            "match_groups": [{"id": "priv", "capacity": self.number(2, 10), "select": {"tags": ["x"]} if self.maybe(0.5) else {}}],
            "rules": self._rules(programmes),
            "reference": [self._before(p) for n, p in enumerate(programmes) if n == 0 or self.maybe(0.3)],
        }

    def _before(self, p: Raw) -> Raw:
        return {"programme": p["id"], "option": self._ways(p)[0], "money": self.number(1, 6)}

    # -- programmes ----------------------------------------------------------------------------------------------------
    def _programme(self, name: str) -> Raw:
        draw = self.draw
        kind = draw.randrange(len(CURVES))
        p: Raw = {
            "id": name,
            "field": draw.choice("fg"),
            "archetype": f"a{kind}",
            "region": draw.choice(("north", "south")),
            "instrument": draw.choice(("grant", "loan")),
            "tags": draw.choice(([], ["x"], ["y"], ["x", "y"])),
            "effects": {"growth": self.number(-3 if self.maybe(0.15) else 1, 30, 1)},
        }
        if "harm" in self.criteria and self.maybe(0.6):
            p["effects"]["harm"] = self.number(-3, 5, 1)
        if self.maybe(0.5):
            p["mitigates"] = {draw.choice(("e1", "e2")): self.number(-0.2 if self.maybe(0.2) else 0.1, 0.8)}
        if self.maybe(0.5):
            p["covers"] = {draw.choice(("n1", "n2")): self.number(-2 if self.maybe(0.2) else 1, 6, 1)}
        if self.maybe(0.3):
            p["provides"] = {"cap": self.number(0.2, 0.9)}
        if self.maybe(0.3):
            p["uses"] = {"eng": draw.choice((1, 2))}
        if self.maybe(0.05):
            return p | {"cost": 0}
        if self.maybe(0.12):
            return p | {"payments": {self.funds[0]: {str(t): self.number(0.5, 3, 1) for t in self.years[:2]}}}
        p["cost"] = self.number(1, 12, 1)
        if self.maybe(0.3):
            p["subsidy_rate"] = draw.choice(("0.5", "2/3", "0.4"))
        if self.maybe(0.3):
            p["ramp"] = self.number(0.4, 0.8)
        self._timing(p)
        if self.maybe(0.1):
            p["uses"] = {"eng": {"0" if "start_years" in p else str(self.years[0]): 2}}
        if self.maybe(0.12) and kind != NOT_CONCAVE:
            p["units"] = draw.choice((2, 3))
        if self.maybe(0.1):
            p["min_scale"] = "0.6"
        if self.maybe(0.3):
            p["options"] = [
                {"id": "low", "effects": {"growth": self.number(1, 15, 1)}},
                {"id": "high", "cost": self.number(2, 15, 1), "tags": ["z"], **({"funds": [self.funds[0]]} if self.maybe(0.3) else {})},
            ]
        if self.maybe(0.06):
            p["mandatory"] = True
        elif self.maybe(0.05):
            p["forbidden"] = True
        return p

    def _timing(self, p: Raw) -> None:
        kind = self.draw.choice(("", "", "", "start", "profile", "window", "start_profile"))
        if len(self.years) < 2 or not kind:
            return
        if kind.startswith("start"):
            p["start_years"] = self.years[:2]
            p["duration"] = len(self.years) - 1
        if kind == "start_profile" and len(self.years) > 2:
            p["profile"] = {"0": "0.4", "1": "0.6"}
        elif kind == "profile":
            p["profile"] = {str(self.years[0]): "0.25", str(self.years[1]): "0.75"}
        elif kind == "window":
            p["first_year"], p["last_year"] = self.years[0], self.years[-2]

        if "profile" in p:
            # A ramp speaks of years that may be chosen.
            p.pop("ramp", None)

    def _ways(self, p: Raw) -> list[str]:
        options = [o["id"] for o in p.get("options", ())] or ["base"]
        return [f"{o}@{t}" for o in options for t in p["start_years"]] if "start_years" in p else options

    # -- money ---------------------------------------------------------------------------------------------------------
    def _fund(self, n: int, name: str) -> Raw:
        draw = self.draw
        fund: Raw = {
            "id": name,
            "years": {str(t): self.number(2, 9, 1) for t in self.years if n == 0 or self.maybe(0.8)},
            "outlay_profile": draw.choice(([1], ["0.5", "0.5"], ["0.3", "0.3", "0.4"])),
        }
        if self.maybe(0.4):
            fund["carry_limit"] = self.number(1, 5, 1)
        if self.maybe(0.2):
            fund["basis"] = "outlay"
        if self.maybe(0.2):
            fund["legacy_outlay"] = {str(self.years[0]): "0.5"}
        if n == 0:
            return fund
        if self.maybe(0.3):
            fund["subsidy_rate"] = draw.choice(("0.5", "0.3"))
        if self.maybe(0.3):
            fund["project_cap"] = self.number(1, 6, 1)
        if self.maybe(0.15):
            fund["ticket_min"] = self.number(0.5, 2, 1)
        if self.maybe(0.3):
            fund["eligible"] = draw.choice(
                ({"tags": ["x"]}, {"fields": ["f"]}, {"without_tags": ["y"]}, {"archetypes": ["a0", "a1"]}, {"regions": ["north"]})
            )
        if len(self.years) > 1 and self.maybe(0.3):
            fund[draw.choice(("opens", "sunset"))] = self.years[1] if self.maybe(0.5) else self.years[0]
        return fund

    def _ceilings(self) -> list[Raw]:
        listed: list[Raw] = []
        first, last = str(self.years[0]), str(self.years[-1])
        if self.maybe(0.3):
            listed.append(
                {
                    "id": "cash",
                    "basis": "outlay",
                    "years": {first: {"max": self.number(3, 10), "legacy": "0.5"}, last: {"max": self.number(3, 10)}},
                }
            )
        if self.maybe(0.2):
            listed.append(
                {"id": "burden", "basis": "burden", "funds": [self.funds[0]], "years": {last: {"max": self.number(1, 4), "legacy": "0.2"}}}
            )
        if self.maybe(0.2):
            listed.append({"id": "x_total", "select": {"tags": ["x"]}, "max": self.number(3, 12)})
        if self.maybe(0.1):
            listed.append({"id": "cash_total", "basis": "outlay", "min": self.number(0.5, 2), "last_year": self.years[-1]})
        if self.maybe(0.1):
            listed.append({"id": "yearly", "funds": [self.funds[0]], "years": {first: {"min": "0.5", "max": 8}}})
        return listed

    # -- rules ---------------------------------------------------------------------------------------------------------
    def _rules(self, programmes: list[Raw]) -> list[Raw]:
        """One of each kind, each there with some probability."""
        draw, names = self.draw, self.names
        some = draw.sample(names, 2)
        third = draw.choice(names)
        member = f"{third},{self._ways(programmes[names.index(third)])[-1]}"
        bonus = {"growth": self.number(-4 if self.maybe(0.3) else 1, 6, 1)}
        if "harm" in self.criteria and self.maybe(0.5):
            bonus["harm"] = self.number(-1, 1, 1)
        kinds: list[tuple[float, Raw]] = [
            (0.25, {"kind": "requires", "if": some[0], "of": [some[1]]}),
            (0.25, {"kind": "excludes", "of": some}),
            (0.15, {"kind": "at_least", "of": [member, some[0]], "min": 1}),
            (0.3, {"kind": "synergy", "of": some, "bonus": bonus}),
            (0.15, {"kind": "dual_use", "of": [some[0], member] if third != some[0] else some, "bonus": {"growth": 2}}),
            (0.2, {"kind": "focus", "group": draw.choice(("programme", "cell", "region", "instrument")), "max": draw.randint(1, 2)}),
            (0.2, {"kind": "diversify", "group": draw.choice(("field", "archetype", "programme", "region")), "min": draw.randint(1, 2)}),
            (0.2, {"kind": "share", "select": {"fields": ["g"]}, **draw.choice(({"min": "0.1"}, {"max": "0.7"}))}),
            (0.1, {"kind": "share", "select": {"tags": ["x"]}, "of": {"fields": ["f"]}, "max": "0.6"}),
            (0.15, {"kind": "max_funds", "max": 1, "select": {"programmes": [some[0]]}}),
            (
                0.15,
                {
                    "kind": "linear",
                    "terms": [
                        {"programme": some[0], "on": "scale", "coef": 1},
                        {"programme": some[1], "on": "taken", "coef": "0.5"},
                        {"programme": third, "on": "money", "coef": "0.1", "fund": self.funds[0]},
                    ],
                    "max": "1.8",
                },
            ),
            (0.15, {"kind": "criterion_bound", "criterion": "growth", "min": self.number(1, 20, 1)}),
            (0.15, {"kind": "persistence", "max_changed": draw.randint(1, 4)}),
            (0.15, {"kind": "persistence", "price": "0.5", "criterion": "growth"}),
        ]
        if len(self.funds) > 1:
            kinds.append((0.15, {"kind": "fund_exclusion", "funds": self.funds[:2], "select": {"programmes": [some[1]]}}))
        return [{"id": f"r{n}", **rule} for n, (chance, rule) in enumerate(kinds) if self.maybe(chance)]
