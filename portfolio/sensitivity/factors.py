"""What varies: factors from what the user typed, or - asked for nothing - every judgement over its own range.

A factor is moved by a level u in [0, 1]. own: value = low + u (high - low) with the number's own range, for all its numbers at once; range: the same between
two given values; scale: value = number * (low + u (high - low)); weight: that of a criterion in the aim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import Literal

from pydantic_core import PydanticCustomError

from portfolio.api.vary import Variants
from portfolio.errors import UsageError
from portfolio.formats.paths import segments
from portfolio.results.sweep import Factor
from portfolio.schema.exact import to_fraction
from portfolio.schema.families import common_path, family_of, judged_together
from portfolio.schema.instance import Instance
from portfolio.schema.quantity import Quantity
from portfolio.schema.record import Text
from portfolio.schema.references import hint

FACTORS = ".factors."
"""Between a product's path and the names of its factors."""
WEIGHTS = "weights"
Together = Literal["reason", "kind", "number"]
"""Which judged numbers move as one."""
Level = Fraction | None
"""Position of a factor in its range; None: left as it is."""


def settings_of(variants: Variants, factors: Sequence[Factor], levels: Sequence[Level]) -> dict[str, Fraction]:
    """Path -> value for the factors that have a level. Where two factors hold one path, the later one wins."""
    found: dict[str, Fraction] = {}
    for factor, level in zip(factors, levels, strict=True):
        if level is not None and factor.mode != "weight":
            found.update((path, value_of(variants, factor, path, level)) for path in factor.paths)
    return found


def value_of(variants: Variants, factor: Factor, path: str, level: Fraction) -> Fraction:
    """The number that a level puts at one of a factor's paths."""
    if factor.mode == "own":
        low, high = ends(variants.numbers[path])
        return low + level * (high - low)
    low, high = factor.low or Fraction(0), factor.high or Fraction(0)
    share = low + level * (high - low)
    return variants.number(path) * share if factor.mode == "scale" else share


def weights_at(factors: Sequence[Factor], levels: Sequence[Level], weights: Mapping[str, Fraction]) -> dict[str, Fraction] | None:
    """The aim's weights, normalised, where a factor moves one; None where none does."""
    moved = {f.paths[0]: u for f, u in zip(factors, levels, strict=True) if f.mode == "weight" and u is not None}
    if not moved:
        return None
    by_path = {f.paths[0]: f for f in factors if f.mode == "weight"}
    found = dict(weights)
    for path, level in moved.items():
        low, high = by_path[path].low or Fraction(0), by_path[path].high or Fraction(0)
        found[path.partition(".")[2]] = low + level * (high - low)
    total = sum(found.values(), Fraction(0))
    return {name: weight / total for name, weight in found.items()} if total > 0 else None


def ends(quantity: Quantity) -> tuple[Fraction, Fraction]:
    """Its own range; an end that is missing is the number itself."""
    number = quantity.number
    return (number if quantity.low is None else quantity.low), (number if quantity.high is None else quantity.high)


