"""Test queries in, counted figures with their intervals out. Knows nothing of how answers are made.

A file or table (`imported`: `questions`, `tables`) -> `asking` -> `question_scores` (by `scoring`) -> `results` ->
`report`, `page`, `diagnosis`, `comparison`; `kept` holds queries and runs, `desk` serves the page of evaluation.
"""
