"""What the audit hands back, and the tally that counts every comparison on the way there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from portfolio.audit.wording import RELATIONS, numeral, wording
from portfolio.schema.problem import shown

Relation = Literal["=", "<=", ">=", "<", "in"]
Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Violation:
    """One comparison that does not hold: `found` should stand in `relation` to `limit`.

    rule: short code, key of wording.WORDING · place: label in the instance's words, `fund_ledger[defense_plan,2026]`
    found, limit: exact numbers, or words where no number is compared · amount: by how much it fails, None without numbers.
    """

    rule: str
    place: str
    found: Fraction | str
    limit: Fraction | str
    relation: Relation = "="
    amount: Fraction | None = None

    def sentence(self, lang: str) -> str:
        """One line for a reader, `lang` = en or ja."""
        found, limit = (numeral(side) if isinstance(side, Fraction) else shown(side) for side in (self.found, self.limit))
        relation = RELATIONS[self.relation]["ja" if lang == "ja" else "en"]
        if lang == "ja":
            by = "" if self.amount is None else f"、差 {numeral(self.amount)}"
            return f"{self.place}: {wording(self.rule, lang)}（値 {found}、条件 {relation} {limit}{by}）"
        by = "" if self.amount is None else f", off by {numeral(self.amount)}"
        return f"{self.place}: {wording(self.rule, lang)} (found {found}, required {relation} {limit}{by})"


@dataclass(frozen=True)
class Verdict:
    """checks: single comparisons made · violations: those that fail · unaudited: kinds of rules and aims that nothing checks."""

    checks: int
    violations: tuple[Violation, ...]
    unaudited: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Was everything that was checked found in order?"""
        return not self.violations


class Tally:
    """Counts comparisons and keeps those that fail."""

    def __init__(self) -> None:
        self.checks = 0
        self.violations: list[Violation] = []
        self.unaudited: list[str] = []

    def equal(self, rule: str, place: str, found: Number, limit: Number) -> None:
        """found = limit."""
        self._compare(found == limit, rule, place, found, limit, "=")

    def at_most(self, rule: str, place: str, found: Number, limit: Number) -> None:
        """found <= limit."""
        self._compare(found <= limit, rule, place, found, limit, "<=")

    def at_least(self, rule: str, place: str, found: Number, limit: Number) -> None:
        """found >= limit."""
        self._compare(found >= limit, rule, place, found, limit, ">=")

    def below(self, rule: str, place: str, found: Number, limit: Number) -> None:
        """found < limit."""
        self._compare(found < limit, rule, place, found, limit, "<")

    def says(self, holds: bool, rule: str, place: str, found: object, limit: object, relation: Relation = "=") -> None:
        """A comparison of words: ids, statuses, hashes."""
        self.checks += 1
        if not holds:
            self.violations.append(Violation(rule, place, shown(found), shown(limit), relation))

    def unknown(self, kind: str) -> None:
        """Nothing here can check this kind."""
        if kind not in self.unaudited:
            self.unaudited.append(kind)

    def verdict(self) -> Verdict:
        """The finished verdict."""
        return Verdict(self.checks, tuple(self.violations), tuple(self.unaudited))

    def _compare(self, holds: bool, rule: str, place: str, found: Number, limit: Number, relation: Relation) -> None:
        self.checks += 1
        if not holds:
            self.violations.append(Violation(rule, place, Fraction(found), Fraction(limit), relation, abs(Fraction(found) - limit)))
