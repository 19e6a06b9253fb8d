"""Explanations under an aim that ranks criteria, against enumeration: the first criterion in which a plan falls behind decides."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from portfolio.api.allocate import Effort as Solve
from portfolio.api.allocate import allocate
from portfolio.commands.entry import run
from portfolio.errors import AuditFailed
from portfolio.explain.effort import Effort
from portfolio.explain.presence import RANKED, explain_programme
from portfolio.explain.question import Question
from portfolio.explain.variants import with_programme
from portfolio.library import load_model
from portfolio.results import Result
from portfolio.schema.aim import Lexicographic
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from tests.conformance import oracle
from tests.support.small_instances import small
from tests.support.tiers import seeds

SPEC = load_model()
EXACT = Effort(gap=0.0, solves=60)
GRID_LOSS = 0.15
"""As in test_presence."""


def fits(instance: Instance) -> bool:
    return (
        1 < oracle.count(instance, 41) <= 40
        and len(instance.criteria) > 1
        and not any(p.mandatory or p.forbidden for p in instance.programmes)
        and oracle.minimise(instance, SPEC, {"growth": 1.0}) is not None
    )


@cache
def drawn(seed: int) -> tuple[Instance, Result]:
    for attempt in range(20):
        instance = parse_instance(small(100 * seed + attempt, fits))
        second = next(c.id for c in instance.criteria if c.id != "growth")
        aim = Lexicographic(kind="lexicographic", order=("growth", second), tolerance=Fraction(1, 10))
        try:
            result = allocate(instance, SPEC, aim, Solve(gap=Fraction(0)))
        except AuditFailed:
            continue
        if len(result.claims) == 2 and "growth" in result.ranges and "growth" in result.claims[1].within:
            return instance, result
    raise AssertionError(seed)


@pytest.mark.parametrize("seed", seeds(9300, 5, 200))
def test_the_first_criterion_in_which_it_falls_behind_decides(seed: int) -> None:
    instance, result = drawn(seed)
    assert result.plan is not None
    question, second = Question(result), result.claims[1].of
    funded = {c.programme for c in result.plan.choices}
    admitted = -float(result.claims[1].within["growth"])
    for programme in instance.programmes:
        answer = explain_programme(question, programme.id, EXACT)
        side = {"forbidden": True} if programme.id in funded else {"mandatory": True}
        other = with_programme(instance, programme.id, **side)
        first = oracle.minimise(other, SPEC, {"growth": 1.0})
        if first is None:
            assert answer.status == "infeasible", (seed, programme.id)
        elif first.value > admitted + GRID_LOSS:
            assert answer.of == "growth" and answer.bound is not None and not answer.held, (seed, programme.id)
            assert first.value - GRID_LOSS <= float(answer.bound) <= first.value + 1e-5
            assert answer.note == RANKED and not answer.break_evens
        elif first.value < admitted - GRID_LOSS:
            best = oracle.minimise(other, SPEC, {second: 1.0}, {"growth": admitted})
            assert best is not None and answer.of == second and set(answer.held) == {"growth"}, (seed, programme.id)
            assert answer.bound is not None and answer.note == ""
            assert best.value - GRID_LOSS <= float(answer.bound) <= best.value + 1e-5, (seed, programme.id)


def test_words_name_the_criterion_that_decides_and_the_level_that_is_held(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    run(["generate", "--programmes", "8", "--seed", "3", "-o", "made.json"])
    assert run(["solve", "made.json", "-q", "-o", "made.result.json", "--lexicographic", "growth,public", "--tolerance", "5%"]) == 0
    result = Question(_read("made.result.json"))
    said: dict[str, str] = {}
    for lang in ("en", "ja"):
        for name in [p.id for p in result.instance.programmes if p.id not in result.funded][:3]:
            capsys.readouterr()
            assert run(["explain", "made.result.json", name, "--lang", lang, "--break-even", "effect"]) == 0
            said[lang] = said.get(lang, "") + capsys.readouterr().out
    assert "had to stay at least as good as" in said["en"] or "The aim ranks criteria" in said["en"]
    assert "水準以上に保つ" in said["ja"] or "順位を付けています" in said["ja"]


@pytest.mark.parametrize("flags", [["--prices"], ["--persist", "1"], ["--alternatives", "2"]])
def test_what_has_no_meaning_under_ranks_is_refused_with_the_reason(
    flags: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    run(["generate", "--programmes", "8", "--seed", "3", "-o", "made.json"])
    run(["solve", "made.json", "-q", "-o", "made.result.json", "--lexicographic", "growth,public"])
    for lang, words in (("en", "ranks criteria"), ("ja", "順位")):
        capsys.readouterr()
        assert run(["explain", "made.result.json", *flags, "--lang", lang]) == 2
        assert words in capsys.readouterr().err


def _read(path: str) -> Result:
    from portfolio.formats.result_text import read_result

    return read_result(path)
