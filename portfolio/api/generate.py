"""Synthetic instances of any size with every feature of the schema: for benchmarks, tests and first steps.

Seeded and deterministic. Feasible by construction: a few cheap anchor programmes, payable in any year from a general fund and free of
conditions, meet every floor by themselves; every other rule is an upper limit or a condition that an unfunded programme satisfies.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from portfolio.errors import UsageError
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance

Raw = dict[str, Any]
FIRST_YEAR = 2026
ANCHORS = 3
FIELDS = (
    ("ai_semiconductors", "AI and semiconductors", "AI・半導体"),
    ("shipbuilding", "Shipbuilding", "造船"),
    ("quantum", "Quantum", "量子"),
    ("synbio", "Synthetic biology", "合成生物学"),
    ("aerospace", "Aviation and space", "航空・宇宙"),
    ("digital_cyber", "Digital and cybersecurity", "デジタル・サイバーセキュリティ"),
    ("content", "Content", "コンテンツ"),
    ("foodtech", "Food technology", "フードテック"),
    ("energy_gx", "Energy security", "エネルギー安全保障・GX"),
    ("resilience", "Disaster resilience", "防災・国土強靱化"),
    ("pharma", "Drug discovery", "創薬・先端医療"),
    ("fusion", "Fusion energy", "フュージョンエネルギー"),
    ("materials", "Materials", "マテリアル"),
    ("port_logistics", "Port logistics", "港湾ロジスティクス"),
    ("defense", "Defence industry", "防衛産業"),
    ("telecom", "Information and communications", "情報通信"),
    ("ocean", "Ocean", "海洋"),
)
ARCHETYPES = (
    ("global_scaler", "Global scaler", "グローバルスケーラー", (("0.55", "0.45"), ("0.7", "0.68"), ("0.85", "0.86"), (1, 1))),
    ("domain_top", "Domain top", "領域トップ", (("0.15", "0.3"), ("0.35", "0.62"), ("0.65", "0.87"), (1, 1))),
    ("layer_master", "Layer master", "レイヤーマスター", (("0.4", "0.42"), ("0.8", "0.88"), (1, 1))),
    ("digital", "Digital", "デジタル産業", (("0.5", "0.2"), ("0.7", "0.35"), ("0.85", "0.75"), (1, 1))),
    ("resource_energy", "Resources and energy", "資源・エネルギー", (("0.1", "0.12"), ("0.5", "0.54"), (1, 1))),
)
NOT_CONCAVE = "digital"
INSTRUMENTS = ("grant", "commission", "procurement", "equity", "guarantee")
RATES = {"grant": "0.5", "commission": 1, "procurement": 1, "equity": "0.4", "guarantee": "0.3"}
TAGS = ("dual_use", "gx", "small_firm", "overseas", "regional", "seed")
REGIONS = ("north", "east", "west", "south")
NEEDS = (("defence", "防衛"), ("energy", "エネルギー"), ("resilience", "防災"), ("health", "保健"), ("diplomacy", "外交"))
CRITERIA: tuple[Raw, ...] = (
    {"id": "growth", "kind": "contribution", "name": {"en": "Growth", "ja": "成長"}, "unit": "value added"},
    {"id": "continuity", "kind": "risk", "name": {"en": "Continuity risk", "ja": "継続リスク"}},
    {"id": "public", "kind": "coverage", "name": {"en": "Public goods", "ja": "公共財"}},
    {"id": "emissions", "kind": "contribution", "sense": "min", "name": {"en": "Emissions", "ja": "排出量"}, "unit": "Mt"},
)


def generate(
    programmes: int,
    seed: int = 0,
    funds: int = 8,
    years: int = 5,
    options: int = 2,
    fields: int = 17,
    archetypes: int = 5,
    scenarios: int = 20,
    criteria: int = 3,
    exposures: int = 12,
    needs: int = 5,
    demand_per_money: float = 2.5,
) -> Instance:
    """An instance with `programmes` programmes of about `options` options each; all other arguments count what their name says.

    criteria: 1 growth, 2 + continuity risk, 3 + public goods, 4 + emissions (to be minimised)
    demand_per_money: public cost of everything / all budgets.
    Money is in JPY bn on a grid of 1 million yen. Raises UsageError for a size below 1.
    """
    sizes = {
        "programmes": programmes, "funds": funds, "years": years, "options": options, "fields": fields, "archetypes": archetypes,
        "scenarios": scenarios, "criteria": criteria, "exposures": exposures, "needs": needs,
    }  # fmt: skip
    for name, size in sizes.items():
        if size < 1:
            raise UsageError(f"{name} must be at least 1, not {size}", f"{name} は1以上にしてください（{size}）")
    if criteria > len(CRITERIA) or demand_per_money <= 0:
        raise UsageError("at most 4 criteria, and demand_per_money above 0", "評価基準は4つまで、demand_per_money は正の数にしてください")
    return parse_instance(_Draft(random.Random(f"portfolio {seed} {sorted(sizes.items())}"), sizes, demand_per_money).raw(seed))


@dataclass
class _Draft:
    """Raw data under construction. money: public cost of all programmes (largest option each) [JPY bn]."""

    draw: random.Random
    size: dict[str, int]
    demand_per_money: float
    money: float = 0.0
    match: float = 0.0
    anchored: float = 0.0
    chosen: list[Raw] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        return list(range(FIRST_YEAR, FIRST_YEAR + self.size["years"]))

    def raw(self, seed: int) -> Raw:
        """Everything; the order of the calls is part of what a seed means."""
        self.fields = [_named(FIELDS[n % 17][:3], n // 17) for n in range(self.size["fields"])]
        self.archetypes = [_named(ARCHETYPES[n % 5][:3], n // 5) | {"curve": ARCHETYPES[n % 5][3]} for n in range(self.size["archetypes"])]
        self.exposures = [f"exposure_{n + 1}" for n in range(self.size["exposures"])]
        self.needs = [_named((NEEDS[n % 5][0], NEEDS[n % 5][0].title(), NEEDS[n % 5][1]), n // 5) for n in range(self.size["needs"])]
        self.names = [f"p{n + 1:0{len(str(self.size['programmes']))}}" for n in range(self.size["programmes"])]
        self.anchors = self.names[: min(ANCHORS, len(self.names))]
        self.fund_names = ["general", *(f"fund_{k + 1}" for k in range(1, self.size["funds"]))]
        self.chosen = [self._anchor(name) if name in self.anchors else self._programme(name) for name in self.names]
        header = {
            "id": f"synthetic-{self.size['programmes']}-{seed}",
            "name": {
                "en": f"Synthetic instance, {self.size['programmes']} programmes",
                "ja": f"合成データ（{self.size['programmes']}施策）",
            },
            "first_year": self.years[0],
            "last_year": self.years[-1],
            "discount_rate": "0.02",
            "currency": "JPY",
            "unit": "JPY bn",
            "grid": "0.001",
        }
        return {
            "header": header,
            "fields": self.fields,
            "archetypes": self.archetypes,
            "criteria": list(CRITERIA[: self.size["criteria"]]),
            "funds": self._funds(),
            "ceilings": self._ceilings(),
            "programmes": self.chosen,
            "exposures": self._exposures(),
            "ripple": self._ripple(),
            "scenarios": self._scenarios(),
            "needs": self._needs(),
            "capabilities": self._capabilities(),
            "capacities": self._capacities(),
            "match_groups": self._match_groups(),
            "rules": self._rules(),
            "reference": self._reference(),
        }

    # -- programmes ------------------------------------------------------------------------------------------------
    def _anchor(self, name: str) -> Raw:
        """A cheap programme that can always be paid and that meets the floors; the first one is mandatory."""
        position = self.names.index(name)
        self.anchored += 1.0
        self.money += 1.0
        programme: Raw = {
            "id": name,
            "name": {"en": f"Foundation {position + 1}", "ja": f"基盤施策{position + 1}"},
            "field": self.fields[position % len(self.fields)]["id"],
            "archetype": self.archetypes[position % len(self.archetypes)]["id"],
            "curve": [["0.2", "0.3"], [1, 1]],
            "cost": 1,
            "instrument": "commission",
            "region": REGIONS[position],
            "tags": ["foundation"],
            "mandatory": position == 0,
            "covers": {need["id"]: 1 for need in self.needs},
            "effects": {"growth": 1},
        }
        return programme

    def _programme(self, name: str) -> Raw:
        draw = self.draw
        field_, archetype = draw.choice(self.fields)["id"], draw.choice(self.archetypes)["id"]
        cost = round(draw.lognormvariate(2.5, 1.0), 1) + 0.5
        concave = not archetype.startswith(NOT_CONCAVE)
        programme: Raw = {
            "id": name,
            "name": {"en": f"Programme {name[1:]}", "ja": f"施策{name[1:]}"},
            "field": field_,
            "archetype": archetype,
            "region": draw.choice(REGIONS),
            "tags": draw.sample(TAGS, draw.choice((0, 1, 1, 2))),
            "cost": _text(cost),
            "effects": self._effects(cost),
            "mitigates": {
                i: _text(draw.uniform(0.02, 0.3) * min(1.0, 60 / self.size["programmes"])) for i in self._some(self.exposures, 0.5)
            },
            "covers": {n["id"]: _text(cost * draw.uniform(0.2, 1.2)) for n in self._some(self.needs, 0.6)},
            "uses": {"engineers": _text(cost * draw.uniform(0.5, 2))} if draw.random() < 0.5 else {},
        }
        if draw.random() < 0.1:
            programme["provides"] = {draw.choice(("satellites", "test_sites")): _text(draw.uniform(0.1, 0.6))}
        if draw.random() < 0.03 and concave:
            programme["units"] = draw.randint(2, 4)
        if draw.random() < 0.15 and self.size["years"] > 2:
            self._timed(programme)
        programme["options"] = [self._option(programme, o) for o in range(self._count())]
        public = max(float(o["cost"]) * float(o["subsidy_rate"]) for o in programme["options"]) * programme.get("units", 1)
        self.money += public
        self.match += max(float(o["cost"]) * (1 - float(o["subsidy_rate"])) for o in programme["options"])
        return programme

    def _count(self) -> int:
        return self.size["options"]

    def _some(self, of: list[Any], chance: float) -> list[Any]:
        """None, one or two of a list."""
        if self.draw.random() >= chance:
            return []
        return self.draw.sample(of, min(len(of), self.draw.choice((1, 1, 2))))

    def _effects(self, cost: float) -> Raw:
        draw = self.draw
        effects = {"growth": _text(cost * draw.lognormvariate(0.5, 0.6) * (-0.1 if draw.random() < 0.05 else 1))}
        if self.size["criteria"] > 3:
            effects["emissions"] = _text(cost * draw.uniform(-0.3, 0.5))
        return effects

    def _timed(self, programme: Raw) -> None:
        """Years that are prescribed or to be chosen: start years, a fixed profile, or a window."""
        kind, years = self.draw.choice(("start", "profile", "window", "start_profile")), self.years
        if kind.startswith("start"):
            programme["start_years"] = [years[0], years[1]]
            programme["duration"] = len(years) - 1
        if kind == "start_profile":
            programme["profile"] = {"0": "0.4", "1": "0.6"}
        elif kind == "profile":
            programme["profile"] = {str(years[0]): "0.3", str(years[1]): "0.3", str(years[2]): "0.4"}
        elif kind == "window":
            programme["first_year"], programme["last_year"] = years[0], years[-2]

    def _option(self, programme: Raw, number: int) -> Raw:
        """Instrument x ambition: later options cost more and do more."""
        draw = self.draw
        instrument = draw.choice(INSTRUMENTS)
        ambition = 1 + 0.35 * number
        option: Raw = {
            "id": f"o{number + 1}",
            "name": {"en": f"{instrument}, ambition {number + 1}", "ja": f"{instrument}・規模{number + 1}"},
            "instrument": instrument,
            "cost": _text(float(programme["cost"]) * ambition),
            "subsidy_rate": RATES[instrument],
            "effects": {c: _text(float(v) * ambition * draw.uniform(0.85, 1.15)) for c, v in programme["effects"].items()},
        }
        if draw.random() < 0.3 and "profile" not in programme and self.size["years"] > 2:
            option["ramp"] = _text(draw.uniform(0.4, 0.7))
        return option

    # -- money -----------------------------------------------------------------------------------------------------
    def _funds(self) -> list[Raw]:
        """The general fund pays anything; the others by instrument, tag or field, some of them small, late or on cash basis."""
        total = self.money / self.demand_per_money
        weights = [1.0, *(self.draw.uniform(0.3, 1.0) for _ in self.fund_names[1:])]
        share = [w / sum(weights) for w in weights]
        return [self._fund(k, total * share[k] / len(self.years)) for k in range(len(self.fund_names))]

    def _fund(self, k: int, yearly: float) -> Raw:
        draw, years = self.draw, self.years
        general = k == 0
        yearly = max(yearly, 1.5 * self.anchored) if general else yearly
        fund: Raw = {
            "id": self.fund_names[k],
            "name": {"en": "General fund" if general else f"Fund {k + 1}", "ja": "一般財源" if general else f"基金{k + 1}"},
            "years": {str(t): _text(yearly * (1 if general else draw.uniform(0.7, 1.3))) for t in years},
            "carry_limit": _text(yearly * draw.choice((0.0, 0.3, 1.0))),
            "outlay_profile": draw.choice((["0.5", "0.3", "0.2"], ["0.25", "0.35", "0.4"], [1])),
        }
        if general:
            return fund | {"legacy_outlay": {str(years[0]): _text(yearly / 10)}}
        fund["eligible"] = draw.choice(
            (
                {"instruments": draw.sample(INSTRUMENTS, 2)},
                {"tags": draw.sample(TAGS, 2)},
                {"fields": [f["id"] for f in draw.sample(self.fields, max(1, len(self.fields) // 3))], "without_tags": ["seed"]},
            )
        )
        match k % 7:
            case 1:
                fund["basis"] = "outlay"
            case 2:
                fund["subsidy_rate"] = "2/3"
                fund["project_cap"] = _text(max(yearly / 3, 1))
            case 3:
                fund["opens"] = years[len(years) // 2]
            case 4:
                fund["sunset"] = years[(len(years) - 1) // 2]
            case 5:
                # Tickets cost a binary per payment: only where few programmes are concerned.
                few = self.names[len(self.anchors) : len(self.anchors) + 12]
                fund |= {"eligible": {"programmes": few}, "ticket_min": "0.2"} if few else {}
        return fund

    def _ceilings(self) -> list[Raw]:
        total = self.money / self.demand_per_money
        yearly, least = max(total / len(self.years), 2 * self.anchored), 0.5 * self.anchored
        cash = {str(t): {"max": _text(yearly * (0.7 + 0.1 * n) + 2 * self.anchored)} for n, t in enumerate(self.years)}
        cash[str(self.years[0])]["legacy"] = _text(yearly * 0.02)
        small = max(total * 0.15, 1.0)
        return [
            {"id": "cash", "name": {"en": "Cash ceiling", "ja": "歳出上限"}, "basis": "outlay", "years": cash},
            {
                "id": "burden",
                "name": {"en": "Later-year burden", "ja": "後年度負担"},
                "basis": "burden",
                "years": {str(self.years[-1]): {"max": _text(yearly * 0.9 + self.anchored)}},
            },
            {"id": "overseas_total", "select": {"tags": ["overseas"]}, "max": _text(small)},
            {
                "id": "equity_yearly",
                "select": {"instruments": ["equity"]},
                "years": {str(t): {"max": _text(yearly * 0.2)} for t in self.years},
            },
            {"id": "foundation", "select": {"tags": ["foundation"]}, "funds": ["general"], "min": _text(least)},
        ]

    # -- risk and public goods -------------------------------------------------------------------------------------
    def _exposures(self) -> list[Raw]:
        return [
            {
                "id": name,
                "name": {"en": f"Dependency {n + 1}", "ja": f"依存{n + 1}"},
                "field": self.draw.choice(self.fields)["id"],
                "value": _text(self.money * self.draw.uniform(0.1, 0.6)),
                "floor": "0.1",
            }
            for n, name in enumerate(self.exposures)
        ]

    def _ripple(self) -> list[Raw]:
        names = [f["id"] for f in self.fields]
        return [{"from_field": a, "to_field": b, "share": _text(self.draw.uniform(0.05, 0.3))} for a, b in pairwise(names)]

    def _scenarios(self) -> list[Raw]:
        """Calm with a fifth of the probability, the rest in equal parts (the last one takes the rounding)."""
        count = self.size["scenarios"]
        if count == 1:
            return [{"id": "s1", "probability": 1, "severities": {self.exposures[0]: 1}}]
        parts = [f"{1}/{5}", *([f"{4}/{5 * (count - 1)}"] * (count - 1))]
        scenarios: list[Raw] = []
        for n, chance in enumerate(parts):
            hit = self.draw.sample(self.exposures, min(len(self.exposures), self.draw.randint(1, 4))) if n else []
            name = {"en": f"Disruption {n}" if n else "Calm", "ja": f"途絶{n}" if n else "平時"}
            severities = {i: _text(self.draw.uniform(0.2, 1.0)) for i in hit}
            scenarios.append({"id": f"s{n + 1}", "name": name, "probability": chance, "severities": severities})
        return scenarios

    def _needs(self) -> list[Raw]:
        target = max(self.money / self.size["needs"] * 0.25, 2.0)
        return [
            {
                **need,
                "weight": _text(100 / self.size["needs"]),
                "target": _text(target),
                # An anchor alone at full scale covers 1.
                "floor": _text(0.5 / target, 6),
                "curve": [[0, 0], ["0.5", "0.7"], [1, 1]],
            }
            for need in self.needs
        ]

    def _capabilities(self) -> list[Raw]:
        bonus = max(self.money / self.size["needs"] * 0.05, 0.5)
        return [
            {"id": name, "name": {"en": en, "ja": ja}, "covers": {n["id"]: _text(bonus) for n in self._some(self.needs, 1)}}
            for name, en, ja in (("satellites", "Satellites", "衛星"), ("test_sites", "Test sites", "試験場"))
        ]

    def _capacities(self) -> list[Raw]:
        # Programmes use 0.6 per unit of cost on average, every year of their window.
        years = {str(t): _text(self.money * 0.5 + 1) for t in self.years}
        return [{"id": "engineers", "name": {"en": "Engineers", "ja": "技術者"}, "unit": "100 persons", "years": years}]

    def _match_groups(self) -> list[Raw]:
        return [{"id": "private", "name": {"en": "Private side", "ja": "民間負担"}, "capacity": _text(self.match * 0.5 + 1)}]

    # -- rules -----------------------------------------------------------------------------------------------------
    def _rules(self) -> list[Raw]:
        free, count = self.names[len(self.anchors) :], self.size["programmes"]
        cells = min(len(self.fields) * len(self.archetypes), count)
        rules: list[Raw] = [
            {"id": "at_least_one", "kind": "at_least", "of": self.anchors, "min": 1},
            {"id": "cells_most", "kind": "focus", "group": "cell", "max": max(len(self.anchors), cells * 4 // 5)},
            {"id": "programmes_most", "kind": "focus", "max": max(len(self.anchors), count * 2 // 3)},
            {"id": "fields_least", "kind": "diversify", "group": "field", "min": min(2, len(self.anchors), len(self.fields))},
            {"id": "archetypes_least", "kind": "diversify", "group": "archetype", "min": min(2, len(self.anchors), len(self.archetypes))},
            {"id": "overseas_share", "kind": "share", "select": {"tags": ["overseas"]}, "max": "0.25"},
            {"id": "growth_least", "kind": "criterion_bound", "criterion": "growth", "min": _text(0.5 * len(self.anchors))},
            {"id": "stay_close", "kind": "persistence", "max_changed": len(self.anchors) + count * 9 // 10},
        ]
        if len(free) < 4:
            return rules
        few = self.draw.sample(free, min(len(free), 8))
        rules += [
            {"id": "two_payers", "kind": "max_funds", "select": {"programmes": few}, "max": 2},
            *(
                [{"id": "one_of_two", "kind": "fund_exclusion", "funds": self.fund_names[1:3], "select": {"programmes": few}}]
                if len(self.fund_names) > 2
                else []
            ),
            {
                "id": "joint_scale",
                "kind": "linear",
                "terms": [{"programme": p, "on": "scale", "coef": 1} for p in few],
                "max": len(few) - 1,
            },
            {
                "id": "joint_money",
                "kind": "linear",
                "terms": [{"programme": p, "on": "money", "coef": 1} for p in few],
                "max": _text(sum(float(p["cost"]) for p in self.chosen if p["id"] in few) * 0.6),
            },
        ]
        for kind, every in (("requires", 25), ("excludes", 25), ("synergy", 20), ("dual_use", 40)):
            for n in range(max(1, count // every)):
                first, *others = self.draw.sample(free, self.draw.choice((2, 2, 3)))
                rules.append({"id": f"{kind}_{n + 1}", "kind": kind, **self._members(kind, first, others)})
        return rules

    def _members(self, kind: str, first: str, others: list[str]) -> Raw:
        if kind == "requires":
            return {"if": first, "of": others}
        if kind == "excludes":
            return {"of": [first, *others]}
        bonus = float(self.chosen[self.names.index(first)]["cost"]) * self.draw.uniform(0.1, 0.4)
        return {"of": [first, *others], "bonus": {"growth": _text(bonus if self.draw.random() < 0.9 else -bonus)}}

    def _reference(self) -> list[Raw]:
        """An earlier plan: a tenth of the programmes, in their first option."""
        known = [p for p in self.chosen[len(self.anchors) :] if "start_years" not in p]
        kept = self.draw.sample(known, len(known) // 10)
        return [{"programme": p["id"], "option": "o1", "money": p["cost"]} for p in kept] or [
            {"programme": self.anchors[0], "option": "base", "money": 1}
        ]


def _named(names: tuple[str, str, str], round_: int) -> Raw:
    """id and names; later rounds through a list of names get a number."""
    tail = "" if round_ == 0 else f" {round_ + 1}"
    return {"id": f"{names[0]}{tail.replace(' ', '_')}", "name": {"en": names[1] + tail, "ja": names[2] + tail}}


def _text(value: float, digits: int = 3) -> str:
    """A decimal on the grid, so that the same seed gives the same file everywhere."""
    return f"{value:.{digits}f}"
