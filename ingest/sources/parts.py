"""Files within files: what an archive or a mail holds, opened level by level, each with the id of its document."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ingest.readers.bounded import Readers
from ingest.readers.files.kinds import NESTED, is_archive, is_container
from kb.bounded.archives import MAX_ENTRIES
from kb.errors import DocumentError

# A mail in a mail with an archive attached is four deep; what goes on behind is no correspondence.
DEEPEST = 4
_TOO_DEEP = f"plus de {DEEPEST} fichiers l'un dans l'autre ; sortez celui-ci pour qu'il soit lu"


@dataclass(frozen=True, slots=True)
class Part:
    """A file within a file. `id` is `archive.zip/dossier/fichier.pdf`; `parent` the id of the document that it was
    attached to, None in an archive. `content` is None for one that is known by its `hash`, or where `trouble` says why
    it is not read (`outcome`: « ignored » or « failed »)."""

    id: str
    parent: str | None
    content: bytes | None
    hash: str
    trouble: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens files: by these readers, with what goes into the hashes of what is in them (`rules`), what is `known`, and
    the largest file in megabytes."""

    readers: Readers
    rules: str
    known: Collection[str]
    max_file_mb: int

    def parts(self, content: bytes, file_id: str) -> Iterator[Part]:
        """All files within a file, those in mails and archives within it behind them.

        Raises DocumentError when the file itself cannot be opened.
        """
        for number, part in enumerate(self._parts(content, file_id, 1, in_archive=False)):
            if number >= MAX_ENTRIES:
                raise DocumentError(
                    file_id,
                    f"plus de {MAX_ENTRIES} fichiers l'un dans l'autre ; décompressez-le et gardez ce qui est à lire",
                )
            yield part

    def _parts(self, content: bytes, file_id: str, depth: int, *, in_archive: bool) -> Iterator[Part]:
        inside = in_archive or is_archive(file_id)
        found = self.readers.members(
            content, name=file_id, rules=self.rules, known=self.known, max_file_mb=self.max_file_mb
        )
        for member in found:
            part_id = f"{file_id}/{member.name}"
            parent = None if is_archive(file_id) else file_id
            if is_archive(part_id) and member.content is not None and inside:
                yield Part(part_id, parent, None, "", NESTED, "ignored")
                continue
            if member.content is None or not is_archive(part_id):  # an archive is no document
                yield Part(part_id, parent, member.content, member.hash, member.trouble, member.outcome)
            if member.content is None or not is_container(part_id):
                continue
            if depth >= DEEPEST:
                yield Part(f"{part_id}/…", None, None, "", _TOO_DEEP, "ignored")
                continue
            try:
                yield from self._parts(member.content, part_id, depth + 1, in_archive=inside)
            except DocumentError as error:
                if is_archive(part_id):  # a mail that cannot be opened is told as the document that it is
                    yield Part(part_id, None, None, "", error.reason, "failed")
