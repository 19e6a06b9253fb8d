"""Pages -> slides, by placeholder: the headline into the title, sentences into the body, figures and tables into the room that the body leaves."""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.enum.text import PP_ALIGN
from pptx.util import Emu, Inches, Pt

from portfolio.report.blocks import Table
from portfolio.report.briefing.parts import Bars, Briefing, Figure, Heat, Page, Points
from portfolio.report.briefing.phrases import say
from portfolio.report.naming import clean
from portfolio.report.writers.deck import look as looks
from portfolio.report.writers.deck.charts import add_bars, add_points
from portfolio.report.writers.deck.fit import BOLD, LINE, largest, lines
from portfolio.report.writers.deck.grids import add_heat, add_table, fit, natural_width
from portfolio.report.writers.deck.legends import Entry, common, entries
from portfolio.report.writers.deck.look import POINT, Look, own_size, small

TITLES = (KIND.TITLE, KIND.CENTER_TITLE, KIND.VERTICAL_TITLE)
BODIES = (KIND.BODY, KIND.OBJECT)
FOOTERS = (KIND.FOOTER, KIND.SLIDE_NUMBER)
GAP = int(Inches(0.12))
NOTE_SIZE = 9.0
TEXT_SIZES = (18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0)
TITLE_SIZES = (28.0, 26.0, 24.0, 22.0, 20.0, 18.0, 16.0)
LEAST_TITLE = 20.0
CHART_SIZE = 10.0
SPACE = "     "
"""Between the entries of a legend."""
TWO, FEW_BARS, UPPER = 2, 6, 0.54
MOST_BELOW = 0.42
"""Share of the room that tables below figures may take."""
SIZES_BELOW = (11.0, 10.5, 10.0, 9.5, 9.0)
CAPTION, MORE = 18.0, 14.0
"""Points of a table's title and of the line that says how many rows are left out."""
TABLE_EDGES = CAPTION + MORE
MOST_TEXT = 0.34
"""Share of the body that sentences take when figures or tables follow."""
Box = tuple[int, int, int, int]


def write_deck(said: Briefing, template: Path | None = None) -> bytes:
    """The deck as .pptx. Raises UsageError for a template that cannot be used."""
    look = looks.house() if template is None else looks.template(template)
    deck = look.deck
    _opening(look, said)
    for page in said.pages:
        _slide(look, said, page)
    properties = deck.core_properties
    properties.title, properties.subject, properties.author = clean(said.title), clean(said.run), "portfolio"
    properties.language = "ja-JP" if said.lang == "ja" else "en-GB"
    for slide in deck.slides:
        _language(slide, properties.language)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _opening(look: Look, said: Briefing) -> None:
    layouts = look.deck.slide_layouts
    layout = next((x for x in layouts if _kinds(x) & {KIND.SUBTITLE, KIND.CENTER_TITLE}), layouts[0])
    slide = look.deck.slides.add_slide(layout)
    title, body = _title(slide), next((p for p in slide.placeholders if p.placeholder_format.type in (KIND.SUBTITLE, *BODIES)), None)
    if title is not None:
        _fill(title, [said.title], (40.0, 36.0, 32.0, 28.0, 24.0))
    if body is not None:
        _fill(body, [said.subtitle, said.run], (20.0, 18.0, 16.0, 14.0, 12.0))
    _clear(slide, {id(title), id(body)}, (title, body))
    _notes(slide, said, None)


def _slide(look: Look, said: Briefing, page: Page) -> None:
    layout = _content_layout(look.deck)
    slide = look.deck.slides.add_slide(layout)
    title, body = _title(slide), _body(slide)
    box = _room(look, layout, title, body)
    heading = clean(page.title)
    if title is not None:
        _fill(title, [heading], TITLE_SIZES)
    else:
        # A layout without a title still needs one: the top of the room.
        _words(slide, [heading], (box[0], box[1], box[2], int(Inches(0.6))), 20.0, True)
        box = (box[0], box[1] + int(Inches(0.7)), box[2], box[3] - int(Inches(0.7)))
    bottom = _footnotes(slide, said, page, box)
    box = (box[0], box[1], box[2], bottom - box[1])
    texts = [clean(s.text) for s in page.sentences]
    parts: list[Figure | Table] = [*page.figures, *page.tables]
    if texts:
        used = _sentences(slide, body, texts, box, bool(parts))
        box = (box[0], box[1] + used + GAP, box[2], box[3] - used - GAP)
    _clear(slide, set(), (title, body if texts else None))
    _lay_out(slide, look, said, parts, box)
    _footer(slide, layout, said)
    _notes(slide, said, page)


