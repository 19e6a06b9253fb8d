"""Allocation of public funds as an audited mixed-integer program."""
