"""Raw data -> Instance, or every problem at once: form (pydantic), references, meaning."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portfolio.errors import InvalidInput
from portfolio.schema.instance import SCHEMA_VERSION, Instance
from portfolio.schema.meaning import check_meaning
from portfolio.schema.problem import Problem, shown
from portfolio.schema.quantity import Quantity
from portfolio.schema.references import check_references, hint

_TYPES = {
    "string_type": ("text", "文字列"),
    "int_type": ("a whole number", "整数"),
    "int_parsing": ("a whole number", "整数"),
    "int_from_float": ("a whole number", "整数"),
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
    instance, kept = None, {}
    try:
        instance = _build(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
        problems = _merge([form_problem(raw, Instance, d) for d in details], problems)
        instance, kept = _without_broken(raw, details)
    if instance is not None:
        dangling = any(p.code == "dangling" for p in problems)
        # A dangling fund already says why nothing may pay; saying it twice would send the reader to the wrong place.
        problems += [p for p in check_meaning(instance, kept) if not (dangling and p.code == "empty_eligibility")]
    if problems:
        raise InvalidInput(problems)
    assert instance is not None
    return instance


def _build(raw: dict[str, Any]) -> Instance:
    shared: dict[str, Quantity] = {}
    quantities = raw.get("quantities")
    for name, entry in quantities.items() if isinstance(quantities, dict) else ():
        try:
            shared[name] = Quantity.model_validate(entry)
        except ValidationError:
            # Reported by the instance's own validation; references to it must not be reported as well.
            shared[name] = Quantity(value=Fraction(1))
    return Instance.model_validate(raw, context={"quantities": shared})


def _without_broken(raw: dict[str, Any], details: list[ErrorDetails]) -> tuple[Instance | None, dict[str, list[int]]]:
    """The instance without the list entries that have errors of form, and which positions stayed."""
    broken: dict[str, set[int]] = {}
    for detail in details:
        match detail["loc"]:
            case (str(name), int(index), *_):
                broken.setdefault(name, set()).add(index)
            case _:
                return None, {}
    kept = {name: [i for i in range(len(raw[name])) if i not in bad] for name, bad in broken.items()}
    try:
        return _build({**raw, **{name: [raw[name][i] for i in places] for name, places in kept.items()}}), kept
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
    if kind == "missing":
        return Problem("missing", path, "", {"name": detail["loc"][-1]})
    if kind == "extra_forbidden":
        known = sorted(info.alias or name for name, info in owner.model_fields.items()) if owner else []
        params = {"known": ", ".join(known), **hint(str(detail["loc"][-1]), known)}
        return Problem("unknown_key", path, shown(value), params)
    if kind in ("exact_number", "one_home", "range_order"):
        return Problem(kind, path, shown(value))
    if kind == "unknown_quantity":
        return Problem(kind, path, shown(value), hint(str(value).lstrip("@"), context.get("known", [])))
    if kind == "literal_error":
        return Problem("bad_choice", path, shown(value), {"choices": context["expected"]})
    if kind == "union_tag_invalid":
        return Problem("bad_choice", f"{path}.kind", shown(context["tag"]), {"choices": context["expected_tags"]})
    if kind == "union_tag_not_found":
        return Problem("missing", f"{path}.kind", "", {"name": "kind"})
    if kind == "string_pattern_mismatch":
        return Problem("bad_id", path, shown(value))
    if kind == "too_short":
        return Problem("too_few", path, shown(value), {"least": context.get("min_length")})
    if kind in _BOUNDS:
        return Problem("out_of_bounds", path, shown(value), {"expected": _BOUNDS[kind].format(**context)})
    if kind in _TYPES:
        expected, expected_ja = _TYPES[kind]
        return Problem("wrong_type", path, shown(value), {"expected": expected, "expected_ja": expected_ja})
    return Problem("other", path, shown(value), {"detail": detail["msg"]})


def _locate(raw: Any, model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[str, Any, type[BaseModel] | None]:
    """(path, value, class that owns the last key): pydantic's loc without the union tags that the file does not have."""
    path, value, annotation, owner = "", raw, typing.cast(Any, model), None
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
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
    return part not in value and (
        part in ("number", "years") or (len(classes) > 1 and part == value.get("kind"))
    )
