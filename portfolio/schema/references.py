"""Do all ids exist? Checked on the raw data, so that one broken entry does not hide another's dangling id."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from portfolio.schema.problem import Problem, shown

COLLECTIONS = (
    "sources", "fields", "archetypes", "criteria", "funds", "ceilings", "programmes", "exposures", "scenarios",
    "needs", "capabilities", "capacities", "match_groups", "rules",
)  # fmt: skip
_SELECTOR = (("fields", "fields"), ("archetypes", "archetypes"), ("programmes", "programmes"))
_TERMS = (
    ("effects{}", "criteria"), ("mitigates{}", "exposures"), ("covers{}", "needs"), ("provides{}", "capabilities"),
    ("uses{}", "capacities"), ("payments{}", "funds"), ("funds[]", "funds"),
)  # fmt: skip
REFERENCES: tuple[tuple[str, str], ...] = (
    ("programmes[].field", "fields"),
    ("programmes[].archetype", "archetypes"),
    *((f"programmes[].{name}", to) for name, to in _TERMS),
    *((f"programmes[].options[].{name}", to) for name, to in _TERMS),
    *((f"funds[].eligible.{name}[]", to) for name, to in _SELECTOR),
    *((f"{owner}[].select.{name}[]", to) for owner in ("ceilings", "match_groups", "rules") for name, to in _SELECTOR),
    ("ceilings[].funds[]", "funds"),
    ("rules[].funds[]", "funds"),
    ("rules[].criterion", "criteria"),
    ("rules[].bonus{}", "criteria"),
    *((f"rules[].of.{name}[]", to) for name, to in _SELECTOR),
    ("rules[].terms[].programme", "programmes"),
    ("rules[].terms[].fund", "funds"),
    ("criteria[].exposures[]", "exposures"),
    ("criteria[].needs[]", "needs"),
    ("exposures[].field", "fields"),
    ("scenarios[].severities{}", "exposures"),
    ("capabilities[].covers{}", "needs"),
    ("ripple[].from_field", "fields"),
    ("ripple[].to_field", "fields"),
    ("empty_cells[].field", "fields"),
    ("empty_cells[].archetype", "archetypes"),
    ("reference[].programme", "programmes"),
    ("aim.weights{}", "criteria"),
    ("aim.order[]", "criteria"),
    ("aim.point{}", "criteria"),
    ("aim.floors[].criterion", "criteria"),
)
"""(where an id stands, which collection must hold it); `[]` = each entry, `{}` = each key."""
MEMBERS = ("rules[].of[]", "rules[].if")
"""Where `programme` or `programme,option` stands (share rules have a selection under `of`: only strings count)."""


MOST_HINTS = 20
"""Closest names are looked up for so many dangling ids of a file: the search takes milliseconds each in a large instance."""


def hint(value: str, known: Sequence[str]) -> dict[str, str]:
    """Parameters of a message: the closest known name, in both languages; empty when nothing is close."""
    close = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
    if not close:
        return {"hint": "", "hint_ja": ""}
    return {"hint": f" (did you mean `{close[0]}`?)", "hint_ja": f"（`{close[0]}` では？）"}


def each(raw: Any, pattern: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of every place that matches the pattern; whatever has another shape is passed over."""
    head, _, rest = pattern.partition(".")
    name, listed, keyed = head.removesuffix("[]").removesuffix("{}"), head.endswith("[]"), head.endswith("{}")
    if not isinstance(raw, dict) or name not in raw:
        return
    inner, place = raw[name], f"{path}.{name}" if path else name
    if listed:
        found = [(f"{place}[{i}]", v) for i, v in enumerate(inner)] if isinstance(inner, list) else []
    elif keyed:
        found = [(f"{place}.{k}", k) for k in inner] if isinstance(inner, dict) else []
    else:
        found = [(place, inner)]
    for where, value in found:
        if rest:
            yield from each(value, rest, where)
        else:
            yield where, value


