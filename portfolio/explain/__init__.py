"""Every "no" has a reason: counterfactual plans, prices, conflicts, alternatives."""
