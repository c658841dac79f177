"""Mutation fuzzing of everything that reads what users send: `python -m tests.fuzz --seed S --count N`."""
