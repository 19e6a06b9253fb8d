"""The complete nondominated set of instances whose criteria lie on grids: equal to brute force over all choices, audited, resumable. Tier: test."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import portfolio
from portfolio.api.complete_frontier import complete_frontier
from portfolio.api.frontier import Effort
from portfolio.api.recheck import recheck, start_is_high_enough
from portfolio.audit import audit_frontier
from portfolio.errors import AuditFailed, UsageError
from portfolio.formats.frontier_text import frontier_of, parse_frontier
from portfolio.formats.json_text import parse_json
from portfolio.formats.result_text import result_text
from portfolio.library import load_model
from portfolio.results import Frontier
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

MODEL = load_model("allocation")
Vector = tuple[Fraction, ...]


def on_grids(seed: int) -> Instance:
    """5 to 7 all-or-nothing programmes, 2 or 3 criteria that add up effects in thirds, halves or whole numbers, with rules between programmes."""
    rng = random.Random(seed)
    n, q = rng.randint(5, 7), rng.randint(2, 3)
    units = [Fraction(1, rng.choice((1, 1, 2, 3))) for _ in range(q)]
    programmes = [
        {
            "id": f"p{k}",
            "cost": rng.randint(1, 6),
            "effects": {f"c{i}": str(rng.randint(-2, 9) * units[i]) for i in range(q)},
        }
        for k in range(n)
    ]
    rules: list[dict[str, Any]] = [
        {"id": "x", "kind": "excludes", "of": ["p0", "p1"]},
        {"id": "r", "kind": "requires", "if": "p2", "of": ["p3"]},
    ]
    return parse_instance(
        {
            "header": {"id": "grids", "first_year": 2026, "last_year": 2027, "grid": "0.1"},
            "criteria": [{"id": f"c{i}", "kind": "contribution"} for i in range(q)],
            "funds": [{"id": "k", "years": {"2026": rng.randint(3, 6), "2027": rng.randint(2, 6)}}, {"id": "l", "years": {"2027": 2}}],
            "programmes": programmes,
            "rules": rules[: rng.randint(0, 2)],
        }
    )


def brute_force(instance: Instance) -> set[Vector]:
    """Minimised vectors of all choices of programmes for which money can be found, nondominated ones only."""
    session = Session(instance, MODEL)
    take = session.program.block("take")
    assert take is not None
    found = set()
    for chosen in itertools.product((0, 1), repeat=take.size):
        with session.taking(dict(zip(take.index, chosen))):
            outcome = session.minimise(np.ones(session.program.q), Ask())
        if outcome.x is not None:
            plan, _ = session.publish(outcome.x, np.ones(session.program.q))
            found.add(tuple(s * plan.criteria[c] for c, s in zip(session.program.names, session.program.signs)))
    return {v for v in found if not any(w != v and all(a <= b for a, b in zip(w, v)) for w in found)}


def vectors(found: Frontier) -> list[Vector]:
    assert found.certificate is not None
    pairs = list(zip(found.certificate.criteria, found.certificate.signs))
    return [tuple(s * point.plan.criteria[c] for c, s in pairs) for point in found.points]


@pytest.fixture(scope="module")
def found() -> Frontier:
    return complete_frontier(on_grids(5), MODEL)


def bare(frontier: Frontier) -> str:
    return result_text(frontier.model_copy(update={"seconds": {}, "search": {}}))


@pytest.mark.parametrize("seed", range(8))
def test_the_set_equals_brute_force_over_all_choices(seed: int) -> None:
    instance = on_grids(seed)
    made = complete_frontier(instance, MODEL)
    assert made.status == "complete" and made.certificate is not None and made.certificate.certified == 0
    assert vectors(made) == sorted(brute_force(instance))
    verdict = audit_frontier(made)
    assert verdict.holds and not verdict.unaudited, verdict.violations


def test_the_file_says_the_same_after_reading_and_through_the_library(found: Frontier) -> None:
    assert parse_frontier(result_text(found)) == found
    assert bare(portfolio.frontier(on_grids(5), complete=True)) == bare(found)


def test_another_door_confirms_the_zones(found: Frontier) -> None:
    assert start_is_high_enough(found)
    assert all(r.holds and r.confirmed for r in recheck(found, "pyomo:highs", 4, 30.0))


def test_two_workers_find_the_same(found: Frontier) -> None:
    assert bare(complete_frontier(on_grids(5), MODEL, Effort(workers=2))) == bare(found)


def test_a_subset_of_the_criteria() -> None:
    instance = on_grids(2)
    names = [c.id for c in instance.criteria][:2]
    made = complete_frontier(instance, MODEL, criteria=names)
    assert made.certificate is not None and list(made.certificate.criteria) == names and audit_frontier(made).holds


def stopped(instance: Instance, answers: int) -> Frontier:
    stop = threading.Event()
    seen = 0

    def watch(_: object) -> None:
        nonlocal seen
        seen += 1
        if seen >= answers:
            stop.set()

    return complete_frontier(instance, MODEL, Effort(stop=stop, watch=watch))


@pytest.mark.parametrize("answers", [3, 8])
def test_a_stopped_run_claims_what_the_ideals_prove_and_goes_on_to_the_same_end(found: Frontier, answers: int) -> None:
    part = stopped(on_grids(5), answers)
    assert part.status == "interrupted" and part.certificate is not None and part.certificate.certified > 0
    assert audit_frontier(part).holds and start_is_high_enough(part)
    # Every nondominated vector is within the weaker certificate.
    for vector in vectors(found):
        worst = [max((n - v) / r for n, v, r in zip(one, vector, part.certificate.scale)) for one in vectors(part)]
        assert min(worst) <= part.certificate.certified
    again = complete_frontier(on_grids(5), MODEL, earlier=parse_frontier(result_text(part)))
    assert bare(again) == bare(found)


def test_checkpoints_are_frontiers_with_a_weaker_certificate() -> None:
    states: list[Frontier] = []
    whole = complete_frontier(on_grids(3), MODEL, Effort(save=states.append))
    assert states and all(s.status in ("limit", "no_plan", "complete") and audit_frontier(s).holds for s in states)
    assert bare(complete_frontier(on_grids(3), MODEL, earlier=states[0])) == bare(whole)


def test_no_time_and_no_plan() -> None:
    nothing = complete_frontier(on_grids(5), MODEL, Effort(seconds=0.0))
    assert (nothing.status, nothing.points, nothing.certificate) == ("no_plan", (), None)


def test_a_criterion_without_a_grid_and_another_run_are_refused(found: Frontier) -> None:
    with pytest.raises(UsageError, match="no usable grid"):
        complete_frontier(portfolio.generate(programmes=6), MODEL)
    with pytest.raises(UsageError, match="another"):
        complete_frontier(on_grids(2), MODEL, earlier=found)


def test_points_without_a_plan_on_the_grid_are_not_called_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    publish, calls = Session.publish, []

    def fails_once(self: Session, *more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise AuditFailed("no plan on the grid")
        return publish(self, *more)

    monkeypatch.setattr(Session, "publish", fails_once)
    made = complete_frontier(on_grids(5), MODEL)
    assert made.status == "limit" and any("publication grid" in notice for notice in made.notices)
    assert made.certificate is not None and made.certificate.certified > 0 and audit_frontier(made).holds


LIES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a point left out": lambda raw: raw["points"].pop(),
    "a zone left out": lambda raw: (raw["certificate"]["zones"].pop(), raw["certificate"]["emptied_by"].pop()),
    "no evidence": lambda raw: raw["certificate"].update(evidence=[], emptied_by=[]),
    "evidence in another box": lambda raw: [e.update(box=[0] * len(e["box"])) for e in raw["certificate"]["evidence"]],
    "a smaller bound": lambda raw: [e.update(bound=-10_000) for e in raw["certificate"]["evidence"]],
    "a bound that points contradict": lambda raw: raw["certificate"]["evidence"][0].update(bound=10_000, box=[None] * 3),
    "another step": lambda raw: raw["certificate"].update(step=["7"] * len(raw["certificate"]["step"])),
    "negative weights": lambda raw: [e.update(weights=[-w for w in e["weights"]]) for e in raw["certificate"]["evidence"]],
    "complete with an open zone": lambda raw: raw["certificate"]["zones"][0].update(alpha="1"),
}


@pytest.mark.parametrize("name", LIES)
def test_lies_about_a_complete_set_are_found(found: Frontier, name: str) -> None:
    raw = parse_json(result_text(found))
    LIES[name](raw)
    assert not audit_frontier(frontier_of(raw)).holds
