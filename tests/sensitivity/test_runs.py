"""Runs: each equals a fresh solve of the varied instance, whoever computed it and after whatever interruption; failures are results."""

from __future__ import annotations

import threading
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from portfolio.api.generate import generate
from portfolio.api.public import load
from portfolio.api.vary import Variants
from portfolio.engine.store import Store
from portfolio.errors import UsageError
from portfolio.library import load_model
from portfolio.results.sweep import Run, Sweep
from portfolio.schema.aim import Lexicographic, Reference, Weighted
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.sensitivity.bench import Frame, SweepMaker, question
from portfolio.sensitivity.factors import settings_of
from portfolio.sensitivity.sweep import Means, Todo, run_sweep
from portfolio.session import Session
from portfolio.solvers.outcome import Ask

SPEC = load_model()
VARY = ("programmes.*.options.*.cost=x0.7:1.3", "funds.*.years.*=x0.6:1.2", "scenarios.*.probability=x0.5:1.5")
CAPITAL = ("programmes.*.effects.*=x0.7:1.3", "programmes.project_6.effects.value=5:20", "funds.*.years.*=x0.7:1.2")


def swept(instance: Instance, todo: Todo, **means: Any) -> Sweep:
    return run_sweep(instance, SPEC, None, todo, Means(**means))


def table(sweep: Sweep) -> Any:
    """Everything but the time it took."""
    return sweep.model_copy(update={"seconds": {}}).model_dump(mode="json")


def test_every_run_lies_within_the_gap_of_a_fresh_solve_of_its_instance() -> None:
    instance = generate(5, seed=1)
    sweep = swept(instance, Todo(kind="monte-carlo", vary=VARY, runs=6, gap=F(1, 500), candidates=0))
    variants, ranges = Variants(instance), sweep.ranges
    wide = {c: abs(float(r.worst - r.best)) for c, r in ranges.items()}
    assert sweep.status == "complete"
    assert len(sweep.runs) == 6
    for run in sweep.runs:
        varied = parse_instance(variants.at(settings_of(variants, sweep.design.factors, run.levels)).canonical())
        session = Session(varied, SPEC)
        weights = np.array([1 / 3 / wide[c] for c in session.program.names])
        best = session.minimise(weights, Ask(gap=1e-6))
        origin = float(weights @ session.minimised({c: r.best for c, r in ranges.items()}))
        assert run.aim is not None and run.bound is not None
        assert run.bound <= best.objective - origin + 1e-6
        assert run.bound - 1e-9 <= run.aim <= best.objective - origin + 1 / 500 + 1e-6
        signs = dict(zip(session.program.names, session.program.signs, strict=True))
        again = sum(signs[c] * (run.criteria[c] - float(r.best)) / wide[c] / 3 for c, r in ranges.items())
        assert again == pytest.approx(run.aim, abs=1e-6)


def test_the_table_is_the_same_for_one_and_two_workers_and_from_a_store(tmp_path: Path) -> None:
    todo = Todo(kind="monte-carlo", vary=CAPITAL, runs=40)
    instance = load("lorie-savage")
    one = swept(instance, todo, workers=1)
    assert table(swept(instance, todo, workers=2)) == table(one)
    with Store(tmp_path / "s.sqlite") as store:
        assert table(swept(instance, todo, workers=2, store=store)) == table(one)
        filled = len(store)
        assert table(swept(instance, todo, workers=1, store=store)) == table(one)
        assert len(store) == filled, "nothing was solved again"


def test_a_run_does_not_depend_on_the_runs_before_it() -> None:
    instance = generate(40, criteria=1)
    todo = Todo(kind="monte-carlo", vary=VARY[:2], runs=8, gap=F(1, 50), candidates=0)
    sweep = swept(instance, todo)
    base = {t.programme: (t.way, t.units) for t in sweep.base.taken} if sweep.base else {}
    aim = Weighted.model_validate(sweep.aim)
    maker = SweepMaker(instance, sweep.design.factors, (Frame(SPEC, aim, sweep.ranges, base, 0.02),))
    asked = [question(point) for point in sweep.design.points]
    one, other, stop = maker(), maker(), threading.Event()
    assert [one(q, stop) for q in asked] == [other(q, stop) for q in reversed(asked)][::-1]


