"""Markdown (GitHub's tables): the pages in order, every text escaped so that names stay text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from portfolio.report.blocks import Table
from portfolio.report.briefing.parts import Briefing, Page
from portfolio.report.briefing.phrases import say
from portfolio.report.naming import clean

_MARKS = re.compile(r"([\\`*_{}\[\]()#~|!^$:@])")
_START = re.compile(r"^(\s*)([-+=>]|\d+[.)])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def write_markdown(said: Briefing, images: Mapping[str, str] | None = None) -> bytes:
    """images: figure key -> file beside the text; a figure without one is left to the other formats."""
    lines = [f"# {escaped(said.title)}", "", escaped(said.subtitle), ""]
    for page in said.pages:
        lines += _page(page, images or {}, said.lang)
    lines += [f"## {escaped(say('facts_table', said.lang))}", ""]
    lines += [f"- {escaped(say(key, said.lang))}: {escaped(value)}" for key, value in said.facts.items()]
    return ("\n".join(lines) + "\n").encode("utf-8")


def escaped(text: str) -> str:
    """Text that every Markdown reader shows as it is: no markup, no HTML, no automatic links."""
    said = "".join(_ENTITIES.get(c, c) for c in _MARKS.sub(r"\\\1", clean(text)))
    # A dot after www would become a link by itself.
    said = re.sub(r"(?i)\bwww\.", "www&#46;", said)
    return _START.sub(lambda m: f"{m[1]}\\{m[2]}" if not m[2][0].isdigit() else f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", said)


def _page(page: Page, images: Mapping[str, str], lang: str) -> list[str]:
    lines = [f"## {escaped(page.title)}", ""]
    for sentence in page.sentences:
        lines += [escaped(sentence.text), ""]
    for figure in page.figures:
        if figure.key in images:
            lines += [f"![{escaped(figure.title)}]({images[figure.key]})", ""]
            if figure.caption:
                lines += [f"*{escaped(figure.caption)}*", ""]
    for table in page.tables:
        if table.rows:
            lines += [*_table(table, lang), ""]
    for note in dict.fromkeys(page.footnotes):
        lines += [escaped(note), ""]
    return lines


def _table(table: Table, lang: str) -> list[str]:
    lines = [f"**{escaped(table.title)}**", ""] if table.title else []
    lines.append(_row([escaped(c.title) for c in table.columns]))
    lines.append(_row(["--:" if c.numeric else ":--" for c in table.columns]))
    body = table.rows[: len(table.rows) - table.totals]
    kept = body[: table.most or len(body)]
    lines += [_row([escaped(cell.text) for cell in row]) for row in kept]
    lines += [_row([f"**{said}**" if (said := escaped(cell.text)) else "" for cell in row]) for row in table.rows[len(body) :]]
    if len(kept) < len(body):
        lines += ["", escaped(say("more_rows", lang, n=len(body) - len(kept)))]
    return lines


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
