"""Judgements by a name that a reader knows: the path of a number in words, instance names where it names an entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from portfolio.report.naming import clean, name_of, short
from portfolio.results.sweep import Factor
from portfolio.schema.instance import Instance

WORDS: dict[str, tuple[str, str]] = {
    "alpha": ("CVaR level", "CVaR水準"),
    "archetypes": ("archetypes", "類型"),
    "bonus": ("bonus", "相乗効果"),
    "capabilities": ("shared capabilities", "共有基盤"),
    "capacities": ("capacities", "能力の上限"),
    "capacity": ("capacity", "上限"),
    "carry_limit": ("carry limit", "繰越上限"),
    "ceilings": ("ceilings", "支出上限"),
    "cost": ("cost", "費用"),
    "covers": ("needs covered", "ニーズの充足"),
    "criteria": ("criteria", "評価基準"),
    "curve": ("effect curve", "効果曲線"),
    "discount_rate": ("discount rate", "割引率"),
    "effects": ("effect", "効果"),
    "exposures": ("supply exposures", "供給依存"),
    "floor": ("floor", "下限"),
    "funds": ("funds", "財源"),
    "header": ("", ""),
    "legacy": ("already taken", "既契約分"),
    "legacy_outlay": ("cash of old contracts", "既契約の支払"),
    "match_groups": ("private match", "民間負担"),
    "max": ("most", "上限"),
    "min": ("least", "下限"),
    "min_scale": ("smallest scale", "最小規模"),
    "mitigates": ("risk removed", "リスクの緩和"),
    "needs": ("needs", "ニーズ"),
    "options": ("options", "方法"),
    "outlay_profile": ("pace of payments", "支払の割合"),
    "probability": ("probability", "確率"),
    "programmes": ("programmes", "事業"),
    "project_cap": ("cap per programme", "事業当たり上限"),
    "provides": ("shared capability built", "共有基盤の整備"),
    "quantities": ("shared numbers", "共通の数値"),
    "ramp": ("speed limit", "年間執行上限"),
    "remaining_per_year": ("remaining per year", "年間の残額"),
    "ripple": ("ripple between fields", "分野間の波及"),
    "rules": ("rules", "規則"),
    "scenarios": ("scenarios", "シナリオ"),
    "severities": ("severity", "深刻度"),
    "share": ("share", "割合"),
    "share_gain": ("market share gained", "シェア獲得"),
    "subsidy_rate": ("subsidy rate", "補助率"),
    "success": ("chance of success", "成功確率"),
    "budget": ("budget", "予算"),
    "target": ("target", "目標"),
    "uses": ("use of capacities", "能力の利用"),
    "value": ("value", "価値"),
    "weight": ("weight", "重み"),
    "weights": ("weights of the aim", "目標の重み"),
    "years": ("money by year", "年度額"),
}
"""Part of a path -> English, Japanese; any other part stays as it is."""
SILENT = frozenset({"*", "factors", "value"})
MOST_MEMBERS = 2
TWO, SHORT = 2, 4
"""Parts of a path: of a collection of numbers; below which a last `value` says something."""


class JudgementNames:
    """Names of judgements of one instance in one language."""

    def __init__(self, instance: Instance, lang: str) -> None:
        kinds = ("archetypes", "fields", "funds", "programmes", "scenarios", "exposures", "needs", "capabilities")
        self.lang = lang
        self.named = {e.id: name_of(e, lang) for kind in kinds for e in getattr(instance, kind)}
        self.named |= {c.id: short(name_of(c, lang)) for c in instance.criteria}

    def of(self, key: str, paths: Sequence[str]) -> str:
        """`programmes.*.options.*.cost` -> `programmes: options, cost`; several numbers without a common end, and one group among several with one
        common path (`#2`), are listed by whose numbers they are."""
        path, _, number = key.partition("#")
        parts = path.split(".")
        said = [self._word(p) for p in parts if p not in SILENT or (p == "value" and p == parts[-1] and len(parts) < SHORT)]
        said = [s for s in said if s]
        if "*" in parts and (number or (parts[-1] == "*" and len(parts) == TWO)):
            owners = list(dict.fromkeys(self._word(p.split(".")[parts.index("*")]) for p in paths))
            more = f" +{len(owners) - MOST_MEMBERS}" if len(owners) > MOST_MEMBERS else ""
            said.append((("、" if self.lang == "ja" else ", ").join(owners[:MOST_MEMBERS])) + more)
        colon, comma = ("：", "・") if self.lang == "ja" else (": ", ", ")
        return clean(said[0] + (colon + comma.join(said[1:]) if len(said) > 1 else "")) if said else clean(key)

    def of_all(self, factors: Iterable[Factor]) -> dict[str, str]:
        """Id -> name of the factors of one sweep, told apart: those that come out alike are numbered, `(2 of 3)`."""
        found = {f.id: self.of(f.id, f.paths) for f in factors}
        alike, seen = Counter(found.values()), Counter[str]()
        for key, name in found.items():
            if alike[name] > 1:
                seen[name] += 1
                found[key] = name + (f"（{alike[name]}組中{seen[name]}）" if self.lang == "ja" else f" ({seen[name]} of {alike[name]})")
        return found

    def _word(self, part: str) -> str:
        if part in self.named:
            return self.named[part]
        return WORDS[part][self.lang == "ja"] if part in WORDS else part.replace("_", " ")
