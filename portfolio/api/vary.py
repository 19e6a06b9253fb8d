"""An instance with other numbers, many times over: what was validated once is validated again only where it changes.

`Variants.at({path: value})` equals parsing the changed file as a whole (the tests compare them), but costs a tenth of it: entries that do not
change keep their records and ways. Shares that must sum to 1 (probabilities, cash profiles) are renormalised: what is set stays as set,
the others of the sum share the rest in proportion.
"""

from __future__ import annotations

import copy
import re
import typing
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from pydantic import TypeAdapter, ValidationError

from portfolio.errors import InvalidInput
from portfolio.formats.paths import segments, set_value, value_at
from portfolio.schema.exact import exact_json
from portfolio.schema.instance import Header, Instance
from portfolio.schema.meaning import check_meaning
from portfolio.schema.quantity import Quantity
from portfolio.schema.resolve import resolve_ways
from portfolio.schema.shared import mentions, read_shared
from portfolio.schema.validate import form_problem
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
        raw, touched = self._changed(self.renormalised(settings))
        instance = self._validated(raw, touched)
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

    def _changed(self, settings: Settings) -> tuple[dict[str, Any], set[Entry]]:
        """Raw data in which only the touched entries are copies."""
        raw = dict(self.raw)
        touched: set[Entry] = set()
        for path in settings:
            name = segments(path)[0]
            if isinstance(raw.get(name), list):
                entry = name, self._position(path)
                if entry not in touched:
                    if raw[name] is self.raw[name]:
                        raw[name] = list(raw[name])
                    raw[name][entry[1]] = copy.deepcopy(raw[name][entry[1]])
                touched.add(entry)
            else:
                if (name, 0) not in touched:
                    raw[name] = copy.deepcopy(raw.get(name, {}))
                touched.add((name, 0))
        for path, value in settings.items():
            set_value(raw, path, exact_json(value))
        return raw, touched

    def _position(self, path: str) -> int:
        parts = segments(path)
        entry = value_at(self.raw, ".".join(parts[:2]))
        return next(n for n, other in enumerate(self.raw[parts[0]]) if other is entry)

    def _validated(self, raw: dict[str, Any], touched: set[Entry]) -> Instance:
        fields = {name: getattr(self.base, name) for name in Instance.model_fields}
        known = self.base.quantities
        if ("quantities", 0) in touched:
            shared = read_shared(raw["quantities"])
            if shared.broken or shared.circles:
                return Instance.model_validate(raw, context={"quantities": shared.known})
            known = fields["quantities"] = {name: shared.known[name] for name in self.base.quantities}
            moved = {name for name in known if known[name].number != self.base.quantities[name].number}
            touched = touched | {entry for name in moved for entry in self._users.get(name, ())}
        for name, position in sorted(touched - {("quantities", 0)}):
            adapter, many = _adapter(name)
            place: tuple[int | str, ...] = (name, position) if many else (name,)
            try:
                fresh = adapter.validate_python(raw[name][position] if many else raw[name], context={"quantities": known})
            except ValidationError as error:
                details = error.errors(include_url=False, include_context=True)
                raise InvalidInput([form_problem(raw, Instance, {**d, "loc": (*place, *d["loc"])}) for d in details]) from None
            fields[name] = (*fields[name][:position], fresh, *fields[name][position + 1 :]) if many else fresh
        instance = Instance.model_construct(_fields_set=set(self.base.model_fields_set), **fields)
        if not {name for name, _ in touched} & {"header", "archetypes"}:
            changed = {raw["programmes"][position]["id"] for name, position in touched if name == "programmes"}
            ways = (self._ways.get(p.id, ()) if p.id not in changed else _ways(instance, p) for p in instance.programmes)
            instance.__dict__["ways"] = tuple(way for some in ways for way in some)
        return instance


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
