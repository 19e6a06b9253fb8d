"""An instance with other numbers, many times over: what was validated once is validated again only where it changes.

`Variants.at({path: value})` equals parsing the changed file as a whole (the tests compare them), but costs a tenth of it: entries that do not
change keep their records and ways. Shares that must sum to 1 (probabilities, cash profiles) are renormalised: what is set stays as set,
the others of the sum share the rest in proportion.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, TypeAdapter

from portfolio.errors import InvalidInput
from portfolio.formats.paths import segments, value_at
from portfolio.schema.exact import exact_text
from portfolio.schema.instance import Header, Instance
from portfolio.schema.meaning import check_meaning
from portfolio.schema.problem import Problem
from portfolio.schema.quantity import Quantity, is_modest
from portfolio.schema.resolve import resolve_ways
from portfolio.schema.shared import mentions, read_shared
from portfolio.schema.way import Way

Settings = Mapping[str, Fraction]
"""Path -> value."""
Entry = tuple[str, int]
"""Collection and position."""
_SUMS = re.compile(r"(scenarios)\.[^.]+\.probability|(.+\.(?:outlay_profile|profile))\.[^.]+")
"""Numbers that sum to 1 with their like; the group names the sum."""


class Variants:
    """One instance and its variations; these share the records that do not change."""

    def __init__(self, instance: Instance) -> None:
        self.base = instance
        # What was written, defaults written out included: each of these numbers has a place to be set at.
        self.raw: dict[str, Any] = instance.model_dump(mode="json", by_alias=True, exclude_unset=True)
        self.numbers: dict[str, Quantity] = dict(instance.quantities_in_use())
        self._sums: dict[str, list[str]] = {}
        for path in self.numbers:
            name = sum_of(path)
            if name is not None:
                self._sums.setdefault(name, []).append(path)
        self._users = _users(self.raw)
        self._places: dict[str, tuple[Any, ...]] = {}
        self._ways: dict[str, tuple[Way, ...]] = {}
        for way in instance.ways:
            self._ways[way.programme] = (*self._ways.get(way.programme, ()), way)

    def number(self, path: str) -> Fraction:
        """The number that stands at a path, products and references worked out. Raises UsageError for a path that leads nowhere, InvalidInput."""
        if path in self.numbers:
            return self.numbers[path].number
        return TypeAdapter(Quantity).validate_python(value_at(self.raw, path), context={"quantities": self.base.quantities}).number

    def at(self, settings: Settings) -> Instance:
        """The varied instance. Raises InvalidInput: the numbers contradict each other or the schema; UsageError: a path leads nowhere."""
        if not settings:
            return self.base
        instance = self._validated(*self._replaced(self.renormalised(settings)))
        problems = check_meaning(instance, {})
        if problems:
            raise InvalidInput(problems)
        return instance

    def renormalised(self, settings: Settings) -> dict[str, Fraction]:
        """The settings, and what they imply for numbers that sum to 1 with them."""
        found = dict(settings)
        for name in {s for s in map(sum_of, settings) if s in self._sums}:
            members = self._sums[name]
            fixed = {path: settings[path] for path in members if path in settings}
            rest = {path: self.numbers[path].number for path in members if path not in settings}
            said, left = sum(fixed.values(), Fraction(0)), sum(rest.values(), Fraction(0))
            if left and said <= 1:
                found.update({path: number * (1 - said) / left for path, number in rest.items()})
            elif said > 0:
                # Nothing is left to make room: all of them in proportion.
                total = said + left
                found.update({path: number / total for path, number in (fixed | rest).items()})
        return found

    def _replaced(self, settings: Settings) -> tuple[dict[str, Any], set[Entry]]:
        """Fields of the instance with the new numbers in place, and which entries changed; everything else is shared with the base."""
        fields: dict[str, Any] = {name: getattr(self.base, name) for name in Instance.model_fields}
        touched: set[Entry] = set()
        for path, value in settings.items():
            if not is_modest(value):
                raise InvalidInput([Problem("size", path, exact_text(value))])
            keys = self._keys(path)
            fields[keys[0]] = _with(fields[keys[0]], keys[1:], value)
            touched.add((keys[0], keys[1] if isinstance(fields[keys[0]], tuple) else 0))
        return fields, touched

    def _keys(self, path: str) -> tuple[Any, ...]:
        """The place of a path as attribute names, keys and positions. Raises UsageError."""
        if path not in self._places:
            value_at(self.raw, path)
            self._places[path] = tuple(_keys_of(self.base, segments(path)))
        return self._places[path]

    def _validated(self, fields: dict[str, Any], touched: set[Entry]) -> Instance:
        if ("quantities", 0) in touched:
            fields["quantities"] = self._shared(fields["quantities"])
            moved = {name for name, q in fields["quantities"].items() if q.number != self.base.quantities[name].number}
            for name, position in {entry for user in moved for entry in self._users.get(user, ())}:
                touched.add((name, position))
                fields[name] = self._again(name, position, fields)
        instance = Instance.model_construct(_fields_set=set(self.base.model_fields_set), **fields)
        if not {name for name, _ in touched} & {"header", "archetypes"}:
            changed = {fields["programmes"][position].id for name, position in touched if name == "programmes"}
            ways = (self._ways.get(p.id, ()) if p.id not in changed else _ways(instance, p) for p in instance.programmes)
            instance.__dict__["ways"] = tuple(way for some in ways for way in some)
        return instance

    def _shared(self, quantities: dict[str, Quantity]) -> dict[str, Quantity]:
        """The shared quantities, read again so that those that rest on others follow."""
        found = read_shared({name: q.model_dump(mode="json") for name, q in quantities.items()})
        return {name: found.known[name] for name in quantities}

    def _again(self, name: str, position: int, fields: dict[str, Any]) -> Any:
        """A field whose entry refers to a shared quantity that moved: the entry is read again, so that it points to the new one."""
        adapter, many = _adapter(name)
        entry = fields[name][position] if many else fields[name]
        dumped = entry.model_dump(mode="json", by_alias=True, exclude_unset=True)
        fresh = adapter.validate_python(dumped, context={"quantities": fields["quantities"]})
        return (*fields[name][:position], fresh, *fields[name][position + 1 :]) if many else fresh


def _keys_of(here: Any, parts: list[str]) -> Iterator[Any]:
    """Attribute names, keys of mappings and positions along a path that is known to exist."""
    for part in parts:
        if isinstance(here, BaseModel):
            name = next(n for n, info in type(here).model_fields.items() if part in (info.alias, n))
            yield name
            here = getattr(here, name)
        elif isinstance(here, dict):
            key = next(k for k in here if str(k) == part)
            yield key
            here = here[key]
        else:
            position = next(n for n, entry in enumerate(here) if _names(entry, n, part))
            yield position
            here = here[position]


def _names(entry: Any, position: int, part: str) -> bool:
    """Is this the entry of a list that a segment of a path names: by id, a curve's point by its scale, else by position?"""
    if isinstance(entry, tuple):
        return exact_text(entry[0].number) == part
    return str(getattr(entry, "id", position)) == part


