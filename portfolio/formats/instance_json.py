"""Instance -> JSON text that people can read and diff: whatever fits on a line stands on one line, the rest is indented by two."""

from __future__ import annotations

import json
import re
from typing import Any

from portfolio.schema.instance import Instance

WIDTH = 140
FIRST = ("format", "schema_version", "id", "name", "kind")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def instance_json(instance: Instance) -> str:
    """Deterministic text that parses back to an equal instance; ends with a newline."""
    text = _pretty(canonical_data(instance), 0, 0) + "\n"
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def canonical_data(instance: Instance) -> dict[str, Any]:
    """`instance.canonical()` in the order of a reader: ids first, years in order."""
    ordered: dict[str, Any] = _ordered(instance.canonical())
    return ordered


def _ordered(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_ordered(entry) for entry in raw]
    if not isinstance(raw, dict):
        return raw
    keys = list(raw)
    if keys and all(key.lstrip("-").isdigit() for key in keys):
        keys.sort(key=int)
    else:
        first = FIRST if "value" not in raw and "factors" not in raw else ()
        keys.sort(key=lambda key: first.index(key) if key in first else len(first))
    return {key: _ordered(raw[key]) for key in keys}


def _pretty(raw: Any, indent: int, taken: int) -> str:
    short = json.dumps(raw, ensure_ascii=False, allow_nan=False)
    records = isinstance(raw, list) and any(isinstance(entry, dict) and "id" in entry for entry in raw)
    if indent and not records and (len(short) + taken + 1 <= WIDTH or not isinstance(raw, (dict, list))):
        return short
    inner = " " * (indent + 2)
    if isinstance(raw, list):
        lines = [inner + _pretty(entry, indent + 2, indent + 2) for entry in raw]
    else:
        keys = {key: json.dumps(key, ensure_ascii=False) + ": " for key in raw}
        lines = [inner + keys[key] + _pretty(entry, indent + 2, indent + 2 + len(keys[key])) for key, entry in raw.items()]
    opening, closing = "[]" if isinstance(raw, list) else "{}"
    return opening + "\n" + ",\n".join(lines) + "\n" + " " * indent + closing
