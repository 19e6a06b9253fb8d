"""Plans published by other processes are the plans published here; a worker that dies is an error with a name. Tier: test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import pytest

import portfolio
from portfolio.api import publishing as office
from portfolio.api.frontier import Effort, frontier
from portfolio.api.publishing import Publishers, publisher_of, publishing
from portfolio.engine.processes import Processes
from portfolio.engine.work import Done, Task
from portfolio.errors import SolverFailure
from portfolio.library import load_model
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

EPSILON = Fraction(1, 10)
SIZES = {"funds": 3, "years": 3, "scenarios": 4, "exposures": 4, "needs": 3, "fields": 4, "archetypes": 2}


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(portfolio.generate(programmes=6, options=1, **SIZES), load_model())


def test_who_publishes_does_not_show(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "HIRING", 0.0)
    weights = np.array([1.0, 0.5, 0.2])
    x = session.minimise(weights, Ask()).x
    assert x is not None
    here = publisher_of(session, (0, 1, 2))(x, weights)
    with publishing(session, (0, 1, 2), 2, threading.Event()) as publish:
        first, second = publish(x, weights), publish(x, weights)
    assert first == here
    assert second == here


def test_a_frontier_is_the_same_whoever_publishes(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    alone = frontier(session.instance, session.spec, EPSILON)
    hired = counted(monkeypatch)
    frontier(session.instance, session.spec, EPSILON, Effort(workers=2))
    assert hired == [], "a small frontier is published here"
    monkeypatch.setattr(office, "HIRING", 0.0)
    other = frontier(session.instance, session.spec, EPSILON, Effort(workers=2))
    assert hired == [2]
    assert (other.points, other.certificate, other.audit) == (alone.points, alone.certificate, alone.audit)


def test_what_a_script_registered_is_published_where_it_is_known(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    monkeypatch.setattr(office, "HIRING", 0.0)
    monkeypatch.setattr(office, "BUNDLED", frozenset())
    hired = counted(monkeypatch)
    frontier(session.instance, session.spec, EPSILON, Effort(workers=2))
    assert hired == []


@pytest.mark.parametrize(("done", "error"), [(Done(lost=(Task("", {}),)), SolverFailure), (MemoryError("full"), MemoryError)])
def test_workers_that_fail_end_the_search(
    done: Done | BaseException, error: type[BaseException], monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    monkeypatch.setattr(office, "HIRING", 0.0)
    monkeypatch.setattr(office, "Processes", lambda *_: Failing(done))
    x, weights = np.zeros(session.program.n), np.ones(3)
    with publishing(session, (0, 1, 2), 2, threading.Event()) as publish:
        publish(session.minimise(weights, Ask()).x, weights)
        with pytest.raises(error):
            publish(x, weights)


def test_after_a_stop_nothing_is_published(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    monkeypatch.setattr(office, "HIRING", 0.0)
    stop, weights = threading.Event(), np.ones(3)
    x = session.minimise(weights, Ask()).x
    assert x is not None
    with publishing(session, (0, 1, 2), 2, stop) as publish:
        assert publish(x, weights) is not None
        stop.set()
        assert publish(x, weights) is None


class Failing:
    """A pool that gives the same answer to everything."""

    def __init__(self, done: Done | BaseException) -> None:
        self.done = done

    def hand_out(self, tasks: Sequence[Task], back: Callable[[Done | BaseException], None]) -> None:
        back(self.done)

    def close(self) -> None:
        pass


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Widths of the pools that are made from now on."""
    widths: list[int] = []

    def made(maker: Publishers, width: int, stop: threading.Event) -> Processes:
        widths.append(width)
        return Processes(maker, width, stop)

    monkeypatch.setattr(office, "Processes", made)
    return widths
