"""Test queries proposed from documents: the facts are chosen by rule (`from_facts`), a model may word them (`written`).

Document[] -> facts -> proposed queries, for a person to accept or correct.
"""
