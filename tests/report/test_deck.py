"""Slides: what the charts hold is what the briefing says, names are text, a user's template stays his."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Inches, Pt

from portfolio.errors import UsageError
from portfolio.report.briefing import Briefing
from portfolio.report.briefing.parts import Bars
from portfolio.report.writers.deck import write_deck
from tests.support.briefings import FORMULAS, MARKUP, PATHS, told


def slides(data: bytes) -> list[Any]:
    return list(Presentation(io.BytesIO(data)).slides)


def charts(data: bytes) -> list[Any]:
    return [shape.chart for slide in slides(data) for shape in slide.shapes if shape.has_chart]


def words(slide: Any) -> str:
    """All text of a slide."""
    said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            said += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_page_is_a_slide_with_its_title_and_the_runs_hash_in_its_notes(lang: str) -> None:
    said = told(lang)
    shown = slides(write_deck(said))
    assert len(shown) == len(said.pages) + 1
    for slide, page in zip(shown[1:], said.pages, strict=True):
        assert slide.shapes.title.text == page.title
        assert all(value in slide.notes_slide.notes_text_frame.text for value in said.facts.values())


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_bars_hold_the_numbers_of_the_briefing(lang: str) -> None:
    said = told(lang)
    wanted = [f for page in said.pages for f in page.figures if isinstance(f, Bars)]
    drawn = {(s.name, tuple(s.values)) for chart in charts(write_deck(said)) for plot in chart.plots for s in plot.series}
    assert wanted
    for figure in wanted:
        turn = -1 if figure.lying else 1
        for series in figure.series:
            if any(series.values):
                assert (series.name or " ", tuple(series.values)[::turn]) in drawn, (figure.key, series.name)


def test_japanese_text_has_a_japanese_font_and_language() -> None:
    data = write_deck(told("ja"))
    with zipfile.ZipFile(io.BytesIO(data)) as deck:
        theme = deck.read("ppt/theme/theme1.xml").decode()
        first = deck.read("ppt/slides/slide2.xml").decode()
    assert 'script="Jpan"' in theme and 'lang="ja-JP"' in first


@pytest.mark.parametrize("hostile", [FORMULAS, MARKUP, PATHS], ids=["formulas", "markup", "paths"])
def test_hostile_names_are_text_on_slides_and_in_the_charts_workbooks(hostile: tuple[str, ...]) -> None:
    data = write_deck(told("en", names=hostile))
    for chart in charts(data):
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        assert [c.coordinate for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"] == []
    with zipfile.ZipFile(io.BytesIO(data)) as deck:
        relations = [deck.read(n).decode() for n in deck.namelist() if n.endswith(".rels")]
    assert not any('TargetMode="External"' in text for text in relations)


def plain(change: Callable[[Any], None]) -> bytes:
    deck = Presentation()
    change(deck)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _wide(deck: Any) -> None:
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)


def _coloured(deck: Any) -> None:
    fill = deck.slide_master.background.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor(0x10, 0x20, 0x30)


def _own_title(deck: Any) -> None:
    for shape in deck.slide_layouts[1].placeholders:
        if shape.placeholder_format.idx == 0:
            shape.text_frame.paragraphs[0].font.size = Pt(20)
            shape.left, shape.top, shape.width, shape.height = Inches(1), Inches(0.2), Inches(8), Inches(0.9)


@pytest.mark.parametrize("change", [_wide, _coloured, _own_title], ids=["wide", "coloured", "own title"])
@pytest.mark.parametrize("suffix", ["pptx", "potx"])
def test_a_template_keeps_its_theme_and_size_and_its_titles_are_filled(change: Callable[[Any], None], suffix: str, tmp_path: Path) -> None:
    given = plain(change)
    if suffix == "potx":
        given = as_potx(given)
    template = tmp_path / f"house.{suffix}"
    template.write_bytes(given)
    said = told("ja")
    data = write_deck(said, template)
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(io.BytesIO(given)) as before:
        assert made.read("ppt/theme/theme1.xml") == before.read("ppt/theme/theme1.xml")
        assert made.testzip() is None
    deck = Presentation(io.BytesIO(data))
    empty = Presentation(io.BytesIO(plain(change)))
    assert (deck.slide_width, deck.slide_height) == (empty.slide_width, empty.slide_height)
    titles = [slide.shapes.title.text for slide in list(deck.slides)[1:]]
    assert titles == [page.title for page in said.pages]
    for slide in deck.slides:
        left_over = [p for p in slide.placeholders if p.has_text_frame and not p.text_frame.text and p.placeholder_format.idx < 10]
        assert left_over == []
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width + 1
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height + 1
    assert template.read_bytes() == given


def as_potx(data: bytes) -> bytes:
    """The same package with a template's content type."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(b"presentationml.presentation.main+xml", b"presentationml.template.main+xml")
            new.writestr(name, part)
    return out.getvalue()


def test_a_title_that_fits_keeps_the_templates_own_size(tmp_path: Path) -> None:
    def small_titles(deck: Any) -> None:
        for level in deck.slide_master._element.xpath(".//p:titleStyle/a:lvl1pPr/a:defRPr"):
            level.set("sz", "1900")

    template = tmp_path / "house.pptx"
    template.write_bytes(plain(small_titles))
    titles = [slide.shapes.title for slide in slides(write_deck(told("en"), template))[1:]]
    sizes = {p.font.size for title in titles for p in title.text_frame.paragraphs}
    assert None in sizes and sizes <= {None, *(Pt(n) for n in range(10, 19))}


@pytest.mark.parametrize("content", [b"", b"not a deck", b"PK\x03\x04broken"])
def test_a_template_that_is_none_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.pptx"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"broken\.pptx"):
        write_deck(told("en"), path)


def test_titles_and_tables_are_on_the_slides() -> None:
    said: Briefing = told("en")
    text = "\n".join(words(slide) for slide in slides(write_deck(said)))
    for page in said.pages:
        assert page.title in text
        for table in page.tables:
            assert table.columns[0].title in text