def _content_layout(deck: Any) -> Any:
    """One title and one large body; else one title; else the last layout."""

    def rank(layout: Any) -> tuple[int, int]:
        kinds = [p.placeholder_format.type for p in layout.placeholders]
        bodies = sum(k in BODIES for k in kinds)
        titled = any(k in TITLES for k in kinds)
        extras = sum(k not in (*TITLES, *BODIES, *FOOTERS, KIND.DATE) for k in kinds)
        area = max((p.width * p.height for p in layout.placeholders if p.placeholder_format.type in BODIES), default=0)
        return (4 * titled + 2 * (bodies == 1) - extras - (bodies > 1), area)

    return max(deck.slide_layouts, key=rank)


def _room(look: Look, layout: Any, title: Any, body: Any) -> Box:
    """Where content goes: the body's rectangle, else what lies below the title."""
    wide, tall = look.deck.slide_width, look.deck.slide_height
    if body is not None and body.width > 0.5 * wide:
        return int(body.left), int(body.top), int(body.width), int(body.height)
    top = int(title.top + title.height) if title is not None else int(tall * 0.08)
    feet = [p.top for p in layout.placeholders if p.placeholder_format.type in FOOTERS and p.top > tall * 0.8]
    low = int(min(feet, default=int(tall * 0.95)))
    side = int(wide * 0.05)
    return side, top + GAP, int(wide - 2 * side), low - top - 2 * GAP


def _sentences(slide: Any, body: Any, texts: list[str], box: Box, more: bool) -> int:
    """Fill the body with the sentences; returns the height used."""
    room = box[2] / POINT - 30
    most = box[3] / POINT * (MOST_TEXT if more else 1.0)
    size = largest(texts, room, most, TEXT_SIZES[1:] if more else TEXT_SIZES)
    high = int((sum(lines(t, size, room) for t in texts) * LINE * size + 0.35 * size * len(texts) + 8) * POINT)
    place = (box[0], box[1], box[2], min(high, box[3]))
    if body is None:
        _words(slide, texts, place, size, False)
    else:
        body.left, body.top, body.width, body.height = (Emu(v) for v in place)
        _write(body.text_frame, texts, size)
    return place[3]


def _lay_out(slide: Any, look: Look, said: Briefing, parts: list[Figure | Table], box: Box) -> None:
    """Several figures side by side with the tables below them; a single one beside its tables; of two, one with many bars beside the rest."""
    figures = [p for p in parts if not isinstance(p, Table)]
    tables = [p for p in parts if isinstance(p, Table)]
    if not parts:
        return
    if not figures:
        for table, place in zip(tables, _columns(box, len(tables)), strict=True):
            _draw(slide, look, said, table, place)
        return
    if len(figures) == 1 and tables:
        left, right = _beside(tables, box)
        _draw(slide, look, said, figures[0], left)
        for table, place in zip(tables, _rows(right, len(tables)), strict=True):
            _draw(slide, look, said, table, place)
        return
    if len(figures) == TWO and tables and _tall(figures[0]):
        left, right = _columns(box, 2)
        upper, lower = _halves(right, UPPER)
        _draw(slide, look, said, figures[0], left)
        _draw(slide, look, said, figures[1], upper)
        for table, place in zip(tables, _columns(lower, len(tables)), strict=True):
            _draw(slide, look, said, table, place)
        return
    top = box
    if tables:
        room = box[2] / POINT / len(tables)
        needed = max(fit(t, room, box[3] / POINT * MOST_BELOW - TABLE_EDGES, SIZES_BELOW).height for t in tables) + TABLE_EDGES
        low = int(needed * POINT)
        top = (box[0], box[1], box[2], box[3] - low - GAP)
        for table, place in zip(tables, _columns((box[0], box[1] + top[3] + GAP, box[2], low), len(tables)), strict=True):
            _draw(slide, look, said, table, place)
    legend = common(figures)
    if legend:
        strip = _strip(slide, look, legend, top)
        top = (top[0], top[1], top[2], top[3] - strip)
    for figure, place in zip(figures, _columns(top, len(figures)), strict=True):
        _draw(slide, look, said, figure, place, bool(legend))


