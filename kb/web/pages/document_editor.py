"""What editors do to the base: adding what waits, with what was corrected of it, and withdrawing what was added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException, Request

from kb.errors import ReperesError
from kb.ports import Base, Ingestor, Views
from kb.records.accounts import NOBODY, Person
from kb.records.corrections import FIELDS, LISTS, as_typed, checked, keep_new_correction
from kb.records.places import Kept
from kb.retrieval.values import FIELDS_OF_VALUES, nearest_value, values_of
from kb.rights.rights import Rights
from kb.settings import UPLOADS_SOURCE
from kb.types import Document
from kb.web.added.outcomes import Outcome, outcomes
from kb.web.pages.templating import person_of
from kb.web.uploads import NOT_WAITING, Uploads, WaitingUpload

READ_AT_ONCE = 10
"""What waits and is read by one process: starting one takes two seconds, reading a file some tenths (2026-11)."""

_NOT_ALL = (
    "Cet aperçu nomme des documents de toutes les sources : demandez-le à une personne qui peut toutes les lire, ou "
    "faites la mise à jour sans aperçu."
)
_NO_ADDRESS = (
    "Des sources de la base sont réservées à des groupes dont vous n'êtes pas : demandez à une personne qui peut "
    "lire toutes les sources d'ajouter cette adresse, ou enregistrez la page et ajoutez le fichier."
)
_NOT_YOURS = (
    f"La source « {UPLOADS_SOURCE} » est réservée à des groupes dont vous n'êtes pas : demandez à une personne de l'un "
    "d'eux d'ajouter ce document."
)


@dataclass(frozen=True, slots=True)
class Alike:
    """A value that was typed and looks like one that documents of the base give."""

    field: str
    typed: str
    known: str
    documents: int


class AlikeError(ReperesError):
    """Values look like others of the base: who typed them says which are meant."""

    def __init__(self, found: Sequence[Alike]) -> None:
        super().__init__("Des valeurs ressemblent à d'autres de la base : choisissez lesquelles écrire.")
        self.found = tuple(found)


class DocumentEditor:
    """What the page needs: the base as `person` sees it, what writes it, added files, and where corrections stand;
    `unreached` says where what is erased for good stays all the same (`Store.unreached`)."""

    def __init__(
        self,
        views: Views,
        ingestor: Ingestor,
        uploads: Uploads,
        app_db: Kept,
        max_mb: int,
        person: Person = NOBODY,
        unreached: str = "",
    ) -> None:
        self.views = views
        self.person = person
        self.unreached = unreached
        self.ingestor = ingestor
        self.uploads = uploads
        self.app_db = app_db
        self.max_mb = max_mb

    def of(self, request: Request) -> DocumentEditor:
        """The same for whoever sent a request."""
        person = person_of(request)
        return DocumentEditor(self.views, self.ingestor, self.uploads, self.app_db, self.max_mb, person, self.unreached)

    def adding(self, request: Request) -> DocumentEditor:
        """The same, to add files and addresses. Raises HTTPException for those who may not read what is added: what
        waits is none of theirs either."""
        found = self.of(request)
        if not found.adds:
            raise HTTPException(403, _NOT_YOURS)
        return found

    def foreseeing(self, request: Request) -> DocumentEditor:
        """The same, to try an update. Raises HTTPException for those from whom something is hidden: a trial names
        documents of all sources."""
        found = self.of(request)
        if not found.foresees:
            raise HTTPException(403, _NOT_ALL)
        return found

    @property
    def rights(self) -> Rights:
        """What they may read, and change."""
        return self.views.rights(self.person)

    @property
    def foresees(self) -> bool:
        """Whether they may be told what an update would change."""
        return not self.rights.hidden

    @property
    def adds(self) -> bool:
        """Whether they may add files, and see those that wait."""
        return not self.rights.hides(UPLOADS_SOURCE)

    @property
    def adds_addresses(self) -> bool:
        """Whether they may add addresses, and see those that wait: not while sources are hidden from them, which may
        hold pages of the web. An address that the base has is not added again, and what becomes of it would tell that
        it is there; so would an answer that hangs on what the sources hold.
        """
        return not self.rights.hidden

    def check_address(self) -> None:
        """Raises ReperesError for those who may add none."""
        if not self.adds_addresses:
            raise ReperesError(_NO_ADDRESS)

    def waiting(self) -> list[WaitingUpload]:
        """What waits and is theirs to see, by name."""
        if not self.adds:
            return []
        waiting, seen = self.uploads.waiting(), self.adds_addresses
        return [upload for upload in waiting if seen or upload.url is None]

    def upload(self, key: str) -> WaitingUpload:
        """What waits under a key. Raises ReperesError when nothing does that is theirs to see."""
        found = self.uploads.get(key)
        if found.url is not None and not self.adds_addresses:
            raise ReperesError(NOT_WAITING)
        return found

    def discard(self, key: str) -> None:
        """Lets go of what waits and is theirs to see."""
        with suppress(ReperesError):  # it is gone already
            self.uploads.discard(self.upload(key).key)

    def refusals(self) -> dict[str, str]:
        """Why they may add no files (`files`), and no addresses (`addresses`); empty where they may."""
        if not self.adds:
            return {"files": _NOT_YOURS, "addresses": _NOT_YOURS}
        return {"files": "", "addresses": "" if self.adds_addresses else _NO_ADDRESS}

    def outcomes(self) -> list[Outcome]:
        """What became of what was added lately, of what is theirs to see. Of a file they are told why it was refused,
        whatever else they are told of the update: it is theirs."""
        added = self.uploads.added.list() if self.adds else []
        if any(one.url is not None for one in added) and not self.adds_addresses:
            added = [one for one in added if one.url is None]
        return outcomes(added, self.base(), self.views.whole().reports()) if added else []

    def base(self) -> Base:
        """The base."""
        return self.views.of(self.person)

    def known_values(self) -> dict[str, dict[str, int]]:
        """The values of the base that can be suggested, by field, with how many documents give each."""
        documents = self.base().documents()
        return {field: values_of(documents, field) for field in FIELDS_OF_VALUES}

    def one_way(
        self, fields: Mapping[str, str], known: Mapping[str, Mapping[str, int]] | None = None
    ) -> dict[str, str]:
        """What was typed, each value that looks like one of the base as the base has it, when `fields` says so
        (`valeurs`: `reprendre`), or as it is (`garder`). Raises AlikeError when it says neither. `known`: the values
        of the base, where they are at hand.
        """
        known, found, written = known or self.known_values(), list[Alike](), dict(fields)
        choice = written.pop("valeurs", "")
        for field in FIELDS_OF_VALUES:
            now, text = [], written.get(field, "")
            parts = text.split(",") if field in LISTS else [text]
            for value in filter(None, (" ".join(part.split()) for part in parts)):
                near = nearest_value(value, known[field])
                found += [Alike(field, value, near, known[field][near])] if near else []
                now.append(near or value)
            if choice == "reprendre" and field in written:
                written[field] = ", ".join(now)
        if found and choice not in {"reprendre", "garder"}:
            raise AlikeError(found)
        return written

    def preview(self, key: str) -> None:
        """Reads what waits under a key, unless that was done, and some of what waits besides: they come next."""
        upload = self.upload(key)
        if upload.is_read:
            return
        others = [other for other in self.waiting() if not other.is_read and other.key != key]
        together = [upload, *others][:READ_AT_ONCE]
        for read, found in zip(together, self._read(together), strict=False):
            with suppress(ReperesError):  # it was let go of meanwhile
                self.uploads.note(read.key, None if "error" in found else found, found.get("error"))

    def _read(self, uploads: Sequence[WaitingUpload]) -> Sequence[Mapping[str, Any]]:
        try:
            return self.ingestor.previews([upload.url or str(upload.path) for upload in uploads])
        except ReperesError as error:
            # One may have kept all of them from being read: the first is read by itself.
            return [{"error": str(error)}] if len(uploads) == 1 else self._read(uploads[:1])

    def accept(self, key: str, fields: dict[str, str]) -> None:
        """Takes a file or an address in, with what was corrected of its preview."""
        upload = self.upload(key)
        self._take(upload, self.one_way(fields))
        self._ingest([upload])

    def accept_many(self, uploads: Sequence[WaitingUpload], values: str) -> list[str]:
        """Takes files and addresses in as they were understood, one ingestion for all; why some were not.

        `values` says what becomes of values that look like those of the base, as `valeurs` of `one_way` does.
        """
        taken, troubles, known = [], [], self.known_values()
        for upload in uploads:
            try:
                if upload.preview is None:
                    raise ReperesError("pas encore lu, ou illisible : il reste en attente.")
                self._take(upload, self.one_way({**_understood(upload), "valeurs": values}, known))
                taken.append(upload)
            except ReperesError as error:
                troubles.append(f"« {upload.name} » : {error}")
        self._ingest(taken)
        return troubles

    def alike(self, uploads: Sequence[WaitingUpload]) -> list[Alike]:
        """The values of what was understood of them that look like others of the base, each once."""
        found, known = list[Alike](), self.known_values()
        for upload in uploads:
            try:
                self.one_way(_understood(upload), known)
            except AlikeError as error:
                found += error.found
        return list(dict.fromkeys(found))

    def _take(self, upload: WaitingUpload, fields: Mapping[str, str]) -> None:
        given, shown = checked(fields), upload.preview or {}
        document_id = self.uploads.accept(upload.key) or str(shown.get("id") or upload.url)
        corrected = {name: value for name, value in given.items() if as_typed(value) != as_typed(shown.get(name))}
        if corrected:
            keep_new_correction(self.app_db, document_id, corrected, shown)

    def _ingest(self, uploads: Sequence[WaitingUpload]) -> None:
        if any(upload.url is None for upload in uploads):
            self.ingestor.ingest_uploads()
        if addresses := [upload.url for upload in uploads if upload.url is not None]:
            self.ingestor.ingest_addresses(addresses)

    def withdraw(self, document: Document) -> None:
        """Takes an added file out of the base; raises ReperesError for a document that comes from elsewhere."""
        if document.source != UPLOADS_SOURCE:
            raise ReperesError(
                f"Ce document vient de la source « {document.source} » : retirez-le là d'où il vient, il quittera la "
                "base à la prochaine mise à jour. Pour qu'il n'y revienne jamais, effacez-le pour de bon."
            )
        self.uploads.withdraw(document.id)
        self.ingestor.ingest_uploads(withdrawn=True)


def _understood(upload: WaitingUpload) -> dict[str, str]:
    """What was understood of an upload, as the fields of its form would be sent."""
    shown = upload.preview or {}
    return {name: as_typed(shown.get(name), name) for name in FIELDS if not shown.get("is_archive")}
