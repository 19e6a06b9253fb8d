"""One instance that uses every field of the schema at least once (a test checks that), and a small sound one to break."""

# ruff: noqa: E501 - one case per line

from __future__ import annotations

from typing import Any

SELECT = {
    "fields": ["chips"], "archetypes": ["scaler"], "instruments": ["grant"], "tags": ["today", "dual_use"], "regions": ["kanto"],
    "programmes": ["fab", "drone"], "without_tags": ["never"],
}  # fmt: skip
FULL = {
    "value": 120, "low": 84, "high": "180.5", "unit": "JPY bn", "source": ["white_paper", "guess"], "kind": "judgement",
    "note": {"en": "costs overrun", "ja": "費用は超過しやすい"},
}  # fmt: skip
EVERYTHING: dict[str, Any] = {
    "header": {
        "id": "every", "name": {"en": "Everything", "ja": "全部"}, "description": {"en": "all fields", "ja": "全項目"}, "first_year": 2026,
        "last_year": 2030, "base_year": 2027, "discount_rate": {"value": "0.02", "low": 0, "high": "0.05", "kind": "judgement"},
        "price_basis": "real", "currency": "JPY", "unit": "JPY bn", "grid": "0.001",
        "exchange_rates": {"USD": {"value": 148, "low": 125, "high": 165, "source": "white_paper"}, "EUR.mid": 160},
    },
    "sources": [
        {"id": "white_paper", "kind": "document", "title": {"en": "White paper", "ja": "白書"}, "document": "wp.txt", "url": "https://example.org/?a=1"},
        {"id": "guess", "kind": "judgement", "title": "=guess"},
        {"id": "fact_1", "kind": "fact", "document": "wp.txt", "line": 12, "quote": "「一行目\n二行目, \"引用\"」", "title": {"en": "@fact"}},
    ],
    "quantities": {
        "market": {"value": 189000, "low": 113400, "high": 207900, "unit": "JPY bn per year", "kind": "judgement", "source": "guess", "note": "order"},
        "va": "0.45",
        "combined": {"factors": {"va": 2, "third": {"value": "1/3", "low": "1/4"}}, "unit": "share", "kind": "derived", "note": {"ja": "積"}},
    },
    "fields": [{"id": "chips", "name": {"en": "Chips", "ja": "半導体"}, "note": "+1 plus"}, {"id": "air"}],
    "archetypes": [
        {"id": "scaler", "name": "Scaler", "note": {"en": "scale wins", "ja": "規模"},
         "curve": [["0.35", {"value": "0.3", "low": "0.2", "kind": "judgement"}], [{"value": "0.5", "low": "0.45"}, "0.5"], [1, 1]]},
        {"id": "top"},
    ],
    "criteria": [
        {"id": "growth", "kind": "contribution", "name": "Growth", "unit": "JPY bn", "sense": "max", "note": "n"},
        {"id": "harm", "kind": "contribution", "sense": "min"},
        {"id": "continuity", "kind": "risk", "sense": "min", "measure": "blend", "alpha": {"value": "0.8", "low": "0.7"}, "blend": "1/3",
         "exposures": ["drones"]},
        {"id": "goods", "kind": "coverage", "sense": "max", "needs": ["safety"]},
    ],
    "funds": [
        {"id": "gx", "name": {"en": "-GX", "ja": "GX"}, "owner": {"en": "METI", "ja": "経産省"}, "basis": "outlay",
         "years": {"2026": FULL | {"low": 60}, "2027": 1000, "2028": 1000, "2029": 1000}, "carry_limit": 5, "opens": 2026, "sunset": 2029, "eligible": SELECT,
         "subsidy_rate": "2/3", "project_cap": 400, "ticket_min": 1,
         "outlay_profile": ["1/3", {"value": "1/3", "low": "0.2", "high": "0.5"}, "1/3"], "legacy_outlay": {"2026": 3, "2030": "1.5"},
         "external": True, "note": "n"},
        {"id": "open", "years": {"2026": 4000, "2027": 4000, "2028": 4000, "2029": 4000, "2030": 4000}, "owner": "mof"},
        {"id": "empty", "years": {}},
    ],
    "ceilings": [
        {"id": "cash", "name": "Cash", "basis": "outlay", "funds": ["gx", "open"], "select": SELECT, "min": 1, "max": FULL | {"value": 900, "low": 1, "high": 1000},
         "first_year": 2026, "last_year": 2028, "years": {"2026": {"min": 0, "max": {"value": 300, "high": 400}, "legacy": 2}}, "owner": "mof", "note": "n"},
        {"id": "burden", "basis": "burden", "years": {"2027": {"max": 300}, "2026": {"max": 5000}}},
    ],
    "programmes": [
        {"id": "fab", "name": {"en": "Fab", "ja": "工場"}, "field": "chips", "archetype": "scaler", "mandatory": True, "enabler": True, "note": {"en": "n"},
         "instrument": "grant", "cost": FULL, "subsidy_rate": "1/2", "min_scale": "0.5", "first_year": 2026, "last_year": 2028, "ramp": "0.6",
         "region": "kanto", "tags": ["today"], "funds": ["open"], "curve": [["0.2", "0.1"], [1, 1]],
         "effects": {"growth": {"factors": {"market": "@market", "gain": {"value": "0.002", "low": "0.001", "high": "0.004", "kind": "judgement"},
                                            "deep": {"factors": {"a": 2, "b": "@va"}}}, "unit": "JPY bn", "high": 999},
                     "harm": -3},
         "mitigates": {"drones": {"value": "0.3", "low": "0.1"}}, "covers": {"safety": 12}, "provides": {"cloud": "0.4"},
         "uses": {"engineers": "0.3", "works": {"2026": 1, "2027": {"value": 2, "low": 1}}},
         "options": [
             {"id": "grant", "name": {"en": "Grant", "ja": "補助"}},
             {"id": "big", "instrument": "grant", "cost": 150, "subsidy_rate": 1, "min_scale": 1, "ramp": 1, "units": 1, "region": "kansai",
              "tags": ["dual_use"], "funds": [], "curve": [["0.5", {"value": "0.5", "note": "n"}], [1, 1]],
              "effects": {"growth": {"value": 10, "low": 5}}, "mitigates": {"drones": "0.5"}, "covers": {"safety": "@va"}, "provides": {"cloud": 1},
              "uses": {"engineers": {"2027": {"value": 1, "high": 2}}}},
             {"id": "loan", "first_year": 2027, "last_year": 2027},
         ]},
        {"id": "drone", "cost": 30, "start_years": [2026, 2027], "duration": 2, "units": 3, "effects": {"growth": "@combined"},
         "profile": {"0": "0.5", "1": {"value": "0.5", "low": "0.4"}}},
        {"id": "fixed", "options": [{"id": "only", "payments": {"gx": {"2026": 5}, "open": {"2026": {"value": 6, "unit": "JPY bn"}, "2027": 7}}}],
         "tags": ["today"], "field": "chips", "archetype": "scaler", "region": "kanto", "forbidden": True},
        {"id": "plain", "cost": 1, "profile": {"2027": 1}},
        {"id": "paid", "payments": {"open": {"2026": 2, "2028": {"value": 3, "low": 1}}}},
        {"id": "late", "cost": 2, "options": [
            {"id": "a", "start_years": [2026, 2028], "duration": 2, "profile": {"0": "1/3", "1": "2/3"}}, {"id": "b", "start_years": [2027]}]},
    ],
    "exposures": [{"id": "drones", "name": "Drones", "field": "air", "value": {"value": 500, "low": 100, "high": 900}, "floor": "0.1", "note": "n"}],
    "ripple": [{"from_field": "chips", "to_field": "air", "share": {"value": "0.1", "low": "0.05"}}, {"from_field": "air", "to_field": "chips", "share": "0.2"}],
    "scenarios": [
        {"id": "calm", "name": "Calm", "probability": {"value": "0.9", "low": "0.8"}, "note": "n"},
        {"id": "strait", "probability": "0.1", "severities": {"drones": {"value": "0.6", "high": "0.9"}}},
    ],
    "needs": [
        {"id": "safety", "name": "Safety", "weight": {"value": 10, "low": 5}, "target": 100, "floor": "0.2", "unit": "points",
         "curve": [[0, 0], ["0.5", {"value": "0.7", "low": "0.6"}], [1, 1]], "note": "n"},
    ],
    "capabilities": [{"id": "cloud", "name": "Cloud", "covers": {"safety": {"value": 5, "low": 1}}, "note": "n"}],
    "capacities": [
        {"id": "engineers", "name": "Engineers", "unit": "persons", "years": {"2026": 10, "2027": {"value": 11, "low": 9}}, "note": "n"},
        {"id": "works"},
    ],
    "match_groups": [{"id": "private", "name": "Private", "capacity": {"value": 1000, "low": 500}, "select": SELECT, "note": "n"}],
    "rules": [
        {"id": "req", "kind": "requires", "if": "fab", "of": ["drone", "fab,big"], "name": {"en": "Req", "ja": "必要"}, "owner": "o", "note": "n"},
        {"id": "exc", "kind": "excludes", "of": ["fab", "drone"]},
        {"id": "one", "kind": "at_least", "of": ["fab", "drone"], "min": 2},
        {"id": "syn", "kind": "synergy", "of": ["fab", "drone"], "bonus": {"growth": {"value": 20, "low": 6}, "harm": 1}},
        {"id": "dual", "kind": "dual_use", "of": ["fab", "drone"], "bonus": {}},
        {"id": "foc", "kind": "focus", "group": "cell", "select": SELECT, "max": 14, "owner": {"en": "a", "ja": "b"}},
        {"id": "div", "kind": "diversify", "group": "region", "min": 1},
        {"id": "mix", "kind": "share", "select": {"tags": ["today"]}, "of": SELECT, "min": "0.1", "max": {"value": "0.7", "low": "0.6"}},
        {"id": "all", "kind": "share", "select": {}, "max": 1},
        {"id": "few", "kind": "max_funds", "select": {"programmes": ["fab"]}, "max": 4},
        {"id": "not_both", "kind": "fund_exclusion", "funds": ["gx", "open"], "select": {"fields": ["chips"]}},
        {"id": "bound", "kind": "criterion_bound", "criterion": "growth", "min": {"value": 1, "kind": "stated"}},
        {"id": "lin", "kind": "linear", "min": -5, "max": {"value": 5, "note": "n"}, "terms": [
            {"programme": "fab", "option": "big", "fund": "open", "year": 2026, "on": "money", "coef": {"value": 1, "low": "0.5"}},
            {"programme": "drone", "coef": "-1/3"}]},
        {"id": "stay", "kind": "persistence", "max_changed": 3, "price": {"value": "0.1", "high": 1}, "criterion": "growth"},
    ],
    "empty_cells": [{"field": "air", "archetype": "top", "reason": {"en": "no market", "ja": "市場なし"}}],
    "reference": [{"programme": "fab", "option": "big", "money": {"value": 60, "low": 50}}, {"programme": "drone", "option": "base@2026"}],
    "aim": {"kind": "weighted", "weights": {"growth": 2, "goods": "1/3"}, "floors": [
        {"criterion": "growth", "share_of_best": "0.95"}, {"criterion": "goods", "value": "12.5"}]},
}  # fmt: skip
AIMS: list[dict[str, Any]] = [
    {"kind": "weighted"},
    {"kind": "lexicographic", "order": ["growth", "goods"], "tolerance": "0.01"},
    {"kind": "reference", "point": {"growth": 100, "harm": "-2.5"}, "floors": [{"criterion": "growth", "value": 1}]},
]

