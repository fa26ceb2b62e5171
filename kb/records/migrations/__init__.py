"""The migrations of `app.db`, run by `kb.records.upgrade` through Alembic: `env` -> `versions`, oldest first.

A migration is a new file in `versions`: its number becomes `kb.records.upgrade.LATEST`, `kb.records.tables` follows.
"""
