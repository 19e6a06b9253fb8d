"""What a printed number is as a number, for formats that calculate: the text's own digits, so that sums agree as printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from portfolio.report.blocks import Cell
from portfolio.report.numbers import NONE

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?( %)?")


@dataclass(frozen=True)
class Printed:
    """value: of the text, a percentage as share · decimals: digits after the point as printed."""

    value: Fraction
    decimals: int
    percent: bool = False
    grouped: bool = False

    @property
    def number_format(self) -> str:
        """The same look in a spreadsheet."""
        tail = "." + "0" * self.decimals if self.decimals else ""
        return ("#,##0" if self.grouped else "0") + tail + (" %" if self.percent else "")


def printed(cell: Cell) -> Printed | None:
    """The number that the cell prints; a dash whose exact value is 0 is 0; None for anything else."""
    if cell.text == NONE:
        return Printed(Fraction(0), 0) if cell.value == 0 else None
    found = _NUMBER.fullmatch(cell.text)
    if found is None or cell.value is None:
        return None
    sign, head, tail, share = found.groups()
    units = int(head.replace(",", "") + (tail or ""))
    decimals = len(tail or "")
    value = Fraction(-units if sign == "-" else units, 10**decimals * (100 if share else 1))
    return Printed(value, decimals, bool(share), "," in head)