def check_references(raw: dict[str, Any]) -> Iterator[Problem]:
    """Duplicate ids and dangling references."""
    ids: dict[str, list[str]] = {}
    for name in COLLECTIONS:
        places = [(path, v) for path, v in each(raw, f"{name}[].id") if isinstance(v, str)]
        ids[name] = [value for _, value in places]
        seen: Counter[str] = Counter()
        for path, value in places:
            seen[value] += 1
            if seen[value] > 1:
                yield Problem("duplicate_id", path, shown(value), {"collection": name})
    known = {name: set(values) for name, values in ids.items()}
    hints = 0
    for pattern, to in REFERENCES:
        for path, value in each(raw, pattern):
            if isinstance(value, str) and value not in known[to] and _is_list(raw, to):
                hints += 1
                yield Problem("dangling", path, shown(value), {"collection": to, **hint(value, ids[to] if hints <= MOST_HINTS else ())})
    yield from _check_lists(raw)
    if _is_list(raw, "programmes"):
        yield from _check_members(raw, ids["programmes"])
    if _is_list(raw, "sources"):
        yield from _check_sources(raw, ids["sources"])


def _is_list(raw: dict[str, Any], collection: str) -> bool:
    """False where the whole collection has the wrong shape: that is reported, and nothing can be said about its ids."""
    return isinstance(raw.get(collection, []), list)


def _check_members(raw: dict[str, Any], programmes: list[str]) -> Iterator[Problem]:
    options: dict[str, list[str]] = {}
    for _, programme in each(raw, "programmes[]"):
        if isinstance(programme, dict) and isinstance(programme.get("id"), str):
            listed = [o["id"] for _, o in each(programme, "options[]") if isinstance(o, dict) and isinstance(o.get("id"), str)]
            options[programme["id"]] = listed or ["base"]
    places = [place for pattern in MEMBERS for place in each(raw, pattern)]
    pairs = [
        (f"{path}.option", f"{entry.get('programme')},{entry['option']}")
        for pattern in ("rules[].terms[]", "reference[]")
        for path, entry in each(raw, pattern)
        if isinstance(entry, dict)
        and isinstance(entry.get("option"), str)
        and isinstance(entry.get("programme"), str)
        and entry["programme"] in options
    ]
    for path, value in places + pairs:
        if not isinstance(value, str):
            continue
        programme, comma, option = value.partition(",")
        option = option.strip().partition("@")[0]
        if programme not in options:
            yield Problem("dangling", path, shown(value), {"collection": "programmes", **hint(programme, programmes)})
        elif comma and option not in options[programme]:
            params = {"programme": programme, **hint(option, options[programme])}
            yield Problem("no_option", path, shown(value), params)


_HOMES = {"value", "factors", "ref"}
"""Keys that make an object an annotated number; elsewhere `source` may be somebody's id."""


def _check_lists(raw: dict[str, Any]) -> Iterator[Problem]:
    """A list of ids that names one twice would count it twice (sum of f_r over `of` <= 1)."""
    selections = tuple(f".{name}[]" for name, _ in _SELECTOR)
    for pattern in ("rules[].of[]", *(pattern for pattern, _ in REFERENCES if pattern.endswith("[]") and not pattern.endswith(selections))):
        seen: dict[str, set[str]] = {}
        for path, value in each(raw, pattern):
            if isinstance(value, str):
                name, before = "".join(value.split()), seen.setdefault(path.rpartition("[")[0], set())
                if name in before:
                    yield Problem("repeated", path, shown(value))
                before.add(name)


def _check_sources(raw: Any, sources: list[str], path: str = "") -> Iterator[Problem]:
    if isinstance(raw, list):
        for i, entry in enumerate(raw):
            yield from _check_sources(entry, sources, f"{path}[{i}]")
    elif isinstance(raw, dict):
        for key, entry in raw.items():
            place = f"{path}.{key}" if path else key
            if key == "source" and not _HOMES.isdisjoint(raw):
                listed = [(f"{place}[{i}]", v) for i, v in enumerate(entry)] if isinstance(entry, list) else [(place, entry)]
                for where, value in listed:
                    if isinstance(value, str) and value not in sources:
                        yield Problem("dangling", where, shown(value), {"collection": "sources", **hint(value, sources)})
            elif isinstance(entry, (dict, list)):
                yield from _check_sources(entry, sources, place)
