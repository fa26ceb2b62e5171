"""The catalog: which documents and passages there are. The truth of a store, in SQLite, through SQLAlchemy Core.

`rows` (tables) -> `catalog` (writes) and `reader` (asks); `journal` keeps pages, updates and what was erased.
"""