def test_more_factors_or_another_gap_do_not_mix_with_what_the_store_has(tmp_path: Path) -> None:
    instance = load("lorie-savage")
    with Store(tmp_path / "s.sqlite") as store:
        swept(instance, Todo(vary=CAPITAL[:1]), store=store)
        before = len(store)
        swept(instance, Todo(vary=CAPITAL[1:2] + CAPITAL[:1]), store=store)
        assert len(store) == before + 2, "only the new factor's two ends are new"
        swept(instance, Todo(vary=CAPITAL[:1], gap=F(1, 1000)), store=store)
        assert len(store) > before + 2


def test_an_interrupted_sweep_keeps_its_runs_and_a_second_one_completes_the_same_table(tmp_path: Path) -> None:
    todo = Todo(kind="monte-carlo", vary=CAPITAL, runs=70, candidates=0)
    instance, stop = load("lorie-savage"), threading.Event()
    with Store(tmp_path / "s.sqlite") as store:
        part = swept(instance, todo, store=store, stop=stop, watch=lambda _, tally: stop.set() if tally.done >= 20 else None)
        assert part.status == "interrupted"
        assert 0 < len(part.runs) < 70
        whole = swept(instance, todo, store=store)
    assert table(whole) == table(swept(instance, todo))
    assert {r.number: r for r in part.runs}.items() <= {r.number: r for r in whole.runs}.items()


def by_number(sweep: Sweep) -> dict[int, Run]:
    return {run.number: run for run in sweep.runs}


def test_infeasible_and_contradicting_runs_are_results_with_a_reason() -> None:
    raw = load("lorie-savage").canonical()
    raw["programmes"][0]["mandatory"] = True
    instance = parse_instance(raw)
    sweep = swept(instance, Todo(vary=("funds.budget.years.1=5:80", "programmes.project_1.effects.value=-1:20")))
    runs = by_number(sweep)
    assert sweep.status == "complete"
    assert [runs[n].status for n in range(4)] == ["infeasible", "optimal", "optimal", "optimal"]
    assert runs[0].aim is None
    assert sweep.answers.failed == {"infeasible": 1}
    bad = swept(load("lorie-savage"), Todo(vary=("funds.budget.years.1=-5:80",)))
    assert by_number(bad)[0].status == "invalid"
    assert "funds" in by_number(bad)[0].reason.en
    assert by_number(bad)[0].reason.ja != by_number(bad)[0].reason.en


def test_a_base_without_a_plan_ends_the_sweep_with_a_status() -> None:
    raw = load("lorie-savage").canonical()
    raw["programmes"][1]["mandatory"] = True  # needs 54 of 50
    sweep = swept(parse_instance(raw), Todo(vary=("funds.budget.years.1=x0.9:1.1",)))
    assert sweep.status == "infeasible"
    assert sweep.runs == ()


def test_a_number_that_does_not_enter_the_program_changes_nothing() -> None:
    raw = load("lorie-savage").canonical()
    raw["quantities"] = {"idle": {"value": 3, "low": 1, "high": 9, "kind": "judgement"}}
    sweep = swept(parse_instance(raw), Todo())
    assert [f.id for f in sweep.design.factors] == ["quantities.idle"]
    assert all(run.same_as_base for run in sweep.runs)
    assert sweep.answers.swings[0].swing == 0


def test_models_are_compared_on_the_same_data() -> None:
    instance = generate(5, seed=1)
    others = (load_model("expected"), load_model("cells"))
    sweep = swept(instance, Todo(kind="models", models=others, gap=F(1, 100)))
    assert [run.model for run in sweep.runs] == ["allocation", "expected", "cells"]
    assert all(run.status == "optimal" for run in sweep.runs)


