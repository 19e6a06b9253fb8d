"""Markdown: every name reads as it is written; no markup, link or HTML comes out of one."""

from __future__ import annotations

import re

import pytest

from portfolio.report.writers.markdown import escaped, write_markdown
from tests.support.briefings import FORMULAS, MARKUP, PATHS, PAYLOADS, told


def _shown(text: str) -> str:
    """What a Markdown reader shows: backslashes off, entities as characters."""
    plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&#46;", "."), ("&amp;", "&")):
        plain = plain.replace(entity, character)
    return plain


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_name_is_shown_as_it_is(payload: str) -> None:
    said = escaped(payload)
    assert "<" not in said
    assert not re.search(r"(?<!\\)[\[\]`*_|!$]", said)
    assert not re.match(r"\s*([-+>#=]|\d+[.)])\s", said)
    assert not re.search(r"(?i)www\.|(?<!\\)://", said)
    assert _shown(said) == " ".join(payload.replace("\u0000", "\ufffd").replace("\u202e", "\ufffd").split())


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("names", [FORMULAS, MARKUP, PATHS], ids=["formula", "markup", "path"])
def test_rows_keep_their_columns_whatever_the_names(names: tuple[str, ...], lang: str) -> None:
    text = write_markdown(told(lang, names)).decode("utf-8")
    assert "<" not in text
    width = 0
    for line in text.splitlines():
        bars = len(re.findall(r"(?<!\\)\|", line))
        assert not line.startswith("|") or not width or bars == width
        width = bars if line.startswith("|") else 0


def test_figures_are_shown_where_files_are_given() -> None:
    said = told("en")
    key = said.figures[0].key
    text = write_markdown(said, {key: "figure.svg"}).decode("utf-8")
    assert text.count("](figure.svg)") == 1


def test_totals_and_the_run_are_there() -> None:
    said = told("en")
    text = write_markdown(said).decode("utf-8")
    assert said.facts["instance_hash"] in text
    assert f"## {escaped(said.pages[0].title)}" in text
