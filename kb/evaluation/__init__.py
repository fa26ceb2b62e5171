"""Test queries in, counted figures with their intervals out. Knows nothing of how answers are made.

A file or table (`questions`, `tables`) -> `run` -> `scoring` -> `report` and `page`; `kept` keeps runs, `desk` serves
the page of evaluation.
"""
