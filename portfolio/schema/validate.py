"""Raw data -> Instance, or every problem at once: form (pydantic), references, meaning."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portfolio.errors import InvalidInput
from portfolio.schema.instance import SCHEMA_VERSION, Instance
from portfolio.schema.meaning import check_meaning
from portfolio.schema.problem import Problem, shown
from portfolio.schema.quantity import Quantity
from portfolio.schema.references import check_references, hint
from portfolio.schema.shared import LONGEST_CHAIN, Shared, mentions, read_shared

_TYPES = {
    "string_type": ("text", "文字列"),
    "string_unicode": ("text of valid characters", "正しい文字からなる文字列"),
    "text_type": ("text, or an object with en and ja", "文字列（または en と ja を持つオブジェクト）"),
    "whole_number": ("a whole number", "整数"),
    "int_type": ("a whole number", "整数"),
    "bool_type": ("true or false", "true か false"),
    "bool_parsing": ("true or false", "true か false"),
    "dict_type": ("an object { }", "オブジェクト { }"),
    "model_type": ("an object { }", "オブジェクト { }"),
    "model_attributes_type": ("an object { }", "オブジェクト { }"),
    "tuple_type": ("a list [ ]", "リスト [ ]"),
    "list_type": ("a list [ ]", "リスト [ ]"),
}
_BOUNDS = {"greater_than_equal": ">= {ge}", "less_than_equal": "<= {le}", "string_too_long": "length <= {max_length}"}


def parse_instance(raw: Any) -> Instance:
    """Validate raw data (numbers as int, Decimal or text).

    Raises InvalidInput with every problem found: form, dangling ids and - on the entries that are well formed - meaning.
    """
    if not isinstance(raw, dict):
        raise InvalidInput([Problem("not_object", "$", shown(type(raw).__name__))])
    version = raw.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        found = {"known": SCHEMA_VERSION, "found": shown(version)}
        raise InvalidInput([Problem("schema_version", "schema_version", shown(version), found)])
    problems = list(check_references(raw))
    shared = read_shared(raw.get("quantities"))
    problems += [Problem("quantity_circle", f"quantities.{name}", "", {"limit": LONGEST_CHAIN}) for name in sorted(shared.circles)]
    instance: Instance | None = None
    kept: dict[str, list[int]] = {}
    try:
        instance = Instance.model_validate(raw, context={"quantities": shared.known})
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        problems = _merge([form_problem(raw, Instance, d) for d in details], problems)
        instance, kept = _mended(raw, [d["loc"] for d in details], shared)
    if instance is not None:
        problems += [p for p in check_meaning(instance, kept) if not _explained(p, problems)]
    if problems:
        raise InvalidInput(problems)
    assert instance is not None
    return instance


def _explained(problem: Problem, known: Iterable[Problem]) -> bool:
    """Does a problem already listed say why? Saying it twice would send the reader to the wrong place."""
    if problem.code == "unit_mismatch":
        return any(p.path == "header.unit" for p in known)
    programme = problem.path.partition(".")[0]
    return problem.code in ("empty_eligibility", "payment_not_allowed") and any(
        p.code == "dangling" and p.path.partition(".")[0].startswith(("funds[", programme)) for p in known
    )


def _mended(raw: dict[str, Any], places: Iterable[tuple[int | str, ...]], shared: Shared) -> tuple[Instance | None, dict[str, list[int]]]:
    """The instance without what has errors of form, and which positions stayed in the collections that lost entries.

    Left out are whole entries of lists, and entries of the header that have defaults; a broken shared quantity counts as 1, and
    whatever refers to it is left out too. None where the horizon itself is broken: then nothing can be said about years.
    """
    mended = dict(raw)
    broken: dict[str, set[int]] = {}
    for place in places:
        match place:
            case ("header", str(key), *_) if key not in ("first_year", "last_year") and isinstance(raw["header"], dict):
                header = {name: entry for name, entry in mended["header"].items() if name != key}
                mended["header"] = {"id": "unnamed", **header}
            case ("quantities", str(name), *_) if isinstance(raw["quantities"], dict):
                mended["quantities"] = {**mended["quantities"], name: 1}
            case (str(name), int(index), *_):
                broken.setdefault(name, set()).add(index)
            case (str(name), *_) if name != "header":
                mended.pop(name, None)
                broken[name] = set()
            case _:
                return None, {}
    for name, entries in raw.items():
        if shared.broken and name in Instance.model_fields and isinstance(entries, list):
            touched = {i for i, entry in enumerate(entries) if not shared.broken.isdisjoint(mentions(entry))}
            if touched:
                broken.setdefault(name, set()).update(touched)
    kept = {name: [i for i in range(len(mended.get(name, ()))) if i not in bad] for name, bad in broken.items()}
    mended.update({name: [raw[name][i] for i in places_] for name, places_ in kept.items() if name in mended})
    try:
        return Instance.model_validate(mended, context={"quantities": shared.known}), kept
    except ValidationError:
        return None, {}


def _merge(first: Iterable[Problem], second: Iterable[Problem]) -> list[Problem]:
    unique: dict[tuple[str, str], Problem] = {}
    for problem in (*first, *second):
        unique.setdefault((problem.path, problem.code), problem)
    return list(unique.values())


def form_problem(raw: Any, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    """A pydantic error as a problem: path in the user's file, value as found, remedy."""
    path, value, owner = _locate(raw, model, detail["loc"])
    kind, context = detail["type"], detail.get("ctx") or {}
    if kind == "missing" and isinstance(detail["loc"][-1], int):
        return Problem("too_few", path, shown(value), {"least": detail["loc"][-1] + 1})
    if kind == "missing":
        return Problem("missing", path, "", {"name": detail["loc"][-1]})
    if kind == "extra_forbidden":
        known = sorted(info.alias or name for name, info in owner.model_fields.items()) if owner else []
        params = {"known": ", ".join(known), **hint(str(detail["loc"][-1]), known)}
        return Problem("unknown_key", path, shown(value), params)
    if kind in ("exact_number", "one_home", "range_order", "size"):
        return Problem(kind, path, shown(value))
    if kind == "unknown_quantity":
        place, name = (f"{path}.ref", value["ref"]) if isinstance(value, dict) else (path, value)
        return Problem(kind, place, shown(name), hint(str(name).lstrip("@"), context.get("known", [])))
    if kind == "literal_error":
        return Problem("bad_choice", path, shown(value), {"choices": _choices(context["expected"])})
    if kind == "union_tag_invalid":
        return Problem("bad_choice", f"{path}.kind", shown(context["tag"]), {"choices": _choices(context["expected_tags"])})
    if kind == "union_tag_not_found":
        return Problem("missing", f"{path}.kind", "", {"name": "kind"})
    if kind == "string_pattern_mismatch":
        return Problem("bad_id", path, shown(value))
    if kind == "too_long":
        return Problem("too_many", path, shown(value), {"most": context["max_length"]})
    if kind == "too_short":
        return Problem("too_few", path, shown(value), {"least": context.get("min_length")})
    if kind in _BOUNDS:
        return Problem("out_of_bounds", path, shown(value), {"expected": _BOUNDS[kind].format(**context)})
    if kind in _TYPES:
        expected, expected_ja = _TYPES[kind]
        return Problem("wrong_type", path, shown(value), {"expected": expected, "expected_ja": expected_ja})
    return Problem("other", path, shown(value), {"detail": detail["msg"]})


