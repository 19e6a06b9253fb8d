"""Rule 12: what disruptions cost.

r_i = max(floor_i, 1 - sum mu e),   V_i = value_i y_f(i),   loss_s = sum_i V_i sigma_is r_i
expected = sum pi_s loss_s ·  CVaR_alpha = mean of the worst (1 - alpha) of the distribution ·  worst = max loss_s over pi_s > 0
blend expected + (1 - blend) CVaR   (Rockafellar and Uryasev 2000, doi:10.21314/JOR.2000.038, for the LP form the models use)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import lcm

from portfolio.audit.ripple import multipliers
from portfolio.audit.selection import Selection
from portfolio.audit.verdict import Tally
from portfolio.schema.criterion import Risk
from portfolio.schema.instance import Instance
from portfolio.schema.model_spec import ModelSpec

Values = Mapping[str, Fraction]
Distribution = Sequence[tuple[Fraction, Fraction]]
"""(probability, loss) per scenario."""


def residuals(selection: Selection) -> dict[str, Fraction]:
    """Exposure -> r_i."""
    removed: dict[str, Fraction] = {}
    for taken in selection.taken:
        for exposure, share in taken.way.mitigates.items():
            removed[exposure] = removed.get(exposure, Fraction(0)) + taken.counts(share, harm=share < 0)
    return {i.id: max(i.floor.number, 1 - removed.get(i.id, Fraction(0))) for i in selection.instance.exposures}


def values(instance: Instance, tally: Tally) -> dict[str, Fraction]:
    """Exposure -> V_i, what a full cut costs with everything downstream."""
    along = multipliers(instance.ripple)
    tally.says(along is not None, "ripple", "ripple", "singular", "invertible")
    return {i.id: i.value.number * (along or {}).get(i.field or "", Fraction(1)) for i in instance.exposures}


def losses(instance: Instance, worth: Values, residual: Values, counted: Collection[str]) -> dict[str, Fraction]:
    """Scenario -> loss_s over the counted exposures (empty: all)."""
    at_risk = {i: worth[i] * r for i, r in residual.items() if not counted or i in counted}
    # One common denominator: sums of many unlike fractions are slow, sums of integers are not.
    common = lcm(*(v.denominator for v in at_risk.values()))
    whole = {i: v.numerator * (common // v.denominator) for i, v in at_risk.items()}
    return {
        s.id: sum((severity.number * whole[i] for i, severity in s.severities.items() if i in whole), Fraction(0)) / common
        for s in instance.scenarios
    }


def expected(distribution: Distribution) -> Fraction:
    """sum pi_s loss_s."""
    return sum((p * loss for p, loss in distribution), Fraction(0))


def worst(distribution: Distribution) -> Fraction:
    """The largest loss that has a positive probability."""
    return max((loss for p, loss in distribution if p > 0), default=Fraction(0))


def cvar(distribution: Distribution, alpha: Fraction) -> Fraction:
    """Mean of the worst (1 - alpha) of the distribution, the scenario at the edge counted in part.

    >>> cvar([(Fraction(1, 2), Fraction(0)), (Fraction(1, 4), Fraction(8)), (Fraction(1, 4), Fraction(20))], Fraction(5, 8))
    Fraction(16, 1)
    """
    tail = rest = 1 - alpha
    total = Fraction(0)
    for probability, loss in sorted(distribution, key=lambda entry: entry[1], reverse=True):
        part = min(rest, probability)
        total, rest = total + part * loss, rest - part
        if not rest:
            break
    return total / tail


def measure(criterion: Risk, model: ModelSpec, distribution: Distribution, tally: Tally) -> Fraction:
    """The criterion's value: its own measure, alpha and blend, else the model's."""
    kind = criterion.measure or model.risk.measure
    alpha = model.risk.alpha if criterion.alpha is None else criterion.alpha.number
    blend = model.risk.blend if criterion.blend is None else criterion.blend.number
    sound = 0 <= alpha < 1 and 0 <= blend <= 1
    tally.says(sound, "risk_measure", f"criterion[{criterion.id}]", f"{alpha}, {blend}", "[0, 1), [0, 1]", "in")
    if kind == "expected" or not sound:
        return expected(distribution)
    if kind == "worst":
        return worst(distribution)
    tail = cvar(distribution, alpha)
    return tail if kind == "cvar" else blend * expected(distribution) + (1 - blend) * tail
