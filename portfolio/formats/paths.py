"""One grammar for places in an instance: `collection.id.field` (programmes.small_uav.options.grant.cost), on raw data.

Entries of a list are named by their id, or by their position where they have none; the point of a curve by its scale (`curve.0.35`).
"""

from __future__ import annotations

import copy
import types
import typing
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from portfolio.errors import InvalidInput, UsageError
from portfolio.formats.json_text import parse_json
from portfolio.schema.exact import to_fraction
from portfolio.schema.instance import Instance
from portfolio.schema.problem import shown
from portfolio.schema.references import hint

_HOMES = {"value", "factors", "ref"}


def with_settings(raw: dict[str, Any], settings: typing.Iterable[str]) -> dict[str, Any]:
    """A copy of the raw instance with every `path=value` carried out. Raises UsageError for a path that leads nowhere."""
    changed: dict[str, Any] = copy.deepcopy(raw)
    for setting in settings:
        path, sign, text = setting.partition("=")
        if not sign or not path.strip():
            raise UsageError(f"--set {setting}: path=value was expected", f"--set {setting}: path=value の形で指定してください")
        set_value(changed, path.strip(), _value(text.strip()))
    return changed


def set_value(raw: dict[str, Any], path: str, value: Any) -> None:
    """Put `value` at `path`, in place.

    An annotated number becomes a judgement of whoever typed it: its source and range no longer speak for it, its unit does.
    """
    parts = segments(path)
    here: Any = raw
    annotation: Any = Instance
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        key, annotation = _step(here, annotation, part, path, last)
        if last:
            here[key] = _annotated(here[key], value) if isinstance(here, list) or key in here else value
            return
        if isinstance(here, dict) and key not in here:
            here[key] = {}
        here = here[key]


def value_at(raw: dict[str, Any], path: str) -> Any:
    """What stands at `path`; of a curve's point its effect. Raises UsageError for a path that leads nowhere."""
    here: Any = raw
    annotation: Any = Instance
    parts = segments(path)
    for part in parts:
        key, annotation = _step(here, annotation, part, path, last=False)
        here = here[key]
    return here[1] if len(parts) > 1 and parts[-2] == "curve" else here


def _value(text: str) -> Any:
    try:
        return parse_json(text)
    except InvalidInput:
        return text


def segments(path: str) -> list[str]:
    """The parts of a path."""
    parts = path.split(".")
    if "curve" in parts[2:]:
        # The scale of a curve's point keeps its own decimal point.
        at = parts.index("curve", 2) + 1
        parts = [*parts[:at], *([".".join(parts[at:])] if parts[at:] else [])]
    return parts


def _step(here: Any, annotation: Any, part: str, path: str, last: bool) -> tuple[Any, Any]:
    """(key or index, annotation of what lies there) of one segment."""
    if isinstance(here, list):
        index = _position(here, part)
        if index is None:
            names = [str(entry["id"]) for entry in here if isinstance(entry, dict) and "id" in entry]
            raise _unknown(path, part, names)
        # A point of a curve is [scale, effect]: the effect is what is set.
        return index, annotation
    if not isinstance(here, dict):
        raise _unknown(path, part, [])
    classes = [] if _is_mapping(annotation, here) else _classes(annotation)
    fields = {info.alias or name: info.annotation for c in classes for name, info in c.model_fields.items()}
    known = fields if classes else dict.fromkeys(here, annotation)
    if part in here or (last and (part in fields or not classes)):
        return part, fields.get(part, annotation)
    if part in fields and _is_mapping(fields[part], {}):
        return part, fields[part]
    # A field that could stand here but was not written is no misspelling: what was written is listed.
    raise _unknown(path, part, list(here if part in known else {**known, **here}))


def _position(entries: list[Any], part: str) -> int | None:
    for index, entry in enumerate(entries):
        if isinstance(entry, dict) and entry.get("id") == part:
            return index
        if isinstance(entry, list) and len(entry) == 2 and _same(entry[0], part):
            return index
    return int(part) if part.isdecimal() and part.isascii() and len(part) < 9 and int(part) < len(entries) else None


def _same(scale: Any, part: str) -> bool:
    try:
        return bool(to_fraction(scale) == to_fraction(part))
    except PydanticCustomError:
        return False


def _annotated(old: Any, value: Any) -> Any:
    if isinstance(old, list) and len(old) == 2 and not isinstance(value, list):
        return [old[0], value]
    composed = isinstance(old, dict) and not _HOMES.isdisjoint(old)
    referring = isinstance(old, str) and old.startswith("@")
    if isinstance(value, (dict, list)) or not (composed or referring):
        return value
    unit = {"unit": old["unit"]} if composed and old.get("unit") else {}
    return {"value": value, **unit, "kind": "judgement"}


def _is_mapping(annotation: Any, here: dict[str, Any]) -> bool:
    """Does a dict with free keys (effects, years) stand here rather than a record?"""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return False
    origin = typing.get_origin(annotation)
    if origin is dict:
        return True
    return any(_is_mapping(part, here) for part in typing.get_args(annotation)) and _HOMES.isdisjoint(here)


def _classes(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [found for part in typing.get_args(annotation) for found in _classes(part)]


def _unknown(path: str, part: str, names: list[str]) -> UsageError:
    near = hint(part, names)
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    there, there_ja = (f"; there: {listed}", f"。あるもの: {listed}") if names else ("", "")
    path, part = shown(path, 200), shown(part)
    return UsageError(
        f"{path}: no `{part}`{near['hint']}{there}",
        f"{path}: `{part}` はありません{near['hint_ja']}{there_ja}",
    )
