"""The independent exact checker: instance + plan -> verdict, in rationals (docs/published-rules.md).

It imports schema, results, numerics and errors only: it must not share code with what it checks.

    verdict = audit_plan(instance, model, plan);   verdict.checks, verdict.violations, verdict.unaudited
    audit_result(result)                           the same from a result file, with hashes, claims and status
    audit_frontier(frontier)                       the same for a frontier and its certificate
    register_checker("my_rule", checker)           a plug-in rule brings its checker
"""

from portfolio.audit.facts import Checker, Facts
from portfolio.audit.frontier import audit_frontier
from portfolio.audit.plan import audit_plan
from portfolio.audit.registry import CHECKERS, register_checker
from portfolio.audit.result import audit_result
from portfolio.audit.verdict import Tally, Verdict, Violation

__all__ = [
    "CHECKERS",
    "Checker",
    "Facts",
    "Tally",
    "Verdict",
    "Violation",
    "audit_frontier",
    "audit_plan",
    "audit_result",
    "register_checker",
]
