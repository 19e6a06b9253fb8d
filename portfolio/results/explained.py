"""What `portfolio explain` saves: the questions put to one result, each with its answer (explanation.py)."""

from __future__ import annotations

from typing import Any, Literal

from portfolio.results.explanation import (
    EXPLANATION_VERSION,
    Alternatives,
    Conflict,
    Core,
    Presence,
    Price,
    Stability,
)
from portfolio.results.plan import Claim
from portfolio.schema.record import Record

Topic = Literal["programme", "infeasible", "prices", "alternatives", "core", "persist"]


class Answered(Record):
    """One question and its answer. key: content hash of all that the answer depends on · question: options as they were given

    of: what values are counted in, `aim` or a criterion · finished: not cut short by an interruption
    presence (topic programme), conflict (infeasible; None: there is a plan), prices, alternatives, core, stability (persist): the answer itself.
    """

    topic: Topic
    key: str
    question: dict[str, Any]
    finished: bool = True
    of: str = ""
    presence: Presence | None = None
    conflict: Conflict | None = None
    prices: tuple[Price, ...] = ()
    alternatives: Alternatives | None = None
    core: Core | None = None
    stability: Stability | None = None


class Explanation(Record):
    """All answers about one result, in the order in which they were first asked.

    about: content hash of the result's instance, model, aim, ranges, claims and plan (`explain.collection.about`): answers hold for that plan alone
    title: id of the instance · claims: of that result.
    """

    format: Literal["portfolio-explanation"] = "portfolio-explanation"
    schema_version: int = EXPLANATION_VERSION
    instance_hash: str
    model_hash: str
    about: str
    title: str = ""
    aim: dict[str, Any] = {}
    claims: tuple[Claim, ...] = ()
    answers: tuple[Answered, ...] = ()
    versions: dict[str, str] = {}

    def presences(self) -> dict[str, Presence]:
        """Programme -> its fullest answer: finished before cut short, then most break-evens, then narrowest, then latest."""
        best: dict[str, Answered] = {}
        for answer in self.answers:
            said = answer.presence
            if said is not None and (said.programme not in best or _rank(answer) >= _rank(best[said.programme])):
                best[said.programme] = answer
        return {name: answer.presence for name, answer in best.items() if answer.presence is not None}

    def last(self, topic: Topic) -> Answered | None:
        """The latest answer to a topic."""
        return next((a for a in reversed(self.answers) if a.topic == topic), None)


def _rank(answer: Answered) -> tuple[bool, bool, int, float]:
    said = answer.presence
    if said is None:
        return False, False, 0, 0.0
    settled = sum((b.out is not None) + (b.enough is not None) for b in said.break_evens)
    return answer.finished, said.status in ("proven", "infeasible"), settled, -float(said.gap if said.gap is not None else 1)
