"""The engine: every question answered once, whoever works; nothing finished is lost or done again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portfolio.engine.store import Store
from portfolio.engine.threads import Threads
from portfolio.engine.work import MOST_IN_CHUNK, Tally, Task, carry_out
from tests.engine.squares import Squares, questions, squares


def work(tasks: list[Task], store: Store, maker: Any = None, width: int = 2, watch: Callable[[Tally], None] | None = None) -> Any:
    stop = threading.Event()
    pool = Threads(maker or Squares(), width, stop)
    try:
        return carry_out(tasks, pool, store, stop, watch)
    finally:
        pool.close()


@pytest.mark.parametrize("width", [1, 2, 5])
def test_every_question_is_answered_whatever_the_number_of_workers(width: int) -> None:
    with Store() as store:
        assert work(questions(1200), store, width=width) == squares(1200)
        assert len(store) == 1200


def test_what_the_store_has_is_not_asked_again() -> None:
    asked: list[int] = []

    class Noting(Squares):
        def __call__(self) -> Any:
            bench = super().__call__()

            def noting(question: dict[str, Any], stop: threading.Event) -> Any:
                asked.append(question["n"])
                return bench(question, stop)

            return noting

    with Store() as store:
        work(questions(30), store, Noting())
        asked.clear()
        assert work(questions(50), store, Noting()) == squares(50)
        assert sorted(asked) == list(range(30, 50))


def test_the_same_question_twice_is_one_run() -> None:
    with Store() as store:
        assert work(questions(5) + questions(5), store) == squares(5)


def test_a_stop_keeps_what_is_finished_and_resuming_completes_it() -> None:
    stop = threading.Event()
    with Store() as store:
        pool = Threads(Squares(pause=0.005), 2, stop)
        part = carry_out(questions(400), pool, store, stop, lambda tally: stop.set() if tally.done >= 40 else None)
        pool.close()
        assert 40 <= len(part) < 400
        assert store.find([t.key for t in questions(400)]) == part
        assert work(questions(400), store) == squares(400)


def test_an_error_of_a_bench_is_raised_and_finished_runs_stay() -> None:
    with Store() as store:
        with pytest.raises(ZeroDivisionError):
            work(questions(200), store, Squares(pause=0.001, broken=150))
        assert 0 < len(store) < 200


def test_progress_counts_up_to_the_total_with_a_rate() -> None:
    seen: list[Tally] = []
    with Store() as store:
        work(questions(20), store)
        work(questions(120), store, Squares(pause=0.001), watch=seen.append)
    assert seen[-1].done == seen[-1].total == 120
    assert seen[-1].reused == 20
    assert [t.done for t in seen] == sorted(t.done for t in seen)
    assert seen[-1].rate > 0
    assert seen[-1].left == 0
    assert Tally(0, 10, 0, 0.0).left == float("inf")


def test_chunks_grow_to_a_second_of_work_but_leave_nobody_idle() -> None:
    sizes: list[int] = []

    class Counting(Threads):
        def hand_out(self, tasks: Any, back: Any) -> None:
            sizes.append(len(tasks))
            super().hand_out(tasks, back)

    stop = threading.Event()
    with Store() as store:
        pool = Counting(Squares(), 2, stop)
        carry_out(questions(4000), pool, store, stop)
        pool.close()
    assert sizes[0] == 1
    assert 100 < max(sizes) <= MOST_IN_CHUNK
    assert sum(sizes) == 4000


def test_two_stores_of_one_file_serve_two_sweeps_at_once(tmp_path: Path) -> None:
    answers: dict[int, Any] = {}

    def sweep(which: int) -> None:
        with Store(tmp_path / "s.sqlite") as store:
            answers[which] = work(questions(300), store, Squares(pause=0.0005))

    both = [threading.Thread(target=sweep, args=(n,)) for n in (1, 2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert answers[1] == answers[2] == squares(300)
