"""The smallest set of named rules that no plan obeys together: no rule of it can be left out.

QuickXplain (Junker 2004, AAAI, p. 167) over the rules, first with the relaxation as referee (fast), then rule by rule with whole decisions; where the
relaxation is feasible - only whole decisions conflict - with whole decisions from the start. Irreducible sets: Chinneck, Dravnieks 1991,
doi:10.1287/ijoc.3.2.157. A question that ends at a limit keeps its rule, and the conflict is then not called minimal.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from portfolio.explain.feasible import Rulebook
from portfolio.explain.repair import repairs, shortfalls
from portfolio.results.explanation import Conflict, RuleChange

MOST_REPAIRS = 4
"""Repairs listed: the smallest, and the smallest ones that leave one of its rules alone."""
Referee = Callable[[Sequence[str]], bool]
"""Do these rules conflict for certain?"""
ORDER = (
    "mandatory", "forbidden", "requires", "excludes", "at_least", "aim_floor", "criterion_bound", "need", "floor", "focus", "diversify", "persistence",
    "linear", "share", "ceiling", "capacity", "match", "budget",
)  # fmt: skip
"""Kinds that are kept in preference: of several conflicts, the one of decisions and plain limits is told rather than the one of technical terms."""


def find_conflict(book: Rulebook, with_repairs: bool = True) -> Conflict | None:
    """A minimal conflict, with what each rule would have to give and the smallest repairs; None when the rules can be obeyed (or nothing is proven)."""
    begun = time.perf_counter()
    rank = {kind: n for n, kind in enumerate(ORDER)}
    keys = [rule.key for rule in sorted(book.rules, key=lambda r: rank.get(r.kind, len(ORDER)))]
    relaxed = book.obeyed(keys, whole=False) == "no"
    if not relaxed and book.obeyed(keys) != "no":
        return None
    kept = _minimal(keys, lambda some: book.obeyed(some, whole=not relaxed) == "no")
    open_: list[str] = []
    for key in list(kept):
        rest = [k for k in kept if k != key]
        answer = book.obeyed(rest)
        if answer == "no":
            kept = rest
        elif answer == "open":
            open_.append(key)
    alone = shortfalls(book, kept)
    rules = tuple(alone[key] for key in kept)
    found = repairs(book, kept, MOST_REPAIRS) if with_repairs else ()
    return Conflict(
        rules=rules, minimal=not open_, open=tuple(k for k in open_ if k in kept), integral=not relaxed, repairs=found,
        searched=len(keys), seconds=round(time.perf_counter() - begun, 3),
    )  # fmt: skip


def _minimal(keys: list[str], conflict: Referee) -> list[str]:
    """A subset that conflicts, none of whose members can be left out as far as the referee can tell; earlier keys are preferred."""
    if conflict([]):
        return []
    return _explain([], [], keys, conflict)


def _explain(background: list[str], added: list[str], keys: list[str], conflict: Referee) -> list[str]:
    if added and conflict(background):
        return []
    if len(keys) == 1:
        return keys
    half = len(keys) // 2
    first, second = keys[:half], keys[half:]
    later = _explain(background + first, first, second, conflict)
    earlier = _explain(background + later, later, first, conflict)
    return earlier + later


__all__ = ["RuleChange", "find_conflict"]
