"""Answers kept: under the hash of what they depend on in a store, and together in the explanation of one result."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from portfolio.api.record import toolkit_version, versions
from portfolio.engine.store import Record, Store
from portfolio.formats.result_text import record_of
from portfolio.results import Result
from portfolio.results.explained import Answered, Explanation, Topic
from portfolio.results.explanation import EXPLANATION_VERSION
from portfolio.schema.instance import content_hash


def about(result: Result) -> str:
    """Content hash of what answers are about: instance, model, aim, frozen ranges, the reported plan and its claims, the solver's seed."""
    return content_hash(
        {
            "instance": result.instance_hash,
            "model": result.model_hash,
            "aim": result.aim,
            "ranges": {c: r.model_dump(mode="json") for c, r in result.ranges.items()},
            "claims": [c.model_dump(mode="json") for c in result.claims],
            "plan": None if result.plan is None else result.plan.model_dump(mode="json"),
            "seed": result.options.get("seed", 0),
        }
    )


def key_of(about_: str, topic: Topic, question: Mapping[str, Any]) -> str:
    """Content hash of everything that an answer depends on."""
    return content_hash(
        {"explain": EXPLANATION_VERSION, "toolkit": toolkit_version(), "about": about_, "topic": topic, "question": dict(question)}
    )


def answered(record: Record) -> Answered:
    """What a store holds as an answer. Raises InvalidInput."""
    return record_of(record, Answered, tuple(Answered.model_fields))


def ask_once(
    result: Result,
    topic: Topic,
    question: Mapping[str, Any],
    store: Path | str | None,
    stop: threading.Event,
    work: Callable[[], Mapping[str, Any]],
) -> tuple[Answered, bool]:
    """(the answer, was it in the store?). work: the answer's fields, asked for only when the store has none. An answer cut short is not kept."""
    key = key_of(about(result), topic, question)
    with Store(store) as kept:
        held = kept.find([key])
        if key in held:
            return answered(held[key]), True
        fields = work()
        answer = Answered(topic=topic, key=key, question=dict(question), **{"finished": not stop.is_set(), **fields})
        if answer.finished:
            kept.put({key: answer.model_dump(mode="json")})
        return answer, False


def explanation(result: Result, answers: Iterable[Answered], earlier: Explanation | None = None) -> Explanation:
    """The answers with those of an earlier explanation of the same result: a question asked again keeps its place and takes the newer answer,
    unless that was cut short."""
    held = {a.key: a for a in earlier.answers} if earlier is not None else {}
    for answer in answers:
        before = held.get(answer.key)
        if before is None or answer.finished or not before.finished:
            held[answer.key] = answer if before is None else _with_frontier(answer, before)
    return Explanation(
        instance_hash=result.instance_hash,
        model_hash=result.model_hash,
        about=about(result),
        title=str(result.instance.get("header", {}).get("id", "")),
        aim=result.aim,
        claims=result.claims,
        answers=tuple(held.values()),
        versions=versions(),
    )


def _with_frontier(answer: Answered, before: Answered) -> Answered:
    """What a frontier said stays where the newer answer was asked without one."""
    new, old = answer.presence, before.presence
    if new is None or old is None or new.frontier is not None or old.frontier is None:
        return answer
    return answer.model_copy(update={"presence": new.model_copy(update={"frontier": old.frontier, "frontier_size": old.frontier_size})})
