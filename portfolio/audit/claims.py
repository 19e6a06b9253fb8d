"""Rule 16: what is said about how good the plan is.

    aim, weighted:  value = sum_i w_i g_i,  g_i = (f_i - best_i) / (worst_i - best_i),  weights normalised to sum 1
    aim, reference: value = max_i g_i + SUM_SHARE sum_i g_i,  g_i = (f_i - point_i) / (worst_i - best_i)   (Wierzbicki 1980)
    gap = value - bound;   a criterion: gap = max(0, distance by which bound is better than value) / max(|value|, 1)
    0 <= grid <= max(gap, 0);   proven: gap - grid <= target
A bound may hold within limits only that the aim sets: its floors; in a ranking, bound and tolerance of criteria before.
Criteria without a range, or of range 0, are left out. No value is better than its bound by more than BOUND_TOLERANCE.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portfolio.audit.verdict import Tally
from portfolio.numerics import BOUND_TOLERANCE
from portfolio.results import Claim, Range, Result
from portfolio.schema.aim import Aim, Floor, Lexicographic, Weighted
from portfolio.schema.instance import Instance
from portfolio.schema.problem import shown

SUM_SHARE = Fraction(1, 1000)
"""Weight of the sum that breaks ties of a reference-point aim."""
ONE = Fraction(1)


@dataclass(frozen=True)
class Stand:
    """What claims are measured against: true criteria (natural sense), +1 where more is better and -1 where less is, frozen ranges."""

    criteria: Mapping[str, Fraction]
    signs: Mapping[str, int]
    ranges: Mapping[str, Range]

    def known(self, tally: Tally, rule: str, place: str, name: str) -> bool:
        """Is it a criterion of the instance?"""
        tally.says(name in self.signs, rule, place, name, ", ".join(self.signs), "in")
        return name in self.signs

    def not_worse(self, tally: Tally, rule: str, place: str, name: str, limit: Fraction) -> None:
        """The solver kept this limit in floating point: it is no sharper than the tolerance."""
        slack = BOUND_TOLERANCE * max(abs(limit), ONE)
        tally.at_least(rule, place, self.signs[name] * self.criteria[name], self.signs[name] * limit - slack)


def check_claims(instance: Instance, aim: Aim, result: Result, criteria: Mapping[str, Fraction], tally: Tally) -> None:
    """Ranges, the aim and its floors, and every claim."""
    stand = Stand(criteria, {c.id: 1 if c.sense == "max" else -1 for c in instance.criteria}, result.ranges)
    _check_aim(aim, stand, tally)
    for name, span in result.ranges.items():
        _check_range(name, span, stand, tally)
    for floor in aim.floors:
        _check_floor(floor, stand, tally)
    for claim in result.claims:
        _check_claim(claim, aim, stand, tally)
        _check_within(claim, result.claims, aim, stand, tally)


def _check_aim(aim: Aim, stand: Stand, tally: Tally) -> None:
    weights = aim.weights if isinstance(aim, Weighted) else {}
    for name in sorted({*weights, *getattr(aim, "order", ()), *getattr(aim, "point", ()), *(f.criterion for f in aim.floors)}):
        stand.known(tally, "aim", f"aim[{shown(name)}]", name)
    for name, weight in weights.items():
        tally.at_least("aim", f"aim[{shown(name)}]", weight, 0)
    if weights:
        tally.says(any(weights.values()), "aim", "aim", "0", "> 0")


def _check_range(name: str, span: Range, stand: Stand, tally: Tally) -> None:
    place = f"ranges[{shown(name)}]"
    if stand.known(tally, "ranges", place, name):
        sign, value = stand.signs[name], stand.criteria[name]
        tally.at_most("ranges", f"{place}.worst", sign * span.worst, sign * span.best)
        tally.at_most("ranges", f"{place}.best", sign * value, sign * span.best + BOUND_TOLERANCE * max(abs(value), ONE))


def _check_floor(floor: Floor, stand: Stand, tally: Tally) -> None:
    name, place = floor.criterion, f"aim_floor[{shown(floor.criterion)}]"
    if name not in stand.signs:
        return
    if floor.value is not None:
        stand.not_worse(tally, "aim_floor", place, name, floor.value)
    if floor.share_of_best is not None and name in stand.ranges:
        tally.says(floor.share_of_best > 0, "aim", place, floor.share_of_best, "> 0")
        limit = _share_limit(floor, stand)
        if limit is not None:
            stand.not_worse(tally, "aim_floor", place, name, limit)


def _share_limit(floor: Floor, stand: Stand) -> Fraction | None:
    """The worst value that a share of the best admits; None where there is none."""
    share, span = floor.share_of_best, stand.ranges.get(floor.criterion)
    if not share or share < 0 or span is None:
        return None
    # A share moves the best towards the worse side: down where more is better and best > 0, up where less is better, ...
    return span.best * share if (stand.signs[floor.criterion] > 0) == (span.best >= 0) else span.best / share


def _check_within(claim: Claim, claims: Sequence[Claim], aim: Aim, stand: Stand, tally: Tally) -> None:
    """The plan keeps the limits under which the bound holds, and the aim itself sets them: tighter ones would hide plans that are better."""
    before = _ranked_before(claim, aim)
    for name, limit in claim.within.items():
        place = f"claim[{shown(claim.of)},{shown(name)}]"
        if not stand.known(tally, "within", place, name):
            continue
        stand.not_worse(tally, "within", place, name, limit)
        floors = [floor for floor in aim.floors if floor.criterion == name]
        admitted = [v for floor in floors for v in (floor.value, _share_limit(floor, stand)) if v is not None]
        if isinstance(aim, Lexicographic) and name in before:
            room = aim.tolerance * abs(span.best - span.worst) if (span := stand.ranges.get(name)) is not None else Fraction(0)
            admitted += [other.bound - stand.signs[name] * room for other in claims if other.of == name]
        slack = BOUND_TOLERANCE * max(abs(limit), ONE)
        sharpest = max((stand.signs[name] * v for v in admitted), default=None)
        if sharpest is None:
            tally.says(False, "within_aim", place, "a limit", "none")
        else:
            tally.at_most("within_aim", place, stand.signs[name] * limit, sharpest + slack)


def _ranked_before(claim: Claim, aim: Aim) -> tuple[str, ...]:
    """Criteria that the aim ranks before this one."""
    if not isinstance(aim, Lexicographic) or claim.of not in aim.order:
        return ()
    return tuple(aim.order[: aim.order.index(claim.of)])


def _check_claim(claim: Claim, aim: Aim, stand: Stand, tally: Tally) -> None:
    place = f"claim[{shown(claim.of)}]"
    if claim.of == "aim":
        _check_aim_claim(claim, aim, stand, tally)
    elif stand.known(tally, "claim", place, claim.of):
        value, unit, sign = stand.criteria[claim.of], max(abs(stand.criteria[claim.of]), ONE), stand.signs[claim.of]
        tally.equal("claim_value", place, claim.value, value)
        tally.at_most("bound", place, sign * value, sign * claim.bound + BOUND_TOLERANCE * unit)
        tally.equal("gap", place, claim.gap, max(sign * (claim.bound - value), Fraction(0)) / unit)
    # How much of the gap is the grid's cannot be seen from the result: it does not hold the solver's own plan.
    tally.at_least("grid", place, claim.grid, 0)
    tally.at_most("grid", place, claim.grid, max(claim.gap, Fraction(0)))
    if claim.proven:
        tally.at_most("proven", place, claim.gap - claim.grid, claim.target)


def _check_aim_claim(claim: Claim, aim: Aim, stand: Stand, tally: Tally) -> None:
    value = aim_value(aim, stand)
    if value is None:
        tally.unknown(f"aim:{aim.kind}")
        value = claim.value
    tally.equal("claim_value", "claim[aim]", claim.value, value)
    tally.at_least("bound", "claim[aim]", value, claim.bound - BOUND_TOLERANCE)
    # A value that is better than the bound by less than the tolerance may be called closed.
    gap = value - claim.bound
    tally.equal("gap", "claim[aim]", claim.gap, 0 if gap < 0 and claim.gap == 0 else gap)


def aim_value(aim: Aim, stand: Stand) -> Fraction | None:
    """The normalised aim, minimised; None for an aim that no single number stands for."""
    width = {name: span.worst - span.best for name, span in stand.ranges.items() if name in stand.criteria and span.worst != span.best}
    if isinstance(aim, Lexicographic):
        return None
    if isinstance(aim, Weighted):
        weights = aim.weights if any(aim.weights.values()) else dict.fromkeys(stand.criteria, ONE)
        parts = (w * (stand.criteria[n] - stand.ranges[n].best) / width[n] for n, w in weights.items() if n in width)
        return sum(parts, Fraction(0)) / sum(weights.values())
    distances = [(stand.criteria[name] - target) / width[name] for name, target in aim.point.items() if name in width]
    return max(distances, default=Fraction(0)) + SUM_SHARE * sum(distances, Fraction(0))