def _tall(figure: Figure) -> bool:
    return isinstance(figure, Bars) and figure.lying and len(figure.categories) > FEW_BARS


def _beside(tables: list[Table], box: Box) -> tuple[Box, Box]:
    """The table's side gets what its words ask for, between a third and three fifths."""
    wanted = max(natural_width(t, SIZES_BELOW[0]) for t in tables) * POINT
    right = int(min(max(wanted, 0.38 * box[2]), 0.6 * box[2]))
    left = box[2] - right - 2 * GAP
    return (box[0], box[1], left, box[3]), (box[0] + left + 2 * GAP, box[1], right, box[3])


def _strip(slide: Any, look: Look, legend: list[Entry], box: Box) -> int:
    """One legend for several charts at the bottom of the box, as a line of text with coloured signs; returns its height."""
    words = [f"{e.sign} {e.name}" for e in legend]
    high = int((lines(SPACE.join(words), CHART_SIZE, box[2] / POINT - 8) * LINE * CHART_SIZE + 6) * POINT)
    shape = _words(slide, [""], (box[0], box[1] + box[3] - high, box[2], high), CHART_SIZE, False)
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER
    for n, entry in enumerate(legend):
        sign, name = paragraph.add_run(), paragraph.add_run()
        sign.text, name.text = (SPACE if n else "") + entry.sign, f"\u00a0{entry.name}".replace(" ", "\u00a0")
        look.paint(sign.font.fill, entry.colour)
    return high + GAP // 2


def _draw(slide: Any, look: Look, said: Briefing, part: Figure | Table, box: Box, bare: bool = False) -> None:
    """bare: the legend stands elsewhere."""
    if isinstance(part, Bars | Points):
        if not bare and isinstance(part, Bars) and any(s.hidden for s in part.series):
            # Readers disagree on legends from which an entry is deleted.
            box = (box[0], box[1], box[2], box[3] - _strip(slide, look, entries(part), box))
            bare = True
        arguments = (box, CHART_SIZE, bare)
        frame = add_bars(slide, look, part, *arguments) if isinstance(part, Bars) else add_points(slide, look, part, *arguments)
        frame.name, frame._element.nvGraphicFramePr.cNvPr.attrib["descr"] = part.key, clean(f"{part.title}. {part.caption}")
    elif isinstance(part, Heat):
        add_heat(slide, look, part, _caption(slide, part.title, box))
    else:
        head = _caption(slide, part.title, box)
        left_out = add_table(slide, look, part, (head[0], head[1], head[2], head[3] - int(MORE * POINT)))
        if left_out:
            note = (head[0], head[1] + head[3] - int(MORE * POINT), head[2], int(MORE * POINT))
            _words(slide, [say("more_rows", said.lang, n=left_out)], note, NOTE_SIZE, False)


def _caption(slide: Any, title: str, box: Box) -> Box:
    """The table's title above it; returns the room below."""
    if not title:
        return box
    high = int((CAPTION + (lines(clean(title), BOLD * 11.0, box[2] / POINT - 4) - 1) * LINE * 11.0) * POINT)
    _words(slide, [clean(title)], (box[0], box[1], box[2], high), 11.0, True)
    return box[0], box[1] + high, box[2], box[3] - high


def _columns(box: Box, n: int) -> list[Box]:
    wide = (box[2] - GAP * (n - 1)) // n
    return [(box[0] + k * (wide + GAP), box[1], wide, box[3]) for k in range(n)]


def _rows(box: Box, n: int) -> list[Box]:
    high = (box[3] - GAP * (n - 1)) // n
    return [(box[0], box[1] + k * (high + GAP), box[2], high) for k in range(n)]


def _halves(box: Box, share: float) -> tuple[Box, Box]:
    """Above and below; share: of the room for what stands above."""
    high = int((box[3] - GAP) * share)
    return (box[0], box[1], box[2], high), (box[0], box[1] + high + GAP, box[2], box[3] - GAP - high)


