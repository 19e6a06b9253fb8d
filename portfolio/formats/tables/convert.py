"""The text of one cell -> raw data, by the type of its column."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pydantic_core import PydanticCustomError

from portfolio.formats.tables import cells
from portfolio.formats.tables.cells import CellProblem
from portfolio.formats.tables.layout import At, Column
from portfolio.schema.exact import exact_text, to_fraction


def convert(column: Column, kind: str, text: str, money_unit: Fraction | None) -> Any:
    """Raw JSON data of a cell; text that is no number stays text. kind: the column's type, or `int` where it holds a count.

    money_unit: yen per unit of the instance's money. Raises CellProblem where guessing would be wrong.
    """
    money = money_unit if kind == "money" or column.name == "grid" else None
    if kind in ("text", "both"):
        return text
    if kind in ("id", "choice"):
        return cells.narrow(text)
    if kind == "bool":
        return cells.yes_no(text)
    if kind == "int":
        return cells.whole(text)
    if kind == "exact":
        return cells.number(text, money)
    if kind in ("number", "money"):
        return cells.quantity(text, money)
    if kind in ("product", "weights"):
        return _product(text, kind)
    return _list(text, kind)


def _product(text: str, kind: str) -> Any:
    found = cells.quantity(text)
    if not isinstance(found, dict):
        raise CellProblem("cell_product")
    return found if kind == "product" else found["factors"]


def _list(text: str, kind: str) -> list[Any]:
    if kind == "ids_or_all" and cells.narrow(text) == "*":
        return []
    listed = cells.parts(text)
    if kind == "numbers":
        return [cells.quantity(part[1:-1] if part.startswith("(") else part) for part in listed]
    return [cells.whole(part) if kind == "ints" else cells.narrow(part) for part in listed]


def chosen(column: Column, keys: dict[str, str]) -> At | None:
    """The place whose keys are exactly those the row gives."""
    for at in column.at:
        fixed = dict(at.when)
        if at.keys | fixed.keys() == keys.keys() and all(keys[name] == value for name, value in fixed.items()):
            return at
    return None


def canonical_scale(text: str) -> str:
    """The scale of a curve point as it stands in paths; text that is no number as it is."""
    try:
        return exact_text(to_fraction(text))
    except PydanticCustomError:
        return text
