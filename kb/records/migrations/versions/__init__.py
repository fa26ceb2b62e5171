"""One file a version of `app.db`, `vN_what_it_does.py`, never changed once it was released: files were made by it.

A migration names its tables and columns itself, since those of `kb.records.tables` go on changing. The first one that
changes what version 1 holds also gives `meta.schema` another value: programs from before Alembic then refuse the file.
"""
