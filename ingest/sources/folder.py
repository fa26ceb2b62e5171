"""A folder as a source, and a single file: items whose documents are called by their path."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from ingest.items import Commit, Item, Listing, SkipItem
from ingest.readers import SUFFIXES
from ingest.readers.files.kinds import is_archive, is_container
from ingest.readers.files.unread import why_unread
from ingest.readers.reading import PictureError
from ingest.sources.files import File, FolderContent, file_hash, list_folder, read_file, reading_rules
from ingest.sources.parts import Opener, Part
from ingest.sources.source import FileSource, FolderSource
from ingest.steps.plan import Plan
from kb.errors import DocumentError
from kb.types import Document

_KNOWN = ", ".join(sorted(SUFFIXES))


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
        self.failed = list(content.failed)
        self.ignored = [(name, why_unread(name, _KNOWN)) for name in content.ignored]
        self.total = len(content.files)
        self._content = content
        self._plan = plan
        self._present = {file.id for file in content.files} | {error.source for error in content.failed}
        self._opened: list[str] = []
        self._unopened: list[str] = []
        self._known = _hashes_within({file.id for file in content.files if is_container(file.id)}, source, plan)

    def items(self) -> Iterator[Item]:
        """Every file, in the order of their names, what it holds behind it."""
        for file in self._content.files:
            item = FileItem(file, self.source, self._plan)
            yield item
            if is_container(file.id) and not self._plan.is_forgotten(file.id):
                yield from self._parts(file.id, item.content)

    def _parts(self, file_id: str, content: bytes | None) -> Iterator[Item]:
        """What a file holds. Where that cannot be told, nothing of it is gone."""
        self._unopened.append(file_id)
        if content is None:
            return  # the item said why
        rules = reading_rules(self.source, self._plan.domain)
        known = self._known.get(file_id, ())
        opener = Opener(self._plan.readers, rules, known, self._plan.settings.max_file_mb)
        try:
            for part in opener.parts(content, file_id):
                self.total += 1
                self._present.add(part.id)
                if part.outcome == "failed":
                    self._unopened.append(part.id)
                yield PartItem(part, self.source, self._plan)
        except DocumentError as error:
            if is_archive(file_id):  # a mail that cannot be opened is told as the document that it is
                self.failed.append(error)
            return
        self._unopened.remove(file_id)
        self._opened.append(file_id)

    def gone(self) -> Collection[str]:
        """The documents whose file is not there any more; one that must not be read, or is in a file that could not be
        opened, is there. Of a folder that was not listed whole, what is gone from the files that were opened."""
        missing = self._plan.current(self.source) - self._present
        if not self._content.complete:
            missing = {name for name in missing if _is_in(name, self._opened)}
        return {name for name in missing if not _is_in(name, self._unopened)}

    def withdrawn(self) -> None:
        """Nothing else is known of files."""


class FileItem:
    """A file; its document's id is its path."""

    def __init__(self, file: File, source: str, plan: Plan) -> None:
        self.name = file.id
        self.file_hash = ""
        self.content: bytes | None = None
        self._file = file
        self._source = source
        self._plan = plan

    def check(self) -> None:
        """Unchanged are the same bytes, of the same source, to be read by the same readers. An archive is no document:
        what it holds is."""
        self._plan.check_wanted(self.name)
        self._plan.check_owner(self.name, self._source)
        self.content = read_file(self._file, self._plan.settings.max_file_mb)
        if is_archive(self.name):
            raise SkipItem("settled")
        self.file_hash = file_hash(self.content, self._source, self.name, self._plan.domain)
        state = self._plan.state(self.name)
        if state is not None and state.file_hash == self.file_hash:
            raise SkipItem("unchanged")

    def read(self) -> Document:
        """The document in the file."""
        assert self.content is not None
        return _document(self.content, self.name, self._source, self._plan)

    def done(self) -> None:
        """The hash of its bytes is kept with its document."""


class PartItem:
    """A file within a file."""

    def __init__(self, part: Part, source: str, plan: Plan) -> None:
        self.name = part.id
        self.file_hash = part.hash
        self._part = part
        self._source = source
        self._plan = plan

    def check(self) -> None:
        """Unchanged as a file is; what is not read says why."""
        if self._part.outcome == "ignored":
            raise SkipItem("ignored", self._part.trouble)
        if self._part.outcome:
            raise DocumentError(self.name, self._part.trouble)
        self._plan.check_wanted(self.name)
        self._plan.check_owner(self.name, self._source)
        state = self._plan.state(self.name)
        if state is not None and state.file_hash == self.file_hash:
            raise SkipItem("unchanged")

    def read(self) -> Document:
        """The document in the file, a child of the mail that it was attached to."""
        assert self._part.content is not None  # it is known only while its document has the hash
        document = _document(self._part.content, self.name, self._source, self._plan)
        return replace(document, parent=self._part.parent)

    def done(self) -> None:
        """The hash of its bytes is kept with its document."""


def _document(content: bytes, name: str, source: str, plan: Plan) -> Document:
    """What a file holds; a picture without text is no document."""
    try:
        return plan.readers.document(
            content,
            name=name,
            source=source,
            document_id=name,
            max_text_mb=plan.settings.max_text_mb,
            domain=plan.domain,
        )
    except PictureError as picture:
        raise SkipItem("ignored", picture.reason) from None


def _hashes_within(files: Collection[str], source: str, plan: Plan) -> Mapping[str, Sequence[str]]:
    """The marks of the documents that came from each of `files`."""
    found: dict[str, list[str]] = {}
    for name in plan.current(source) if files else ():
        outer = next((before for before in accumulate(name.split("/"), "{}/{}".format) if before in files), name)
        state = plan.state(name)
        if outer != name and state is not None:
            found.setdefault(outer, []).append(state.file_hash)
    return found


def _is_in(document_id: str, files: Collection[str]) -> bool:
    """Whether a document is of a file within one of `files`, or one of them."""
    return any(document_id == name or document_id.startswith(f"{name}/") for name in files)


def _place(source: FileSource, plan: Plan) -> tuple[str, File]:
    """The source of a single file and its id there: of the folder that was ingested before, or of its own."""
    resolved = source.path.resolve()
    for name, root in plan.catalog.folders().items():
        if source.name in {None, name} and resolved.is_relative_to(root):
            return name, File(resolved.relative_to(root).as_posix(), source.path)
    return source.name or resolved.parent.name, File(source.path.name, source.path)