def test_weights_sweep_the_simplex() -> None:
    sweep = swept(generate(5, seed=1), Todo(kind="weights", runs=6, gap=F(1, 100), candidates=0))
    assert len(sweep.runs) == 6
    assert all(sum(u for u in run.levels if u is not None) == 1 for run in sweep.runs)
    corner = {i: run for run in sweep.runs for i, u in enumerate(run.levels) if u == 1}
    names = [f.id.partition(".")[2] for f in sweep.design.factors]
    for i, name in enumerate(names):
        sense = -1 if name != "continuity" else 1
        best = min(sense * run.criteria[name] for run in sweep.runs)
        width = abs(float(sweep.ranges[name].worst - sweep.ranges[name].best))
        assert sense * corner[i].criteria[name] <= best + 0.01 * width + 1e-6


def test_regret_of_the_base_is_the_loss_of_keeping_its_choice() -> None:
    instance = load("lorie-savage")
    sweep = swept(instance, Todo(kind="grid", vary=("programmes.project_2.effects.value=10:90",), runs=5, gap=F(1, 10**6)))
    base, runs = sweep.base, sweep.runs
    assert base is not None and base.aim is not None
    for run in runs:
        # The base's five projects keep their value of 70 whatever project 2 (54 in year 1: too dear) is worth.
        assert run.base_aim == pytest.approx(base.aim, abs=1e-9)
    regret = sweep.answers.regrets[0]
    assert regret.number == -1
    assert (regret.low_max, regret.infeasible) == (pytest.approx(0, abs=1e-9), 0)


def test_the_least_regret_among_the_plans_seen_is_found() -> None:
    instance = load("lorie-savage")
    todo = Todo(
        kind="grid",
        vary=("programmes.project_6.effects.value=1:25", "programmes.project_9.effects.value=1:25"),
        runs=16,
        gap=F(1, 10**6),
        candidates=9,
    )
    sweep = swept(instance, todo)
    value = {p.id: float(p.effects["value"].number) for p in instance.programmes}
    best = float(sweep.ranges["value"].best)

    def worth(choice: set[str], run: Run) -> float:
        six, nine = (1 + 24 * float(u or 0) for u in run.levels)
        return sum({**value, "project_6": six, "project_9": nine}[p] for p in choice)

    chosen = {run.number: {t.programme for t in run.taken} for run in sweep.runs}
    for regret in sweep.answers.regrets:
        choice = {t.programme for t in sweep.base.taken} if regret.number < 0 else chosen[regret.number]  # type: ignore[union-attr]
        losses = [worth(chosen[run.number], run) - worth(choice, run) for run in sweep.runs]
        assert regret.low_max == pytest.approx(max(max(losses), 0) / abs(best), abs=1e-6)
    others = [r.low_max for r in sweep.answers.regrets[1:]]
    assert others == sorted(others)  # type: ignore[type-var]


@pytest.mark.parametrize("aim", [Lexicographic(kind="lexicographic", order=("value",)), Reference(kind="reference", point={"value": F(3)})])
def test_an_aim_without_a_common_score_is_refused_before_anything_is_solved(aim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "__init__", lambda *_: pytest.fail("a solver was opened"))
    with pytest.raises(UsageError, match=f"is {aim.kind}: give weights") as refused:
        run_sweep(load("lorie-savage"), SPEC, aim, Todo(vary=CAPITAL))
    assert "--weights" in refused.value.messages["ja"] != refused.value.messages["en"]


def test_only_known_criteria_and_paths_are_swept() -> None:
    instance = load("lorie-savage")
    with pytest.raises(UsageError, match="no criterion"):
        run_sweep(instance, SPEC, Weighted(weights={"beauty": F(1)}), Todo(vary=CAPITAL))
    for vary, words in (("programmes.nobody.cost=x0.5:2", "nobody"), ("funds.*.colour", "fits"), ("funds.budget.years.1", "no range"),
                        ("funds.budget.years.1=9:8", "LOW < HIGH"), ("funds.budget.years.1=a:b", "LOW < HIGH"), ("weights.beauty=0:1", "no such criterion")):  # fmt: skip
        with pytest.raises(UsageError, match=words):
            swept(instance, Todo(vary=(vary,)))
    with pytest.raises(UsageError, match="judgement"):
        swept(instance, Todo())
    with pytest.raises(UsageError, match="one or two factors"):
        swept(instance, Todo(kind="grid", vary=CAPITAL))
