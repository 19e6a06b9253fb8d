"""Rule 16: what is said about how good the plan is.

    aim (weighted): value = sum_i w_i (f_i - best_i) / (worst_i - best_i), gap = value - bound
    criterion: gap = |bound - value| / max(|value|, 1)
Criteria of range 0 are left out and the remaining weights sum to 1. No value is better than its bound by more than BOUND_TOLERANCE.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from portfolio.audit.verdict import Tally
from portfolio.numerics import BOUND_TOLERANCE
from portfolio.results import Claim, Range, Result
from portfolio.schema.aim import Aim, Floor, Weighted
from portfolio.schema.instance import Instance
from portfolio.schema.problem import shown

Values = Mapping[str, Fraction]
Signs = Mapping[str, int]
"""Criterion -> +1 where more is better, -1 where less is."""


def check_claims(instance: Instance, aim: Aim, result: Result, criteria: Values, tally: Tally) -> None:
    """Ranges, floors of the aim, and every claim against the plan's true criteria."""
    signs = {c.id: 1 if c.sense == "max" else -1 for c in instance.criteria}
    _check_aim(aim, signs, tally)
    for name, span in result.ranges.items():
        _check_range(name, span, criteria, signs, tally)
    for floor in aim.floors:
        _check_floor(floor, result.ranges, criteria, signs, tally)
    for claim in result.claims:
        if claim.of == "aim":
            _check_aim_claim(claim, aim, result.ranges, criteria, tally)
        elif claim.of in criteria:
            _check_criterion_claim(claim, criteria[claim.of], signs[claim.of], tally)
        else:
            tally.says(False, "claim", f"claim[{shown(claim.of)}]", claim.of, ", ".join(("aim", *criteria)), "in")
        if claim.proven:
            tally.at_most("proven", f"claim[{shown(claim.of)}]", claim.gap, claim.target)
        for name, limit in claim.within.items():
            _not_worse("within", f"claim[{shown(claim.of)},{shown(name)}]", name, limit, criteria, signs, tally)


def aim_value(weights: Values, ranges: Mapping[str, Range], criteria: Values) -> Fraction | None:
    """The normalised aim, minimised; None when a range is missing."""
    if any(name not in ranges or name not in criteria for name in weights):
        return None
    counted = {name: w for name, w in weights.items() if ranges[name].worst != ranges[name].best}
    whole = sum(counted.values(), Fraction(0))
    total = sum(
        (w * (criteria[n] - ranges[n].best) / (ranges[n].worst - ranges[n].best) for n, w in counted.items()),
        Fraction(0),
    )
    return total / whole if whole else Fraction(0)


def _check_aim(aim: Aim, signs: Signs, tally: Tally) -> None:
    weights = aim.weights if isinstance(aim, Weighted) else {}
    named = {*weights, *getattr(aim, "order", ()), *getattr(aim, "point", ()), *(f.criterion for f in aim.floors)}
    for name in sorted(named):
        tally.says(name in signs, "aim", f"aim[{shown(name)}]", name, ", ".join(signs), "in")
    for name, weight in weights.items():
        tally.at_least("aim", f"aim[{shown(name)}]", weight, 0)


def _check_range(name: str, span: Range, criteria: Values, signs: Signs, tally: Tally) -> None:
    place = f"ranges[{shown(name)}]"
    tally.says(name in signs, "ranges", place, name, ", ".join(signs), "in")
    if name in signs:
        sign = signs[name]
        tally.at_most("ranges", f"{place}.worst", sign * span.worst, sign * span.best)
        slack = BOUND_TOLERANCE * max(abs(criteria[name]), Fraction(1))
        tally.at_most("ranges", f"{place}.best", sign * criteria[name], sign * span.best + slack)


def _check_floor(floor: Floor, ranges: Mapping[str, Range], criteria: Values, signs: Signs, tally: Tally) -> None:
    name, place = floor.criterion, f"aim_floor[{shown(floor.criterion)}]"
    if name not in signs:
        return
    if floor.value is not None:
        tally.at_least("aim_floor", place, signs[name] * criteria[name], signs[name] * floor.value)
    if floor.share_of_best is not None:
        tally.says(name in ranges, "aim_floor", place, "no range", name)
        if name in ranges:
            # `best` is a floating-point bound: the floor derived from it is no sharper than that.
            best = ranges[name].best
            limit = best - signs[name] * (1 - floor.share_of_best) * abs(best)
            _not_worse("aim_floor", place, name, limit, criteria, signs, tally)


def _not_worse(rule: str, place: str, name: str, limit: Fraction, criteria: Values, signs: Signs, tally: Tally) -> None:
    tally.says(name in signs, rule, place, name, ", ".join(signs), "in")
    if name in signs:
        slack = BOUND_TOLERANCE * max(abs(limit), Fraction(1))
        tally.at_least(rule, place, signs[name] * criteria[name], signs[name] * limit - slack)


def _check_aim_claim(claim: Claim, aim: Aim, ranges: Mapping[str, Range], criteria: Values, tally: Tally) -> None:
    value = claim.value
    if isinstance(aim, Weighted):
        weights = {n: w for n, w in aim.weights.items() if w > 0} or dict.fromkeys(criteria, Fraction(1))
        found = aim_value(weights, ranges, criteria)
        tally.says(found is not None, "ranges", "claim[aim]", ", ".join(ranges), ", ".join(weights))
        if found is not None:
            value = found
            tally.equal("claim_value", "claim[aim]", claim.value, value)
    else:
        tally.unknown(f"aim:{aim.kind}")
    tally.at_least("bound", "claim[aim]", value, claim.bound - BOUND_TOLERANCE)
    # A value that is better than the bound by less than the tolerance may be called closed.
    gap = value - claim.bound
    tally.equal("gap", "claim[aim]", claim.gap, claim.gap if claim.gap == max(gap, Fraction(0)) else gap)


def _check_criterion_claim(claim: Claim, value: Fraction, sign: int, tally: Tally) -> None:
    place, unit = f"claim[{claim.of}]", max(abs(value), Fraction(1))
    tally.equal("claim_value", place, claim.value, value)
    tally.at_most("bound", place, sign * value, sign * claim.bound + BOUND_TOLERANCE * unit)
    tally.equal("gap", place, claim.gap, abs(claim.bound - value) / unit)
