"""Annotated numbers: value, range, unit, source, kind, note.

A plain number stays allowed wherever a quantity is expected; `"@id"` refers to a shared quantity of the instance; `factors`
makes the value a product of named quantities (growth = market x share gain x value added x domestic share x success).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    ValidationInfo,
    WithJsonSchema,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from portfolio.schema.exact import NUMERAL, Exact, exact_json
from portfolio.schema.record import Id, Record, Text, either

Kind = Literal["stated", "derived", "judgement"]
LARGEST = 10**60
"""No real amount is larger, or (but for 0) smaller than its inverse; beyond 10**308 a solver's floating-point numbers end."""
WEAKNESS: dict[str | None, int] = {"stated": 0, "derived": 1, None: 2, "judgement": 3}
"""Order in which knowledge gets weaker; a product is as weak as its weakest factor."""


def is_modest(value: Fraction) -> bool:
    """Has it a size that amounts, shares and effects can have?"""
    return value == 0 or Fraction(1, LARGEST) <= abs(value) < LARGEST


def _lift(raw: Any) -> Any:
    if isinstance(raw, str) and raw.startswith("@"):
        return {"ref": raw[1:]}
    if isinstance(raw, (dict, Quantity)):
        return raw
    return {"value": raw}


Sources = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda raw: (raw,) if isinstance(raw, str) else raw),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""Ids of sources; one may stand without a list."""


class Quantity(Record):
    """One number with its home.

    number: the exact value (`value`, the product of `factors`, or the shared quantity `ref` points to).
    """

    value: Exact | None = None
    factors: dict[Id, Number] | None = Field(default=None, min_length=1)
    ref: str | None = None
    low: Exact | None = None
    high: Exact | None = None
    unit: str | None = None
    source: Sources = ()
    kind: Kind | None = None
    note: Text | None = None
    _resolved: Quantity | None = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        return _lift(raw)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        shared = "@" + r"\w[\w\-]*$"
        return either({"type": ["number", "string"], "pattern": f"{NUMERAL}|^{shared}"}, handler, schema)

    @model_validator(mode="after")
    def _one_home(self, info: ValidationInfo) -> Quantity:
        if (self.value is not None) + (self.factors is not None) + (self.ref is not None) != 1:
            raise PydanticCustomError("one_home", "exactly one of value, factors, ref")
        if self.ref is not None:
            shared = (info.context or {}).get("quantities", {})
            if self.ref not in shared:
                raise PydanticCustomError("unknown_quantity", "an id of quantities", {"known": sorted(shared)})
            object.__setattr__(self, "_resolved", shared[self.ref])
        if not all(is_modest(number) for number in (self.number, self.low, self.high) if number is not None):
            raise PydanticCustomError("size", "a number of ordinary size")
        if (self.low is not None and self.low > self.number) or (self.high is not None and self.high < self.number):
            raise PydanticCustomError("range_order", "low <= value <= high")
        return self

    @property
    def number(self) -> Fraction:
        """The exact value."""
        if self.value is not None:
            return self.value
        if self._resolved is not None:
            return self._resolved.number
        product = Fraction(1)
        for factor in (self.factors or {}).values():
            product *= factor.number
        return product

    @property
    def weakest(self) -> str | None:
        """Kind of the weakest part: judgement if any factor is judgement."""
        parts = [f.weakest for f in (self.factors or {}).values()]
        if self._resolved is not None:
            parts.append(self._resolved.weakest)
        # A product may itself rest on judgement (why these factors?), it cannot be better known than they are.
        return max([*parts, self.kind] if self.kind or not parts else parts, key=WEAKNESS.__getitem__)

    @property
    def named_unit(self) -> str | None:
        """Its unit, or that of the shared quantity it points to."""
        return self.unit if self.unit is not None or self._resolved is None else self._resolved.named_unit

    def leaves(self, path: str) -> Iterator[tuple[str, Quantity]]:
        """(path, quantity) of every number a person wrote here; shared quantities are listed once, by the instance."""
        if self.factors:
            for name, factor in self.factors.items():
                yield from factor.leaves(f"{path}.factors.{name}")
        elif self.ref is None:
            yield path, self

    @model_serializer
    def _dump(self) -> Any:
        said: dict[str, Any] = {
            "value": None if self.value is None else exact_json(self.value),
            "ref": self.ref,
            "factors": self.factors and {name: factor._dump() for name, factor in self.factors.items()},
            "low": None if self.low is None else exact_json(self.low),
            "high": None if self.high is None else exact_json(self.high),
            "unit": self.unit,
            "source": self.source[0] if len(self.source) == 1 else (list(self.source) or None),
            "kind": self.kind,
            "note": self.note and self.note._dump(),
        }
        short = {key: entry for key, entry in said.items() if entry is not None}
        if set(short) == {"ref"}:
            return f"@{self.ref}"
        return short["value"] if set(short) == {"value"} else short


Number = Quantity
Quantity.model_rebuild()


def plain(value: Fraction | int) -> Quantity:
    """A quantity without annotation."""
    return Quantity.model_construct(value=Fraction(value), source=())
