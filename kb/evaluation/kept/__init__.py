"""Test queries and runs of evaluation, kept in app.db.

`queries` are what editors ask; `runs` are what came back: begun, resumed, finished, found again to be compared.
"""
