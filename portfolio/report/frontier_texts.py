"""Every phrase of the frontier's report, in English and Japanese."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "frontier_of": ("frontier of {names}", "フロンティア（{names}）"),
    "certified": (
        "CERTIFIED {epsilon}: no plan is better than every point by more than {epsilon} of each range",
        "証明済み {epsilon}: すべての点より各値域の{epsilon}を超えて良い計画は存在しません",
    ),
    "complete": ("COMPLETE: these are all nondominated points", "完全: これがすべての非劣点です"),
    "weaker": (
        "STOPPED; certified so far {epsilon} (asked for {target}): no plan is better than every point by more than {epsilon} of each range",
        "停止。現時点の証明 {epsilon}（目標 {target}）: すべての点より各値域の{epsilon}を超えて良い計画は存在しません",
    ),
    "no_plan": ("NO PLAN found within the limit; nothing is proven", "制限内に計画が見つかりませんでした（何も証明されていません）"),
    "infeasible": ("INFEASIBLE: no plan obeys all rules", "実行不可能: すべての規則を満たす計画はありません"),
    "interrupted": ("INTERRUPTED before a plan was found", "計画が見つかる前に中断しました"),
    "circumstances": (
        "{points} points   {zones} zones, {open} open   {mips} MIPs, {lps} LPs   {seconds} s   AUDITED {checks} checks, {violated} violated",
        "点 {points}   領域 {zones}（未解決 {open}）   MIP {mips}、LP {lps}   {seconds} 秒   監査済み 検査{checks}件、違反{violated}件",
    ),
    "points": ("points, best in {name} first", "点（{name}の良い順）"),
    "point": ("point", "点"),
    "funded": ("programmes", "採択数"),
    "share": ("public money", "公費"),
    "share_note": ("public money: {unit}; ranges: the best is a bound", "公費: {unit}。値域の最良値は限界値"),
    "best": ("best (bound)", "最良（限界）"),
    "worst": ("worst (payoff table)", "最悪（利得表）"),
    "knee": (
        "knee: {id}, where giving up one criterion for another starts to cost most",
        "膝点: {id}（これ以降、交換の代償が最も大きくなる点）",
    ),
    "rates": ("trade-offs between neighbouring points", "隣り合う点の間の交換比"),
    "gain": ("1 unit better in", "1単位の改善"),
    "cost": ("costs in", "代償となる基準"),
    "least": ("least", "最小"),
    "median": ("median", "中央値"),
    "most": ("most", "最大"),
    "hypervolume": (
        "hypervolume {value} of the ranges' box; at most {missing} more can exist",
        "超体積 値域の箱の{value}。未発見分は最大{missing}",
    ),
    "core": ("core of the frontier: share of the points that fund a programme", "フロンティアの核（事業を採択する点の割合）"),
    "core_note": (
        "{all} programmes in every point, {some} in some, {none} in none; a share of reported points, no proof about others",
        "全点で採択 {all}、一部 {some}、なし {none}。報告された点の割合であり、他の計画についての証明ではありません",
    ),
    "scatter": ("{y} (upward: better) against {x} (rightward: better)", "縦 {y}（上ほど良い）、横 {x}（右ほど良い）"),
    "resume": ("next: portfolio frontier ... --resume {path}", "次: portfolio frontier ... --resume {path}"),
}


def said(key: str, lang: str, **params: object) -> str:
    """The phrase in `lang`."""
    return TEXTS[key][lang == "ja"].format(**params)
