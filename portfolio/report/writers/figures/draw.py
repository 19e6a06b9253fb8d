"""A figure of the briefing -> the bytes of an image. The same figure gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

from portfolio.report.briefing.parts import Bars, Briefing, Figure, Heat, Points
from portfolio.report.naming import clean
from portfolio.report.palette import FAINT, INK, PAPER
from portfolio.report.writers.figures.bars import draw_bars
from portfolio.report.writers.figures.heat import draw_heat
from portfolio.report.writers.figures.points import draw_points
from portfolio.report.writers.figures.treemap import draw_treemap
from portfolio.report.writers.figures.words import folded

LARGE, SMALL, CAPTION = 1.3, 0.92, 0.78
"""Sizes of title, tick labels and caption against the text."""
STATUS = ("claim", "status", "point")
"""Keys of the sentences that say what is proven of the plan."""


@dataclass(frozen=True)
class Size:
    """Inches, dots per inch, points of text."""

    width: float
    height: float
    dpi: int
    text: float


SIZES = {"slide": Size(10.0, 5.625, 192, 11.0), "print": Size(6.7, 4.4, 300, 8.0)}
Drawing = Callable[[Any, Any], None]


def drawings(said: Briefing) -> dict[str, tuple[Figure, Drawing]]:
    """Name -> what is drawn and how; money by field and archetype is drawn twice, as a heat map and as a treemap."""
    found: dict[str, tuple[Figure, Drawing]] = {}
    for figure in said.figures:
        if isinstance(figure, Bars):
            found[figure.key] = (figure, draw_bars)
        elif isinstance(figure, Points):
            found[figure.key] = (figure, draw_points)
        else:
            found[figure.key] = (figure, draw_heat)
            if any(v > 0 for row in figure.values for v in row):
                found[f"{figure.key}_treemap"] = (figure, draw_treemap)
    return found


def write_figure(said: Briefing, name: str, form: str = "png", size: str = "slide") -> bytes:
    """form: png, svg · size: slide, print · name: a key of `drawings`."""
    figure, draw = drawings(said)[name]
    to = SIZES[size]
    with mpl.rc_context(_look(to, said.lang)):
        canvas = Canvas(figsize=(to.width, to.height), dpi=to.dpi, layout="constrained")
        FigureCanvasAgg(canvas)
        caption = _caption(said, figure, to)
        share = (caption.count("\n") + 1) * to.text * CAPTION * 1.35 / 72 / to.height
        # The caption has a part of its own, so that no legend reaches into it.
        parts: Any = canvas.subfigures(2, 1, height_ratios=[1 - share - 0.03, share + 0.03])
        upper, lower = parts
        engine: Any = canvas.get_layout_engine()
        engine.set(w_pad=0.12, h_pad=0.05)
        axes = upper.add_subplot()
        title = figure.title if not isinstance(figure, Heat) or figure.unit in figure.title else f"{figure.title} ({figure.unit})"
        upper.suptitle(folded(clean(title), to.width * 72 * 0.95, to.text * LARGE), fontsize=to.text * LARGE, x=0.015, ha="left")
        draw(axes, figure)
        lower.text(0.015, 0.25, caption, fontsize=to.text * CAPTION, color="#595959", va="bottom", ha="left", linespacing=1.2)
        out = io.BytesIO()
        about = {"Title": clean(title), "Source": clean(said.run), **({"Date": None} if form == "svg" else {"Software": None})}
        canvas.savefig(out, format=form, metadata=about)
    return out.getvalue()


def _caption(said: Briefing, figure: Figure, to: Size) -> str:
    """What the figure says of itself, what is proven of the plan, the run."""
    proven = [s.text for page in said.pages if page.key == "answer" for s in page.sentences if s.key.startswith(STATUS)]
    texts = dict.fromkeys(clean(t) for t in (figure.caption, *proven, said.run) if t)
    return folded("  ·  ".join(texts), to.width * 72 * 0.97, to.text * CAPTION)


def _look(to: Size, lang: str) -> Any:
    japanese = _japanese()
    return {
        "font.family": [japanese, "DejaVu Sans"] if lang == "ja" else ["DejaVu Sans", japanese],
        "font.size": to.text,
        "axes.titlesize": to.text,
        "axes.labelsize": to.text,
        "xtick.labelsize": to.text * SMALL,
        "ytick.labelsize": to.text * SMALL,
        "legend.fontsize": to.text * SMALL,
        "legend.frameon": False,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.edgecolor": FAINT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": FAINT,
        "grid.linewidth": 0.6,
        "axes.axisbelow": True,
        "axes.unicode_minus": False,
        "figure.facecolor": PAPER,
        "svg.fonttype": "path",
        "svg.hashsalt": "portfolio",
        # A dollar in a name is a dollar, not a formula.
        "text.parse_math": False,
        "text.usetex": False,
    }


def _japanese() -> str:
    """Name of the package's font, made known to matplotlib once."""
    with mpl.rc_context():
        # Importing it changes the settings of whoever uses matplotlib in this process: they are put back.
        import matplotlib_fontja
    path = matplotlib_fontja.matplotlib_fontja.get_font_ttf_path()
    name = str(font_manager.get_font(path).family_name)
    if name not in {f.name for f in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(path)
    return name