SOUND: dict[str, str] = {
    "header": "key,value\nid,toy\nfirst_year,2026\nlast_year,2028\nunit,JPY bn\ngrid,0.001\ndiscount_rate,0.02\ncurrency,JPY\n",
    "sources": "id,kind,title_en\npaper,document,Paper\n",
    "fields": "id,name_en,name_ja\nchips,Chips,半導体\nair,Air,航空\n",
    "archetypes": "id,name_en\nscaler,Scaler\n",
    "curves": "archetype,programme,option,scale,effect\nscaler,,,0.5,0.4\nscaler,,,1,1\n",
    "criteria": "id,kind,sense,measure\ngrowth,contribution,max,\nloss,risk,min,cvar\n",
    "funds": "id,basis,carry_limit,subsidy_rate,outlay_profile,fields,external\ngx,commitment,5,,0.5;0.5,,no\nbig,commitment,0,2/3,1,chips,\n",
    "fund_years": "fund,year,amount,legacy_outlay\ngx,2026,100,\ngx,2027,100,\nbig,2026,50,1\n",
    "ceilings": "id,basis,max,first_year,last_year\ncash,commitment,150,2026,2028\n",
    "ceiling_years": "ceiling,year,min,max,legacy\ncash,2026,,90,\n",
    "programmes": "id,name_en,field,archetype,tags,mandatory,note\nfab,Fab,chips,scaler,today,,\ndrone,Drone,air,,next,no,\n",
    "options": "programme,id,instrument,cost,subsidy_rate,first_year,last_year,ramp,units,funds\nfab,grant,grant,80,1/2,2026,2028,,,\nfab,loan,loan,60,,,,,,\ndrone,base,grant,20,,,,0.5,1,gx\n",
    "profiles": "programme,option,fund,year,share,amount\nfab,loan,,2026,0.5,\nfab,loan,,2027,0.5,\n",
    "effects": "programme,option,kind,target,value,factors\nfab,,contribution,growth,,market=@market; gain=0.02\ndrone,,contribution,growth,5,\nfab,,mitigation,drones,0.3,\n",
    "uses": "programme,option,capacity,year,amount\nfab,,engineers,,0.3\n",
    "exposures": "id,field,value,floor\ndrones,air,500,0.1\n",
    "scenarios": "id,probability\ncalm,0.9\nstrait,0.1\n",
    "severities": "scenario,exposure,value\nstrait,drones,0.6\n",
    "capacities": "id,unit\nengineers,persons\n",
    "capacity_years": "capacity,year,amount\nengineers,2026,10\n",
    "interactions": "id,kind,if,of,min\nneeds_fab,requires,drone,fab,\n",
    "rules": "id,kind,group,fields,min,max,funds\nmix,share,,chips,,0.9,\nfew,max_funds,,,,4,\n",
    "quantities": "path,value,low,high,unit,kind,source,note_en,note_ja\nprogrammes.*.options.*.cost,,x0.7,x1.5,JPY bn,judgement,paper,overrun,超過\nquantities.market,1000,x0.5,1500,JPY bn,judgement,paper,size,規模\n",
}  # fmt: skip
"""Tables of a sound instance: each test breaks one cell of it."""
