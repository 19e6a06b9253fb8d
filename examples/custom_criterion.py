"""Write a criterion of your own: the number of programmes funded, traded off against the first criterion in the Pyomo model."""

import pyomo.environ as pyo

import portfolio

instance = portfolio.load("toy")
model = portfolio.to_pyomo(instance)

model.count = pyo.Expression(expr=sum(model.take[key] for key in model.take), doc="programmes funded (count)")
first = next(iter(model.criterion))
base = portfolio.solve(instance, gap=0).plan.criteria[first]

# Most programmes with at least 80 % of the best value of the first criterion.
model.floor = pyo.Constraint(expr=model.criterion[first] >= 0.8 * float(base))
model.aim.deactivate()
model.most = pyo.Objective(expr=model.count, sense=pyo.maximize)

pyo.SolverFactory("appsi_highs").solve(model)
result = portfolio.plan_from_pyomo(instance, model)
print(f"{len(result.plan.choices)} programmes funded, {first} = {float(result.plan.criteria[first]):g} of at best {float(base):g}")
assert result.plan.criteria[first] >= 0.8 * float(base) - 1e-6
assert result.audit.violated == 0
