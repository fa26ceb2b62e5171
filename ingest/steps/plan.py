"""What the base holds already, and so what has to be done: which items are new, changed, unchanged, or not wanted."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from ingest.items import FORGOTTEN, SkipItem
from ingest.readers.bounded import Readers
from ingest.steps.versions import content_hash
from kb.errors import DocumentError
from kb.index.catalog.catalog import Catalog
from kb.index.catalog.journal import mark
from kb.index.catalog.rows import DocumentState
from kb.index.embedding import NewVersion
from kb.records.corrections import keep_correction, read_corrections
from kb.records.places import place_of
from kb.settings import UPLOADS_SOURCE, Settings
from kb.text.domain import domain_of
from kb.types import Document

_OF_UPLOADS = re.compile(r"[0-9a-f]{16}/")  # the beginning of an added file's name (kb/web/uploads.py)


class Plan:
    """What is known of every document when an ingestion begins, kept up with what it does.

    `confirmed`: what is usually asked about may be done. `corrections`: what people corrected, by document. `domain`:
    what readers know of the organisation. `readers` read. Of a trial nothing may stay outside `catalog`.
    """

    def __init__(
        self, catalog: Catalog, settings: Settings, readers: Readers, *, confirmed: bool, is_trial: bool = False
    ) -> None:
        self.catalog = catalog
        self.readers = readers
        self.settings = settings
        self.domain = domain_of(settings)
        self.confirmed = confirmed
        self.is_trial = is_trial
        self.corrections = read_corrections(place_of(settings))
        self._states = catalog.states()
        self._forgotten = catalog.journal.forgotten()
        self._rewritten: dict[str, str] = {}

    def state(self, document_id: str) -> DocumentState | None:
        """What is known of a document that is current; None for one that is not, or is withdrawn."""
        state = self._states.get(document_id)
        return None if state is None or state.withdrawn else state

    def held(self, document_id: str) -> Document | None:
        """A document as the base has it, if it is current."""
        return self.catalog.document(document_id) if self.state(document_id) is not None else None

    def current(self, source: str) -> set[str]:
        """The ids of the current documents of a source."""
        return {name for name, state in self._states.items() if state.source == source and not state.withdrawn}

    def is_forgotten(self, document_id: str) -> bool:
        """Whether a document was erased for good: it must not come back."""
        return mark(document_id) in self._forgotten

    def check_wanted(self, *names: str) -> None:
        """Raises SkipItem when a document with one of these ids or addresses was erased for good."""
        if any(map(self.is_forgotten, names)):
            raise SkipItem("ignored", FORGOTTEN)

    def check_owner(self, document_id: str, source: str) -> None:
        """Raises DocumentError when a document belongs to another source, or is called as added files are.

        What an editor adds never has the name of a document that is there already: were it refused, the refusal would
        tell of one that may be hidden from them.
        """
        if source != UPLOADS_SOURCE and _OF_UPLOADS.match(document_id):
            raise DocumentError(
                document_id,
                "son dossier porte un nom de seize chiffres (0-9, a-f), comme ceux des fichiers ajoutés dans "
                "l'application ; renommez ce dossier",
            )
        state = self.state(document_id)
        if state is not None and state.source != source:
            raise DocumentError(
                document_id,
                f"ce nom de document appartient déjà à la source « {state.source} », il ne peut pas venir aussi de "
                f"« {source} » ; renommez le fichier",
            )

    def corrected(self, document: Document) -> Document:
        """A document as its source has it, with what people corrected of it."""
        correction = self.corrections.get(document.id)
        if correction is None:
            return document
        corrected, noted = correction.applied(document)
        # The source may say something else than it did when it was corrected.
        if noted != correction and not self.is_trial:
            keep_correction(place_of(self.settings), document.id, noted)
        return corrected

    def is_unchanged(self, document: Document, file_hash: str) -> bool:
        """Whether the base holds the same words. If so, the bytes that they were read from are known from now on."""
        state = self.state(document.id)
        if state is None or state.content_hash != content_hash(document):
            return False
        self._rewritten[document.id] = file_hash  # the same words in other bytes: not to be read again next time
        return True

    def newly_corrected(self) -> Iterator[tuple[Document, str]]:
        """The documents, with the hash of their bytes, that were corrected since they were last read."""
        for document in self.catalog.documents(self.corrections).values():
            state = self.state(document.id)
            corrected, _ = self.corrections[document.id].applied(document)
            if state is not None and corrected != document:
                yield corrected, state.file_hash

    def note_current(self, version: NewVersion) -> bool:
        """Notes that a version is in the base now; whether the document was not there before."""
        document = version.document
        is_new = self.state(document.id) is None
        self._states[document.id] = DocumentState(
            document.source, version.content_hash, version.file_hash, withdrawn=False
        )
        return is_new

    def note_withdrawn(self, gone: Collection[str]) -> None:
        """Notes that documents left the base."""
        for document_id in gone:
            self._states[document_id] = replace(self._states[document_id], withdrawn=True)

    def keep_file_hashes(self) -> None:
        """Writes down the bytes in which unchanged words were found."""
        if self._rewritten:
            with self.catalog.transaction() as connection:
                self.catalog.set_file_hashes(connection, self._rewritten)
            self._rewritten.clear()
