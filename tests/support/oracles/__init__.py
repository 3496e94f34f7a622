"""Oracles for the planner, written from the contract alone: they import nothing of the package."""
