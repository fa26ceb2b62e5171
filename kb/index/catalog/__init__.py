"""The catalog: which documents and passages there are. The truth of a store, in SQLite, through SQLAlchemy Core.

`rows` (tables), `hashes` (by which a file is known again) -> `catalog` (writes) and `reader` (asks); `journal` keeps
pages, updates and what was erased.
"""
