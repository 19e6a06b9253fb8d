"""Doors to solvers: the same Program, another language. Only this package imports highspy, pulp or pyomo."""
