"""Briefings of the toy instance for tests of writers: with harmless or hostile names, with and without a frontier."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from itertools import cycle
from pathlib import Path
from typing import Any

from portfolio.api.allocate import Effort, allocate
from portfolio.explain.collection import about
from portfolio.formats.json_text import parse_json
from portfolio.library import load_model
from portfolio.report.briefing import Briefing, Material, briefing, material
from portfolio.results import Answered, Explanation, Frontier, FrontierPoint, Result
from portfolio.results.explanation import Interval, Move, Presence, Shift
from portfolio.schema.aim import Weighted
from portfolio.schema.validate import parse_instance

TOY = Path(__file__).parents[1] / "commands" / "toy.json"
CRITERIA = ("growth", "risk", "pub")
NAMED = ("fields", "archetypes", "criteria", "funds", "exposures", "scenarios", "needs", "programmes")
FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x.example\",\"go\")", "+1+1", "-1+1", "@SUM(1,1)", "\t=1+1", "\r=1+1", "=IMPORTXML(1,2)",
    "=WEBSERVICE(\"http://x.example\")", "'=1+1", "''=1+1", "=DDE(\"a\",\"b\",\"c\")", "@cmd", "+cmd|' /C calc'!A0", "-cmd|' /C calc'!A0",
    "{=1+1}", "=1;2", "=\"a\"&\"b\"", "= 1+1", "\n=1+1", "=1\n+1", "=SUM(A1:A9)", "=A1", "+A1", "-A1", "@A1", "=0x1", "=TRUE", "=#REF!",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "<!--", "-->",
    "<a href=\"javascript:alert(1)\">x</a>", "[x](javascript:alert(1))", "![x](http://x.example/a.png)", "`code`", "**bold**", "| a | b |",
    "&lt;script&gt;", "<iframe src=//x.example>", "javascript:alert(1)", "http://x.example/", "www.x.example", "# head", "> quote", "1. item",
    "- item", "<style>*{}</style>", "]]>", "<![CDATA[", "<?xml version=\"1.0\"?>", "<!DOCTYPE x>", "&#x3c;b&#x3e;", "$\\frac{1}{0}$", "$x", "\\x00<b>",
)  # fmt: skip
PATHS = (
    "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "\\\\host\\share", "a/b", "a\\b", ".", "..", "con", "nul", "~", "~root", "$HOME",
    "%TEMP%", "a:b", "a*b", "a?b", "a[b]", "'a'!A1", "file:///etc/passwd", "./x", "x/", "x\u0000y", "x\u202egnp.exe", ".hidden", "-rf", "|id",
    ";id", "$(id)",
)  # fmt: skip
PAYLOADS = (*FORMULAS, *MARKUP, *PATHS)


def toy(names: tuple[str, ...] = ()) -> dict[str, Any]:
    """Raw data; every entry that has a name gets the next of `names`."""
    raw = copy.deepcopy(parse_json(TOY.read_text(encoding="utf-8")))
    if names:
        supply: Iterator[str] = cycle(names)
        raw["header"]["name"] = {"en": next(supply), "ja": next(supply)}
        for kind in NAMED:
            for entry in raw[kind]:
                entry["name"] = {"en": (said := next(supply)), "ja": said}
    return raw


def solved(names: tuple[str, ...] = (), weights: tuple[int, ...] = (1, 1, 1)) -> Result:
    """The toy's plan under these weights."""
    total = sum(weights)
    aim = Weighted(kind="weighted", weights={c: Fraction(w, total) for c, w in zip(CRITERIA, weights, strict=True)})
    return allocate(parse_instance(toy(names)), load_model(), aim, Effort())


def frontier_of(results: list[Result]) -> Frontier:
    """The results' different plans as a frontier without a certificate."""
    plans = {str(sorted(r.plan.criteria.items())): r.plan for r in results if r.plan is not None}
    points = tuple(FrontierPoint(id=f"p{n}", plan=plan) for n, plan in enumerate(plans.values(), 1))
    kept = ("instance_hash", "model_hash", "instance", "model", "ranges", "versions", "audit")
    return Frontier(status="limit", points=points, **{name: getattr(results[0], name) for name in kept})


def explained(result: Result) -> Explanation:
    """Two programmes that the plan leaves out, with losses of 1 to 3 % and 4 to 5 % of the range."""
    assert result.plan is not None
    taken = {c.programme for c in result.plan.choices}
    out = [p["id"] for p in result.instance["programmes"] if p["id"] not in taken][:2]
    change = {c: Fraction(-1, 50) * abs(v) for c, v in result.plan.criteria.items()}
    answers = []
    for n, programme in enumerate(out):
        loss = Interval(low=Fraction(1 + 3 * n, 100), high=Fraction(3 + 2 * n, 100))
        shift = Shift(
            moves=(Move(programme=programme, after="x", money_after=5), Move(programme=min(taken), before="x", money_before=7)),
            criteria=change,
        )
        value = result.claims[-1].value + loss.high
        said = Presence(topic="why_not", programme=programme, of="aim", status="proven", value=value, bound=value, loss=loss, shift=shift)
        answers.append(Answered(topic="programme", key=programme, question={}, of="aim", presence=said))
    return Explanation(instance_hash=result.instance_hash, model_hash=result.model_hash, about=about(result), answers=tuple(answers))


def gathered(names: tuple[str, ...] = ()) -> Material:
    """A plan, a small frontier, and why two programmes are left out."""
    results = [solved(names, w) for w in ((1, 1, 1), (8, 1, 1), (3, 1, 1))]
    return material(results[0], frontier_of(results), None, explained(results[0]))


def told(lang: str = "en", names: tuple[str, ...] = ()) -> Briefing:
    """The briefing of `gathered`."""
    return briefing(gathered(names), lang)
