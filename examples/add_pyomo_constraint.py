"""Add a constraint to the Pyomo model, solve it there, bring the plan back to the ledger and the audit."""

import pyomo.environ as pyo

import portfolio

instance = portfolio.load("toy")
model = portfolio.to_pyomo(instance)

# Programmes a and c not together. Every component carries the instance's ids; `model.take.doc` says what it is and in which unit.
model.not_both = pyo.Constraint(expr=model.take["a", "base"] + model.take["c", "base"] <= 1)
# Criteria are named expressions in their natural sense, so they can be bounded too.
name = next(iter(model.criterion))
model.enough = pyo.Constraint(expr=model.criterion[name] >= 10)

pyo.SolverFactory("appsi_highs").solve(model)  # or "scip", "gurobi", "cbc" ...
result = portfolio.plan_from_pyomo(instance, model)

funded = [choice.programme for choice in result.plan.choices]
print("funded:", ", ".join(funded), "| checks violated:", result.audit.violated)
assert not {"a", "c"} <= set(funded)
assert result.audit.violated == 0
