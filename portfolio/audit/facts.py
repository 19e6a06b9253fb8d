"""What a rule's checker may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portfolio.audit.outcome import Outcome
from portfolio.audit.selection import Selection
from portfolio.audit.verdict import Tally
from portfolio.results import Plan


@dataclass(frozen=True)
class Facts:
    """The plan as printed, and the selection and outcome derived from its payments."""

    plan: Plan
    selection: Selection
    outcome: Outcome


Checker = Callable[[Any, Facts, Tally], None]
"""checker(rule, facts, tally): compares with `tally.at_most`, `tally.equal`, ..."""
