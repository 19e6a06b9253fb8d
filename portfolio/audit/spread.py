"""Rule 15, spread: how many groups, how much of the money, how many funds.

focus: groups funded <= max · diversify: groups funded >= min · share: min M(of) <= M(select) <= max M(of)
max_funds: funds that pay one programme <= max · fund_exclusion: of `funds`, those that pay one programme <= 1
"""

from __future__ import annotations

from collections.abc import Hashable

from portfolio.audit.facts import Facts
from portfolio.audit.verdict import Tally
from portfolio.schema.rules import Diversify, Focus, FundExclusion, Group, MaxFunds, Share
from portfolio.schema.way import Way


def group_of(way: Way, group: Group) -> Hashable:
    """The way's member of the group; None when it has no such attribute."""
    if group == "cell":
        return None if way.field is None or way.archetype is None else (way.field, way.archetype)
    return {
        "programme": way.programme,
        "field": way.field,
        "archetype": way.archetype,
        "region": way.region,
        "instrument": way.instrument,
    }[group]


def _funded(rule: Focus | Diversify, facts: Facts) -> int:
    return len({group_of(t.way, rule.group) for t in facts.selection.within(rule.select)} - {None})


def focus(rule: Focus, facts: Facts, tally: Tally) -> None:
    """groups <= max."""
    tally.at_most("focus", f"focus[{rule.id}]", _funded(rule, facts), rule.max)


def diversify(rule: Diversify, facts: Facts, tally: Tally) -> None:
    """groups >= min."""
    tally.at_least("diversify", f"diversify[{rule.id}]", _funded(rule, facts), rule.min)


def share(rule: Share, facts: Facts, tally: Tally) -> None:
    """min M(of) <= M(select) <= max M(of)."""
    part, whole = facts.selection.money(rule.select), facts.selection.money(rule.of)
    if rule.min is not None:
        tally.at_least("share", f"share_min[{rule.id}]", part, rule.min.number * whole)
    if rule.max is not None:
        tally.at_most("share", f"share_max[{rule.id}]", part, rule.max.number * whole)


def max_funds(rule: MaxFunds, facts: Facts, tally: Tally) -> None:
    """Funds per programme <= max."""
    for taken in facts.selection.within(rule.select):
        tally.at_most("max_funds", f"max_funds[{rule.id},{taken.way.label}]", len(taken.by_fund), rule.max)


def fund_exclusion(rule: FundExclusion, facts: Facts, tally: Tally) -> None:
    """Of these funds at most one pays a programme."""
    for taken in facts.selection.within(rule.select):
        paying = len(taken.by_fund.keys() & set(rule.funds))
        tally.at_most("fund_exclusion", f"fund_exclusion[{rule.id},{taken.way.label}]", paying, 1)
