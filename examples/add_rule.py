"""Add a rule of your own to the native model: a component is a function that puts columns and rows on the bench.

Rule: of the programmes that cost the public at least 40 (in the instance's unit), at most one.
"""

from portfolio.api.allocate import allocate
from portfolio.api.public import load
from portfolio.formulation import assemble
from portfolio.formulation.build import INF, Build
from portfolio.library import load_model

LARGE = 40


def few_large(b: Build) -> None:
    """sum of t_o over large ways <= 1."""
    large = [n for n, way in enumerate(b.at.ways) if way.public_cost >= LARGE]
    if large:
        row = b.rows("few_large", [()], -INF, b.number(1), "sum_o t_o <= 1 over large ways", rules=["few_large"])
        b.enter(row[0], b.at.chosen[large], b.number(1))


assemble.register("few_large", few_large)
spec = load_model()
spec = spec.model_copy(update={"id": "with_few_large", "components": (*spec.components, "few_large")})

instance = load("toy")
result = allocate(instance, spec)
cost = {way.programme: way.public_cost for way in instance.ways}
funded = [choice.programme for choice in result.plan.choices]
print("funded:", ", ".join(funded), "| status:", result.status)
# The audit knows the published rules only: a rule of your own is for you to check.
assert sum(cost[p] >= LARGE for p in funded) <= 1