def _footnotes(slide: Any, said: Briefing, page: Page, box: Box) -> int:
    """Footnotes and the run at the bottom of the room; returns where they begin."""
    captions = [f.caption for f in page.figures if f.caption]
    texts = list(dict.fromkeys(clean(t) for t in (*captions, *page.footnotes)))
    texts = ["  ·  ".join((*texts, clean(said.run)))]
    room = box[2] / POINT - 8
    high = int((sum(lines(t, NOTE_SIZE, room) for t in texts) * LINE * NOTE_SIZE + 6) * POINT)
    top = box[1] + box[3] - high
    _words(slide, texts, (box[0], top, box[2], high), NOTE_SIZE, False)
    return top - GAP // 2


def _words(slide: Any, texts: list[str], box: Box, size: float, bold: bool) -> Any:
    shape = slide.shapes.add_textbox(*(Emu(v) for v in box))
    frame = shape.text_frame
    frame.margin_left = frame.margin_right = Pt(2)
    frame.margin_top = frame.margin_bottom = Pt(1)
    frame.word_wrap = True
    _write(frame, texts, size)
    for paragraph in frame.paragraphs:
        paragraph.font.bold = bold
    return shape


def _write(frame: Any, texts: list[str], size: float | None) -> None:
    """size: None leaves the placeholder's own."""
    frame.text = texts[0]
    for said in texts[1:]:
        frame.add_paragraph().text = said
    if size is not None:
        small(frame, size)


def _fill(shape: Any, texts: list[str], sizes: tuple[float, ...]) -> None:
    """Text into a placeholder, in the template's own size unless it does not fit."""
    cleaned = [clean(t) for t in texts]
    own = own_size(shape)
    room, height = shape.width / POINT - 16, shape.height / POINT - 8
    size = largest(cleaned, room, height, [own, *(s for s in sizes if s < own)] if own else sizes)
    if len(cleaned) == 1 and lines(cleaned[0], BOLD * size, room) > 1:
        # One line is better than a large one, as long as it is larger than the text below.
        size = next((s for s in sizes if s < size and s >= LEAST_TITLE and lines(cleaned[0], BOLD * s, room) == 1), size)
    _write(shape.text_frame, cleaned, None if size == own else size)


def _clear(slide: Any, _: set[int], keep: tuple[Any, ...]) -> None:
    """Empty placeholders would show their prompt."""
    kept = {shape._element for shape in keep if shape is not None}
    for shape in list(slide.placeholders):
        if shape._element not in kept and not (shape.has_text_frame and shape.text_frame.text):
            shape._element.getparent().remove(shape._element)


def _footer(slide: Any, layout: Any, said: Briefing) -> None:
    """Footer and slide number where the layout has them: they are not copied by themselves."""
    for shape in layout.placeholders:
        if shape.placeholder_format.type in FOOTERS:
            slide.shapes._spTree.append(copy.deepcopy(shape._element))
            if shape.placeholder_format.type == KIND.FOOTER:
                frame = slide.placeholders[shape.placeholder_format.idx].text_frame
                frame.text = clean(said.title)
                frame.paragraphs[0].runs[0].font.name = "+mn-lt"


def _notes(slide: Any, said: Briefing, page: Page | None) -> None:
    """What the speaker has at hand: footnotes, sources, the run in full."""
    texts = list(page.footnotes + page.notes) if page is not None else []
    texts.append(say("spoken_run", said.lang, run="; ".join(f"{say(k, said.lang)}: {v}" for k, v in said.facts.items())))
    slide.notes_slide.notes_text_frame.text = "\n".join(clean(t) for t in texts)


def _language(slide: Any, language: str) -> None:
    for run in slide._element.iter(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}rPr", "{http://schemas.openxmlformats.org/drawingml/2006/main}endParaRPr"
    ):
        run.set("lang", language)


def _kinds(layout: Any) -> set[Any]:
    return {p.placeholder_format.type for p in layout.placeholders}


def _title(slide: Any) -> Any:
    return next((p for p in slide.placeholders if p.placeholder_format.type in TITLES), None)


def _body(slide: Any) -> Any:
    found = [p for p in slide.placeholders if p.placeholder_format.type in BODIES]
    return max(found, key=lambda p: p.width * p.height, default=None)
