"""Rule 15, interactions: requires f_if <= f_r · excludes sum f_r <= 1 · at_least sum f_r >= min · synergy z_q = 1 iff all f_r = 1."""

from __future__ import annotations

from collections import Counter

from portfolio.audit.facts import Facts
from portfolio.audit.verdict import Tally
from portfolio.schema.problem import shown
from portfolio.schema.rules import AtLeast, Excludes, Requires, Synergy


def requires(rule: Requires, facts: Facts, tally: Tally) -> None:
    """f_if <= f_r for every r."""
    wanted = facts.selection.has(rule.if_)
    for member in rule.of:
        tally.says(
            not wanted or facts.selection.has(member),
            "requires",
            f"requires[{rule.id},{member}]",
            f"{rule.if_} without {member}",
            f"{rule.if_} with {member}",
        )


def excludes(rule: Excludes, facts: Facts, tally: Tally) -> None:
    """sum f_r <= 1."""
    tally.at_most("excludes", f"excludes[{rule.id}]", sum(map(facts.selection.has, rule.of)), 1)


def at_least(rule: AtLeast, facts: Facts, tally: Tally) -> None:
    """sum f_r >= min."""
    tally.at_least("at_least", f"at_least[{rule.id}]", sum(map(facts.selection.has, rule.of)), rule.min)


def synergy(rule: Synergy, facts: Facts, tally: Tally) -> None:
    """Listed once exactly when all members are chosen."""
    earned = all(map(facts.selection.has, rule.of))
    tally.equal(rule.kind, f"{rule.kind}[{rule.id}]", facts.plan.synergies.count(rule.id), int(earned))


def check_strangers(facts: Facts, tally: Tally) -> None:
    """Synergies that the instance does not have."""
    known = {rule.id for rule in facts.selection.instance.rules if isinstance(rule, Synergy)}
    for name in Counter(facts.plan.synergies):
        tally.says(name in known, "synergy", f"synergy[{shown(name)}]", name, ", ".join(sorted(known)) or "-", "in")
