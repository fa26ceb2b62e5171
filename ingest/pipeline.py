"""The ingestion path, chained here only: list -> plan -> read -> split -> encode -> commit -> report."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ingest.readers import READERS_VERSION, SUFFIXES, read_document
from ingest.sources.folder import Item, list_folder, read_file
from ingest.split import SPLITTER_VERSION, split_document
from ingest.stages import Stages
from kb.errors import DocumentError
from kb.french.acronyms import mentions
from kb.french.folding import fold
from kb.index.embedding import NewVersion
from kb.index.rows import DocumentState
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder
from kb.settings import Settings
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


@dataclass(frozen=True, slots=True)
class Failure:
    """A document, or a whole source, that could not be ingested, and why (in French)."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingestion did. `passages` and `generation` are those of the store afterwards."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    ignored: int = 0
    failed: tuple[Failure, ...] = ()
    passages: int = 0
    generation: int = 0
    seconds: float = 0.0


def ingest(
    paths: Sequence[Path],
    settings: Settings,
    encoder: Encoder,
    *,
    source: str | None = None,
    confirm: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Ingests folders (complete listings: what is gone from them is withdrawn) and files (which withdraw nothing).

    One unreadable document stops nothing: it is in the report, and its version of before stays. Raises StoreError
    when the store cannot be written.
    """
    began = time.monotonic()
    with IndexWriter(settings.store, encoder, SPLITTER_VERSION) as writer:
        with Stages(writer) as stages:
            run = _Run(writer, stages, settings, encoder, confirm, progress)
            for path in paths:
                run.take(path, source)
            run.finish()
        generation = writer.finish()
        return replace(
            run.report,
            passages=writer.catalog.status().passages,
            generation=generation,
            seconds=round(time.monotonic() - began, 3),
        )


def content_hash(document: Document) -> str:
    """SHA-256 of the text (which readers normalise) and of the metadata that answers use, in hexadecimal."""
    return hashlib.sha256(json.dumps(asdict(document), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _no_progress(_done: int, _total: int, _name: str) -> None:
    pass


class _Run:
    """One ingestion under way."""

    def __init__(
        self,
        writer: IndexWriter,
        stages: Stages,
        settings: Settings,
        encoder: Encoder,
        confirm: bool,
        progress: Progress | None,
    ) -> None:
        self._writer = writer
        self._stages = stages
        self._settings = settings
        self._encoder = encoder
        self._confirm = confirm
        self._progress = progress or _no_progress
        self._states = writer.catalog.states()
        self._batch: list[NewVersion] = []
        self._batch_began = 0.0
        self._done = self._total = 0
        self.report = IngestReport()

    def take(self, path: Path, source: str | None) -> None:
        """Ingests a folder or a file."""
        self._commit()  # a file may stand in a folder of the same run: the states have to be up to date
        if re.match(r"https?:/", str(path)):
            self._fail(
                str(path), "les adresses web ne peuvent pas encore être lues ; enregistrez la page dans un fichier"
            )
        elif path.is_dir():
            self._take_folder(path, source or path.resolve().name or "documents")
        else:
            name, item = self._place(path, source)
            self._total += 1
            self._take_item(item, name)

    def finish(self) -> None:
        """Commits what is left."""
        self._commit()
        self._progress(self._done, self._total, "")

    def _take_folder(self, root: Path, source: str) -> None:
        catalog = self._writer.catalog
        known = catalog.folders().get(source)
        if known and known != str(root.resolve()) and Path(known).is_dir() and not self._confirm:
            self._fail(
                source,
                f"la source « {source} » désigne déjà le dossier {known}, pas {root.resolve()} ; donnez un autre nom "
                "avec --source, ou --confirm pour remplacer l'un par l'autre",
            )
            return
        with catalog.transaction() as connection:
            catalog.set_folder(connection, source, str(root.resolve()))
        listing = list_folder(root, SUFFIXES)
        self._add(ignored=listing.ignored)
        for failure in listing.failed:
            self._fail(failure.source, failure.reason)
        self._total += len(listing.items)
        for item in listing.items:
            self._take_item(item, source)
        self._commit()
        if listing.complete:
            present = {item.id for item in listing.items} | {failure.source for failure in listing.failed}
            self._withdraw(source, present)

    def _place(self, path: Path, source: str | None) -> tuple[str, Item]:
        """The source of a single file and its id there: of the folder that was ingested before, or of its own."""
        resolved = path.resolve()
        for name, root in self._writer.catalog.folders().items():
            if source in {None, name} and resolved.is_relative_to(root):
                return name, Item(resolved.relative_to(root).as_posix(), path)
        return source or resolved.parent.name, Item(path.name, path)

    def _take_item(self, item: Item, source: str) -> None:
        self._progress(self._done, self._total, item.id)
        try:
            version = self._read(item, source)
        except DocumentError as error:
            self._fail(item.id, error.reason)
            version = None
        if version is None:
            self._done += 1
            return
        if not self._batch:
            self._batch_began = time.monotonic()
        self._batch.append(version)
        if (
            len(self._batch) >= BATCH_DOCUMENTS
            or sum(len(each.passages) for each in self._batch) >= BATCH_PASSAGES
            or time.monotonic() - self._batch_began >= BATCH_SECONDS
        ):
            self._hand_over()

    def _read(self, item: Item, source: str) -> NewVersion | None:
        """The new version of a document, or None when it is unchanged. Raises DocumentError."""
        state = self._states.get(item.id)
        if state is not None and state.source != source and not state.withdrawn:
            raise DocumentError(
                item.id,
                f"ce nom de document appartient déjà à la source « {state.source} », il ne peut pas venir aussi de "
                f"« {source} » ; renommez le fichier",
            )
        content = read_file(item, self._settings.max_file_mb)
        file_hash = hashlib.sha256(f"{READERS_VERSION} {source} {item.id}\n".encode() + content).hexdigest()
        if state is not None and not state.withdrawn and state.file_hash == file_hash:
            self._add(unchanged=1)
            return None
        document = read_document(
            content, name=item.id, source=source, document_id=item.id, max_text_mb=self._settings.max_text_mb
        )
        digest = content_hash(document)
        if state is not None and not state.withdrawn and state.content_hash == digest:
            self._add(unchanged=1)
            return None
        passages = split_document(document, self._encoder.count_tokens, self._encoder.max_tokens)
        if not passages:
            raise DocumentError(item.id, "aucun texte à indexer ; vérifiez le contenu du fichier")
        is_glossary = "glossaire" in fold(f"{document.kind or ''} {document.title}")
        told = tuple(dict.fromkeys(mentions(f"{document.title}\n{document.text}", is_glossary=is_glossary)))
        return NewVersion(document, digest, file_hash, tuple(passages), told)

    def _hand_over(self) -> None:
        """Gives the batch to be embedded and written while the next one is read."""
        if self._batch:
            self._note(self._stages.submit(self._batch))
            self._batch = []

    def _commit(self) -> None:
        """Waits until all that was read is written."""
        self._hand_over()
        self._note(self._stages.drain())

    def _note(self, written: Sequence[NewVersion]) -> None:
        """Counts versions that are current now."""
        for version in written:
            state = self._states.get(version.document.id)
            new = state is None or state.withdrawn
            self._add(added=int(new), updated=int(not new))
            self._states[version.document.id] = DocumentState(
                version.document.source, version.content_hash, version.file_hash, withdrawn=False
            )
        self._done += len(written)
        if written:
            self._progress(self._done, self._total, written[-1].document.id)

    def _withdraw(self, source: str, present: set[str]) -> None:
        mine = {each for each, state in self._states.items() if state.source == source and not state.withdrawn}
        gone = sorted(mine - present)
        if not gone:
            return
        if len(mine) >= WITHDRAWAL_MINIMUM and len(gone) > WITHDRAWAL_SHARE * len(mine) and not self._confirm:
            self._fail(
                source,
                f"{len(gone)} documents sur {len(mine)} ont disparu de cette source ; rien n'a été retiré. Si c'est "
                "voulu, relancez avec --confirm",
            )
            return
        self._writer.withdraw(gone)
        self._add(withdrawn=len(gone))

    def _fail(self, source: str, reason: str) -> None:
        self.report = replace(self.report, failed=(*self.report.failed, Failure(source, reason)))

    def _add(self, **numbers: int) -> None:
        self.report = replace(
            self.report, **{name: getattr(self.report, name) + number for name, number in numbers.items()}
        )
