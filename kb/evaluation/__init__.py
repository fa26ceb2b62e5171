"""Test queries in, counted figures with their intervals out. Knows nothing of how answers are made.

A file or table (`imported`: `questions`, `tables`) -> `asking` -> `question_scores` (by `scoring`) -> `results` ->
`report`, `diagnosis`, `comparison`, `shown`; `kept` holds queries and runs, `desk` serves the page of evaluation.
`calibration` fits the refusals of one base to the same queries.
"""
