"""The PostgreSQL maker of a store: catalog and vectors (pgvector) on a server, words in a copy of this machine's own.

`server` reaches it and says what is missing there; `tables` are made in a schema for each index. `store` opens it:
`writing` commits a batch in one transaction, `reader` searches one snapshot, `words` keeps the copy up to date.
"""