# -- every judgement ---------------------------------------------------------------------------------------------------
def judgement_factors(variants: Variants, together: Together = "reason") -> tuple[list[Factor], dict[str, int]]:
    """(factors, what was left out and why).

    together: which judged numbers move as one - `reason`: those of one kind that carry the same reason, for they were decided in one go; `kind`: all of
    one kind; `number`: each by itself (schema/families.py).
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    left_out = {"without a range": 0, "not a judgement": 0, "1 by definition": 0}
    for path, quantity in variants.numbers.items():
        low, high = ends(quantity)
        if quantity.kind != "judgement":
            left_out["not a judgement"] += 1
        elif low == high:
            left_out["without a range"] += 1
        elif path.endswith(".curve.1"):
            # The end of every response curve: its range says nothing that the schema admits.
            left_out["1 by definition"] += 1
        else:
            groups.setdefault(_group(path, quantity, together), []).append(path)
    taken: dict[str, int] = {}
    factors = []
    for paths in groups.values():
        label = common_path(paths)
        taken[label] = taken.get(label, 0) + 1
        factors.append(_own(variants, paths, label if taken[label] == 1 else f"{label}#{taken[label]}"))
    return factors, {why: count for why, count in left_out.items() if count}


def _group(path: str, quantity: Quantity, together: Together) -> tuple[str, ...]:
    if together == "reason":
        return judged_together(path, quantity)
    return (path,) if together == "number" else (family_of(path),)


def _own(variants: Variants, paths: Sequence[str], name: str) -> Factor:
    quantity = variants.numbers[paths[0]]
    low, high = ends(quantity)
    single = len(paths) == 1
    return Factor(
        id=name, mode="own", paths=tuple(paths), low=low if single else None, high=high if single else None,
        base=(quantity.number - low) / (high - low) if single else None, source=_source(paths[0], quantity), reason=quantity.note or Text(),
    )  # fmt: skip


def _source(path: str, quantity: Quantity) -> str:
    return quantity.source[0] if quantity.source else family_of(path)


# -- what the user typed -----------------------------------------------------------------------------------------------
def typed_factors(variants: Variants, texts: Iterable[str], weights: Mapping[str, Fraction]) -> list[Factor]:
    """Factors of `PATH`, `PATH=LOW:HIGH`, `PATH=xLOW:HIGH`; `weights` or `weights.CRITERION=LOW:HIGH`.

    `*` stands for any id. A scale moves all numbers of its pattern together, a range or own range each number by itself.
    Raises UsageError: no such number, no range, not a range.
    """
    found: dict[str, Factor] = {}
    for text in texts:
        for factor in _typed(variants, text.strip(), weights):
            found[factor.id] = factor
    return list(found.values())


def _typed(variants: Variants, text: str, weights: Mapping[str, Fraction]) -> list[Factor]:
    pattern, sign, ends_text = text.partition("=")
    pattern = pattern.strip()
    scale = ends_text.strip().lower().startswith(("x", "×"))
    span = _span(text, ends_text.strip().lstrip("xX×")) if sign else None
    if pattern.partition(".")[0] == WEIGHTS:
        return _weight_factors(pattern, span, weights)
    paths = find_paths(variants, pattern)
    if scale and span is not None:
        base = (1 - span[0]) / (span[1] - span[0]) if span[0] <= 1 <= span[1] else None
        source = _family_source(variants, paths[0])
        return [Factor(id=pattern, mode="scale", paths=tuple(paths), low=span[0], high=span[1], base=base, source=source)]
    if span is not None:
        return [_ranged(variants, path, span) for path in paths]
    wide = [path for path in paths if path in variants.numbers and len(set(ends(variants.numbers[path]))) == 2]
    if not wide:
        raise UsageError(
            f"--vary {text}: no range of its own there; say PATH=LOW:HIGH or PATH=x0.8:1.2",
            f"--vary {text}: 固有の範囲がありません。PATH=下限:上限 または PATH=x0.8:1.2 と指定してください",
        )
    return [_own(variants, [path], path) for path in wide]


def _ranged(variants: Variants, path: str, span: tuple[Fraction, Fraction]) -> Factor:
    number = variants.number(path)
    base = (number - span[0]) / (span[1] - span[0]) if span[0] <= number <= span[1] else None
    return Factor(id=path, mode="range", paths=(path,), low=span[0], high=span[1], base=base, source=_family_source(variants, path))


def _family_source(variants: Variants, path: str) -> str:
    return _source(path, variants.numbers[path]) if path in variants.numbers else family_of(path)


def _weight_factors(pattern: str, span: tuple[Fraction, Fraction] | None, weights: Mapping[str, Fraction]) -> list[Factor]:
    name = pattern.partition(".")[2]
    if name and name not in weights:
        near = hint(name, list(weights))
        raise UsageError(
            f"--vary {pattern}: no such criterion{near['hint']}", f"--vary {pattern}: この評価基準はありません{near['hint_ja']}"
        )
    low, high = span or (Fraction(0), Fraction(1))
    return [
        Factor(id=f"{WEIGHTS}.{c}", mode="weight", paths=(f"{WEIGHTS}.{c}",), low=low, high=high, source=WEIGHTS)
        for c in weights
        if c == (name or c)
    ]


def _span(text: str, ends_text: str) -> tuple[Fraction, Fraction]:
    low_text, sign, high_text = ends_text.partition(":")
    try:
        low, high = to_fraction(low_text.strip()), to_fraction(high_text.strip())
    except PydanticCustomError:
        sign = ""
        low = high = Fraction(0)
    if not sign or low >= high:
        raise UsageError(
            f"--vary {text}: PATH, PATH=LOW:HIGH or PATH=x0.8:1.2 was expected, with LOW < HIGH",
            f"--vary {text}: PATH、PATH=下限:上限、PATH=x0.8:1.2 のいずれか（下限 < 上限）で指定してください",
        )
    return low, high


def find_paths(variants: Variants, pattern: str) -> list[str]:
    """Numbers that a pattern names, products as a whole among them. A programme's field may be named without its options (`programmes.small_uav.cost`), a fund or
    ceiling without `years`.

    Raises UsageError.
    """
    # Each product once, in the place of its first factor.
    known = list(dict.fromkeys(name for path in variants.numbers for name in _names(path)))
    for form in _forms(pattern):
        wanted = segments(form)
        found = [path for path in known if _fits(segments(path), wanted)]
        if found:
            return found
    if "*" in pattern:
        raise UsageError(f"--vary {pattern}: no number of this instance fits", f"--vary {pattern}: 該当する数値がありません")
    variants.number(pattern)  # a product as a whole; else the error that says which segment is wrong
    return [pattern]


def _names(path: str) -> Iterator[str]:
    """The number itself, and the products that it is a factor of."""
    at = path.find(FACTORS)
    while at >= 0:
        yield path[:at]
        at = path.find(FACTORS, at + 1)
    yield path


def _forms(pattern: str) -> Iterable[str]:
    yield pattern
    parts = pattern.split(".")
    if parts[0] == "programmes" and len(parts) > 2:
        yield ".".join([*parts[:2], "options", "*", *parts[2:]])
    if parts[0] == "funds" and len(parts) == 2:
        yield f"{pattern}.years.*"


def _fits(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    return len(parts) == len(wanted) and all(fnmatchcase(part, want) for part, want in zip(parts, wanted, strict=True))


def money_paths(instance: Instance, of: str) -> list[str]:
    """Yearly amounts of a fund (by id) or of all funds (`total`). Raises UsageError."""
    funds = {f.id: f for f in instance.funds}
    if of != "total" and of not in funds:
        near = hint(of, list(funds))
        raise UsageError(
            f"no fund `{of}`{near['hint']}; say `total` for all of them", f"財源 `{of}` はありません{near['hint_ja']}。全財源なら total"
        )
    chosen = funds.values() if of == "total" else [funds[of]]
    return [f"funds.{f.id}.years.{year}" for f in chosen for year in f.years]
