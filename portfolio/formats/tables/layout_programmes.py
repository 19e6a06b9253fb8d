"""Layout of the tables about programmes: options, profiles, effects, uses."""

# ruff: noqa: E501 - one column per line, so that the declaration reads as a table

from __future__ import annotations

from portfolio.formats.tables.layout import ID, NAME, NOTE, At, Column, Owner, Table, col

PROGRAMMES = Table("programmes", "Programmes", "事業", collection="programmes", columns=(
    ID,
    *NAME,
    col("field", "id", "Field", "分野", refers="fields"),
    col("archetype", "id", "Archetype", "類型", "gives the default response curve", "既定の反応曲線を与える", refers="archetypes"),
    col("region", "id", "Region", "地域"),
    col("tags", "ids", "Tags", "タグ", "list separated by ;", "「;」区切り", example="today;dual_use"),
    col("mandatory", "bool", "Mandatory", "必須", choices=("yes", "no")),
    col("forbidden", "bool", "Forbidden", "禁止", choices=("yes", "no")),
    col("enabler", "bool", "Enabler", "基盤事業", "pays only through a shared capability", "共有基盤を通じてのみ効果がある", choices=("yes", "no")),
    *NOTE,
))  # fmt: skip
OPTIONS = Table(
    "options", "Options: ways to carry out a programme", "選択肢：事業の実施方法", owners=(Owner(("programme",), "programmes"),),
    item="options", whole_if_empty="id", columns=(
    col("programme", "id", "Programme", "事業", at="", refers="programmes"),
    col("id", "id", "Id", "ID", "empty = what holds for all options of the programme", "空欄は事業の全選択肢に共通", example="grant"),
    *NAME,
    col("instrument", "id", "Instrument", "手法", example="grant_half"),
    col("cost", "money", "Total cost", "総費用", "at full scale, public + private", "完全実施時。公費＋民間", unit="money", example="120"),
    col("subsidy_rate", "number", "Subsidy rate", "補助率", "public share of the cost; empty = 1", "費用に占める公費。空欄は1", unit="0..1", example="1/2"),
    col("min_scale", "number", "Smallest scale", "最小規模", "cuts the curve; 1 = all or nothing", "曲線の下限。1は全か無か", unit="0..1"),
    col("first_year", "int", "First year", "開始年度", "window in which money may be committed", "契約できる期間", unit="year", example="2026"),
    col("last_year", "int", "Last year", "終了年度", unit="year", example="2028"),
    col("start_years", "ints", "Start years", "着手年度", "list; alternatives instead of a window", "「;」区切り。期間の代わり", unit="year"),
    col("duration", "int", "Duration", "期間", "with start_years", "着手年度と併用", unit="years"),
    col("ramp", "number", "Ramp", "年間上限", "largest share of the public cost committed in one year", "1年で契約できる公費の割合の上限", unit="0..1", example="0.4"),
    col("units", "int", "Units", "単位数", "may be taken up to n times", "最大n回採択できる", unit="count"),
    col("region", "id", "Region", "地域", "empty = the programme's", "空欄は事業の地域"),
    col("tags", "ids", "Tags", "タグ", "in addition to the programme's", "事業のタグに追加"),
    col("funds", "ids_or_all", "Funds", "基金", "only these may pay; empty = as the programme says, * = every fund", "支出できる基金。空欄は事業に従い、*は全基金", refers="funds"),
))  # fmt: skip
_TERMS = (Owner(("programme", "option"), "programmes"),)
_WHOSE = (
    col("programme", "id", "Programme", "事業", at="", refers="programmes"),
    col(
        "option",
        "id",
        "Option",
        "選択肢",
        "empty = all options of the programme; an option's own row overrides it",
        "空欄は全選択肢。選択肢の行が優先",
        at="",
    ),
)
PROFILES = Table("profiles", "Fixed payments", "固定の支払計画", owners=_TERMS, keyed=("fund", "year"), columns=(
    *_WHOSE,
    col("fund", "id", "Fund", "基金", "with `amount`", "amount と併用", at="", refers="funds"),
    col("year", "int", "Year", "年度", "counted from the start (0, 1, ...) when start_years is given", "start_years がある場合は着手からの年数（0, 1, …）", at="", example="2026"),
    col("share", "number", "Share", "割合", "share of the public cost; over the years exactly 1", "公費の割合。合計はちょうど1", at="profile.{year}", unit="0..1", example="0.5"),
    col("amount", "money", "Amount", "金額", "paid by `fund` at full scale", "基金が支払う額（完全実施時）", at="payments.{fund}.{year}", unit="money"),
))  # fmt: skip
EFFECT_KINDS = {"contribution": "effects", "mitigation": "mitigates", "coverage": "covers", "capability": "provides"}
_EFFECT = tuple(At(f"{key}.{{target}}", (("kind", kind),)) for kind, key in EFFECT_KINDS.items())
EFFECTS = Table("effects", "Effects at full scale", "効果（完全実施時）", owners=_TERMS, keyed=("kind", "target"), columns=(
    *_WHOSE,
    col("kind", "choice", "Kind", "種別", "contribution: to a criterion; mitigation: of an exposure; coverage: of a need; capability: shared, counts once",
        "contribution：評価基準、mitigation：エクスポージャー、coverage：必要、capability：共有基盤", at="", choices=tuple(EFFECT_KINDS), example="contribution"),
    col("target", "id", "Target", "対象", "id of a criterion, exposure, need or capability", "評価基準・エクスポージャー・必要・共有基盤のID", at="", example="growth"),
    Column("value", "number", _EFFECT, "Value", "値", "in the target's unit; a share 0..1 for mitigation and capability", "対象の単位。mitigation と capability は0..1", unit="target", example="12.5"),
    Column("factors", "product", _EFFECT, "Factors", "要素", "instead of value: market=@m; gain=0.02 - the product; @id = quantities.id", "value の代わり：要素の積。@id は quantities.id"),
))  # fmt: skip
USES = Table("uses", "Capacities used", "能力の使用", owners=_TERMS, keyed=("capacity", "year"), columns=(
    *_WHOSE,
    col("capacity", "id", "Capacity", "能力", at="", refers="capacities"),
    col("year", "int", "Year", "年度", "empty = every year of the window", "空欄は期間の各年度", at=""),
    Column("amount", "number", (At("uses.{capacity}"), At("uses.{capacity}.{year}")), "Amount", "量", "per year at full scale", "年当たり、完全実施時", unit="capacity", example="0.3"),
))  # fmt: skip
REFERENCE = Table("reference", "An earlier plan to stay close to", "基準とする以前の計画", collection="reference", named_by=("programme",), columns=(
    col("programme", "id", "Programme", "事業", refers="programmes"),
    col("option", "id", "Option", "選択肢", "with @start if it has one", "着手年度があれば @年度", example="grant"),
    col("money", "money", "Money", "金額", "committed money", "契約額", unit="money", example="60"),
))  # fmt: skip
