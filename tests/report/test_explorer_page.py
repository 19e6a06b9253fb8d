"""The explorer's file: what stands in it, in which words, and that nothing in the data can leave its place. No browser needed."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from portfolio.commands.entry import run
from portfolio.formats.result_text import result_text
from portfolio.report.briefing import briefing, material
from portfolio.report.briefing.phrases import say
from portfolio.report.content import funded_table
from portfolio.report.money_tables import matrix
from portfolio.report.writers.explorer import write_explorer
from portfolio.report.writers.explorer.assembly import PAGE, digest, json_script
from portfolio.report.writers.explorer.words import WORDS
from tests.support.briefings import PAYLOADS, gathered, solved

FOUND = cache(gathered)


@cache
def page() -> str:
    return write_explorer(FOUND(), briefing(FOUND(), "en")).decode("utf-8")


def data_of(html: str) -> Any:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    return json.loads(text)


def test_only_its_own_scripts_may_run_and_nothing_may_be_fetched() -> None:
    html = page()
    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', html)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 3
    assert {digest(s) for s in scripts} == set(re.findall(r"'sha256-[^']*'", policy))
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy and "http" not in policy


def test_the_page_links_to_nothing_outside_itself() -> None:
    without_scripts = re.sub(r"<script.*?</script>", "", page(), flags=re.DOTALL)
    assert re.findall(r'(?:src|href|action)="(?!#|data:,")[^"]*"', without_scripts) == []
    assert "url(" not in without_scripts and "@import" not in without_scripts


def test_data_cannot_leave_its_script() -> None:
    said = json_script({"a": [*PAYLOADS, "\u2028\u2029"]})
    assert not set(said) & set("<>&\u2028\u2029")
    assert json.loads(said)["a"] == [*PAYLOADS, "\u2028\u2029"]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_plan_is_printed_as_the_other_formats_print_it(lang: str) -> None:
    found, data = FOUND(), data_of(page())
    strings, words = data["strings"][lang], data["text"][lang]
    assert found.frontier is not None
    plans = {p.id: p.plan for p in found.frontier.points}
    assert {p["id"] for p in data["plans"]} - {"*"} == set(plans)
    unit, units = found.unit(lang), found.units(lang)
    for coded in data["plans"]:
        plan = plans.get(coded["id"], found.plan)
        table = matrix(found.instance, plan, unit, lang)
        assert table is not None
        assert [[strings[n] for n in row] for row in coded[lang]["m"]] == [[c.text for c in row] for row in table.rows]
        funded = funded_table(found.effects, plan, unit, units, lang)
        names = [words["programmes"][p] for p in coded["k"][::3]]
        assert names == [row[0].text for row in funded.rows]
        assert [unit.printed(a) for a in coded[lang]["a"]] == [row[3].text for row in funded.rows]
        ways = [[strings[n] for n in data["ways"][w][lang]] for w in coded["k"][1::3]]
        assert ways == [[row[1].text, row[2].text, *(c.text for c in row[4:-1])] for row in funded.rows]


def test_flows_from_funds_to_fields_sum_to_the_plan() -> None:
    found, data = FOUND(), data_of(page())
    own = data["plans"][data["chosen"]]
    paid = sum(p.amount for c in found.plan.choices for p in c.payments)
    assert sum(own["f"][2::3]) == sum(own["a"][2::3]) == paid


def test_both_languages_have_the_same_words_in_their_own_script() -> None:
    data = data_of(page())
    english, japanese = (data["text"][lang]["ui"] for lang in ("en", "ja"))
    assert set(english) == set(japanese)
    assert all(set(re.findall(r"\{\w+\}", english[k])) == set(re.findall(r"\{\w+\}", japanese[k])) for k in english)
    assert not [k for k in english if re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", english[k])]


def test_a_single_plan_makes_a_page_without_a_frontier() -> None:
    found = material(solved())
    data = data_of(write_explorer(found, briefing(found, "ja")).decode("utf-8"))
    assert data["lang"] == "ja" and not data["frontier"] and len(data["plans"]) == 1


def test_the_same_input_gives_the_same_bytes() -> None:
    assert write_explorer(FOUND(), briefing(FOUND(), "en")).decode("utf-8") == page()


def test_a_plan_without_a_certificate_claims_none() -> None:
    data = data_of(page())
    assert all(data["text"][lang]["point"] == "{point}: " + say("no_certificate", lang) for lang in ("en", "ja"))


def test_the_verb_writes_one_html_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = tmp_path / "toy.result.json"
    result.write_text(result_text(solved()), encoding="utf-8")
    assert run(["report", str(result), "--to", "html", "--lang", "ja", "-o", str(tmp_path / "out")]) == 0
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "briefing.html" and data_of(file.read_text(encoding="utf-8"))["lang"] == "ja"
    assert "briefing.html" in capsys.readouterr().out


def test_every_word_of_the_page_is_asked_for_and_every_word_asked_for_is_there() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in PAGE.rglob("*.*"))
    asked = set(re.findall(r"""(?:ui\(|data-(?:t|label)=)"(\w+)\"""", source))
    known = set(data_of(page())["text"]["en"]["ui"])
    assert {key for key in asked if not key.endswith("_")} <= known
    beginnings = {key for key in asked if key.endswith("_")}
    quoted = asked | set(re.findall(r'"(\w+)"', source)) | {"no_script", "other_answers"}
    assert [key for key in WORDS if key not in quoted and not key.startswith(tuple(beginnings))] == []


@pytest.mark.parametrize("ground", ["--card", "--ground"])
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_is_legible_on_its_ground(theme: int, ground: str) -> None:
    """Contrast of WCAG 2, AA: at least 4.5."""
    blocks = re.findall(r"{([^}]*--paper[^}]*)}", (PAGE / "style.css").read_text(encoding="utf-8"))
    colours = dict(re.findall(r"(--\w+): (#[0-9a-f]{6})", blocks[theme]))
    for name in ("--ink", "--soft", "--strong", "--good", "--bad"):
        light, dark = sorted((luminance(colours[name]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
