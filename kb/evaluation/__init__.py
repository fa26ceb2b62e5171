"""Test queries in, counted figures with their intervals out. Knows nothing of how answers are made.

A file or table (`questions`, `tables`) -> `asking` -> `scoring` -> `results` -> `report` and `page`. `kept_queries` and
`kept_runs` keep test queries and evaluation runs in app.db, `desk` serves the page of evaluation.
"""
