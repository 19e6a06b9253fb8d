"""What every schema class shares: frozen, closed to unknown keys, bilingual text, ids."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, model_serializer, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def _whole(raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, str) and _WHOLE.fullmatch(raw):
        return int(raw)
    if isinstance(raw, Decimal) and raw.is_finite() and raw.adjusted() < 18 and raw == raw.to_integral_value():
        return int(raw)
    raise PydanticCustomError("whole_number", "a whole number")


class _Numeral:
    """JSON Schema: as a key, a whole number is a text of digits (on a number itself a pattern has no effect)."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^{_WHOLE.pattern}$"}


Whole = Annotated[int, BeforeValidator(_whole), _Numeral]
"""A whole number; as a key of an object its plain numeral, so that no two keys ("2026", "02026") mean the same year. true is no number."""
Id = Annotated[str, Field(pattern=r"^\w[\w\-]*$", max_length=80)]


class Record(BaseModel):
    """Frozen data, validated when built; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def either(short: dict[str, Any], handler: GetJsonSchemaHandler, schema: CoreSchema) -> dict[str, Any]:
    """JSON Schema of a record that may also be written short; title and description stay outside the choice."""
    reference = handler(schema)
    shared = handler.resolve_ref_schema(reference)
    outside: dict[str, Any] = {key: shared.pop(key) for key in ("title", "description") if key in shared}
    full = dict(shared)
    # In place: every mention of the class is a reference to this one definition.
    shared.clear()
    shared.update({**outside, "anyOf": [short, full]})
    return reference


class Text(Record):
    """A name or sentence in English and Japanese; a plain string stands for both."""

    en: str = ""
    ja: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        if isinstance(raw, str):
            return {"en": raw, "ja": raw}
        if not isinstance(raw, (dict, Text)):
            raise PydanticCustomError("text_type", "text, or an object with en and ja")
        return raw

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return either({"type": "string"}, handler, schema)

    @model_serializer
    def _dump(self) -> Any:
        return self.en if self.en == self.ja else {"en": self.en, "ja": self.ja}

    def get(self, lang: str) -> str:
        """The text in `lang`, else in the other language."""
        return (self.ja or self.en) if lang == "ja" else (self.en or self.ja)

    def __bool__(self) -> bool:
        return bool(self.en or self.ja)
