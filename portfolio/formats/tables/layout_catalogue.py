"""Layout of the tables of things that programmes refer to: sources, fields, criteria, exposures, needs, capacities ..."""

# ruff: noqa: E501 - one column per line, so that the declaration reads as a table

from __future__ import annotations

from portfolio.formats.tables.layout import ID, NAME, NOTE, Owner, Table, col, selection

SOURCES = Table("sources", "Where numbers come from", "数値の出典", collection="sources", columns=(
    ID,
    col("kind", "choice", "Kind", "種別", "document, a quoted fact in it, outside knowledge, or a judgement", "文書・引用事実・外部知識・判断",
        choices=("document", "fact", "external", "judgement"), example="document"),
    col("document", "text", "Document", "文書"),
    col("line", "int", "Line", "行"),
    col("quote", "text", "Quote", "引用"),
    col("title_en", "text", "Title (English)", "題名（英）", at="title.en", example="White paper 2026"),
    col("title_ja", "text", "Title (Japanese)", "題名（日）", at="title.ja", example="2026年版白書"),
    col("url", "text", "URL", "URL"),
))  # fmt: skip
FIELDS = Table("fields", "Strategic fields", "戦略分野", collection="fields", columns=(ID, *NAME, *NOTE))
ARCHETYPES = Table("archetypes", "Winning-path archetypes", "勝ち筋の類型", collection="archetypes", columns=(ID, *NAME, *NOTE))
CURVES = Table(
    "curves", "Response curves: scale -> share of the full effect", "反応曲線：規模→効果の割合", item="curve", point=True,
    owners=(Owner(("archetype",), "archetypes"), Owner(("programme", "option"), "programmes")), columns=(
    col("archetype", "id", "Archetype", "類型", "an archetype, or a programme (and option) that overrides it", "類型、または上書きする事業（と選択肢）", at="", refers="archetypes"),
    col("programme", "id", "Programme", "事業", at="", refers="programmes"),
    col("option", "id", "Option", "選択肢", "empty = all options of the programme", "空欄は事業の全選択肢", at=""),
    col("scale", "number", "Scale", "規模", "rises up to exactly 1", "昇順で最後は1", at="0", unit="0..1", example="0.5"),
    col("effect", "number", "Effect", "効果", "never falls; the last is 1", "減少せず、最後は1", at="1", unit="0..1", example="0.4"),
))  # fmt: skip
CRITERIA = Table("criteria", "Criteria", "評価基準", collection="criteria", columns=(
    ID,
    col("kind", "choice", "Kind", "種別", "contribution: sum of effects; risk: loss under scenarios; coverage: needs met",
        "contribution：効果の合計、risk：シナリオ損失、coverage：必要の充足", choices=("contribution", "risk", "coverage"), example="contribution"),
    *NAME,
    col("unit", "text", "Unit", "単位", example="JPY bn"),
    col("sense", "choice", "Sense", "向き", choices=("max", "min"), example="max"),
    col("measure", "choice", "Risk measure", "リスク尺度", choices=("expected", "cvar", "worst", "blend")),
    col("alpha", "number", "CVaR level", "CVaR水準", unit="0..1"),
    col("blend", "number", "Share of the expected loss in a blend", "混合に占める期待損失の割合", unit="0..1"),
    col("exposures", "ids", "Exposures", "エクスポージャー", "of a risk criterion; empty = all", "リスク基準の対象。空欄は全部", refers="exposures", rare=True),
    col("needs", "ids", "Needs", "必要", "of a coverage criterion; empty = all", "充足基準の対象。空欄は全部", refers="needs", rare=True),
    *NOTE,
))  # fmt: skip
EXPOSURES = Table("exposures", "Dependencies whose loss hurts", "途絶が損失となる依存", collection="exposures", columns=(
    ID,
    *NAME,
    col("field", "id", "Home field", "起点分野", "its loss is carried downstream from here", "ここから下流に波及", refers="fields"),
    col("value", "money", "Yearly loss", "年間損失", "direct loss when the supply is cut off entirely", "供給が完全に止まった場合の直接損失", unit="money", example="500"),
    col("floor", "number", "Floor", "下限", "share that no programme can remove", "どの事業でも除けない割合", unit="0..1", example="0.1"),
    *NOTE,
))  # fmt: skip
RIPPLE = Table("ripple", "Losses carried downstream", "損失の下流への波及", collection="ripple", named_by=("from_field", "to_field"), columns=(
    col("from_field", "id", "From field", "波及元", refers="fields"),
    col("to_field", "id", "To field", "波及先", refers="fields"),
    col("share", "number", "Share", "割合", "money lost in to_field per money lost in from_field", "波及元の損失1当たりの波及先の損失", unit="0..1", example="0.05"),
))  # fmt: skip
SCENARIOS = Table("scenarios", "Disruptions", "途絶シナリオ", collection="scenarios", columns=(
    ID,
    *NAME,
    col("probability", "number", "Probability", "確率", "all together exactly 1 (include a calm scenario)", "合計はちょうど1（平時も含める）", unit="0..1", example="0.05"),
    *NOTE,
))  # fmt: skip
SEVERITIES = Table("severities", "What a disruption cuts", "途絶の深刻度", owners=(Owner(("scenario",), "scenarios"),), keyed=("exposure",), columns=(
    col("scenario", "id", "Scenario", "シナリオ", at="", refers="scenarios"),
    col("exposure", "id", "Exposure", "エクスポージャー", at="", refers="exposures"),
    col("value", "number", "Severity", "深刻度", "share of the supply that is cut", "途絶する供給の割合", at="severities.{exposure}", unit="0..1", example="0.6"),
))  # fmt: skip
NEEDS = Table("needs", "Public-goods needs", "公共財の必要", collection="needs", columns=(
    ID,
    *NAME,
    col("weight", "number", "Weight", "重み", example="10"),
    col("target", "number", "Target", "目標", "in the need's own unit", "必要自身の単位", unit="need", example="100"),
    col("floor", "number", "Floor", "下限", "smallest coverage / target allowed", "許される最小の充足率", unit="0..1"),
    col("unit", "text", "Unit", "単位", example="points"),
    *NOTE,
))  # fmt: skip
NEED_CURVES = Table("need_curves", "Value of coverage", "充足の価値", owners=(Owner(("need",), "needs"),), item="curve", point=True, columns=(
    col("need", "id", "Need", "必要", at="", refers="needs"),
    col("coverage", "number", "Coverage", "充足率", "coverage / target, from 0", "充足／目標。0から始める", at="0", example="0.5"),
    col("value", "number", "Value", "価値", "from 0; nondecreasing and concave", "0から。非減少で凹", at="1", example="0.7"),
))  # fmt: skip
CAPABILITIES = Table(
    "capabilities", "Shared capabilities, counted once", "共有基盤（一度だけ数える）", collection="capabilities", columns=(ID, *NAME, *NOTE)
)
CAPABILITY_NEEDS = Table(
    "capability_needs", "What a shared capability covers", "共有基盤が満たす必要", owners=(Owner(("capability",), "capabilities"),), keyed=("need",), columns=(
    col("capability", "id", "Capability", "共有基盤", at="", refers="capabilities"),
    col("need", "id", "Need", "必要", at="", refers="needs"),
    col("value", "number", "Coverage", "充足", "when the capability is complete, in the need's unit", "基盤が完成した場合、必要の単位で", at="covers.{need}", unit="need", example="5"),
))  # fmt: skip
CAPACITIES = Table("capacities", "Talent, construction, testing sites", "人材・建設・試験場などの能力", collection="capacities", columns=(
    ID,
    *NAME,
    col("unit", "text", "Unit", "単位", example="thousand persons"),
    *NOTE,
))  # fmt: skip
CAPACITY_YEARS = Table("capacity_years", "Capacity by year", "年度別の能力", owners=(Owner(("capacity",), "capacities"),), keyed=("year",), columns=(
    col("capacity", "id", "Capacity", "能力", at="", refers="capacities"),
    col("year", "int", "Year", "年度", "a year that is missing is unlimited", "記載のない年度は無制限", at="", example="2026"),
    col("amount", "number", "Amount", "量", at="years.{year}", unit="capacity", example="120"),
))  # fmt: skip
MATCH_GROUPS = Table("match_groups", "Private money by group", "民間資金の枠", collection="match_groups", columns=(
    ID,
    *NAME,
    col("capacity", "money", "Capacity", "上限", "private money over the whole horizon", "全期間の民間資金", unit="money", example="1000"),
    *selection("select"),
    *NOTE,
))  # fmt: skip
CELLS = Table("cells", "Cells that stay empty, and why", "空のままの区分と理由", collection="empty_cells", named_by=("field", "archetype"), columns=(
    col("field", "id", "Field", "分野", refers="fields"),
    col("archetype", "id", "Archetype", "類型", refers="archetypes"),
    col("reason_en", "text", "Reason (English)", "理由（英）", at="reason.en", example="No market of its own"),
    col("reason_ja", "text", "Reason (Japanese)", "理由（日）", at="reason.ja", example="独自の市場がない"),
))  # fmt: skip
