"""A generated instance with everything that a briefing can hold: plan, frontier with a certificate's shape, sweep, explanations."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from portfolio.api.allocate import Effort, allocate
from portfolio.api.generate import generate
from portfolio.explain.collection import about
from portfolio.library import load_model
from portfolio.report.briefing import Material, material
from portfolio.results import Answered, Explanation, Frontier, FrontierCertificate, Result
from portfolio.results.explanation import Interval, Move, Presence, Shift
from portfolio.schema.aim import Weighted
from portfolio.sensitivity.sweep import Todo, run_sweep
from tests.support.briefings import frontier_of

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


def explained(result: Result) -> Explanation:
    """Two programmes that the plan leaves out, with losses of 1 to 3 % and 4 to 5 % of the range."""
    assert result.plan is not None
    taken = {c.programme for c in result.plan.choices}
    out = [p["id"] for p in result.instance["programmes"] if p["id"] not in taken][:2]
    change = {c: Fraction(-1, 50) * abs(v) for c, v in result.plan.criteria.items()}
    answers = []
    for n, programme in enumerate(out):
        loss = Interval(low=Fraction(1 + 3 * n, 100), high=Fraction(3 + 2 * n, 100))
        shift = Shift(
            moves=(Move(programme=programme, after="x", money_after=5), Move(programme=min(taken), before="x", money_before=7)),
            criteria=change,
        )
        value = result.claims[-1].value + loss.high
        said = Presence(topic="why_not", programme=programme, of="aim", status="proven", value=value, bound=value, loss=loss, shift=shift)
        answers.append(Answered(topic="programme", key=programme, question={}, of="aim", presence=said))
    return Explanation(instance_hash=result.instance_hash, model_hash=result.model_hash, about=about(result), answers=tuple(answers))


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
