"""A generated instance with everything that a briefing can hold: plan, frontier with a certificate's shape, sweep, explanations."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from portfolio.api.allocate import Effort, allocate
from portfolio.api.generate import generate
from portfolio.library import load_model
from portfolio.report.briefing import Material, material
from portfolio.results import Frontier, FrontierCertificate, Result
from portfolio.schema.aim import Weighted
from portfolio.sensitivity.sweep import Todo, run_sweep
from tests.support.briefings import explained, frontier_of

WEIGHTS = ((1, 1, 1), (6, 1, 1), (1, 6, 1), (1, 1, 6), (3, 3, 1), (1, 3, 3))
VARY = ("programmes.*.options.*.cost=x0.8:1.2", "funds.*.years.*=x0.7:1.2", "needs.*.weight=x0.5:2")


def certified(frontier: Frontier, epsilon: Fraction) -> Frontier:
    """With a certificate of that size for every criterion; nobody proved it, only pictures are made of it."""
    names = tuple(frontier.ranges)
    sizes = tuple(abs(r.worst - r.best) or Fraction(1) for r in frontier.ranges.values())
    zero = tuple(Fraction(0) for _ in names)
    one = Fraction(1)
    held = FrontierCertificate(
        criteria=names, signs=tuple(1 for _ in names), scale=sizes, step=zero, start=zero, reach=one, target=epsilon, certified=epsilon
    )
    return frontier.model_copy(update={"certificate": held})


@cache
def generated() -> Material:
    """Sixteen programmes; gaps are loose, because writers are tested with it, not solvers."""
    instance, model = generate(16, seed=5), load_model()
    criteria = [c.id for c in instance.criteria]
    results: list[Result] = []
    for weights in WEIGHTS:
        aim = Weighted(kind="weighted", weights={c: Fraction(w, sum(weights)) for c, w in zip(criteria, weights, strict=True)})
        results.append(allocate(instance, model, aim, Effort(gap=Fraction(2, 100))))
    frontier = certified(frontier_of(results), Fraction(1, 10))
    sweep = run_sweep(instance, model, None, Todo(kind="tornado", vary=VARY, gap=Fraction(5, 100), candidates=0))
    return material(results[0], frontier, sweep, explained(results[0]))
