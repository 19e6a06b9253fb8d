"""All tables, in the order of sheets. Records come before the rows that belong to them: reading goes through this list once."""

from __future__ import annotations

from portfolio.formats.tables import layout_catalogue as catalogue
from portfolio.formats.tables import layout_money as money
from portfolio.formats.tables import layout_programmes as programmes
from portfolio.formats.tables import layout_rules as rules
from portfolio.formats.tables.layout import Table

TABLES: tuple[Table, ...] = (
    rules.HEADER, rules.AIM_FLOORS, catalogue.CRITERIA, catalogue.FIELDS, catalogue.ARCHETYPES, money.FUNDS, money.FUND_YEARS,
    money.CEILINGS, money.CEILING_YEARS, programmes.PROGRAMMES, programmes.OPTIONS, catalogue.CURVES, programmes.PROFILES,
    programmes.EFFECTS, programmes.USES, catalogue.EXPOSURES, catalogue.RIPPLE, catalogue.SCENARIOS, catalogue.SEVERITIES,
    catalogue.NEEDS, catalogue.NEED_CURVES, catalogue.CAPABILITIES, catalogue.CAPABILITY_NEEDS, catalogue.CAPACITIES,
    catalogue.CAPACITY_YEARS, catalogue.MATCH_GROUPS, rules.INTERACTIONS, rules.BONUSES, rules.RULES, rules.RULE_TERMS,
    catalogue.CELLS, programmes.REFERENCE, catalogue.SOURCES, rules.QUANTITIES,
)  # fmt: skip
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
