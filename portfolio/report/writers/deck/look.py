"""Where a deck's fonts and colours come from: the toolkit's own theme, or a template's theme, which is left as it is.

Series use the theme's accents, so that a chart in a house template has the house's colours; the toolkit's own theme has the palette as accents.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Emu, Inches, Pt

from portfolio.errors import UsageError
from portfolio.report.palette import BLUE, GREEN, ORANGE, PINK, RED, SKY, ramp

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
LATIN, JAPANESE = "Arial", "Yu Gothic"
"""Fonts of the toolkit's theme; Yu Gothic comes with Windows and Office for Mac, elsewhere a Japanese font of the system takes its place."""
ACCENTS = {BLUE: 1, ORANGE: 2, GREEN: 3, RED: 4, SKY: 5, PINK: 6}
POINT = 12_700
"""EMU per point."""
WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
TEMPLATE_TYPE = b"presentationml.template.main+xml"
DECK_TYPE = b"presentationml.presentation.main+xml"
MACROS = re.compile(rb"macroEnabled|vbaProject")
MOST_UNPACKED = 500_000_000
"""Bytes of a template's parts, unpacked: pictures included, house templates have some 10 MB."""


@dataclass(frozen=True)
class Look:
    """A presentation to fill, and whether its theme is a user's."""

    deck: Any
    own: bool
    accent: str

    def paint(self, fill: Any, colour: str) -> None:
        """Fill with a palette colour: by accent where it is one, else as RGB."""
        fill.solid()
        if colour in ACCENTS:
            fill.fore_color.theme_color = getattr(MSO_THEME_COLOR, f"ACCENT_{ACCENTS[colour]}")
        else:
            fill.fore_color.rgb = RGBColor.from_string(colour[1:])

    def ramp(self, share: float) -> str:
        """The palette's ramp, or white to the template's first accent."""
        if self.own:
            return ramp(share)
        mixed = [round(255 + (int(self.accent[i : i + 2], 16) - 255) * min(max(share, 0.0), 1.0)) for i in (1, 3, 5)]
        return "#" + "".join(f"{m:02X}" for m in mixed)


def house() -> Look:
    """A 16:9 deck with the toolkit's theme."""
    deck = Presentation()
    wider = WIDTH / deck.slide_width
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    master = deck.slide_master
    for holder in (master, *deck.slide_layouts):
        for shape in holder.placeholders:
            if shape._element.xpath("./p:spPr/a:xfrm"):
                shape.left, shape.width = Emu(int(shape.left * wider)), Emu(int(shape.width * wider))
    for holder in (master, deck.slide_layouts[1]):
        for shape in holder.placeholders:  # type: ignore[misc]
            kind = shape.placeholder_format.type
            if "TITLE" in str(kind):
                shape.left, shape.top, shape.width, shape.height = Inches(0.5), Inches(0.3), Inches(12.33), Inches(0.8)
            elif "BODY" in str(kind) or "OBJECT" in str(kind):
                shape.left, shape.top, shape.width, shape.height = Inches(0.5), Inches(1.2), Inches(12.33), Inches(5.55)
    for shape in deck.slide_layouts[0].placeholders:  # type: ignore[misc]
        kind = str(shape.placeholder_format.type)
        if "TITLE" in kind:
            first = "SUBTITLE" not in kind
            shape.left, shape.width = Inches(0.9), Inches(11.5)
            shape.top, shape.height = (Inches(2.0), Inches(1.6)) if first else (Inches(3.8), Inches(1.4))
            _lead(shape, "3600" if first else "1800")
    for style in master._element.xpath(".//p:titleStyle/a:lvl1pPr"):
        style.set("algn", "l")
        for run in style.iterfind(f"{A}defRPr"):
            run.set("sz", "2600")
            run.set("b", "1")
    _own_theme(master)
    return Look(deck, True, BLUE)


