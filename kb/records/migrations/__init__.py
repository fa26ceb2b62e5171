"""The migrations of `app.db`, run by `upgrade` through Alembic: `env` -> `versions`, oldest first.

A migration is a new file in `versions`: its number becomes `upgrade.LATEST`, `kb.records.tables` follows.
"""
