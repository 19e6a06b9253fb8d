"""Layout of the tables about rules, interactions, the header with the aim, and annotations."""

# ruff: noqa: E501 - one column per line, so that the declaration reads as a table

from __future__ import annotations

from portfolio.formats.tables.layout import ID, NAME, NOTE, OWNER, Owner, Table, col, selection

INTERACTION_KINDS = ("requires", "excludes", "at_least", "synergy", "dual_use")
RULE_KINDS = ("focus", "diversify", "share", "max_funds", "fund_exclusion", "criterion_bound", "linear", "persistence")
INTERACTIONS = Table("interactions", "Interactions between programmes", "事業間の関係", collection="rules", kinds=INTERACTION_KINDS,
    needed={"synergy": {"bonus": {}}, "dual_use": {"bonus": {}}}, columns=(
    ID,
    col("kind", "choice", "Kind", "種別", "requires: `if` needs all of `of`; excludes: at most one; at_least: at least `min`; synergy, dual_use: all of `of` earn the bonuses",
        "requires：if は of の全部が必要、excludes：最大一つ、at_least：min 以上、synergy・dual_use：全部採択で加点", choices=INTERACTION_KINDS, example="requires"),
    *NAME,
    col("if", "id", "If", "条件側", "programme, or programme,option", "事業、または 事業,選択肢"),
    col("of", "ids", "Of", "対象", "list separated by ; of programme or programme,option", "「;」区切りで 事業 または 事業,選択肢"),
    col("min", "int", "At least", "最小数", unit="count"),
    *OWNER,
    *NOTE,
))  # fmt: skip
BONUSES = Table("bonuses", "Bonuses of synergies", "相乗効果の加点", owners=(Owner(("interaction",), "rules"),), keyed=("criterion",), columns=(
    col("interaction", "id", "Interaction", "関係", at="", refers="interactions"),
    col("criterion", "id", "Criterion", "評価基準", at="", refers="criteria"),
    col("value", "number", "Bonus", "加点", at="bonus.{criterion}", unit="criterion", example="20"),
))  # fmt: skip
_WHOLE = ("focus", "diversify", "max_funds")
RULES = Table("rules", "Rules", "規則", collection="rules", kinds=RULE_KINDS, needed={"share": {"select": {}}}, columns=(
    ID,
    col("kind", "choice", "Kind", "種別", "see docs/tables.md", "docs/tables.md を参照", choices=RULE_KINDS, example="share"),
    *NAME,
    col("group", "choice", "Group", "単位", "what focus and diversify count", "focus・diversify が数えるもの",
        choices=("programme", "field", "archetype", "cell", "region", "instrument")),
    *selection("select"),
    *selection("of", "of_", rare=True),
    col("min", "number", "At least", "下限", "a share for `share`, a count for `diversify`", "share は割合、diversify は数", int_kinds=_WHOLE),
    col("max", "number", "At most", "上限", "a share for `share`, a count for `focus` and `max_funds`", "share は割合、focus・max_funds は数", example="0.7", int_kinds=_WHOLE),
    col("funds", "ids", "Funds", "基金", "of fund_exclusion", "fund_exclusion の基金", refers="funds"),
    col("criterion", "id", "Criterion", "評価基準", refers="criteria"),
    col("max_changed", "int", "Most changes", "変更の上限", "persistence: programmes that may differ from `reference`", "persistence：reference から変わってよい事業数", rare=True),
    col("price", "number", "Price of change", "変更の対価", "persistence: per unit of money moved, against `criterion`", "persistence：動かした金額当たり、criterion から差し引く", rare=True),
    *OWNER,
    *NOTE,
))  # fmt: skip
RULE_TERMS = Table("rule_terms", "Terms of linear rules", "線形規則の項", owners=(Owner(("rule",), "rules"),), item="terms", columns=(
    col("rule", "id", "Rule", "規則", at="", refers="rules"),
    col("programme", "id", "Programme", "事業", refers="programmes"),
    col("option", "id", "Option", "選択肢"),
    col("fund", "id", "Fund", "基金", refers="funds"),
    col("year", "int", "Year", "年度"),
    col("on", "choice", "On", "対象量", choices=("taken", "scale", "money"), example="money"),
    col("coef", "number", "Coefficient", "係数", example="1"),
))  # fmt: skip
HEADER = Table("header", "Header: what every number means", "ヘッダー：数値の前提", columns=(
    col("id", "id", "Id", "ID", at="header.id", example="my_instance"),
    col("name_en", "text", "Name (English)", "名称（英）", at="header.name.en", example="My instance"),
    col("name_ja", "text", "Name (Japanese)", "名称（日）", at="header.name.ja", example="例"),
    col("description", "both", "Description", "説明", at="header.description", rare=True),
    col("description_en", "text", "Description (English)", "説明（英）", at="header.description.en"),
    col("description_ja", "text", "Description (Japanese)", "説明（日）", at="header.description.ja"),
    col("first_year", "int", "First year of the horizon", "最初の年度", at="header.first_year", example="2026"),
    col("last_year", "int", "Last year of the horizon", "最後の年度", at="header.last_year", example="2030"),
    col("base_year", "int", "Base year of discounting", "割引の基準年度", at="header.base_year", example="2026"),
    col("discount_rate", "number", "Discount rate per year", "割引率（年）", at="header.discount_rate", example="0.02"),
    col("price_basis", "choice", "Prices", "価格", at="header.price_basis", choices=("nominal", "real"), example="nominal"),
    col("currency", "text", "Currency", "通貨", at="header.currency", example="JPY"),
    col("unit", "text", "Money unit of all amounts", "金額の単位", at="header.unit", example="JPY bn"),
    col("grid", "exact", "Published amounts are whole multiples of this", "公表単位", at="header.grid", example="0.001"),
    col("exchange_rates.*", "number", "Exchange rate, one row per currency: exchange_rates.USD", "為替（通貨ごとに exchange_rates.USD の行）", at="header.exchange_rates.*"),
    col("aim_kind", "choice", "Aim", "目的", at="aim.kind", choices=("weighted", "lexicographic", "reference"), rare=True),
    col("aim_weights", "weights", "Weights: growth=1; risk=2", "重み：growth=1; risk=2", at="aim.weights", rare=True),
    col("aim_order", "ids", "Criteria, first things first", "優先順の評価基準", at="aim.order", rare=True),
    col("aim_tolerance", "exact", "Tolerance, share of the range", "許容幅（範囲に対する割合）", at="aim.tolerance", rare=True),
    col("aim_point", "weights", "Reference point: growth=100; risk=5", "参照点：growth=100; risk=5", at="aim.point", rare=True),
))  # fmt: skip
AIM_FLOORS = Table("aim_floors", "Bounds on criteria besides the aim", "目的と併せて守る評価基準の水準", collection="aim.floors", named_by=("criterion",), columns=(
    col("criterion", "id", "Criterion", "評価基準", refers="criteria"),
    col("value", "exact", "Value", "値", "in the criterion's unit", "評価基準の単位"),
    col("share_of_best", "exact", "Share of its best", "最善値に対する割合", "0.95 = at least 95 % of its best", "0.95＝最善値の95%以上", unit="0..1", example="0.95"),
))  # fmt: skip
QUANTITIES = Table("quantities", "Ranges, sources and kinds of numbers, by path", "数値の範囲・出典・種別（パスごと）", columns=(
    col("path", "text", "Path", "パス", "collection.id.field; * = any one segment; quantities.NAME defines a shared number", "collection.id.field。* は任意の一区間。quantities.名前 は共有数量の定義", example="programmes.*.options.*.cost"),
    col("value", "number", "Value", "値", "only for quantities.NAME", "quantities.名前 のときだけ"),
    col("low", "number", "Low", "下限値", "a number, or a factor of the value: x0.7", "数値、または値に対する倍率 x0.7", example="x0.7"),
    col("high", "number", "High", "上限値", "a number, or a factor of the value: x1.5", "数値、または値に対する倍率 x1.5", example="x1.5"),
    col("unit", "text", "Unit", "単位", example="JPY bn"),
    col("kind", "choice", "Kind", "種別", choices=("stated", "derived", "judgement"), example="judgement"),
    col("source", "ids", "Source", "出典", "ids of sources, separated by ;", "sources のID（「;」区切り）", refers="sources"),
    col("note_en", "text", "Note (English)", "備考（英）", at="note.en", example="Costs overrun"),
    col("note_ja", "text", "Note (Japanese)", "備考（日）", at="note.ja", example="費用は超過しやすい"),
))  # fmt: skip
