"""The answers of a complete search as plain data, and back again to go on with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from portfolio.errors import UsageError
from portfolio.pareto.evidence import FREE, Evidence
from portfolio.pareto.feasible import Feasible
from portfolio.pareto.steps import steps_of
from portfolio.pareto.subproblem import Answer
from portfolio.program import Floats, Program
from portfolio.schema.exact import to_fraction


def written(answers: Sequence[Answer]) -> dict[str, Any]:
    """JSON-ready; solutions as the columns that are not 0, with every digit of their floats."""
    return {"answers": [_entry(answer) for answer in answers]}


def _entry(answer: Answer) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "evidence": [[list(e.weights), [None if b == FREE else b for b in e.box], e.bound] for e in answer.evidence],
        "spent": [answer.solves, answer.nodes],
    }
    if answer.x is not None and answer.counts is not None:
        entry["counts"] = list(answer.counts)
        entry["x"] = {str(j): repr(float(answer.x[j])) for j in np.flatnonzero(answer.x)}
    return {**entry, "trouble": answer.trouble} if answer.trouble else entry


def restored(program: Program, data: Mapping[str, Any]) -> list[Answer]:
    """Raises UsageError where the data is damaged or a solution in it does not belong to the program."""
    feasible, steps = Feasible(program), steps_of(program)

    def answer(entry: Mapping[str, Any]) -> Answer:
        pieces = tuple(
            Evidence(tuple(map(int, weights)), tuple(FREE if b is None else int(b) for b in box), None if bound is None else int(bound))
            for weights, box, bound in entry["evidence"]
        )
        solves, nodes = entry["spent"]
        x = _solution(program.n, entry["x"]) if "x" in entry else None
        counts = tuple(map(int, entry["counts"])) if x is not None else None
        lengths = {len(v) for piece in pieces for v in (piece.weights, piece.box)} | ({len(counts)} if counts else set())
        if lengths - {program.q}:
            raise ValueError("a vector of another length")
        if x is not None and (feasible.rounded(x) is None or tuple(steps.counts(x).tolist()) != counts):
            raise ValueError("a solution that the problem does not have")
        return Answer(pieces, counts, x, int(solves), int(nodes), str(entry.get("trouble", "")))

    try:
        return [answer(entry) for entry in data["answers"]]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UsageError(f"the state to resume from is damaged: {error}", f"再開用の状態が壊れています: {error}") from None


def _solution(n: int, entries: Mapping[str, Any]) -> Floats:
    x = np.zeros(n)
    for j, value in entries.items():
        if int(j) < 0:
            raise ValueError("a column that the problem does not have")
        x[int(j)] = float(to_fraction(value))
    return x
