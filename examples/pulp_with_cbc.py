"""The same model in PuLP, with the CBC that ships with it as a second opinion."""

import pulp

import portfolio

instance = portfolio.load("toy")
problem = portfolio.to_pulp(instance)
problem += problem.columns["take"]["a", "base"] == 0, "without_a"

problem.solve(pulp.PULP_CBC_CMD(msg=False))
result = portfolio.plan_from_pulp(instance, problem)
print("funded:", ", ".join(choice.programme for choice in result.plan.choices), "| objective:", problem.objective.value())
assert "a" not in [choice.programme for choice in result.plan.choices]
