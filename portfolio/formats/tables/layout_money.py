"""Layout of the tables about money: funds, their years, ceilings and floors."""

# ruff: noqa: E501 - one column per line, so that the declaration reads as a table

from __future__ import annotations

from portfolio.formats.tables.layout import ID, NAME, NOTE, OWNER, Owner, Table, col, selection

FUNDS = Table("funds", "Funds", "基金・財源", collection="funds", needed={"": {"years": {}}}, columns=(
    ID,
    *NAME,
    *OWNER,
    col("basis", "choice", "Basis", "基準", "is the yearly amount a limit on commitments or on cash?", "年額は契約ベースか現金ベースか", choices=("commitment", "outlay"), example="commitment"),
    col("carry_limit", "money", "Carry limit", "繰越上限", "most money carried into the next year; 0 = single-year money", "翌年度への繰越の上限。0は単年度", unit="money", example="0"),
    col("opens", "int", "Opens", "開始年度", "first year of commitments", "契約の最初の年度", unit="year"),
    col("sunset", "int", "Sunset", "終了年度", "last year of commitments", "契約の最後の年度", unit="year"),
    col("subsidy_rate", "number", "Subsidy rate", "補助率", "most of the total cost this fund may pay", "総費用に対する支出の上限", unit="0..1", example="2/3"),
    col("project_cap", "money", "Cap per programme", "事業当たり上限", unit="money"),
    col("ticket_min", "money", "Smallest payment", "最小支出額", "per programme and year", "事業・年度当たり", unit="money"),
    col("outlay_profile", "numbers", "Outlay profile", "支払割合", "shares of a commitment paid in its own year, the next, ... (list, sum 1)", "契約年度・翌年度…の支払割合（合計1）", unit="0..1", example="0.5;0.5"),
    *selection("eligible"),
    col("external", "bool", "External", "文書外", "yes = the amounts are not in the source documents", "yes＝金額が出典文書にない", choices=("yes", "no")),
    *NOTE,
))  # fmt: skip
FUND_YEARS = Table("fund_years", "Money by fund and year", "基金の年度別金額", owners=(Owner(("fund",), "funds"),), keyed=("year",), columns=(
    col("fund", "id", "Fund", "基金", at="", refers="funds"),
    col("year", "int", "Year", "年度", at="", example="2026"),
    col("amount", "money", "New money", "新規額", "new budget authority of the year", "当該年度の新規額", at="years.{year}", unit="money", example="300"),
    col("legacy_outlay", "money", "Old cash", "既契約の支払", "cash already owed from earlier commitments", "過去の契約に基づく支払", at="legacy_outlay.{year}", unit="money"),
))  # fmt: skip
CEILINGS = Table("ceilings", "Ceilings and floors of money", "上限・下限", collection="ceilings", columns=(
    ID,
    *NAME,
    col("basis", "choice", "Basis", "基準", "commitments, cash, or commitments not yet paid at the end of the year", "契約、現金、または年度末の未払契約（後年度負担）",
        choices=("commitment", "outlay", "burden"), example="commitment"),
    col("funds", "ids", "Funds", "基金", "empty = all funds", "空欄は全基金", refers="funds"),
    *selection("select"),
    col("min", "money", "Floor", "下限", "over first_year..last_year together", "期間合計", unit="money"),
    col("max", "money", "Ceiling", "上限", "over first_year..last_year together", "期間合計", unit="money", example="900"),
    col("first_year", "int", "First year", "開始年度", unit="year"),
    col("last_year", "int", "Last year", "終了年度", unit="year"),
    *OWNER,
    *NOTE,
))  # fmt: skip
CEILING_YEARS = Table("ceiling_years", "Ceilings and floors by year", "年度別の上限・下限", owners=(Owner(("ceiling",), "ceilings"),), keyed=("year",), columns=(
    col("ceiling", "id", "Ceiling", "上限・下限", at="", refers="ceilings"),
    col("year", "int", "Year", "年度", at="", example="2026"),
    col("min", "money", "Floor", "下限", at="years.{year}.min", unit="money"),
    col("max", "money", "Ceiling", "上限", at="years.{year}.max", unit="money", example="300"),
    col("legacy", "money", "Already taken", "既契約分", "what earlier commitments already take", "過去の契約が占める額", at="years.{year}.legacy", unit="money"),
))  # fmt: skip
