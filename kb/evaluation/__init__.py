"""Evaluation: test queries in, counted figures with their intervals out. Knows nothing of how answers are made."""
