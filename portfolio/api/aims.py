"""Aims made concrete: which weights, which ranges, what a plan is worth under them, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from portfolio.errors import UsageError
from portfolio.results import Range
from portfolio.schema.aim import Aim, Floor, Reference, Weighted
from portfolio.schema.criterion import Criterion
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec
from portfolio.schema.references import hint

SUM_SHARE = Fraction(1, 1000)
"""Weight of the sum that breaks ties of a reference-point aim: small against the max, so that the answer is efficient (Wierzbicki 1980)."""


def resolve_aim(instance: Instance, spec: ModelSpec, flag: Aim | None = None) -> Aim:
    """The aim in force: flag > instance > model; weights filled in for every criterion (none given: equal) and normalised to sum 1.

    Raises UsageError for an unknown criterion or weights that are negative or all zero.
    """
    aim = flag or instance.aim or spec.aim
    known = [c.id for c in instance.criteria]
    named = [*getattr(aim, "weights", ()), *getattr(aim, "order", ()), *getattr(aim, "point", ()), *(f.criterion for f in aim.floors)]
    for name in named:
        if name not in known:
            near = hint(name, known)
            listed = ", ".join(known)
            raise UsageError(
                f"no criterion `{name}`{near['hint']}; this instance has: {listed}",
                f"評価基準 `{name}` はありません{near['hint_ja']}。あるもの: {listed}",
            )
    if not isinstance(aim, Weighted):
        return aim
    weights = {c: aim.weights.get(c, Fraction(0)) for c in known} if aim.weights else dict.fromkeys(known, Fraction(1))
    total = sum(weights.values())
    if total <= 0 or min(weights.values()) < 0:
        raise UsageError("weights must be >= 0 and not all zero", "重みは0以上で、すべて0にはできません")
    return Weighted(weights={c: w / total for c, w in weights.items()}, floors=aim.floors)


def aim_value(aim: Aim, ranges: Mapping[str, Range], criteria: Mapping[str, Fraction]) -> Fraction:
    """The normalised aim, minimised: 0 = every criterion at its best bound, 1 = every one at its worst (docs/published-rules.md 16)."""
    if isinstance(aim, Reference):
        gaps = [(criteria[c] - target) / (r.worst - r.best) for c, target in aim.point.items() if (r := ranges.get(c))]
        return max(gaps, default=Fraction(0)) + SUM_SHARE * sum(gaps, Fraction(0))
    weights = getattr(aim, "weights", {})
    parts = (w * (criteria[c] - ranges[c].best) / (ranges[c].worst - ranges[c].best) for c, w in weights.items() if c in ranges)
    return sum(parts, Fraction(0))


def worse_limit(criterion: Criterion, floor: Floor, best: Fraction) -> Fraction:
    """The worst natural value a floor admits: its value, or its share of the best (for a criterion to be minimised: best / share)."""
    if floor.value is not None:
        return floor.value
    share = floor.share_of_best or Fraction(0)
    if share <= 0:
        raise UsageError("a floor needs a value or a share of the best above 0", "下限には値か、最良値に対する0より大きい割合が必要です")
    better_is_more = (criterion.sense == "max") == (best >= 0)
    return best * share if better_is_more else best / share
