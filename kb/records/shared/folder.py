"""The folder of added files, which is the same for all replicas: a mark in it says so.

A replica that looked into another folder would take the others' files for removed, and withdraw their documents.
"""

from __future__ import annotations

import uuid
from pathlib import Path

import sqlalchemy as sa

from kb.errors import SettingsError
from kb.records.database import AppDatabase
from kb.records.places import Place
from kb.records.tables import META, UPLOADS_MARK

MARK = ".repliques"


def join_folder(folder: Path, place: Place | None) -> None:
    """Makes `folder` the one of all who share the database at `place`, unless there is one: then it has to be that one.

    Without `place` nobody shares it. Raises SettingsError for another folder, and for one that cannot be written.
    """
    if place is None:
        return
    with AppDatabase(place) as database, database.writing(UPLOADS_MARK) as connection:
        known = connection.execute(sa.select(META.c.value).where(META.c.key == UPLOADS_MARK)).scalar_one_or_none()
        if known is None:
            known = _mark(folder) or uuid.uuid4().hex
            connection.execute(META.insert(), {"key": UPLOADS_MARK, "value": known})
            _write(folder, known)
        _check(folder, known)


def check_folder(folder: Path, place: Place | None) -> None:
    """Raises SettingsError where those who share the database at `place` have another folder than `folder`."""
    if place is None or not place.exists():
        return
    with AppDatabase(place) as database, database.transaction() as connection:
        known = connection.execute(sa.select(META.c.value).where(META.c.key == UPLOADS_MARK)).scalar_one_or_none()
    if known is not None:
        _check(folder, known)


def _check(folder: Path, known: str) -> None:
    if _mark(folder) != known:
        raise SettingsError(
            f"REPERES_UPLOADS : {folder} n'est pas le dossier des fichiers ajoutés que les autres répliques de "
            "l'application utilisent. Donnez à toutes, au même chemin, un même dossier partagé. S'il est perdu et que "
            f"celui-ci le remplace, écrivez-y le fichier {MARK} avec cette seule ligne : {known}"
        )


def _mark(folder: Path) -> str:
    try:
        return (folder / MARK).read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


def _write(folder: Path, known: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).write_text(f"{known}\n", "ascii")
    except OSError as error:
        raise SettingsError(
            f"REPERES_UPLOADS : le dossier {folder} ne peut pas être écrit ({error.strerror}). Vérifiez ses droits."
        ) from error
