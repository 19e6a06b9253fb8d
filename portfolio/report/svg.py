"""Two plain figures as SVG text: stacked bars and a heat map. Colours are Okabe-Ito and one blue ramp, readable without colour vision; no dependency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

FONT = "font-family='Helvetica, Arial, &quot;Noto Sans CJK JP&quot;, sans-serif'"
INK, FAINT = "#222222", "#bbbbbb"
COLOURS = {
    "stated": "#0072B2",
    "derived": "#56B4E9",
    "fact": "#009E73",
    "external": "#F0E442",
    "alone": "#D55E00",
    "unannotated": "#999999",
}
RAMP = ((247, 251, 255), (158, 202, 225), (49, 130, 189), (8, 48, 107))


def stacked_bars(title: str, unit: str, rows: Sequence[tuple[str, Mapping[str, float]]], kinds: Mapping[str, str]) -> str:
    """One horizontal bar per row, in parts; the total stands at its end. kinds: part -> label, in order."""
    left, bar, step, top = 330, 560, 22, 92
    most = max((sum(parts.values()) for _, parts in rows), default=1.0) or 1.0
    tick = _tick(most)
    height = top + step * len(rows) + 56
    out = [_head(left + bar + 110, height, title)]
    x = 24
    for kind, label in kinds.items():
        out.append(f"<rect x='{x}' y='48' width='14' height='14' fill='{COLOURS[kind]}'/>{_text(x + 20, 60, label, 13)}")
        x += 46 + 7 * len(label)
    low = top + step * len(rows)
    n = 0
    while n * tick <= most * 1.0001:
        at = left + bar * n * tick / most
        out.append(f"<line x1='{at:.1f}' y1='{top - 6}' x2='{at:.1f}' y2='{low}' stroke='{FAINT}' stroke-width='0.7'/>")
        out.append(_text(at, low + 18, f"{n * tick:,.0f}", 12, "middle"))
        n += 1
    out.append(_text(left + bar / 2, low + 40, unit, 13, "middle"))
    for number, (name, parts) in enumerate(rows):
        y = top + step * number
        out.append(_text(left - 8, y + 13, name, 12, "end"))
        at = float(left)
        for kind in kinds:
            long = bar * parts.get(kind, 0.0) / most
            if long > 0:
                out.append(f"<rect x='{at:.1f}' y='{y + 2}' width='{long:.1f}' height='{step - 6}' fill='{COLOURS[kind]}'/>")
            at += long
        out.append(_text(at + 5, y + 13, _amount(sum(parts.values())), 11))
    return "\n".join([*out, "</svg>", ""])


def heat_map(title: str, unit: str, rows: Sequence[str], columns: Sequence[str], cells: Sequence[Sequence[float]]) -> str:
    """Darker = more (square-root ramp); an empty cell is blank. The number stands in the cell."""
    left, top, wide, step = 330, 270, 54, 24
    most = max((v for row in cells for v in row), default=1.0) or 1.0
    out = [_head(left + wide * len(columns) + 130, top + step * len(rows) + 84, title)]
    out.append(_text(24, 58, unit, 13))
    for m, name in enumerate(columns):
        x = left + wide * m + wide / 2 + 4
        out.append(f"<g transform='translate({x:.1f},{top - 8}) rotate(-52)'>{_text(0, 0, name, 12)}</g>")
    for n, name in enumerate(rows):
        y = top + step * n
        out.append(_text(left - 8, y + 16, name, 12, "end"))
        for m, value in enumerate(cells[n]):
            x = left + wide * m
            share = (value / most) ** 0.5
            fill = _ramp(share) if value > 0 else "#ffffff"
            out.append(f"<rect x='{x}' y='{y}' width='{wide - 1}' height='{step - 1}' fill='{fill}' stroke='#e5e5e5' stroke-width='0.6'/>")
            if value > 0:
                out.append(_text(x + wide / 2, y + 16, _amount(value), 10.5, "middle", "#ffffff" if share > 0.55 else INK))
    y = top + step * len(rows) + 22
    out.append(_text(left, y + 13, "0", 12, "end"))
    out += [f"<rect x='{left + 8 + 6 * i}' y='{y}' width='6' height='16' fill='{_ramp((i / 49) ** 0.5)}'/>" for i in range(50)]
    out.append(_text(left + 316, y + 13, _amount(most), 12))
    return "\n".join([*out, "</svg>", ""])


def _head(width: float, height: float, title: str) -> str:
    size = f"width='{width:.0f}' height='{height:.0f}' viewBox='0 0 {width:.0f} {height:.0f}'"
    opening = f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img' {FONT}>"
    return f"{opening}\n<title>{escape(title)}</title>\n<rect width='100%' height='100%' fill='#ffffff'/>\n{_text(24, 30, title, 17, weight='bold')}"


def _text(x: float, y: float, said: str, size: float, anchor: str = "start", fill: str = INK, weight: str = "normal") -> str:
    style = f"font-size='{size:g}' text-anchor='{anchor}' fill='{fill}' font-weight='{weight}'"
    return f"<text x='{x:.1f}' y='{y:.1f}' {style}>{escape(said)}</text>"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 9.5 else f"{value:.1f}"


def _tick(most: float) -> float:
    for step in (10.0**p * m for p in range(-3, 9) for m in (1, 2, 5)):
        if most / step <= 8:
            return step
    return most


def _ramp(share: float) -> str:
    """0..1 -> a blue between nearly white and dark."""
    place = min(max(share, 0.0), 1.0) * (len(RAMP) - 1)
    n = min(int(place), len(RAMP) - 2)
    mixed = [round(a + (b - a) * (place - n)) for a, b in zip(RAMP[n], RAMP[n + 1], strict=True)]
    return "#" + "".join(f"{c:02x}" for c in mixed)