def _choices(said: str) -> str:
    """pydantic's "'a', 'b' or 'c'" without English."""
    return said.replace("'", "").replace(" or ", ", ")


def _locate(raw: Any, model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[str, Any, type[BaseModel] | None]:
    """(path, value, class that owns the last key): pydantic's loc without the union tags that the file does not have."""
    path, value, annotation, owner = "", raw, typing.cast(Any, model), None
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if part == "[key]":
            return path or "$", loc[position - 1], owner
        classes = _classes(annotation)
        if isinstance(value, dict) and (part in value or last) and not _is_tag(part, classes, value):
            owner = next((c for c in classes if _tagged(c, value)), owner)
            fields = {info.alias or name: info for name, info in owner.model_fields.items()} if owner else {}
            annotation = fields[part].annotation if part in fields else annotation
            path, value = f"{path}.{part}" if path else str(part), value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            path, value = f"{path}[{part}]", value[part]
    return path or "$", value, owner


def _classes(annotation: Any) -> list[type[BaseModel]]:
    """The model classes inside an annotation (tuples, optionals, unions, annotated)."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [found for part in typing.get_args(annotation) for found in _classes(part)]


def _tagged(cls: type[BaseModel], value: dict[str, Any]) -> bool:
    info = cls.model_fields.get("kind")
    choices = typing.get_args(info.annotation) if info else ()
    return cls is Quantity or not choices or value.get("kind") in choices


def _is_tag(part: int | str, classes: list[type[BaseModel]], value: dict[str, Any]) -> bool:
    """Is this part of the loc the tag of a union rather than a key?"""
    return part not in value and ((part in ("number", "years") and Quantity in classes) or (len(classes) > 1 and part == value.get("kind")))
