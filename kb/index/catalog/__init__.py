"""The catalog: which documents and passages there are. The truth of a store, through SQLAlchemy Core.

`rows` (tables), `hashes` (by which a file is known again) -> `catalog` (writes) and `reader` (asks); `journal` keeps
pages, updates and what was erased. `facets` are what documents are chosen by, `among` asks for those
that a search wants. `file` opens it in SQLite, and brings it up to date by `versions`.
"""
