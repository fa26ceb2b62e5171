"""The key that signs the cookie of a sign-in under way, the same for all replicas: one may end what another began."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from kb.records.database import AppDatabase
from kb.records.tables import META, SIGN_IN_KEY


def new_key() -> str:
    """A key that nobody else has."""
    return secrets.token_urlsafe(32)


def saved_key(database: AppDatabase) -> str:
    """The key of all who share the database, made by the first of them. Raises StoreError.

    Whoever reads the database can forge such a cookie, which opens nothing: it only says to which page somebody goes
    back, and what the provider's answer must hold.
    """
    with database.writing(SIGN_IN_KEY) as connection:
        known = connection.execute(sa.select(META.c.value).where(META.c.key == SIGN_IN_KEY)).scalar_one_or_none()
        if known is None:
            known = new_key()
            connection.execute(META.insert(), {"key": SIGN_IN_KEY, "value": known})
        return known
