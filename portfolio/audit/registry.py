"""Which checker looks after which kind of rule.

A plug-in rule brings its own with `register_checker`; without one it is listed as unaudited.
"""

from __future__ import annotations

from portfolio.audit.facts import Checker, Facts
from portfolio.audit.interactions import at_least, excludes, requires, synergy
from portfolio.audit.spread import diversify, focus, fund_exclusion, max_funds, share
from portfolio.audit.sums import criterion_bound, linear, persistence
from portfolio.audit.verdict import Tally
from portfolio.errors import UsageError

CHECKERS: dict[str, Checker] = {
    "requires": requires,
    "excludes": excludes,
    "at_least": at_least,
    "synergy": synergy,
    "dual_use": synergy,
    "focus": focus,
    "diversify": diversify,
    "share": share,
    "max_funds": max_funds,
    "fund_exclusion": fund_exclusion,
    "linear": linear,
    "criterion_bound": criterion_bound,
    "persistence": persistence,
}


def register_checker(kind: str, checker: Checker) -> None:
    """Let `checker` look after rules of this kind; a kind that has one already is refused."""
    if kind in CHECKERS:
        known = ", ".join(sorted(CHECKERS))
        raise UsageError(
            f"Rule kind {kind!r} has a checker already (known: {known}).",
            f"規則の種類 {kind!r} の検査は登録済みです（登録済み: {known}）。",
        )
    CHECKERS[kind] = checker


def check_rules(facts: Facts, tally: Tally) -> None:
    """Every rule of the instance by the checker of its kind."""
    for rule in facts.selection.instance.rules:
        checker = CHECKERS.get(rule.kind)
        if checker is None:
            tally.unknown(rule.kind)
        else:
            checker(rule, facts, tally)
