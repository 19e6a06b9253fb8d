"""What the verbs hand on: exact, replayable records. All that a report or an audit may know."""

from portfolio.results.explained import Answered, Explanation
from portfolio.results.frontier import Frontier, FrontierCertificate, FrontierPoint, Zone
from portfolio.results.plan import RESULT_VERSION, Audit, Choice, Claim, LedgerLine, Payment, Plan, Proof, Range, Result, Status

__all__ = [
    "RESULT_VERSION",
    "Answered",
    "Audit",
    "Choice",
    "Claim",
    "Explanation",
    "Frontier",
    "FrontierCertificate",
    "FrontierPoint",
    "LedgerLine",
    "Payment",
    "Plan",
    "Proof",
    "Range",
    "Result",
    "Status",
    "Zone",
]
