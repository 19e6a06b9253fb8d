"""One look for every format: Okabe-Ito colours (Okabe and Ito 2008, readable with any colour vision), one blue ramp, and who gets which colour."""

from __future__ import annotations

from collections.abc import Sequence

from portfolio.report.svg import RAMP

BLUE, ORANGE, GREEN, RED, SKY, PINK, YELLOW, GREY, INK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#F0E442",
    "#999999",
    "#222222",
)
SERIES = (BLUE, ORANGE, GREEN, RED, SKY, PINK, YELLOW)
"""In this order; what is summed up as `others` is grey."""
PAPER, FAINT, SOFT = "#FFFFFF", "#D9D9D9", "#F2F4F7"
GAIN, LOSS, CHOSEN, KNEE, NEIGHBOUR = BLUE, RED, RED, GREEN, ORANGE
KNOWN = {"stated": BLUE, "derived": SKY, "unannotated": GREY, "judgement": ORANGE}
STATUS = {"core": BLUE, "contested": ORANGE, "borderline": ORANGE, "exterior": GREY, "never": GREY}


def series_colours(n: int, others: bool = False) -> list[str]:
    """Colours of n series; with `others` the last is grey. More than seven repeat: charts group before that."""
    named = n - 1 if others else n
    return [*(SERIES[i % len(SERIES)] for i in range(named)), *([GREY] if others else [])]


def ramp(share: float) -> str:
    """0..1 -> a blue between nearly white and dark."""
    place = min(max(share, 0.0), 1.0) * (len(RAMP) - 1)
    n = min(int(place), len(RAMP) - 2)
    return _hex([round(a + (b - a) * (place - n)) for a, b in zip(RAMP[n], RAMP[n + 1], strict=True)])


def on(colour: str) -> str:
    """Ink that is legible on the colour: relative luminance after WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return PAPER if luminance < 0.19 else INK


def _hex(parts: Sequence[int]) -> str:
    return "#" + "".join(f"{p:02X}" for p in parts)
