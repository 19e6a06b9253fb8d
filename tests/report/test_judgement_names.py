"""Names of judgements: what kind of number, whose, in both languages, and no two alike in one sweep."""

from __future__ import annotations

import pytest

from portfolio.api.public import load
from portfolio.library import load_model
from portfolio.report.judgements import JudgementNames
from portfolio.report.sweep_content import sweep_content
from portfolio.report.terminal import render
from portfolio.results.sweep import Factor
from portfolio.schema.instance import Instance
from portfolio.schema.validate import parse_instance
from portfolio.sensitivity.sweep import Todo, run_sweep


@pytest.fixture(scope="module")
def instance() -> Instance:
    raw = load("lorie-savage").canonical()
    raw["quantities"] = {"price_of_steel": {"value": 2}, "price_of_oil": {"value": 3}, "rate_usd": {"value": 4}}
    return parse_instance(raw)


@pytest.mark.parametrize(
    ("key", "paths", "en", "ja"),
    [
        ("quantities.*#4", ("quantities.price_of_steel",), "shared numbers: price of steel", "共通の数値：price of steel"),
        (
            "quantities.*",
            ("quantities.price_of_steel", "quantities.price_of_oil", "quantities.rate_usd"),
            "shared numbers: price of steel, price of oil +1",
            "共通の数値：price of steel、price of oil +1",
        ),
        ("programmes.*.options.*.cost", ("programmes.project_1.options.x.cost",), "programmes: options, cost", "事業：方法・費用"),
        (
            "programmes.*.options.*.cost#2",
            ("programmes.project_1.options.x.cost", "programmes.project_1.options.y.cost", "programmes.project_2.options.x.cost"),
            "programmes: options, cost, Project 1, Project 2",
            "事業：方法・費用・プロジェクト1、プロジェクト2",
        ),
    ],
)
def test_a_factor_is_named_by_kind_and_owner(key: str, paths: tuple[str, ...], en: str, ja: str, instance: Instance) -> None:
    named = {p.id: (p.name.get("en") or p.id, p.name.get("ja") or p.id) for p in instance.programmes}
    for lang, wanted in (("en", en), ("ja", ja)):
        for n in (1, 2):
            english = f"Project {n}" if lang == "en" else f"プロジェクト{n}"
            wanted = wanted.replace(english, named[f"project_{n}"][lang == "ja"])
        assert JudgementNames(instance, lang).of(key, paths) == wanted


def test_factors_that_would_be_named_alike_are_counted(instance: Instance) -> None:
    paths = ("programmes.project_1.options.x.cost",)
    factors = [Factor(id=f"programmes.*.options.*.cost#{n}", mode="own", paths=paths) for n in (2, 3)]
    for lang, ends in (("en", ("(1 of 2)", "(2 of 2)")), ("ja", ("（2組中1）", "（2組中2）"))):
        found = JudgementNames(instance, lang).of_all(factors)
        assert [name.endswith(end) for name, end in zip(found.values(), ends, strict=True)] == [True, True]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_table_of_a_sweep_speaks_in_paths(instance: Instance, lang: str) -> None:
    sweep = run_sweep(instance, load_model(), None, Todo(vary=("programmes.*.effects.*=x0.7:1.3", "funds.*.years.*=x0.7:1.2")))
    text = render(sweep_content(sweep, lang), 160)
    assert ".*." not in text
    assert ("funds" if lang == "en" else "財源") in text