def _lead(shape: Any, size: str) -> None:
    """The cover's first level: flush left, of that size (hundredths of a point)."""
    styles = shape._element.xpath("./p:txBody/a:lstStyle")[0]
    for old in styles.findall(f"{A}lvl1pPr"):
        styles.remove(old)
    level = etree.Element(f"{A}lvl1pPr", marL="0", indent="0", algn="l")
    styles.insert(0, level)
    etree.SubElement(level, f"{A}buNone")
    etree.SubElement(level, f"{A}defRPr", sz=size)


def _own_theme(master: Any) -> None:
    part = master.part.part_related_by(RT.THEME)
    root = etree.fromstring(part.blob)
    root.set("name", "portfolio")
    for n, colour in enumerate(ACCENTS, 1):
        slot = root.find(f".//{A}accent{n}")
        for child in list(slot):
            slot.remove(child)
        etree.SubElement(slot, f"{A}srgbClr", val=colour[1:])
    for group in ("majorFont", "minorFont"):
        fonts = root.find(f".//{A}{group}")
        fonts.find(f"{A}latin").set("typeface", LATIN)
        fonts.find(f"{A}ea").set("typeface", JAPANESE)
        for font in fonts.iterfind(f"{A}font"):
            if font.get("script") == "Jpan":
                font.set("typeface", JAPANESE)
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def template(path: Path) -> Look:
    """A user's .pptx or .potx, its slides taken out. Raises UsageError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})", f"{path}: 読み込めません（{error.strerror}）") from None
    try:
        deck = Presentation(io.BytesIO(_as_deck(data)))
    except Exception:
        # The package's reader raises whatever its parser meets; a file that it cannot open is a user's mistake, not ours.
        raise UsageError(
            f"{path} is not a PowerPoint file without macros (.pptx or .potx)",
            f"{path} はマクロなしのPowerPointファイル（.pptx、.potx）ではありません",
        ) from None
    if not len(deck.slide_layouts):
        raise UsageError(f"{path} has no slide layout", f"{path} にスライドレイアウトがありません")
    for entry in list(deck.slides._sldIdLst):
        deck.part.drop_rel(entry.rId)
        deck.slides._sldIdLst.remove(entry)
    return Look(deck, False, _accent(deck))


def _as_deck(data: bytes) -> bytes:
    """A template's content type makes the reader refuse it: the same package as a presentation."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        types = package.read("[Content_Types].xml")
        if MACROS.search(types) or sum(item.file_size for item in package.infolist()) > MOST_UNPACKED:
            raise ValueError("macros, or too large")
        if TEMPLATE_TYPE not in types:
            return data
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
            for item in package.infolist():
                held = package.read(item)
                copy.writestr(item.filename, held.replace(TEMPLATE_TYPE, DECK_TYPE) if item.filename == "[Content_Types].xml" else held)
    return out.getvalue()


def _accent(deck: Any) -> str:
    root = etree.fromstring(deck.slide_master.part.part_related_by(RT.THEME).blob)
    found = root.find(f".//{A}accent1/{A}srgbClr")
    return BLUE if found is None else "#" + str(found.get("val")).upper()


def small(frame: Any, size: float) -> None:
    """One font size for every paragraph of a text frame."""
    for paragraph in frame.paragraphs:
        paragraph.font.size = Pt(size)


def own_size(shape: Any) -> float | None:
    """Points of text that a placeholder inherits from its layout or master; None where neither says."""
    kind, level = shape.placeholder_format, "./p:txBody/a:lstStyle/a:lvl1pPr/a:defRPr/@sz"
    layout = shape.part.slide_layout
    master = layout.slide_master
    for holder in (layout, master):
        for above in holder.placeholders:
            if above.placeholder_format.type == kind.type:
                found = above._element.xpath(level)
                if found:
                    return int(found[0]) / 100
    style = "p:titleStyle" if "TITLE" in str(kind.type) and "SUBTITLE" not in str(kind.type) else "p:bodyStyle"
    found = master._element.xpath(f".//{style}/a:lvl1pPr/a:defRPr/@sz")
    return int(found[0]) / 100 if found else None
