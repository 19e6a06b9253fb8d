"""JSON Schemas of the files that people and tools write, so that editors complete and check them: `python -m portfolio.formats.json_schema`.

Generated from the classes; descriptions are their docstrings. docs/schema/ holds the result, a test keeps it equal.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from portfolio.results import Frontier, Result
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec

_BOUNDS = {"ge": "minimum", "le": "maximum"}
FOLDER = Path(__file__).parents[2] / "docs" / "schema"
PUBLISHED: dict[str, type[BaseModel]] = {"instance": Instance, "model": ModelSpec, "result": Result, "frontier": Frontier}


def json_schema(name: str) -> dict[str, Any]:
    """The schema of `instance`, `model`, `result` or `frontier` (JSON Schema 2020-12)."""
    model = PUBLISHED[name]
    body = _tidy(model.model_json_schema(mode="validation", by_alias=True))
    version = model.model_fields["schema_version"].default
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": f"urn:portfolio:schema:{name}:{version}", **body}


def _tidy(part: Any) -> Any:
    """Objects keyed by ids or years take no other key; patterns stand only where they apply; docstrings without indentation."""
    if isinstance(part, list):
        return [_tidy(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    tidy = {key: _tidy(entry) for key, entry in part.items()}
    if "patternProperties" in tidy and part.get("type") == "object":
        tidy.setdefault("additionalProperties", False)
    if part.get("type") == "integer":
        tidy.pop("pattern", None)
        # pydantic leaves the bounds of a number with a validator of its own under their Python names.
        tidy = {_BOUNDS.get(key, key): entry for key, entry in tidy.items()}
    if isinstance(part.get("title"), str):
        tidy["title"] = part["title"].rstrip("_")
    if isinstance(part.get("description"), str):
        tidy["description"] = inspect.cleandoc(part["description"])
    return tidy


def schema_text(name: str) -> str:
    """Text of the published file."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write docs/schema/*.schema.json."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PUBLISHED:
        (FOLDER / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
