"""One ingestion under way: documents go through split -> encode -> commit, and what happens to them is counted."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, replace
from typing import Literal

from ingest.report import CHANGES_KEPT, Change, Failure, IngestReport, short_diff
from ingest.split import split_document
from ingest.stages import Stages
from kb.errors import DocumentError
from kb.index.catalog.catalog import Catalog
from kb.index.catalog.journal import mark
from kb.index.catalog.rows import DocumentState
from kb.index.embedding import NewVersion
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder
from kb.records.corrections import Correction, keep_correction, read_corrections
from kb.settings import Settings
from kb.text.acronyms import mentions
from kb.text.domain import domain_of
from kb.text.folding import fold
from kb.types import Document

# A batch is committed as soon as one of these is reached: what a crash loses is less than a minute's work.
BATCH_DOCUMENTS = 64
BATCH_PASSAGES = 96
BATCH_SECONDS = 5.0
# Withdrawing more than this share of a source that has at least that many documents asks for a confirmation.
WITHDRAWAL_SHARE = 0.2
WITHDRAWAL_MINIMUM = 5

Progress = Callable[[int, int, str], None]
"""Called with the documents done, their total, and the one at hand."""


def content_hash(document: Document) -> str:
    """SHA-256 of the text (which readers normalise) and of the metadata that answers use, in hexadecimal."""
    held = {name: value for name, value in asdict(document).items() if name != "parent" or value}
    return hashlib.sha256(json.dumps(held, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def new_version(document: Document, encoder: Encoder, file_hash: str) -> NewVersion:
    """A document with its passages, ready to be embedded. Raises DocumentError when it holds no text."""
    passages = split_document(document, encoder.count_tokens, encoder.max_tokens)
    if not passages:
        raise DocumentError(document.id, "aucun texte à indexer ; vérifiez le contenu du fichier")
    is_glossary = "glossaire" in fold(f"{document.kind or ''} {document.title}")
    told = tuple(dict.fromkeys(mentions(f"{document.title}\n{document.text}", is_glossary=is_glossary)))
    return NewVersion(document, content_hash(document), file_hash, tuple(passages), told)


class Run:
    """One ingestion under way: what its sources hand their documents to. Documents become current in batches."""

    def __init__(
        self,
        writer: IndexWriter,
        stages: Stages,
        settings: Settings,
        encoder: Encoder,
        confirm: bool,
        progress: Progress | None,
    ) -> None:
        self.settings = settings
        self.domain = domain_of(settings)
        self.confirm = confirm
        self.report = IngestReport()
        self._writer = writer
        self._stages = stages
        self._encoder = encoder
        self._progress = progress
        self._states = writer.catalog.states()
        self._forgotten = writer.catalog.journal.forgotten()
        self._corrections = read_corrections(settings.app_database)
        self._changes: dict[str, Change] = {}
        self._rewritten: dict[str, str] = {}
        self._batch: list[NewVersion] = []
        self._batch_began = 0.0
        self._done = self._total = 0

    @property
    def catalog(self) -> Catalog:
        """The catalog of the store that is written to."""
        return self._writer.catalog

    def state(self, document_id: str) -> DocumentState | None:
        """What is known of a document that is current; None for one that is not, or is withdrawn."""
        state = self._states.get(document_id)
        return None if state is None or state.withdrawn else state

    def current(self, source: str) -> set[str]:
        """The ids of the current documents of a source."""
        return {each for each, state in self._states.items() if state.source == source and not state.withdrawn}

    def expect(self, number: int) -> None:
        """Tells of `number` more documents to come."""
        self._total += number

    def begin(self, name: str) -> None:
        """Tells which document is at hand."""
        if self._progress:
            self._progress(self._done, self._total, name)

    def is_forgotten(self, document_id: str) -> bool:
        """Whether a document was erased for good: it must not come back."""
        return mark(document_id) in self._forgotten

    def check_owner(self, document_id: str, source: str) -> None:
        """Raises DocumentError when a document belongs to another source."""
        state = self.state(document_id)
        if state is not None and state.source != source:
            raise DocumentError(
                document_id,
                f"ce nom de document appartient déjà à la source « {state.source} », il ne peut pas venir aussi de "
                f"« {source} » ; renommez le fichier",
            )

    def skip(self, **numbers: int) -> None:
        """Counts a document that needs no work: `unchanged=1`, `ignored=1`, or nothing when it failed."""
        self.add(**numbers)
        self._done += 1

    def put(self, document: Document, file_hash: str) -> None:
        """Has a document made current, unless it is the same as what is stored. Raises DocumentError when it holds no
        text."""
        if (correction := self._corrections.get(document.id)) is not None:
            document, noted = correction.applied(document)
            if noted != correction:  # the source says something else than it did when it was corrected
                keep_correction(self.settings.app_database, document.id, noted)
        self._put(document, file_hash)

    def _put(self, document: Document, file_hash: str) -> None:
        state = self.state(document.id)
        digest = content_hash(document)
        if state is not None and state.content_hash == digest:
            self._rewritten[document.id] = file_hash  # the same words in other bytes: not to be read again next time
            self.skip(unchanged=1)
            return
        version = new_version(document, self._encoder, file_hash)
        if len(self._changes) < CHANGES_KEPT:
            before = self.catalog.document(document.id) if state is not None else None
            kind: Literal["added", "updated"] = "added" if state is None else "updated"
            self._changes[document.id] = Change(document.id, document.title, kind, short_diff(before, document))
        if not self._batch:
            self._batch_began = time.monotonic()
        self._batch.append(version)
        if (
            len(self._batch) >= BATCH_DOCUMENTS
            or sum(len(each.passages) for each in self._batch) >= BATCH_PASSAGES
            or time.monotonic() - self._batch_began >= BATCH_SECONDS
        ):
            self._hand_over()

    def put_corrected(self) -> None:
        """Has the documents made current that were corrected since they were last read, their sources unchanged."""
        self.commit()
        for document in self.catalog.documents(self._corrections).values():
            state = self.state(document.id)
            corrected, _ = self._corrections[document.id].applied(document)
            if state is not None and corrected != document:
                # Not `put`: what this document says is not what its source says.
                self.expect(1)
                self._put(corrected, state.file_hash)

    def correct(self, original: Document, correction: Correction) -> None:
        """Has a document made current as `correction` has it; `original` is what its source says."""
        self._corrections[original.id] = correction
        state = self.state(original.id)
        assert state is not None
        self.expect(1)
        self._put(correction.applied(original)[0], state.file_hash)

    def put_as_it_was(self, document_id: str) -> None:
        """Has a corrected document made current as its source has it. Raises DocumentError when there is none."""
        state, document = self.state(document_id), self.catalog.document(document_id)
        if state is None or document is None:
            raise DocumentError(document_id, "ce document n'est pas dans la base")
        if (correction := self._corrections.pop(document_id, None)) is not None:
            self.expect(1)
            self._put(correction.undone(document), state.file_hash)

    def commit(self) -> None:
        """Waits until all that was handed over is current."""
        self._hand_over()
        self._note(self._stages.drain())
        if self._rewritten:
            with self.catalog.transaction() as connection:
                self.catalog.set_file_hashes(connection, self._rewritten)
            self._rewritten.clear()

    def finish(self) -> None:
        """Commits what is left."""
        self.commit()
        self.report = replace(self.report, changes=tuple(self._changes.values()))
        self.begin("")

    def withdraw(self, source: str, gone: Collection[str]) -> bool:
        """Takes documents of a source out of search; False, and a failure, when they are too many to be believed."""
        if not gone:
            return True
        mine = len(self.current(source))
        if mine >= WITHDRAWAL_MINIMUM and len(gone) > WITHDRAWAL_SHARE * mine and not self.confirm:
            self.fail(
                source,
                f"{len(gone)} documents sur {mine} ont disparu de cette source ; rien n'a été retiré. Si c'est "
                "voulu, relancez avec --confirm",
            )
            return False
        titles = {each.id: each.title for each in self.catalog.documents(gone).values()}
        self._writer.withdraw(sorted(gone))
        for each in sorted(gone):
            self._states[each] = replace(self._states[each], withdrawn=True)
            if len(self._changes) < CHANGES_KEPT:
                self._changes[each] = Change(each, titles.get(each, each), "withdrawn")
        self.add(withdrawn=len(gone))
        return True

    def note_missing_sources(self, names: Collection[str]) -> None:
        """Sources that `sources.toml` listed once and lists no more: withdrawn when confirmed, told of otherwise."""
        for name in sorted(self.catalog.synced_sources() - set(names)):
            if held := self.current(name):
                if not self.confirm:
                    self.notice(
                        name,
                        f"cette source n'est plus dans la liste ; ses {len(held)} documents restent. Pour les retirer, "
                        "relancez avec --confirm",
                    )
                    continue
                self.withdraw(name, held)
            with self.catalog.transaction() as connection:
                self.catalog.forget_source(connection, name)
        with self.catalog.transaction() as connection:
            self.catalog.note_synced(connection, names)

    def fail(self, source: str, reason: str) -> None:
        """Notes something that could not be done."""
        self.report = replace(self.report, failed=(*self.report.failed, Failure(source, reason)))

    def notice(self, source: str, reason: str) -> None:
        """Notes something worth knowing."""
        self.report = replace(self.report, notices=(*self.report.notices, Failure(source, reason)))

    def add(self, **numbers: int) -> None:
        """Adds to the numbers of the report."""
        self.report = replace(
            self.report, **{name: getattr(self.report, name) + number for name, number in numbers.items()}
        )

    def _hand_over(self) -> None:
        """Gives the batch to be embedded and written while the next one is read."""
        if self._batch:
            self._note(self._stages.submit(self._batch))
            self._batch = []

    def _note(self, written: Iterable[NewVersion]) -> None:
        """Counts versions that are current now."""
        for version in written:
            new = self.state(version.document.id) is None
            self.add(added=int(new), updated=int(not new))
            self._states[version.document.id] = DocumentState(
                version.document.source, version.content_hash, version.file_hash, withdrawn=False
            )
            self._done += 1
            self.begin(version.document.id)
