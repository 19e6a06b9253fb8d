"""Two results side by side: what moved, what differs in the input, and how the earlier plan fares under the later one's data.

The change of the aim splits exactly in two: the earlier plan carried into the later data (the numbers' part), then the later plan (the plan's part).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from portfolio.errors import UsageError
from portfolio.explain.carried import carry
from portfolio.explain.moves import shift
from portfolio.explain.question import Question
from portfolio.results import Result
from portfolio.results.explanation import Comparison, InputChange

LONGEST = 80
"""Characters of a value that differs."""


def compare(before: Result, after: Result) -> Comparison:
    """Raises UsageError when one of the two holds no plan, or they share no criterion."""
    if before.plan is None or after.plan is None:
        raise UsageError("both results must hold a plan", "比較には両方の結果に計画が必要です")
    # Where nothing moved in the later question, the earlier one's ranges make the scores.
    question = Question(after if after.ranges else after.model_copy(update={"ranges": before.ranges}))
    if not set(before.plan.criteria) & set(after.plan.criteria):
        raise UsageError("the results have no criterion in common", "共通の評価基準がありません")
    there = carry(before.plan, question.instance, question.spec)
    carried = None if there.plan is None else there.plan.criteria
    inputs = [
        *differences(before.instance, after.instance),
        *differences(before.model, after.model, "model"),
        *differences(before.aim, after.aim, "aim"),
    ]
    claim = after.claims[-1] if after.claims else None
    return Comparison(
        shift=shift(before.plan, after.plan),
        inputs=tuple(inputs),
        carried=carried,
        breaks=there.breaks,
        aim_before=_worth(question, before.plan.criteria),
        aim_carried=None if carried is None else _worth(question, carried),
        aim_after=_worth(question, after.plan.criteria),
        bound_after=claim.bound if claim is not None and claim.of == question.of else None,
        of=question.of,
    )


def _worth(question: Question, criteria: dict[str, Fraction]) -> Fraction | None:
    """The later aim's value, where all of its criteria are there."""
    return question.worth(criteria) if set(question.ranges) <= set(criteria) else None


def differences(before: Any, after: Any, place: str = "") -> Iterator[InputChange]:
    """Leaves that differ, by path; entries of lists are told apart by their id."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            if key not in ("schema_version", "format"):
                yield from differences(before.get(key), after.get(key), f"{place}.{key}" if place else str(key))
    elif _by_id(before) and _by_id(after):
        old, new = ({entry["id"]: entry for entry in listed} for listed in (before, after))
        for key in dict.fromkeys([*old, *new]):
            yield from differences(old.get(key), new.get(key), f"{place}.{key}" if place else str(key))
    elif before != after:
        yield InputChange(place=place, before=_brief(before), after=_brief(after))


def _by_id(listed: Any) -> bool:
    return isinstance(listed, list) and bool(listed) and all(isinstance(entry, dict) and "id" in entry for entry in listed)


def _brief(value: Any) -> str:
    if value is None:
        return ""
    text = str(value.get("value", value)) if isinstance(value, dict) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
