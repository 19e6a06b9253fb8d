"""What every schema class shares: frozen, closed to unknown keys, bilingual text, ids."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_serializer, model_validator

Id = Annotated[str, Field(pattern=r"^\w[\w\-]*$", max_length=80)]


class Record(BaseModel):
    """Frozen data, validated when built; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Text(Record):
    """A name or sentence in English and Japanese; a plain string stands for both."""

    en: str = ""
    ja: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, raw: Any) -> Any:
        return {"en": raw, "ja": raw} if isinstance(raw, str) else raw

    @model_serializer
    def _dump(self) -> Any:
        return self.en if self.en == self.ja else {"en": self.en, "ja": self.ja}

    def get(self, lang: str) -> str:
        """The text in `lang`, else in the other language."""
        return (self.ja or self.en) if lang == "ja" else (self.en or self.ja)

    def __bool__(self) -> bool:
        return bool(self.en or self.ja)
