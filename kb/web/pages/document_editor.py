"""What editors do to the base: adding what waits, with what was corrected of it, and withdrawing what was added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import HTTPException, Request

from kb.errors import ReperesError
from kb.ports import Base, Ingestor, Views
from kb.records.accounts import NOBODY, Person
from kb.records.corrections import LISTS, as_typed, checked, keep_new_correction
from kb.records.places import Kept
from kb.retrieval.values import FIELDS_OF_VALUES, nearest_value, values_of
from kb.settings import UPLOADS_SOURCE
from kb.types import Document
from kb.web.pages.templating import person_of
from kb.web.uploads import Uploads

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
    """What the page needs: the base as `person` sees it, what writes it, added files, and where corrections stand."""

    def __init__(
        self, views: Views, ingestor: Ingestor, uploads: Uploads, app_db: Kept, max_mb: int, person: Person = NOBODY
    ) -> None:
        self.views = views
        self.person = person
        self.ingestor = ingestor
        self.uploads = uploads
        self.app_db = app_db
        self.max_mb = max_mb

    def of(self, request: Request) -> DocumentEditor:
        """The same for whoever sent a request."""
        return DocumentEditor(self.views, self.ingestor, self.uploads, self.app_db, self.max_mb, person_of(request))

    def adding(self, request: Request) -> DocumentEditor:
        """The same, to add files and addresses. Raises HTTPException for those who may not read what is added: what
        waits is none of theirs either."""
        found = self.of(request)
        if not found.adds:
            raise HTTPException(403, _NOT_YOURS)
        return found

    @property
    def adds(self) -> bool:
        """Whether they may add files, and see those that wait."""
        return not self.views.rights(self.person).hides(UPLOADS_SOURCE)

    def base(self) -> Base:
        """The base."""
        return self.views.of(self.person)

    def known_values(self) -> dict[str, dict[str, int]]:
        """The values of the base that can be suggested, by field, with how many documents give each."""
        documents = self.base().documents()
        return {field: values_of(documents, field) for field in FIELDS_OF_VALUES}

    def one_way(self, fields: Mapping[str, str]) -> dict[str, str]:
        """What was typed, each value that looks like one of the base as the base has it, when `fields` says so
        (`valeurs`: `reprendre`), or as it is (`garder`). Raises AlikeError when it says neither.
        """
        known, found, written = self.known_values(), list[Alike](), dict(fields)
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
        """Reads what waits under a key, unless that was done."""
        upload = self.uploads.get(key)
        if upload.preview is None and upload.trouble is None:
            try:
                self.uploads.note(key, self.ingestor.preview(upload.url or str(upload.path)), None)
            except ReperesError as error:
                self.uploads.note(key, None, str(error))

    def accept(self, key: str, fields: dict[str, str]) -> None:
        """Takes a file or an address in, with what was corrected of its preview."""
        upload = self.uploads.get(key)
        given = checked(self.one_way(fields))
        document_id = self.uploads.accept(key) or (str((upload.preview or {}).get("id") or upload.url))
        shown = upload.preview or {}
        corrected = {name: value for name, value in given.items() if as_typed(value) != as_typed(shown.get(name))}
        if corrected:
            keep_new_correction(self.app_db, document_id, corrected, shown)
        if upload.url:
            self.ingestor.ingest_address(upload.url)
        else:
            self.ingestor.ingest_uploads()

    def withdraw(self, document: Document) -> None:
        """Takes an added file out of the base; raises ReperesError for a document that comes from elsewhere."""
        if document.source != UPLOADS_SOURCE:
            raise ReperesError(
                f"Ce document vient de la source « {document.source} » : retirez-le là d'où il vient, il quittera la "
                "base à la prochaine mise à jour. Pour qu'il n'y revienne jamais, effacez-le pour de bon."
            )
        self.uploads.withdraw(document.id)
        self.ingestor.ingest_uploads(withdrawn=True)
