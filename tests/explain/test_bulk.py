"""All unfunded programmes in one call: however many workers, the answers are the same, and what a stop leaves is taken up again."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import portfolio
from portfolio.engine.work import Tally
from portfolio.explain.public import explain_unfunded
from portfolio.results.explanation import Presence


def plain(answers: list[Presence]) -> list[dict[str, Any]]:
    return [a.model_dump(mode="json", exclude={"seconds"}) for a in answers]


def test_the_number_of_workers_changes_no_answer() -> None:
    result = portfolio.solve("toy")
    alone, _ = explain_unfunded(result, workers=1)
    together, _ = explain_unfunded(result, workers=3)
    assert plain(alone) == plain(together) and len(alone) == 3


def test_what_a_stop_leaves_is_answered_by_the_next_run(tmp_path: Path) -> None:
    result, stop = portfolio.solve("toy"), threading.Event()

    def watch(tally: Tally) -> None:
        stop.set()

    first, _ = explain_unfunded(result, store=tmp_path / "kept.sqlite", stop=stop, watch=watch)
    assert 1 <= len(first) < 3
    second, reused = explain_unfunded(result, store=tmp_path / "kept.sqlite")
    assert reused == len(first) and len(second) == 3
