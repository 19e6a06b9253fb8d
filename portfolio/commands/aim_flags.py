"""--weights, --lexicographic, --reference, --floor, --gap: text -> aim and numbers. Whether a criterion exists is api.aims' question."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pydantic_core import PydanticCustomError

from portfolio.errors import UsageError
from portfolio.schema.aim import Aim, Floor, Lexicographic, Reference, Weighted
from portfolio.schema.exact import to_fraction


def number(text: str, flag: str) -> Fraction:
    """`0.001`, `1/3` or `0.1%`, exactly."""
    plain = text.strip()
    percent = plain.endswith(("%", "％"))
    try:
        value = to_fraction(plain.rstrip("%％").strip())
    except PydanticCustomError:
        raise UsageError(f"{flag} {text}: a number or a percentage was expected", f"{flag} {text}: 数値か百分率が必要です") from None
    return value / 100 if percent else value


def share(text: str, flag: str) -> Fraction:
    """A number from 0 to below infinity: gaps and tolerances."""
    value = number(text, flag)
    if value < 0:
        raise UsageError(f"{flag} {text}: a number >= 0 was expected", f"{flag} {text}: 0以上の数値が必要です")
    return value


def build_aim(
    base: Aim,
    weights: str | None,
    lexicographic: str | None,
    tolerance: str | None,
    reference: str | None,
    floors: Sequence[str],
) -> Aim | None:
    """The aim that the flags ask for; None when they ask for nothing. Floors alone are added to `base`, the aim in force without flags."""
    kinds = [flag for flag, said in (("--weights", weights), ("--lexicographic", lexicographic), ("--reference", reference)) if said]
    if len(kinds) > 1:
        raise UsageError(f"{' and '.join(kinds)} exclude each other", f"{' と '.join(kinds)} は同時に指定できません")
    if tolerance and not lexicographic:
        raise UsageError("--tolerance needs --lexicographic", "--tolerance には --lexicographic が必要です")
    bounds = tuple(_floor(text) for text in floors)
    if weights:
        return Weighted(weights=_pairs(weights, "--weights"), floors=bounds)
    if lexicographic:
        order = tuple(name.strip() for name in lexicographic.split(",") if name.strip())
        if not order:
            raise UsageError("--lexicographic: criteria in order were expected", "--lexicographic: 評価基準を順に指定してください")
        return Lexicographic(kind="lexicographic", order=order, tolerance=share(tolerance or "0", "--tolerance"), floors=bounds)
    if reference:
        return Reference(kind="reference", point=_pairs(reference, "--reference"), floors=bounds)
    return base.model_copy(update={"floors": (*base.floors, *bounds)}) if bounds else None


def _pairs(text: str, flag: str) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, sign, value = part.partition("=")
        if not sign:
            raise UsageError(f"{flag} {part}: name=number was expected", f"{flag} {part}: 名前=数値 の形で指定してください")
        found[name.strip()] = number(value, flag)
    if not found:
        raise UsageError(f"{flag}: name=number was expected", f"{flag}: 名前=数値 の形で指定してください")
    return found


def _floor(text: str) -> Floor:
    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(
            f"--floor {text}: criterion=95% (of its best) or criterion=1234 (its unit) was expected",
            f"--floor {text}: 評価基準=95%（最良値比）か 評価基準=1234（単位）の形で指定してください",
        )
    amount = number(value, "--floor")
    percent = value.strip().endswith(("%", "％"))
    return Floor.model_construct(criterion=name.strip(), value=None if percent else amount, share_of_best=amount if percent else None)
