"""A folder as a source, and a single file: items whose documents are called by their path."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ingest.items import Commit, Item, Listing, SkipItem
from ingest.readers import SUFFIXES
from ingest.readers.reading import PictureError
from ingest.sources.files import File, FolderContent, file_hash, list_folder, read_file
from ingest.sources.source import FileSource, FolderSource
from ingest.steps.plan import Plan
from kb.errors import DocumentError
from kb.types import Document

_UNREAD = f"type de fichier non lu ; types lus : {', '.join(sorted(SUFFIXES))}"


def open_listing(source: FolderSource | FileSource, plan: Plan, _commit: Commit) -> Listing:
    """A folder is listed as the whole of its source: what is gone from it is withdrawn. A file withdraws nothing.

    Raises DocumentError for a folder that is missing, or that is another one than the source was.
    """
    if isinstance(source, FileSource):
        name, file = _place(source, plan)
        return FolderListing(name, FolderContent((file,), (), (), complete=False), plan)
    name, root = source.name, source.path.resolve()
    if not root.is_dir():
        raise DocumentError(name, f"dossier introuvable ({source.path}) ; rien n'a été retiré. Vérifiez son nom")
    known = plan.catalog.folders().get(name)
    if known and known != str(root) and Path(known).is_dir() and not plan.confirmed:
        raise DocumentError(
            name,
            f"la source « {name} » désigne déjà le dossier {known}, pas {root} ; donnez un autre nom "
            "avec --source, ou --confirm pour remplacer l'un par l'autre",
        )
    with plan.catalog.transaction() as connection:
        plan.catalog.set_folder(connection, name, str(root))
    return FolderListing(name, list_folder(source.path, SUFFIXES), plan)


class FolderListing:
    """The files of a folder."""

    def __init__(self, source: str, content: FolderContent, plan: Plan) -> None:
        self.source = source
        self.failed: Sequence[DocumentError] = content.failed
        self.ignored = [(name, _UNREAD) for name in content.ignored]
        self.total = len(content.files)
        self._content = content
        self._plan = plan

    def items(self) -> Iterator[Item]:
        """Every file, in the order of their names."""
        for file in self._content.files:
            yield FileItem(file, self.source, self._plan)

    def gone(self) -> Collection[str]:
        """The documents whose file is not there any more; one that must not be read is there."""
        if not self._content.complete:
            return ()
        present = {file.id for file in self._content.files} | {error.source for error in self.failed}
        return self._plan.current(self.source) - present

    def withdrawn(self) -> None:
        """Nothing else is known of files."""


class FileItem:
    """A file; its document's id is its path."""

    def __init__(self, file: File, source: str, plan: Plan) -> None:
        self.name = file.id
        self.file_hash = ""
        self._file = file
        self._source = source
        self._plan = plan
        self._content = b""

    def check(self) -> None:
        """Unchanged are the same bytes, of the same source, to be read by the same readers."""
        self._plan.check_wanted(self.name)
        self._plan.check_owner(self.name, self._source)
        self._content = read_file(self._file, self._plan.settings.max_file_mb)
        self.file_hash = file_hash(self._content, self._source, self.name, self._plan.domain)
        state = self._plan.state(self.name)
        if state is not None and state.file_hash == self.file_hash:
            raise SkipItem("unchanged")

    def read(self) -> Document:
        """The document in the file; a picture without text is none."""
        try:
            return self._plan.readers.document(
                self._content,
                name=self.name,
                source=self._source,
                document_id=self.name,
                max_text_mb=self._plan.settings.max_text_mb,
                domain=self._plan.domain,
            )
        except PictureError as picture:
            raise SkipItem("ignored", picture.reason) from None

    def done(self) -> None:
        """The hash of its bytes is kept with its document."""


def _place(source: FileSource, plan: Plan) -> tuple[str, File]:
    """The source of a single file and its id there: of the folder that was ingested before, or of its own."""
    resolved = source.path.resolve()
    for name, root in plan.catalog.folders().items():
        if source.name in {None, name} and resolved.is_relative_to(root):
            return name, File(resolved.relative_to(root).as_posix(), source.path)
    return source.name or resolved.parent.name, File(source.path.name, source.path)
