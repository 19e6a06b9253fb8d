"""Branching trees over linear relaxations, and the proofs they leave behind."""
