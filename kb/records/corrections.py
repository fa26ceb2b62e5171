"""Corrections of what documents say about themselves (title, date…): kept in `app.db`, applied at each ingestion.

They outlive the store, and the document's next versions: what a person corrected stays corrected until taken back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from kb.dialects import put
from kb.errors import ReperesError
from kb.records.database import AppDatabase
from kb.records.erasure import read_erased
from kb.records.places import Kept, as_place
from kb.records.tables import CORRECTIONS
from kb.text.moments import TYPED_DATES, typed_date
from kb.types import Document

FIELDS: Mapping[str, str] = {
    "title": "titre",
    "date": "date",
    "rubric": "rubrique",
    "kind": "type",
    "url": "adresse",
    "programmes": "programmes",
    "partners": "partenaires",
}
"""What can be corrected, and its name in French."""

_LISTS = {"programmes", "partners"}
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Correction:
    """For each corrected field what the document said (`was`) and what a person said (`now`)."""

    fields: Mapping[str, Mapping[str, Any]]

    def applied(self, document: Document) -> tuple[Document, Correction]:
        """`document` corrected, and the correction with what this version of it says."""
        was = {name: _to_json(getattr(document, name)) for name in self.fields}
        now = {name: _of_json(name, values["now"]) for name, values in self.fields.items()}
        noted = {name: {"was": was[name], "now": values["now"]} for name, values in self.fields.items()}
        return replace(document, **now), Correction(noted)

    def changed(self, document: Document, now: Mapping[str, Any]) -> tuple[Document, Correction]:
        """What the source of `document`, corrected so far, says; and the correction with the values of `now` added.

        What the source says anyway is no correction.
        """
        original = self.undone(document)
        said = {name: values["now"] for name, values in self.fields.items()} | dict(now)
        was = {name: _to_json(getattr(original, name)) for name in said}
        kept = {name: {"was": was[name], "now": value} for name, value in said.items() if value != was[name]}
        return original, Correction(kept)

    def undone(self, document: Document) -> Document:
        """`document`, corrected before, as its source has it."""
        return replace(document, **{name: _of_json(name, values["was"]) for name, values in self.fields.items()})


def checked(given: Mapping[str, str]) -> dict[str, Any]:
    """What a person typed for each field, as it is kept. An empty text means that there is none.

    Raises ReperesError, naming the field, for what it cannot hold.
    """
    found: dict[str, Any] = {}
    for name, text in given.items():
        if name not in FIELDS:
            raise ReperesError(f"« {name} » ne se corrige pas. Se corrigent : {', '.join(FIELDS.values())}.")
        value = " ".join(text.split())
        if len(value) > _LONGEST:
            raise ReperesError(f"{FIELDS[name]} : trop long ({len(value)} caractères, {_LONGEST} au plus).")
        if name == "title" and not value:
            raise ReperesError("titre : un document doit en avoir un.")
        if name == "date" and value:
            if (date := typed_date(value)) is None:
                raise ReperesError(f"date : « {value} » n'en est pas une. Écrivez {TYPED_DATES}.")
            value = date
        if name == "url" and value and not re.match(r"https?://[^\s/]", value):
            raise ReperesError(f"adresse : « {value} » ne commence pas par http:// ou https://.")
        if name in _LISTS:
            found[name] = list(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        else:
            found[name] = value or None
    return found


def read_corrections(kept: Kept) -> dict[str, Correction]:
    """The corrections kept at a place, by document; none when nothing was kept there yet."""
    if not as_place(kept).exists():
        return {}
    with AppDatabase(kept) as database, database.transaction() as connection:
        rows = connection.execute(sa.select(CORRECTIONS.c.document_id, CORRECTIONS.c.fields))
        return {row.document_id: Correction(json.loads(row.fields)) for row in rows}


def keep_correction(kept: Kept, document_id: str, correction: Correction, person: str = "") -> None:
    """Keeps a correction in place of the one there was; none of a document that was erased for good."""
    values = {
        "document_id": document_id,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "person": person,
        "fields": json.dumps(correction.fields, ensure_ascii=False),
    }
    with AppDatabase(kept) as database, database.writing() as connection:
        if document_id in read_erased(connection):
            return
        put(connection, CORRECTIONS, values)


def keep_new_correction(kept: Kept, document_id: str, now: Mapping[str, Any], was: Mapping[str, Any]) -> None:
    """Keeps what a person corrected of a document before it entered the base; `was` is what the document says."""
    fields = {name: {"was": was.get(name), "now": value} for name, value in now.items()}
    keep_correction(kept, document_id, Correction(fields))


def drop_correction(kept: Kept, document_id: str) -> bool:
    """Takes a correction back; whether there was one."""
    with AppDatabase(kept) as database, database.transaction() as connection:
        mine = CORRECTIONS.c.document_id == document_id
        return bool(connection.execute(CORRECTIONS.delete().where(mine)).rowcount)


def _to_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _of_json(name: str, value: Any) -> Any:
    return tuple(value or ()) if name in _LISTS else value


def as_typed(value: Any) -> str:
    """The value of a field as a person types it."""
    return ", ".join(value) if isinstance(value, (list, tuple)) else value or ""