def _with(here: Any, keys: tuple[Any, ...], value: Fraction) -> Any:
    """A copy of `here` in which the number at `keys` is `value`; only what lies on the way is copied."""
    if not keys:
        return _number(here, value) if isinstance(here, Quantity) else (here[0], _number(here[1], value))
    key = keys[0]
    if isinstance(here, BaseModel):
        made = here.model_copy(update={key: _with(getattr(here, key), keys[1:], value)})
        # What the record had worked out from its old numbers must not travel with the copy.
        for derived in made.__dict__.keys() - type(made).model_fields.keys():
            del made.__dict__[derived]
        return made
    if isinstance(here, dict):
        return {**here, key: _with(here[key], keys[1:], value)}
    return (*here[:key], _with(here[key], keys[1:], value), *here[key + 1 :])


def _number(old: Quantity, value: Fraction) -> Quantity:
    """The number as `set_value` would leave it: a plain one stays plain, an annotated one becomes a judgement in its unit."""
    bare = old.model_fields_set <= {"value"}
    said: dict[str, Any] = {"value": value} if bare else {"value": value, "kind": "judgement"} | ({"unit": old.unit} if old.unit else {})
    return Quantity.model_construct(_fields_set=set(said), **said)


def sum_of(path: str) -> str | None:
    """Name of the sum (= 1) that a number belongs to."""
    found = _SUMS.fullmatch(path)
    return None if found is None else found[1] or found[2]


def _ways(instance: Instance, programme: Any) -> Iterable[Way]:
    return resolve_ways(programme, instance.archetypes, instance.years)


def _users(raw: Mapping[str, Any]) -> dict[str, set[Entry]]:
    """Shared quantity -> the entries that mention it. (Quantities that rest on others are found by their own numbers moving.)"""
    found: dict[str, set[Entry]] = {}
    for name, part in raw.items():
        if name != "quantities" and isinstance(part, (list, dict)):
            for position, entry in enumerate(part if isinstance(part, list) else [part]):
                for mentioned in mentions(entry):
                    found.setdefault(mentioned, set()).add((name, position))
    return found


def _adapter(name: str) -> tuple[TypeAdapter[Any], bool]:
    """(what validates one entry of a field of Instance, is the field a list of entries)."""
    if name not in _ADAPTERS:
        annotation: Any = Header if name == "header" else Instance.model_fields[name].annotation
        many = typing.get_origin(annotation) is tuple
        _ADAPTERS[name] = TypeAdapter(typing.get_args(annotation)[0] if many else annotation), many
    return _ADAPTERS[name]


_ADAPTERS: dict[str, tuple[TypeAdapter[Any], bool]] = {}
